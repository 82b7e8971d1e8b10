package server

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"rostrum/queue"
	"rostrum/queue/programme"
	"rostrum/timer"
)

// noDisk is a journal that keeps nothing.
type noDisk struct{}

func (noDisk) Append(context.Context, int64, [][]byte) error                { return nil }
func (noDisk) Read(context.Context, int64, func(int64, []byte) error) error { return nil }

// benchDebate is a debate with the whole roster and a server that shows it.
type benchDebate struct {
	testing.TB
	room  *queue.Room
	clock *timer.Clock
	hub   *hub
	ids   int
}

func openBenchDebate(b *testing.B) *benchDebate {
	b.Helper()
	log := slog.New(slog.DiscardHandler)
	room, err := queue.NewRoom(b.Context(), noDisk{}, nil, log)
	if err != nil {
		b.Fatal(err)
	}
	d := &benchDebate{TB: b, room: room, clock: timer.NewClock(0)}
	go room.Run(b.Context())
	p := queue.Programme{
		Debate:       queue.Debate{ID: "bench", Title: "Human trafficking", Languages: []string{"en"}},
		Panels:       []queue.Panel{{ID: "morning", Title: "Morning panel", Limit: 180_000, Warn: 30_000}},
		Participants: programme.UN(),
	}
	d.do(queue.Server, "", &queue.Load{Programme: p})
	d.do(queue.Chair, "", &queue.SetPanel{Panel: "morning", Status: queue.Open, List: queue.Open})
	keys, err := NewKeys(make([]byte, 32))
	if err != nil {
		b.Fatal(err)
	}
	s := New(Config{Debates: []Debate{{Room: room, Epoch: "e"}}, Clock: d.clock, Keys: keys, BaseURL: "http://10.0.0.5:8080", Version: "bench", Log: log})
	go s.Run(b.Context())
	d.hub = s.debates["bench"].hub
	return d
}

func (d *benchDebate) do(role queue.Role, participant string, c queue.Command) queue.Answer {
	d.Helper()
	d.ids++
	a, err := d.room.Submit(d.Context(), queue.Submission{
		At: d.clock.Now(), By: queue.Actor{Role: role, Participant: participant}, Key: fmt.Sprint("key-", d.ids), Command: c,
	})
	if err != nil {
		d.Fatalf("%T %+v: %v", c, c, err)
	}
	return a
}

// listener is a screen in this process: a goroutine that is shown what it would
// write to its connection.
type listener struct {
	seat
	woken  chan struct{}
	cursor cursor
}

func (l *listener) wake() {
	select {
	case l.woken <- struct{}{}:
	default:
	}
}
func (l *listener) keepAlive(int64)   {}
func (l *listener) close(int, string) {}

// BenchmarkFanOut is the time from a command until the last of 1,000 subscribers in this
// process has the change, beside a bare loop that sends one encoded change to as
// many goroutines. There is no disk and no network.
//
//	go test -run '^$' -bench FanOut ./server/
func BenchmarkFanOut(b *testing.B) {
	const subscribers = 1_000
	var left atomic.Int64
	all := make(chan struct{})
	got := func() {
		if left.Add(-1) == 0 {
			all <- struct{}{}
		}
	}
	var ours float64
	b.Run("rostrum", func(b *testing.B) {
		d := openBenchDebate(b)
		unlimited := newPlaces(true, 0)
		for range subscribers {
			at := d.hub.seatFor(nil)
			at.place = new(place)
			unlimited.take(at.place)
			l := &listener{seat: at, woken: make(chan struct{}, 1)}
			l.cursor.seq = l.channel.current.Load().seq()
			if !d.hub.join(l) {
				b.Fatal("the hub has stopped")
			}
			go func() {
				for {
					select {
					case <-b.Context().Done():
						d.hub.leave(l)
						return
					case <-l.woken:
					}
					newest, more, err := l.channel.next(&l.cursor)
					if newest == nil || len(more) > 0 || err != nil {
						panic(fmt.Sprint("not one change at a time: ", newest, more, err))
					}
					got()
				}
			}()
		}
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			left.Store(subscribers)
			limit := queue.Limit{Set: true, MS: int64(60_000 + n%1000)}
			d.do(queue.Chair, "", &queue.SetPanel{Panel: "morning", Limit: limit})
			<-all
		}
		ours = float64(b.Elapsed()) / float64(b.N)
	})
	b.Run("bare", func(b *testing.B) {
		var channels []chan []byte
		for range subscribers {
			c := make(chan []byte, 1)
			channels = append(channels, c)
			go func() {
				for range c {
					got()
				}
			}()
		}
		b.ReportAllocs()
		for b.Loop() {
			left.Store(subscribers)
			change := make([]byte, 200)
			for _, c := range channels {
				c <- change
			}
			<-all
		}
		for _, c := range channels {
			close(c)
		}
		b.ReportMetric(ours*float64(b.N)/float64(b.Elapsed()), "ratio")
	})
}

