package queue_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"rostrum/queue"
)

func TestTheChairPutsTheListInOrder(t *testing.T) {
	d := convene(t)
	d.asks("bra", "ken", "phl", "fra")
	reorder := func(order ...string) {
		t.Helper()
		d.do(chair, &queue.Reorder{Panel: "morning", Order: append([]string{}, order...)})
	}
	reorder("phl-asks", "bra-asks", "fra-asks", "ken-asks")
	d.wantList("morning", "phl-asks", "bra-asks", "fra-asks", "ken-asks")
	d.do(badge("unodc"), &queue.Ask{ID: "new"})
	d.wantList("morning", "phl-asks", "bra-asks", "fra-asks", "ken-asks", "new")
	reorder("gone", "new", "new", "ken-asks") // the others behind, as they were
	d.wantList("morning", "new", "ken-asks", "phl-asks", "bra-asks", "fra-asks")
	d.changesNothing(chair, &queue.Reorder{Panel: "morning", Order: []string{"new"}})
	d.changesNothing(chair, &queue.Reorder{Panel: "afternoon", Order: []string{"ken-asks"}}) // of another panel

	d.refused(queue.NoSuchPanel, chair, &queue.Reorder{Panel: "evening", Order: []string{}})
	d.refused(queue.Malformed, chair, &queue.Reorder{Panel: "morning"})
	d.refused(queue.Malformed, chair, &queue.Reorder{Panel: "morning", Order: []string{"no id"}})
	d.refused(queue.Malformed, chair, &queue.Reorder{Panel: "morning", Order: []string{}, By: "height"})
	d.reopened()
}

// Rules 71 and 73: whatever order is applied.
func TestInAnyOrderPointsOfOrderStayFirstAndRepliesLast(t *testing.T) {
	d := convene(t)
	d.asks("bra", "ken")
	d.do(badge("fra"), &queue.Ask{ID: "reply", Kind: queue.RightOfReply})
	d.do(badge("phl"), &queue.Ask{ID: "order", Kind: queue.PointOfOrder})
	// The chair has moved both out of their places.
	d.move("order", "ken-asks")
	d.move("reply", "bra-asks")
	d.wantList("morning", "reply", "bra-asks", "order", "ken-asks")
	d.do(chair, &queue.Reorder{Panel: "morning", Order: []string{"reply", "ken-asks", "bra-asks", "order"}})
	d.wantList("morning", "order", "ken-asks", "bra-asks", "reply")
	d.do(badge("unodc"), &queue.Ask{ID: "later"})
	d.wantList("morning", "order", "ken-asks", "bra-asks", "later", "reply")
}

func TestAnOrderIsTakenBackInOneStep(t *testing.T) {
	d := convene(t)
	d.asks("bra", "ken", "phl", "fra")
	before := d.state().Requests()
	d.do(chair, &queue.Reorder{Panel: "morning", Order: []string{"fra-asks", "phl-asks", "ken-asks", "bra-asks"}})
	d.do(badge("unodc"), &queue.Ask{ID: "new"})
	d.do(kenya, &queue.Withdraw{Request: "ken-asks"})
	d.do(brazil, &queue.Amend{Request: "bra-asks", Speaker: new("H.E. Mr. X")})
	d.undo("ordered")

	d.wantList("morning", "bra-asks", "phl-asks", "fra-asks", "new") // Kenya's stays withdrawn
	want := before["bra-asks"]
	want.Speaker = "H.E. Mr. X"
	if diff := gocmp.Diff(want, d.state().Requests()["bra-asks"]); diff != "" {
		t.Errorf("Brazil's request (-want +got):\n%s", diff)
	}
	d.reopened()
}

func TestAMoveOfOneThatWasWithdrawnSinceStaysWithdrawn(t *testing.T) {
	d := convene(t)
	d.asks("bra", "ken")
	d.move("ken-asks", "bra-asks")
	d.do(kenya, &queue.Withdraw{Request: "ken-asks"})
	d.undo("moved")
	d.wantList("morning", "bra-asks")
}
