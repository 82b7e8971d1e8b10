package queue_test

import (
	"fmt"
	"testing"

	"rostrum/queue"
)

// BenchmarkReplay is what a start costs for each entry of the journal, and for each
// of a snapshot.
//
//	go test -run '^$' -bench Replay ./queue/
func BenchmarkReplay(b *testing.B) {
	const entries = 20_000
	d := convene(b)
	for n := 0; d.state().Entries < entries; n++ {
		ken, bra := fmt.Sprint("k", n), fmt.Sprint("b", n)
		d.do(kenya, &queue.Ask{ID: ken, Note: "On victims", Speaker: "H.E. Ms. Otieno"})
		d.do(brazil, &queue.Ask{ID: bra})
		d.do(brazil, &queue.Withdraw{Request: bra})
		d.do(chair, &queue.Recognise{ID: "i" + ken, Request: ken})
		d.do(chair, &queue.EndFloor{})
	}
	d.stop()
	snapshot, err := queue.Snapshot(d.room.Working())
	if err != nil {
		b.Fatal(err)
	}
	b.Run("journal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := queue.NewRoom(b.Context(), d.journal, nil, quiet()); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/entries, "µs/entry")
	})
	b.Run("snapshot", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if queue.FromSnapshot(snapshot) == nil {
				b.Fatal("the snapshot cannot be read")
			}
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/entries, "µs/entry")
	})
}
