package summary

import "time"

// Zone is the timezone of a debate that names one. It is not ok where there is none, or
// this machine does not know it: then times of day are those of UTC, and must say so.
func Zone(timezone string) (zone *time.Location, ok bool) {
	if timezone == "" || timezone == "Local" { // which would be the machine's own
		return time.UTC, false
	}
	zone, err := time.LoadLocation(timezone)
	if err != nil {
		return time.UTC, false
	}
	return zone, true
}
