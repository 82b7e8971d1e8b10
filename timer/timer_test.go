package timer_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"rostrum/timer"
)

func TestCountdown(t *testing.T) {
	const start = 1_000_000
	threeMinutes := timer.New(180_000)
	tests := []struct {
		name      string
		countdown timer.Countdown
		now       int64
		remaining int64
		phase     timer.Phase
	}{
		{"ready does not run", threeMinutes, start + 60_000, 180_000, timer.Normal},
		{"at the start", threeMinutes.Start(start), start, 180_000, timer.Normal},
		{"running", threeMinutes.Start(start), start + 61_500, 118_500, timer.Normal},
		{"just before the warning", threeMinutes.Start(start), start + 149_999, 30_001, timer.Normal},
		{"warning", threeMinutes.Start(start), start + 150_000, 30_000, timer.Warning},
		{"the last instant", threeMinutes.Start(start), start + 180_000, 0, timer.Warning},
		{"overtime", threeMinutes.Start(start), start + 180_001, -1, timer.Overtime},
		{"paused", threeMinutes.Start(start).Pause(start + 10_000), start + 90_000, 170_000, timer.Normal},
		{"resumed", threeMinutes.Start(start).Pause(start + 10_000).Start(start + 90_000), start + 95_000, 165_000, timer.Normal},
		{"started twice", threeMinutes.Start(start).Start(start + 5_000), start + 10_000, 170_000, timer.Normal},
		{"paused twice", threeMinutes.Start(start).Pause(start + 1_000).Pause(start + 9_000), start + 10_000, 179_000, timer.Normal},
		{"extended", threeMinutes.Start(start).Extend(30_000), start + 180_000, 30_000, timer.Warning},
		{"shortened below what is used", threeMinutes.Start(start).Extend(-150_000), start + 40_000, -10_000, timer.Overtime},
		{"shortened below a second", threeMinutes.Extend(-500_000), start, 1_000, timer.Warning},
		{"lengthened past a day", threeMinutes.Extend(86_400_000), start, 86_400_000, timer.Normal},
		{"an earlier instant than the start", threeMinutes.Start(start), start - 5_000, 180_000, timer.Normal},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			remaining, limited := tt.countdown.RemainingAt(tt.now)
			if !limited || remaining != tt.remaining {
				t.Errorf("RemainingAt = %d, %t; want %d, true", remaining, limited, tt.remaining)
			}
			if got := tt.countdown.PhaseAt(tt.now, 30_000); got != tt.phase {
				t.Errorf("PhaseAt = %q, want %q", got, tt.phase)
			}
			if got, want := tt.countdown.OvertimeAt(tt.now), max(0, -tt.remaining); got != want {
				t.Errorf("OvertimeAt = %d, want %d", got, want)
			}
		})
	}
}

func TestCountdownWithoutLimitHasNoOvertime(t *testing.T) {
	var address timer.Countdown
	address = address.Start(1_000).Extend(5_000)
	if _, limited := address.RemainingAt(10_000_000); limited {
		t.Error("a countdown without a limit says that it has one")
	}
	if got := address.UsedAt(61_000); got != 60_000 {
		t.Errorf("UsedAt = %d, want 60000", got)
	}
	if got := address.PhaseAt(10_000_000, 30_000); got != timer.Normal {
		t.Errorf("PhaseAt = %q, want normal", got)
	}
	if got := address.OvertimeAt(10_000_000); got != 0 {
		t.Errorf("OvertimeAt = %d, want 0", got)
	}
}

func TestCountdownLeavesItsReceiverAlone(t *testing.T) {
	c := timer.New(60_000)
	_, _, _, _ = c.Start(1), c.Pause(2), c.Extend(3), c.WithLimit(4)
	if diff := cmp.Diff(timer.New(60_000), c); diff != "" {
		t.Error(diff)
	}
}

func TestClockGoesOnMonotonically(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		clock := timer.NewClock(0)
		if got, want := clock.Now(), time.Now().UnixMilli(); got != want {
			t.Errorf("Now = %d, want the wall clock's %d", got, want)
		}
		before := clock.NowFloat()
		time.Sleep(1500 * time.Microsecond)
		if got := clock.NowFloat() - before; got < 1.4 || got > 1.6 {
			t.Errorf("after 1.5 ms the clock went on by %g ms", got)
		}
		if clock.Behind() != 0 {
			t.Errorf("Behind = %d, want 0", clock.Behind())
		}
	})
}

func TestClockNeverStartsBeforeTheJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		last := time.Now().UnixMilli() + 3_600_000
		clock := timer.NewClock(last)
		if clock.Now() != last || clock.Behind() != 3_600_000 {
			t.Errorf("Now = %d, Behind = %d; want %d, 3600000", clock.Now(), clock.Behind(), last)
		}
		time.Sleep(time.Second)
		if got := clock.Now(); got != last+1_000 {
			t.Errorf("after a second Now = %d, want %d", got, last+1_000)
		}
	})
}

func TestGiveBackTakesTimeOffWhatWasUsed(t *testing.T) {
	running := timer.New(180_000).Start(1_000)
	for _, tt := range []struct {
		name    string
		of      timer.Countdown
		now, ms int64
		want    timer.Countdown
	}{
		{"while it runs", running, 61_000, 42_000, timer.Countdown{State: timer.Running, Limit: 180_000, Used: 18_000, Since: 61_000}},
		{"while it is held", running.Pause(61_000), 90_000, 20_000, timer.Countdown{State: timer.Paused, Limit: 180_000, Used: 40_000}},
		{"never below nothing", running, 61_000, 80_000, timer.Countdown{State: timer.Running, Limit: 180_000, Since: 61_000}},
		{"before it runs", timer.New(180_000), 61_000, 80_000, timer.New(180_000)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.of.GiveBack(tt.now, tt.ms); got != tt.want {
				t.Errorf("%+v is left, want %+v", got, tt.want)
			}
		})
	}
}
