package queue

import (
	"bytes"
	"encoding/gob"
	"encoding/json"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// What the tests see of the inside.

var (
	RankAt       = rankAt
	RankBetween  = rankBetween
	FromSnapshot = fromSnapshot
)

// Working is the state that the room decides on, remembered answers included. Only a
// room that has stopped may be asked.
func (r *Room) Working() *State { return r.state }

// Snapshot is the state as a snapshot keeps it.
func Snapshot(s *State) ([]byte, error) { return s.snapshot() }

// Dump is all that a state holds, as text.
func Dump(s *State) string {
	data, err := s.snapshot()
	if err != nil {
		panic(err)
	}
	var d dump
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&d); err != nil {
		panic(err)
	}
	d.Format = 0
	text, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		panic(err)
	}
	return string(text) + "\n"
}

// Diff is how two states differ in anything but who may write their tables.
func Diff(want, got *State) string {
	return cmp.Diff(want, got, sameTables[PanelState](), sameTables[ParticipantState](), sameTables[Request](),
		sameTables[Spoken](), sameTables[Note](), sameTables[[]Correction](), sameTables[Statement](), sameTables[Absence](), sameTables[string](),
		sameTables[Link](), sameTables[int64](), sameTables[Claim](), sameTables[Pass](),
		cmp.AllowUnexported(State{}, access{}), cmpopts.EquateEmpty())
}

func sameTables[V any]() cmp.Option {
	return cmp.Transformer("table", func(t table[V]) map[string]V { return t.m })
}

// Differ is how two entries of the journal differ in what they say.
func Differ(a, b []byte) (string, error) {
	x, err := changeFrom(a)
	if err != nil {
		return "", err
	}
	y, err := changeFrom(b)
	return cmp.Diff(x, y), err
}

// Recode decodes an entry of the journal and encodes it again.
func Recode(entry []byte) ([]byte, error) {
	c, err := changeFrom(entry)
	if err != nil {
		return nil, err
	}
	return c.entry()
}

// Outcome is an entry's number of the state and how many events it holds.
func Outcome(entry []byte) (seq int64, events int, at int64, err error) {
	c, err := changeFrom(entry)
	if err != nil {
		return 0, 0, 0, err
	}
	return c.Seq, len(c.Events), c.At, nil
}
