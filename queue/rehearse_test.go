package queue_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rostrum/queue"
)

func TestADebateKnowsItsProgramme(t *testing.T) {
	d := begin(t, new(memory), nil)
	want := thematicDebate()
	d.load(want)
	d.do(chair, &queue.SetPanel{Panel: "morning", Limit: queue.Limit{Set: true, MS: minute}})
	d.do(chair, &queue.AddParticipant{ID: "ngo", Name: queue.Names{"": "NGO"}, Category: "media"})
	byID := cmpopts.SortSlices(func(a, b queue.Participant) bool { return a.ID < b.ID })
	if diff := gocmp.Diff(want, d.state().Programme(), byID, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-file +programme):\n%s", diff)
	}
}

func TestARehearsalHasTheLinksAndBadgesOfTheDebate(t *testing.T) {
	real := convene(t)
	real.do(server, new(queue.KeepLinks))
	real.do(server, new(queue.ChangeCode))
	real.asks("ken")
	real.recognise("i", "bra")
	real.do(chair, &queue.AddParticipant{ID: "ngo", Name: queue.Names{"": "NGO"}, Category: "media"})
	for _, id := range []string{"b1", "b2"} {
		real.do(chair, &queue.RenewBadges{ID: id, Participant: "ngo"})
	}
	real.do(chair, &queue.RenewBadges{ID: "b3"})
	real.do(chair, &queue.RenewLink{ID: "l", Role: queue.Rapporteur})
	real.do(chair, &queue.SetJoin{Renew: true, Every: queue.Limit{Set: true, MS: 10 * minute}})
	real.do(chair, &queue.AnswerClaim{Participant: "fra", Accept: to(false)})

	d := begin(t, new(memory), nil)
	d.load(thematicDebate())
	d.do(server, &queue.Rehearse{From: real.state()})
	is, was := d.state(), real.state()
	for _, who := range []queue.Actor{
		chair, rapporteur, {Role: queue.Display}, badge("ngo"), badge("ken"), phone("fra", "a"), phone("ken", "a"),
	} {
		if got, want := is.Generation(who), was.Generation(who); got != want {
			t.Errorf("%s is of generation %d in the rehearsal, want %d", who, got, want)
		}
		if got, want := is.LinkEnds(who.Role), was.LinkEnds(who.Role); got != want {
			t.Errorf("the link of %s ends at %d in the rehearsal, want %d", who, got, want)
		}
	}
	if is.Join() != was.Join() {
		t.Errorf("the join code is %+v in the rehearsal, want %+v", is.Join(), was.Join())
	}
	if p := is.Participants()["ngo"]; p.Names["en"] != "NGO" {
		t.Errorf("the one whom the chair has added is %+v", p)
	}
	if len(is.Requests()) != 0 || is.Floor != nil || is.Panels()["morning"].Status != queue.Closed {
		t.Error("the rehearsal does not begin at the beginning")
	}
	d.changesNothing(server, new(queue.KeepLinks))
	d.reopened()
}
