//go:build linux

package bolt_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"rostrum/queue"
)

// entrySize is the mean of what the room writes for each of the commands, in bytes.
const entrySize = 280

// BenchmarkRoom is how many commands a second a room makes durable for 1, 100 and 200
// callers that each wait for their answer, beside a bare file to which as many
// callers append, with one fdatasync for all that wait. It is measured twice: raw writes what waits
// at once, raw-patient first lets the others run who are about to send. They take turns on the
// same disk. TMPDIR must be on a disk: in memory, fdatasync costs nothing.
//
//	go test -run '^$' -bench 'Room$' -benchtime 100000x ./queue/bolt/
func BenchmarkRoom(b *testing.B) {
	for _, callers := range []int{1, 100, 200} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			command := callRoom(b, callers)
			raw, patient := callRaw(b, false), callRaw(b, true)
			const turn = 50 // commands of each caller
			var inRoom, inRaw, inPatient time.Duration
			done := 0
			b.ResetTimer()
			for done < b.N {
				n := min(turn, max(1, (b.N-done)/callers))
				inRoom += together(callers, n, command)
				inRaw += together(callers, n, raw)
				inPatient += together(callers, n, patient)
				done += n * callers
			}
			b.StopTimer()
			b.ReportMetric(float64(inRoom)/float64(done), "ns/op")
			b.ReportMetric(float64(done)/inRoom.Seconds(), "commands/s")
			b.ReportMetric(float64(done)/inRaw.Seconds(), "commands/s-raw")
			b.ReportMetric(float64(done)/inPatient.Seconds(), "commands/s-raw-patient")
			b.ReportMetric(float64(inRaw)/float64(inRoom), "of-raw")
			b.ReportMetric(float64(inPatient)/float64(inRoom), "of-raw-patient")
		})
	}
}

// BenchmarkRoomLone is the time of one command when nothing else waits, at the median,
// beside one bbolt commit of as many bytes. The two take turns.
//
//	go test -run '^$' -bench RoomLone -benchtime 1000x ./queue/bolt/
func BenchmarkRoomLone(b *testing.B) {
	command := callRoom(b, 1)
	db, err := bbolt.Open(filepath.Join(b.TempDir(), "bare.db"), 0o600, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	value := make([]byte, entrySize)
	commit := func(n int) {
		err := db.Update(func(tx *bbolt.Tx) error {
			bucket, err := tx.CreateBucketIfNotExists([]byte("b"))
			if err != nil {
				return err
			}
			return bucket.Put(binary.BigEndian.AppendUint64(nil, uint64(n)), value)
		})
		if err != nil {
			b.Error(err)
		}
	}
	var inRoom, inBolt []time.Duration
	b.ResetTimer()
	for n := range b.N {
		inRoom = append(inRoom, together(1, 1, command))
		inBolt = append(inBolt, together(1, 1, func(int) { commit(n) }))
	}
	b.StopTimer()
	median := func(d []time.Duration) float64 {
		slices.Sort(d)
		return float64(d[len(d)/2])
	}
	b.ReportMetric(median(inRoom), "ns/op")
	b.ReportMetric(median(inBolt), "ns/op-bbolt")
	b.ReportMetric(median(inRoom)/median(inBolt), "ratio")
}

// together lets each caller do something n times, and returns how long it took until all
// had done.
func together(callers, n int, do func(caller int)) time.Duration {
	var all sync.WaitGroup
	began := time.Now()
	for caller := range callers {
		all.Go(func() {
			for range n {
				do(caller)
			}
		})
	}
	all.Wait()
	return time.Since(began)
}

// callRoom opens a debate on the disk, in which each caller asks for the floor, and
// withdraws, by turns.
func callRoom(b *testing.B, callers int) func(caller int) {
	j := journal(b, open(b, b.TempDir()), debate)
	room, err := queue.NewRoom(b.Context(), j, j.Snapshots(), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stopped := make(chan struct{})
	go func() { room.Run(ctx); close(stopped) }()
	b.Cleanup(func() { stop(); <-stopped })

	submit := func(by queue.Actor, key string, c queue.Command) {
		sub := queue.Submission{At: time.Now().UnixMilli(), By: by, Key: key, Command: c}
		if _, err := room.Submit(ctx, sub); err != nil {
			b.Errorf("%T: %v", c, err)
		}
	}
	p := queue.Programme{Debate: queue.Debate{ID: debate, Title: debate, Languages: []string{"en"}}, Panels: []queue.Panel{{ID: "morning", Title: "Morning", Limit: 180_000}}}
	for i := range callers {
		p.Participants = append(p.Participants, queue.Participant{ID: fmt.Sprint("p", i), Names: map[string]string{"en": "P"}, Category: "member_state"})
	}
	submit(queue.Actor{Role: queue.Server}, "", &queue.Load{Programme: p})
	submit(queue.Actor{Role: queue.Chair}, "", &queue.SetPanel{Panel: "morning", Status: queue.Open, List: queue.Open})

	count := make([]int, callers)
	return func(caller int) {
		n := count[caller]
		count[caller]++
		delegate := queue.Actor{Role: queue.Delegate, Participant: fmt.Sprint("p", caller), Session: "mg2zq4nxhbtvrwks"}
		request := fmt.Sprintf("request-%d-%d", caller, n/2)
		if n%2 == 0 {
			submit(delegate, "", &queue.Ask{ID: request})
		} else {
			submit(delegate, "withdraw-"+request, &queue.Withdraw{Request: request})
		}
	}
}

type rawWrite struct {
	entry []byte
	done  chan<- error
}

// callRaw opens a bare file, to which one goroutine appends what waits, with one
// fdatasync for all.
func callRaw(b *testing.B, patient bool) func(caller int) {
	f, err := os.OpenFile(filepath.Join(b.TempDir(), "bare.log"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	in := make(chan rawWrite, 1024)
	b.Cleanup(func() { close(in) })
	go func() {
		defer f.Close()
		for first := range in {
			waiting := taken(in, first, patient)
			var all []byte
			for _, w := range waiting {
				all = append(all, w.entry...)
			}
			_, err := f.Write(all)
			if err == nil {
				err = syscall.Fdatasync(int(f.Fd()))
			}
			for _, w := range waiting {
				w.done <- err
			}
		}
	}()
	return func(int) {
		done := make(chan error, 1)
		in <- rawWrite{make([]byte, entrySize), done}
		if err := <-done; err != nil {
			b.Error(err)
		}
	}
}

// taken takes what waits behind a first write.
func taken(in <-chan rawWrite, first rawWrite, patient bool) []rawWrite {
	waiting := []rawWrite{first}
	for yielded := false; ; {
		select {
		case w := <-in: // it is closed only when nobody waits any more
			waiting = append(waiting, w)
			yielded = false
			continue
		default:
		}
		if yielded || !patient {
			return waiting
		}
		runtime.Gosched()
		yielded = true
	}
}
