package queue_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rostrum/queue"
	"rostrum/timer"
)

// undo takes back the last action, which must be as the test says.
func (d *debate) undo(what string) {
	d.Helper()
	last := d.state().Undoable()
	if last == nil || last.What != what {
		d.Fatalf("undo would take back %+v, want one that is %s", last, what)
	}
	d.do(chair, &queue.Undo{ID: "undo-" + last.ID, Of: last.ID})
}

func TestUndoTakesBackTheChairsActions(t *testing.T) {
	tests := []struct {
		name string
		what string
		act  func(*debate)
	}{
		{"calling the wrong one", "recognised", func(d *debate) { d.do(chair, &queue.Recognise{ID: "j", Request: "bra-asks"}) }},
		{"calling one who never asked", "recognised", func(d *debate) { d.do(chair, &queue.Recognise{ID: "j", Participant: "iom"}) }},
		{"a point of order", "recognised", func(d *debate) { d.interrupt("j", "fra") }},
		{"ending too early", "ended", func(d *debate) { d.end() }},
		{"a yield", "yielded", func(d *debate) { d.do(badge("ken"), &queue.EndFloor{}) }},
		{"holding", "paused", func(d *debate) { d.do(chair, &queue.SetTime{Timer: "pause"}) }},
		{"lengthening", "timed", func(d *debate) { d.do(chair, &queue.SetTime{Add: to(minute)}) }},
		{"removing", "removed", func(d *debate) { d.do(chair, &queue.Withdraw{Request: "bra-asks"}) }},
		{"moving", "moved", func(d *debate) { d.move("phl-asks", "bra-asks") }},
		{"adding", "added", func(d *debate) { d.do(chair, &queue.Ask{ID: "new", Participant: "unodc"}) }},
		{"suspending", "suspended", func(d *debate) { d.suspend("morning") }},
		{"closing the list", "list_closed", func(d *debate) { d.do(chair, &queue.SetPanel{Panel: "morning", List: queue.Closed}) }},
		{"another limit", "limit", func(d *debate) {
			d.do(chair, &queue.SetPanel{Panel: "morning", Limit: queue.Limit{Set: true, MS: minute}})
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := convene(t)
			d.asks("bra", "phl")
			d.recognise("i", "ken")
			d.wait(20 * second)
			before := d.state()
			d.wait(5 * second)
			tt.act(d)
			d.wait(5 * second)
			d.undo(tt.what)

			after := d.state()
			if diff := gocmp.Diff(before.Floor, after.Floor); diff != "" {
				t.Errorf("the floor (-before +after):\n%s", diff)
			}
			if diff := gocmp.Diff(before.Requests(), after.Requests()); diff != "" {
				t.Errorf("the requests (-before +after):\n%s", diff)
			}
			if diff := gocmp.Diff(before.Spoken(), after.Spoken(), cmpopts.EquateEmpty()); diff != "" || after.Interrupted != nil {
				t.Errorf("spoken (-before +after):\n%s", diff)
			}
			was, is := before.Panels()["morning"], after.Panels()["morning"]
			if was.Status != is.Status || was.List != is.List || was.Limit != is.Limit || len(after.Ended()) != 0 {
				t.Errorf("the panel was %+v and is %+v, ended %v", was, is, after.Ended())
			}
			d.wantFloor("i", timer.Running, 30*second) // as if nothing had been
			d.reopened()
		})
	}
}

func TestUndoLeavesWhatDelegatesDidSince(t *testing.T) {
	d := convene(t)
	d.asks("ken", "bra")
	d.do(chair, &queue.Withdraw{Request: "ken-asks"})
	d.do(badge("fra"), &queue.Ask{ID: "later"})
	d.do(badge("bra"), &queue.Withdraw{Request: "bra-asks"})
	d.undo("removed")
	d.wantList("morning", "ken-asks", "later")
}

