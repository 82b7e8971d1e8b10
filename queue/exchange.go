package queue

import (
	"maps"
	"slices"
	"strings"
)

// Exchange changes the places of two requests of a panel. A delegation offers it, and when
// the other offers it too they change places; the chair changes them at once. An offer
// lapses when one of the two goes, gets another panel, or has changed places.
type Exchange struct {
	Request string `json:"-"`
	With    string `json:"with"`
}

// Validate checks the ids.
func (c *Exchange) Validate() *Error {
	if c.With == c.Request {
		return malformed("with", "Give another request than the one that is exchanged.")
	}
	return idField("with", c.With)
}

func (c *Exchange) subject() string { return "exchange " + c.Request }

func (c *Exchange) decide(s *State, by Actor, _ int64) ([]Event, *Error) {
	r, ok := s.requests.get(c.Request)
	if !ok {
		return nil, noSuchRequest(c.Request)
	}
	other, ok := s.requests.get(c.With)
	if !ok {
		return nil, noSuchRequest(c.With)
	}
	switch {
	case by.Role != Chair && !by.owns(r.Participant, r.Session):
		return nil, refuse(NotYours, "The request is not yours. You may offer your own place only.")
	case r.Panel != other.Panel:
		return nil, refuse(OtherPanel, "The request %q is on the list of another panel.", c.With)
	case r.Kind != Regular || other.Kind != Regular:
		return nil, refuse(NoExchange, "Only requests for interventions are exchanged. A point of order or a right of reply has its own place.")
	}
	if by.Role == Chair || s.offers.m[c.With] == c.Request {
		return []Event{&exchanged{Requests: []placed{{c.Request, other.Rank}, {c.With, r.Rank}}}}, nil
	}
	if s.offers.m[c.Request] == c.With {
		return nil, nil
	}
	return []Event{&exchangeOffered{ID: c.Request, With: c.With}}, nil
}

// exchangeOffered offers the place of a request for another's. It takes the place of an
// earlier offer.
type exchangeOffered struct {
	ID   string `json:"id"`
	With string `json:"with"`
}

func (e *exchangeOffered) apply(s *State, _ *Change) { s.offers.set(e.ID, e.With) }

// exchanged gives two requests each other's ranks.
type exchanged struct {
	Requests []placed `json:"requests"`
}

func (e *exchanged) apply(s *State, c *Change) {
	if !strings.HasPrefix(c.By, string(Chair)) {
		s.keepExchange(e.Requests[0].ID, e.Requests[1].ID)
	}
	for _, p := range e.Requests {
		r, _ := s.requests.get(p.ID)
		r.Rank = p.Rank
		s.requests.set(p.ID, r)
		s.dropOffers(p.ID)
	}
}

// keepExchange lets two requests that are about to change places have changed them also where the
// steps before are taken back: each comes to where the other would.
func (s *State) keepExchange(a, b string) {
	steps := slices.Clone(s.steps) // what is published keeps its own
	x, y := s.requests.m[a], s.requests.m[b]
	for i := len(steps) - 1; i >= 0; i-- {
		was := steps[i].Earlier
		if slices.Contains(was.Added, a) || slices.Contains(was.Added, b) {
			break // before that there was nothing to exchange
		}
		movedA, movedB := slices.Contains(was.Moved, a), slices.Contains(was.Moved, b)
		if !movedA && !movedB {
			continue
		}
		if movedA {
			x = was.Requests[a]
		}
		if movedB {
			y = was.Requests[b]
		}
		if x.Panel != y.Panel {
			break // one was carried to where the other stood
		}
		step := *steps[i]
		step.Earlier.Requests, step.Earlier.Moved = maps.Clone(was.Requests), slices.Clone(was.Moved)
		for id, r := range map[string]Request{a: x.at(y.Rank), b: y.at(x.Rank)} {
			step.Earlier.Requests[id] = r
			if !slices.Contains(was.Moved, id) {
				step.Earlier.Moved = append(step.Earlier.Moved, id)
			}
		}
		steps[i] = &step
	}
	s.steps = steps
}

// at is the request at another place.
func (r Request) at(rank string) Request {
	r.Rank = rank
	return r
}

// DropExchange takes an offer to exchange places back, or declines it. Delegates send it.
type DropExchange struct {
	Request string `json:"-"` // which offers its place
}

// Validate finds nothing wrong: the request is looked up.
func (c *DropExchange) Validate() *Error { return nil }

func (c *DropExchange) subject() string { return "drop exchange " + c.Request }

func (c *DropExchange) decide(s *State, by Actor, _ int64) ([]Event, *Error) {
	r, ok := s.requests.get(c.Request)
	if !ok {
		return nil, noSuchRequest(c.Request)
	}
	with, offered := s.offers.get(c.Request)
	other := s.requests.m[with]
	if !by.owns(r.Participant, r.Session) && !(offered && by.owns(other.Participant, other.Session)) {
		return nil, refuse(NotYours, "Only the two whose places are to be exchanged take the offer back or decline it.")
	}
	if !offered {
		return nil, nil
	}
	return []Event{&exchangeDropped{ID: c.Request}}, nil
}

type exchangeDropped struct {
	ID string `json:"id"`
}

func (e *exchangeDropped) apply(s *State, _ *Change) { s.offers.remove(e.ID) }

// Offers are the offers to exchange places, each by the request that makes it.
func (s *State) Offers() map[string]string { return s.offers.m }

// offersOf are the offers by a request and to it.
func (s *State) offersOf(id string) map[string]string {
	offers := make(map[string]string)
	for from, to := range s.offers.m {
		if from == id || to == id {
			offers[from] = to
		}
	}
	return offers
}

// dropOffers takes away the offers by a request and to it.
func (s *State) dropOffers(id string) {
	for from := range s.offersOf(id) {
		s.offers.remove(from)
	}
}

// lapse takes away the offers one of whose requests is gone.
func (s *State) lapse() {
	for from, to := range s.offers.m {
		r, ok := s.requests.get(from)
		other, there := s.requests.get(to)
		if !ok || !there || r.Panel != other.Panel {
			s.offers.remove(from)
		}
	}
}

// reoffer brings back the offers that lapsed by a step, unless another has been made since.
func (s *State) reoffer(was earlier) {
	for from, to := range was.Offers {
		if _, ok := s.offers.get(from); !ok {
			s.offers.set(from, to)
		}
	}
}

// keepOffers keeps the offers that lapse with a request.
func (was *earlier) keepOffers(s *State, id string) {
	for from, to := range s.offersOf(id) {
		if was.Offers == nil {
			was.Offers = make(map[string]string)
		}
		was.Offers[from] = to
	}
}
