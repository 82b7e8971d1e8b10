package server_test

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"rostrum/queue"
	"rostrum/server"
)

// people are who may knock, by the name of what they hold. Kenya's request and
// its floor came from "own phone".
func (h *hall) people() map[string]string {
	sign := func(g server.Grant) string { return h.keys.Sign(g) }
	chair := server.Grant{Debate: trafficking, Role: queue.Chair}
	expired := chair
	expired.Expires = h.clock.Now()
	forged := []byte(sign(chair))
	forged[3] ^= 1
	return map[string]string{
		"chair":       h.chair(),
		"rapporteur":  h.link(queue.Rapporteur),
		"display":     h.link(queue.Display),
		"own badge":   h.badge("ken"),
		"other badge": h.badge("bra"),
		"own phone":   h.phone("ken", "a"),
		"other phone": h.phone("ken", "b"),
		"nobody":      "",
		"forged":      string(forged),
		"expired":     sign(expired),
		"elsewhere":   sign(server.Grant{Debate: climate, Role: queue.Chair}),
		"operator":    sign(server.Grant{Role: server.Operator}),
		"server":      sign(server.Grant{Debate: trafficking, Role: queue.Server}),
	}
}

// tell gives what each of the people is told: a status and a code such as "403
// not_yours". Those of whom nothing is said have no right role.
func tell(said map[string]string) map[string]string {
	all := map[string]string{
		"nobody": "401 no_token", "forged": "401 bad_token", "expired": "401 bad_token", "elsewhere": "401 bad_token", "operator": "401 bad_token",
	}
	for _, who := range []string{"chair", "rapporteur", "display", "own badge", "other badge", "own phone", "other phone", "server"} {
		all[who] = "403 role_forbidden"
	}
	maps.Copy(all, said)
	return all
}

// everybody may read; a token that is not good is refused all the same.
func everybody(status string) map[string]string {
	said := map[string]string{"nobody": status}
	for _, who := range []string{"chair", "rapporteur", "display", "own badge", "other badge", "own phone", "other phone", "server"} {
		said[who] = status
	}
	return tell(said)
}

// withKenya makes the debate ready for the next command: Kenya is on the list as
// r-N from its phone "a", and has the floor as i-N from there.
func (h *hall) withKenya(n int) (request, floor string) {
	h.Helper()
	own := queue.Actor{Role: queue.Delegate, Participant: "ken", Session: "a"}
	request, floor = fmt.Sprint("r-", n), fmt.Sprint("i-", n)
	for id := range h.room.State().Requests() {
		h.submit(chairman, &queue.Withdraw{Request: id})
	}
	h.submit(own, &queue.Ask{ID: "called-" + request})
	h.submit(chairman, &queue.Recognise{ID: floor, Request: "called-" + request})
	h.submit(own, &queue.Ask{ID: request})
	for id := range h.room.State().Statements() {
		h.submit(chairman, &queue.RemoveStatement{Statement: id})
	}
	draft := h.draft("Kenya's")
	h.submit(own, &queue.AddStatement{ID: "s-" + request, Name: "n.txt", Type: queue.PlainText, Bytes: draft.Bytes, SHA256: draft.SHA256})
	draft.Discard() // whoever is to read it keeps it
	return request, floor
}

