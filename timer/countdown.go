package timer

// State says whether a countdown runs.
type State string

// The states of a countdown. The zero value of [Countdown] has the state ""
// which is read as Ready.
const (
	Ready   State = "ready"   // recognised, not started
	Running State = "running" // using time
	Paused  State = "paused"  // held
)

// The limits that can be set, in milliseconds: one second to one day.
const (
	MinLimit int64 = 1_000
	MaxLimit int64 = 86_400_000
)

// Countdown is the time of one intervention. The zero value is ready, without a
// limit. All methods return a new value; none changes its receiver.
type Countdown struct {
	State State `json:"state"`
	// Limit is the time allowed, in milliseconds, 0 for none.
	Limit int64 `json:"limit_ms,omitempty"`
	// Used is the time used up to Since, in milliseconds.
	Used int64 `json:"used_ms"`
	// Since is the instant from which the time runs, only when Running.
	Since int64 `json:"since_ms,omitempty"`
}

// New returns a countdown that is ready, with a limit in milliseconds (0: none).
func New(limit int64) Countdown { return Countdown{State: Ready, Limit: limit} }

// Start runs the countdown from now: the first start and every resumption.
// A running countdown is unchanged.
func (c Countdown) Start(now int64) Countdown {
	if c.State == Running {
		return c
	}
	c.State, c.Since = Running, now
	return c
}

// Pause holds a running countdown at now. One that does not run is unchanged.
func (c Countdown) Pause(now int64) Countdown {
	if c.State != Running {
		return c
	}
	c.Used = c.UsedAt(now)
	c.State, c.Since = Paused, 0
	return c
}

// WithLimit sets the limit, in milliseconds, 0 for none. A limit below the time
// used means overtime at once.
func (c Countdown) WithLimit(limit int64) Countdown {
	c.Limit = limit
	return c
}

// Extend lengthens the limit by d milliseconds, or shortens it where d is
// negative. The limit stays within [MinLimit] and [MaxLimit]. A countdown without a
// limit is unchanged.
func (c Countdown) Extend(d int64) Countdown {
	if c.Limit == 0 {
		return c
	}
	c.Limit = min(max(c.Limit+d, MinLimit), MaxLimit)
	return c
}

// GiveBack takes d milliseconds off the time used at now, which does not fall
// below 0.
func (c Countdown) GiveBack(now, d int64) Countdown {
	c.Used = max(0, c.UsedAt(now)-d)
	if c.State == Running {
		c.Since = now
	}
	return c
}

// Charge adds d milliseconds to the time used at now.
func (c Countdown) Charge(now, d int64) Countdown { return c.GiveBack(now, -d) }

// UsedAt is the time used at now. An instant before the countdown was
// last started counts as that start.
func (c Countdown) UsedAt(now int64) int64 {
	if c.State != Running {
		return c.Used
	}
	return c.Used + max(0, now-c.Since)
}

// RemainingAt is the time left at now, negative in overtime, and whether there
// is a limit at all.
func (c Countdown) RemainingAt(now int64) (remaining int64, limited bool) {
	if c.Limit == 0 {
		return 0, false
	}
	return c.Limit - c.UsedAt(now), true
}

// OvertimeAt is the time used past the limit at now, 0 where there is none.
func (c Countdown) OvertimeAt(now int64) int64 {
	remaining, limited := c.RemainingAt(now)
	if !limited {
		return 0
	}
	return max(0, -remaining)
}

// Phase is how far a countdown has come, as the screens show it.
type Phase string

// The phases of a countdown. Normal is also the phase of one without a limit.
const (
	Normal   Phase = "normal"
	Warning  Phase = "warning"  // at most the warning time remains
	Overtime Phase = "overtime" // the limit is past
)

// PhaseAt is the phase at now, where warn is the time remaining from which the
// speaker is warned, in milliseconds (0: never).
func (c Countdown) PhaseAt(now, warn int64) Phase {
	switch remaining, limited := c.RemainingAt(now); {
	case !limited:
		return Normal
	case remaining < 0:
		return Overtime
	case remaining <= warn && warn > 0:
		return Warning
	default:
		return Normal
	}
}
