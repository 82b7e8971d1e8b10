package server

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"rostrum/queue"
	"rostrum/server/summary"
)

// A browser's list of timezones may be older than the debate's, or may lack it. So pages are told by how much
// the debate's place is ahead of UTC, and never look in a list of their own.

// offsetView is a span of time in which the clocks of the debate's place stand still against
// UTC. A span without a beginning or an end goes on for ever.
type offsetView struct {
	From   int64 `json:"from_ms,omitempty"`
	Until  int64 `json:"until_ms,omitempty"`
	Offset int64 `json:"utc_offset_ms"`
}

// Offsets are told from a while before the first instant that is shown until a year after the debate's last one.
const (
	before = 14 * 24 * time.Hour
	after  = 366 * 24 * time.Hour
)

// zones remembers the timezone that was last looked up.
type zones struct {
	mu   sync.Mutex
	name string
	zone *time.Location // nil where it is not known
}

func (z *zones) of(name string) *time.Location {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.name != name {
		z.name, z.zone = name, nil
		if zone, ok := summary.Zone(name); ok {
			z.zone = zone
		}
	}
	return z.zone
}

// offsets are those of all instants that a debate has or will soon have: of its record, of the present, and
// of its programme. There are none where the debate has no timezone or the server does not know it. They hang on nothing but the
// state, so that they are the same whenever it is shown.
func (z *zones) offsets(s *queue.State) []offsetView {
	zone := z.of(s.Debate.Timezone)
	if zone == nil {
		return nil
	}
	var spans spans
	spans.add(zone, time.UnixMilli(firstOf(s)).Add(-before), time.UnixMilli(s.Last).Add(after))
	for _, p := range s.Panels() {
		for _, at := range []int64{p.Starts, p.Ends} {
			if at != 0 {
				spans.add(zone, time.UnixMilli(at), time.UnixMilli(at))
			}
		}
	}
	return spans
}

// firstOf is the first instant of a debate that a page may show.
func firstOf(s *queue.State) int64 {
	first := s.Last
	if ended := s.Ended(); len(ended) > 0 {
		first = min(first, ended[0].Recognised)
	}
	for _, r := range s.Requests() {
		first = min(first, r.At)
	}
	for _, statement := range s.Statements() {
		first = min(first, statement.At)
	}
	return first
}

// spans stand in order, none twice.
type spans []offsetView

// add adds the spans from an instant to another.
func (s *spans) add(zone *time.Location, from, to time.Time) {
	for at := from; ; {
		begin, end := at.In(zone).ZoneBounds()
		s.put(spanOf(at.In(zone), begin, end))
		if end.IsZero() || end.After(to) {
			return
		}
		at = end
	}
}

func spanOf(at, begin, end time.Time) offsetView {
	_, seconds := at.Zone()
	span := offsetView{Offset: int64(seconds) * 1000}
	if !begin.IsZero() {
		span.From = begin.UnixMilli()
	}
	if !end.IsZero() {
		span.Until = end.UnixMilli()
	}
	return span
}

func (s *spans) put(span offsetView) {
	at, found := slices.BinarySearchFunc(*s, span, func(a, b offsetView) int { return cmp.Compare(a.From, b.From) })
	if !found {
		*s = slices.Insert(*s, at, span)
	}
}
