package queue_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"rostrum/queue"
	"rostrum/timer"
)

// returns says that the server is there again after a time without it.
func (d *debate) returns(away int64) {
	d.Helper()
	d.wait(away)
	d.do(server, &queue.TellOutage{From: d.now - away, To: d.now})
}

func (d *debate) wantOutage(want *queue.Outage) {
	d.Helper()
	if diff := gocmp.Diff(want, d.state().Outage); diff != "" {
		d.Fatalf("the outage (-want +got):\n%s", diff)
	}
}

func TestTheChairIsToldHowLongTheServerWasAway(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.wait(20 * second)
	d.returns(40 * second)
	outage := &queue.Outage{Floor: "i", From: d.now - 40*second, To: d.now}
	d.wantOutage(outage)
	d.wantFloor("i", timer.Running, minute) // it went on

	d.interrupt("p", "bra")
	d.wantOutage(outage)
	d.end()
	d.do(chair, &queue.SetTime{Timer: "start"})
	d.wait(10 * second)
	d.returns(5 * second) // again: the two together
	d.wantOutage(&queue.Outage{Floor: "i", From: d.now - 45*second, To: d.now})
	d = d.reopened()
	d.wantOutage(&queue.Outage{Floor: "i", From: d.now - 45*second, To: d.now})

	d.end()
	d.wantOutage(nil)
	d.undo("ended")
	d.wantOutage(&queue.Outage{Floor: "i", From: d.now - 45*second, To: d.now})
	d.recognise("j", "bra")
	d.wantOutage(nil)
	d.wait(minute)
	d.returns(7 * second)
	d.wantOutage(&queue.Outage{Floor: "j", From: d.now - 7*second, To: d.now})
	d.undo("recognised")
	if o := d.state().Outage; o == nil || o.Floor != "i" || o.To-o.From != 45*second {
		t.Errorf("the outage is %+v, want that of i again", o)
	}
}

func TestAnOutageIsOverOnceTimeIsGivenBack(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.wait(20 * second)
	d.returns(40 * second)
	outage := d.state().Outage
	d.do(chair, &queue.SetTime{Add: to(minute)})
	d.wantOutage(outage) // more time is something else
	d.do(chair, &queue.SetTime{Floor: "i", Back: to(outage.To - outage.From)})
	d.wantOutage(nil)
	d.wantFloor("i", timer.Running, 20*second)
	d.undo("gave_back")
	d.wantOutage(outage)
	d.wantFloor("i", timer.Running, minute)
}

func TestAnUndoKeepsAnOutageThatCameAfterTheAction(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.do(chair, &queue.SetTime{Add: to(minute)})
	d.returns(10 * second)
	outage := d.state().Outage
	d.undo("timed")
	d.wantOutage(outage)
}

func TestWithoutACountdownNoOutageIsTold(t *testing.T) {
	d := convene(t)
	tell := func(away int64) {
		t.Helper()
		d.wait(away)
		d.changesNothing(server, &queue.TellOutage{From: d.now - away, To: d.now})
	}
	tell(minute) // nobody has the floor
	d.do(chair, &queue.Recognise{ID: "i", Participant: "ken", Start: to(false)})
	tell(minute)
	d.do(chair, &queue.SetTime{Timer: "start"})
	tell(second - 1) // too short
	d.do(chair, &queue.SetTime{Timer: "pause"})
	tell(minute)

	// It began with the countdown at the earliest.
	d.do(chair, &queue.SetTime{Timer: "start"})
	d.wait(10 * second)
	d.do(server, &queue.TellOutage{From: tenOClock, To: d.now})
	d.wantOutage(&queue.Outage{Floor: "i", From: d.now - 10*second, To: d.now})
}
