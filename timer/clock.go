package timer

import (
	"sync"
	"sync/atomic"
	"time"
)

const (
	// Drift is what a look passes over of a setting of the wall clock, and by how much the wall clock must be ahead for
	// a clock to follow it: two clocks drift apart, and network time is kept by many small steps.
	Drift = time.Second
	// Nap is the shortest sleep that a look tells: screens that were awake went on by so much.
	Nap = 100 * time.Millisecond
)

// Clock tells the instants of a debate. It is anchored to the machine's wall
// clock when it is made, and goes on while the machine is awake: neither setting
// the machine's clock nor a sleep of the machine moves a running countdown. Instants never go
// backwards. It is safe for concurrent use.
//
// What became of the machine's clocks meanwhile is told by Look. Whoever owns the clock tells the debates, and then
// moves the clock forward.
type Clock struct {
	machine Machine
	ahead   atomic.Int64 // of the instants before the machine's Awake, ns
	behind  int64

	mu   sync.Mutex
	seen Reading // by the last look that was settled
}

// NewClock is a clock of this process, anchored as by Anchor.
func NewClock(atLeast int64) *Clock { return Anchor(Process(), atLeast) }

// Anchor anchors a clock to the machine's wall clock, but never before the instant
// atLeast, the last one that a journal knows: instants do not go backwards over
// a restart.
func Anchor(m Machine, atLeast int64) *Clock {
	r := m.Read()
	at := max(r.Wall, milliseconds(atLeast))
	c := Continue(m, r, at)
	c.behind = int64((at - r.Wall + time.Millisecond - 1) / time.Millisecond)
	return c
}

// Continue makes a clock for which it was the instant at, given in ns, when the machine's clocks were read: for a server that knows
// how long ago the instants of the one before it were.
func Continue(m Machine, r Reading, at time.Duration) *Clock {
	c := &Clock{machine: m, seen: r}
	c.ahead.Store(int64(at - r.Awake))
	return c
}

func milliseconds(ms int64) time.Duration { return time.Duration(ms) * time.Millisecond }

func (c *Clock) at(awake time.Duration) time.Duration { return awake + time.Duration(c.ahead.Load()) }

// Now is the present instant.
func (c *Clock) Now() int64 { return c.at(c.machine.Awake()).Milliseconds() }

// NowFloat is the present instant with fractions of a millisecond, for those who
// measure the way to the server.
func (c *Clock) NowFloat() float64 { return float64(c.at(c.machine.Awake())) / 1e6 }

// Behind is by how many milliseconds the machine's clock was behind atLeast when
// the clock was made, 0 where it was not.
func (c *Clock) Behind() int64 { return c.behind }

// Look is what became of the machine's clocks since the look that was settled last.
type Look struct {
	// Slept is how long the machine slept, 0 where it was awake. The clock stood meanwhile.
	Slept time.Duration
	// Set is by how much the wall clock was set, 0 where it was not.
	Set time.Duration
	// Ahead is by how much the wall clock is ahead of the instants, negative where it is behind.
	Ahead time.Duration
	// Now is the instant of the look, in milliseconds, and Reading what the machine's clocks said.
	Now     int64
	Reading Reading
}

// Look looks at the machine's clocks. What it tells is told again until the look is settled. On a machine that has no clock
// for it, a wall clock that was set forward is taken for a sleep: nothing tells the two apart, and a sleep is charged
// to nobody.
func (c *Clock) Look() Look {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.machine.Read()
	l := Look{Now: c.at(r.Awake).Milliseconds(), Ahead: r.Wall - c.at(r.Awake), Reading: r}
	awake, wall := r.Awake-c.seen.Awake, r.Wall-c.seen.Wall
	if r.Boot != 0 {
		slept := r.Asleep() - c.seen.Asleep()
		l.Slept = atLeast(Nap, slept)
		l.Set = beyond(Drift, wall-awake-slept)
	} else if l.Slept = atLeast(Drift, wall-awake); l.Slept == 0 {
		l.Set = beyond(Drift, wall-awake)
	}
	if l.Slept == 0 && l.Set == 0 {
		c.seen = r // so that drift never amounts to a step
	}
	return l
}

func atLeast(least, d time.Duration) time.Duration {
	if d < least {
		return 0
	}
	return d
}

func beyond(least, d time.Duration) time.Duration {
	if -least < d && d < least {
		return 0
	}
	return d
}

// Settle says that what a look told is known where it must be, and moves the clock forward with it.
func (c *Clock) Settle(l Look, forward time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = l.Reading
	c.ahead.Add(int64(max(0, forward)))
}