func TestWhoMayDoWhat(t *testing.T) {
	h := convene(t)
	chairOnly := func(status string) map[string]string { return tell(map[string]string{"chair": status}) }
	owners := func(chair string) map[string]string {
		return tell(map[string]string{
			"chair": chair, "own badge": "200", "own phone": "200", "other badge": "403 not_yours", "other phone": "403 not_yours",
		})
	}
	recorders := tell(map[string]string{"chair": "200", "rapporteur": "200", "operator": "200"})
	tested := make(map[string]bool)
	for _, route := range []struct {
		name, method, path, body string // REQUEST, FLOOR and NEW stand for ids
		told                     map[string]string
	}{
		{"add a participant", "POST", "/participants", `{"id":"NEW","name":"N","category":"media"}`, chairOnly("201")},
		{"ask for a point of order", "POST", "/requests", `{"id":"NEW","participant":"ken","kind":"point_of_order"}`, tell(map[string]string{
			"chair": "201", "own badge": "201", "own phone": "201", "other phone": "201", "other badge": "403 not_yours",
		})},
		{"amend a request", "PATCH", "/requests/REQUEST", `{"note":"n"}`, owners("200")},
		{"move a request", "PATCH", "/requests/REQUEST", `{"before":null}`, tell(map[string]string{
			"chair": "200", "own badge": "403 not_yours", "own phone": "403 not_yours", "other badge": "403 not_yours", "other phone": "403 not_yours",
		})},
		{"withdraw a request", "DELETE", "/requests/REQUEST", "", owners("200")},
		{"offer an exchange", "PUT", "/requests/REQUEST/exchange", `{"with":"REQUEST"}`, tell(map[string]string{
			"chair": "400 malformed", "own badge": "400 malformed", "own phone": "400 malformed", "other badge": "400 malformed", "other phone": "400 malformed",
		})},
		{"drop an exchange", "DELETE", "/requests/REQUEST/exchange", "", tell(map[string]string{
			"own badge": "200", "own phone": "200", "other badge": "403 not_yours", "other phone": "403 not_yours",
		})},
		{"miss a request", "POST", "/requests/REQUEST/absent", "", chairOnly("200")},
		{"miss the floor", "POST", "/floor/absent?floor=FLOOR", "", chairOnly("200")},
		{"recognise", "PUT", "/floor", `{"id":"NEW","request":"REQUEST"}`, chairOnly("200")},
		{"pause", "PATCH", "/floor", `{"timer":"pause"}`, chairOnly("200")},
		{"end or yield", "DELETE", "/floor?floor=FLOOR", "", owners("200")},
		{"rule on nothing", "DELETE", "/floor?floor=FLOOR&ruling=sustained", "", tell(map[string]string{
			"chair": "409 no_point_of_order", "own badge": "403 not_yours", "own phone": "403 not_yours", "other badge": "403 not_yours", "other phone": "403 not_yours",
		})},
		{"tell the room", "PUT", "/message", `{"text":"NEW"}`, chairOnly("200")},
		{"take the message away", "DELETE", "/message", "", chairOnly("200")},
		{"set a panel", "PATCH", "/panels/afternoon", `{"limit_ms":60000}`, chairOnly("200")},
		{"see a proposed order", "GET", "/panels/morning/order?by=asked", "", tell(map[string]string{"chair": "200"})},
		{"put the list in order", "PUT", "/panels/morning/order", `{"order":["REQUEST"]}`, chairOnly("200")},
		{"carry the requests", "POST", "/panels/afternoon/carry", `{"id":"NEW","to":"morning"}`, chairOnly("200")},
		{"switch to the panel", "PUT", "/panel", `{"panel":"morning"}`, chairOnly("200")},
		{"correct the record", "PATCH", "/interventions/FLOOR", `{"speaker":"H.E."}`, tell(map[string]string{"chair": "409 not_ended", "rapporteur": "409 not_ended"})},
		{"write a note", "PUT", "/interventions/FLOOR/note", `{"text":"n","base":0}`, tell(map[string]string{"chair": "200", "rapporteur": "200"})},

		{"set the join code", "PUT", "/join", `{"on":true}`, chairOnly("200")},
		{"put out who joined", "POST", "/claims/fra", `{"accept":false}`, chairOnly("200")},
		{"renew a badge", "POST", "/badges/renew", `{"id":"NEW","participant":"fra"}`, chairOnly("200")},
		{"renew a link", "POST", "/links/renew", `{"id":"NEW","role":"nobody"}`, tell(map[string]string{"chair": "400 malformed", "operator": "400 malformed"})},
		{"pass the chair on", "POST", "/pass", `{"role":"chair"}`, chairOnly("201")},

		{"read the state", "GET", "", "", everybody("200")},
		{"read the roster", "GET", "/roster", "", everybody("200")},
		{"open a stream", "GET", "/stream", "", everybody("400 malformed")},
		{"list the statements", "GET", "/statements", "", tell(map[string]string{
			"chair": "200", "rapporteur": "200", "own badge": "200", "other badge": "200", "own phone": "200", "other phone": "200",
		})},
		{"add a statement of Kenya", "POST", "/statements?id=NEW&name=n.txt&participant=ken", "A statement.", tell(map[string]string{
			"chair": "201", "rapporteur": "201", "own badge": "201", "own phone": "201", "other phone": "201", "other badge": "403 not_yours",
		})},
		{"read a statement", "GET", "/statements/s-REQUEST", "", tell(map[string]string{
			"chair": "200", "rapporteur": "200", "own badge": "200", "own phone": "200", "other phone": "200", "other badge": "404 no_such_statement",
		})},
		{"remove a statement", "DELETE", "/statements/s-REQUEST", "", owners("200")},
		{"read the statistics", "GET", "/statistics", "", recorders},
		{"read the record", "GET", "/record.json", "", recorders},
		{"read the summary as Markdown", "GET", "/record.md", "", recorders},
		{"read the summary as a Word document", "GET", "/record.docx", "", recorders},
		{"read the record as CSV", "GET", "/record.csv", "", recorders},
		{"ask who I am", "GET", "/me", "", tell(map[string]string{
			"chair": "200", "rapporteur": "200", "display": "200", "own badge": "200", "other badge": "200", "own phone": "200", "other phone": "200",
		})},
		{"see the network", "GET", "../../../../trafficking/wifi.svg", "", tell(map[string]string{"chair": "404 not_found", "rapporteur": "404 not_found", "display": "404 not_found"})},
		{"see the QR code", "GET", "../../../../trafficking/qr.svg", "", tell(map[string]string{"chair": "200", "rapporteur": "200", "display": "200"})},
	} {
		path, _, _ := strings.Cut(route.path, "?")
		tested[route.method+" "+strings.NewReplacer("s-REQUEST", ":id", "REQUEST", ":id", "FLOOR", ":id", "morning", ":id", "afternoon", ":id").Replace(path)] = true
		t.Run(route.name, func(t *testing.T) {
			h := h.in(t)
			for n, who := range slices.Sorted(maps.Keys(route.told)) {
				request, floor := h.withKenya(h.next())
				ids := strings.NewReplacer("REQUEST", request, "FLOOR", floor, "NEW", fmt.Sprint("new-", h.next(), "-", n))
				var body any
				if route.body != "" {
					body = ids.Replace(route.body)
				}
				before := h.room.State().Seq
				if route.method == "GET" && strings.HasPrefix(route.path, "/statements/") {
					h.must(h.draft("Kenya's").Keep(trafficking, "s-"+request))
				}
				path := "/api/v1/debates/" + trafficking + ids.Replace(route.path)
				if rest, ok := strings.CutPrefix(route.path, "../../../.."); ok {
					path = rest
				}
				var edits []edit
				if strings.HasPrefix(route.path, "/statements?") {
					edits = append(edits, header("Content-Type", "text/plain"))
				}
				a := h.sendTo(path, h.people()[who], route.method, body, edits...)
				if got := strings.TrimSpace(fmt.Sprint(a.status, " ", orEmpty(a.body["code"]))); got != route.told[who] {
					t.Errorf("%s is told %s, want %s", who, got, route.told[who])
				}
				if a.status >= 400 {
					code, _ := a.body["code"].(string)
					a.wants(a.status, code)
					if h.room.State().Seq != before {
						t.Errorf("%s is refused, and the debate has changed", who)
					}
				}
			}
		})
	}
	// Where a delegate may act it matters whose it is: each such command is tried above.
	for _, owned := range server.Owned() {
		if !tested[owned[0]+" "+owned[1]] {
			t.Errorf("nothing says who may %s %s of his own, and of another's", owned[0], owned[1])
		}
	}
}

