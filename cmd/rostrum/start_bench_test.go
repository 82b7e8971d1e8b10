//go:build linux

package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"rostrum/queue"
	"rostrum/queue/bolt"
	"rostrum/queue/programme"
)

// BenchmarkStart is the time from the start of the program until it says that it is ready,
// and its memory then: with no data yet, and with a debate of 100,000 changes, with an
// old snapshot, and without one. Beside it stands the start of the program that only says its
// version.
//
//	go test -run '^$' -bench Start -benchtime 10x ./cmd/rostrum/
func BenchmarkStart(b *testing.B) {
	program(b) // built before anything is measured
	bare := func() time.Duration {
		began := time.Now()
		if out, err := command(b, "version").CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		return time.Since(began)
	}
	measure := func(b *testing.B, prepare func() string) {
		var ready, version []time.Duration
		var cpu time.Duration
		var rss int64
		for range b.N {
			data := prepare()
			began := time.Now()
			h := &benchHall{TB: b, process: start(b, serveCommand(b, data))}
			ready = append(ready, time.Since(began))
			if status, _, err := send(http.DefaultClient, h.url, &act{method: http.MethodGet, path: "/readyz"}); err != nil || status != http.StatusOK {
				b.Fatalf("ready, and answers %d %v", status, err)
			}
			rss = max(rss, h.rss())
			h.kill()
			cpu += h.cmd.ProcessState.UserTime() + h.cmd.ProcessState.SystemTime()
			version = append(version, bare())
		}
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(inMS(median(ready)), "ms/start")
		b.ReportMetric(inMS(median(version)), "ms/start-version")
		b.ReportMetric(inMS(cpu)/float64(b.N), "cpu-ms/start")
		b.ReportMetric(float64(rss)/(1<<20), "MiB-at-most")
	}
	b.Run("new", func(b *testing.B) {
		measure(b, func() string { return filepath.Join(b.TempDir(), strconv.FormatInt(time.Now().UnixNano(), 36)) })
	})
	data := longDebate(b, 100_000)
	b.Run("100000", func(b *testing.B) {
		measure(b, func() string { return data })
	})
	b.Run("100000-without-snapshot", func(b *testing.B) {
		measure(b, func() string {
			if err := os.RemoveAll(filepath.Join(data, "snapshots")); err != nil {
				b.Fatal(err)
			}
			return data
		})
	})
}

// longDebate makes the data of a debate of n changes, of which the last fifth came
// after the snapshot. A room lets more come only in a rush.
func longDebate(b *testing.B, n int64) (data string) {
	b.Helper()
	data = b.TempDir()
	inRoom := func(keep bool, act func(*queue.Room, *bolt.Journal)) {
		store, err := bolt.Open(data, bolt.Options{})
		if err != nil {
			b.Fatal(err)
		}
		defer store.Close()
		journal, err := store.Journal(example)
		if err != nil {
			b.Fatal(err)
		}
		var snapshots queue.Snapshots
		if keep {
			snapshots = journal.Snapshots()
		}
		room, err := queue.NewRoom(b.Context(), journal, snapshots, slog.New(slog.DiscardHandler))
		if err != nil {
			b.Fatal(err)
		}
		ctx, stop := context.WithCancel(b.Context())
		var running sync.WaitGroup
		running.Go(func() { room.Run(ctx) })
		act(room, journal)
		stop()
		running.Wait()
	}
	inRoom(false, func(r *queue.Room, _ *bolt.Journal) { debateUntil(b, r, n*4/5) })
	inRoom(true, func(_ *queue.Room, j *bolt.Journal) {
		for {
			if at, _, err := j.Snapshots().Load(b.Context()); at > 0 || err != nil {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
	inRoom(false, func(r *queue.Room, j *bolt.Journal) {
		debateUntil(b, r, n)
		at, snapshot, err := j.Snapshots().Load(b.Context())
		b.Logf("%d changes, %d interventions; a snapshot of %d bytes after %d: %v", r.State().Seq, len(r.State().Ended()), len(snapshot), at, err)
	})
	return data
}

// debateUntil goes on with the example debate until n changes are made: each
// delegation asks and is called, then asks and withdraws, by turns.
func debateUntil(b *testing.B, room *queue.Room, n int64) {
	b.Helper()
	do := func(by queue.Actor, key string, c queue.Command) {
		if _, err := room.Submit(b.Context(), queue.Submission{At: time.Now().UnixMilli(), By: by, Key: key, Command: c}); err != nil {
			b.Errorf("%T: %v", c, err)
		}
	}
	chair := queue.Actor{Role: queue.Chair}
	if room.State().Seq == 0 {
		p, err := programme.Example()
		if err != nil {
			b.Fatal(err)
		}
		do(queue.Actor{Role: queue.Server}, "", &queue.Load{Programme: p})
		panel := ""
		for id := range room.State().Panels() {
			if strings.Contains(id, "morning") {
				panel = id
			}
		}
		do(chair, "", &queue.SwitchPanel{Panel: panel})
		do(chair, "", &queue.SetPanel{Panel: panel, Status: queue.Open, List: queue.Open})
	}
	began := room.State().Seq
	var all sync.WaitGroup
	for _, participant := range programme.UN() {
		all.Go(func() {
			delegate := queue.Actor{Role: queue.Delegate, Participant: participant.ID, Session: "mg2zq4nxhbtvrwks"}
			for i := 0; room.State().Seq < n; i++ {
				id := fmt.Sprintf("%s-%d-%d", participant.ID, began, i)
				do(delegate, "", &queue.Ask{ID: id, Language: "fr"})
				if i%2 == 0 {
					do(chair, "", &queue.Recognise{ID: "floor-" + id, Request: id})
				} else {
					do(delegate, "withdraw-"+id, &queue.Withdraw{Request: id})
				}
			}
		})
	}
	all.Wait()
}
