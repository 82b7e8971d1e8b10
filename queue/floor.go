package queue

import (
	"cmp"
	"slices"

	"rostrum/timer"
)

// Floor is who has the floor. A Floor in a state never changes; another one
// takes its place.
type Floor struct {
	ID          string          `json:"id"`
	Participant string          `json:"participant"`
	Kind        Kind            `json:"kind"`
	BehalfOf    string          `json:"behalf_of,omitempty"`
	Speaker     string          `json:"speaker,omitempty"`
	Language    string          `json:"language,omitempty"`
	Panel       string          `json:"panel"`
	Timer       timer.Countdown `json:"timer"`
	// Asked, Recognised and Started are instants, 0 where it was not.
	Asked      int64 `json:"asked_ms,omitempty"`
	Recognised int64 `json:"recognised_ms"`
	Started    int64 `json:"started_ms,omitempty"`
	// Session is the session of the join code that asked.
	Session string `json:"session,omitempty"`
	// Request is the request that was used up, "" for none, and what follows is what else it
	// said, so that it can come back whole.
	Request  string `json:"request,omitempty"`
	Note     string `json:"note,omitempty"`
	Level    Level  `json:"level,omitempty"`
	Returned int64  `json:"returned_ms,omitempty"`
	Absent   int    `json:"absent,omitempty"`
	// Ruling is the chair's on a point of order that has ended, "" for none.
	Ruling Ruling `json:"ruling,omitempty"`
}

// Ruling is the chair's decision on a point of order, which is to be immediate
// (rule 71 of the rules of procedure of the General Assembly).
type Ruling string

// The rulings.
const (
	Sustained Ruling = "sustained"
	Overruled Ruling = "overruled"
)

// Recognise gives the floor to a participant: by its request, or by its name.
// Whoever had the floor has ended. Only the chair sends it.
type Recognise struct {
	ID          string `json:"id"` // becomes the intervention's
	Request     string `json:"request,omitempty"`
	Participant string `json:"participant,omitempty"`
	Kind        Kind   `json:"kind,omitempty"`
	Limit       Limit  `json:"limit_ms,omitzero"`
	// Start false only recognises; the countdown is started later.
	Start *bool `json:"start,omitempty"`
	// InsteadOf is the id on the floor that the sender saw, "" for nobody.
	InsteadOf *string `json:"instead_of,omitempty"`
}

// Validate checks ids, kind and limit.
func (c *Recognise) Validate() *Error {
	if r := first(madeID(c.ID), optionalID("request", c.Request), optionalID("participant", c.Participant)); r != nil {
		return r
	}
	switch {
	case c.Request == "" && c.Participant == "":
		return malformed("request", "Say who gets the floor, by request or by participant.")
	case c.Request != "" && c.Participant != "":
		return malformed("participant", "Give the request or the participant, not both.")
	case c.Request != "" && c.Kind != "":
		return malformed("kind", "The kind is the request's. Give it with a participant only.")
	}
	return first(kindField(c.Kind), limitField(c.Limit), optionalID("instead_of", deref(c.InsteadOf)))
}

func (c *Recognise) subject() string { return "recognise" }

func (c *Recognise) decide(s *State, _ Actor, now int64) ([]Event, *Error) {
	request, r, refusal := c.called(s)
	if refusal != nil {
		return nil, refusal
	}
	if r.Panel != s.Panel {
		return nil, refuse(PanelChanged, "The request is on the list of %q, and the panel is now %q.", r.Panel, s.Panel)
	}
	if c.InsteadOf != nil && *c.InsteadOf != s.floorID() {
		return nil, refuse(FloorChanged, "Another has the floor than you saw. Look at the floor and call again.")
	}
	panel, ok := s.panels.get(s.Panel)
	if !ok || panel.Status != Open {
		return nil, refuse(PanelNotOpen, "The panel %q is not open. Open it, then call.", s.Panel)
	}
	limit := s.limitOf(panel, r.Participant, r.Kind)
	if c.Limit.Set {
		limit = c.Limit.MS
	}
	floor := Floor{
		ID: c.ID, Participant: r.Participant, Kind: r.Kind, BehalfOf: r.BehalfOf, Speaker: r.Speaker, Language: r.Language,
		Panel: r.Panel, Timer: timer.New(limit), Asked: r.At, Recognised: now, Session: r.Session,
		Request: request, Note: r.Note, Level: r.Level, Returned: r.Returned, Absent: r.Absent,
	}
	if c.Start == nil || *c.Start {
		floor.Timer, floor.Started = floor.Timer.Start(now), now
	}
	return append(s.makeWay(r.Kind, now), &recognised{Floor: floor, Request: request}), nil
}

