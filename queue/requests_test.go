package queue_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rostrum/queue"
)

func TestThoseWhoAskStandInTheOrderInWhichTheyAsked(t *testing.T) {
	d := convene(t)
	d.asks("ken", "bra", "fra")
	d.wantList("morning", "ken-asks", "bra-asks", "fra-asks")
}

func TestTheListKeepsTheOrderBeyondOneDigitOfRanks(t *testing.T) {
	d := convene(t)
	var want []string
	for i := range 150 {
		id := fmt.Sprintf("ngo%d", i)
		d.do(chair, &queue.AddParticipant{ID: id, Name: queue.Names{"": id}, Category: "media"})
		d.do(badge(id), &queue.Ask{ID: id + "-asks"})
		want = append(want, id+"-asks")
	}
	d.wantList("morning", want...)
}

func TestAskSaysWhatWasMade(t *testing.T) {
	d := convene(t)
	answer := d.do(phone("ken", "a"), &queue.Ask{
		ID: "r", Note: "on victims", BehalfOf: "African Group", Speaker: "H.E. Ms. Otieno", Language: "fr",
	})
	want := &queue.Request{
		Panel: "morning", Participant: "ken", Kind: queue.Regular, Rank: "11", At: tenOClock, Session: "a",
		Note: "on victims", BehalfOf: "African Group", Speaker: "H.E. Ms. Otieno", Language: "fr",
	}
	if diff := cmp.Diff(want, answer.Request); diff != "" || answer.ID != "r" || answer.Seq != d.state().Seq {
		t.Errorf("the answer has id %q and seq %d; request (-want +got):\n%s", answer.ID, answer.Seq, diff)
	}
}

func TestOneRequestPerPanelParticipantAndKind(t *testing.T) {
	d := convene(t)
	d.asks("ken")
	d.refused(queue.AlreadyListed, kenya, &queue.Ask{ID: "again"})
	d.refused(queue.AlreadyListed, chair, &queue.Ask{ID: "again", Participant: "ken"})
	d.do(kenya, &queue.Ask{ID: "reply", Kind: queue.RightOfReply})
	d.wantList("morning", "ken-asks", "reply")

	d.do(chair, &queue.SwitchPanel{Panel: "afternoon"})
	d.open("afternoon")
	d.do(kenya, &queue.Ask{ID: "after"})
	d.wantList("afternoon", "after")
	d.wantList("morning", "ken-asks", "reply")
}

func TestTheListAloneGovernsDelegatesRequests(t *testing.T) {
	d := convene(t)
	d.do(chair, &queue.SetPanel{Panel: "morning", List: queue.Closed})
	d.refused(queue.ListClosed, kenya, &queue.Ask{ID: "r"})
	d.do(chair, &queue.Ask{ID: "r", Participant: "ken"}) // the chair may still add
	d.do(chair, &queue.SetPanel{Panel: "morning", List: queue.Open, Status: queue.Closed})
	d.do(brazil, &queue.Ask{ID: "s"})
	d.wantList("morning", "r", "s")
}

func TestASlowPhoneDoesNotAskInAnotherPanel(t *testing.T) {
	d := convene(t)
	d.do(chair, &queue.SwitchPanel{Panel: "afternoon"})
	d.open("afternoon")
	d.refused(queue.PanelChanged, kenya, &queue.Ask{ID: "r", Panel: "morning"})
	d.refused(queue.PanelChanged, chair, &queue.Ask{ID: "r", Panel: "morning", Participant: "ken"})
}

// What comes first among refusals: not found, then not yours, then the state.
func TestWhatComesFirstWhenAskingIsRefused(t *testing.T) {
	d := convene(t)
	d.asks("ken")
	d.do(chair, &queue.SetPanel{Panel: "morning", List: queue.Closed})
	for _, tt := range []struct {
		name string
		by   queue.Actor
		ask  queue.Ask
		want queue.Code
	}{
		{"for nobody", chair, queue.Ask{}, queue.Malformed},
		{"an unknown participant before an unknown panel", chair, queue.Ask{Participant: "atl", Panel: "evening"}, queue.NoSuchParticipant},
		{"an unknown participant before not yours", kenya, queue.Ask{Participant: "atl"}, queue.NoSuchParticipant},
		{"an unknown panel before not yours", kenya, queue.Ask{Participant: "bra", Panel: "evening"}, queue.NoSuchPanel},
		{"not yours before another panel", kenya, queue.Ask{Participant: "bra", Panel: "afternoon"}, queue.NotYours},
		{"not yours before a closed list", kenya, queue.Ask{Participant: "bra"}, queue.NotYours},
		{"another panel before a closed list", kenya, queue.Ask{Panel: "afternoon"}, queue.PanelChanged},
		{"a closed list before listed already", kenya, queue.Ask{}, queue.ListClosed},
		{"the chair is only told of listed already", chair, queue.Ask{Participant: "ken"}, queue.AlreadyListed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ask := tt.ask
			ask.ID = "new"
			d.in(t).refused(tt.want, tt.by, &ask)
		})
	}
}

