package queue_test

import (
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"rostrum/queue"
)

const day = 24 * 60 * minute

// tablet is the chair on a browser of its own.
func tablet(session string) queue.Actor { return queue.Actor{Role: queue.Chair, Session: session} }

func TestRenewedBadgesAreWorthless(t *testing.T) {
	d := convene(t)
	before := d.state()
	d.do(chair, &queue.RenewBadges{ID: "one", Participant: "ken"})
	one := d.state()
	d.do(chair, &queue.RenewBadges{ID: "all"})
	all := d.state()
	for _, tt := range []struct {
		name  string
		state *queue.State
		made  *queue.State // when the badge was
		of    string
		good  bool
	}{
		{"as it was printed", before, before, "ken", true},
		{"renewed", one, before, "ken", false},
		{"another's", one, before, "bra", true},
		{"printed again", one, one, "ken", true},
		{"all are renewed", all, one, "ken", false},
		{"all are renewed, another's", all, before, "bra", false},
		{"all printed again", all, all, "bra", true},
		{"all printed again, and the one", all, all, "ken", true},
	} {
		if good := tt.state.Admits(badge(tt.of), tt.made.Generation(badge(tt.of)), d.now); good != tt.good {
			t.Errorf("%s: the badge is good: %v", tt.name, good)
		}
	}
	if p := phone("ken", "a"); !all.Admits(p, before.Generation(p), d.now) {
		t.Error("who came by the join code is out with the badges")
	}
	if one.Access != one.Seq || all.Access != all.Seq || before.Access != 0 {
		t.Errorf("tokens ended at %d and %d, want %d and %d", one.Access, all.Access, one.Seq, all.Seq)
	}
	d.refused(queue.NoSuchParticipant, chair, &queue.RenewBadges{ID: "none", Participant: "nobody"})
	d.reopened()
	if diff := gocmp.Diff(all.Generation(badge("ken")), d.state().Generation(badge("ken"))); diff != "" {
		t.Errorf("the generation is another when the server starts again: %s", diff)
	}
}

func TestARenewedLinkEndsTheSessionsOfTheOneBefore(t *testing.T) {
	d := convene(t)
	d.do(tablet("one"), &queue.RenewLink{ID: "l", Role: queue.Chair})
	s := d.state()
	for _, tt := range []struct {
		name       string
		by         queue.Actor
		generation int64
		good       bool
	}{
		{"the link before", chair, 0, false},
		{"a session of it", tablet("two"), 0, false},
		{"the session that renewed it", tablet("one"), 0, true},
		{"the link now", chair, 1, true},
		{"a session of it now", tablet("three"), 1, true},
		{"one that is not made yet", chair, 2, false},
		{"another role's", rapporteur, 0, true},
	} {
		if good := s.Admits(tt.by, tt.generation, d.now); good != tt.good {
			t.Errorf("%s is good: %v", tt.name, good)
		}
	}
	d.do(queue.Actor{Role: "operator"}, &queue.RenewLink{ID: "m", Role: queue.Chair})
	if d.state().Admits(tablet("one"), 0, d.now) || d.state().Admits(tablet("one"), 1, d.now) {
		t.Error("a session outlives the second renewal")
	}
	d.refused(queue.Malformed, chair, &queue.RenewLink{ID: "n", Role: queue.Delegate})
}

func TestALinkEndsThirtyDaysAfterItsDebate(t *testing.T) {
	p := thematicDebate()
	p.Debate.Date = "2008-06-13" // ten days after the tests begin
	d := begin(t, new(memory), nil)
	d.load(p)
	if !d.state().Admits(chair, 0, d.now+1000*day) {
		t.Error("a link from before that was kept ends")
	}
	d.do(server, &queue.KeepLinks{})
	ends := d.state().LinkEnds(queue.Chair)
	if want := time.Date(2008, 7, 13, 0, 0, 0, 0, time.UTC).UnixMilli(); ends != want {
		t.Errorf("the link ends at %d, want %d", ends, want)
	}
	if !d.state().Admits(chair, 0, ends-1) || d.state().Admits(chair, 0, ends) || d.state().Admits(tablet("one"), 0, ends) {
		t.Error("the link is not good to its end, or beyond")
	}
	d.changesNothing(server, &queue.KeepLinks{}) // long before their end
	d.now = ends - 6*day
	d.do(server, &queue.KeepLinks{})
	if s := d.state(); s.Generation(chair) != 1 || s.LinkEnds(queue.Chair) != d.now+30*day || !s.Admits(chair, 1, d.now+29*day) {
		t.Errorf("six days before its end the link is of generation %d and ends at %d", s.Generation(chair), s.LinkEnds(queue.Chair))
	}
}

