package server_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"time"

	"rostrum/queue"
	"rostrum/server"
	"rostrum/static"
)

// unkept is a journal that keeps nothing.
type unkept struct{}

func (unkept) Append(context.Context, int64, [][]byte) error                { return nil }
func (unkept) Read(context.Context, int64, func(int64, []byte) error) error { return nil }

// longDebate is the state of a debate with so many participants and interventions, each of
// which has a note.
func longDebate(t testing.TB, participants, interventions int) *queue.State {
	t.Helper()
	room, err := queue.NewRoom(t.Context(), unkept{}, nil, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); room.Run(ctx) }()
	defer func() { stop(); <-ended }()
	now := int64(1_212_501_600_000)
	do := func(by queue.Actor, c queue.Command) {
		if _, err := room.Submit(ctx, queue.Submission{At: now, By: by, Command: c}); err != nil {
			t.Fatalf("%T: %v", c, err)
		}
	}
	p := thematicDebate(nil)
	p.Participants = p.Participants[:1] // those with plain names
	for n := range participants {
		p.Participants = append(p.Participants, queue.Participant{ID: fmt.Sprint("p", n), Category: "member_state", Names: map[string]string{
			"en": fmt.Sprint("Republic of Trafalgar and the Isles ", n), "fr": fmt.Sprint("République de Trafalgar et des Îles ", n), "ru": fmt.Sprint("Республика Трафальгар и острова ", n),
		}})
	}
	do(queue.Actor{Role: queue.Server}, &queue.Load{Programme: p})
	do(chairman, &queue.SwitchPanel{Panel: "morning"})
	do(chairman, &queue.SetPanel{Panel: "morning", Status: queue.Open, List: queue.Open})
	note := strings.Repeat("Prevention begins at school, and victims come first. ", 5)
	for n := range interventions {
		id := fmt.Sprint("i", n)
		do(chairman, &queue.Recognise{ID: id, Participant: fmt.Sprint("p", n%max(1, participants))})
		now += 150_000
		do(chairman, &queue.WriteNote{Intervention: id, Text: new(note), Base: 0})
	}
	if interventions > 0 {
		do(chairman, &queue.EndFloor{})
	}
	return room.State()
}

// peakOf is by how many bytes the heap was larger at the most while something was done.
func peakOf(do func()) int64 {
	heap := func() int64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	runtime.GC()
	before := heap()
	done, most := make(chan struct{}), make(chan int64)
	go func() {
		peak := before
		for tick := time.NewTicker(2 * time.Millisecond); ; {
			select {
			case <-done:
				tick.Stop()
				most <- peak
				return
			case <-tick.C:
				peak = max(peak, heap())
			}
		}
	}()
	do()
	close(done)
	return <-most - before
}

// BenchmarkExport writes what costs most to write, and says how much memory it holds meanwhile.
func BenchmarkExport(b *testing.B) {
	run := func(name string, write func(io.Writer) error) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var peak int64
			var size counted
			for b.Loop() {
				size = 0
				peak = max(peak, peakOf(func() {
					if err := write(&size); err != nil {
						b.Fatal(err)
					}
				}))
			}
			b.ReportMetric(float64(peak)/(1<<20), "MiB-peak")
			b.ReportMetric(float64(size)/(1<<20), "MiB-file")
		})
	}
	for _, n := range []int{357, 20_000} {
		s := longDebate(b, 200, n)
		for _, format := range []string{"json", "csv", "md", "docx"} {
			run(fmt.Sprintf("record.%s/%d", format, n), func(w io.Writer) error { return server.WriteRecord(b.Context(), w, s, "e", format, "en") })
		}
	}
	keys, err := server.NewKeys(make([]byte, 32))
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{200, 5_000} {
		s := longDebate(b, n, 0)
		for _, pdf := range []bool{false, true} {
			name := map[bool]string{false: "cards", true: "cards.pdf"}[pdf]
			run(fmt.Sprintf("%s/%d", name, n), func(w io.Writer) error {
				return server.WriteCards(w, keys, baseURL, s, server.CardChoice{Languages: []string{"en", "fr", "ru"}}, static.Files, pdf, nil, 0)
			})
		}
	}
}

// counted counts what is written.
type counted int64

func (c *counted) Write(p []byte) (int, error) {
	*c += counted(len(p))
	return len(p), nil
}
