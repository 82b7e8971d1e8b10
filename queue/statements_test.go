package queue_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rostrum/queue"
)

func statement(id, participant string) *queue.AddStatement {
	return &queue.AddStatement{ID: id, Participant: participant, Panel: "morning", Name: id + ".txt", Type: queue.PlainText, Bytes: 10, SHA256: "sum-of-" + id}
}

func TestAStatementIsAddedByItsOwnerAndTheOfficers(t *testing.T) {
	d := convene(t)
	d.refused(queue.NoSuchParticipant, chair, statement("s", "nobody"))
	d.refused(queue.Malformed, chair, &queue.AddStatement{ID: "s", Name: "n"})
	d.refused(queue.Malformed, kenya, &queue.AddStatement{ID: "s", Name: " "})
	d.refused(queue.NoSuchPanel, kenya, &queue.AddStatement{ID: "s", Name: "n", Panel: "evening"})
	d.refused(queue.NotYours, kenya, statement("s", "bra"))
	for id, by := range map[string]queue.Actor{"s1": phone("ken", "a"), "s2": chair, "s3": rapporteur} {
		answer := d.do(by, statement(id, "ken"))
		if answer.ID != id || answer.Statement == nil || answer.Statement.SHA256 != "sum-of-"+id {
			t.Errorf("the answer is %+v", answer)
		}
	}
	want := queue.Statement{
		Participant: "ken", Panel: "morning", Name: "s1.txt", Type: queue.PlainText, Bytes: 10, SHA256: "sum-of-s1", At: d.now, Session: "a",
	}
	if diff := cmp.Diff(want, d.state().Statements()["s1"]); diff != "" {
		t.Error(diff)
	}
}

func TestAStatementIsRemovedByItsOwnerAndTheChair(t *testing.T) {
	d := convene(t)
	d.do(phone("ken", "a"), statement("s1", "ken"))
	d.do(phone("ken", "a"), statement("s2", "ken"))
	d.do(phone("ken", "a"), statement("s3", "ken"))
	for _, by := range []queue.Actor{rapporteur, brazil, phone("ken", "b")} {
		d.refused(queue.NotYours, by, &queue.RemoveStatement{Statement: "s1"})
	}
	d.do(phone("ken", "a"), &queue.RemoveStatement{Statement: "s1"})
	d.do(kenya, &queue.RemoveStatement{Statement: "s2"})
	d.doOnce(chair, "remove", &queue.RemoveStatement{Statement: "s3"})
	d.refused(queue.NoSuchStatement, chair, &queue.RemoveStatement{Statement: "s3"})
	if needed := slices.Sorted(maps.Keys(d.state().StatementsNeeded())); !slices.Equal(needed, []string{"s3"}) {
		t.Errorf("needed are the files of %v: the chair's act can be taken back, those of owners not", needed)
	}
	d.do(chair, &queue.Undo{ID: "u", Of: "remove"})
	if _, ok := d.state().Statements()["s3"]; !ok {
		t.Error("the undo does not bring the statement back")
	}
}

func TestAnUndoTakesTheChairsStatementOut(t *testing.T) {
	d := convene(t)
	d.do(chair, statement("s", "ken"))
	if got := d.state().Undoable(); got.What != "statement_added" || got.Participant != "ken" {
		t.Errorf("what can be undone is %+v", got)
	}
	d.do(chair, &queue.Undo{ID: "u", Of: "s"})
	if len(d.state().Statements()) != 0 {
		t.Errorf("there are %v", d.state().Statements())
	}
}

func TestAParticipantHasAtMostTenStatements(t *testing.T) {
	d := convene(t)
	for n := range 10 {
		d.do(kenya, statement(fmt.Sprint("s", n), "ken"))
	}
	d.refused(queue.TooManyStatements, kenya, statement("more", "ken"))
	d.refused(queue.TooManyStatements, chair, statement("more", "ken"))
	d.do(brazil, statement("other", "bra"))
	d.do(kenya, &queue.RemoveStatement{Statement: "s0"})
	d.do(kenya, statement("more", "ken"))
}

func TestWhoHasAStatementStaysOnTheRoster(t *testing.T) {
	d := convene(t)
	d.do(badge("phl"), &queue.AddStatement{ID: "s", Panel: "afternoon", Name: "n", Type: queue.PDF})
	p := thematicDebate()
	p.Panels = p.Panels[:2]
	p.Participants = slices.DeleteFunc(p.Participants, func(p queue.Participant) bool { return p.ID == "phl" })
	d.load(p)
	_, participant := d.state().Participants()["phl"]
	_, panel := d.state().Panels()["afternoon"]
	if !participant || !panel {
		t.Errorf("the participant stays: %v; the panel stays: %v", participant, panel)
	}
}
