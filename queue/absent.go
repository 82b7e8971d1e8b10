package queue

import "slices"

// Absence says that a participant was taken off a list because it was not in the room when
// it was called, for the second time.
type Absence struct {
	Panel string `json:"panel"`
	At    int64  `json:"at_ms"` // instant
}

// NotInRoom says that a participant whom the chair calls is not in the room. Its request goes
// to the end of the list once, and the next time off it. Only the chair sends it.
type NotInRoom struct {
	// OnFloor says that it was recognised already: the recognition is taken away, as if
	// it had never been. Otherwise Request is called from the list.
	OnFloor bool   `json:"-"`
	Request string `json:"-"`
	Floor   string `json:"-"` // with OnFloor, the intervention that the sender saw, "" for any
}

// Validate checks the id.
func (c *NotInRoom) Validate() *Error { return optionalID("floor", c.Floor) }

func (c *NotInRoom) subject() string {
	if c.OnFloor {
		return "not in room, floor " + c.Floor
	}
	return "not in room " + c.Request
}

func (c *NotInRoom) decide(s *State, _ Actor, now int64) ([]Event, *Error) {
	if !c.OnFloor {
		r, ok := s.requests.get(c.Request)
		if !ok {
			return nil, noSuchRequest(c.Request)
		}
		return []Event{s.missed(c.Request, r, now)}, nil
	}
	if refusal := s.expectFloor(c.Floor); refusal != nil {
		return nil, refusal
	}
	events := []Event{&floorVacated{ID: s.Floor.ID}}
	if s.Interrupted != nil {
		events = append(events, &floorReturned{})
	}
	if id, r, ok := s.Floor.request(); ok {
		events = append(events, s.missed(id, r, now))
	}
	return events, nil
}

// request is the request that a floor used up, if it did.
func (f *Floor) request() (id string, r Request, ok bool) {
	return f.Request, Request{
		Panel: f.Panel, Participant: f.Participant, Kind: f.Kind, BehalfOf: f.BehalfOf, Language: f.Language, Level: f.Level,
		At: f.Asked, Returned: f.Returned, Note: f.Note, Speaker: f.Speaker, Session: f.Session, Absent: f.Absent,
	}, f.Request != ""
}

// missed is what becomes of a request whose participant is not in the room. Where the
// participant has asked again since it was recognised, that request stands for both.
func (s *State) missed(id string, r Request, now int64) Event {
	absent := r.Absent
	if other, ok := s.requestOf(r.Panel, r.Participant, r.Kind); ok && other != id {
		id, r = other, s.requests.m[other]
		absent = max(absent, r.Absent)
	}
	if absent > 0 {
		return &absentRemoved{ID: id, Panel: r.Panel, Participant: r.Participant, Kind: r.Kind}
	}
	r.Absent, r.Returned = 1, now
	r.Rank = s.nextPlace(r.Panel, r.Kind)
	return &requestDeferred{ID: id, Request: r}
}

// floorVacated takes a recognition away. It leaves no entry in the record.
type floorVacated struct {
	ID string `json:"id"`
}

func (e *floorVacated) apply(s *State, _ *Change) { s.Floor, s.HeldAt = nil, 0 }

// requestDeferred puts a request to the end of its list, since its participant was
// not in the room.
type requestDeferred struct {
	ID      string  `json:"id"`
	Request Request `json:"request"` // as it is from now on
}

func (e *requestDeferred) apply(s *State, _ *Change) {
	s.requests.set(e.ID, e.Request)
	s.dropOffers(e.ID)
	s.givePlace(e.Request.Panel)
	s.miss(e.Request.Panel, e.Request.Participant, e.Request.Kind)
}

// absentRemoved takes the request of a participant off the list, where it is still there, since
// the participant was not in the room for the second time.
type absentRemoved struct {
	ID          string `json:"id"`
	Panel       string `json:"panel"`
	Participant string `json:"participant"`
	Kind        Kind   `json:"kind"`
}

func (e *absentRemoved) apply(s *State, c *Change) {
	s.requests.remove(e.ID)
	s.miss(e.Panel, e.Participant, e.Kind)
	s.absent.set(e.Participant, Absence{e.Panel, c.At})
}

// miss counts the call of one who waited for its turn and was not in the room.
func (s *State) miss(panel, participant string, kind Kind) {
	if !kind.inTurn() {
		return
	}
	p, _ := s.panels.get(panel)
	p.Missed = append(slices.Clip(p.Missed), participant) // what is published keeps its own
	s.panels.set(panel, p)
}

// present forgets that a participant was absent, since it asks or speaks.
func (s *State) present(participant string) {
	if _, ok := s.absent.get(participant); ok {
		s.absent.remove(participant)
	}
}

// unmiss takes back what a step changed of who is absent. One that has asked since is not.
func (s *State) unmiss(was earlier) {
	for participant, absence := range was.Absent {
		if absence == (Absence{}) || s.asks(participant) {
			s.present(participant)
		} else {
			s.absent.set(participant, absence)
		}
	}
	for panel, n := range was.Missed {
		p, _ := s.panels.get(panel)
		p.Missed = p.Missed[:n:n]
		s.panels.set(panel, p)
	}
}

// asks says whether a participant is on a list.
func (s *State) asks(participant string) bool {
	for _, r := range s.requests.m {
		if r.Participant == participant {
			return true
		}
	}
	return false
}