// called is who is called: a request, or one made up for a participant who has
// none. Then its id is "".
func (c *Recognise) called(s *State) (string, Request, *Error) {
	if c.Request != "" {
		r, ok := s.requests.get(c.Request)
		if !ok {
			return "", Request{}, noSuchRequest(c.Request)
		}
		return c.Request, r, nil
	}
	if _, ok := s.participants.get(c.Participant); !ok {
		return "", Request{}, noSuchParticipant(c.Participant)
	}
	kind := cmp.Or(c.Kind, Regular)
	if id, ok := s.requestOf(s.Panel, c.Participant, kind); ok {
		return id, s.requests.m[id], nil
	}
	return "", Request{Panel: s.Panel, Participant: c.Participant, Kind: kind}, nil
}

// makeWay frees the floor for one of a kind. A point of order holds the
// countdown of the speaker whom it interrupts (rule 71 of the rules of procedure of
// the General Assembly); for every other kind whoever had the floor has ended.
func (s *State) makeWay(kind Kind, now int64) []Event {
	if s.Floor == nil {
		return nil
	}
	if kind == PointOfOrder && s.Floor.Kind != PointOfOrder {
		return []Event{&floorInterrupted{Timer: s.Floor.Timer.Pause(now)}}
	}
	events := []Event{s.Floor.end(now, Replaced)}
	if s.Interrupted != nil && kind != PointOfOrder {
		events = append(events, &floorReturned{}, s.Interrupted.end(now, Replaced))
	}
	return events
}

func (s *State) floorID() string {
	if s.Floor == nil {
		return ""
	}
	return s.Floor.ID
}

type recognised struct {
	Floor   Floor  `json:"floor"`
	Request string `json:"request,omitempty"` // used up
}

func (e *recognised) apply(s *State, _ *Change) {
	floor := e.Floor
	s.Floor = &floor
	s.HeldAt = 0
	s.present(floor.Participant)
	if e.Request != "" {
		s.requests.remove(e.Request)
	}
}

type floorInterrupted struct {
	Timer timer.Countdown `json:"timer"` // as it is held
}

func (e *floorInterrupted) apply(s *State, _ *Change) {
	floor := *s.Floor
	floor.Timer = e.Timer
	s.Interrupted, s.Floor = &floor, nil
}

type floorReturned struct{}

func (e *floorReturned) apply(s *State, _ *Change) { s.Floor, s.Interrupted = s.Interrupted, nil }

// SetTime runs, holds, lengthens or shortens the countdown of the floor. Only the chair
// sends it.
type SetTime struct {
	Floor string `json:"-"` // the intervention that the sender saw, "" for any
	Timer string `json:"timer,omitempty"`
	Add   *int64 `json:"add_ms,omitempty"`
	Limit Limit  `json:"limit_ms,omitzero"`
	// Back gives time back that the speaker could not use: the time used falls by it.
	Back *int64 `json:"back_ms,omitempty"`
	// Charge charges time that the countdown was held: the time used rises by it.
	Charge *int64 `json:"charge_ms,omitempty"`
}

