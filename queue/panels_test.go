package queue_test

import (
	"encoding/json"
	"testing"

	"rostrum/queue"
	"rostrum/timer"
)

func TestPanelsBeginClosedWithAClosedList(t *testing.T) {
	d := begin(t, new(memory), nil)
	d.load(thematicDebate())
	for id, p := range d.state().Panels() {
		if p.Status != queue.Closed || p.List != queue.Closed {
			t.Errorf("%s begins %s with a list that is %s", id, p.Status, p.List)
		}
	}
	if d.state().Panel != "opening" {
		t.Errorf("the debate begins with %q", d.state().Panel)
	}
	d.refused(queue.PanelNotOpen, chair, &queue.Recognise{ID: "i", Participant: "ken"})
	d.refused(queue.ListClosed, kenya, &queue.Ask{ID: "r"})
}

func TestSuspendingHoldsTheCountdownAndReopeningDoesNotStartIt(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.wait(minute)
	before := d.state().Seq
	d.suspend("morning")
	if got := d.state().Seq; got != before+1 {
		t.Errorf("suspending makes %d changes, want one", got-before)
	}
	d.wait(minute)
	d.wantFloor("i", timer.Paused, minute)
	d.refused(queue.PanelNotOpen, chair, &queue.SetTime{Timer: "start"})
	d.changesNothing(chair, &queue.SetTime{Timer: "pause"})
	d.do(chair, &queue.SetTime{Add: to(minute)})
	d.do(chair, &queue.SetPanel{Panel: "morning", Status: queue.Open})
	d.wait(minute)
	d.wantFloor("i", timer.Paused, minute)
	d.do(chair, &queue.SetTime{Timer: "start"})
	d.wait(second)
	d.wantFloor("i", timer.Running, minute+second)
}

func TestASpeakerCanEndWhileThePanelIsSuspended(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.interrupt("order", "bra")
	d.suspend("morning")
	d.wantFloor("order", timer.Paused, 0)
	d.end()
	d.wantFloor("i", timer.Paused, 0)
	d.end()
	d.wantNobody()
}

func TestSuspendingAnotherPanelHoldsNothing(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.suspend("afternoon")
	d.wait(second)
	d.wantFloor("i", timer.Running, second)
}

func TestAPanelIsNotClosedOrLeftWhileSomebodyHasTheFloor(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.refused(queue.FloorHeld, chair, &queue.SetPanel{Panel: "morning", Status: queue.Closed})
	d.refused(queue.FloorHeld, chair, &queue.SetPanel{Panel: "morning", Status: queue.Closed, List: queue.Closed})
	d.refused(queue.FloorHeld, chair, &queue.SwitchPanel{Panel: "afternoon"})
	d.suspend("morning")
	d.refused(queue.FloorHeld, chair, &queue.SetPanel{Panel: "morning", Status: queue.Closed})
	d.do(chair, &queue.SetPanel{Panel: "morning", List: queue.Closed}) // the list may be
	d.do(chair, &queue.SetPanel{Panel: "afternoon", Status: queue.Open})
	d.do(chair, &queue.SetPanel{Panel: "afternoon", Status: queue.Closed}) // as may another panel
	d.changesNothing(chair, &queue.SwitchPanel{Panel: "morning"})
	d.end()
	d.do(chair, &queue.SetPanel{Panel: "morning", Status: queue.Closed})
	d.do(chair, &queue.SwitchPanel{Panel: "afternoon"})
}

func TestUnknownPanels(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.refused(queue.NoSuchPanel, chair, &queue.SetPanel{Panel: "evening", Status: queue.Closed})
	d.refused(queue.NoSuchPanel, chair, &queue.SwitchPanel{Panel: "evening"})
}

func TestAPanelsLimitAffectsLaterRecognitions(t *testing.T) {
	d := convene(t)
	d.recognise("i1", "ken")
	d.do(chair, &queue.SetPanel{Panel: "morning", Limit: queue.Limit{Set: true, MS: 2 * minute}})
	if got := d.state().Floor.Timer.Limit; got != 3*minute {
		t.Errorf("the speaker's limit becomes %d", got)
	}
	d.recognise("i2", "bra")
	if got := d.state().Floor.Timer.Limit; got != 2*minute {
		t.Errorf("the next speaker's limit is %d, want two minutes", got)
	}
	d.do(chair, &queue.SetPanel{Panel: "morning", Limit: queue.Limit{Set: true, None: true}})
	d.recognise("i3", "fra")
	if _, limited := d.state().Floor.Timer.RemainingAt(d.now); limited {
		t.Error("the next speaker has a limit, and the panel has none")
	}
}

