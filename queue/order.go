package queue

import (
	"cmp"
	"slices"
)

// Ordering is a way to order a list, which is proposed to the chair. The President calls
// speakers in the order in which they asked (rule 68 of the rules of procedure of the General
// Assembly); an interactive debate without an established list leaves the order to its
// chair, and these are the ways that chairs take.
type Ordering string

// The orderings.
const (
	// ByAsking is the order of request.
	ByAsking Ordering = "asked"
	// NotSpokenFirst puts those before who have made no intervention in the debate yet.
	NotSpokenFirst Ordering = "not_spoken"
	// ByCategories gives each place to the category whose last turn in the panel is the longest
	// ago; one that had none comes first.
	ByCategories Ordering = "categories"
	// ByGroups gives each place to the regional group that has had the fewest turns in
	// the panel, and among such to the one that has spoken for the shortest time in the
	// debate. Those without a group share one.
	ByGroups Ordering = "groups"
	// ByPrecedence puts Heads of State first, then Heads of Government, then ministers, at
	// the first call of a participant in the panel.
	ByPrecedence Ordering = "precedence"
)

var orderings = []Ordering{ByAsking, NotSpokenFirst, ByCategories, ByGroups, ByPrecedence}

// Valid says whether there is such an ordering.
func (o Ordering) Valid() bool { return slices.Contains(orderings, o) }

// longestWaiting says that of the calls from a panel's list every such one goes to
// who has waited longest, whatever the ordering prefers.
const longestWaiting = 4

// Proposal is a panel's list as an ordering puts it: a permutation of [State.List].
//
// Points of order come first (rule 71) and rights of reply last (rule 73), each among
// themselves as they stand. The other places are filled one after the other. Each goes to
// the request that the ordering prefers, as if those before had spoken; where it prefers
// none, to the one that has waited longest; where that is the same, to the one that stands
// further in front. So equals keep their order, and a proposal that was applied is proposed again.
//
// Nobody starves: the calls of a panel are numbered, points of order and rights of reply left out,
// and every fourth call is for the one that has waited longest. If proposals are applied before each
// call and the first on the list is called, a request before which n others waited is
// called at the latest as the 4(n+1)th from then on, whoever asks meanwhile; those of the same
// millisecond count among the n, for either may stand in front. By precedence
// there is no such rule: it holds once for each participant of a panel, so that at most the
// whole roster goes before.
func (s *State) Proposal(panel string, by Ordering) []string {
	var first, middle, last []string
	for _, id := range s.List(panel) {
		switch s.requests.m[id].Kind {
		case PointOfOrder:
			first = append(first, id)
		case RightOfReply:
			last = append(last, id)
		default:
			middle = append(middle, id)
		}
	}
	turns := s.turnsIn(panel)
	for len(middle) > 0 {
		turns.calls++
		next := slices.MinFunc(middle, func(a, b string) int { // the first of equals
			x, y := s.requests.m[a], s.requests.m[b]
			return cmp.Or(slices.Compare(turns.key(x, by), turns.key(y, by)), cmp.Compare(x.since(), y.since()))
		})
		turns.take(s.requests.m[next].Participant)
		first = append(first, next)
		middle = slices.DeleteFunc(middle, func(id string) bool { return id == next })
	}
	return append(first, last...)
}

// since is the instant from which a request waits for its turn.
func (r Request) since() int64 { return max(r.At, r.Returned) }

// turns is what the orderings know of a panel: who has had a turn in it.
type turns struct {
	participants map[string]ParticipantState
	// calls counts the calls of those on the list who wait for their turn.
	calls int
	// called says who was called in the panel, and spoken who made an intervention in the debate.
	called, spoken map[string]bool
	// taken counts the interventions in the panel, by group, and the last one's number, by category.
	number    int64
	byGroup   map[string]int64
	lastOf    map[string]int64
	groupUsed map[string]int64 // milliseconds in the debate
}

func (s *State) turnsIn(panel string) *turns {
	t := &turns{
		participants: s.participants.m,
		called:       make(map[string]bool), spoken: make(map[string]bool),
		byGroup: make(map[string]int64), lastOf: make(map[string]int64), groupUsed: make(map[string]int64),
	}
	missed := s.panels.m[panel].Missed
	t.calls = len(missed)
	for _, participant := range missed {
		t.called[participant] = true
	}
	called := func(f *Floor) {
		if f.Panel == panel && f.Kind.inTurn() {
			t.called[f.Participant] = true
			if f.Asked != 0 {
				t.calls++
			}
		}
		if f.Kind != Regular {
			return
		}
		t.spoken[f.Participant] = true
		if f.Panel == panel {
			t.take(f.Participant)
		}
	}
	for _, i := range s.byRecognition() {
		called(i)
	}
	for participant, spoken := range s.spoken.m {
		t.groupUsed[t.participants[participant].Group] += spoken.Used
	}
	return t
}

// byRecognition are all interventions, those on the floor included, in the order of their
// recognition.
func (s *State) byRecognition() []*Floor {
	var all []*Floor
	for i := range s.record {
		all = append(all, &s.record[i].Floor)
	}
	for _, f := range []*Floor{s.Interrupted, s.Floor} {
		if f != nil {
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b *Floor) int { return cmp.Compare(a.Recognised, b.Recognised) })
	return all
}

// take counts an intervention in the panel.
func (t *turns) take(participant string) {
	p := t.participants[participant]
	t.number++
	t.byGroup[p.Group]++
	t.lastOf[p.Category] = t.number
	t.called[participant], t.spoken[participant] = true, true
}

// key is what an ordering prefers at the next call: the smaller.
func (t *turns) key(r Request, by Ordering) []int64 {
	p := t.participants[r.Participant]
	switch {
	case by == ByPrecedence && !t.called[r.Participant]:
		return []int64{r.Level.precedence()}
	case by == ByPrecedence:
		return []int64{Level("").precedence()}
	case t.calls%longestWaiting == 0:
		return nil
	case by == NotSpokenFirst && t.spoken[r.Participant]:
		return []int64{1}
	case by == NotSpokenFirst:
		return []int64{0}
	case by == ByCategories:
		return []int64{t.lastOf[p.Category]}
	case by == ByGroups:
		return []int64{t.byGroup[p.Group], t.groupUsed[p.Group]}
	}
	return nil
}
