package queue_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rostrum/queue"
)

func TestANoteIsWrittenAgainstAnIntervention(t *testing.T) {
	d := convene(t)
	d.refused(queue.NoSuchIntervention, rapporteur, &queue.WriteNote{Intervention: "i", Text: new("n")})
	d.recognise("i", "ken")
	d.do(rapporteur, &queue.WriteNote{Intervention: "i", Text: new("while speaking")})
	d.interrupt("order", "bra")
	d.do(rapporteur, &queue.WriteNote{Intervention: "i", Text: new("while interrupted"), Base: 1})
	d.do(chair, &queue.WriteNote{Intervention: "order", Text: new("on procedure")})
	d.end()
	d.end()
	answer := d.do(rapporteur, &queue.WriteNote{Intervention: "i", Text: new("when it has ended"), Base: 2})
	if answer.Revision != 3 {
		t.Errorf("the answer names revision %d, want 3", answer.Revision)
	}
	want := map[string]queue.Note{"i": {Text: "when it has ended", Revision: 3}, "order": {Text: "on procedure", Revision: 1}}
	if diff := cmp.Diff(want, d.state().Notes()); diff != "" {
		t.Error(diff)
	}
}

func TestANoteThatWasChangedSinceIsNotOverwritten(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.do(rapporteur, &queue.WriteNote{Intervention: "i", Text: new("first")})
	for _, base := range []int{0, 2} {
		refusal := d.refused(queue.NoteChanged, chair, &queue.WriteNote{Intervention: "i", Text: new("mine"), Base: base})
		if diff := cmp.Diff(&queue.Note{Text: "first", Revision: 1}, refusal.Note); diff != "" {
			t.Errorf("the refusal shows another note: %s", diff)
		}
	}
	d.changesNothing(chair, &queue.WriteNote{Intervention: "i", Text: new("first"), Base: 1})
	d.do(chair, &queue.WriteNote{Intervention: "i", Text: new(""), Base: 1})
	if diff := cmp.Diff(queue.Note{Revision: 2}, d.state().Notes()["i"]); diff != "" {
		t.Errorf("the note is not an empty one of revision 2: %s", diff)
	}
}

func TestTheRecordIsInTheOrderOfTheEnds(t *testing.T) {
	d := convene(t)
	d.do(phone("ken", "a"), &queue.Ask{ID: "r", Speaker: "H.E. Ms. Otieno"})
	d.wait(second)
	d.do(chair, &queue.Recognise{ID: "i", Request: "r", Start: to(false)})
	d.wait(second)
	d.do(chair, &queue.SetTime{Timer: "start"})
	d.wait(second)
	d.interrupt("order", "bra")
	d.end()
	d.end()
	d.wantRecord("order ended 0", "i ended 1000")
	got := d.state().Ended()[1]
	if got.Asked != tenOClock || got.Recognised != tenOClock+second || got.Started != tenOClock+2*second || got.Ended != tenOClock+3*second {
		t.Errorf("the times are %d asked, %d recognised, %d started, %d ended", got.Asked, got.Recognised, got.Started, got.Ended)
	}
	if got.Speaker != "H.E. Ms. Otieno" || got.Panel != "morning" || got.Timer.Limit != 3*minute {
		t.Errorf("the record has %+v", got)
	}
}

func TestANoteHasTagsAndMayBeAQuote(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	write := func(base int, text string, tags *[]string, quote *bool, want queue.Note) {
		t.Helper()
		answer := d.do(rapporteur, &queue.WriteNote{Intervention: "i", Text: &text, Tags: tags, Quote: quote, Base: base})
		if answer.Revision != want.Revision {
			t.Errorf("the answer names revision %d, want %d", answer.Revision, want.Revision)
		}
		if diff := cmp.Diff(want, d.state().Notes()["i"]); diff != "" {
			t.Errorf("the note (-want +got): %s", diff)
		}
	}
	both := &[]string{"victims", "trade"}
	write(0, "p", both, nil, queue.Note{Text: "p", Revision: 1, Tags: *both})
	write(1, "p", nil, new(true), queue.Note{Text: "p", Revision: 2, Tags: *both, Quote: true})
	write(2, "q", nil, nil, queue.Note{Text: "q", Revision: 3, Tags: *both, Quote: true}) // what is not given stays
	d.changesNothing(rapporteur, &queue.WriteNote{Intervention: "i", Text: new("q"), Tags: both, Quote: new(true), Base: 3})
	write(3, "q", &[]string{}, new(false), queue.Note{Text: "q", Revision: 4, Tags: []string{}})
	for _, wrong := range [][]string{{""}, {" "}, {" a"}, {"a", "a"}, {"a\nb"}, {strings.Repeat("x", 61)}, make([]string, 21)} {
		if refusal := d.refused(queue.Malformed, rapporteur, &queue.WriteNote{Intervention: "i", Text: new("q"), Tags: &wrong, Base: 4}); refusal.Field != "tags" {
			t.Errorf("for %q the field is %q", wrong, refusal.Field)
		}
	}
}

