package server_test

import (
	"slices"
	"testing"
)

// roster is the ids in their order, and the names, in a language.
func (h *hall) roster(lang string, edits ...edit) (ids []string, names map[string]string, a answer) {
	h.Helper()
	a = h.do("", "GET", "/roster?lang="+lang, nil, edits...)
	names = make(map[string]string)
	order := make(map[int]string)
	list, _ := a.body["participants"].([]any)
	for i, p := range list {
		p := p.(map[string]any)
		id := p["id"].(string)
		if p["sort"] != float64(i+1) {
			h.Errorf("%s: %s stands at %d and has sort %v", lang, id, i+1, p["sort"])
		}
		if p["category"] == "" || p["name"] == "" {
			h.Errorf("%s: %v", lang, p)
		}
		ids, names[id], order[i] = append(ids, id), p["name"].(string), id
	}
	return ids, names, a
}

func TestTheRosterIsInTheOrderOfEachLanguage(t *testing.T) {
	h := convene(t)
	for lang, want := range map[string]struct {
		first, last string
		ordered     []string // somewhere, in this order
		name        string   // of Kenya
	}{
		"en": {"afg", "zwe", []string{"chl", "cri", "civ", "hrv", "egy", "tur", "uga"}, "Kenya"},
		// Accents come after letters: the É of Égypte is an E.
		"fr": {"afg", "zwe", []string{"dji", "egy", "are", "ecu", "eri", "esp", "est", "swz", "usa", "eth", "fji"}, "Kenya"},
		"es": {"afg", "zwe", []string{"nga", "nor", "omn", "zmb"}, "Kenya"},
		"ru": {"aus", "jpn", []string{"aut", "bra", "ken", "usa", "fra", "cze", "eth"}, "Кения"},
		// The article counts, as CLDR has it: البرازيل is under ا.
		"ar": {"", "", []string{"arg", "jor", "bra", "aut", "jpn", "tur", "fra", "ken"}, "كينيا"},
		// By sound: A Aerjiliya, Aji… Baxi, Faguo, Kenniya, Zhongguo.
		"zh": {"", "", []string{"dza", "arg", "bra", "fra", "ken", "usa", "jpn", "chn"}, "肯尼亚"},
	} {
		ids, names, a := h.roster(lang)
		if len(ids) != 197 || a.header.Get("Content-Language") != lang {
			t.Errorf("%s: %d participants, Content-Language %q", lang, len(ids), a.header.Get("Content-Language"))
		}
		if names["ken"] != want.name {
			t.Errorf("%s: Kenya is %q", lang, names["ken"])
		}
		at := -1
		for _, id := range want.ordered {
			i := slices.Index(ids, id)
			if i <= at {
				t.Errorf("%s: %s (%s) stands at %d, not after %d", lang, id, names[id], i, at)
			}
			at = i
		}
		un := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == "markup" || id == "unodc" })
		if want.first != "" && (un[0] != want.first || un[len(un)-1] != want.last) {
			t.Errorf("%s: from %s to %s, want from %s to %s", lang, names[un[0]], names[un[len(un)-1]], names[want.first], names[want.last])
		}
		if lang == "fr" && names["unodc"] != "ONUDC" || lang == "ru" && names["unodc"] != "UNODC" {
			t.Errorf("%s: UNODC is %q", lang, names["unodc"])
		}
	}
}

func TestTheRosterIsInTheLanguageThatSuitsBest(t *testing.T) {
	h := convene(t)
	for _, tt := range []struct{ lang, accept, want string }{
		{"", "", "en"}, {"fr", "", "fr"}, {"fr-CA", "", "fr"}, {"zh-Hant-TW", "", "zh"}, {"es-419", "", "es"}, {"AR", "", "ar"},
		{"", "ru, en;q=0.5", "ru"}, {"", "sw;q=1, fr;q=0.3", "fr"}, {"zh", "fr", "zh"}, {"qqq", "es", "es"}, {"qqq", "", "en"},
		{"%00", "", "en"}, {"../en", "", "en"}, {"not_a_language_at_all", "%%%", "en"},
	} {
		_, _, a := h.roster(tt.lang, header("Accept-Language", tt.accept))
		if got := a.header.Get("Content-Language"); got != tt.want {
			t.Errorf("lang=%s and Accept-Language %q give %q, want %q", tt.lang, tt.accept, got, tt.want)
		}
	}
}

func TestTheRostersTagChangesWithIt(t *testing.T) {
	h := convene(t)
	tag := func() string { return h.do("", "GET", "/roster?lang=fr", nil).header.Get("ETag") }
	inState := func() string {
		return h.do("", "GET", "", nil).body["state"].(map[string]any)["debate"].(map[string]any)["roster"].(string)
	}
	first := tag()
	if first != `"`+inState()+`"` {
		t.Errorf("the tag is %s, the state has %s", first, inState())
	}
	ifNew := func(tag string) answer {
		return h.send("", "GET", "/roster?lang=fr", nil, header("If-None-Match", tag))
	}
	for _, known := range []string{first, "W/" + first, `"other", ` + first, "*"} {
		if a := ifNew(known); a.status != 304 || len(a.raw) != 0 || a.header.Get("ETag") != first {
			t.Errorf("If-None-Match: %s is answered %d, ETag %s", known, a.status, a.header.Get("ETag"))
		}
	}
	if a := ifNew(`"other"`); a.status != 200 {
		t.Errorf("another tag is answered %d", a.status)
	}
	// Other changes leave it, also over a restart.
	h.do(h.badge("ken"), "POST", "/requests", `{"id":"k"}`)
	h.restart()
	if got := tag(); got != first {
		t.Errorf("the tag is %s, was %s, and nobody was added", got, first)
	}

	s := h.watch("", "")
	h.do(h.chair(), "POST", "/participants", `{"id":"ngo","name":{"en":"Zeta","fr":"Élan"},"category":"civil_society","group":"NGOs"}`)
	if got := tag(); got == first || got != `"`+inState()+`"` {
		t.Errorf("somebody was added: the tag is %s, was %s, the state has %s", got, first, inState())
	}
	if a := ifNew(first); a.status != 200 {
		t.Errorf("the old tag is answered %d", a.status)
	}
	s.until(h.room.State().Seq)
	if got := s.state.(map[string]any)["debate"].(map[string]any)["roster"]; got != inState() {
		t.Errorf("the stream has the roster %v, the state %s", got, inState())
	}
	if ids, names, _ := h.roster("fr"); !slices.Contains(ids, "ngo") || names["ngo"] != "Élan" || slices.Index(ids, "ngo") > slices.Index(ids, "egy")+20 {
		t.Errorf("the new one is %q at %d", names["ngo"], slices.Index(ids, "ngo"))
	}
	// It speaks at once.
	h.do(h.badge("ngo"), "POST", "/requests", `{"id":"n"}`)
	h.do(h.chair(), "POST", "/participants", `{"id":"all","name":"One name for all","category":"media"}`)
	for _, lang := range []string{"en", "ar", "zh"} {
		if _, names, _ := h.roster(lang); names["all"] != "One name for all" {
			t.Errorf("%s: %q", lang, names["all"])
		}
	}
}
