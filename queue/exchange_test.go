package queue_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"rostrum/queue"
)

func (d *debate) offers(by queue.Actor, request, with string) bool {
	d.Helper()
	return d.do(by, &queue.Exchange{Request: request, With: with}).Exchanged
}

func (d *debate) wantOffers(want map[string]string) {
	d.Helper()
	got := d.state().Offers()
	if len(got) == 0 && len(want) == 0 {
		return
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		d.Fatalf("the offers (-want +got):\n%s", diff)
	}
}

func TestTwoDelegationsChangePlacesIfBothAgree(t *testing.T) {
	d := convene(t)
	d.asks("bra", "ken", "phl")
	if d.offers(brazil, "bra-asks", "phl-asks") {
		t.Error("one offers, and they have changed places")
	}
	d.wantOffers(map[string]string{"bra-asks": "phl-asks"})
	d.wantList("morning", "bra-asks", "ken-asks", "phl-asks")
	d.changesNothing(brazil, &queue.Exchange{Request: "bra-asks", With: "phl-asks"})
	d.offers(kenya, "ken-asks", "bra-asks")
	before := d.state().Requests()["bra-asks"]
	if !d.offers(badge("phl"), "phl-asks", "bra-asks") {
		t.Error("both offer, and they have not changed places")
	}
	d.wantList("morning", "phl-asks", "ken-asks", "bra-asks")
	d.wantOffers(nil) // Kenya offered for another place
	after := d.state().Requests()["bra-asks"]
	if before.Rank = after.Rank; before != after {
		t.Errorf("Brazil's request was %+v and is %+v", before, after)
	}
	d.reopened()
}

func TestWhoMayOfferAndDecline(t *testing.T) {
	d := convene(t)
	d.do(phone("ken", "a"), &queue.Ask{ID: "ken-asks"})
	d.do(badge("bra"), &queue.Ask{ID: "bra-asks"})
	d.do(badge("fra"), &queue.Ask{ID: "order", Kind: queue.PointOfOrder})
	offer := &queue.Exchange{Request: "ken-asks", With: "bra-asks"}
	d.refused(queue.NotYours, brazil, offer)
	d.refused(queue.NotYours, phone("ken", "b"), offer)
	d.refused(queue.NotYours, rapporteur, offer)
	d.refused(queue.NoSuchRequest, kenya, &queue.Exchange{Request: "ken-asks", With: "gone"})
	d.refused(queue.NoSuchRequest, kenya, &queue.Exchange{Request: "gone", With: "bra-asks"})
	d.refused(queue.Malformed, kenya, &queue.Exchange{Request: "ken-asks", With: "ken-asks"})
	d.refused(queue.NoExchange, kenya, &queue.Exchange{Request: "ken-asks", With: "order"})
	d.refused(queue.NoExchange, chair, &queue.Exchange{Request: "order", With: "ken-asks"})
	d.do(chair, &queue.SwitchPanel{Panel: "afternoon"})
	d.open("afternoon")
	d.do(brazil, &queue.Ask{ID: "bra-later"})
	d.refused(queue.OtherPanel, kenya, &queue.Exchange{Request: "ken-asks", With: "bra-later"})

	drop := &queue.DropExchange{Request: "ken-asks"}
	d.refused(queue.NoSuchRequest, kenya, &queue.DropExchange{Request: "gone"})
	d.changesNothing(kenya, drop)
	d.refused(queue.NotYours, brazil, drop) // nothing was offered to it
	d.offers(phone("ken", "a"), "ken-asks", "bra-asks")
	d.refused(queue.NotYours, badge("fra"), drop)
	d.refused(queue.NotYours, phone("ken", "b"), drop)
	d.do(phone("ken", "a"), drop)
	d.wantOffers(nil)
	d.offers(kenya, "ken-asks", "bra-asks")
	d.do(brazil, drop)
	d.wantOffers(nil)
}

func TestAnOfferLapsesWithEitherRequest(t *testing.T) {
	for _, tt := range []struct {
		name string
		what string // of the step, "" where there is none
		act  func(*debate)
	}{
		{"withdrawn", "", func(d *debate) { d.do(brazil, &queue.Withdraw{Request: "bra-asks"}) }},
		{"the other withdrawn", "", func(d *debate) { d.do(kenya, &queue.Withdraw{Request: "ken-asks"}) }},
		{"removed", "removed", func(d *debate) { d.do(chair, &queue.Withdraw{Request: "ken-asks"}) }},
		{"called", "recognised", func(d *debate) { d.do(chair, &queue.Recognise{ID: "i", Request: "bra-asks"}) }},
		{"not in the room", "absent", func(d *debate) { d.do(chair, &queue.NotInRoom{Request: "ken-asks"}) }},
		{"carried", "carried", func(d *debate) { d.do(chair, &queue.Carry{ID: "c", Panel: "morning", To: "afternoon"}) }},
		{"exchanged by the chair", "exchanged", func(d *debate) { d.offers(chair, "ken-asks", "phl-asks") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := convene(t)
			d.asks("bra", "ken", "phl")
			d.offers(brazil, "bra-asks", "ken-asks")
			tt.act(d)
			d.wantOffers(nil)
			if tt.what != "" {
				d.undo(tt.what)
				d.wantList("morning", "bra-asks", "ken-asks", "phl-asks")
				d.wantOffers(map[string]string{"bra-asks": "ken-asks"})
			}
			d.reopened()
		})
	}
}

func TestTheChairExchangesAtOnce(t *testing.T) {
	d := convene(t)
	d.asks("bra", "ken", "phl")
	if !d.offers(chair, "phl-asks", "bra-asks") {
		t.Error("they have not changed places")
	}
	d.wantList("morning", "phl-asks", "ken-asks", "bra-asks")
	d.undo("exchanged")
	d.wantList("morning", "bra-asks", "ken-asks", "phl-asks")
	d.reopened()
}
