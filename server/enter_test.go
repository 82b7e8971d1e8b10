package server_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"rostrum/queue"
	"rostrum/server"
)

// holding is a browser that holds the cookie of a delegate with a token, "" for none.
func holding(token string) edit {
	return func(r *http.Request) {
		if token != "" {
			r.AddCookie(&http.Cookie{Name: "rostrum." + trafficking + ".delegate", Value: token})
		}
	}
}

// site is what a browser says of who opened a link. Without TLS it says nothing.
func site(is string) edit {
	return func(r *http.Request) {
		if is != "" {
			r.Header.Set("Sec-Fetch-Site", is)
		}
	}
}

func enterPath(token string) string {
	return "/" + trafficking + "/enter?" + url.Values{"token": {token}}.Encode()
}

// byForm sends the form of the page that asks.
func (h *hall) byForm(token string, edits ...edit) answer {
	h.Helper()
	form := header("Content-Type", "application/x-www-form-urlencoded")
	return h.sendTo("/"+trafficking+"/enter", "", "POST", url.Values{"token": {token}}.Encode(), append([]edit{form}, edits...)...)
}

// speaksFor is the token of the delegate's cookie that an answer sets, "" for none.
func (a answer) speaksFor() string {
	cookie, err := http.ParseSetCookie(a.header.Get("Set-Cookie"))
	if err != nil || cookie.Name != "rostrum."+trafficking+".delegate" {
		return ""
	}
	return cookie.Value
}

func TestNoOtherSiteMakesAPhoneSpeakForAnother(t *testing.T) {
	h := convene(t)
	kenya, oman := h.badge("ken"), h.badge("omn")
	joined := h.phone("ken", "a")
	expired := h.keys.Sign(server.Grant{Debate: trafficking, Role: queue.Delegate, Participant: "ken", Session: "b", Expires: h.clock.Now() - 1})
	elsewhere := h.keys.Badge(climate, "ken", 0)
	for _, has := range []struct {
		name, token string
		another     bool // it speaks for somebody else
	}{
		{"nothing", "", false},
		{"the badge of another", kenya, true},
		{"a session for another", joined, true},
		{"a session for another that has expired", expired, false},
		{"a badge of another debate", elsewhere, false},
		{"no token", "x", false},
		{"the same badge", oman, false},
		{"a session for the same", h.phone("omn", "c"), false},
	} {
		for _, from := range []struct {
			site   string
			wanted bool // by a person, as far as the browser knows
		}{{"cross-site", false}, {"same-site", false}, {"", false}, {"something-new", false}, {"none", true}, {"same-origin", true}} {
			for _, link := range []string{oman, h.phone("omn", "d")} {
				a := h.sendTo(enterPath(link), "", "GET", nil, holding(has.token), site(from.site))
				switch asks := has.another && !from.wanted; {
				case asks && (a.status != 200 || a.header.Get("Set-Cookie") != "" || !strings.Contains(string(a.raw), "<form")):
					t.Errorf("a phone with %s, from %q: is not asked: %d %s", has.name, from.site, a.status, a.header)
				case !asks && (a.status != 303 || a.speaksFor() != link || a.header.Get("Location") != "/trafficking/floor"):
					t.Errorf("a phone with %s, from %q: the link isn't opened: %d %s", has.name, from.site, a.status, a.header)
				}
			}
		}
	}

	// One whose badge was replaced speaks for nobody any more.
	h.do(h.chair(), "POST", "/badges/renew", `{"id":"r","participant":"ken"}`)
	if a := h.sendTo(enterPath(oman), "", "GET", nil, holding(kenya), site("cross-site")); a.status != 303 {
		t.Errorf("after the badge was replaced: %d %s", a.status, a.raw)
	}
	// A link that is worth nothing is said to be, whoever opens it.
	h.sendTo(enterPath("x"), "", "GET", nil, holding(joined), site("cross-site")).wants(401, "bad_token")
}

