package timer_test

import (
	"testing"
	"time"

	"rostrum/timer"
)

// fake is a machine whose clocks a test moves. It is not for several goroutines.
type fake struct {
	r      timer.Reading
	noBoot bool
}

func (f *fake) Awake() time.Duration { return f.r.Awake }

func (f *fake) Read() timer.Reading {
	r := f.r
	if f.noBoot {
		r.Boot = 0
	}
	return r
}

func (f *fake) goOn(d time.Duration)  { f.r.Awake += d; f.r.Boot += d; f.r.Wall += d }
func (f *fake) sleep(d time.Duration) { f.r.Boot += d; f.r.Wall += d }
func (f *fake) set(d time.Duration)   { f.r.Wall += d }

const noon = 1_212_494_400_000 * time.Millisecond

func newFake() *fake {
	return &fake{r: timer.Reading{Wall: noon, Awake: 5 * time.Hour, Boot: 9 * time.Hour}}
}

func TestWhatBecomesOfTheMachinesClocksIsTold(t *testing.T) {
	const hour, minute, second, ms = time.Hour, time.Minute, time.Second, time.Millisecond
	for _, tt := range []struct {
		name              string
		noBoot            bool
		happens           func(*fake)
		slept, set, ahead time.Duration
	}{
		{"nothing", false, func(*fake) {}, 0, 0, 0},
		{"time goes by", false, func(f *fake) { f.goOn(hour) }, 0, 0, 0},
		{"a sleep", false, func(f *fake) { f.sleep(45 * minute) }, 45 * minute, 0, 45 * minute},
		{"a nap", false, func(f *fake) { f.sleep(100 * ms) }, 100 * ms, 0, 100 * ms},
		{"less than a nap", false, func(f *fake) { f.sleep(99 * ms) }, 0, 0, 99 * ms},
		{"set forward", false, func(f *fake) { f.set(2 * hour) }, 0, 2 * hour, 2 * hour},
		{"set back", false, func(f *fake) { f.set(-2 * hour) }, 0, -2 * hour, -2 * hour},
		{"set by a second", false, func(f *fake) { f.set(second) }, 0, second, second},
		{"set by less", false, func(f *fake) { f.set(-999 * ms) }, 0, 0, -999 * ms},
		{"a sleep, and then set", false, func(f *fake) { f.sleep(hour); f.goOn(second); f.set(-minute) }, hour, -minute, 59 * minute},
		{"a sleep, and the clock a little wrong after it", false, func(f *fake) { f.sleep(hour); f.set(300 * ms) }, hour, 0, hour + 300*ms},
		{"set by as much as it slept", false, func(f *fake) { f.sleep(hour); f.set(-hour) }, hour, -hour, 0},
		{"no clock for sleep: nothing", true, func(f *fake) { f.goOn(hour) }, 0, 0, 0},
		{"no clock for sleep: a sleep", true, func(f *fake) { f.sleep(hour) }, hour, 0, hour},
		{"no clock for sleep: set forward", true, func(f *fake) { f.set(hour) }, hour, 0, hour},
		{"no clock for sleep: set back", true, func(f *fake) { f.set(-hour) }, 0, -hour, -hour},
		{"no clock for sleep: a little", true, func(f *fake) { f.set(900 * ms) }, 0, 0, 900 * ms},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake()
			f.noBoot = tt.noBoot
			clock := timer.Anchor(f, 0)
			f.goOn(minute)
			clock.Look()
			before := f.r.Awake
			tt.happens(f)
			l := clock.Look()
			if l.Slept != tt.slept || l.Set != tt.set || l.Ahead != tt.ahead {
				t.Errorf("slept %v, set by %v, ahead by %v; want %v, %v, %v", l.Slept, l.Set, l.Ahead, tt.slept, tt.set, tt.ahead)
			}
			if want := (noon + minute + f.r.Awake - before).Milliseconds(); clock.Now() != want || l.Now != want {
				t.Errorf("it is %d, and was %d at the look; want %d: neither a sleep nor a setting moves it", clock.Now(), l.Now, want)
			}
			if again := clock.Look(); again.Slept != l.Slept || again.Set != l.Set {
				t.Errorf("before it is settled it is told as %+v, and then as %+v", l, again)
			}
			clock.Settle(l, 0)
			if l := clock.Look(); l.Slept != 0 || l.Set != 0 || l.Ahead != tt.ahead {
				t.Errorf("after it was settled %+v is told", l)
			}
		})
	}
}

func TestAClockIsMovedForwardOnly(t *testing.T) {
	f := newFake()
	clock := timer.Anchor(f, 0)
	f.set(2 * time.Hour)
	clock.Settle(clock.Look(), 2*time.Hour)
	if got, want := clock.Now(), (noon + 2*time.Hour).Milliseconds(); got != want || clock.Look().Ahead != 0 {
		t.Errorf("it is %d, want %d", got, want)
	}
	f.set(-time.Hour)
	clock.Settle(clock.Look(), -time.Hour)
	if got, want := clock.Now(), (noon + 2*time.Hour).Milliseconds(); got != want {
		t.Errorf("it is %d, want %d", got, want)
	}
}

// Network time is kept by many small steps, which are not told one by one, nor all together.
func TestDriftNeverAmountsToAStep(t *testing.T) {
	f := newFake()
	clock := timer.Anchor(f, 0)
	for range 1000 {
		f.goOn(250 * time.Millisecond)
		f.set(5 * time.Millisecond)
		f.sleep(time.Millisecond)
		if l := clock.Look(); l.Slept != 0 || l.Set != 0 {
			t.Fatalf("%+v is told", l)
		}
	}
	if l := clock.Look(); l.Ahead != 6*time.Second {
		t.Errorf("the machine's clock is ahead by %v, want 6s", l.Ahead)
	}
}

func TestAClockIsAnchored(t *testing.T) {
	at := noon.Milliseconds()
	for _, tt := range []struct {
		name                 string
		atLeast, now, behind int64
	}{
		{"to the machine's date", 0, at, 0},
		{"after the journal's last instant", at - 1, at, 0},
		{"at it", at, at, 0},
		{"never before it", at + 3_600_000, at + 3_600_000, 3_600_000},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake()
			clock := timer.Anchor(f, tt.atLeast)
			if clock.Now() != tt.now || clock.Behind() != tt.behind {
				t.Errorf("it is %d, behind by %d; want %d, %d", clock.Now(), clock.Behind(), tt.now, tt.behind)
			}
			if l := clock.Look(); l.Slept != 0 || l.Set != 0 || l.Ahead.Milliseconds() != -tt.behind {
				t.Errorf("the first look tells %+v", l)
			}
			f.goOn(time.Second)
			if clock.Now() != tt.now+1000 {
				t.Errorf("after a second it is %d", clock.Now())
			}
		})
	}
}

func TestAClockGoesOnFromAnother(t *testing.T) {
	f := newFake()
	clock := timer.Continue(f, f.Read(), noon-2*time.Hour)
	f.goOn(time.Second)
	if got, want := clock.Now(), (noon - 2*time.Hour + time.Second).Milliseconds(); got != want || clock.Behind() != 0 {
		t.Errorf("it is %d, want %d", got, want)
	}
	if l := clock.Look(); l.Set != 0 || l.Ahead != 2*time.Hour {
		t.Errorf("the look tells %+v", l)
	}
}