func orEmpty(v any) any {
	if v == nil {
		return ""
	}
	return v
}

// in is the hall in a subtest.
func (h *hall) in(t *testing.T) *hall {
	inside := *h
	inside.TB = t
	return &inside
}

var numbers atomic.Int64

// next is a number that was not given before.
func (h *hall) next() int { return int(numbers.Add(1)) }

// routes are the commands with a body that suits them.
var routes = []struct{ method, path, body string }{
	{"POST", "/participants", `{"id":"new","name":"N","category":"media"}`},
	{"POST", "/requests", `{"id":"new","participant":"fra"}`},
	{"PATCH", "/requests/r", `{"note":"n"}`},
	{"PUT", "/floor", `{"id":"new","participant":"ken"}`},
	{"PATCH", "/floor", `{"timer":"pause"}`},
	{"PATCH", "/panels/morning", `{"list":"open"}`},
	{"PUT", "/panel", `{"panel":"morning"}`},
	{"PUT", "/interventions/i/note", `{"text":"n","base":0}`},
	{"POST", "/join", `{"participant":"ken","code":"000000"}`},
}

func TestTheFirstFaultIsTold(t *testing.T) {
	h := convene(t)
	h.submit(chairman, &queue.Ask{ID: "theirs", Participant: "bra"})
	path := "/api/v1/debates/trafficking/requests/"
	text := header("Content-Type", "text/plain")
	huge := `{"note":"` + strings.Repeat("x", server.MaxBody) + `"`
	// Each has the faults of all that come after it.
	h.sendTo("/api/v1/debates/no-such/requests/no-such", "bad", "PATCH", huge, text).wants(404, "unknown_debate")
	h.sendTo(path+"no-such", "", "PATCH", huge, text).wants(401, "no_token")
	h.sendTo(path+"no-such", "bad", "PATCH", huge, text).wants(401, "bad_token")
	h.sendTo(path+"no-such", h.link(queue.Display), "PATCH", huge, text).wants(403, "role_forbidden")
	h.sendTo(path+"no-such", h.badge("ken"), "PATCH", huge, text).wants(413, "body_too_large")
	h.sendTo(path+"no-such", h.badge("ken"), "PATCH", `{"before":""`, text).wants(415, "not_json")
	h.sendTo(path+"no-such", h.badge("ken"), "PATCH", `{"before":""}`).wants(400, "malformed")
	h.sendTo(path+"no-such", h.badge("ken"), "PATCH", `{"before":"no-such"}`).wants(404, "no_such_request")
	h.sendTo(path+"theirs", h.badge("ken"), "PATCH", `{"before":"no-such"}`).wants(404, "no_such_request")
	h.sendTo(path+"theirs", h.badge("ken"), "PATCH", `{"before":null}`).wants(403, "not_yours")

	h.do(h.chair(), "PATCH", "/panels/morning", `{"list":"closed"}`)
	h.send(h.badge("ken"), "POST", "/requests", `{"id":"r","participant":"nobody","panel":"nowhere"}`).wants(404, "no_such_participant")
	h.send(h.badge("ken"), "POST", "/requests", `{"id":"r","participant":"bra","panel":"nowhere"}`).wants(404, "no_such_panel")
	h.send(h.badge("ken"), "POST", "/requests", `{"id":"r","participant":"bra","panel":"afternoon"}`).wants(403, "not_yours")
	h.send(h.badge("ken"), "POST", "/requests", `{"id":"r","panel":"afternoon"}`).wants(409, "panel_changed")
	h.send(h.badge("ken"), "POST", "/requests", `{"id":"r"}`).wants(409, "list_closed")
	// A repeat comes before all that the state says.
	h.do(h.chair(), "POST", "/requests", `{"id":"r","participant":"ken"}`).wants(201, "")
	h.do(h.chair(), "DELETE", "/requests/r", nil, header("Idempotency-Key", "gone"))
	h.do(h.chair(), "POST", "/requests", `{"id":"r","participant":"ken"}`).wants(200, "")
	h.do(h.chair(), "DELETE", "/requests/r", nil, header("Idempotency-Key", "gone")).wants(200, "")
	h.send(h.chair(), "DELETE", "/requests/r", nil).wants(404, "no_such_request")
}

