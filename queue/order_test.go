package queue_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"rostrum/queue"
)

// A panel in which some have spoken is proposed in each order.
func TestOrderings(t *testing.T) {
	programme := thematicDebate()
	programme.Participants = []queue.Participant{
		grouped("ken", "member_state", "African"), grouped("nga", "member_state", "African"), grouped("gha", "member_state", "African"),
		grouped("bra", "member_state", "GRULAC"), grouped("fra", "member_state", "WEOG"),
		grouped("iom", "international_organization", ""), grouped("ngo", "civil_society", ""),
	}
	level := map[string]queue.Level{"gha": queue.Minister, "fra": queue.HeadOfGovernment, "nga": queue.HeadOfState}
	for _, tt := range []struct {
		name   string
		by     queue.Ordering
		spoken []string // in the morning panel, called from the list, a minute each
		asking []string
		want   []string
	}{
		{
			name: "by asking", by: queue.ByAsking, spoken: []string{"ken"},
			asking: []string{"ken", "fra", "nga"}, want: []string{"ken", "fra", "nga"},
		},
		{
			name: "those who have not spoken first", by: queue.NotSpokenFirst, spoken: []string{"ken", "bra"},
			asking: []string{"ken", "fra", "bra", "nga"}, want: []string{"fra", "ken", "nga", "bra"}, // the fourth call is Kenya's
		},
		{
			name: "all have spoken", by: queue.NotSpokenFirst, spoken: []string{"ken", "bra"},
			asking: []string{"bra", "ken"}, want: []string{"bra", "ken"},
		},
		{
			name: "the category whose turn is the longest ago", by: queue.ByCategories, spoken: []string{"ngo", "iom", "ken", "fra"},
			asking: []string{"ken", "nga", "iom", "ngo"}, want: []string{"ngo", "iom", "ken", "nga"},
		},
		{
			name: "categories that had none first", by: queue.ByCategories, spoken: []string{"ken"},
			asking: []string{"fra", "nga", "iom", "gha", "ngo"}, want: []string{"iom", "ngo", "fra", "nga", "gha"},
		},
		{
			name: "the group with the fewest turns", by: queue.ByGroups, spoken: []string{"ken", "nga", "bra", "iom"},
			asking: []string{"gha", "ken", "bra", "ngo", "fra"}, want: []string{"fra", "ngo", "bra", "gha", "ken"}, // of equal turns, who has spoken for less
		},
		{
			name: "by precedence", by: queue.ByPrecedence, spoken: nil,
			asking: []string{"ken", "gha", "bra", "fra", "nga"}, want: []string{"nga", "fra", "gha", "ken", "bra"},
		},
		{
			name: "precedence holds once in a panel", by: queue.ByPrecedence, spoken: []string{"nga"},
			asking: []string{"ken", "nga", "gha", "fra"}, want: []string{"fra", "gha", "ken", "nga"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := begin(t, new(memory), nil)
			d.load(programme)
			d.do(chair, &queue.SwitchPanel{Panel: "morning"})
			d.open("morning")
			for i, p := range tt.spoken {
				d.do(badge(p), &queue.Ask{ID: fmt.Sprint("spoken", i)})
				d.do(chair, &queue.Recognise{ID: fmt.Sprint("i", i), Participant: p})
				d.wait(minute)
			}
			for _, p := range tt.asking {
				d.do(badge(p), &queue.Ask{ID: p, Level: level[p]})
				d.wait(second)
			}
			if got := d.state().Proposal("morning", tt.by); !slices.Equal(got, tt.want) {
				t.Errorf("the proposal is %v, want %v", got, tt.want)
			}
		})
	}
}

func grouped(id, category, group string) queue.Participant {
	return queue.Participant{ID: id, Names: map[string]string{"en": id}, Category: category, Group: group}
}

// sitting is a debate of many whom the test lets ask.
type sitting struct {
	*debate
	t       *rapid.T
	roster  []string
	asked   int
	called  int
	waiting map[string]*wait
}

// wait is what is known of a request that waits for its turn.
type wait struct {
	since int64
	older int // how many wait as long or longer, to the millisecond
	calls int // since then
}

func gather(t *rapid.T, participants int) *sitting {
	programme := thematicDebate()
	programme.Participants = nil
	c := &sitting{t: t, waiting: make(map[string]*wait)}
	for i := range participants {
		id := fmt.Sprint("p", i)
		c.roster = append(c.roster, id)
		programme.Participants = append(programme.Participants, grouped(id, fmt.Sprint("category", i%4), []string{"", "African", "WEOG", "GRULAC"}[i%3]))
	}
	programme.Panels[1].Moderator, programme.Panels[1].Panellists = "", nil
	c.debate = begin(t, new(memory), nil)
	c.load(programme)
	c.do(chair, &queue.SwitchPanel{Panel: "morning"})
	c.open("morning")
	return c
}