func TestAPassIsForOneOpening(t *testing.T) {
	d := convene(t)
	d.do(tablet("one"), &queue.MakePass{ID: "p", Role: queue.Rapporteur})
	guest := queue.Actor{Role: queue.Rapporteur, Session: "guest"}
	d.do(guest, &queue.UsePass{ID: "p"})
	d.changesNothing(guest, &queue.UsePass{ID: "p"}) // the same browser, which came back
	d.refused(queue.PassUsed, queue.Actor{Role: queue.Rapporteur, Session: "second"}, &queue.UsePass{ID: "p"})
	d.refused(queue.PassUsed, guest, &queue.UsePass{ID: "none"})
	d.do(chair, &queue.MakePass{ID: "late", Role: queue.Chair})
	d.wait(10 * minute)
	d.refused(queue.PassUsed, tablet("two"), &queue.UsePass{ID: "late"})
	d.refused(queue.Malformed, chair, &queue.MakePass{ID: "d", Role: queue.Delegate})
	d.do(chair, &queue.MakePass{ID: "new", Role: queue.Chair})
	if _, ok := d.state().PassOf("p"); ok {
		t.Error("a pass is kept for ever")
	}
	d.reopened()
}

func TestTheCodeBeforeIsAcceptedForOneMorePeriod(t *testing.T) {
	d := convene(t)
	accepted := func(want ...int64) {
		t.Helper()
		if got := d.state().JoinNumbers(d.now); !slices.Equal(got, want) {
			t.Errorf("the codes %v are accepted, want %v", got, want)
		}
	}
	accepted(0)
	d.do(server, &queue.ChangeCode{})
	if until := d.state().Join().Until; until != d.now+30*minute {
		t.Errorf("the first code is to change at %d, want in half an hour", until)
	}
	d.wait(29 * minute)
	d.changesNothing(server, &queue.ChangeCode{}) // too early
	accepted(0)
	d.wait(minute)
	d.do(server, &queue.ChangeCode{})
	accepted(1, 0)
	d.wait(30*minute - 1)
	accepted(1, 0)
	d.wait(1)
	d.do(server, &queue.ChangeCode{})
	accepted(2, 1)

	// The server was away for long: nobody knows the codes of then.
	d.wait(10 * 60 * minute)
	d.do(server, &queue.ChangeCode{})
	accepted(3)
	if until := d.state().Join().Until; until != d.now+30*minute {
		t.Errorf("after a long time the code is to change at %d", until)
	}
	// And for a short time.
	d.wait(35 * minute)
	d.do(server, &queue.ChangeCode{})
	accepted(4, 3)
	d.wait(25 * minute)
	accepted(4)
	d.reopened()
}

func TestTheChairSetsTheJoinCode(t *testing.T) {
	d := convene(t)
	d.do(server, &queue.ChangeCode{})
	d.wait(30 * minute)
	d.do(server, &queue.ChangeCode{})

	d.do(chair, &queue.SetJoin{Renew: true})
	if got := d.state().JoinNumbers(d.now); !slices.Equal(got, []int64{2}) {
		t.Errorf("after a renewal %v are accepted", got)
	}
	d.do(chair, &queue.SetJoin{On: to(false)})
	if got := d.state().JoinNumbers(d.now); len(got) != 0 {
		t.Errorf("while joining is off %v are accepted", got)
	}
	d.wait(60 * minute)
	d.changesNothing(server, &queue.ChangeCode{}) // while joining is off
	d.do(chair, &queue.SetJoin{On: to(true)})
	if got := d.state().Join(); got.Number != 3 || got.Until <= d.now {
		t.Errorf("a code that ended meanwhile comes back: %+v", got)
	}
	d.do(chair, &queue.SetJoin{Every: queue.Limit{Set: true, None: true}})
	if got := d.state().Join(); got.Until != 0 || d.state().JoinEvery() != 0 {
		t.Errorf("a code that never changes is %+v", got)
	}
	d.do(chair, &queue.SetJoin{Every: queue.Limit{Set: true, MS: 5 * minute}})
	if got := d.state().Join(); got.Until != d.now+5*minute || got.Number != 3 {
		t.Errorf("a code for five minutes is %+v", got)
	}
	d.refused(queue.Malformed, chair, &queue.SetJoin{Every: queue.Limit{Set: true, MS: minute - 1}})
	d.reopened()
}