func TestAPanelThatIsAsWantedDoesNotChange(t *testing.T) {
	d := convene(t)
	d.changesNothing(chair, &queue.SetPanel{Panel: "morning"})
	d.changesNothing(chair, &queue.SetPanel{Panel: "morning", Status: queue.Open, List: queue.Open, Limit: queue.Limit{Set: true, MS: 3 * minute}})
	d.changesNothing(chair, &queue.SwitchPanel{Panel: "morning"})
	d.changesNothing(chair, &queue.SetPanel{Panel: "opening", Limit: queue.Limit{Set: true, None: true}})
}

func TestThePanelsBeforeStay(t *testing.T) {
	d := convene(t)
	d.asks("ken", "bra")
	d.do(chair, &queue.SwitchPanel{Panel: "afternoon"})
	d.do(chair, &queue.Ask{ID: "later", Participant: "ken"})
	d.do(chair, &queue.SwitchPanel{Panel: "morning"})
	d.wantList("morning", "ken-asks", "bra-asks")
	d.recognise("i", "ken")
	d.wantList("afternoon", "later") // only the request of this panel is used up
}

func TestLimitsInJSON(t *testing.T) {
	for _, tt := range []struct {
		body string
		want queue.Limit
		bad  bool
	}{
		{`{}`, queue.Limit{}, false},
		{`{"limit_ms":null}`, queue.Limit{Set: true, None: true}, false},
		{`{"limit_ms":60000}`, queue.Limit{Set: true, MS: 60000}, false},
		{`{"limit_ms":1.5}`, queue.Limit{}, true},
		{`{"limit_ms":"60000"}`, queue.Limit{}, true},
		{`{"limit_ms":99999999999999999999}`, queue.Limit{}, true},
	} {
		var got queue.SetPanel
		err := json.Unmarshal([]byte(tt.body), &got)
		if (err != nil) != tt.bad || err == nil && got.Limit != tt.want {
			t.Errorf("%s gives %+v, %v", tt.body, got.Limit, err)
		}
		if tt.bad {
			continue
		}
		if body, err := json.Marshal(&got); err != nil || string(body) != tt.body {
			t.Errorf("%s becomes %s, %v", tt.body, body, err)
		}
	}
}

// The list of an item that the file gives none from now on does not stay open. (The chair may still
// open one: a programme does not always say what the room needs.)
func TestAListThatTheFileTakesAwayIsClosed(t *testing.T) {
	d := convene(t)
	d.do(chair, &queue.SetPanel{Panel: "opening", Status: queue.Open, List: queue.Open})
	d.do(chair, &queue.SetPanel{Panel: "afternoon", List: queue.Open, Limit: queue.Limit{Set: true, MS: minute}})
	d.load(revised(func(p *queue.Programme) { p.Panels[2].NoList = true }))
	if p := d.state().Panels()["afternoon"]; p.List != queue.Closed || p.Limit != minute {
		t.Errorf("the file leaves the list of %+v open, or changes the chair's limit", p)
	}
	if p := d.state().Panels()["opening"]; p.List != queue.Open {
		t.Errorf("a file that says nothing new of it closes the chair's list: %+v", p)
	}
	d.load(revised(func(p *queue.Programme) { p.Panels[0].Title, p.Panels[2].NoList = "Opening", true }))
	if p := d.state().Panels()["opening"]; p.List != queue.Open || p.Title != "Opening" {
		t.Errorf("a file that gives it another title closes the chair's list: %+v", p)
	}
	d.reopened()
}

// An undo takes back the chair's action alone, and not what the file says since.
func TestAnUndoLeavesTheListClosedThatTheFileTakesAway(t *testing.T) {
	d := convene(t)
	d.open("afternoon")
	d.suspend("afternoon")
	d.load(revised(func(p *queue.Programme) { p.Panels[2].NoList = true }))
	d.undo("suspended")
	if p := d.state().Panels()["afternoon"]; p.Status != queue.Open || p.List != queue.Closed {
		t.Errorf("an undo opens the list that the file took away: %+v", p)
	}
	// The chair may open it all the same, and has it back after closing it too early.
	d.open("afternoon")
	d.do(chair, &queue.SetPanel{Panel: "afternoon", List: queue.Closed})
	d.undo("list_closed")
	if p := d.state().Panels()["afternoon"]; p.List != queue.Open {
		t.Errorf("an undo leaves the chair's list closed: %+v", p)
	}
	d.reopened()
}