func TestUndoLeavesThePlacesThatDelegatesExchangedSince(t *testing.T) {
	exchange := func(d *debate, a, b string) {
		d.offers(badge(a), a+"-asks", b+"-asks")
		d.offers(badge(b), b+"-asks", a+"-asks")
	}
	t.Run("both were moved", func(t *testing.T) {
		d := convene(t)
		d.asks("bra", "fra", "phl", "ken")
		d.do(chair, &queue.Reorder{Panel: "morning", Order: []string{"ken-asks", "phl-asks", "fra-asks", "bra-asks"}})
		exchange(d, "ken", "phl")
		d.wantList("morning", "phl-asks", "ken-asks", "fra-asks", "bra-asks")
		d.undo("ordered")
		d.wantList("morning", "bra-asks", "fra-asks", "ken-asks", "phl-asks")
		d.reopened()
	})
	t.Run("one was moved, several times", func(t *testing.T) {
		d := convene(t)
		d.asks("bra", "fra", "phl", "ken")
		d.move("phl-asks", "")
		d.move("ken-asks", "bra-asks")
		d.move("ken-asks", "fra-asks")
		exchange(d, "phl", "ken")
		d.wantList("morning", "bra-asks", "phl-asks", "fra-asks", "ken-asks")
		d.undo("moved")
		d.wantList("morning", "phl-asks", "bra-asks", "fra-asks", "ken-asks")
		d.undo("moved")
		d.wantList("morning", "bra-asks", "fra-asks", "phl-asks", "ken-asks")
		d.undo("moved") // the two beside each other, the other way around
		d.wantList("morning", "bra-asks", "fra-asks", "ken-asks", "phl-asks")
	})
	t.Run("one was not in the room", func(t *testing.T) {
		d := convene(t)
		d.asks("bra", "fra", "ken")
		d.do(chair, &queue.NotInRoom{Request: "bra-asks"})
		exchange(d, "bra", "fra")
		d.undo("absent")
		d.wantList("morning", "fra-asks", "bra-asks", "ken-asks")
		if r := d.state().Requests(); r["bra-asks"].Absent != 0 || r["fra-asks"].Absent != 0 {
			t.Errorf("the requests are %+v", r)
		}
	})
	t.Run("the chair's own is taken back", func(t *testing.T) {
		d := convene(t)
		d.asks("bra", "fra", "ken")
		d.move("ken-asks", "bra-asks")
		d.offers(chair, "ken-asks", "fra-asks")
		d.undo("exchanged")
		d.undo("moved")
		d.wantList("morning", "bra-asks", "fra-asks", "ken-asks")
	})
	t.Run("one was carried", func(t *testing.T) {
		d := convene(t)
		d.asks("bra", "fra")
		d.do(chair, &queue.SwitchPanel{Panel: "afternoon"})
		d.open("afternoon")
		d.do(kenya, &queue.Ask{ID: "ken-asks"})
		d.do(chair, &queue.Carry{ID: "carry", Panel: "morning", To: "afternoon"})
		exchange(d, "bra", "ken")
		d.undo("carried")
		d.wantList("morning", "bra-asks", "fra-asks")
		d.wantList("afternoon", "ken-asks")
	})
}

func TestTheOlderPlaceWinsWhereTheOwnerAskedAgain(t *testing.T) {
	d := convene(t)
	d.asks("ken", "bra")
	d.do(chair, &queue.Withdraw{Request: "ken-asks"})
	d.do(badge("ken"), &queue.Ask{ID: "again"})
	d.undo("removed")
	d.wantList("morning", "ken-asks", "bra-asks")
}

func TestAPlaceThatIsTakenIsGivenJustBefore(t *testing.T) {
	d := convene(t)
	d.asks("ken", "bra", "fra")
	d.move("fra-asks", "bra-asks") // between the two
	d.do(chair, &queue.Withdraw{Request: "fra-asks"})
	d.do(chair, &queue.Ask{ID: "x", Participant: "iom"})
	d.move("x", "bra-asks") // has the same place now
	d.undo("moved")
	d.undo("added")
	d.undo("removed")
	d.wantList("morning", "ken-asks", "fra-asks", "bra-asks")
}

func TestAnUndoLeavesTheLimitThatAFileChanged(t *testing.T) {
	limit := func(ms int64) queue.Limit { return queue.Limit{Set: true, MS: ms} }
	d := convene(t)
	d.do(chair, &queue.SetPanel{Panel: "morning", Limit: limit(minute)})
	d.do(chair, &queue.SetPanel{Panel: "morning", Limit: limit(3 * minute)})
	d.do(chair, &queue.SetPanel{Panel: "morning", List: queue.Closed})
	d.load(revised(func(p *queue.Programme) { p.Panels[1].Limit = 5 * minute }))
	for _, step := range []struct {
		what string
		want int64
	}{{"list_closed", 5 * minute}, {"limit", minute}, {"limit", 5 * minute}, {"opened", 5 * minute}} {
		d.undo(step.what)
		if got := d.state().Panels()["morning"].Limit; got != step.want {
			t.Errorf("after the undo of %s the limit is %d ms, want %d", step.what, got, step.want)
		}
	}
	d.reopened()
}

func TestTwoOfficersNeverUndoTwice(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.end()
	last := d.state().Undoable().ID
	d.do(chair, &queue.Undo{ID: "u1", Of: last})
	d.refused(queue.UndoChanged, chair, &queue.Undo{ID: "u2", Of: last})
	d.wantFloor("i", timer.Running, 0)
	d.undo("recognised")
	d.wantNobody()
}

func TestTwentyStepsCanBeTakenBack(t *testing.T) {
	d := convene(t)
	for n := range 25 {
		d.do(chair, &queue.SetPanel{Panel: "morning", Limit: queue.Limit{Set: true, MS: int64(n+10) * second}})
	}
	for range 20 {
		d.undo("limit")
	}
	if last := d.state().Undoable(); last != nil {
		t.Errorf("there is more to undo: %+v", last)
	}
	if got := d.state().Panels()["morning"].Limit; got != 14*second {
		t.Errorf("the limit is %d ms, want 14 s", got)
	}
}
