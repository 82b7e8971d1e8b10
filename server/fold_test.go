package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rostrum/queue"
	"rostrum/server"
)

// merge applies a JSON Merge Patch (RFC 7396) as its section 2 says.
func merge(target, patch any) any {
	changes, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	old, _ := target.(map[string]any)
	out := make(map[string]any)
	maps.Copy(out, old)
	for name, value := range changes {
		if value == nil {
			delete(out, name)
		} else {
			out[name] = merge(out[name], value)
		}
	}
	return out
}

func fromJSON(t testing.TB, text string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

// Appendix A of RFC 7396.
var mergeExamples = []struct{ original, patch, result string }{
	{`{"a":"b"}`, `{"a":"c"}`, `{"a":"c"}`},
	{`{"a":"b"}`, `{"b":"c"}`, `{"a":"b","b":"c"}`},
	{`{"a":"b"}`, `{"a":null}`, `{}`},
	{`{"a":"b","b":"c"}`, `{"a":null}`, `{"b":"c"}`},
	{`{"a":["b"]}`, `{"a":"c"}`, `{"a":"c"}`},
	{`{"a":"c"}`, `{"a":["b"]}`, `{"a":["b"]}`},
	{`{"a":{"b":"c"}}`, `{"a":{"b":"d","c":null}}`, `{"a":{"b":"d"}}`},
	{`{"a":[{"b":"c"}]}`, `{"a":[1]}`, `{"a":[1]}`},
	{`["a","b"]`, `["c","d"]`, `["c","d"]`},
	{`{"a":"b"}`, `["c"]`, `["c"]`},
	{`{"a":"foo"}`, `null`, `null`},
	{`{"a":"foo"}`, `"bar"`, `"bar"`},
	{`{"e":null}`, `{"a":1}`, `{"e":null,"a":1}`},
	{`[1,2]`, `{"a":"b","c":null}`, `{"a":"b"}`},
	{`{}`, `{"a":{"bb":{"ccc":null}}}`, `{"a":{"bb":{}}}`},
}

func TestTheTestsMergeAsTheRFC(t *testing.T) {
	for _, e := range mergeExamples {
		if got, want := merge(fromJSON(t, e.original), fromJSON(t, e.patch)), fromJSON(t, e.result); !reflect.DeepEqual(got, want) {
			t.Errorf("%s with %s gives %v, want %v", e.original, e.patch, got, want)
		}
	}
}

func TestAMergePatchLeadsToTheOtherValue(t *testing.T) {
	check := func(t testing.TB, was, is string) {
		t.Helper()
		patch, err := server.MergePatch([]byte(was), []byte(is))
		if err != nil {
			t.Fatal(err)
		}
		if patch == nil {
			patch = []byte("{}")
		}
		if got, want := merge(fromJSON(t, was), fromJSON(t, string(patch))), fromJSON(t, is); !reflect.DeepEqual(got, want) {
			t.Errorf("from %s to %s the patch is %s", was, is, patch)
		}
	}
	for _, e := range mergeExamples {
		if strings.Contains(e.original+e.result, "null") {
			continue // no state holds a null
		}
		if strings.HasPrefix(e.original, "{") && strings.HasPrefix(e.result, "{") {
			check(t, e.original, e.result)
			check(t, e.result, e.original)
		}
	}
	var value *rapid.Generator[any]
	names := rapid.StringN(0, 2, 3)
	scalar := rapid.OneOf(rapid.Map(rapid.IntRange(0, 2), func(n int) any { return n }), rapid.Map(names, func(s string) any { return s }),
		rapid.Map(rapid.SliceOfN(rapid.IntRange(0, 2), 0, 2), func(l []int) any { return l }))
	value = rapid.OneOf(scalar, rapid.Deferred(func() *rapid.Generator[any] {
		return rapid.Map(rapid.MapOfN(names, value, 0, 3), func(m map[string]any) any { return m })
	}))
	object := rapid.MapOfN(names, value, 0, 3)
	rapid.Check(t, func(rt *rapid.T) {
		was, err := json.Marshal(object.Draw(rt, "was"))
		if err != nil {
			rt.Fatal(err)
		}
		is, err := json.Marshal(object.Draw(rt, "is"))
		if err != nil {
			rt.Fatal(err)
		}
		check(t, string(was), string(is))
	})
}

// TestTheFoldIsTheState sends random commands, while screens of every audience watch, leave
// and come back.
func TestTheFoldIsTheState(t *testing.T) {
	participants := []string{"ken", "bra", "fra", "markup", "none"}
	rapid.Check(t, func(rt *rapid.T) {
		p := smallDebate()
		p.Debate.Join.Confirm = true
		h := conveneOn(t, p)
		defer h.adjourn()
		tokens := []string{"", h.link(queue.Display), h.chair(), h.link(queue.Rapporteur), h.badge("ken")}
		screens := make([]*screen, len(tokens))
		for i, token := range tokens {
			screens[i] = h.watch(token, "")
		}
		pick := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(rt, name) }
		request := func() string {
			return pick("request", append(slices.Sorted(maps.Keys(h.room.State().Requests())), "none")...)
		}
		floor := func() string {
			if f := h.room.State().Floor; f != nil {
				return f.ID
			}
			return "none"
		}
		made := 0
		id := func() string { made++; return fmt.Sprint("n", made) }
		text := func(name string) string {
			b, _ := json.Marshal(pick(name, "", "x", strange, "línea"))
			return string(b)
		}
		kind := func() string {
			return pick("kind", "intervention", "response", "right_of_reply", "point_of_order", "address")
		}
		limit := func() string { return pick("limit", "null", "1000", "60000", "86400000", "5") }
		acts := map[string]func(*rapid.T){
			"ask": func(*rapid.T) {
				p := pick("participant", participants...)
				h.send(pick("as", h.chair(), h.badge(p)), "POST", "/requests", fmt.Sprintf(`{"id":%q,"participant":%q,"kind":%q,"note":%s,"speaker":%s,"language":"fr","behalf_of":%s}`, id(), p, kind(), text("note"), text("speaker"), text("behalf")))
			},
			"amend": func(*rapid.T) {
				h.send(h.chair(), "PATCH", "/requests/"+request(), fmt.Sprintf(`{"note":%s,"speaker":%s,"level":%q}`, text("note"), text("speaker"), pick("level", "", "minister")))
			},
			"move": func(*rapid.T) {
				before, _ := json.Marshal(request())
				h.send(h.chair(), "PATCH", "/requests/"+request(), fmt.Sprintf(`{"before":%s}`, pick("before", "null", string(before))))
			},
			"withdraw": func(*rapid.T) { h.send(h.chair(), "DELETE", "/requests/"+request(), nil) },
			"call": func(*rapid.T) {
				h.send(h.chair(), "PUT", "/floor", fmt.Sprintf(`{"id":%q,"request":%q}`, id(), request()))
			},
			"call by name": func(*rapid.T) {
				h.send(h.chair(), "PUT", "/floor", fmt.Sprintf(`{"id":%q,"participant":%q,"kind":%q,"limit_ms":%s,"start":%s}`, id(), pick("participant", participants...), kind(), limit(), pick("start", "true", "false")))
			},
			"time": func(*rapid.T) {
				h.send(h.chair(), "PATCH", "/floor", pick("time", `{"timer":"start"}`, `{"timer":"pause"}`, `{"add_ms":-30000}`, `{"limit_ms":null}`, `{"limit_ms":90000,"timer":"start"}`))
			},
			"exchange": func(*rapid.T) {
				h.send(pick("as", h.chair(), h.badge(pick("participant", participants...))), "PUT", "/requests/"+request()+"/exchange", fmt.Sprintf(`{"with":%q}`, request()))
			},
			"absent": func(*rapid.T) {
				h.send(h.chair(), "POST", pick("who", "/floor/absent", "/requests/"+request()+"/absent"), nil)
			},
			"order": func(*rapid.T) {
				order, _ := json.Marshal([]string{request(), request(), request()})
				h.send(h.chair(), "PUT", "/panels/morning/order", fmt.Sprintf(`{"order":%s}`, order))
			},
			"carry": func(*rapid.T) {
				h.send(h.chair(), "POST", "/panels/"+pick("from", "morning", "afternoon")+"/carry", fmt.Sprintf(`{"id":%q,"to":%q}`, id(), pick("to", "morning", "afternoon")))
			},
			"end": func(*rapid.T) { h.send(h.chair(), "DELETE", "/floor", nil) },
			"rule": func(*rapid.T) {
				h.send(h.chair(), "PUT", "/floor", fmt.Sprintf(`{"id":%q,"participant":%q,"kind":"point_of_order"}`, id(), pick("participant", participants...)))
				h.send(h.chair(), "DELETE", "/floor?ruling="+pick("ruling", "sustained", "overruled"), nil)
			},
			"tell": func(*rapid.T) {
				h.send(h.chair(), "PUT", "/message", fmt.Sprintf(`{"text":%s%s}`, text("text"), pick("preset", "", `,"preset":"ten"`, `,"preset":"five"`)))
			},
			"undo": func(*rapid.T) {
				if last := h.room.State().Undoable(); last != nil {
					h.send(h.chair(), "POST", "/undo", fmt.Sprintf(`{"id":%q,"of":%q}`, id(), last.ID))
				}
			},
			"panel": func(*rapid.T) {
				h.send(h.chair(), "PATCH", "/panels/"+pick("panel", "morning", "afternoon"), fmt.Sprintf(`{"status":%q,"list":%q,"limit_ms":%s}`, pick("status", "open", "open", "suspended", "closed"), pick("list", "open", "open", "closed"), limit()))
			},
			"switch": func(*rapid.T) {
				h.send(h.chair(), "PUT", "/panel", fmt.Sprintf(`{"panel":%q}`, pick("panel", "opening", "morning", "afternoon")))
			},
			"note": func(*rapid.T) {
				on := pick("on", append([]string{floor()}, entriesOf(h)...)...)
				h.send(h.link(queue.Rapporteur), "PUT", "/interventions/"+on+"/note", fmt.Sprintf(`{"text":%s,"base":%d}`, text("text"), h.room.State().Notes()[on].Revision))
			},
			"add": func(*rapid.T) {
				h.send(h.chair(), "POST", "/participants", fmt.Sprintf(`{"id":%q,"name":"New","category":"media"}`, id()))
			},
			"join code": func(*rapid.T) {
				h.send(h.chair(), "PUT", "/join", pick("join", `{"renew":true}`, `{"on":false}`, `{"on":true}`, `{"every_ms":60000}`, `{"every_ms":null}`))
			},
			"claim": func(*rapid.T) {
				h.send(h.phone(pick("participant", participants...), "a"), "POST", "/requests", fmt.Sprintf(`{"id":%q}`, id()))
			},
			"answer a claim": func(*rapid.T) {
				h.send(h.chair(), "POST", "/claims/"+pick("participant", participants...), pick("answer", `{"accept":true}`, `{"accept":false}`))
			},
			"come back": func(rt *rapid.T) {
				i := rapid.IntRange(0, len(screens)-1).Draw(rt, "screen")
				screens[i] = screens[i].again(tokens[i])
			},
			"look": func(rt *rapid.T) {
				i := rapid.IntRange(0, len(screens)-1).Draw(rt, "screen")
				screens[i].wantsWhatTheServerHas(tokens[i])
			},
		}
		rt.Repeat(acts)
		for i, s := range screens {
			s.wantsWhatTheServerHas(tokens[i])
			s.leave()
		}
	})
}

func entriesOf(h *hall) []string {
	var ids []string
	for _, i := range h.room.State().Ended() {
		ids = append(ids, i.ID)
	}
	return ids
}