func TestTheStateRefusesWithItsCode(t *testing.T) {
	h := convene(t)
	chair := h.chair()
	h.do(h.badge("ken"), "POST", "/requests", `{"id":"k"}`)
	h.send(h.badge("ken"), "POST", "/requests", `{"id":"k2"}`).wants(409, "already_listed")
	h.send(h.badge("bra"), "POST", "/requests", `{"id":"k"}`).wants(409, "id_reused")
	h.send(chair, "DELETE", "/floor", nil).wants(409, "floor_empty")
	h.send(chair, "PATCH", "/floor", `{"timer":"start"}`).wants(409, "floor_empty")
	h.send(chair, "PUT", "/floor", `{"id":"i","request":"none"}`).wants(404, "no_such_request")
	h.send(chair, "PUT", "/floor", `{"id":"i","participant":"none"}`).wants(404, "no_such_participant")
	h.send(chair, "PUT", "/floor", `{"id":"i","request":"k","instead_of":"seen"}`).wants(409, "floor_changed")
	h.do(chair, "PUT", "/floor", `{"id":"i","request":"k","instead_of":"","limit_ms":null}`)
	h.send(chair, "PATCH", "/floor?floor=other", `{"timer":"pause"}`).wants(409, "floor_changed")
	h.send(chair, "DELETE", "/floor?floor=other", nil).wants(409, "floor_changed")
	h.send(chair, "PATCH", "/floor", `{"add_ms":1000}`).wants(409, "no_limit")
	h.send(chair, "PATCH", "/floor", `{"add_ms":1000,"limit_ms":1000}`).wants(400, "malformed")
	h.send(chair, "PATCH", "/panels/morning", `{"status":"closed"}`).wants(409, "floor_held")
	h.send(chair, "PUT", "/panel", `{"panel":"afternoon"}`).wants(409, "floor_held")
	h.send(chair, "PATCH", "/panels/none", `{"status":"closed"}`).wants(404, "no_such_panel")
	h.send(chair, "PUT", "/panel", `{"panel":"none"}`).wants(404, "no_such_panel")
	h.send(chair, "PUT", "/interventions/none/note", `{"text":"n","base":0}`).wants(404, "no_such_intervention")
	h.do(chair, "PUT", "/interventions/i/note", `{"text":"first","base":0}`)
	stale := h.send(chair, "PUT", "/interventions/i/note", `{"text":"second","base":0}`)
	stale.wants(409, "note_changed")
	if stale.body["text"] != "first" || stale.body["revision"] != 1.0 {
		t.Errorf("the refusal does not have the note as it is: %s", stale.raw)
	}
	h.send(chair, "POST", "/participants", `{"id":"ken","name":"N","category":"media"}`).wants(409, "participant_exists")
	h.do(chair, "DELETE", "/floor", nil)
	h.do(chair, "PATCH", "/panels/morning", `{"status":"suspended"}`)
	h.send(chair, "PUT", "/floor", `{"id":"j","participant":"ken"}`).wants(409, "panel_not_open")

	h.sendTo("/api/v1/nothing", "", "GET", nil).wants(404, "not_found")
	h.send(chair, "PUT", "/requests", `{}`).wants(405, "method_not_allowed")
	h.sendTo("/static/none.js", "", "GET", nil).wants(404, "not_found")
	h.sendTo("/static/../../go.mod", "", "GET", nil).wants(404, "not_found")
	h.sendTo("/no-such/chair", "", "GET", nil).wants(404, "unknown_debate")
}

