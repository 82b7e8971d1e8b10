package queue

import "rostrum/timer"

// ClockStep is a setting of the machine's clock in the course of a debate, whose instants went on by the clock as it
// was before.
type ClockStep struct {
	At int64 `json:"at_ms"` // when it was noticed, by the clock as it was before
	By int64 `json:"by_ms"` // negative where it was set back
	// Followed is the first instant by the clock as it was set, 0 while the instants still go on by the one before.
	Followed int64 `json:"followed_ms,omitempty"`
}

// Sleep says how long the machine slept while a countdown ran. The countdown was held as it was when the
// machine fell asleep, and the time is charged to nobody unless the chair says so. It is gone once the chair has
// gone on or charged the time, or the intervention has ended.
type Sleep struct {
	Floor string `json:"floor"` // the intervention
	From  int64  `json:"from_ms"`
	To    int64  `json:"to_ms"`
}

// TellClock tells what became of the machine's clock: it slept, or it was set, and the instants of the debate
// go forward by it. The server sends it before it moves its clock, and as often as it takes. Its submission is of the instant
// after the move.
type TellClock struct {
	// Occasion stands for what happened: told again it changes nothing.
	Occasion int64
	// Set is by how much the machine's clock was set, in milliseconds, 0 where it was not.
	Set int64
	// Slept is the instant at which the machine was last known to be awake, where it slept so long that the chair must
	// know, else 0.
	Slept int64
	// Forward is by how much the instants go forward, in milliseconds. No countdown is charged with it.
	Forward int64
	// Follows says that from then on they are those of the machine's clock.
	Follows bool
}

// Validate finds nothing wrong.
func (c *TellClock) Validate() *Error { return nil }

func (c *TellClock) subject() string { return "tell clock" }

func (c *TellClock) decide(s *State, _ Actor, now int64) ([]Event, *Error) {
	if c.Occasion != 0 && c.Occasion == s.clockTold {
		return nil, nil
	}
	e := clockTold{Occasion: c.Occasion, Set: c.Set, Forward: c.Forward, Follows: c.Follows}
	if f := s.Floor; c.Slept != 0 && f != nil && f.Timer.State == timer.Running && f.Timer.Since <= c.Slept {
		held := f.Timer.Pause(c.Slept)
		e.Held, e.Sleep = &held, &Sleep{Floor: f.ID, From: c.Slept, To: now}
	}
	if e.Held == nil && !s.concerned(c) {
		return nil, nil
	}
	return []Event{&e}, nil
}

// concerned says whether the machine's clock matters to a debate: something of it was or is dated by it.
func (s *State) concerned(c *TellClock) bool {
	dated := len(s.record) > 0 || s.Floor != nil || len(s.requests.m) > 0
	if c.Set != 0 && (dated || !c.Follows) {
		return true
	}
	return c.Forward != 0 && s.timed() || c.Follows && s.ClockAhead() != 0
}

// timed says whether a countdown runs, or would run again after an undo.
func (s *State) timed() bool {
	if s.Floor != nil && s.Floor.Timer.State == timer.Running {
		return true
	}
	for _, step := range s.steps {
		if f := step.Earlier.Floor; f != nil && f.Timer.State == timer.Running {
			return true
		}
	}
	return false
}

// ClockAhead is by how many milliseconds the machine's clock is ahead of the debate's instants, negative where it is
// behind them, as far as the debate was told.
func (s *State) ClockAhead() int64 {
	ahead := int64(0)
	for _, step := range s.ClockSteps {
		if step.Followed == 0 {
			ahead += step.By
		}
	}
	return ahead
}

// Elapsed is how much time went by between two instants of the debate: less than lies between them where its
// instants followed the machine's clock meanwhile.
func (s *State) Elapsed(from, to int64) int64 {
	ms := to - from
	for _, step := range s.ClockSteps {
		if from < step.Followed && step.Followed <= to {
			ms -= step.By
		}
	}
	return max(0, ms)
}

type clockTold struct {
	Occasion int64 `json:"occasion,omitempty"`
	Set      int64 `json:"set_ms,omitempty"`
	Forward  int64 `json:"forward_ms,omitempty"`
	Follows  bool  `json:"follows,omitempty"`
	// Held is the countdown of the floor as it is held because of the sleep.
	Held  *timer.Countdown `json:"held,omitempty"`
	Sleep *Sleep           `json:"sleep,omitempty"`
}

func (e *clockTold) apply(s *State, c *Change) {
	s.clockTold = e.Occasion
	before := c.At - e.Forward // by the clock as it was
	s.steps = forward(s.steps, e.Forward, c.At)
	if e.Held != nil {
		floor := *s.Floor
		floor.Timer = *e.Held
		s.Floor, s.Sleep = &floor, e.Sleep
	} else {
		s.Floor = s.Floor.forward(e.Forward, c.At)
	}
	steps := make([]ClockStep, 0, len(s.ClockSteps)+1)
	steps = append(steps, s.ClockSteps...)
	if e.Set != 0 {
		steps = append(steps, ClockStep{At: before, By: e.Set})
	}
	for i := range steps {
		if e.Follows && steps[i].Followed == 0 {
			steps[i].Followed = c.At
		}
	}
	for len(steps) > maxClockSteps {
		if steps[0].Followed == 0 { // and so are all after it
			steps[1].By += steps[0].By
		}
		steps = steps[1:]
	}
	s.ClockSteps = steps
}

// maxClockSteps is how many settings of the clock are kept, the last ones. A clock that is set more often than that tells
// nothing any more.
const maxClockSteps = 100

// forward is a floor whose countdown has not run for ms, since the instants went forward by that.
func (f *Floor) forward(ms, now int64) *Floor {
	if f == nil || f.Timer.State != timer.Running || ms == 0 {
		return f
	}
	moved := *f
	moved.Timer.Since = max(f.Timer.Since, min(f.Timer.Since+ms, now))
	return &moved
}

// forward are steps that give back floors as of Floor.forward.
func forward(steps []*Step, ms, now int64) []*Step {
	out := make([]*Step, len(steps))
	for i, step := range steps {
		out[i] = step
		if f := step.Earlier.Floor.forward(ms, now); f != step.Earlier.Floor {
			moved := *step
			moved.Earlier.Floor = f
			out[i] = &moved
		}
	}
	return out
}

// forgetSleep forgets a sleep whose intervention is over.
func (s *State) forgetSleep() {
	if s.Sleep == nil {
		return
	}
	for _, f := range []*Floor{s.Floor, s.Interrupted} {
		if f != nil && f.ID == s.Sleep.Floor && f.Timer.State != timer.Ready {
			return
		}
	}
	s.Sleep = nil
}