func TestUndoOfWhatTheChairSetOfTheCode(t *testing.T) {
	off, period := &queue.SetJoin{On: to(false)}, &queue.SetJoin{Every: queue.Limit{Set: true, MS: minute}}
	for _, tt := range []struct {
		what string
		c    *queue.SetJoin
	}{{"join_off", off}, {"join_period", period}} {
		d := convene(t)
		d.do(server, &queue.ChangeCode{})
		before := d.state().Join()
		d.do(chair, tt.c)
		d.undo(tt.what)
		if diff := gocmp.Diff(before, d.state().Join()); diff != "" {
			t.Errorf("%s is taken back (-before +after):\n%s", tt.what, diff)
		}
	}
	// A code that changed since stays.
	d := convene(t)
	d.do(server, &queue.ChangeCode{})
	d.do(chair, &queue.SetJoin{Every: queue.Limit{Set: true, MS: minute}})
	d.wait(minute)
	d.do(server, &queue.ChangeCode{})
	d.undo("join_period")
	if got := d.state().Join(); got.Number != 1 || got.Every != 0 {
		t.Errorf("the join code is %+v", got)
	}
	// A new code is not taken back: it may be known to those it keeps out.
	d.do(chair, &queue.SetJoin{Renew: true})
	if last := d.state().Undoable(); last != nil && last.What != "opened" && last.What != "list_opened" {
		t.Errorf("undo would take back %q", last.What)
	}
	d.reopened()
}

func TestTheChairConfirmsTheFirstClaim(t *testing.T) {
	p := thematicDebate()
	p.Debate.Join.Confirm = true
	d := begin(t, new(memory), nil)
	d.load(p)
	d.do(chair, &queue.SwitchPanel{Panel: "morning"})
	d.open("morning")
	first, second := phone("ken", "a"), phone("ken", "b")
	d.refused(queue.ClaimPending, first, &queue.Ask{ID: "early"})
	d.do(first, &queue.ClaimSeat{})
	d.changesNothing(second, &queue.ClaimSeat{})
	if got := d.state().Claims()["ken"]; got.Session != "a" || got.Accepted {
		t.Errorf("the claim is %+v, want the first one's", got)
	}
	d.refused(queue.ClaimPending, first, &queue.Ask{ID: "early"})
	d.do(badge("ken"), &queue.Ask{ID: "by-badge", Kind: queue.RightOfReply})
	d.do(chair, &queue.AnswerClaim{Participant: "ken", Accept: to(true)})
	d.do(second, &queue.Ask{ID: "r"})

	d.refused(queue.NoSuchClaim, chair, &queue.AnswerClaim{Participant: "bra", Accept: to(true)})
	d.refused(queue.NoSuchParticipant, chair, &queue.AnswerClaim{Participant: "none", Accept: to(true)})
	d.refused(queue.Malformed, chair, &queue.AnswerClaim{Participant: "ken"})
	before := d.state()
	d.do(chair, &queue.AnswerClaim{Participant: "ken", Accept: to(false)})
	s := d.state()
	if s.Admits(first, before.Generation(first), d.now) || s.Admits(second, before.Generation(second), d.now) || !s.Admits(badge("ken"), 0, d.now) || !s.ClaimPending(second) {
		t.Error("who was turned down is not out, or the badge is")
	}
	d.reopened()
}
