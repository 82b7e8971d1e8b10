package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"rostrum/queue"
	"rostrum/server"
)

// cookies are the cookies of roles in the debate, as a browser sends them.
func (h *hall) cookies(roles ...queue.Role) edit {
	return func(r *http.Request) {
		for _, role := range roles {
			token := h.link(role)
			if role == queue.Delegate {
				token = h.badge("ken")
			}
			r.AddCookie(&http.Cookie{Name: "rostrum." + trafficking + "." + string(role), Value: token})
		}
	}
}

func TestTheRoleOfARequestWithCookies(t *testing.T) {
	h := convene(t)
	both := h.cookies(queue.Chair, queue.Delegate)
	me := func(query string, edits ...edit) answer { return h.send("", "GET", "/me"+query, nil, edits...) }
	role := func(a answer, want string) {
		t.Helper()
		if a.status != 200 || a.body["role"] != want {
			t.Errorf("%s: %s, want the role %s", a.what, a.raw, want)
		}
	}
	role(me("", h.cookies(queue.Delegate)), "delegate")
	role(me("?as=delegate", both), "delegate")
	role(me("?as=chair", both), "chair")
	me("?as=display", both).wants(401, "no_token")
	me("?as=king", both).wants(401, "no_token")
	me("", both).wants(401, "no_token")
	me("").wants(401, "no_token")
	// A bearer token is said outright: it comes before cookies.
	role(me("?as=chair", both, header("Authorization", "Bearer "+h.link(queue.Rapporteur))), "rapporteur")
	role(me("", header("Authorization", "bearer  "+h.link(queue.Rapporteur))), "rapporteur")
	me("", both, header("Authorization", "Bearer x")).wants(401, "bad_token")
	me("?as=chair", both, header("Authorization", "Basic "+h.chair())).wants(401, "bad_token")
	// A cookie of another debate, or of one role under the name of another.
	me("", func(r *http.Request) {
		r.AddCookie(&http.Cookie{Name: "rostrum.climate.chair", Value: h.chair()})
	}).wants(401, "no_token")
	role(me("?as=chair", func(r *http.Request) {
		r.AddCookie(&http.Cookie{Name: "rostrum.trafficking.chair", Value: h.link(queue.Display)})
	}), "display")

	h.send("", "POST", "/requests", `{"id":"k"}`, both).wants(401, "no_token")
	h.send("", "POST", "/requests?as=delegate", `{"id":"k"}`, both).wants(201, "")
	h.send("", "PATCH", "/requests/k?as=display", `{"note":"n"}`, both).wants(401, "no_token")
	// The view is that of the role.
	officer := h.do("", "GET", "?as=chair", nil, both).body["state"].(map[string]any)
	if _, ok := officer["record"]; !ok {
		t.Error("the chair by cookie does not see the officers' view")
	}
	delegate := h.do("", "GET", "?as=delegate", nil, both).body["state"].(map[string]any)
	if _, ok := delegate["record"]; ok {
		t.Error("the delegate by cookie sees the officers' view")
	}
}

func TestCommandsWithCookiesComeFromThePagesOfThisServer(t *testing.T) {
	h := convene(t)
	chair := h.cookies(queue.Chair)
	for _, tt := range []struct {
		name    string
		headers []edit
		allowed bool
	}{
		{"our page", []edit{header("Sec-Fetch-Site", "same-origin")}, true},
		{"typed", []edit{header("Sec-Fetch-Site", "none")}, true},
		{"a program", nil, true},
		{"our page in an old browser", []edit{header("Origin", h.web.URL)}, true},
		{"another site", []edit{header("Sec-Fetch-Site", "cross-site")}, false},
		{"a neighbour", []edit{header("Sec-Fetch-Site", "same-site")}, false},
		{"another site in an old browser", []edit{header("Origin", "https://evil.example")}, false},
		{"a sandbox", []edit{header("Origin", "null")}, false},
	} {
		for _, r := range routes[:8] {
			method, path, body := r.method, r.path, `{}`
			a := h.send("", method, path, body, append(tt.headers, chair)...)
			if crossed := a.body["code"] == "cross_origin"; crossed == tt.allowed || crossed && a.status != 403 {
				t.Errorf("%s: %s is answered %d %s", tt.name, a.what, a.status, a.raw)
			}
		}
		code := fmt.Sprintf(`{"participant":"ken","code":%q}`, h.keys.JoinCode(trafficking, 0))
		if a := h.send("", "POST", "/join", code, tt.headers...); (a.status == 200) != tt.allowed {
			t.Errorf("%s: joining is answered %d %s", tt.name, a.status, a.raw)
		}
		// A token in a header is not sent by a browser of itself.
		if a := h.send(h.chair(), "PATCH", "/panels/morning", `{}`, tt.headers...); a.status != 200 {
			t.Errorf("%s: with a bearer token: %d %s", tt.name, a.status, a.raw)
		}
	}
}

