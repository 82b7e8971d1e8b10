package queue

import "slices"

// Reorder puts a panel's list into an order, such as one that was proposed. Only the chair
// sends it.
type Reorder struct {
	Panel string `json:"-"`
	// Order are requests of the panel. Those that are gone meanwhile are left out, and
	// those that it does not name keep their order behind.
	Order []string `json:"order"`
	// By is how the order was found, "" where the chair made it.
	By Ordering `json:"by,omitempty"`
}

// Validate checks the ids and the ordering.
func (c *Reorder) Validate() *Error {
	if c.Order == nil {
		return malformed("order", "Give the ids of the requests in their order.")
	}
	for _, id := range c.Order {
		if r := idField("order", id); r != nil {
			return r
		}
	}
	if c.By != "" && !c.By.Valid() {
		return malformed("by", "An order is by asked, not_spoken, categories, groups or precedence.")
	}
	return nil
}

func (c *Reorder) subject() string { return "reorder " + c.Panel }

func (c *Reorder) decide(s *State, _ Actor, _ int64) ([]Event, *Error) {
	p, ok := s.panels.get(c.Panel)
	if !ok {
		return nil, noSuchPanel(c.Panel)
	}
	list := s.List(c.Panel)
	var order []string
	for _, id := range slices.Concat(c.Order, list) {
		if slices.Contains(list, id) && !slices.Contains(order, id) {
			order = append(order, id)
		}
	}
	e := listOrdered{Panel: c.Panel, By: c.By}
	// Points of order stay first, and rights of reply last.
	for _, kinds := range []func(Kind) bool{
		func(k Kind) bool { return k == PointOfOrder },
		Kind.inTurn,
		func(k Kind) bool { return k == RightOfReply },
	} {
		e.rank(s, list, slices.DeleteFunc(slices.Clone(order), func(id string) bool { return !kinds(s.requests.m[id].Kind) }), p.Places)
	}
	if len(e.Requests) == 0 {
		return nil, nil
	}
	return []Event{&e}, nil
}

// rank gives requests of one kind of places the ranks of such places in the list, in
// order, and new ones where these do not suffice, since the chair has moved one out of its
// kind.
func (e *listOrdered) rank(s *State, list, order []string, places int64) {
	if len(order) == 0 {
		return
	}
	kind := s.requests.m[order[0]].Kind
	var ranks []string
	for _, id := range list {
		if rank := s.requests.m[id].Rank; zone(rank) == zone(placeRank(kind, 1)) {
			ranks = append(ranks, rank)
		}
	}
	for len(ranks) < len(order) {
		e.Places++
		ranks = append(ranks, placeRank(kind, places+e.Places))
	}
	slices.Sort(ranks)
	for i, id := range order {
		if ranks[i] != s.requests.m[id].Rank {
			e.Requests = append(e.Requests, placed{id, ranks[i]})
		}
	}
}

// listOrdered gives requests of a panel other ranks.
type listOrdered struct {
	Panel    string   `json:"panel"`
	By       Ordering `json:"by,omitempty"`
	Requests []placed `json:"requests"`
	Places   int64    `json:"places,omitempty"` // how many new places were given
}

func (e *listOrdered) apply(s *State, _ *Change) {
	for _, p := range e.Requests {
		r, _ := s.requests.get(p.ID)
		r.Rank = p.Rank
		s.requests.set(p.ID, r)
	}
	for range e.Places {
		s.givePlace(e.Panel)
	}
}
