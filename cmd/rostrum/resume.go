package main

import (
	"fmt"
	"time"

	"rostrum/queue"
	"rostrum/queue/bolt"
	"rostrum/timer"
)

const (
	// longSleep is how long a sleep of the machine is at the least to be told to the chair, who is told of no shorter outage
	// either. A countdown goes on by itself after a shorter one, and is not charged with it.
	longSleep = 5 * time.Second
	// believable is how long an outage may be that only the machine's date tells. Dates are set, above all by
	// machines that have just been started; a speaker is not charged with that.
	believable = 10 * time.Minute
)

// absence is what a server that starts knows of the time before it.
type absence struct {
	last  int64 // when a server was last there while a countdown ran, 0 where it is not known
	since bool  // the machine was not started since, so that its clocks have counted all of the time
	slept bool  // the machine slept meanwhile
	lost  bool  // it is not known how long ago the last instants were
}

// resume makes the clock of a server that starts: last is the last instant of its journals, and there what a server
// said last, where a countdown runs. The instants of a running countdown go on by as much as time went by: by the clock that counts
// from the machine's start, or else by its date. Otherwise they are those of the machine's date.
func resume(m machine, last int64, counting bool, there bolt.There) (*timer.Clock, absence) {
	a := absence{last: there.At}
	if !counting {
		return timer.Anchor(m, last), a
	}
	r := m.Read()
	atLeast := time.Duration(max(last, there.At)) * time.Millisecond
	goOn := func(gone time.Duration) *timer.Clock {
		return timer.Continue(m, r, max(atLeast, time.Duration(there.At)*time.Millisecond+gone))
	}
	switch before := readingOf(there); {
	case there.Start != "" && there.Start == m.start && before.Boot != 0 && r.Boot >= before.Boot:
		a.since, a.slept = true, r.Asleep()-before.Asleep() >= longSleep
		return goOn(r.Boot - before.Boot), a
	case before.Wall != 0 && r.Wall >= before.Wall:
		return goOn(r.Wall - before.Wall), a
	default:
		clock := timer.Anchor(m, max(last, there.At))
		a.lost = before.Wall != 0 || clock.Behind() > 0
		return clock, a
	}
}

// readingOf is what the machine's clocks said when a server said that it was there.
func readingOf(t bolt.There) timer.Reading {
	return timer.Reading{Wall: time.Duration(t.Wall), Awake: time.Duration(t.Awake), Boot: time.Duration(t.Boot)}
}

// thereAt is what a server says at a look.
func (m machine) thereAt(now int64, r timer.Reading) bolt.There {
	return bolt.There{At: now, Wall: int64(r.Wall), Awake: int64(r.Awake), Boot: int64(r.Boot), Start: m.start}
}

// tellAbsence gives the command that tells a debate what its countdown did while there was no server: it went on, it is
// held since the machine slept, or since it is not known for how long. It is nil where there is nothing to tell.
func (fl *floor) tellAbsence(room *queue.Room, id string) queue.Command {
	if !runs(room.State()) {
		return nil
	}
	last, apart := fl.away[id]
	if !apart {
		last = fl.absence.last
	}
	// What was decided last was decided while a server was there, too.
	from, now := max(last, room.State().Last), fl.clock.Now()
	away := time.Duration(now-from) * time.Millisecond
	log := fl.log.With("debate", id)
	switch {
	case fl.absence.lost || (!fl.absence.since || apart) && away > believable:
		log.Warn("it is not known how long the server was away while a countdown ran: the countdown is held until the chair goes on; look at the machine's clock", "since", instant(from))
		return &queue.HoldCountdown{At: from}
	case fl.absence.slept:
		log.Warn("the machine slept while a countdown ran and the server was away: the countdown is held until the chair goes on", "away", away)
		return &queue.TellClock{Occasion: now, Slept: from, Forward: now - from}
	case last == 0:
		log.Info("a countdown ran while the server was away; it is not known for how long")
		return nil
	}
	log.Info(fmt.Sprintf("a countdown ran while the server was away, for at most %v", away))
	return &queue.TellOutage{From: from, To: now}
}

// tellOffset gives the command that tells a debate how far its instants are from the machine's date, nil where it knows.
func (fl *floor) tellOffset(room *queue.Room) queue.Command {
	look := fl.clock.Look()
	is, known := look.Ahead, time.Duration(room.State().ClockAhead())*time.Millisecond
	switch {
	case is.Abs() < timer.Drift && known != 0:
		return &queue.TellClock{Occasion: look.Now, Forward: max(0, known.Milliseconds()), Follows: true}
	case (is - known).Abs() >= timer.Drift:
		return &queue.TellClock{Occasion: look.Now, Set: (is - known).Milliseconds()}
	}
	return nil
}

func instant(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) }
