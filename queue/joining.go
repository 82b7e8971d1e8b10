package queue

// JoinRule is how a debate's file says that those in the room may join by a code.
type JoinRule struct {
	// Every is how long a code is valid, in milliseconds, 0 for half an hour.
	Every int64 `json:"every_ms,omitempty"`
	// Never says that the code does not change by itself.
	Never bool `json:"never,omitempty"`
	// Confirm says that the chair confirms the first claim of each delegation.
	Confirm bool `json:"confirm,omitempty"`
}

// The bounds of a join code's period, in milliseconds.
const (
	usualPeriod = 30 * 60 * 1000
	MinPeriod   = 60 * 1000
	MaxPeriod   = day
)

// Join is the join code of a debate: which one it is, never what it is.
type Join struct {
	// Number counts the codes.
	Number int64 `json:"number,omitempty"`
	// Until is the instant at which the code is to change, 0 where it does not.
	Until int64 `json:"until_ms,omitempty"`
	// BeforeUntil is the instant from which the code before is not accepted, 0 where it is not.
	BeforeUntil int64 `json:"before_until_ms,omitempty"`
	Off         bool  `json:"off,omitempty"`
	// Every and Never are as the chair set them, over the file's rule; 0 and false as the file says.
	Every int64 `json:"every_ms,omitempty"`
	Never bool  `json:"never,omitempty"`
}

// Join is the join code as it is now.
func (s *State) Join() Join { return s.access.join }

// JoinEvery is after how many milliseconds the join code changes, 0 for never.
func (s *State) JoinEvery() int64 { return s.access.join.every(s.Debate.Join) }

func (j Join) every(rule JoinRule) int64 {
	switch {
	case j.Never:
		return 0
	case j.Every != 0:
		return j.Every
	case rule.Never:
		return 0
	case rule.Every != 0:
		return rule.Every
	default:
		return usualPeriod
	}
}

// JoinNumbers are the numbers of the codes that are accepted at the instant now:
// the code, and for one more period the one before it.
func (s *State) JoinNumbers(now int64) []int64 {
	j := s.access.join
	switch {
	case j.Off:
		return nil
	case j.Number > 0 && now < j.BeforeUntil:
		return []int64{j.Number, j.Number - 1}
	default:
		return []int64{j.Number}
	}
}

// ChangeCode goes on to the next join code where that is due, and begins the first
// period. The server sends it when it starts and at the end of each period.
type ChangeCode struct{}

// Validate finds nothing wrong.
func (c *ChangeCode) Validate() *Error { return nil }

func (c *ChangeCode) subject() string { return "change code" }

func (c *ChangeCode) decide(s *State, _ Actor, now int64) ([]Event, *Error) {
	return joinChange(s, s.access.join.due(s.JoinEvery(), now))
}

// due is the join code at an instant, with the changes that have become due.
func (j Join) due(every, now int64) Join {
	switch {
	case j.Off:
	case every == 0:
		j.Until = 0
	case j.Until == 0:
		j.Until = now + every
	case now >= j.Until:
		j.Number++
		j.BeforeUntil = j.Until + every
		if j.Until += every; j.Until <= now { // the server was away
			j.Until = now + every
		}
	}
	return j
}

func joinChange(s *State, to Join) ([]Event, *Error) {
	if to == s.access.join {
		return nil, nil
	}
	return []Event{&joinChanged{to}}, nil
}

// SetJoin lets the room join by the code or not, says how often the code changes, and
// makes a new one at once. Only the chair sends it.
type SetJoin struct {
	On *bool `json:"on,omitempty"`
	// Every is the time from one code to the next; none is never.
	Every Limit `json:"every_ms,omitzero"`
	// Renew makes a new code at once. The one before is not accepted any more.
	Renew bool `json:"renew,omitempty"`
}

// Validate checks the period.
func (c *SetJoin) Validate() *Error {
	if c.Every.Set && !c.Every.None && (c.Every.MS < MinPeriod || c.Every.MS > MaxPeriod) {
		return malformed("every_ms", "A code is valid for %d to %d milliseconds, or null for as long as the debate.", MinPeriod, MaxPeriod)
	}
	return nil
}

func (c *SetJoin) subject() string { return "set join" }

