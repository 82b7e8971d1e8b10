package queue

// Carry takes all requests of a panel to the end of another's list, in their order, so that
// who was not reached is heard there. Only the chair sends it.
type Carry struct {
	ID    string `json:"id"`
	Panel string `json:"-"`
	To    string `json:"to"`
}

// Validate checks the ids.
func (c *Carry) Validate() *Error {
	if r := first(idField("id", c.ID), idField("to", c.To)); r != nil {
		return r
	}
	if c.To == c.Panel {
		return malformed("to", "The requests are on the list of %q already.", c.To)
	}
	return nil
}

func (c *Carry) subject() string { return "carry " + c.Panel }

func (c *Carry) decide(s *State, _ Actor, _ int64) ([]Event, *Error) {
	if _, ok := s.panels.get(c.Panel); !ok {
		return nil, noSuchPanel(c.Panel)
	}
	to, ok := s.panels.get(c.To)
	if !ok {
		return nil, noSuchPanel(c.To)
	}
	e := carried{From: c.Panel, To: c.To}
	for _, id := range s.List(c.Panel) {
		r := s.requests.m[id]
		if _, ok := s.requestOf(c.To, r.Participant, r.Kind); ok {
			e.Dropped = append(e.Dropped, id)
			continue
		}
		place := to.Places + int64(len(e.Requests)) + 1
		e.Requests = append(e.Requests, placed{id, placeRank(r.Kind, place)})
	}
	if len(e.Requests)+len(e.Dropped) == 0 {
		return nil, nil
	}
	return []Event{&e}, nil
}

// carried says which requests went to the end of another panel's list, each to a new
// place, and which were dropped because their participants ask there already.
type carried struct {
	From     string   `json:"from"`
	To       string   `json:"to"`
	Requests []placed `json:"requests,omitempty"`
	Dropped  []string `json:"dropped,omitempty"`
}

// placed is a request and its new rank.
type placed struct {
	ID   string `json:"id"`
	Rank string `json:"rank"`
}

func (e *carried) apply(s *State, _ *Change) {
	for _, id := range e.Dropped {
		s.requests.remove(id)
	}
	for _, p := range e.Requests {
		r, _ := s.requests.get(p.ID)
		r.Panel, r.Rank = e.To, p.Rank
		s.requests.set(p.ID, r)
		s.dropOffers(p.ID)
		s.givePlace(e.To)
	}
}