func TestIDsOfAnotherDebateAreNotFound(t *testing.T) {
	h := convene(t)
	h.do(h.badge("ken"), "POST", "/requests", `{"id":"k"}`)
	other := h.keys.Sign(server.Grant{Debate: climate, Role: queue.Chair})
	h.sendTo("/api/v1/debates/climate/requests/k", other, "DELETE", nil).wants(404, "no_such_request")
	h.sendTo("/api/v1/debates/climate/floor", other, "PUT", `{"id":"i","participant":"ken"}`).wants(404, "no_such_participant")
	h.sendTo("/api/v1/debates/climate/panel", other, "PUT", `{"panel":"morning"}`).wants(404, "no_such_panel")
}

func TestBodiesThatAreNoCommand(t *testing.T) {
	h := convene(t)
	h.submit(chairman, &queue.Recognise{ID: "i", Participant: "bra"})
	h.submit(chairman, &queue.Ask{ID: "r", Participant: "ken"})
	before := h.room.State()
	for _, r := range routes {
		most := server.MaxBody
		if strings.HasSuffix(r.path, "/note") { // 10,000 characters, however they are written
			most = server.MaxNoteBody
		}
		for _, large := range []int{most + 1, 10 << 20} {
			h.send(h.chair(), r.method, r.path, strings.Repeat(" ", large)).wants(413, "body_too_large")
		}
		chunked := func(r *http.Request) { r.ContentLength = -1 }
		h.send(h.chair(), r.method, r.path, strings.Repeat(" ", 1<<20), chunked).wants(413, "body_too_large")
		for _, mediaType := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/problem+json", "application/json-patch+json", ";", "application/json, text/plain"} {
			h.send(h.chair(), r.method, r.path, r.body, header("Content-Type", mediaType)).wants(415, "not_json")
		}
		for _, body := range []string{
			"", " ", "null", "[]", `"x"`, "1", "{", `{"id":}`, r.body + r.body, r.body + "x", r.body[:len(r.body)-1] + `,}`, "\ufeff" + r.body,
			strings.Repeat("[", 16_000), strings.Repeat(`{"id":`, 2_000), "{\"id\":\"\xff\"}",
		} {
			h.send(h.chair(), r.method, r.path, body).wants(400, "malformed")
		}
		for _, unknown := range []string{"unknown", "ID", "Id", "", "-", "Request", "Panel", "Floor", "__proto__", "id "} {
			h.send(h.chair(), r.method, r.path, fmt.Sprintf(`%s,%q:"x"}`, r.body[:len(r.body)-1], unknown)).wantsField(unknown)
		}
	}
	if h.room.State() != before {
		t.Error("the debate has changed")
	}
	h.do(h.chair(), "PATCH", "/panels/morning", `{"list":"open"}`, header("Content-Type", "Application/JSON; charset=utf-8"))
}

