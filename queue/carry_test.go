package queue_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"rostrum/queue"
)

func TestWhoWasNotReachedIsCarriedToTheNextPanel(t *testing.T) {
	d := convene(t)
	d.asks("bra", "ken", "phl")
	d.do(chair, &queue.SwitchPanel{Panel: "afternoon"})
	d.open("afternoon")
	d.do(kenya, &queue.Ask{ID: "ken-later"})
	d.do(badge("fra"), &queue.Ask{ID: "fra-later"})

	answer := d.do(chair, &queue.Carry{ID: "c", Panel: "morning", To: "afternoon"})
	if answer.Carried != 2 {
		t.Errorf("%d were carried, want 2", answer.Carried)
	}
	d.wantList("morning")
	d.wantList("afternoon", "ken-later", "fra-later", "bra-asks", "phl-asks")
	if r := d.state().Requests()["bra-asks"]; r.At != tenOClock {
		t.Errorf("Brazil asked at %d, want %d as before", r.At, tenOClock)
	}
	d.do(badge("unodc"), &queue.Ask{ID: "unodc-later"})
	d.wantList("afternoon", "ken-later", "fra-later", "bra-asks", "phl-asks", "unodc-later")

	again := d.do(chair, &queue.Carry{ID: "c", Panel: "morning", To: "afternoon"})
	if !again.Repeated || again.Carried != 2 {
		t.Errorf("the repeat gets %+v", again)
	}
	if empty := d.do(chair, &queue.Carry{ID: "c2", Panel: "morning", To: "afternoon"}); empty.Carried != 0 || empty.Seq != d.state().Seq {
		t.Errorf("carrying nobody gets %+v", empty)
	}
	d.refused(queue.NoSuchPanel, chair, &queue.Carry{ID: "c3", Panel: "evening", To: "afternoon"})
	d.refused(queue.NoSuchPanel, chair, &queue.Carry{ID: "c3", Panel: "afternoon", To: "evening"})
	d.refused(queue.Malformed, chair, &queue.Carry{ID: "c3", Panel: "morning", To: "morning"})
	d.reopened()
}

func TestUndoBringsBackWhoWasCarried(t *testing.T) {
	d := convene(t)
	d.asks("bra", "ken", "phl")
	d.do(chair, &queue.SwitchPanel{Panel: "afternoon"})
	d.open("afternoon")
	d.do(kenya, &queue.Ask{ID: "ken-later"})
	before := d.state().Requests()
	d.do(chair, &queue.Carry{ID: "c", Panel: "morning", To: "afternoon"})
	d.do(badge("fra"), &queue.Ask{ID: "fra-later"})
	d.do(brazil, &queue.Amend{Request: "bra-asks", Note: new("on victims")})
	d.undo("carried")

	d.wantList("morning", "bra-asks", "ken-asks", "phl-asks")
	d.wantList("afternoon", "ken-later", "fra-later")
	want := before["bra-asks"]
	want.Note = "on victims" // what its owner wrote since stays
	if diff := gocmp.Diff(want, d.state().Requests()["bra-asks"]); diff != "" {
		t.Errorf("Brazil's request (-want +got):\n%s", diff)
	}
	d.reopened()
}

// One that was carried away leaves its participant free to ask again there.
func TestUndoOfCarryingMakesOneOfTwoRequests(t *testing.T) {
	d := convene(t)
	d.asks("bra", "ken")
	d.do(chair, &queue.Carry{ID: "c", Panel: "morning", To: "afternoon"})
	d.do(badge("fra"), &queue.Ask{ID: "fra-asks"})
	d.do(brazil, &queue.Ask{ID: "bra-again"})
	d.undo("carried")
	d.wantList("morning", "bra-asks", "ken-asks", "fra-asks")
	d.wantList("afternoon")
}

func TestTheLevelOfASpeakerIsToldAndCorrected(t *testing.T) {
	d := convene(t)
	d.do(kenya, &queue.Ask{ID: "r", Level: queue.HeadOfState})
	level := func() queue.Level { return d.state().Requests()["r"].Level }
	if level() != queue.HeadOfState {
		t.Errorf("the level is %q", level())
	}
	d.do(kenya, &queue.Amend{Request: "r", Note: new("x")})
	if level() != queue.HeadOfState {
		t.Errorf("another change makes the level %q", level())
	}
	d.do(chair, &queue.Amend{Request: "r", Level: new(queue.Level(""))})
	if level() != "" {
		t.Errorf("the level that was taken away is %q", level())
	}
	d.refused(queue.Malformed, kenya, &queue.Ask{ID: "q", Level: "king"})
	d.refused(queue.Malformed, kenya, &queue.Amend{Request: "r", Level: new(queue.Level("king"))})
}
