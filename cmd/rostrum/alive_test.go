package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"rostrum/queue"
	"rostrum/queue/bolt"
	"rostrum/queue/programme"
)

func openAlive(t testing.TB, data string) (*bolt.Store, *bolt.Alive) {
	t.Helper()
	store, err := bolt.Open(data, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	alive, err := store.Alive()
	if err != nil {
		t.Fatal(err)
	}
	return store, alive
}

// crashed leaves data as a server does that was killed while a countdown ran: since when it ran, and
// when the server said for the last time that it was there (0: never), before now.
func crashed(t testing.TB, data string, ran, there time.Duration) (now int64) {
	t.Helper()
	now = time.Now().UnixMilli()
	store, alive := openAlive(t, data)
	defer store.Close()
	journal, err := store.Journal(example)
	if err != nil {
		t.Fatal(err)
	}
	room, err := queue.NewRoom(t.Context(), journal, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	running, stop := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	defer wait.Wait()
	defer stop()
	wait.Go(func() { room.Run(running) })
	p, err := programme.Example()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []queue.Command{
		&queue.Load{Programme: p}, &queue.SwitchPanel{Panel: "morning"},
		&queue.SetPanel{Panel: "morning", Status: queue.Open}, &queue.Recognise{ID: "i", Participant: "ken"},
	} {
		by := queue.Actor{Role: queue.Chair}
		if _, err := room.Submit(t.Context(), queue.Submission{At: now - ran.Milliseconds(), By: by, Command: c}); err != nil {
			t.Fatal(err)
		}
	}
	if there > 0 {
		if err := alive.Say(bolt.There{At: now - there.Milliseconds()}); err != nil {
			t.Fatal(err)
		}
	}
	if err := alive.Close(); err != nil {
		t.Fatal(err)
	}
	return now
}

// outage is what the officers are shown of the outage.
func (s *serving) outage(chair string) *queue.Outage {
	s.Helper()
	var v struct {
		State struct {
			Outage *queue.Outage `json:"outage"`
		} `json:"state"`
	}
	status, body := s.get(debateAt(example), chair)
	if err := json.Unmarshal(body, &v); err != nil || status != http.StatusOK {
		s.Fatalf("%d %s: %v", status, body, err)
	}
	return v.State.Outage
}

func TestTheChairIsToldHowLongTheServerWasAway(t *testing.T) {
	data := t.TempDir()
	began := crashed(t, data, 10*time.Minute, 4*time.Minute)
	chair := chairOf(t, data, example) // which writes into the journal while the server is away
	s := serveOn(t, data)
	o := s.outage(chair)
	if o == nil || o.Floor != "i" || o.From != began-4*minute || o.To < began || o.To > time.Now().UnixMilli() {
		t.Fatalf("the outage is %+v, want one since %d", o, began-4*minute)
	}
	if shown := s.outage(""); shown != nil {
		t.Errorf("the public is shown the outage %+v", shown)
	}
	s.stop()
	if again := serveOn(t, data).outage(chair); again == nil || again.To-again.From < o.To-o.From {
		t.Errorf("after a restart the outage is %+v, and was %+v", again, o)
	}
}

func TestAnOutageOfUnknownLengthIsNotTold(t *testing.T) {
	data := t.TempDir()
	crashed(t, data, 10*time.Minute, 0)
	s := serveOn(t, data)
	if o := s.outage(chairOf(t, data, example)); o != nil {
		t.Errorf("the outage is %+v, though nobody said when the server was there", o)
	}
}

// What the server said while an earlier countdown ran says nothing of the present one.
func TestAnOutageBeginsWithTheCountdownAtTheEarliest(t *testing.T) {
	data := t.TempDir()
	began := crashed(t, data, 2*time.Minute, time.Hour)
	s := serveOn(t, data)
	if o := s.outage(chairOf(t, data, example)); o == nil || o.From != began-2*minute {
		t.Errorf("the outage is %+v, want one since %d", o, began-2*minute)
	}
}

const minute = int64(60_000)

// A server that is killed has said just before that it was there, and only while a countdown ran.
func TestAServerSaysThatItIsThereWhileACountdownRuns(t *testing.T) {
	data, links := t.TempDir(), filepath.Join(t.TempDir(), "links.json")
	p := start(t, serveCommand(t, data, "--links", links))
	chair := tokenOf(t, readLinks(t, links)[example].Chair)
	s := &serving{TB: t, url: p.url}
	began := time.Now().UnixMilli()
	s.hold(chair, example, "morning")
	said := func() bool {
		text, _ := os.ReadFile(filepath.Join(data, "alive"))
		return bytes.Contains(text, []byte("rostrum2"))
	}
	for deadline := time.Now().Add(readyIn); !said(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the server has not said that it is there")
		}
	}
	p.kill()
	store, alive := openAlive(t, data)
	defer store.Close()
	if last := alive.Last().At; last < began || last > time.Now().UnixMilli() {
		t.Errorf("the server was last there at %d, want since %d", last, began)
	}
}
