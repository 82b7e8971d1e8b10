package queue_test

import (
	"strings"
	"testing"

	"rostrum/queue"
	"rostrum/timer"
)

// A browser takes these for folders: the chair could not remove such a request from its page.
func TestWhatIsToStandInAddressesIsNotNamedAsAFolder(t *testing.T) {
	d := convene(t)
	for _, id := range []string{".", ".."} {
		for _, c := range []queue.Command{
			&queue.Ask{ID: id, Participant: "ken"},
			&queue.Recognise{ID: id, Participant: "ken"},
			&queue.AddParticipant{ID: id, Name: queue.Names{"": "N"}, Category: "civil_society"},
			&queue.AddStatement{ID: id, Participant: "ken", Name: "a.txt"},
		} {
			if refusal := d.refused(queue.Malformed, chair, c); refusal.Field != "id" {
				t.Errorf("%T with the id %q: the field is %q", c, id, refusal.Field)
			}
		}
	}
	d.do(kenya, &queue.Ask{ID: "..."})
}

func TestMalformedCommandsNameTheField(t *testing.T) {
	limit := func(ms int64) queue.Limit { return queue.Limit{Set: true, MS: ms} }
	long := strings.Repeat("a", 65)
	named := func(name queue.Names) *queue.AddParticipant {
		return &queue.AddParticipant{ID: "ngo", Name: name, Category: "civil_society"}
	}
	d := convene(t)
	for _, tt := range []struct {
		field string
		c     queue.Command
	}{
		{"id", &queue.Ask{}},
		{"id", &queue.Ask{ID: "a b"}},
		{"id", &queue.Ask{ID: "é"}},
		{"id", &queue.Ask{ID: "a/b"}},
		{"id", &queue.Ask{ID: long}},
		{"participant", &queue.Ask{ID: "r", Participant: "<ken>"}},
		{"participant", &queue.Ask{ID: "r"}}, // the chair does not ask for itself
		{"panel", &queue.Ask{ID: "r", Panel: "the morning"}},
		{"kind", &queue.Ask{ID: "r", Kind: "speech"}},
		{"note", &queue.Ask{ID: "r", Note: strings.Repeat("é", 2_001)}},
		{"note", &queue.Ask{ID: "r", Note: "a\x00b"}},
		{"note", &queue.Ask{ID: "r", Note: "\xff"}},
		{"behalf_of", &queue.Ask{ID: "r", BehalfOf: strings.Repeat("é", 201)}},
		{"behalf_of", &queue.Ask{ID: "r", BehalfOf: "two\nlines"}},
		{"speaker", &queue.Ask{ID: "r", Speaker: "turned \u202e round"}},
		{"speaker", &queue.Ask{ID: "r", Speaker: "isolated \u2066 text"}},
		{"language", &queue.Ask{ID: "r", Language: "en_GB"}},
		{"language", &queue.Ask{ID: "r", Language: strings.Repeat("a", 36)}},

		{"before", &queue.Amend{Request: "r", Before: queue.Before{Set: true, ID: "?"}}},
		{"note", &queue.Amend{Request: "r", Note: to("\x07")}},
		{"speaker", &queue.Amend{Request: "r", Speaker: to("a\tb")}},
		{"language", &queue.Amend{Request: "r", Language: to("english please")}},

		{"id", &queue.Recognise{Participant: "ken"}},
		{"request", &queue.Recognise{ID: "i"}},
		{"request", &queue.Recognise{ID: "i", Request: "?"}},
		{"participant", &queue.Recognise{ID: "i", Participant: "?"}},
		{"participant", &queue.Recognise{ID: "i", Request: "r", Participant: "ken"}},
		{"kind", &queue.Recognise{ID: "i", Request: "r", Kind: queue.Response}},
		{"kind", &queue.Recognise{ID: "i", Participant: "ken", Kind: "speech"}},
		{"limit_ms", &queue.Recognise{ID: "i", Participant: "ken", Limit: limit(999)}},
		{"limit_ms", &queue.Recognise{ID: "i", Participant: "ken", Limit: limit(0)}},
		{"limit_ms", &queue.Recognise{ID: "i", Participant: "ken", Limit: limit(-1)}},
		{"limit_ms", &queue.Recognise{ID: "i", Participant: "ken", Limit: limit(timer.MaxLimit + 1)}},
		{"instead_of", &queue.Recognise{ID: "i", Participant: "ken", InsteadOf: to("?")}},

		{"timer", &queue.SetTime{Timer: "stop"}},
		{"add_ms", &queue.SetTime{Add: to(minute), Limit: limit(minute)}},
		{"add_ms", &queue.SetTime{Add: to(minute), Limit: queue.Limit{Set: true, None: true}}},
		{"add_ms", &queue.SetTime{Add: to(timer.MaxLimit + 1)}},
		{"add_ms", &queue.SetTime{Add: to(-timer.MaxLimit - 1)}},
		{"limit_ms", &queue.SetTime{Limit: limit(timer.MinLimit - 1)}},
		{"floor", &queue.SetTime{Floor: "?"}},
		{"floor", &queue.EndFloor{Floor: "?"}},

		{"status", &queue.SetPanel{Panel: "morning", Status: "over"}},
		{"list", &queue.SetPanel{Panel: "morning", List: queue.Suspended}},
		{"limit_ms", &queue.SetPanel{Panel: "morning", Limit: limit(1)}},
		{"panel", &queue.SwitchPanel{}},

		{"text", &queue.WriteNote{Intervention: "i", Text: new(strings.Repeat("é", 10_001))}},
		{"text", &queue.WriteNote{Intervention: "i", Text: new("\x1b")}},
		{"text", &queue.WriteNote{Intervention: "i"}},
		{"base", &queue.WriteNote{Intervention: "i", Text: new(""), Base: -1}},

		{"id", &queue.AddParticipant{Name: queue.Names{"": "NGO"}, Category: "media"}},
		{"name", named(nil)},
		{"name", named(queue.Names{"": ""})},
		{"name", named(queue.Names{"": " \u200b"})},
		{"name", named(queue.Names{"en": "NGO", "fr": "\u200d"})},
		{"name", named(queue.Names{"not a language": "NGO"})},
		{"name", named(queue.Names{"": "\xff\xfeNGO"})},
		{"category", &queue.AddParticipant{ID: "ngo", Name: queue.Names{"": "NGO"}}},
		{"category", &queue.AddParticipant{ID: "ngo", Name: queue.Names{"": "NGO"}, Category: long}},
		{"group", &queue.AddParticipant{ID: "ngo", Name: queue.Names{"": "NGO"}, Category: "media", Group: "\n"}},
	} {
		if refusal := d.refused(queue.Malformed, chair, tt.c); refusal.Field != tt.field {
			t.Errorf("%T %+v: the refusal names %q, want %q", tt.c, tt.c, refusal.Field, tt.field)
		}
	}
}

