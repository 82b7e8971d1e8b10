package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"rostrum/queue"
	"rostrum/queue/bolt"
	"rostrum/server"
	"rostrum/timer"
)

// aliveEvery is how often a server says that it is there while a countdown runs. By so much
// may an outage be told too long.
const aliveEvery = time.Second

// counting says whether a countdown runs in any of the debates.
func counting(debates []server.Debate) bool {
	return slices.ContainsFunc(debates, func(d server.Debate) bool { return runs(d.Room.State()) })
}

func runs(s *queue.State) bool { return s.Floor != nil && s.Floor.Timer.State == timer.Running }

// sayAlive says that the server is there while a countdown runs, and a last time when the
// context ends.
func (fl *floor) sayAlive(ctx context.Context, alive *bolt.Alive) {
	tick := time.NewTicker(aliveEvery)
	defer tick.Stop()
	failing := false
	for stopping := false; !stopping; {
		select {
		case <-ctx.Done():
			stopping = true
		case <-tick.C:
		}
		if !counting(fl.debates) {
			continue
		}
		err := alive.Say(fl.clock.Now())
		if err != nil && !failing {
			fl.log.Warn("after a crash it will not be known how long the server was away", "err", err)
		}
		failing = err != nil
	}
	if err := alive.Close(); err != nil {
		fl.log.Warn("closing the file that says that the server is there", "err", err)
	}
}

// tellOutage gives the command that tells a debate how long the server was away, nil where its countdown
// does not run, or where it is not known: without the file, or with a clock that was set back.
func (fl *floor) tellOutage(room *queue.Room, id string) queue.Command {
	if !runs(room.State()) || fl.clock.Behind() > 0 {
		return nil
	}
	if fl.last == 0 {
		fl.log.Info("a countdown ran while the server was away; it is not known for how long", "debate", id)
		return nil
	}
	// What was decided last was decided while the server was there, too.
	from, now := max(fl.last, room.State().Last), fl.clock.Now()
	fl.log.Info(fmt.Sprintf("a countdown ran while the server was away, for at most %v", time.Duration(now-from)*time.Millisecond), "debate", id)
	return &queue.TellOutage{From: from, To: now}
}