func TestWrongTypesNameTheirField(t *testing.T) {
	h := convene(t)
	h.submit(chairman, &queue.Recognise{ID: "i", Participant: "bra"})
	h.submit(chairman, &queue.Ask{ID: "r", Participant: "ken"})
	before := h.room.State()
	texts := []string{`5`, `true`, `["x"]`, `{}`, `null`}
	limits := []string{`"180000"`, `true`, `[]`, `{}`, `1.5`, `0`, `-1`, `999`, `86400001`, `-180000`, `9223372036854775807`, `9223372036854775808`, `1e30`, `1e400`, `1e3`}
	without := func(values []string, not ...string) []string {
		return slices.DeleteFunc(slices.Clone(values), func(v string) bool { return slices.Contains(not, v) })
	}
	for _, f := range []struct {
		method, path, rest string
		fields             []string
		values             []string
	}{
		{"POST", "/participants", `"id":"new","name":"N","category":"media"`, []string{"id", "category", "group"}, texts},
		{"POST", "/participants", `"id":"new","name":"N","category":"media"`, []string{"name"}, []string{`5`, `true`, `["x"]`, `{}`, `null`, `""`, `" "`, `{"en":5}`, `{"en":null}`, `{"en":""}`, `{"not a tag":"x"}`, `"\u0000"`, `"\u202e"`}},
		{"POST", "/requests", `"id":"new","participant":"fra"`, []string{"id", "participant", "panel", "kind", "note", "behalf_of", "speaker", "language"}, texts},
		{"POST", "/requests", `"id":"new","participant":"fra"`, []string{"id", "participant", "panel"}, []string{`"a b"`, `"é"`, `"a/b"`, `"` + strings.Repeat("a", 65) + `"`}},
		{"PATCH", "/requests/r", ``, []string{"note", "speaker", "language"}, texts},
		{"PATCH", "/requests/r", ``, []string{"before"}, append(without(texts, `null`), `""`, `"a b"`)},
		{"PUT", "/floor", `"id":"new","participant":"ken"`, []string{"id", "participant", "request", "kind", "instead_of"}, texts},
		{"PUT", "/floor", `"id":"new","participant":"ken"`, []string{"start"}, []string{`5`, `"true"`, `[]`, `{}`, `null`}},
		{"PUT", "/floor", `"id":"new","participant":"ken"`, []string{"limit_ms"}, limits},
		{"PATCH", "/floor", ``, []string{"timer"}, append(texts, `"stop"`, `"START"`)},
		{"PATCH", "/floor", ``, []string{"limit_ms"}, limits},
		{"PATCH", "/floor", ``, []string{"add_ms"}, append(without(limits, `0`, `-1`, `999`, `-180000`), `null`, `-86400001`)},
		{"PATCH", "/panels/morning", ``, []string{"status", "list"}, append(texts, `"ajar"`)},
		{"PATCH", "/panels/morning", ``, []string{"limit_ms"}, limits},
		{"PUT", "/panel", ``, []string{"panel"}, append(texts, `""`, `"a b"`)},
		{"PUT", "/interventions/i/note", `"text":"n","base":0`, []string{"text"}, texts},
		{"PUT", "/interventions/i/note", `"text":"n","base":0`, []string{"base"}, []string{`"0"`, `true`, `[]`, `{}`, `null`, `1.5`, `-1`, `9223372036854775808`}},
		{"POST", "/join", `"participant":"ken","code":"000000"`, []string{"participant", "code"}, texts},
	} {
		for _, field := range f.fields {
			for _, value := range f.values {
				// The last of two members with one name counts.
				body := "{" + f.rest + "," + fmt.Sprintf("%q:%s}", field, value)
				h.send(h.chair(), f.method, f.path, strings.Replace(body, "{,", "{", 1)).wantsField(field)
			}
		}
	}
	for _, bad := range []string{"a b", "é", "a/b", strings.Repeat("a", 65)} {
		h.send(h.chair(), "DELETE", "/requests/r", nil, header("Idempotency-Key", bad)).wantsField("Idempotency-Key")
	}
	h.send(h.chair(), "PATCH", "/floor?floor=a%20b", `{"timer":"pause"}`).wantsField("floor")
	h.send(h.chair(), "DELETE", "/floor?floor=a%20b", nil).wantsField("floor")
	if h.room.State() != before {
		t.Error("the debate has changed")
	}
}

