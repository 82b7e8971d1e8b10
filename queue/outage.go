package queue

import "rostrum/timer"

// shortOutage is how long an outage is at the least to be told, in milliseconds: a shorter one is hardly
// longer than the error with which its beginning is known, and not worth a word to the chair.
const shortOutage = 5_000

// Outage says how long the room was without the server while a countdown ran, which went
// on meanwhile. Where there were several, From is so early that it is as long as all
// of them. It is gone once time was given back, or the intervention has ended.
type Outage struct {
	Floor string `json:"floor"` // the intervention
	From  int64  `json:"from_ms"`
	To    int64  `json:"to_ms"`
}

// TellOutage tells that the server was away while a countdown ran: from the instant at which
// it was last known to be there, to the one at which it is again. The server sends it.
type TellOutage struct {
	From int64
	To   int64
}

// Validate finds nothing wrong.
func (c *TellOutage) Validate() *Error { return nil }

func (c *TellOutage) subject() string { return "tell outage" }

func (c *TellOutage) decide(s *State, _ Actor, _ int64) ([]Event, *Error) {
	if s.Floor == nil || s.Floor.Timer.State != timer.Running {
		return nil, nil
	}
	// It cannot have begun before the countdown, where the server did not come to say that it was there.
	from := max(c.From, s.Floor.Timer.Since)
	if c.To-from < shortOutage {
		return nil, nil
	}
	if before := s.Outage; before != nil {
		from -= before.To - before.From
	}
	return []Event{&outageTold{Outage{Floor: s.Floor.ID, From: from, To: c.To}}}, nil
}

type outageTold struct {
	Outage Outage `json:"outage"`
}

func (e *outageTold) apply(s *State, _ *Change) {
	outage := e.Outage
	s.Outage = &outage
}

// forgetOutage forgets an outage whose intervention is over, or has not begun.
func (s *State) forgetOutage() {
	if s.Outage == nil {
		return
	}
	for _, f := range []*Floor{s.Floor, s.Interrupted} {
		if f != nil && f.ID == s.Outage.Floor && f.Timer.State != timer.Ready {
			return
		}
	}
	s.Outage = nil
}