func TestALinkLeavesACookieAndNoToken(t *testing.T) {
	h := convene(t)
	links := h.keys.LinksOf(baseURL, h.room.State())
	for link, page := range map[string]string{links.Chair: "/chair", links.Rapporteur: "/record", links.Display: "/display"} {
		path := strings.TrimPrefix(link, baseURL)
		a := h.sendTo(path, "", "GET", nil)
		if got := a.header.Get("Location"); a.status != 303 || got != "/trafficking"+page {
			t.Errorf("the link to %s is answered %d to %q", page, a.status, got)
		}
		if a.header.Get("Referrer-Policy") != "no-referrer" {
			t.Error("the address with the token could be told to others")
		}
		cookie, err := http.ParseSetCookie(a.header.Get("Set-Cookie"))
		h.must(err)
		token := link[strings.Index(link, "token=")+6:]
		if !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Secure || cookie.Path != "/" || cookie.Value == token || cookie.MaxAge <= 0 {
			t.Errorf("the cookie is %s", cookie)
		}
		if me := h.send("", "GET", "/me", nil, func(r *http.Request) { r.AddCookie(cookie) }); me.status != 200 {
			t.Errorf("with its cookie: %s", me.raw)
		}
	}
	badge := h.sendTo("/trafficking/enter?token="+h.badge("ken"), "", "GET", nil)
	if got := badge.header.Get("Location"); got != "/trafficking/floor" {
		t.Errorf("a badge leads to %q", got)
	}
	for _, token := range []string{"", "x", "x.y", h.people()["forged"], h.people()["expired"], h.people()["elsewhere"], h.people()["operator"]} {
		a := h.sendTo("/trafficking/enter?token="+url.QueryEscape(token), "", "GET", nil)
		a.wants(401, "bad_token")
		if a.header.Get("Set-Cookie") != "" {
			t.Errorf("a bad link leaves a cookie: %s", a.header)
		}
		if page := h.sendTo("/trafficking/enter?token="+url.QueryEscape(token), "", "GET", nil, header("Accept", "text/html")); page.status != 401 || !strings.Contains(page.header.Get("Content-Type"), "text/html") {
			t.Errorf("a person with a bad link gets %d %s", page.status, page.header.Get("Content-Type"))
		}
	}
	h.sendTo("/no-such/enter?token="+h.chair(), "", "GET", nil).wants(404, "unknown_debate")
	if links.Join != baseURL+"/trafficking/floor" || strings.Contains(links.Join, links.JoinCode) {
		t.Errorf("the delegates' link is %s", links.Join)
	}
	if again := h.keys.LinksOf(baseURL, h.room.State()); again != links {
		t.Error("the links change")
	}
	h.restart()
	if again := h.keys.LinksOf(baseURL, h.room.State()); again != links {
		t.Error("the links change over a restart")
	}
}

func TestJoiningWithTheCode(t *testing.T) {
	h := convene(t)
	code := h.keys.JoinCode(trafficking, 0)
	join := func(participant, code string) answer {
		return h.send("", "POST", "/join", fmt.Sprintf(`{"participant":%q,"code":%q}`, participant, code))
	}
	joined := join("ken", code)
	joined.wants(200, "")
	token, _ := joined.body["token"].(string)
	cookie, err := http.ParseSetCookie(joined.header.Get("Set-Cookie"))
	h.must(err)
	if cookie.Value != token || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode {
		t.Errorf("the cookie is %s", cookie)
	}
	if spaced := join("ken", code[:3]+" "+code[3:]); spaced.status != 200 || spaced.body["token"] == token {
		t.Errorf("with a blank in the code: %s", spaced.raw)
	}
	for _, wrong := range []string{"", "000000", code[:5], code + "0", h.keys.JoinCode(climate, 0), "x"} {
		if wrong != code {
			join("ken", wrong).wants(403, "bad_code")
			join("no-such", wrong).wants(403, "bad_code")
		}
	}
	join("no-such", code).wants(404, "no_such_participant")
	join("a b", code).wantsField("participant")
	h.send("", "POST", "/join", `{"code":"`+code+`"}`).wantsField("participant")

	// What one phone asked, another does not take back; the badge does.
	h.do(token, "POST", "/requests", `{"id":"k"}`)
	other, _ := join("ken", code).body["token"].(string)
	h.send(other, "DELETE", "/requests/k", nil).wants(403, "not_yours")
	h.send(other, "PATCH", "/requests/k", `{"note":"n"}`).wants(403, "not_yours")
	h.do(h.chair(), "PUT", "/floor", `{"id":"i","request":"k"}`)
	h.send(other, "DELETE", "/floor", nil).wants(403, "not_yours")
	h.do(token, "DELETE", "/floor", nil)
	h.do(token, "POST", "/requests", `{"id":"k2"}`)
	h.do(h.badge("ken"), "DELETE", "/requests/k2", nil)
	// What the badge asked is not a phone's.
	h.do(h.badge("ken"), "POST", "/requests", `{"id":"k3"}`)
	h.send(token, "DELETE", "/requests/k3", nil).wants(403, "not_yours")

	grant, err := h.keys.Read(token, h.clock.Now())
	h.must(err)
	if grant.Participant != "ken" || grant.Role != queue.Delegate || grant.Session == "" || grant.Expires <= h.clock.Now() {
		t.Errorf("the token grants %+v", grant)
	}
	if _, err := h.keys.Read(token, grant.Expires); err == nil {
		t.Error("the token does not expire")
	}
}

