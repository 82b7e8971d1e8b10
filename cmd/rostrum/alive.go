package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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

// away says when the server was last there for debates that it could not open since, by debate, 0 where it is not
// known: of what it says while it is there for the others, nothing is theirs.
type away map[string]int64

func awayFile(data string) string { return filepath.Join(data, "unopened.json") }

// awayIn reads what an earlier server has noted. It may be lost, like the file alive.
func awayIn(data string) away {
	var noted away
	if text, err := os.ReadFile(awayFile(data)); err != nil || json.Unmarshal(text, &noted) != nil {
		return nil
	}
	return noted
}

// noteAway notes since when the debates that are not open are without a server, before this one says that it
// is there.
func (fl *floor) noteAway(data string) error {
	noted := make(away)
	for _, u := range fl.unopened {
		last, before := fl.away[u.ID]
		if !before {
			last = fl.last
		}
		noted[u.ID] = last
	}
	if len(noted) == 0 {
		if err := os.Remove(awayFile(data)); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	text, err := json.Marshal(noted)
	if err != nil {
		return err
	}
	return writeFile(awayFile(data), text)
}

// tellOutage gives the command that tells a debate how long the server was away, nil where its countdown
// does not run, or where it is not known: without the file, or with a clock that was set back.
func (fl *floor) tellOutage(room *queue.Room, id string) queue.Command {
	if !runs(room.State()) || fl.clock.Behind() > 0 {
		return nil
	}
	last, apart := fl.away[id]
	if !apart {
		last = fl.last
	}
	if last == 0 {
		fl.log.Info("a countdown ran while the server was away; it is not known for how long", "debate", id)
		return nil
	}
	// What was decided last was decided while the server was there, too.
	from, now := max(last, room.State().Last), fl.clock.Now()
	fl.log.Info(fmt.Sprintf("a countdown ran while the server was away, for at most %v", time.Duration(now-from)*time.Millisecond), "debate", id)
	return &queue.TellOutage{From: from, To: now}
}
