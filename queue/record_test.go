package queue_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

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
	if got := d.state().Notes()["i"]; got != (queue.Note{Revision: 2}) {
		t.Errorf("the note is %+v, want an empty one of revision 2", got)
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
