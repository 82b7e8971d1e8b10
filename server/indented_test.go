package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rostrum/queue"
)

// An object is written member by member just as the encoder writes the whole.
func TestAnObjectIsWrittenAsAnEncoderWritesIt(t *testing.T) {
	type item struct {
		Text string            `json:"text"`
		Map  map[string][]int  `json:"map,omitempty"`
		None map[string]string `json:"none"`
	}
	type object struct {
		Name  string  `json:"name"`
		Items []item  `json:"items"`
		None  []item  `json:"none"`
		Ratio float64 `json:"ratio"`
		Last  item    `json:"last"`
	}
	is := object{
		Name: "<b>&\u2028\"\\", Items: []item{{Text: "a\nb"}, {"é", map[string][]int{"x": {1, 2}, "y": {}}, map[string]string{}}},
		None: []item{}, Ratio: 1e21, Last: item{Text: "\xff"},
	}
	var want, got bytes.Buffer
	e := json.NewEncoder(&want)
	e.SetIndent("", "  ")
	if err := e.Encode(is); err != nil {
		t.Fatal(err)
	}
	out := newIndented(&got)
	out.member("name", is.Name)
	elements(out, "items", slices.Values(is.Items))
	elements(out, "none", slices.Values(is.None))
	out.member("ratio", is.Ratio)
	out.member("last", is.Last)
	if err := out.end(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.String(), got.String()); diff != "" {
		t.Error(diff)
	}
	out = newIndented(io.Discard)
	out.member("none", make(chan int))
	out.member("more", 1)
	var unsupported *json.UnsupportedTypeError
	if err := out.end(); !errors.As(err, &unsupported) {
		t.Errorf("what JSON cannot say is written: %v", err)
	}
}

// WholeRecord is the record in JSON as an encoder writes the whole of it, to compare with.
func WholeRecord(s *queue.State, epoch, lang string) ([]byte, error) {
	v := viewer{epoch: viewEpoch(epoch), zones: new(zones)}
	r := exportedRecord{v, s, lang}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetIndent("", "  ")
	err := e.Encode(struct {
		Debate        debateView        `json:"debate"`
		Seq           int64             `json:"seq"`
		Language      string            `json:"language"`
		Interventions []recordEntry     `json:"interventions"`
		Statements    []statementView   `json:"statements"`
		Statistics    queue.Statistics  `json:"statistics"`
		ClockSteps    []queue.ClockStep `json:"clock_steps,omitempty"`
	}{
		v.debate(s), s.Seq, lang, slices.AppendSeq([]recordEntry{}, r.interventions()),
		slices.AppendSeq([]statementView{}, statementsInOrder(s, everyStatement)), s.Statistics(), s.ClockSteps,
	})
	return out.Bytes(), err
}
