package server_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rostrum/queue"
)

func TestCarryingSaysHowManyWereCarried(t *testing.T) {
	h := convene(t)
	h.do(h.badge("ken"), "POST", "/requests", `{"id":"k","level":"head_of_state","speaker":"H.E. Ms. X"}`)
	carry := func(body string) map[string]any {
		t.Helper()
		answer := h.do(h.chair(), "POST", "/panels/morning/carry", body).body
		delete(answer, "seq")
		return answer
	}
	if diff := cmp.Diff(map[string]any{"id": "c", "carried": 1.0}, carry(`{"id":"c","to":"afternoon"}`)); diff != "" {
		t.Errorf("carrying (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]any{"id": "d", "carried": 0.0}, carry(`{"id":"d","to":"afternoon"}`)); diff != "" {
		t.Errorf("carrying nobody (-want +got):\n%s", diff)
	}
	for token, speaker := range map[string]any{"": nil, h.link(queue.Display): "H.E. Ms. X", h.chair(): "H.E. Ms. X"} {
		r := h.do(token, "GET", "", nil).body["state"].(map[string]any)["requests"].(map[string]any)["k"].(map[string]any)
		if r["panel"] != "afternoon" || r["level"] != "head_of_state" || r["speaker"] != speaker {
			t.Errorf("the request is shown as %v, want the speaker %v", r, speaker)
		}
	}
}

func TestTheRecordHasTheStatistics(t *testing.T) {
	h := convene(t)
	h.do(h.badge("ken"), "POST", "/requests", `{"id":"k"}`)
	h.do(h.chair(), "PUT", "/floor", `{"id":"i","request":"k"}`)
	h.do(h.chair(), "DELETE", "/floor", nil)
	live := h.do(h.chair(), "GET", "/statistics", nil).body
	if live["seq"] != float64(h.room.State().Seq) {
		t.Errorf("seq is %v, want %d", live["seq"], h.room.State().Seq)
	}
	delete(live, "seq")
	total := live["total"].(map[string]any)
	if total["interventions"] != 1.0 || total["participants"] != 1.0 || total["not_reached"] != 0.0 || total["waited_median_ms"] != total["waited_longest_ms"] {
		t.Errorf("the total is %v", total)
	}
	if diff := cmp.Diff(map[string]any{"African": total}, live["groups"]); diff != "" {
		t.Errorf("the groups (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(any(live), h.do(h.chair(), "GET", "/record.json", nil).body["statistics"]); diff != "" {
		t.Errorf("live and in the record (+):\n%s", diff)
	}
}

func TestAProposedOrderIsAppliedAsItIs(t *testing.T) {
	h := convene(t)
	empty := h.do(h.chair(), "GET", "/panels/morning/order?by=groups", nil)
	if diff := cmp.Diff(map[string]any{"seq": float64(h.room.State().Seq), "panel": "morning", "by": "groups", "order": []any{}}, empty.body); diff != "" {
		t.Errorf("of an empty list (-want +got):\n%s", diff)
	}
	for i, p := range []string{"ken", "bra", "fra"} {
		level := []string{"minister", "head_of_government", "head_of_state"}[i]
		h.do(h.badge(p), "POST", "/requests", `{"id":"`+p+`","level":"`+level+`"}`)
	}
	proposal := h.do(h.chair(), "GET", "/panels/morning/order?by=precedence", nil).body
	if diff := cmp.Diff([]any{"fra", "bra", "ken"}, proposal["order"]); diff != "" {
		t.Errorf("the proposal (-want +got):\n%s", diff)
	}
	h.do(h.chair(), "PUT", "/panels/morning/order", `{"order":["fra","bra","ken"],"by":"precedence"}`)
	if diff := cmp.Diff([]string{"fra", "bra", "ken"}, h.room.State().List("morning")); diff != "" {
		t.Errorf("the list (-want +got):\n%s", diff)
	}
	for query, field := range map[string]string{"": "by", "?by=": "by", "?by=height": "by"} {
		h.send(h.chair(), "GET", "/panels/morning/order"+query, nil).wantsField(field)
	}
	h.send(h.chair(), "GET", "/panels/evening/order?by=asked", nil).wants(404, "no_such_panel")
	h.send(h.chair(), "PUT", "/panels/morning/order", `{"by":"asked"}`).wants(400, "malformed")
}

func TestTheStateSaysWhoWasNotInTheRoom(t *testing.T) {
	h := convene(t)
	h.do(h.badge("ken"), "POST", "/requests", `{"id":"k"}`)
	screen := h.watch("", "")
	h.do(h.chair(), "PUT", "/floor", `{"id":"i","request":"k"}`)
	back := h.do(h.chair(), "POST", "/floor/absent?floor=i", nil).body
	if r, _ := back["request"].(map[string]any); back["id"] != "k" || r["absent"] != 1.0 {
		t.Errorf("the answer is %v", back)
	}
	absent := func() any { return h.do("", "GET", "", nil).body["state"].(map[string]any)["absent"] }
	if absent() != nil {
		t.Errorf("absent is %v", absent())
	}
	h.do(h.chair(), "POST", "/requests/k/absent", nil)
	if ken, _ := absent().(map[string]any)["ken"].(map[string]any); ken["panel"] != "morning" {
		t.Errorf("absent is %v", absent())
	}
	screen.wantsWhatTheServerHas("")
	h.do(h.badge("ken"), "POST", "/requests", `{"id":"l"}`)
	if absent() != nil {
		t.Errorf("absent is %v", absent())
	}
	screen.wantsWhatTheServerHas("")
}

func TestExchangingSaysWhetherBothAgree(t *testing.T) {
	h := convene(t)
	for _, p := range []string{"ken", "bra"} {
		h.do(h.badge(p), "POST", "/requests", `{"id":"`+p+`"}`)
	}
	screen := h.watch("", "")
	exchanged := func(by, with string) any {
		t.Helper()
		return h.do(h.badge(by), "PUT", "/requests/"+by+"/exchange", `{"with":"`+with+`"}`).body["exchanged"]
	}
	offer := func() any {
		return h.do("", "GET", "", nil).body["state"].(map[string]any)["requests"].(map[string]any)["ken"].(map[string]any)["exchange"]
	}
	if got := exchanged("ken", "bra"); got != false || offer() != "bra" {
		t.Errorf("one offers: exchanged is %v, the offer %v", got, offer())
	}
	screen.wantsWhatTheServerHas("")
	h.do(h.badge("bra"), "DELETE", "/requests/ken/exchange", nil)
	if offer() != nil {
		t.Errorf("declined, the offer is %v", offer())
	}
	exchanged("ken", "bra")
	if got := exchanged("bra", "ken"); got != true || offer() != nil {
		t.Errorf("both offer: exchanged is %v, the offer %v", got, offer())
	}
	screen.wantsWhatTheServerHas("")
}

func TestOfficersAreShownAnOutage(t *testing.T) {
	h := convene(t)
	h.do(h.chair(), "PUT", "/floor", `{"id":"i","participant":"ken"}`)
	tokens := []string{"", h.link(queue.Display), h.chair()}
	var screens []*screen
	for _, token := range tokens {
		screens = append(screens, h.watch(token, ""))
	}
	since := h.room.State().Floor.Timer.Since
	now := since + 60_000
	tell := queue.Submission{At: now, By: queue.Actor{Role: queue.Server}, Command: &queue.TellOutage{From: since + 20_000, To: now}}
	if _, err := h.room.Submit(context.Background(), tell); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"floor": "i", "from_ms": float64(since + 20_000), "to_ms": float64(now)}
	for i, token := range tokens {
		shown := h.do(token, "GET", "", nil).body["state"].(map[string]any)["outage"]
		if token != h.chair() {
			if shown != nil {
				t.Errorf("%d is shown the outage %v", i, shown)
			}
		} else if diff := cmp.Diff(any(want), shown); diff != "" {
			t.Errorf("the outage (-want +got):\n%s", diff)
		}
		screens[i].wantsWhatTheServerHas(token)
	}
	h.do(h.chair(), "DELETE", "/floor", nil)
	for i, token := range tokens {
		screens[i].wantsWhatTheServerHas(token)
	}
}