func TestTextsOfTheWholeWorldAreTaken(t *testing.T) {
	d := convene(t)
	for i, name := range []string{"Côte d'Ivoire", "المملكة العربية السعودية", "中国", "<b>Kenya</b> & Co", "👩‍👩‍👧", "א\u200fב"} {
		id := string(rune('a' + i))
		d.do(chair, &queue.AddParticipant{ID: id, Name: queue.Names{"": name}, Category: "media"})
		d.do(badge(id), &queue.Ask{ID: "r" + id, Speaker: name, BehalfOf: name, Note: name + "\r\n\t" + name})
	}
	d = d.reopened()
	if got := d.state().Requests()["rb"].Speaker; got != "المملكة العربية السعودية" {
		t.Errorf("the speaker is %q", got)
	}
}

func TestTheEdgesOfWhatIsTaken(t *testing.T) {
	d := convene(t)
	d.do(kenya, &queue.Ask{ID: strings.Repeat("r", 64), Note: strings.Repeat("é", 2_000), Speaker: strings.Repeat("中", 200), Language: "zh-Hans"})
	d.do(chair, &queue.Recognise{ID: "i", Participant: "ken", Limit: queue.Limit{Set: true, MS: timer.MaxLimit}})
	d.do(chair, &queue.SetTime{Limit: queue.Limit{Set: true, MS: timer.MinLimit}})
	d.do(chair, &queue.SetTime{Add: to(timer.MaxLimit)})
	d.do(chair, &queue.SetTime{Add: to(-timer.MaxLimit)})
	d.do(rapporteur, &queue.WriteNote{Intervention: "i", Text: new(strings.Repeat("é", 10_000))})
}

func TestActorsHaveNamesOfTheirOwn(t *testing.T) {
	for want, a := range map[string]queue.Actor{
		"chair": chair, "delegate:ken": kenya, "delegate:ken#a": phone("ken", "a"), "server": server,
	} {
		if got := a.String(); got != want {
			t.Errorf("%+v is %q, want %q", a, got, want)
		}
	}
}