func TestAPrivateDebateIsForThoseWithAToken(t *testing.T) {
	h := convene(t)
	path := "/api/v1/debates/climate"
	display := h.keys.Sign(server.Grant{Debate: climate, Role: queue.Display})
	for _, read := range []string{"", "/stream", "/record.json"} {
		h.sendTo(path+read, "", "GET", nil, header("Accept", "text/event-stream")).wants(401, "no_token")
		h.sendTo(path+read, h.chair(), "GET", nil).wants(401, "bad_token")
	}
	h.sendTo(path, display, "GET", nil).wants(200, "")
	h.sendTo(path+"/roster", "", "GET", nil).wants(200, "") // who joins by the code chooses from it
	h.sendTo(path+"/record.json", display, "GET", nil).wants(403, "role_forbidden")
	list := h.sendTo("/api/v1/debates", "", "GET", nil).body["debates"].([]any)
	if len(list) != 2 || list[0].(map[string]any)["id"] != trafficking || list[0].(map[string]any)["date"] != "2008-06-03" {
		t.Errorf("the debates are %v", list)
	}
}

func TestTheJoinCodeCannotBeGuessed(t *testing.T) {
	h := convene(t)
	refused := 0
	for n := range 200 {
		a := h.send("", "POST", "/join", fmt.Sprintf(`{"participant":"ken","code":"9%d"}`, n))
		if a.status == 429 {
			a.wants(429, "rate_limited")
			if a.header.Get("Retry-After") == "" {
				t.Error("the answer does not say how long to wait")
			}
			refused++
		}
	}
	if refused < 100 {
		t.Errorf("%d of 200 wrong codes in a row were refused untried", refused)
	}
}

func TestTheJoinQRCodeIsForTheRoom(t *testing.T) {
	h := convene(t)
	a := h.sendTo("/trafficking/qr.svg", h.link(queue.Display), "GET", nil)
	if a.status != 200 || a.header.Get("Content-Type") != "image/svg+xml" || !strings.HasPrefix(string(a.raw), "<svg") || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the QR code is answered %d %s", a.status, a.header)
	}
	h.sendTo("/trafficking/qr.svg", "", "GET", nil).wants(401, "no_token")
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	h := convene(t)
	for _, path := range []string{"/", "/trafficking/floor", "/api/v1/debates", "/api/v1/none", "/healthz", "/readyz", "/metrics"} {
		a := h.sendTo(path, "", "GET", nil)
		wants := map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Content-Security-Policy": "default-src 'none'",
			"Permissions-Policy": "camera=()", "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"}
		if strings.HasPrefix(path, "/api/") { // no document: these are for what a page does
			delete(wants, "Permissions-Policy")
			delete(wants, "Cross-Origin-Opener-Policy")
		}
		for name, want := range wants {
			if got := a.header.Get(name); !strings.Contains(got, want) || strings.Contains(got, "unsafe") {
				t.Errorf("%s: %s is %q", path, name, a.header.Get(name))
			}
		}
	}
	if a := h.sendTo("/trafficking", "", "GET", nil); a.status != 303 || a.header.Get("Location") != "/trafficking/floor" {
		t.Errorf("the debate's address leads to %d %s", a.status, a.header.Get("Location"))
	}
	if a := h.sendTo("/metrics", "", "GET", nil); !strings.Contains(string(a.raw), "rostrum_streams") && !strings.Contains(string(a.raw), "rostrum_build_info") {
		t.Error("no metrics")
	}
}
