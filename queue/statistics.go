package queue

import "slices"

// Statistics say how a debate was shared out: in all, and by panel, category and regional
// group. Who has no group is in none. What has nothing to count is left out.
type Statistics struct {
	Total      Share            `json:"total"`
	Panels     map[string]Share `json:"panels"`
	Categories map[string]Share `json:"categories"`
	Groups     map[string]Share `json:"groups"`
}

// Share is a part of a debate. All times are in milliseconds.
type Share struct {
	// Interventions are those of all kinds that have ended, and Participants how many
	// different participants made them.
	Interventions int   `json:"interventions"`
	Participants  int   `json:"participants"`
	Used          int64 `json:"used_ms"`
	Overtime      int64 `json:"overtime_ms"`
	// WaitedMedian and WaitedLongest are the time from the request to the recognition, of
	// interventions that were asked for. Points of order and rights of reply are left out, since
	// they do not wait for their turn. Nil where there are none.
	WaitedMedian  *int64 `json:"waited_median_ms,omitempty"`
	WaitedLongest *int64 `json:"waited_longest_ms,omitempty"`
	// NotReached are the requests that still stand on the list of a panel that is over.
	NotReached int `json:"not_reached"`
}

// Statistics counts what has ended so far, and who was not reached.
func (s *State) Statistics() Statistics {
	total := new(tally)
	panels, categories, groups := make(tallies), make(tallies), make(tallies)
	each := func(panel, participant string, count func(*tally)) {
		p := s.participants.m[participant]
		count(total)
		count(panels.of(panel))
		count(categories.of(p.Category))
		if p.Group != "" {
			count(groups.of(p.Group))
		}
	}
	for _, i := range s.record {
		waited := s.Elapsed(i.Asked, i.Recognised)
		each(i.Panel, i.Participant, func(t *tally) { t.add(i, waited) })
	}
	for _, r := range s.requests.m {
		if s.over(r.Panel) {
			each(r.Panel, r.Participant, func(t *tally) { t.share.NotReached++ })
		}
	}
	return Statistics{total.sum(), panels.sums(), categories.sums(), groups.sums()}
}

// Unreached are the requests that still stand on the list of a panel that is over, in
// their order.
func (s *State) Unreached(panel string) []string {
	if !s.over(panel) {
		return nil
	}
	return s.List(panel)
}

// over says whether nobody on a panel's list will be called any more: another panel is
// current, or the panel is closed, and it has had its turn, that is, somebody spoke in it or it comes
// before the current one in the programme. A panel that is still to come is not over.
func (s *State) over(panel string) bool {
	p := s.panels.m[panel]
	if panel == s.Panel && p.Status != Closed {
		return false
	}
	return p.Order < s.panels.m[s.Panel].Order ||
		slices.ContainsFunc(s.record, func(i Intervention) bool { return i.Panel == panel })
}

// inTurn says whether those of a kind wait for their turn on the list: a point of order
// goes before everything, and a right of reply behind everything.
func (k Kind) inTurn() bool { return k != PointOfOrder && k != RightOfReply }

// tally is a share that is being counted.
type tally struct {
	share    Share
	speakers map[string]bool
	waited   []int64
}

type tallies map[string]*tally

func (ts tallies) of(id string) *tally {
	if ts[id] == nil {
		ts[id] = new(tally)
	}
	return ts[id]
}

func (ts tallies) sums() map[string]Share {
	shares := make(map[string]Share, len(ts))
	for id, t := range ts {
		shares[id] = t.sum()
	}
	return shares
}

// add counts an intervention, which came so long after its request.
func (t *tally) add(i Intervention, waited int64) {
	t.share.Interventions++
	t.share.Used += i.Used
	t.share.Overtime += i.Overtime()
	if t.speakers == nil {
		t.speakers = make(map[string]bool)
	}
	t.speakers[i.Participant] = true
	if i.Asked != 0 && i.Kind.inTurn() {
		t.waited = append(t.waited, waited)
	}
}

func (t *tally) sum() Share {
	t.share.Participants = len(t.speakers)
	if n := len(t.waited); n > 0 {
		slices.Sort(t.waited)
		median := (t.waited[(n-1)/2] + t.waited[n/2]) / 2
		t.share.WaitedMedian, t.share.WaitedLongest = &median, &t.waited[n-1]
	}
	return t.share
}
