package main

import (
	"context"
	"log/slog"
	"time"

	"rostrum/queue"
	"rostrum/queue/bolt"
	"rostrum/server"
	"rostrum/timer"
)

const (
	// lookEvery is how often the machine's clocks are compared. So long may a countdown run on the screens after
	// a sleep, before it is held.
	lookEvery = 250 * time.Millisecond
	// aliveEvery is how often a server says that it is there while a countdown runs. By so much
	// may an outage be told too long.
	aliveEvery = time.Second
)

// screened is whom a timekeeper tells when the clock was moved, or stood while they were awake.
type screened interface {
	ClockChanged(server.ClockChange)
}

// timekeeper keeps the time of the debates of a server: it notices what becomes of the machine's clocks, tells the
// debates, and only then moves their clock. While a countdown runs it says that the server is there.
type timekeeper struct {
	clock   *timer.Clock
	machine machine
	debates []server.Debate
	alive   *bolt.Alive
	screens screened
	log     *slog.Logger

	told    *telling // what the debates are still to be told, nil for nothing
	said    int64    // when it was last said that the server is there
	failing bool     // that could not be said
}

// telling is what the debates are told of a look, and how many of them know.
type telling struct {
	look  timer.Look
	c     queue.TellClock
	at    int64
	knows int
	fails bool
}

// run keeps the time until the context ends, and says a last time that the server is there.
func (k *timekeeper) run(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			k.said = 0
			k.say(false)
			if err := k.alive.Close(); err != nil {
				k.log.Warn("closing the file that says that the server is there", "err", err)
			}
			return
		case <-tick.C:
		}
		k.look(ctx)
		k.say(false)
	}
}

// look compares the machine's clocks, and does what a difference wants.
func (k *timekeeper) look(ctx context.Context) {
	if k.told == nil {
		if k.told = k.weigh(k.clock.Look()); k.told == nil {
			return
		}
		k.tellLog(k.told)
	}
	t := k.told
	for ; t.knows < len(k.debates); t.knows++ {
		d := k.debates[t.knows]
		_, err := d.Room.Submit(ctx, queue.Submission{At: t.at, By: queue.Actor{Role: queue.Server}, Command: &t.c})
		if err != nil {
			// It is told again, and the clock stays where it is meanwhile, so that no countdown is charged.
			if !t.fails && ctx.Err() == nil {
				k.log.Warn("a debate could not be told of the machine's clock", "debate", d.Room.State().Debate.ID, "err", err)
			}
			t.fails = true
			return
		}
	}
	k.clock.Settle(t.look, time.Duration(t.c.Forward)*time.Millisecond)
	k.told = nil
	k.say(true) // what was said before is of the clocks as they were
	k.screens.ClockChanged(server.ClockChange{Slept: t.look.Slept, Set: t.look.Set, Forward: time.Duration(t.c.Forward) * time.Millisecond})
}

// weigh says what the debates are told of a look, nil where there is nothing to do. These are the rules:
//
// A sleep of some length moves the clock forward. Running countdowns are held as they were before.
// After a shorter one the instants go on where they were, and so they do when the machine's clock is set, so that running countdowns
// go on evenly. Once none runs the clock follows the machine's, where that is ahead. It never goes back.
func (k *timekeeper) weigh(l timer.Look) *telling {
	c := queue.TellClock{Occasion: l.Now, Set: l.Set.Milliseconds()}
	switch {
	case !counting(k.debates) && l.Ahead >= timer.Drift:
		c.Forward, c.Follows = l.Ahead.Milliseconds(), true
	case counting(k.debates) && l.Slept >= longSleep:
		c.Slept, c.Forward = l.Now, l.Slept.Milliseconds()
	case l.Slept == 0 && l.Set == 0:
		return nil
	}
	return &telling{look: l, c: c, at: l.Now + c.Forward}
}

func (k *timekeeper) tellLog(t *telling) {
	l := t.look
	if l.Slept != 0 {
		k.log.Warn("the machine slept", "for", l.Slept.Round(time.Millisecond), "held", t.c.Slept != 0)
	}
	if l.Set != 0 {
		k.log.Warn("the machine's clock was set: the times of the debates go on, and follow it where it is ahead and no countdown runs", "by", l.Set.Round(time.Millisecond))
	}
	if t.c.Follows {
		k.log.Info("the times of the debates follow the machine's clock", "by", time.Duration(t.c.Forward)*time.Millisecond)
	}
}

// say says from time to time that the server is there while a countdown runs, and at once where it must be said.
func (k *timekeeper) say(must bool) {
	if k.told != nil {
		return // the file counts with the clock that the debates know
	}
	look := k.clock.Look()
	if look.Slept != 0 || look.Set != 0 {
		return // first the debates
	}
	if !must && (!counting(k.debates) || look.Now-k.said < aliveEvery.Milliseconds()) {
		return
	}
	k.said = look.Now
	err := k.alive.Say(k.machine.thereAt(look.Now, look.Reading))
	if err != nil && !k.failing {
		k.log.Warn("after a crash it will not be known how long the server was away", "err", err)
	}
	k.failing = err != nil
}