func TestTheRecordIsCorrectedAndSaysSo(t *testing.T) {
	d := convene(t)
	d.refused(queue.NoSuchIntervention, rapporteur, &queue.Correct{Intervention: "i"})
	d.recognise("i", "ken")
	begun := d.now
	d.refused(queue.NotEnded, rapporteur, &queue.Correct{Intervention: "i", Participant: new("bra")})
	d.wait(2 * minute)
	d.end()
	d.recognise("j", "fra")
	d.wait(minute)
	d.end()
	before := d.state()

	d.changesNothing(rapporteur, &queue.Correct{Intervention: "i", Participant: new("ken"), Used: new(2 * minute), Reason: "nothing"})
	d.refused(queue.NoSuchParticipant, rapporteur, &queue.Correct{Intervention: "i", Participant: new("nobody")})
	for field, c := range map[string]queue.Correct{
		"participant": {Participant: new("")},
		"kind":        {Kind: new(queue.Kind("speech"))},
		"reason":      {Used: new(minute), Reason: "two\nlines"},
		"started_ms":  {Started: new(begun - 1)},
		"ended_ms":    {Ended: new(d.now + 1)},
		"used_ms":     {Used: new(2*minute + 1)},
	} {
		c.Intervention = "i"
		if refusal := d.refused(queue.Malformed, rapporteur, &c); refusal.Field != field {
			t.Errorf("%+v is refused for %q, want %q", c, refusal.Field, field)
		}
	}
	d.refused(queue.Malformed, rapporteur, &queue.Correct{Intervention: "i", Ended: new(begun + minute)}) // less than was used

	first := d.now
	d.do(rapporteur, &queue.Correct{Intervention: "i", Participant: new("bra"), Ended: new(begun + minute), Used: new(50 * second), Reason: "Brazil spoke"})
	d.wait(minute)
	d.do(chair, &queue.Correct{Intervention: "i", Speaker: new("H.E. Mr. Silva")})

	got := d.state().Ended()[0]
	if got.ID != "i" || got.Participant != "bra" || got.Used != 50*second || got.Ended != begun+minute || got.Speaker != "H.E. Mr. Silva" {
		t.Errorf("the entry is %+v", got)
	}
	want := map[string][]queue.Correction{"i": {
		{At: first, By: queue.Rapporteur, Reason: "Brazil spoke", Was: queue.Entered{Participant: new("ken"), Ended: new(begun + 2*minute), Used: new(2 * minute)}},
		{At: d.now, By: queue.Chair, Was: queue.Entered{Speaker: new("")}},
	}}
	if diff := cmp.Diff(want, d.state().Corrections(), whatItChangedTo); diff != "" {
		t.Errorf("the corrections (-want +got): %s", diff)
	}
	spoken := map[string]queue.Spoken{"bra": {Times: 1, Used: 50 * second}, "fra": {Times: 1, Used: minute}}
	if diff := cmp.Diff(spoken, d.state().Spoken()); diff != "" {
		t.Errorf("what they have spoken (-want +got): %s", diff)
	}
	if before.Ended()[0].Participant != "ken" || len(before.Corrections()) != 0 {
		t.Error("a correction changed what was published")
	}

	// One whom only a correction still names stays on the roster.
	p := thematicDebate()
	p.Participants = slices.DeleteFunc(p.Participants, func(p queue.Participant) bool { return p.ID == "ken" })
	d.load(p)
	if _, ok := d.state().Participants()["ken"]; !ok {
		t.Error("the record does not know any more who it said had spoken")
	}
}