func TestWithdrawing(t *testing.T) {
	for _, tt := range []struct {
		name  string
		asked queue.Actor
		by    queue.Actor
		want  queue.Code // "" where it is done
	}{
		{"a badge withdraws what it asked", kenya, kenya, ""},
		{"a badge withdraws what a phone of its delegation asked", phone("ken", "a"), kenya, ""},
		{"a phone withdraws what it asked", phone("ken", "a"), phone("ken", "a"), ""},
		{"a phone does not withdraw what another phone asked", phone("ken", "a"), phone("ken", "b"), queue.NotYours},
		{"a phone does not withdraw what the badge asked", kenya, phone("ken", "a"), queue.NotYours},
		{"a badge does not withdraw another delegation's", kenya, brazil, queue.NotYours},
		{"a session of another delegation is not the phone's", phone("ken", "a"), phone("bra", "a"), queue.NotYours},
		{"the chair removes any", phone("ken", "a"), chair, ""},
		{"the rapporteur does not", kenya, rapporteur, queue.NotYours},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := convene(t)
			d.do(tt.asked, &queue.Ask{ID: "r"})
			if tt.want != "" {
				d.refused(tt.want, tt.by, &queue.Withdraw{Request: "r"})
				d.wantList("morning", "r")
				return
			}
			d.do(tt.by, &queue.Withdraw{Request: "r"})
			d.wantList("morning")
			d.refused(queue.NoSuchRequest, tt.by, &queue.Withdraw{Request: "r"})
		})
	}
}

func TestWithdrawingAndAskingAgainGoesToTheEnd(t *testing.T) {
	d := convene(t)
	d.asks("ken", "bra")
	d.do(kenya, &queue.Withdraw{Request: "ken-asks"})
	d.do(kenya, &queue.Ask{ID: "ken-again"})
	d.wantList("morning", "bra-asks", "ken-again")
}

func TestMoving(t *testing.T) {
	for _, tt := range []struct {
		name, request, before string
		want                  []string
	}{
		{"before the first", "c", "a", []string{"c", "a", "b", "d"}},
		{"before the one in front", "b", "a", []string{"b", "a", "c", "d"}},
		{"down, before the last", "a", "d", []string{"b", "c", "a", "d"}},
		{"to the end", "b", "", []string{"a", "c", "d", "b"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := listOf(t, "a", "b", "c", "d")
			before := d.state().Requests()
			d.move(tt.request, tt.before)
			d.wantList("morning", tt.want...)
			for id, r := range d.state().Requests() {
				if id != tt.request && r != before[id] {
					t.Errorf("moving %s changes %s too", tt.request, id)
				}
			}
		})
	}
}

// listOf has delegations on the list, whose requests have the ids.
func listOf(t tb, ids ...string) *debate {
	d := convene(t)
	for i, id := range ids {
		d.do(badge([]string{"ken", "bra", "fra", "phl"}[i]), &queue.Ask{ID: id})
	}
	return d
}

func TestMovingToWhereItStandsChangesNothing(t *testing.T) {
	d := listOf(t, "a", "b", "c")
	for _, m := range [][2]string{{"a", "b"}, {"b", "c"}, {"b", "b"}, {"c", ""}} {
		d.changesNothing(chair, &queue.Amend{Request: m[0], Before: queue.Before{Set: true, ID: m[1]}})
	}
	d.wantList("morning", "a", "b", "c")
}

func TestOneWhoAsksAfterAMoveToTheEndIsLast(t *testing.T) {
	d := listOf(t, "a", "b")
	d.move("a", "")
	d.asks("fra")
	d.wantList("morning", "b", "a", "fra-asks")
}

func TestWhatComesFirstWhenAmendingIsRefused(t *testing.T) {
	d := listOf(t, "a", "b")
	d.do(chair, &queue.SwitchPanel{Panel: "afternoon"})
	d.do(chair, &queue.Ask{ID: "later", Participant: "fra"})
	before := func(id string) queue.Before { return queue.Before{Set: true, ID: id} }
	for _, tt := range []struct {
		name  string
		by    queue.Actor
		amend queue.Amend
		want  queue.Code
	}{
		{"an unknown request", kenya, queue.Amend{Request: "x", Note: to("n")}, queue.NoSuchRequest},
		{"an unknown place before not yours", brazil, queue.Amend{Request: "a", Before: before("x")}, queue.NoSuchRequest},
		{"another's", brazil, queue.Amend{Request: "a", Note: to("n")}, queue.NotYours},
		{"not yours before another panel", brazil, queue.Amend{Request: "a", Before: before("later")}, queue.NotYours},
		{"the order is the chair's", kenya, queue.Amend{Request: "a", Before: before("b")}, queue.NotYours},
		{"the order is the chair's, also to the end", kenya, queue.Amend{Request: "a", Before: before("")}, queue.NotYours},
		{"another phone's", phone("ken", "b"), queue.Amend{Request: "a", Note: to("n")}, queue.NotYours},
		{"the list of another panel", chair, queue.Amend{Request: "a", Before: before("later")}, queue.OtherPanel},
	} {
		t.Run(tt.name, func(t *testing.T) { d.in(t).refused(tt.want, tt.by, &tt.amend) })
	}
}