func (c *SetJoin) decide(s *State, _ Actor, now int64) ([]Event, *Error) {
	j, rule := s.access.join, s.Debate.Join
	was := j.every(rule)
	if c.Every.Set {
		j.Every, j.Never = c.Every.MS, c.Every.None
	}
	if c.On != nil {
		j.Off = !*c.On
	}
	every := j.every(rule)
	j = j.due(every, now) // a code that ended while joining was off is not accepted again
	if c.Renew {
		j.Number++
		j.BeforeUntil = 0
	}
	if every != was || c.Renew {
		j.Until = 0
		if every != 0 {
			j.Until = now + every
		}
	}
	return joinChange(s, j)
}

type joinChanged struct {
	Join Join `json:"join"`
}

func (e *joinChanged) apply(s *State, _ *Change) { s.access.join = e.Join }

// joinStep says in a word what the chair set of the join code, "" for a new code: that
// cannot be taken back, since it may be known to those it was meant to keep out.
func joinStep(was, is Join) string {
	switch {
	case is.Off && !was.Off:
		return "join_off"
	case !is.Off && was.Off:
		return "join_on"
	case is.Every != was.Every || is.Never != was.Never:
		return "join_period"
	default:
		return ""
	}
}

// restored is the join code after an undo of what the chair set: the setting is as it
// was, the code stays.
func (j Join) restored(was Join) Join {
	if j.Number != was.Number {
		was.Number, was.Until, was.BeforeUntil = j.Number, j.Until, j.BeforeUntil
	}
	return was
}

// ClaimSeat says that a session came by the join code for its participant. It makes a
// claim for the chair to confirm, where the debate is so set and there is none yet.
type ClaimSeat struct{}

// Validate finds nothing wrong.
func (c *ClaimSeat) Validate() *Error { return nil }

func (c *ClaimSeat) subject() string { return "claim seat" }

func (c *ClaimSeat) decide(s *State, by Actor, now int64) ([]Event, *Error) {
	if _, ok := s.participants.get(by.Participant); !ok {
		return nil, noSuchParticipant(by.Participant)
	}
	if _, ok := s.access.claims.get(by.Participant); ok || !s.ClaimPending(by) {
		return nil, nil
	}
	return []Event{&claimed{by.Participant, Claim{At: now, Session: by.Session}}}, nil
}

type claimed struct {
	Participant string `json:"participant"`
	Claim       Claim  `json:"claim"`
}

func (e *claimed) apply(s *State, _ *Change) { s.access.claims.set(e.Participant, e.Claim) }

// AnswerClaim confirms that those who came by the join code for a participant are
// its delegation, or puts them out. Only the chair sends it.
type AnswerClaim struct {
	Participant string `json:"-"`
	Accept      *bool  `json:"accept"`
}

// Validate checks that there is an answer.
func (c *AnswerClaim) Validate() *Error {
	if c.Accept == nil {
		return malformed("accept", "Say true or false.")
	}
	return nil
}

func (c *AnswerClaim) subject() string { return "answer claim " + c.Participant }

func (c *AnswerClaim) decide(s *State, _ Actor, _ int64) ([]Event, *Error) {
	if _, ok := s.participants.get(c.Participant); !ok {
		return nil, noSuchParticipant(c.Participant)
	}
	claim, ok := s.access.claims.get(c.Participant)
	switch {
	case !*c.Accept: // also those who came before claims were confirmed
		return []Event{&claimAnswered{c.Participant, false}}, nil
	case !ok:
		return nil, refuse(NoSuchClaim, "Nobody claims to speak for %s, or the claim was turned down.", c.Participant)
	case claim.Accepted:
		return nil, nil
	default:
		return []Event{&claimAnswered{c.Participant, true}}, nil
	}
}

type claimAnswered struct {
	Participant string `json:"participant"`
	Accepted    bool   `json:"accepted,omitempty"`
}

func (e *claimAnswered) apply(s *State, c *Change) {
	if e.Accepted {
		claim, _ := s.access.claims.get(e.Participant)
		claim.Accepted = true
		s.access.claims.set(e.Participant, claim)
		return
	}
	s.Access = c.Seq
	s.access.claims.remove(e.Participant)
	s.access.joined.set(e.Participant, s.access.joined.m[e.Participant]+1)
}
