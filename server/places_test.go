package server

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"rostrum/queue"
)

// opened is a stream that goes on until its place is needed.
type opened struct {
	*place
	ended bool
}

// open takes a place for a stream, and says by whose limit it is refused, "" where it is not.
func (l *limits) open(t *testing.T, g *Grant, address string) (*opened, error) {
	t.Helper()
	at, err := l.stream(g, from(address))
	var refusal *queue.Error
	var wait *limited
	if err != nil && (!errors.As(err, &refusal) || refusal.Code != rateLimited || !errors.As(err, &wait) || wait.after <= 0) {
		t.Fatalf("refused with %v", err)
	}
	if err != nil {
		return nil, err
	}
	o := &opened{place: at}
	at.begin(func() { o.ended = true })
	return o, nil
}

// fill opens streams until one is refused.
func (l *limits) fill(t *testing.T, g func(n int) *Grant, address string, most int) (all []*opened) {
	t.Helper()
	for n := range most {
		o, err := l.open(t, g(n), address)
		if err != nil {
			break
		}
		all = append(all, o)
	}
	return all
}

func ended(all []*opened) (n int) {
	for _, o := range all {
		if o.ended {
			n++
		}
	}
	return n
}

func each(g *Grant) func(int) *Grant { return func(int) *Grant { return g } }

// wants checks what is counted after the streams that are left have been.
func (l *limits) wantsNothingLeft(t *testing.T, streams ...[]*opened) {
	t.Helper()
	for _, o := range slices.Concat(streams...) {
		o.leave()
		o.leave() // once is enough
	}
	p := l.streams
	if p.total != 0 || len(p.address) != 0 {
		t.Errorf("%d streams are counted that have left, of addresses %v", p.total, p.address)
	}
	for w := range p.taken {
		if p.taken[w].size() != 0 {
			t.Errorf("%d places of worth %d are taken", p.taken[w].size(), w)
		}
	}
}

func TestAPlaceGoesToWhoIsWorthMore(t *testing.T) {
	const capacity = 100
	l := newLimits(false, capacity, newMetrics("test"))
	chair := &Grant{Debate: "d", Role: queue.Chair}
	var lookers []*opened
	for n := range 3 { // no address takes the part that is for those who take part
		lookers = append(lookers, l.fill(t, each(nil), fmt.Sprint("10.0.0.", n), capacity)...)
	}
	before := ended(lookers) // of the first address to the others
	if len(lookers)-before != capacity {
		t.Fatalf("%d look on", len(lookers)-before)
	}
	joined := l.fill(t, func(n int) *Grant { return joinedAs(fmt.Sprint("p", n), n) }, "10.0.1.1", 60)
	if len(joined) != 60 || ended(lookers) != before+60 {
		t.Errorf("%d that joined came in for %d that looked on", len(joined), ended(lookers)-before)
	}
	badges := l.fill(t, func(n int) *Grant { return badgeOf(fmt.Sprint("p", n)) }, "10.0.1.1", 80)
	if len(badges) != 80 || ended(lookers) != len(lookers) || ended(joined) != 40 {
		t.Errorf("%d badges came in for %d that looked on and %d that joined", len(badges), ended(lookers)-before-60, ended(joined))
	}
	officers := l.fill(t, each(chair), "10.0.1.1", 2*capacity)
	if len(officers) != 2*capacity || ended(joined) != 60 || ended(badges) != 80 || ended(officers) != 0 {
		t.Errorf("of %d officers %d have given way, for them %d that joined and %d badges", len(officers), ended(officers), ended(joined), ended(badges))
	}
	for name, g := range map[string]*Grant{"who looks on": nil, "who joined": phoneOf(1), "a badge": badgeOf("ken")} {
		if _, err := l.open(t, g, "10.0.0.9"); err == nil {
			t.Errorf("%s takes an officer's place", name)
		}
	}
	l.wantsNothingLeft(t, lookers, joined, badges, officers)
}