func TestAnswersSayWhatTheyMade(t *testing.T) {
	h := convene(t)
	asked := h.do(h.phone("ken", "secret-session"), "POST", "/requests", `{"id":"k","note":"my note","speaker":"Amb. X","language":"fr"}`)
	asked.wants(201, "")
	request, _ := asked.body["request"].(map[string]any)
	if asked.body["id"] != "k" || request["participant"] != "ken" || request["note"] != "my note" || request["panel"] != "morning" || request["rank"] == "" {
		t.Errorf("the answer is %s", asked.raw)
	}
	if strings.Contains(string(asked.raw), "secret-session") {
		t.Errorf("the session is told: %s", asked.raw)
	}
	called := h.do(h.chair(), "PUT", "/floor", `{"id":"i","request":"k","limit_ms":60000,"start":false}`)
	floor, _ := called.body["floor"].(map[string]any)
	if want := map[string]any{"state": "ready", "limit_ms": 60000.0, "used_ms": 0.0}; called.body["id"] != "i" || !reflect.DeepEqual(floor["timer"], want) {
		t.Errorf("the answer is %s", called.raw)
	}
	if called.seq() != asked.seq()+1 || h.room.State().Seq != called.seq() {
		t.Errorf("seqs %d, %d and now %d", asked.seq(), called.seq(), h.room.State().Seq)
	}
	// What changes nothing has the state's seq.
	if same := h.do(h.chair(), "PATCH", "/panels/morning", `{"status":"open"}`); same.seq() != called.seq() {
		t.Errorf("a command that changes nothing has seq %d, want %d", same.seq(), called.seq())
	}
	if note := h.do(h.chair(), "PUT", "/interventions/i/note", `{"text":"n","base":0}`); note.body["revision"] != 1.0 {
		t.Errorf("the answer is %s", note.raw)
	}
	added := h.do(h.chair(), "POST", "/participants", `{"id":"ngo","name":{"en":"NGO","fr":"ONG"},"category":"civil_society"}`)
	added.wants(201, "")
	if p, _ := added.body["participant"].(map[string]any); p["id"] != "ngo" {
		t.Errorf("the answer is %s", added.raw)
	}
}