// newcomer is one whom the chair adds, of a category and a group of its own.
func (c *sitting) newcomer() string {
	id := fmt.Sprint("new", len(c.roster))
	c.do(chair, &queue.AddParticipant{ID: id, Name: queue.Names{"": id}, Category: id, Group: id})
	c.roster = append(c.roster, id)
	return id
}

// ask puts one on the list, if it is not there.
func (c *sitting) ask(participant string, kind queue.Kind, level queue.Level) {
	for _, r := range c.state().Requests() {
		if r.Participant == participant && r.Kind == kind {
			return
		}
	}
	c.asked++
	id := fmt.Sprint("r", c.asked)
	by := badge(participant)
	if kind == queue.RightOfReply {
		by = chair // who may go beyond the number of replies
	}
	c.do(by, &queue.Ask{ID: id, Participant: participant, Kind: kind, Level: level})
	if kind != queue.PointOfOrder && kind != queue.RightOfReply {
		c.enter(id)
	}
}

// enter begins to count the calls for which a request waits. Those that were made in the same
// millisecond have waited as long as one another: whichever an ordering has put in front goes first.
func (c *sitting) enter(id string) {
	for _, w := range c.waiting {
		if w.since == c.now {
			w.older++
		}
	}
	c.waiting[id] = &wait{since: c.now, older: len(c.waiting)}
}

// arrivals are who asks before the next call: mostly those whom the orderings prefer.
func (c *sitting) arrivals(newcomers bool) {
	for range rapid.IntRange(0, 3).Draw(c.t, "arrivals") {
		c.wait(rapid.Int64Range(0, second).Draw(c.t, "ms"))
		who := rapid.SampledFrom(c.roster).Draw(c.t, "who")
		if newcomers && rapid.IntRange(0, 2).Draw(c.t, "a newcomer") > 0 {
			who = c.newcomer()
		}
		kind := rapid.SampledFrom([]queue.Kind{queue.Regular, queue.Regular, queue.Regular, queue.Response, queue.PointOfOrder, queue.RightOfReply}).Draw(c.t, "kind")
		c.ask(who, kind, rapid.SampledFrom([]queue.Level{"", queue.HeadOfState, queue.Minister}).Draw(c.t, "level"))
	}
}

// apply applies a proposal and says who is first.
func (c *sitting) apply(by queue.Ordering) string {
	order := c.state().Proposal("morning", by)
	if len(order) == 0 {
		return ""
	}
	c.do(chair, &queue.Reorder{Panel: "morning", Order: order, By: by})
	c.wantList("morning", order...)
	return order[0]
}

// callFirst applies a proposal and calls the first on the list.
func (c *sitting) callFirst(by queue.Ordering) {
	id := c.apply(by)
	if id == "" {
		return
	}
	if rapid.IntRange(0, 5).Draw(c.t, "not in the room") == 0 {
		c.do(chair, &queue.NotInRoom{Request: id})
		c.count(id)
		if r, ok := c.state().Requests()[id]; ok && r.Kind != queue.PointOfOrder && r.Kind != queue.RightOfReply {
			c.wait(1)
			c.enter(id)
		}
		return
	}
	c.called++
	c.do(chair, &queue.Recognise{ID: fmt.Sprint("i", c.called), Request: id})
	c.wait(rapid.Int64Range(1, minute).Draw(c.t, "spoken"))
	c.count(id)
}

// count counts the call of one who waited for its turn.
func (c *sitting) count(id string) {
	if c.waiting[id] == nil {
		return
	}
	for _, w := range c.waiting {
		w.calls++
	}
	delete(c.waiting, id)
}

// wantCalledWithin checks that nobody waits for longer than a bound of calls.
func (c *sitting) wantCalledWithin(bound func(older int) int) {
	for id, w := range c.waiting {
		if limit := bound(w.older); w.calls >= limit {
			c.t.Fatalf("%s waits for its turn since %d calls, with %d before it: want it to be called within %d", id, w.calls, w.older, limit)
		}
	}
}

