package programme

import (
	"slices"
	"time"

	"rostrum/queue"
	"rostrum/timer"
)

const (
	defaultLimit = 3 * time.Minute
	defaultWarn  = 30 * time.Second
	minDuration  = time.Duration(timer.MinLimit) * time.Millisecond
	maxDuration  = time.Duration(timer.MaxLimit) * time.Millisecond
)

func (b *builder) panels(v value) {
	const want = "a list of at least one panel, each with id and title"
	taken := make(map[string]value)
	var plan schedule
	for _, v := range b.list(v, 1, maxPanels, want) {
		o := b.object(v, "a panel with id and title",
			"id", "title", "theme", "moderator", "panellists", "limit", "response_limit", "warn", "starts", "ends", "list")
		at := o.need("id", wantID)
		id, ok := b.id(at)
		if ok {
			b.claim(taken, at, id, "panel")
		}
		p := queue.Panel{
			ID:         id,
			Title:      b.line(o.need("title", "the panel's title"), maxTitle),
			Theme:      b.line(o.get("theme"), maxTheme),
			Panellists: b.panellists(o.get("panellists")),
			NoList:     b.noList(o.get("list")),
		}
		p.Moderator, _ = b.participant(o.get("moderator"))
		p.Limit, p.Warn = b.limits(o.get("limit"), o.get("warn"))
		p.ResponseLimit = b.responseLimit(o.get("response_limit"))
		p.Starts, p.Ends = b.times(o.get("starts"), o.get("ends"))
		b.fit(&plan, o, p)
		b.programme.Panels = append(b.programme.Panels, p)
	}
}

func (b *builder) panellists(v value) []string {
	var ids []string
	for _, v := range b.list(v, 0, maxPanellists, "a list of participants' ids") {
		id, ok := b.participant(v)
		switch {
		case !ok:
		case slices.Contains(ids, id):
			b.mistake(v, "%s stands here again; expected each panellist once", quote(id))
		default:
			ids = append(ids, id)
		}
	}
	return ids
}

func (b *builder) noList(v value) bool {
	const want = "none, or no list key where the panel has a list"
	text, ok := b.text(v, want)
	if ok && text != "none" {
		b.mistake(v, "%s is not known; expected %s", quote(text), want)
	}
	return text == "none"
}

// limits reads the limit of a panel and when to warn of it.
func (b *builder) limits(limit, warn value) (int64, int64) {
	l, w := defaultLimit, defaultWarn
	switch text, _ := scalar(limit); {
	case text == "none":
		l = 0
	case !limit.absent():
		l = b.duration(limit, minDuration, maxDuration, "3m, 2m30s, 180s or such, from 1s to 24h, or none")
	}
	if !warn.absent() {
		w = b.duration(warn, 0, maxDuration, "30s, 1m or such, from 0s to 24h")
		if l > 0 && w > l {
			b.mistake(warn, "%s is more than the limit of %s; expected at most the limit", w, l)
		}
	}
	return l.Milliseconds(), w.Milliseconds()
}

// responseLimit reads the limit of the panellists' responses.
func (b *builder) responseLimit(v value) queue.Limit {
	switch text, _ := scalar(v); {
	case v.absent():
		return queue.Limit{}
	case text == "none":
		return queue.Limit{Set: true, None: true}
	}
	return queue.Limit{Set: true, MS: b.duration(v, minDuration, maxDuration, wantSpan+", or none").Milliseconds()}
}

// times reads the schedule of a panel, 0 for what is not known.
func (b *builder) times(starts, ends value) (int64, int64) {
	s, e := b.instant(starts), b.instant(ends)
	if s != 0 && e != 0 && e <= s {
		b.mistake(ends, "ends %s, not after the start %s; expected a later time, with its date if that is another day",
			b.clock(e), b.clock(s))
		return 0, 0
	}
	return s, e
}

// instant reads a time of the debate's day or of any day, 0 where it is not known.
func (b *builder) instant(v value) int64 {
	text, ok := b.text(v, wantInstant)
	if !ok {
		return 0
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		if at.UnixMilli() <= 0 {
			b.mistake(v, "%s is before 1970; expected %s", quote(text), wantInstant)
			return 0
		}
		return at.UnixMilli()
	}
	clock, err := time.Parse("15:04", text)
	switch {
	case err != nil:
		b.mistake(v, "%s is not a time; expected %s", quote(text), wantInstant)
	case b.noZone:
		b.mistake(v, "%s has no timezone; expected timezone in this file, or a time such as 2008-06-03T10:00:00-04:00", quote(text))
	case b.zone == nil || b.day.IsZero():
	default:
		at := time.Date(b.day.Year(), b.day.Month(), b.day.Day(), clock.Hour(), clock.Minute(), 0, 0, b.zone)
		if at.Hour() == clock.Hour() && at.Minute() == clock.Minute() {
			return at.UnixMilli()
		}
		b.mistake(v, "%s is skipped by the clocks of %s on that day; expected another time", quote(text), b.zone)
	}
	return 0
}

// clock is an instant as a mistake shows it.
func (b *builder) clock(ms int64) string {
	at := time.UnixMilli(ms).UTC()
	if b.zone != nil {
		at = at.In(b.zone)
	}
	return at.Format("2006-01-02 15:04")
}

// schedule is what is known of when the panels are.
type schedule []slot

type slot struct {
	panel        string
	line         int
	starts, ends int64
}

// fit reports a panel at the time of one before it in the file. A panel whose start or end is
// not known takes no time.
func (b *builder) fit(plan *schedule, o object, p queue.Panel) {
	s := slot{p.ID, o.value.place().line, p.Starts, p.Ends}
	at := o.get("starts")
	switch {
	case s.starts == 0 && s.ends == 0:
		return
	case s.starts == 0:
		s.starts, at = s.ends-1, o.get("ends")
	case s.ends == 0:
		s.ends = s.starts + 1
	}
	for _, other := range *plan {
		if s.starts < other.ends && other.starts < s.ends {
			b.mistake(at, "overlaps the panel %s on line %d (%s to %s); expected panels one after the other",
				other.panel, other.line, b.clock(other.starts), b.clock(other.ends))
			break
		}
	}
	*plan = append(*plan, s)
}
