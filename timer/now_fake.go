//go:build fakeclock

package timer

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// now is the machine's time and what a file says that it is ahead of it: for a test that
// holds a day in a minute. The file, which the environment variable
// ROSTRUM_FAKE_CLOCK names, has a whole number of milliseconds; whoever changes
// it puts another in its place in one step. A program for use is built without
// this.
func now() time.Time {
	t := time.Now()
	text, err := os.ReadFile(os.Getenv("ROSTRUM_FAKE_CLOCK"))
	if err != nil {
		return t
	}
	ms, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return t
	}
	return t.Add(time.Duration(ms) * time.Millisecond)
}