// An undo takes the end back, and what was corrected since is not lost: it is in the record again
// once there is another end. Only what it said of the first end is void.
func TestACorrectionOutlivesTheUndoOfAnEnd(t *testing.T) {
	d := convene(t)
	d.asks("ken")
	d.do(chair, &queue.Recognise{ID: "i", Request: "ken-asks"})
	d.wait(minute)
	d.doOnce(chair, "end", &queue.EndFloor{})
	corrected := d.now
	d.do(rapporteur, &queue.Correct{Intervention: "i", Participant: new("bra"), Used: new(second), Reason: "Brazil spoke"})
	d.do(rapporteur, &queue.Correct{Intervention: "i", Used: new(2 * second)})
	d.do(chair, &queue.Correct{Intervention: "i", Participant: new("fra"), Kind: new(queue.Response)})
	d.undo("ended")
	if s := d.state(); len(s.Corrections()) != 0 || len(s.Spoken()) != 0 || s.Floor.Participant != "ken" || s.Floor.Kind != queue.Regular {
		t.Errorf("it goes on as %+v, with corrections %v and spoken %v", s.Floor, s.Corrections(), s.Spoken())
	}
	d.refused(queue.NotEnded, rapporteur, &queue.Correct{Intervention: "i", Speaker: new("x")})

	p := thematicDebate()
	p.Participants = slices.DeleteFunc(p.Participants, func(p queue.Participant) bool { return p.ID == "fra" })
	d.load(p)
	if _, ok := d.state().Participants()["fra"]; !ok {
		t.Error("who will be in the record again is not on the roster")
	}

	for range 2 {
		d.wait(minute)
		d.end()
		got := d.state().Ended()[0]
		used := got.Ended - got.Recognised
		if got.Participant != "fra" || got.Kind != queue.Response || got.Used != used {
			t.Errorf("the entry is %+v, want one of France, with %d ms used", got, used)
		}
		want := map[string][]queue.Correction{"i": {
			{At: corrected, By: queue.Rapporteur, Reason: "Brazil spoke", Was: queue.Entered{Participant: new("ken")}},
			{At: corrected, By: queue.Rapporteur, Void: true},
			{At: corrected, By: queue.Chair, Was: queue.Entered{Participant: new("bra"), Kind: new(queue.Regular)}},
		}}
		if diff := cmp.Diff(want, d.state().Corrections(), whatItChangedTo); diff != "" {
			t.Errorf("the corrections (-want +got): %s", diff)
		}
		if diff := cmp.Diff(map[string]queue.Spoken{"fra": {Times: 1, Used: used}}, d.state().Spoken()); diff != "" {
			t.Errorf("what they have spoken (-want +got): %s", diff)
		}
		d.undo("ended")
	}
	d.reopened()
}

var whatItChangedTo = cmpopts.IgnoreFields(queue.Correction{}, "To")

// A ruling is of a point of order alone; what was none after all has none, until it is one again.
func TestARulingIsShownOfAPointOfOrderOnly(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.interrupt("p", "fra")
	d.do(chair, &queue.EndFloor{Ruling: queue.Overruled})
	for _, tt := range []struct {
		kind queue.Kind
		want queue.Ruling
	}{{queue.PointOfOrder, queue.Overruled}, {queue.Regular, ""}, {queue.PointOfOrder, queue.Overruled}} {
		d.do(rapporteur, &queue.Correct{Intervention: "p", Kind: new(tt.kind)})
		if got := d.state().Ended()[0].Decision(); got != tt.want {
			t.Errorf("the ruling on what is %s is %q, want %q", tt.kind, got, tt.want)
		}
	}
}

// 0 is no instant: it removes no start, but one that a correction gave.
func TestACorrectionRemovesNoStart(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.wait(minute)
	d.end()
	zero := &queue.Correct{Intervention: "i", Started: new(int64(0))}
	if refusal := d.refused(queue.Malformed, rapporteur, zero); refusal.Field != "started_ms" {
		t.Errorf("it is refused for %q", refusal.Field)
	}
	d.do(rapporteur, &queue.Correct{Intervention: "i", Started: new(d.now - 30*second), Used: new(30 * second)})
	d.refused(queue.Malformed, rapporteur, zero)

	d.do(chair, &queue.Recognise{ID: "j", Participant: "fra", Start: new(false)})
	d.wait(minute)
	d.end()
	never := &queue.Correct{Intervention: "j", Started: new(int64(0))}
	d.changesNothing(rapporteur, never)
	d.do(rapporteur, &queue.Correct{Intervention: "j", Started: new(d.now)})
	d.do(rapporteur, never)
	if got := d.state().Ended()[1].Started; got != 0 {
		t.Errorf("the start that a correction gave and another took back is %d", got)
	}
}
