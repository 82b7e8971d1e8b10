package queue_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"rostrum/queue"
	"rostrum/timer"
)

// sleeps lets the server's machine sleep, and the server notice.
func (d *debate) sleeps(ms int64) *queue.TellClock {
	d.Helper()
	slept := d.now
	d.wait(ms)
	c := &queue.TellClock{Occasion: d.now, Slept: slept, Forward: ms}
	d.do(server, c)
	return c
}

// isSet lets the machine's clock be set. The debate's instants go on as before.
func (d *debate) isSet(by int64) {
	d.Helper()
	d.do(server, &queue.TellClock{Occasion: d.now*2 + 1, Set: by})
}

// follows lets the debate's instants be those of the machine's clock from now on.
func (d *debate) follows(by int64) {
	d.Helper()
	d.wait(by)
	d.do(server, &queue.TellClock{Occasion: d.now, Forward: by, Follows: true})
}

func (d *debate) wantSleep(want *queue.Sleep) {
	d.Helper()
	if diff := gocmp.Diff(want, d.state().Sleep); diff != "" {
		d.Fatalf("the sleep (-want +got):\n%s", diff)
	}
}

func (d *debate) wantClockSteps(want ...queue.ClockStep) {
	d.Helper()
	if diff := gocmp.Diff(want, d.state().ClockSteps); diff != "" {
		d.Fatalf("the settings of the clock (-want +got):\n%s", diff)
	}
}

func TestASleepOfTheMachineIsChargedToNobody(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.wait(20 * second)
	told := d.sleeps(45 * minute)
	d.wantFloor("i", timer.Paused, 20*second)
	sleep := &queue.Sleep{Floor: "i", From: d.now - 45*minute, To: d.now}
	d.wantSleep(sleep)
	d.changesNothing(server, told) // told again, since the answer was lost
	d = d.reopened()
	d.wantSleep(sleep)

	d.wait(10 * second)
	d.do(chair, &queue.SetTime{Timer: "start"})
	d.wantSleep(nil) // the chair has decided
	d.wait(second)
	d.wantFloor("i", timer.Running, 21*second)
	d.undo("started")
	d.wantSleep(sleep)
	d.wantFloor("i", timer.Paused, 20*second)

	d.interrupt("p", "bra")
	d.wantSleep(sleep)
	d.end()
	d.end()
	d.wantSleep(nil)
	d.wantRecord("p ended 0", "i ended 20000")
}

func TestTheChairMayChargeASleep(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.wait(20 * second)
	d.sleeps(30 * second)
	sleep := d.state().Sleep
	d.do(chair, &queue.SetTime{Add: to(minute)})
	d.wantSleep(sleep) // more time is something else
	d.do(chair, &queue.SetTime{Floor: "i", Charge: to(30 * second), Timer: "start"})
	d.wantFloor("i", timer.Running, 50*second)
	d.wantSleep(nil)
	d.undo("charged")
	d.wantFloor("i", timer.Paused, 20*second)
	d.wantSleep(sleep)

	for _, wrong := range []*queue.SetTime{
		{Charge: to(int64(0))}, {Charge: to(-second)}, {Charge: to(timer.MaxLimit + 1)}, {Charge: to(second), Back: to(second)},
	} {
		if refusal := d.refused(queue.Malformed, chair, wrong); refusal.Field != "charge_ms" {
			t.Errorf("the field is %q", refusal.Field)
		}
	}
}

// What the chair did before the sleep can still be taken back, and the sleep stays uncharged.
func TestAnUndoAfterASleepChargesNothing(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.wait(20 * second)
	d.do(chair, &queue.SetTime{Add: to(minute)})
	d.wait(5 * second)
	d.sleeps(45 * minute)
	d.undo("timed")
	d.wantFloor("i", timer.Running, 25*second)

	d.end()
	d.sleeps(45 * minute) // nobody speaks
	d.wantSleep(nil)
	d.undo("ended")
	d.wantFloor("i", timer.Running, 25*second)
}

func TestACountdownThatBeganAfterTheSleepRunsOn(t *testing.T) {
	d := convene(t)
	slept := d.now
	d.wait(100)
	d.recognise("i", "ken") // before the server has noticed
	d.wait(minute)
	d.do(server, &queue.TellClock{Occasion: 1, Slept: slept, Forward: minute})
	d.wantSleep(nil)
	d.wantFloor("i", timer.Running, 0)
}

func TestASetClockIsAnnotatedAndNoInstantIsMoved(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.wait(20 * second)
	set := d.now
	d.isSet(2 * 60 * minute)
	d.wantFloor("i", timer.Running, 20*second)
	d.wantClockSteps(queue.ClockStep{At: set, By: 120 * minute})
	if got := d.state().ClockAhead(); got != 120*minute {
		t.Errorf("the machine's clock is ahead by %d", got)
	}
	d.wait(10 * second)
	d.end()
	d.wantRecord("i ended 30000")
	d.follows(2 * 60 * minute)
	d.wantClockSteps(queue.ClockStep{At: set, By: 120 * minute, Followed: d.now})
	if d.state().ClockAhead() != 0 || d.state().Last != d.now {
		t.Errorf("the machine's clock is ahead by %d, and it is %d", d.state().ClockAhead(), d.state().Last)
	}
	d = d.reopened()
	d.undo("ended")
	d.wantFloor("i", timer.Running, 30*second) // the two hours are not charged

	// A countdown that began while the server was about to follow.
	d.follows(minute)
	d.wantFloor("i", timer.Running, 30*second)
}

func TestAClockThatWasSetBackIsNeverFollowed(t *testing.T) {
	d := convene(t)
	d.asks("ken")
	set := d.now
	d.isSet(-10 * minute)
	d.wait(minute)
	d.isSet(3 * minute)
	d.wantClockSteps(queue.ClockStep{At: set, By: -10 * minute}, queue.ClockStep{At: set + minute, By: 3 * minute})
	if got := d.state().ClockAhead(); got != -7*minute {
		t.Errorf("the machine's clock is ahead by %d", got)
	}
}

func TestADebateThatHasNothingDatedHearsOfNoClock(t *testing.T) {
	d := convene(t)
	d.wait(60 * minute)
	d.changesNothing(server, &queue.TellClock{Occasion: 1, Set: 60 * minute, Forward: 60 * minute, Follows: true})
	d.changesNothing(server, &queue.TellClock{Occasion: 2, Slept: d.now - minute, Forward: minute})
	d.asks("ken")
	d.do(server, &queue.TellClock{Occasion: 3, Set: minute, Forward: minute, Follows: true})
	d.wantClockSteps(queue.ClockStep{At: d.now - minute, By: minute, Followed: d.now})
}

func TestNobodyWaitedForAClockThatWasSet(t *testing.T) {
	d := convene(t)
	d.asks("ken")
	d.wait(minute)
	d.wait(60 * minute)
	d.do(server, &queue.TellClock{Occasion: 1, Set: 60 * minute, Forward: 60 * minute, Follows: true})
	d.wait(minute)
	d.recognise("i", "ken")
	d.end()
	if got := d.state().Statistics().Total.WaitedMedian; got == nil || *got != 2*minute {
		t.Errorf("the wait was %v, want two minutes", got)
	}
}

func TestOnlyTheLastSettingsOfTheClockAreKept(t *testing.T) {
	d := convene(t)
	d.asks("ken")
	for range 130 {
		d.wait(second)
		d.isSet(-second)
	}
	if got := len(d.state().ClockSteps); got != 100 || d.state().ClockAhead() != -130*second {
		t.Errorf("%d are kept; the clock is ahead by %d", got, d.state().ClockAhead())
	}
}
