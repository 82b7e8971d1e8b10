package server

import (
	"container/list"
	"time"
)

// turn is a join code that somebody tries for a participant, from a network.
type turn struct{ network, participant, code string }

// turns remembers since when codes have been tried that were not judged yet, so that they keep
// their place in line between two requests. It keeps turnsKept, those that came last, each
// for turnFor after it was there. The zero value has none.
type turns struct {
	kept map[turn]*list.Element // in came
	came list.List              // of *placeInLine, the last one first
}

type placeInLine struct {
	turn
	since, seen time.Time
}

// of is since when a code has been tried, which it is now.
func (t *turns) of(code turn, now time.Time) time.Time {
	if since, ok := t.known(code, now); ok {
		return since
	}
	if t.kept == nil {
		t.kept = make(map[turn]*list.Element)
	}
	t.kept[code] = t.came.PushFront(&placeInLine{code, now, now})
	if len(t.kept) > turnsKept {
		t.forget(t.came.Back().Value.(*placeInLine).turn)
	}
	return now
}

// known is of for a code that was tried before.
func (t *turns) known(code turn, now time.Time) (since time.Time, ok bool) {
	at, ok := t.kept[code]
	if !ok {
		return time.Time{}, false
	}
	a := at.Value.(*placeInLine)
	if now.Sub(a.seen) > turnFor {
		t.forget(code)
		return time.Time{}, false
	}
	a.seen = now
	t.came.MoveToFront(at)
	return a.since, true
}

func (t *turns) forget(code turn) {
	if at, ok := t.kept[code]; ok {
		t.came.Remove(at)
		delete(t.kept, code)
	}
}