// BenchmarkPatchSize is the size of a patch in a debate with about 60 on the list, in
// which delegations ask, amend and withdraw, the chair calls, gives time, changes the order
// and ends, and a rapporteur writes notes.
//
//	go test -run '^$' -bench PatchSize -benchtime 5000x ./server/
func BenchmarkPatchSize(b *testing.B) {
	d := openBenchDebate(b)
	random := rand.New(rand.NewPCG(1, 2))
	participants := programme.UN()
	asked := func() bool {
		p := participants[random.IntN(len(participants))].ID
		for _, r := range d.room.State().Requests() {
			if r.Participant == p {
				return false
			}
		}
		d.do(queue.Delegate, p, &queue.Ask{ID: fmt.Sprintf("%016x", random.Uint64()), Speaker: "Her Excellency the Minister of Justice", Language: "fr"})
		return true
	}
	for len(d.room.State().Requests()) < 60 {
		asked()
	}
	d.hub.show()
	var total, most, frames [audiences]int
	changes := 0
	b.ResetTimer()
	for range b.N {
		before := d.room.State().Seq
		act(d, random, asked)
		if d.room.State().Seq == before {
			continue
		}
		changes++
		d.hub.show()
		for a, c := range d.hub.channels {
			f := c.current.Load().frames
			last := f[len(f)-1]
			total[a] += len(last.patch)
			most[a] = max(most[a], len(last.patch))
			frames[a] += len(last.body)
		}
	}
	b.StopTimer()
	b.ReportMetric(0, "ns/op")
	for a := range audiences {
		b.ReportMetric(float64(total[a])/float64(changes), a.String()+"-bytes/patch")
		b.ReportMetric(float64(frames[a])/float64(changes), a.String()+"-bytes/frame")
		b.ReportMetric(float64(most[a]), a.String()+"-bytes-at-most")
		state, err := d.hub.channels[a].state(d.hub.channels[a].current.Load())
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(state)), a.String()+"-bytes/snapshot")
	}
}

// act is one act of a debate in which the list stays at about 60.
func act(d *benchDebate, random *rand.Rand, asked func() bool) {
	s := d.room.State()
	list := s.List("morning")
	one := func() string { return list[random.IntN(len(list))] }
	if len(list) < 60 {
		asked()
		return
	}
	switch choice := random.IntN(20); {
	case choice < 6:
		d.do(queue.Chair, "", &queue.Recognise{ID: fmt.Sprintf("%016x", random.Uint64()), Request: list[0]})
	case choice < 8:
		d.do(queue.Chair, "", &queue.Amend{Request: one(), Before: queue.Before{Set: true, ID: one()}})
	case choice < 10:
		speaker := fmt.Sprint("The Permanent Representative, number ", random.IntN(1000))
		d.do(queue.Chair, "", &queue.Amend{Request: one(), Speaker: &speaker})
	case choice < 12:
		d.do(queue.Chair, "", &queue.Withdraw{Request: one()})
	case choice < 13:
		asked()
	case s.Floor == nil:
	case choice < 15:
		by := int64(60_000)
		d.do(queue.Chair, "", &queue.SetTime{Add: &by})
	case choice < 17:
		what := "pause"
		if s.Floor.Timer.State != timer.Running {
			what = "start"
		}
		d.do(queue.Chair, "", &queue.SetTime{Timer: what})
	case choice < 18:
		d.do(queue.Chair, "", &queue.EndFloor{})
	default:
		note := fmt.Sprintf("Note %d. Stressed that trafficking has to be fought at its root and that the victims need protection, whatever their status.", random.IntN(1000))
		d.do(queue.Rapporteur, "", &queue.WriteNote{Intervention: s.Floor.ID, Text: new(note), Base: s.Notes()[s.Floor.ID].Revision})
	}
}