// Validate checks the act and the times.
func (c *SetTime) Validate() *Error {
	if !slices.Contains([]string{"", "start", "pause"}, c.Timer) {
		return malformed("timer", "The timer is told to start or to pause.")
	}
	if c.Add != nil && c.Limit.Set {
		return malformed("add_ms", "Give add_ms or limit_ms, not both.")
	}
	if c.Add != nil && (*c.Add < -timer.MaxLimit || *c.Add > timer.MaxLimit) {
		return malformed("add_ms", "A countdown is lengthened or shortened by at most %d milliseconds.", timer.MaxLimit)
	}
	if c.Back != nil && (*c.Back < 1 || *c.Back > timer.MaxLimit) {
		return malformed("back_ms", "Give back 1 to %d milliseconds.", timer.MaxLimit)
	}
	if c.Charge != nil && (*c.Charge < 1 || *c.Charge > timer.MaxLimit) {
		return malformed("charge_ms", "Charge 1 to %d milliseconds.", timer.MaxLimit)
	}
	if c.Charge != nil && c.Back != nil {
		return malformed("charge_ms", "Give charge_ms or back_ms, not both.")
	}
	return first(limitField(c.Limit), optionalID("floor", c.Floor))
}

func (c *SetTime) subject() string { return "set time " + c.Floor }

func (c *SetTime) decide(s *State, _ Actor, now int64) ([]Event, *Error) {
	if refusal := s.expectFloor(c.Floor); refusal != nil {
		return nil, refusal
	}
	if c.Timer == "start" && s.Floor.Timer.State != timer.Running && s.panels.m[s.Floor.Panel].Status != Open {
		return nil, refuse(PanelNotOpen, "The panel %q is suspended. Reopen it, then start the countdown.", s.Floor.Panel)
	}
	t := s.Floor.Timer
	switch {
	case c.Limit.Set:
		t = t.WithLimit(c.Limit.MS)
	case c.Add != nil && t.Limit == 0:
		return nil, refuse(NoLimit, "The intervention has no limit. Set one with limit_ms.")
	case c.Add != nil:
		t = t.Extend(*c.Add)
	}
	if c.Back != nil {
		t = t.GiveBack(now, *c.Back)
	}
	if c.Charge != nil {
		// Nobody has used more time than went by.
		t = t.Charge(now, max(0, min(*c.Charge, now-s.Floor.Recognised-t.UsedAt(now))))
	}
	switch c.Timer {
	case "start":
		t = t.Start(now)
	case "pause":
		t = t.Pause(now)
	}
	if t == s.Floor.Timer {
		return nil, nil
	}
	return []Event{&floorTimed{Timer: t}}, nil
}

// expectFloor refuses a command for a floor that is empty, or another than the
// one that its sender saw.
func (s *State) expectFloor(id string) *Error {
	switch {
	case s.Floor == nil:
		return refuse(FloorEmpty, "Nobody has the floor.")
	case id != "" && id != s.Floor.ID:
		return refuse(FloorChanged, "Another has the floor than you saw. Look at the floor and try again.")
	}
	return nil
}

type floorTimed struct {
	Timer timer.Countdown `json:"timer"`
}

func (e *floorTimed) apply(s *State, c *Change) {
	floor := *s.Floor
	if o := s.Outage; o != nil && o.Floor == floor.ID && e.Timer.UsedAt(c.At) < floor.Timer.UsedAt(c.At) {
		s.Outage = nil // the time is given back
	}
	goesOn := floor.Timer.State != timer.Running && e.Timer.State == timer.Running
	if o := s.Sleep; o != nil && o.Floor == floor.ID && (goesOn || e.Timer.UsedAt(c.At) > floor.Timer.UsedAt(c.At)) {
		s.Sleep = nil // the chair goes on, or charges the time
	}
	floor.Timer = e.Timer
	if floor.Started == 0 && e.Timer.State == timer.Running {
		floor.Started = c.At
	}
	if e.Timer.State == timer.Running {
		s.HeldAt = 0
	}
	s.Floor = &floor
}

// EndFloor ends the intervention: the chair ends it, the speaker yields.
type EndFloor struct {
	Floor string `json:"-"` // the intervention that the sender saw, "" for any
	// Ruling ends a point of order with the chair's decision on it.
	Ruling Ruling `json:"-"`
}

// Validate checks the id and the ruling.
func (c *EndFloor) Validate() *Error {
	if c.Ruling != "" && c.Ruling != Sustained && c.Ruling != Overruled {
		return malformed("ruling", "A point of order is sustained or overruled.")
	}
	return optionalID("floor", c.Floor)
}

