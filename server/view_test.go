package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"rostrum/queue"
)

// nulls are the paths at which a value is null.
func nulls(at string, v any) []string {
	var found []string
	switch v := v.(type) {
	case nil:
		return []string{at}
	case map[string]any:
		for name, value := range v {
			found = append(found, nulls(at+"."+name, value)...)
		}
	case []any:
		for i, value := range v {
			found = append(found, nulls(fmt.Sprint(at, ".", i), value)...)
		}
	}
	return found
}

// program goes through a debate with everything in it that a view may show. After
// each act it lets the test look.
func (h *hall) program(look func(what string)) {
	h.Helper()
	does := func(what, token, method, path, body string) {
		h.Helper()
		var b any
		if body != "" {
			b = body
		}
		h.do(token, method, path, b)
		look(what)
	}
	look("the beginning")
	does("a request", h.phone("ken", "SECRET-session"), "POST", "/requests", `{"id":"k","note":"SECRET-note","speaker":"TITLE-speaker","language":"fr","behalf_of":"the Group"}`)
	does("a plain request", h.badge("bra"), "POST", "/requests", `{"id":"b"}`)
	does("another note", h.badge("bra"), "PATCH", "/requests/b", `{"note":"SECRET-amended"}`)
	does("an empty floor set", h.chair(), "PUT", "/floor", `{"id":"i1","participant":"fra","start":false,"limit_ms":null}`)
	does("a start", h.chair(), "PATCH", "/floor", `{"timer":"start"}`)
	does("a limit", h.chair(), "PATCH", "/floor", `{"limit_ms":60000}`)
	does("a point of order", h.chair(), "PUT", "/floor", `{"id":"p","participant":"bra","kind":"point_of_order"}`)
	does("its end", h.chair(), "DELETE", "/floor?ruling=overruled", "")
	does("a message", h.chair(), "PUT", "/message", `{"text":"Please be brief"}`)
	does("an announced limit", h.chair(), "PATCH", "/panels/morning", `{"limit_ms":120000,"announce":true}`)
	does("time given back", h.chair(), "PATCH", "/floor", `{"back_ms":1}`)
	does("no message", h.chair(), "DELETE", "/message", "")
	does("a note against an intervention", h.chair(), "PUT", "/interventions/i1/note", `{"text":"SECRET-record","base":0}`)
	does("an end", h.chair(), "DELETE", "/floor", "")
	does("a note after it", h.chair(), "PUT", "/interventions/i1/note", `{"text":"SECRET-record 2","base":1}`)
	does("tags and a quote", h.chair(), "PUT", "/interventions/i1/note", `{"text":"SECRET-record 2","base":2,"tags":["SECRET-tag"],"quote":true}`)
	does("a correction", h.link(queue.Rapporteur), "PATCH", "/interventions/i1", `{"speaker":"H.E. Ms. Diallo","reason":"SECRET-reason"}`)
	does("another of the one before", h.chair(), "PATCH", "/interventions/p", `{"participant":"ken"}`)
	does("no limit for the panel", h.chair(), "PATCH", "/panels/morning", `{"limit_ms":null}`)
	does("a participant", h.chair(), "POST", "/participants", `{"id":"ngo","name":"NGO","category":"civil_society"}`)
	does("a withdrawal", h.chair(), "DELETE", "/requests/b", "")
	does("a suspension", h.chair(), "PATCH", "/panels/morning", `{"status":"suspended","list":"closed"}`)
	does("another panel", h.chair(), "PUT", "/panel", `{"panel":"opening"}`)
}

func TestNothingInAStateIsNull(t *testing.T) {
	h := convene(t)
	tokens := []string{"", h.link(queue.Display), h.chair()}
	h.program(func(what string) {
		for _, token := range tokens {
			state := h.do(token, "GET", "", nil).body["state"].(map[string]any)
			if found := nulls("state", state); len(found) > 0 {
				t.Errorf("after %s there is null at %v", what, found)
			}
			for _, always := range []string{"debate", "panel", "panels", "requests", "spoken"} {
				if _, ok := state[always]; !ok {
					t.Errorf("after %s there is no %s", what, always)
				}
			}
			if f, ok := state["floor"].(map[string]any); ok {
				timer := f["timer"].(map[string]any)
				if _, since := timer["since_ms"]; since != (timer["state"] == "running") {
					t.Errorf("after %s the timer is %v", what, timer)
				}
			}
		}
	})
}