func TestTheQuestionWhomAPhoneSpeaksForNamesBoth(t *testing.T) {
	h := conveneWithPages(t)
	link := h.badge("fra")
	for _, c := range []struct{ lang, root, keep, change string }{
		{"en", `<html lang="en" dir="ltr"`, "Keep <bdi>Kenya</bdi>", "Speak for <bdi>France</bdi> instead"},
		{"ar", `<html lang="ar" dir="rtl"`, "الإبقاء على <bdi>كينيا</bdi>", "التكلم باسم <bdi>فرنسا</bdi>"},
		{"fr", `<html lang="fr" dir="ltr"`, "Garder <bdi>Kenya</bdi>", "<bdi>France</bdi>"},
		{"es", `<html lang="es" dir="ltr"`, "Seguir con <bdi>Kenya</bdi>", "<bdi>Francia</bdi>"},
		{"ru", `<html lang="ru" dir="ltr"`, "Оставить: <bdi>Кения</bdi>", "<bdi>Франция</bdi>"},
		{"zh-CN", `<html lang="zh" dir="ltr"`, "继续代表<bdi>肯尼亚</bdi>", "<bdi>法国</bdi>"},
		{"de", `<html lang="en" dir="ltr"`, "Keep <bdi>Kenya</bdi>", "Speak for <bdi>France</bdi> instead"},
	} {
		a := h.sendTo(enterPath(link), "", "GET", nil, holding(h.badge("ken")), header("Accept-Language", c.lang))
		if a.status != 200 || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") || !keptFromTranslators(a.raw) {
			t.Fatalf("a reader of %s gets %d %s", c.lang, a.status, a.raw)
		}
		for _, want := range []string{c.root, c.keep, c.change, `<a class="button primary" href="/trafficking/floor">`,
			`<form class="card stack" method="post" action="/trafficking/enter">`, `<input type="hidden" name="token" value="` + link + `">`} {
			if !strings.Contains(string(a.raw), want) {
				t.Errorf("a reader of %s does not get %s", c.lang, want)
			}
		}
		if strings.Contains(string(a.raw), "<script") {
			t.Errorf("the page in %s needs a script", c.lang)
		}
		// The token in the address goes to nobody, and yet the form says where it comes from.
		if got := a.header.Get("Referrer-Policy"); got != "strict-origin" {
			t.Errorf("the page has the Referrer-Policy %q", got)
		}
		if a.header.Get("Cache-Control") != "no-store" || !strings.Contains(a.header.Get("Content-Security-Policy"), "form-action 'self'; frame-ancestors 'none'") {
			t.Errorf("the page is not guarded: %s", a.header)
		}
	}

	// A name is a text, whatever stands in it.
	page := h.sendTo(enterPath(h.badge("markup")), "", "GET", nil, holding(h.badge("ken")))
	if strings.Contains(string(page.raw), "<img") || !strings.Contains(string(page.raw), "&lt;img src=x") {
		t.Errorf("a name becomes markup: %s", page.raw)
	}
}

func TestTheAnswerComesFromThePageThatAskedAlone(t *testing.T) {
	h := convene(t)
	kenya, oman := h.badge("ken"), h.badge("omn")
	for _, from := range []struct {
		name    string
		edits   []edit
		allowed bool
	}{
		{"our page", []edit{site("same-origin"), header("Origin", h.web.URL)}, true},
		{"our page without TLS", []edit{header("Origin", h.web.URL)}, true},
		{"another site", []edit{site("cross-site"), header("Origin", "https://evil.example")}, false},
		{"a neighbour", []edit{site("same-site")}, false},
		{"another site without TLS", []edit{header("Origin", "http://evil.example")}, false},
		{"another port without TLS", []edit{header("Origin", "http://127.0.0.1:1")}, false},
		{"a sandbox", []edit{header("Origin", "null")}, false},
		{"nobody knows whom", nil, false},
	} {
		for _, has := range []string{"", kenya, oman} {
			a := h.byForm(oman, append(from.edits, holding(has))...)
			if from.allowed {
				if a.status != 303 || a.speaksFor() != oman || a.header.Get("Location") != "/trafficking/floor" {
					t.Errorf("%s: answered %d %s", from.name, a.status, a.raw)
				}
				continue
			}
			a.wants(403, "cross_origin")
			if a.header.Get("Set-Cookie") != "" {
				t.Errorf("%s leaves a cookie", from.name)
			}
		}
	}

	ours := site("same-origin")
	for _, token := range []string{"", "x", h.people()["forged"], h.people()["operator"]} {
		h.byForm(token, ours).wants(401, "bad_token")
	}
	if page := h.byForm("x", ours, header("Accept", "text/html")); page.status != 401 || !strings.HasPrefix(page.header.Get("Content-Type"), "text/html") {
		t.Errorf("a person whose link ended meanwhile gets %d %s", page.status, page.header)
	}
	h.byForm(strings.Repeat("x", 17<<10), ours).wants(413, "body_too_large")
	h.sendTo("/trafficking/enter", "", "POST", "token=%zz", ours, header("Content-Type", "application/x-www-form-urlencoded")).wants(400, "malformed")
	// What stands in the address, or is no form, is not what the page sent.
	h.sendTo(enterPath(oman), "", "POST", "", ours, header("Content-Type", "application/x-www-form-urlencoded")).wants(401, "bad_token")
	h.sendTo("/trafficking/enter", "", "POST", `{"token":"`+oman+`"}`, ours).wants(401, "bad_token")
	h.sendTo("/no-such/enter", "", "POST", "", ours).wants(404, "unknown_debate")
}

