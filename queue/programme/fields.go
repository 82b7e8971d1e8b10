package programme

import (
	"net/url"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // timezones on machines without zoneinfo
	"unicode"
	"unicode/utf8"

	"rostrum/queue"
)

const (
	wantID       = "an id of 1 to 64 of A-Z a-z 0-9 . _ -"
	wantDate     = "a date such as 2008-06-03"
	wantTimezone = "an IANA timezone such as America/New_York"
	wantInstant  = `a time such as "10:00" on the debate's date, or one such as 2008-06-03T10:00:00-04:00`
	wantURL      = "an address that begins with https:// or http://"
)

// id reads an id. Dots alone are none: no address can hold them.
func (r *reader) id(v value) (string, bool) {
	id, ok := r.text(v, wantID)
	if !ok {
		return "", false
	}
	if !queue.ValidID(id) || id == "." || id == ".." {
		r.mistake(v, "%s is not an id; expected 1 to 64 of A-Z a-z 0-9 . _ -", quote(id))
		return "", false
	}
	return id, true
}

// line reads a text of one line that shows something: 1 to so many characters.
func (r *reader) line(v value, most int) string {
	text, ok := r.text(v, "a text of 1 to "+strconv.Itoa(most)+" characters")
	if !ok {
		return ""
	}
	if text = strings.TrimSpace(text); text == "" {
		r.mistake(v, "is empty; expected a text of 1 to %d characters", most)
		return ""
	}
	if i := strings.IndexFunc(text, queue.Harmful); i >= 0 {
		c, _ := utf8.DecodeRuneInString(text[i:])
		what := "the character"
		if unicode.In(c, unicode.Zl, unicode.Zp) || c == '\n' || c == '\r' {
			what = "the line break"
		}
		r.mistake(v, "holds %s U+%04X; expected one line without control characters and direction overrides", what, c)
		return ""
	}
	if !strings.ContainsFunc(text, queue.Visible) {
		r.mistake(v, "shows nothing; expected a text with characters that can be seen")
		return ""
	}
	if n := utf8.RuneCountInString(text); n > most {
		r.mistake(v, "has %d characters; at most %d are expected", n, most)
		return ""
	}
	return text
}

// duration reads a duration within bounds, in whole milliseconds; 0 where it is none.
func (r *reader) duration(v value, least, most time.Duration, want string) time.Duration {
	text, ok := r.text(v, want)
	if !ok {
		return 0
	}
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		r.mistake(v, "%s is not a duration; expected %s", quote(text), want)
	case d < least || d > most:
		r.mistake(v, "%s is out of range; expected %s", quote(text), want)
	case d%time.Millisecond != 0:
		r.mistake(v, "%s is too fine; expected %s, in whole milliseconds", quote(text), want)
	default:
		return d
	}
	return 0
}

// date reads a date, as it is written and as its midnight in UTC.
func (r *reader) date(v value) (string, time.Time) {
	text, ok := r.text(v, wantDate)
	if !ok {
		return "", time.Time{}
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || day.Year() <= 1970 {
		r.mistake(v, "%s is not a date after 1970; expected %s", quote(text), wantDate)
		return "", time.Time{}
	}
	return text, day
}

// timezone reads a timezone, nil where there is none.
func (r *reader) timezone(v value) *time.Location {
	name, ok := r.text(v, wantTimezone)
	if !ok {
		return nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		r.mistake(v, "%s is not a timezone; expected %s", quote(name), wantTimezone)
		return nil
	}
	return zone
}

// web reads the address of a page.
func (r *reader) web(v value) string {
	text, ok := r.text(v, wantURL)
	if !ok {
		return ""
	}
	const most = 2_000
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" ||
		strings.ContainsFunc(text, unicode.IsSpace) || strings.ContainsFunc(text, queue.Harmful) || len(text) > most {
		r.mistake(v, "%s is not a web address; expected %s", quote(text), wantURL)
		return ""
	}
	return text
}