func TestSecretsStayWithTheOfficers(t *testing.T) {
	h := convene(t)
	code := h.keys.JoinCode(trafficking, 0)
	private := []*screen{h.watch("", ""), h.watch(h.badge("ken"), ""), h.watch(h.phone("ken", "x"), ""), h.listen("", "")}
	wall, officer := h.watch(h.link(queue.Display), ""), h.watch(h.link(queue.Rapporteur), "")
	var read bytes.Buffer
	h.program(func(string) {
		for _, token := range []string{"", h.badge("ken"), h.badge("bra")} {
			read.Write(h.do(token, "GET", "", nil).raw)
			read.Write(h.do(token, "GET", "/roster", nil).raw)
		}
	})
	seq := h.room.State().Seq
	all := func(s *screen) string {
		s.until(seq)
		return string(bytes.Join(s.raw, nil))
	}
	for i, s := range private {
		shown := all(s)
		if i == 0 {
			shown += read.String() + string(h.watch("", "").raw[0])
		}
		for _, secret := range []string{"SECRET", code, `"record"`, `"note"`, `"join"`} {
			if strings.Contains(shown, secret) {
				t.Errorf("the public sees %s: %s", secret, around(shown, secret))
			}
		}
	}
	for i, s := range private {
		if shown := all(s); strings.Contains(shown, "TITLE") {
			t.Errorf("the public sees who will speak for a request (%d): %s", i, around(shown, "TITLE"))
		}
	}
	shown := all(wall)
	for _, secret := range []string{"SECRET", `"record"`, `"note"`} {
		if strings.Contains(shown, secret) {
			t.Errorf("the display sees %s: %s", secret, around(shown, secret))
		}
	}
	if !strings.Contains(shown, code) || !strings.Contains(shown, baseURL+"/trafficking/floor") {
		t.Error("the display does not see how to join")
	}
	shown = all(officer)
	for _, seen := range []string{"SECRET-note", "TITLE-speaker", "SECRET-amended", "SECRET-record 2", code} {
		if !strings.Contains(shown, seen) {
			t.Errorf("the officers do not see %s", seen)
		}
	}
	if strings.Contains(shown, "SECRET-session") {
		t.Errorf("the officers see a session: %s", around(shown, "SECRET-session"))
	}
}

func around(text, part string) string {
	i := strings.Index(text, part)
	return text[max(0, i-100):min(len(text), i+100)]
}

func TestTheNameOfWhoSpeaksIsShownToAll(t *testing.T) {
	h := convene(t)
	s := h.watch("", "")
	h.do(h.badge("ken"), "POST", "/requests", `{"id":"k","speaker":"H.E. Ms. Amina X","language":"en","behalf_of":"the African Group"}`)
	h.do(h.chair(), "PUT", "/floor", `{"id":"i","request":"k"}`)
	s.until(h.room.State().Seq)
	floor := s.state.(map[string]any)["floor"].(map[string]any)
	if floor["speaker"] != "H.E. Ms. Amina X" || floor["language"] != "en" || floor["behalf_of"] != "the African Group" || floor["panel"] != "morning" || floor["id"] != "i" {
		t.Errorf("the floor is %v", floor)
	}
	if requests := s.state.(map[string]any)["requests"].(map[string]any); len(requests) != 0 {
		t.Errorf("the request is not used up: %v", requests)
	}
}

func TestTextsOfTheWorldGoThroughUnharmed(t *testing.T) {
	h := convene(t)
	quoted, err := json.Marshal(strange)
	h.must(err)
	s, events := h.watch(h.chair(), ""), h.listen(h.chair(), "")
	h.do(h.badge("markup"), "POST", "/requests", fmt.Sprintf(`{"id":"m","note":%[1]s,"speaker":%[1]s,"behalf_of":%[1]s}`, quoted))
	h.do(h.chair(), "PUT", "/floor", `{"id":"i","request":"m"}`)
	h.do(h.chair(), "PUT", "/interventions/i/note", fmt.Sprintf(`{"text":%s,"base":0}`, quoted))
	for _, s := range []*screen{s, events} {
		s.until(h.room.State().Seq)
		state := s.state.(map[string]any)
		if got := state["floor"].(map[string]any)["speaker"]; got != strange {
			t.Errorf("the speaker is %q, want %q", got, strange)
		}
		if got := state["record"].(map[string]any)["i"].(map[string]any)["note"].(map[string]any)["text"]; got != strange {
			t.Errorf("the note is %q, want %q", got, strange)
		}
		for _, raw := range s.raw {
			if bytes.ContainsAny(raw, "\n\r") {
				t.Errorf("a frame of several lines: %q", raw)
			}
		}
	}
	for _, p := range h.do("", "GET", "/roster?lang=en", nil).body["participants"].([]any) {
		if p := p.(map[string]any); p["id"] == "markup" && p["name"] != strange {
			t.Errorf("the name is %q, want %q", p["name"], strange)
		}
	}
}

func TestAPanelTellsTheLimitOfItsResponses(t *testing.T) {
	for _, test := range []struct {
		name  string
		limit queue.Limit
		want  any // as JSON decodes it, nil for absent
	}{
		{"that of all", queue.Limit{}, nil},
		{"one of their own", queue.Limit{Set: true, MS: 120_000}, 120_000.0},
		{"none", queue.Limit{Set: true, None: true}, 0.0},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := smallDebate()
			for i := range p.Panels {
				p.Panels[i].ResponseLimit = test.limit
			}
			h := conveneOn(t, p)
			panel := h.do("", "GET", "", nil).body["state"].(map[string]any)["panels"].(map[string]any)["morning"].(map[string]any)
			if got := panel["response_limit_ms"]; got != test.want {
				t.Errorf("the panel says %v of its responses, want %v", got, test.want)
			}
		})
	}
}