func TestARepeatGetsTheFirstAnswerForTheDebatesLife(t *testing.T) {
	h := convene(t)
	key := header("Idempotency-Key", "key-1")
	type sent struct {
		token, method, path string
		body                any
		edits               []edit
		first               answer
	}
	all := []*sent{
		{token: h.phone("ken", "a"), method: "POST", path: "/requests", body: `{"id":"k","note":"n"}`},
		{token: h.badge("bra"), method: "POST", path: "/requests", body: `{"id":"b"}`},
		{token: h.badge("bra"), method: "PATCH", path: "/requests/b", body: `{"note":"changed"}`, edits: []edit{key}},
		{token: h.chair(), method: "PUT", path: "/floor", body: `{"id":"i","request":"k","limit_ms":null}`},
		{token: h.chair(), method: "PATCH", path: "/floor", body: `{"timer":"pause","limit_ms":5000}`, edits: []edit{header("Idempotency-Key", "key-2")}},
		{token: h.link(queue.Rapporteur), method: "PUT", path: "/interventions/i/note", body: `{"text":"n","base":0}`, edits: []edit{header("Idempotency-Key", "key-3")}},
		{token: h.chair(), method: "PATCH", path: "/panels/morning", body: `{"status":"open"}`, edits: []edit{header("Idempotency-Key", "changes-nothing")}},
		{token: h.phone("ken", "a"), method: "DELETE", path: "/floor?floor=i", edits: []edit{header("Idempotency-Key", "key-4")}},
		{token: h.badge("bra"), method: "DELETE", path: "/requests/b", edits: []edit{header("Idempotency-Key", "key-5")}},
		{token: h.chair(), method: "POST", path: "/participants", body: `{"id":"ngo","name":"NGO","category":"media"}`},
		{token: h.chair(), method: "PUT", path: "/panel", body: `{"panel":"afternoon"}`, edits: []edit{header("Idempotency-Key", "key-6")}},
	}
	for _, s := range all {
		s.first = h.do(s.token, s.method, s.path, s.body, s.edits...)
	}
	again := func() {
		t.Helper()
		before := h.room.State().Seq
		for _, s := range all {
			a := h.send(s.token, s.method, s.path, s.body, s.edits...)
			a.wants(200, "")
			if !reflect.DeepEqual(a.body, s.first.body) {
				t.Errorf("%s: the repeat gets %s, want %s", a.what, a.raw, s.first.raw)
			}
		}
		if h.room.State().Seq != before {
			t.Error("the repeats have changed the debate")
		}
		// The same id with other content, from another sender, for another thing.
		h.send(h.phone("ken", "a"), "POST", "/requests", `{"id":"k","note":"other"}`).wants(409, "id_reused")
		h.send(h.phone("ken", "b"), "POST", "/requests", `{"id":"k","note":"n"}`).wants(409, "id_reused")
		h.send(h.badge("bra"), "PATCH", "/requests/b", `{"note":"other"}`, key).wants(409, "id_reused")
		h.send(h.badge("bra"), "PATCH", "/requests/other", `{"note":"changed"}`, key).wants(409, "id_reused")
		h.send(h.chair(), "PUT", "/floor", `{"id":"key-1","participant":"ken"}`).wants(409, "id_reused")
		h.send(h.chair(), "PUT", "/floor", `{"id":"k","participant":"ken"}`).wants(409, "id_reused")
	}
	again()
	// The same members in another order and with other blanks are the same content.
	h.do(h.phone("ken", "a"), "POST", "/requests", "{ \"note\":\"\\u006e\",\n \"id\":\"k\" }").wants(200, "")
	h.restart()
	again()
}

func TestRefusalsAreNotRemembered(t *testing.T) {
	h := convene(t)
	key := header("Idempotency-Key", "end")
	h.send(h.chair(), "DELETE", "/floor", nil, key).wants(409, "floor_empty")
	h.do(h.chair(), "PATCH", "/panels/morning", `{"list":"closed"}`)
	h.send(h.badge("ken"), "POST", "/requests", `{"id":"k"}`).wants(409, "list_closed")
	h.do(h.chair(), "PATCH", "/panels/morning", `{"list":"open"}`)
	h.do(h.badge("ken"), "POST", "/requests", `{"id":"k"}`).wants(201, "")
	h.do(h.chair(), "PUT", "/floor", `{"id":"i","request":"k"}`)
	h.do(h.chair(), "DELETE", "/floor", nil, key)
}

func TestWhoSentSeesItDone(t *testing.T) {
	h := conveneSmall(t)
	for n := range 200 {
		limit := 60_000 + n
		done := h.do(h.chair(), "PATCH", "/panels/afternoon", fmt.Sprintf(`{"limit_ms":%d}`, limit))
		read := h.do("", "GET", "", nil)
		if read.seq() < done.seq() {
			t.Fatalf("after the answer %d the state is %d", done.seq(), read.seq())
		}
		state := read.body["state"].(map[string]any)
		if got := state["panels"].(map[string]any)["afternoon"].(map[string]any)["limit_ms"]; got != float64(limit) {
			t.Fatalf("the limit is %v, want %d", got, limit)
		}
		// A stream that goes on from what was read never goes back behind it.
		s := h.watchFrom(&screen{seq: read.seq(), epoch: read.body["epoch"].(string), state: state}, "")
		if s.seq < read.seq() || s.first["type"] != "patch" {
			t.Fatalf("a stream after %d begins with %v", read.seq(), s.first)
		}
		s.leave()
	}
}