// A request before which n others waited is called at the latest as the 4(n+1)th, though new
// ones keep coming, and though a proposal, of any orderings, is applied before every call.
func TestNobodyStarves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := gather(t, 6)
		c.ask("p0", queue.Regular, "")
		by := rapid.SampledFrom([][]queue.Ordering{
			{queue.NotSpokenFirst}, {queue.ByCategories}, {queue.ByGroups}, {queue.ByAsking},
			{queue.ByAsking, queue.NotSpokenFirst, queue.ByCategories, queue.ByGroups},
		}).Draw(t, "orderings")
		for range rapid.IntRange(1, 50).Draw(t, "calls") {
			c.arrivals(true)
			c.callFirst(rapid.SampledFrom(by).Draw(t, "by"))
			c.wantCalledWithin(func(older int) int { return 4 * (older + 1) })
		}
	})
}

// In the order of request it is called as the (n+1)th.
func TestByAskingNobodyIsOvertaken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := gather(t, 6)
		for range rapid.IntRange(1, 30).Draw(t, "calls") {
			c.arrivals(true)
			c.callFirst(queue.ByAsking)
			c.wantCalledWithin(func(older int) int { return older + 1 })
		}
	})
}

// Precedence holds once for a participant, so that at most the whole roster goes before.
func TestPrecedenceIsFinite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := gather(t, 8)
		c.ask("p0", queue.Regular, "")
		for range rapid.IntRange(1, 60).Draw(t, "calls") {
			c.arrivals(false)
			c.callFirst(queue.ByPrecedence)
			c.wantCalledWithin(func(older int) int { return older + 1 + len(c.roster) })
		}
	})
}

// A proposal loses no request and doubles none, changes nothing, is the same each time, and
// once applied it is proposed again; points of order are first and rights of reply
// last, in the order that they had.
func TestAProposalIsAPermutationOfTheList(t *testing.T) {
	kinds := func(s *queue.State, ids []string, kind queue.Kind) []string {
		return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return s.Requests()[id].Kind != kind })
	}
	rapid.Check(t, func(t *rapid.T) {
		c := gather(t, 12)
		for range rapid.IntRange(1, 12).Draw(t, "calls") {
			c.arrivals(true)
			if rapid.Bool().Draw(t, "call") {
				c.callFirst(someOrdering.Draw(t, "by"))
			}
			if list := c.state().List("morning"); len(list) > 1 && rapid.Bool().Draw(t, "move") {
				c.move(rapid.SampledFrom(list).Draw(t, "moved"), rapid.SampledFrom(list).Draw(t, "before"))
			}
			s := c.state()
			by, before, list := someOrdering.Draw(t, "by"), queue.Dump(s), s.List("morning")
			order := s.Proposal("morning", by)
			if again := s.Proposal("morning", by); !slices.Equal(order, again) {
				t.Fatalf("%s proposes %v, and then %v", by, order, again)
			}
			if queue.Dump(s) != before {
				t.Fatalf("proposing by %s changes the state", by)
			}
			if got := slices.Sorted(slices.Values(order)); !slices.Equal(got, slices.Sorted(slices.Values(list))) {
				t.Fatalf("%s proposes %v for the list %v", by, order, list)
			}
			want := slices.Concat(kinds(s, list, queue.PointOfOrder), slices.DeleteFunc(slices.Clone(order), func(id string) bool {
				k := s.Requests()[id].Kind
				return k == queue.PointOfOrder || k == queue.RightOfReply
			}), kinds(s, list, queue.RightOfReply))
			if !slices.Equal(order, want) {
				t.Fatalf("%s proposes %v for the list %v, want the points of order first and the replies last", by, order, list)
			}
			c.apply(by)
			if again := c.state().Proposal("morning", by); !slices.Equal(order, again) {
				t.Fatalf("%s proposes %v, and once that is applied %v", by, order, again)
			}
		}
	})
}

// Those who asked at the same instant and are alike to an ordering stay as they stand.
func TestEqualsKeepTheirOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		programme := thematicDebate()
		for i := range programme.Participants {
			programme.Participants[i].Category, programme.Participants[i].Group = "member_state", "African"
		}
		d := begin(t, new(memory), nil)
		d.load(programme)
		d.do(chair, &queue.SwitchPanel{Panel: "morning"})
		d.open("morning")
		d.asks(rapid.Permutation([]string{"bra", "fra", "ken", "phl", "unodc", "iom"}).Draw(t, "asking")...)
		order := rapid.Permutation(d.state().List("morning")).Draw(t, "order")
		d.do(chair, &queue.Reorder{Panel: "morning", Order: order})
		if got := d.state().Proposal("morning", someOrdering.Draw(t, "by")); !slices.Equal(got, order) {
			t.Fatalf("equals that stand as %v are proposed as %v", order, got)
		}
	})
}