// A hostile address, or participant, that takes all it can loses its own first, and nobody else does.
func TestWhoTakesMostGivesFirst(t *testing.T) {
	const capacity = 100
	for _, tt := range []struct {
		name            string
		greedy          func(int) *Grant
		at              string
		honest          func(int) *Grant
		honestAt        func(int) string
		greedyIsLimited int // by its own limits, 0 for not before the capacity
	}{
		{"looking on", each(nil), "10.6.6.6", each(nil), func(n int) string { return fmt.Sprint("10.0.0.", n) }, 75},
		{"joined, as many", func(n int) *Grant { return joinedAs(fmt.Sprint("p", n%10), n) }, "10.6.6.6", phoneOf, func(n int) string { return fmt.Sprint("10.0.0.", n) }, 0},
		{"joined, of one delegation", func(n int) *Grant { return joinedAs("ken", n) }, "10.0.0.1", func(n int) *Grant { return joinedAs(fmt.Sprint("p", n), n) }, func(int) string { return "10.0.0.1" }, 0},
		{"a badge that was passed on", each(badgeOf("ken")), "10.6.6.6", func(n int) *Grant { return badgeOf(fmt.Sprint("p", n)) }, func(int) string { return "10.0.0.1" }, 0},
		{"a badge against its owner", each(badgeOf("ken")), "10.6.6.6", each(badgeOf("ken")), func(n int) string { return fmt.Sprint("10.0.0.", n) }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLimits(false, capacity, newMetrics("test"))
			greedy := l.fill(t, tt.greedy, tt.at, 10*capacity)
			if want := capacity; len(greedy) != want && len(greedy) != tt.greedyIsLimited {
				t.Fatalf("it has %d", len(greedy))
			}
			var honest []*opened
			for n := range 40 {
				o, err := l.open(t, tt.honest(n), tt.honestAt(n))
				if err != nil {
					t.Fatalf("the %dth is refused: %v", n+1, err)
				}
				honest = append(honest, o)
				// It comes back at once, and gets no more than is left.
				again := l.fill(t, tt.greedy, tt.at, 10)
				greedy = append(greedy, again...)
			}
			if n := ended(honest); n > 0 {
				t.Errorf("%d others have given way", n)
			}
			l.wantsNothingLeft(t, greedy, honest)
		})
	}
}

// Those who joined for a delegation share its places, and who joins again and again loses them first to who does not.
func TestRejoiningGivesNoMoreStreams(t *testing.T) {
	l := newLimits(false, 0, newMetrics("test"))
	one := l.fill(t, func(n int) *Grant { return joinedAs("ken", 1) }, "10.0.0.1", 10*joinedStreams)
	if len(one) != joinedStreams {
		t.Fatalf("one phone has %d streams, want %d", len(one), joinedStreams)
	}
	again := l.fill(t, func(n int) *Grant { return joinedAs("ken", 100+n) }, "10.0.0.1", 10*joinedStreams)
	if left := len(one) - ended(one) + len(again) - ended(again); left != joinedStreams || ended(again) > 0 {
		t.Errorf("with a hundred joins it has %d, of which %d have given way", left, ended(again))
	}
	own, err := l.open(t, joinedAs("ken", 2), "10.0.0.2")
	if err != nil {
		t.Errorf("the delegation's own phone: %v", err)
	}
	badge := l.fill(t, each(badgeOf("ken")), "10.0.0.1", 10*badgeStreams)
	if len(badge) != badgeStreams {
		t.Errorf("its badge has %d streams, want %d", len(badge), badgeStreams)
	}
	others := l.fill(t, phoneOf, "10.0.0.1", 10)
	l.wantsNothingLeft(t, one, again, badge, others, []*opened{own})
}

func TestAnAddressHasSoManyStreams(t *testing.T) {
	l := newLimits(false, 0, newMetrics("test"))
	lookers := l.fill(t, each(nil), "10.0.0.1", 2*networkStreams)
	if len(lookers) != networkStreams {
		t.Fatalf("an address has %d streams, want %d", len(lookers), networkStreams)
	}
	joined := l.fill(t, phoneOf, "10.0.0.1", 200)
	badges := l.fill(t, each(badgeOf("ken")), "10.0.0.1", 200)
	if len(joined) != 200 || len(badges) != 200 || ended(lookers) != 200 {
		t.Errorf("%d that joined and %d badges came in, for %d that looked on", len(joined), len(badges), ended(lookers))
	}
	other := l.fill(t, each(nil), "10.0.0.2", 1)
	if len(other) != 1 {
		t.Error("another address is refused")
	}
	l.wantsNothingLeft(t, lookers, joined, badges, other)
}

// A place may be needed before its stream has begun.
func TestAStreamThatLostItsPlaceBeforeItBeganEndsAtOnce(t *testing.T) {
	l := newLimits(false, 1, newMetrics("test"))
	early, err := l.stream(phoneOf(1), from("10.0.0.1"))
	if err != nil {
		t.Fatal(err)
	}
	chair, err := l.open(t, &Grant{Debate: "d", Role: queue.Chair}, "10.0.0.2")
	if err != nil {
		t.Fatal(err)
	}
	ended := false
	early.begin(func() { ended = true })
	if !ended {
		t.Error("it goes on")
	}
	l.wantsNothingLeft(t, []*opened{{place: early}, chair})
}

func TestWhereTheMachineHoldsFewerTheLeastGiveWay(t *testing.T) {
	l := newLimits(false, 100, newMetrics("test"))
	lookers := l.fill(t, each(nil), "10.0.0.1", 40)
	badges := l.fill(t, each(badgeOf("ken")), "10.0.0.1", 40)
	l.streams.shrink(50)
	if len(lookers) != 40 || ended(lookers) != 30 || ended(badges) != 0 {
		t.Errorf("%d of %d that look on and %d badges have given way", ended(lookers), len(lookers), ended(badges))
	}
	if _, err := l.open(t, nil, "10.0.0.1"); err == nil {
		t.Error("there are more places than the machine holds")
	}
	l.wantsNothingLeft(t, lookers, badges)
}