func TestWhatLooksAheadOpensNothing(t *testing.T) {
	h := convene(t)
	pass := mustToken(t, h.do(h.chair(), "POST", "/pass", `{"role":"chair"}`).body["url"].(string))
	before := h.room.State().Seq
	for _, link := range []string{h.badge("omn"), h.chair(), pass} {
		for _, has := range []string{"", h.badge("ken"), h.badge("omn")} {
			for _, from := range []string{"cross-site", "same-origin", "none", ""} {
				for _, ahead := range []edit{header("Sec-Purpose", "prefetch"), header("Sec-Purpose", "prefetch;prerender"), header("Purpose", "prefetch"), header("X-Moz", "prefetch")} {
					a := h.sendTo(enterPath(link), "", "GET", nil, holding(has), site(from), ahead)
					a.wants(503, "journal_unavailable")
					if a.header.Get("Set-Cookie") != "" {
						t.Error("what looks ahead gets a cookie")
					}
				}
				if a := h.sendTo(enterPath(link), "", "HEAD", nil, holding(has), site(from)); a.header.Get("Set-Cookie") != "" || a.status != 503 {
					t.Errorf("HEAD is answered %d %s", a.status, a.header)
				}
			}
		}
	}
	if h.room.State().Seq != before {
		t.Error("what looks ahead uses something up")
	}
}

// An officer's link changes nothing about whom a phone speaks for: each role has its cookie. And the browser
// keeps the session that it has, so that the record goes on to say which one did what.
func TestAnOfficersLinkAsksNothing(t *testing.T) {
	h := convene(t)
	pass := h.do(h.chair(), "POST", "/pass", `{"role":"chair"}`).body["url"].(string)
	before := h.room.State().Seq
	for _, site := range []edit{site("cross-site"), site("")} {
		a := h.sendTo(enterPath(h.chair()), "", "GET", nil, site, holding(h.badge("ken")))
		if a.status != 303 || !strings.Contains(a.header.Get("Set-Cookie"), trafficking+".chair=") {
			t.Errorf("the chair's link on a delegate's phone: %d %s", a.status, a.header)
		}
	}
	if h.room.State().Seq != before {
		t.Error("opening the chair's link changes the debate")
	}
	a := h.sendTo(enterPath(mustToken(t, pass)), "", "GET", nil, site("cross-site"), holding(h.badge("ken")))
	if a.status != 303 || h.room.State().Seq != before+1 {
		t.Errorf("a pass on a delegate's phone: %d %s", a.status, a.raw)
	}
	// A form uses a pass up too, unless it is another site's.
	pass = h.do(h.chair(), "POST", "/pass", `{"role":"chair"}`).body["url"].(string)
	before = h.room.State().Seq
	h.byForm(mustToken(t, pass), site("cross-site")).wants(403, "cross_origin")
	if h.room.State().Seq != before {
		t.Error("another site's form uses a pass up")
	}
	if a := h.byForm(mustToken(t, pass), site("same-origin")); a.status != 303 || h.room.State().Seq != before+1 {
		t.Errorf("a pass by a form: %d %s", a.status, a.raw)
	}

	_, one := h.enter(h.links().Chair)
	_, two := h.enter(h.links().Chair)
	_, led := h.enter(baseURL+enterPath(two.Value), one)
	session := func(c *http.Cookie) any { return h.send("", "GET", "/me", nil, with(c)).body["session"] }
	if led == nil || session(led) != session(one) || session(one) == session(two) {
		t.Error("a link with the session of another browser replaces that of the chair's")
	}
	_, fresh := h.enter(baseURL + enterPath(two.Value))
	if fresh == nil || session(fresh) != session(two) {
		t.Error("a token of a session opens another one")
	}
	if got := slices.Compact([]string{led.Name, fresh.Name}); len(got) != 1 || got[0] != one.Name {
		t.Errorf("the cookies are %v", got)
	}
}