func TestAmendingWhatARequestSays(t *testing.T) {
	d := listOf(t, "a", "b")
	d.do(kenya, &queue.Amend{Request: "a", Note: to("on victims"), Speaker: to("H.E. Ms. Otieno"), Language: to("fr")})
	d.do(kenya, &queue.Amend{Request: "a", Note: to("")})
	d.changesNothing(kenya, &queue.Amend{Request: "a", Language: to("fr")})
	d.changesNothing(kenya, &queue.Amend{Request: "a"})
	r := d.state().Requests()["a"]
	if r.Note != "" || r.Speaker != "H.E. Ms. Otieno" || r.Language != "fr" || r.Rank != "11" {
		t.Errorf("the request is %+v", r)
	}
}

func TestTheChairMovesAndAmendsInOneChange(t *testing.T) {
	d := listOf(t, "a", "b")
	before := d.state().Seq
	answer := d.do(chair, &queue.Amend{Request: "b", Before: queue.Before{Set: true, ID: "a"}, Note: to("first")})
	d.wantList("morning", "b", "a")
	if r := d.state().Requests()["b"]; r.Note != "first" || answer.Seq != before+1 {
		t.Errorf("seq goes from %d to %d; the request is %+v", before, answer.Seq, r)
	}
}

func TestBeforeInJSON(t *testing.T) {
	for _, tt := range []struct {
		body string
		want queue.Before
		bad  bool
	}{
		{`{}`, queue.Before{}, false},
		{`{"before":null}`, queue.Before{Set: true}, false},
		{`{"before":"r1"}`, queue.Before{Set: true, ID: "r1"}, false},
		{`{"before":""}`, queue.Before{}, true},
		{`{"before":7}`, queue.Before{}, true},
	} {
		var got queue.Amend
		err := json.Unmarshal([]byte(tt.body), &got)
		if (err != nil) != tt.bad || err == nil && got.Before != tt.want {
			t.Errorf("%s gives %+v, %v", tt.body, got.Before, err)
		}
		if tt.bad {
			continue
		}
		if body, err := json.Marshal(&got); err != nil || string(body) != tt.body {
			t.Errorf("%s becomes %s, %v", tt.body, body, err)
		}
	}
}

func TestAddingAParticipant(t *testing.T) {
	d := convene(t)
	answer := d.do(chair, &queue.AddParticipant{ID: "anti-slavery", Name: queue.Names{"": "Anti-Slavery", "fr": "Contre l'esclavage"}, Category: "civil_society", Group: "NGO"})
	want := queue.Participant{ID: "anti-slavery", Names: map[string]string{"en": "Anti-Slavery", "fr": "Contre l'esclavage"}, Category: "civil_society", Group: "NGO"}
	if diff := cmp.Diff(&want, answer.Participant); diff != "" || answer.ID != want.ID {
		t.Errorf("the answer for %q (-want +got):\n%s", answer.ID, diff)
	}
	if diff := cmp.Diff(want, d.state().Participants()[want.ID].Participant); diff != "" {
		t.Error(diff)
	}
	d.asks("anti-slavery")
	d.refused(queue.ParticipantExists, chair, &queue.AddParticipant{ID: "ken", Name: queue.Names{"": "Kenya"}, Category: "member_state"})
}

func TestNamesInJSON(t *testing.T) {
	for body, want := range map[string]queue.Names{
		`{"name":"Kenya"}`:                     {"": "Kenya"},
		`{"name":{"en":"Kenya","fr":"le K."}}`: {"en": "Kenya", "fr": "le K."},
	} {
		var got queue.AddParticipant
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Errorf("%s: %v", body, err)
		}
		if diff := cmp.Diff(want, got.Name); diff != "" {
			t.Error(diff)
		}
	}
}

func TestANameIsFoundInTheNextBestLanguage(t *testing.T) {
	p := queue.Participant{ID: "ken", Names: map[string]string{"fr": "le Kenya", "en": "Kenya"}}
	if got := p.Name("fr", "en"); got != "le Kenya" {
		t.Errorf("in French: %q", got)
	}
	if got := p.Name("zh", "ar", "fr"); got != "le Kenya" {
		t.Errorf("in Chinese, Arabic or French: %q", got)
	}
	if got := p.Name("zh"); got != "Kenya" {
		t.Errorf("in Chinese only: %q", got)
	}
	if got := (queue.Participant{ID: "x"}).Name("en"); got != "x" {
		t.Errorf("without a name: %q", got)
	}
}
