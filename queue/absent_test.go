package queue_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"rostrum/queue"
	"rostrum/timer"
)

// notInRoom says that the one on the floor is not in the room.
func (d *debate) notInRoom() { d.Helper(); d.do(chair, &queue.NotInRoom{OnFloor: true}) }

func (d *debate) wantAbsent(want map[string]queue.Absence) {
	d.Helper()
	got := d.state().Absent()
	if len(got) == 0 && len(want) == 0 {
		return
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		d.Fatalf("who is absent (-want +got):\n%s", diff)
	}
}

func TestWhoIsNotInTheRoomGoesToTheEndOnceAndThenOffTheList(t *testing.T) {
	d := convene(t)
	asked := queue.Ask{
		ID: "r", Note: "on victims", BehalfOf: "the African Group", Speaker: "H.E. Ms. Otieno", Language: "fr", Level: queue.Minister,
	}
	d.do(phone("ken", "a"), &asked)
	want := d.state().Requests()["r"]
	d.asks("bra", "phl")
	d.wait(minute)
	d.do(chair, &queue.Recognise{ID: "i", Request: "r"})
	d.wait(10 * second)
	d.notInRoom()
	d.wantNobody()
	d.wantRecord()
	d.wantList("morning", "bra-asks", "phl-asks", "r")
	want.Rank, want.Absent, want.Returned = d.state().Requests()["r"].Rank, 1, d.now
	if diff := gocmp.Diff(want, d.state().Requests()["r"]); diff != "" {
		t.Errorf("the request that came back (-want +got):\n%s", diff)
	}
	d.wantAbsent(nil)

	d.do(chair, &queue.Recognise{ID: "j", Request: "r"})
	d.notInRoom()
	d.wantNobody()
	d.wantRecord()
	d.wantList("morning", "bra-asks", "phl-asks")
	d.wantAbsent(map[string]queue.Absence{"ken": {Panel: "morning", At: d.now}})
	if spoken := d.state().Spoken(); len(spoken) != 0 {
		t.Errorf("spoken is %v", spoken)
	}

	d.do(kenya, &queue.Ask{ID: "again"})
	d.wantAbsent(nil)
	if r := d.state().Requests()["again"]; r.Absent != 0 {
		t.Errorf("the new request is %+v", r)
	}
	d.reopened()
}

func TestOneWhoIsCalledFromTheListMayNotBeInTheRoom(t *testing.T) {
	d := convene(t)
	d.asks("ken", "bra")
	d.do(chair, &queue.NotInRoom{Request: "ken-asks"})
	d.wantList("morning", "bra-asks", "ken-asks")
	d.do(chair, &queue.NotInRoom{Request: "ken-asks"})
	d.wantList("morning", "bra-asks")
	d.wantAbsent(map[string]queue.Absence{"ken": {Panel: "morning", At: d.now}})
	d.recognise("i", "ken") // who is found after all
	d.wantAbsent(nil)

	d.refused(queue.NoSuchRequest, chair, &queue.NotInRoom{Request: "ken-asks"})
	d.refused(queue.FloorChanged, chair, &queue.NotInRoom{OnFloor: true, Floor: "j"})
	d.notInRoom() // called by name: only the recognition goes
	d.wantNobody()
	d.wantAbsent(nil)
	d.wantRecord()
	d.refused(queue.FloorEmpty, chair, &queue.NotInRoom{OnFloor: true})
	d.reopened()
}

func TestWhenWhoRaisesAPointOfOrderIsNotInTheRoomTheInterruptedGoesOn(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.wait(20 * second)
	d.do(brazil, &queue.Ask{ID: "order", Kind: queue.PointOfOrder})
	d.do(chair, &queue.Recognise{ID: "p", Request: "order"})
	d.notInRoom()
	d.wantFloor("i", timer.Paused, 20*second)
	d.wantList("morning", "order")
	if d.state().Interrupted != nil {
		t.Error("somebody is still interrupted")
	}
	d.reopened()
}

// One may ask again while it has the floor: the two requests become one.
func TestOneWhoAskedAgainIsOnTheListOnce(t *testing.T) {
	d := convene(t)
	d.asks("ken", "bra")
	d.recognise("i", "ken")
	d.do(kenya, &queue.Ask{ID: "again", Note: "once more"})
	d.asks("phl")
	d.notInRoom()
	d.wantList("morning", "bra-asks", "phl-asks", "again")
	if r := d.state().Requests()["again"]; r.Absent != 1 || r.Note != "once more" {
		t.Errorf("the request is %+v", r)
	}
	d.undo("absent")
	d.wantList("morning", "bra-asks", "again", "phl-asks")
	d.wantFloor("i", timer.Running, 0)
	d.reopened()
}

func TestUndoTakesBackThatOneWasNotInTheRoom(t *testing.T) {
	for _, tt := range []struct {
		name string
		act  func(*debate)
	}{
		{"on the floor", func(d *debate) { d.recognise("i", "ken"); d.notInRoom(); d.undo("absent"); d.undo("recognised") }},
		{"on the floor, twice", func(d *debate) {
			d.recognise("i", "ken")
			d.notInRoom()
			d.recognise("j", "ken")
			d.notInRoom()
			d.undo("absent")
			d.undo("recognised")
			d.undo("absent")
			d.undo("recognised")
		}},
		{"by name", func(d *debate) { d.recognise("i", "iom"); d.notInRoom(); d.undo("absent"); d.undo("recognised") }},
		{"on the list", func(d *debate) { d.do(chair, &queue.NotInRoom{Request: "ken-asks"}); d.undo("absent") }},
		{"on the list, twice", func(d *debate) {
			d.do(chair, &queue.NotInRoom{Request: "ken-asks"})
			d.do(chair, &queue.NotInRoom{Request: "ken-asks"})
			d.undo("absent")
			d.undo("absent")
		}},
		{"found after all", func(d *debate) {
			d.do(chair, &queue.NotInRoom{Request: "ken-asks"})
			d.do(chair, &queue.NotInRoom{Request: "ken-asks"})
			absent := d.state().Absent()
			d.recognise("i", "ken")
			d.undo("recognised")
			d.wantAbsent(absent)
			d.undo("absent")
			d.undo("absent")
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := convene(t)
			d.asks("ken", "bra")
			before := d.state()
			tt.act(d)
			after := d.state()
			if diff := gocmp.Diff(before.Requests(), after.Requests()); diff != "" {
				t.Errorf("the requests (-before +after):\n%s", diff)
			}
			d.wantNobody()
			d.wantAbsent(nil)
			if n := len(after.Panels()["morning"].Missed); n != 0 {
				t.Errorf("%d missed calls are counted", n)
			}
			d.reopened()
		})
	}
}
