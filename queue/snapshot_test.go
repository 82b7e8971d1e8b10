package queue_test

import (
	"slices"
	"testing"
	"testing/synctest"

	"rostrum/queue"
)

func TestAJournalThatCannotBeTrustedOpensNoRoom(t *testing.T) {
	d := convene(t)
	d.asks("ken")
	good := d.journal.entries
	for name, bad := range map[string]struct {
		at    int
		entry string
	}{
		"an event of a newer version":  {3, `{"seq":4,"at_ms":1,"by":"chair","events":[{"kind":"adjourned","data":{}}]}`},
		"an unknown field":             {3, `{"seq":4,"at_ms":1,"by":"chair","colour":"red","events":[]}`},
		"an unknown field of an event": {3, `{"seq":4,"at_ms":1,"by":"chair","events":[{"kind":"panel_switched","data":{"panel":"morning","why":"lunch"}}]}`},
		"a state that is left out":     {3, `{"seq":5,"at_ms":1,"by":"chair","events":[{"kind":"panel_switched","data":{"panel":"morning"}}]}`},
		"a state without a change":     {3, `{"seq":4,"at_ms":1,"by":"chair"}`},
		"a change without a state":     {3, `{"seq":3,"at_ms":1,"by":"chair","events":[{"kind":"panel_switched","data":{"panel":"morning"}}]}`},
		"an entry cut short":           {3, string(good[3][:len(good[3])/2])},
		"an entry with more behind":    {3, string(good[3]) + "}"},
		"nothing at all":               {3, ""},
		"an entry twice":               {3, string(good[2])},
	} {
		t.Run(name, func(t *testing.T) {
			entries := slices.Clone(good)
			entries[bad.at] = []byte(bad.entry)
			if _, err := queue.NewRoom(t.Context(), &memory{entries: entries}, nil, quiet()); err == nil {
				t.Error("the room is open")
			} else {
				t.Log(err)
			}
		})
	}
}

func TestASnapshotIsMadeOnceTheJournalIsLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := new(onFile)
		d := begin(t, new(memory), file)
		d.load(thematicDebate())
		d.do(chair, &queue.SwitchPanel{Panel: "morning"})
		d.open("morning")
		d.recognise("i", "ken")
		for d.journal.len() < 5_100 {
			d.do(chair, &queue.SetTime{Add: to(second - 2*second*int64(d.journal.len()%2))})
		}
		synctest.Wait()
		if file.n < 5_000 {
			t.Fatalf("the snapshot is of entry %d", file.n)
		}
		d.stop()
		read := 0
		d.journal.onRead(func(int64) error { read++; return nil })
		again := begin(t, d.journal, file)
		if diff := queue.Diff(d.state(), again.state()); diff != "" || read > 200 {
			t.Errorf("%d entries are replayed; the state (-before +after):\n%s", read, diff)
		}
	})
}

func TestASnapshotThatCannotBeUsedIsLeftAlone(t *testing.T) {
	d := convene(t)
	d.asks("ken", "bra")
	d.stop()
	want := d.room.Working()
	good, err := queue.Snapshot(want)
	if err != nil {
		t.Fatal(err)
	}
	n := int64(d.journal.len())
	for name, file := range map[string]*onFile{
		"none":             {},
		"empty":            {n, []byte{}},
		"torn":             {n, good[:len(good)/2]},
		"garbage":          {n, []byte("garbage")},
		"of another entry": {n - 1, good},
	} {
		t.Run(name, func(t *testing.T) {
			room, err := queue.NewRoom(t.Context(), d.journal, file, quiet())
			if err != nil {
				t.Fatal(err)
			}
			if diff := queue.Diff(want, room.Working()); diff != "" {
				t.Errorf("the state (-want +got):\n%s", diff)
			}
		})
	}
}

// What a correction found empty is known from a snapshot on as from the journal.
func TestASnapshotKeepsWhatACorrectionFoundEmpty(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.end()
	d.do(rapporteur, &queue.Correct{Intervention: "i", Speaker: new("H.E. Ms. Otieno")})
	all := replayed(t, d.journal, nil)
	if diff := queue.Diff(all, replayed(t, d.journal, snapshotOf(t, all))); diff != "" {
		t.Errorf("(-from the journal +from the snapshot):\n%s", diff)
	}
}