func (c *EndFloor) subject() string {
	if c.Ruling != "" {
		return "end " + c.Floor + " " + string(c.Ruling)
	}
	return "end " + c.Floor
}

func (c *EndFloor) decide(s *State, by Actor, now int64) ([]Event, *Error) {
	if by.Role != Chair && s.Floor != nil && !by.owns(s.Floor.Participant, s.Floor.Session) {
		return nil, refuse(NotYours, "Only the speaker yields the floor, from the phone that asked or with the delegation's badge.")
	}
	if refusal := s.expectFloor(c.Floor); refusal != nil {
		return nil, refusal
	}
	how := ByChair
	if by.Role == Delegate {
		how = Yielded
	}
	var events []Event
	switch {
	case c.Ruling != "" && by.Role != Chair:
		return nil, refuse(NotYours, "Only the chair rules on a point of order. Yield without a ruling.")
	case c.Ruling != "" && s.Floor.Kind != PointOfOrder:
		return nil, refuse(NoPointOfOrder, "%s has the floor for no point of order. End the intervention without a ruling.", s.Floor.Participant)
	case c.Ruling != "":
		events = append(events, &pointRuled{ID: s.Floor.ID, Ruling: c.Ruling})
	}
	events = append(events, s.Floor.end(now, how))
	if s.Interrupted != nil {
		events = append(events, &floorReturned{})
	}
	return events, nil
}

// Ruled is the point of order that the chair has just ruled on, nil where the debate has
// gone on since: another was recognised or ended, or another panel is the current one. That the
// speaker whom it interrupted is back is part of the ruling.
func (s *State) Ruled() *Intervention {
	if len(s.record) == 0 {
		return nil
	}
	last := &s.record[len(s.record)-1]
	if last.Decision() == "" || last.Panel != s.Panel {
		return nil
	}
	if s.Floor != nil && s.Floor.Recognised > last.Recognised {
		return nil
	}
	return last
}

// pointRuled stands before the end of the point of order.
type pointRuled struct {
	ID     string `json:"id"`
	Ruling Ruling `json:"ruling"`
}

func (e *pointRuled) apply(s *State, _ *Change) {
	floor := *s.Floor
	floor.Ruling = e.Ruling
	s.Floor = &floor
}

func (f *Floor) end(now int64, how End) *floorEnded {
	return &floorEnded{ID: f.ID, Used: f.Timer.UsedAt(now), How: how}
}

type floorEnded struct {
	ID   string `json:"id"`
	Used int64  `json:"used_ms"`
	How  End    `json:"how"`
}

func (e *floorEnded) apply(s *State, c *Change) {
	f := s.Floor
	s.Floor, s.HeldAt = nil, 0
	ended := Intervention{Floor: *f, Ended: c.At, Used: e.Used, How: e.How}
	s.correctAgain(&ended)
	s.record = append(s.record, ended)
	s.speak(ended)
}

// HoldCountdown holds a running countdown at the last instant at which the server was known to be there, because
// after a restart the machine's clock was behind that: how much time has gone by since is
// not known. The server sends it; the chair goes on.
type HoldCountdown struct {
	At int64 // 0 where no later instant is known than the journal's last one
}

// Validate finds nothing wrong.
func (c *HoldCountdown) Validate() *Error { return nil }

func (c *HoldCountdown) subject() string { return "hold countdown" }

func (c *HoldCountdown) decide(s *State, _ Actor, _ int64) ([]Event, *Error) {
	if s.Floor == nil || s.Floor.Timer.State != timer.Running {
		return nil, nil
	}
	at := max(s.Last, c.At)
	return []Event{&countdownHeld{At: at, Timer: s.Floor.Timer.Pause(at)}}, nil
}

type countdownHeld struct {
	At    int64           `json:"at_ms"`
	Timer timer.Countdown `json:"timer"`
}

func (e *countdownHeld) apply(s *State, _ *Change) {
	floor := *s.Floor
	floor.Timer = e.Timer
	s.Floor, s.HeldAt = &floor, e.At
	s.steps = nil // how much time has gone by since is not known
}
