package server_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"rostrum/queue"
	"rostrum/server"
)

// enter opens a link as a browser that has these cookies, and returns its new one.
func (h *hall) enter(link string, has ...*http.Cookie) (answer, *http.Cookie) {
	h.Helper()
	a := h.sendTo(strings.TrimPrefix(link, baseURL), "", "GET", nil, with(has...))
	cookie, err := http.ParseSetCookie(a.header.Get("Set-Cookie"))
	if err != nil {
		return a, nil
	}
	return a, cookie
}

func with(cookies ...*http.Cookie) edit {
	return func(r *http.Request) {
		for _, c := range cookies {
			r.AddCookie(c)
		}
	}
}

// links are those of the debate as it is.
func (h *hall) links() server.Links { return h.keys.LinksOf(baseURL, h.room.State()) }

// wantsEnd reads a stream to its end, which must come since the session has ended.
func (s *screen) wantsEnd() {
	s.Helper()
	if s.conn != nil {
		s.wantsClosed("a session that has ended", websocket.ClosePolicyViolation)
		return
	}
	for {
		if _, err := s.read(); err != nil {
			return
		}
	}
}

func TestALinkGivesEachBrowserASession(t *testing.T) {
	h := convene(t)
	_, one := h.enter(h.links().Chair)
	_, two := h.enter(h.links().Chair)
	me := func(c *http.Cookie) map[string]any { return h.send("", "GET", "/me", nil, with(c)).body }
	if me(one)["session"] == me(two)["session"] || me(one)["session"] == nil || me(one)["by"] != "link" || me(one)["role"] != "chair" {
		t.Errorf("two browsers are %v and %v", me(one), me(two))
	}
	if _, again := h.enter(h.links().Chair, one); me(again)["session"] != me(one)["session"] {
		t.Error("a browser that opens the link again has another session")
	}
	if by := h.send(h.chair(), "GET", "/me", nil).body; by["session"] != nil || by["by"] != "link" {
		t.Errorf("who bears the link itself is %v", by)
	}
	// The journal says which session did it.
	h.send("", "PATCH", "/panels/morning?as=chair", `{"list":"closed"}`, with(one)).wants(200, "")
	journal, err := h.store.Journal(trafficking)
	h.must(err)
	var last string
	h.must(journal.Read(h.Context(), 0, func(_ int64, entry []byte) error { last = string(entry); return nil }))
	if want := fmt.Sprintf(`"by":"chair#%s"`, me(one)["session"]); !strings.Contains(last, want) {
		t.Errorf("the journal's entry is %s, want %s", last, want)
	}
	if by := h.send(h.badge("ken"), "GET", "/me", nil).body; by["by"] != "badge" || by["participant"] != "ken" {
		t.Errorf("a badge is %v", by)
	}
	if by := h.send(h.phone("ken", "a"), "GET", "/me", nil).body; by["by"] != "code" || by["session"] != "a" {
		t.Errorf("one who joined is %v", by)
	}
}

func TestARenewedLinkPutsOutWhoUsedTheOneBefore(t *testing.T) {
	h := convene(t)
	old := h.links().Chair
	_, one := h.enter(old)
	_, two := h.enter(old)
	socket := h.watch(two.Value, "")
	events := h.listen(h.chair(), "")
	mine := h.watch(one.Value, "")
	other := h.watch(h.link(queue.Rapporteur), "")

	a := h.send("", "POST", "/links/renew?as=chair", `{"id":"renewed","role":"chair"}`, with(one))
	a.wants(200, "")
	if a.body["id"] != "renewed" {
		t.Errorf("the answer names %v, not what was renewed: %s", a.body["id"], a.raw)
	}
	socket.wantsEnd()
	events.wantsEnd()
	for _, token := range []string{two.Value, h.chair()} {
		h.send(token, "GET", "/me", nil).wants(401, "session_ended")
		h.send(token, "PATCH", "/panels/morning", `{}`).wants(401, "session_ended")
	}
	if entered, _ := h.enter(old); entered.status != 401 {
		t.Errorf("the link before is answered %d %s", entered.status, entered.raw)
	}
	// Who renewed it goes on, and so do the others.
	h.send("", "PATCH", "/panels/morning?as=chair", `{"list":"closed"}`, with(one)).wants(200, "")
	mine.until(h.room.State().Seq)
	other.until(h.room.State().Seq)

	link, _ := a.body["url"].(string)
	if link == old || link != h.links().Chair {
		t.Errorf("the new link is %s", link)
	}
	if _, three := h.enter(link); h.send("", "GET", "/me", nil, with(three)).status != 200 {
		t.Error("the new link does not let in")
	}
	h.restart()
	h.send(two.Value, "GET", "/me", nil).wants(401, "session_ended")
	h.send(one.Value, "GET", "/me", nil).wants(200, "")
	// The command line ends them all.
	h.send(h.keys.Sign(server.Grant{Role: server.Operator}), "POST", "/links/renew", `{"id":"cli","role":"chair"}`).wants(200, "")
	h.send(one.Value, "GET", "/me", nil).wants(401, "session_ended")
}

func TestABadgeSignsInUntilItIsRenewed(t *testing.T) {
	h := convene(t)
	short := h.keys.Badge(trafficking, "ken", 0)
	a, cookie := h.enter(baseURL + "/trafficking/enter?token=" + short)
	if a.header.Get("Location") != "/trafficking/floor" || cookie.Value != short {
		t.Errorf("a badge leads to %q with the cookie %s", a.header.Get("Location"), cookie)
	}
	h.send("", "POST", "/requests", `{"id":"k"}`, with(cookie)).wants(201, "")
	for _, forged := range []string{
		strings.Replace(short, "ken", "bra", 1), short[:len(short)-1], short + "A", "~ken~~", "~ken~1~" + short[7:], "~~~", h.keys.Badge(climate, "ken", 0),
	} {
		h.send(forged, "GET", "/me", nil).wants(401, "bad_token")
	}
	phones := []*screen{h.watch(short, ""), h.watch(h.badge("ken"), ""), h.listen(short, "")}
	joined, other := h.watch(h.phone("ken", "a"), ""), h.watch(h.badge("bra"), "")
	if a := h.do(h.chair(), "POST", "/badges/renew", `{"id":"b","participant":"ken"}`); a.body["id"] != "b" {
		t.Errorf("the answer does not say its id: %s", a.raw)
	}
	for _, s := range phones {
		s.wantsEnd()
	}
	h.send(short, "DELETE", "/requests/k", nil).wants(401, "session_ended")
	joined.until(h.room.State().Seq)
	other.until(h.room.State().Seq)
	h.send(h.keys.Badge(trafficking, "ken", 1), "DELETE", "/requests/k", nil).wants(200, "")
	h.do(h.chair(), "POST", "/badges/renew", `{"id":"c"}`)
	other.wantsEnd()
	h.restart()
	h.send(h.keys.Badge(trafficking, "ken", 1), "GET", "/me", nil).wants(401, "session_ended")
	h.send(h.keys.Badge(trafficking, "ken", 2), "GET", "/me", nil).wants(200, "")
}

func TestAPassIsOpenedOnce(t *testing.T) {
	h := convene(t)
	a := h.send(h.chair(), "POST", "/pass", `{"role":"chair"}`, header("Idempotency-Key", "key"))
	a.wants(201, "")
	link, _ := a.body["url"].(string)
	qr, _ := a.body["qr"].(string)
	if until, _ := a.body["until_ms"].(float64); int64(until) < h.clock.Now()+9*minute || int64(until) > h.clock.Now()+10*minute {
		t.Errorf("the pass is good until %v, and it is %d", a.body["until_ms"], h.clock.Now())
	}
	if svg, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(qr, "data:image/svg+xml;base64,")); err != nil || !strings.HasPrefix(string(svg), "<svg") {
		t.Errorf("the image of the pass is %s: %v", qr, err)
	}
	if again := h.send(h.chair(), "POST", "/pass", `{"role":"chair"}`, header("Idempotency-Key", "key")); again.body["url"] != link {
		t.Errorf("a repeat gets another pass: %s", again.raw)
	}
	// It is no token, and what looks ahead does not use it up.
	h.send(mustToken(t, link), "GET", "/me", nil).wants(401, "bad_token")
	path := strings.TrimPrefix(link, baseURL)
	h.sendTo(path, "", "HEAD", nil)
	h.sendTo(path, "", "GET", nil, header("Sec-Purpose", "prefetch;prerender"))
	before := h.room.State().Seq

	opened, cookie := h.enter(link)
	if opened.status != 303 || opened.header.Get("Location") != "/trafficking/chair" || h.room.State().Seq != before+1 {
		t.Fatalf("the pass is answered %d %s", opened.status, opened.raw)
	}
	h.send("", "PATCH", "/panels/morning?as=chair", `{"list":"closed"}`, with(cookie)).wants(200, "")
	if again, _ := h.enter(link, cookie); again.status != 303 {
		t.Errorf("the same browser is answered %d %s", again.status, again.raw)
	}
	second, none := h.enter(link)
	second.wants(410, "pass_used")
	if none != nil {
		t.Error("a used pass leaves a cookie")
	}
	h.restart()
	second, _ = h.enter(link)
	second.wants(410, "pass_used")
	h.send("", "GET", "/me?as=chair", nil, with(cookie)).wants(200, "")
	// A pass of before a renewal is worth nothing.
	late := h.do(h.chair(), "POST", "/pass", `{"role":"rapporteur"}`)
	h.do(h.chair(), "POST", "/links/renew", `{"id":"r","role":"rapporteur"}`)
	stale, _ := h.enter(late.body["url"].(string))
	stale.wants(401, "session_ended")
	h.send(h.chair(), "POST", "/pass", `{"role":"delegate"}`).wantsField("role")
}

func mustToken(t *testing.T, link string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("token")
}

func TestTheChairTurnsJoiningOffAndRenewsTheCode(t *testing.T) {
	h := convene(t)
	join := func(code string) answer {
		return h.send("", "POST", "/join", fmt.Sprintf(`{"participant":"ken","code":%q}`, code))
	}
	shown := func() map[string]any {
		state, _ := h.do(h.link(queue.Display), "GET", "", nil).body["state"].(map[string]any)
		view, _ := state["join"].(map[string]any)
		return view
	}
	first := shown()["code"].(string)
	join(first).wants(200, "")
	h.do(h.chair(), "PUT", "/join", `{"renew":true}`)
	second := shown()["code"].(string)
	if second == first {
		t.Fatal("the new code is the old one")
	}
	join(first).wants(403, "bad_code")
	join(second).wants(200, "")
	h.do(h.chair(), "PUT", "/join", `{"every_ms":60000}`)
	if v := shown(); v["every_ms"] != 60000.0 || v["until_ms"] == nil || v["code"] != second {
		t.Errorf("the display shows %v", v)
	}
	h.do(h.chair(), "PUT", "/join", `{"every_ms":null}`)
	if v := shown(); v["every_ms"] != nil || v["until_ms"] != nil {
		t.Errorf("a code that never changes is shown as %v", v)
	}
	h.do(h.chair(), "PUT", "/join", `{"on":false}`)
	if v := shown(); v["off"] != true || v["code"] != nil || v["url"] == nil {
		t.Errorf("while joining is off the display shows %v", v)
	}
	if l := h.links(); l.JoinCode != "" {
		t.Errorf("while joining is off the links have the code %s", l.JoinCode)
	}
	join(second).wants(403, "join_off")
	h.sendTo("/trafficking/qr.svg", h.link(queue.Display), "GET", nil).wants(403, "join_off")
	h.do(h.chair(), "PUT", "/join", `{"on":true}`)
	join(second).wants(200, "")
	for body, field := range map[string]string{`{"every_ms":59999}`: "every_ms", `{"renew":1}`: "renew", `{"on":null}`: "on", `{"off":true}`: "off"} {
		h.send(h.chair(), "PUT", "/join", body).wantsField(field)
	}
	if _, ok := h.do("", "GET", "", nil).body["state"].(map[string]any)["join"]; ok {
		t.Error("the public is shown how to join")
	}
}

func TestTheChairConfirmsWhoJoins(t *testing.T) {
	p := thematicDebate(nil)
	p.Debate.Join.Confirm = true
	p.Participants = append(p.Participants, queue.Participant{ID: "ken", Names: map[string]string{"en": "Kenya"}, Category: "member_state"})
	h := conveneOn(t, p)
	join := func() string {
		token, _ := h.send("", "POST", "/join", fmt.Sprintf(`{"participant":"ken","code":%q}`, h.links().JoinCode)).body["token"].(string)
		return token
	}
	early := h.phone("ken", "early") // from before claims were confirmed
	claims := func() map[string]any {
		state, _ := h.do(h.chair(), "GET", "", nil).body["state"].(map[string]any)
		view, _ := state["claims"].(map[string]any)
		return view
	}
	h.send(early, "POST", "/requests", `{"id":"e"}`).wants(403, "claim_pending")
	if c, _ := claims()["ken"].(map[string]any); c["session"] != "early" {
		t.Errorf("the claims are %v", claims())
	}
	h.do(h.chair(), "POST", "/claims/ken", `{"accept":false}`)
	h.send(early, "GET", "/me", nil).wants(401, "session_ended")
	if claims() != nil {
		t.Errorf("claims that were turned down are shown: %v", claims())
	}

	phone := join()
	if me := h.send(phone, "GET", "/me", nil).body; me["claim"] != "pending" {
		t.Errorf("who waits is told %v", me)
	}
	watching := h.watch(phone, "")
	officer := h.watch(h.chair(), "")
	if c, _ := claims()["ken"].(map[string]any); c["at_ms"] == nil || c["session"] == nil {
		t.Errorf("the claims are %v", claims())
	}
	h.send(phone, "POST", "/requests", `{"id":"r"}`).wants(403, "claim_pending")
	h.do(h.chair(), "POST", "/claims/ken", `{"accept":true}`)
	if claims() != nil {
		t.Errorf("claims that were confirmed are shown: %v", claims())
	}
	officer.until(h.room.State().Seq)
	officer.wantsWhatTheServerHas(h.chair())
	h.send(phone, "POST", "/requests", `{"id":"r"}`).wants(201, "")
	if me := h.send(join(), "GET", "/me", nil).body; me["claim"] != nil {
		t.Errorf("the delegation was confirmed, and its second phone is told %v", me)
	}
	h.do(h.chair(), "POST", "/claims/ken", `{"accept":false}`)
	watching.wantsEnd()
	h.send(h.chair(), "POST", "/claims/ken", `{"accept":true}`).wants(404, "no_such_claim")
}

func TestAClaimGoesWithItsParticipant(t *testing.T) {
	p := thematicDebate(nil)
	p.Debate.Join.Confirm = true
	without := p
	p.Participants = append(slices.Clip(p.Participants), queue.Participant{ID: "ken", Names: map[string]string{"en": "Kenya"}, Category: "member_state"})
	h := conveneOn(t, p)
	h.send("", "POST", "/join", fmt.Sprintf(`{"participant":"ken","code":%q}`, h.links().JoinCode)).wants(200, "")
	claims := func() any {
		state, _ := h.do(h.chair(), "GET", "", nil).body["state"].(map[string]any)
		return state["claims"]
	}
	if claims() == nil {
		t.Fatal("who joins makes no claim")
	}
	h.submit(queue.Actor{Role: queue.Server}, &queue.Load{Programme: without})
	if got := claims(); got != nil {
		t.Errorf("nobody on the roster waits, and the chair is shown %v", got)
	}
}

func TestOfficersSeeWhoElseIsOn(t *testing.T) {
	h := convene(t)
	_, tablet := h.enter(h.links().Chair)
	officer := h.watch(tablet.Value, "")
	h.watch(h.badge("ken"), "")
	h.watch(h.keys.Badge(trafficking, "ken", 0), "")
	h.watch(h.badge("bra"), "")
	h.watch(h.phone("ken", "a"), "")
	h.watch(h.link(queue.Display), "")
	for {
		frame := officer.next()
		if frame["type"] != "presence" || frame["phones"] != 4.0 || frame["screens"] != 1.0 {
			continue
		}
		badges, _ := frame["badges"].(map[string]any)
		if badges["ken"] != 2.0 || badges["bra"] != 1.0 || len(badges) != 2 {
			t.Errorf("the phones by badge are %v", badges)
		}
		sessions, _ := frame["sessions"].([]any)
		roles := make(map[any]any)
		for _, s := range sessions {
			s, _ := s.(map[string]any)
			roles[s["role"]] = s["session"]
			if s["since_ms"] == nil {
				t.Errorf("a session without its beginning: %v", s)
			}
		}
		me := h.send(tablet.Value, "GET", "/me", nil).body
		if len(sessions) != 2 || roles["chair"] != me["session"] || roles["display"] != nil {
			t.Errorf("the sessions are %v", sessions)
		}
		return
	}
}

// A room of 500 shares one address, and one in it guesses at everybody.
func TestARoomBehindOneAddressIsNotLockedOut(t *testing.T) {
	h := convene(t)
	code := h.links().JoinCode
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	join := func(participant, code string) answer {
		return h.send("", "POST", "/join", fmt.Sprintf(`{"participant":%q,"code":%q}`, participant, code))
	}
	tries := 0
	for n := range 400 {
		a := join([]string{"fra", "no-such", fmt.Sprint("no-such-", n)}[n%3], wrong)
		if a.status == 403 {
			tries++
			continue
		}
		a.wants(429, "rate_limited")
		if wait := a.header.Get("Retry-After"); wait == "" || wait == "0" || !strings.Contains(a.body["detail"].(string), wait) {
			t.Fatalf("the time to wait is %q: %s", wait, a.raw)
		}
	}
	if tries > 70 {
		t.Errorf("%d of 400 wrong codes were tried", tries)
	}
	for n := range 500 {
		participant := []string{"ken", "bra", "phl", "deu", "usa"}[n%5]
		if a := join(participant, code); a.status != 200 {
			t.Fatalf("the %dth in the room, for %s, is told %d %s", n, participant, a.status, a.raw)
		}
	}
	join("fra", code).wants(429, "rate_limited") // at whom somebody here guesses
}

func TestTheCodeChangesByItself(t *testing.T) {
	inBubble(t, func(h *hall) {
		h.submit(queue.Actor{Role: queue.Server}, &queue.ChangeCode{})
		// A bubble's clock stands still while anything runs.
		sleepTo := func(at int64) {
			time.Sleep(time.Duration(at-h.clock.Now()) * time.Millisecond)
			synctest.Wait()
		}
		sleepTo(h.room.State().Join().Until - 1)
		if n := h.room.State().Join().Number; n != 0 {
			t.Errorf("before its time the code is number %d", n)
		}
		sleepTo(h.room.State().Join().Until)
		if n := h.room.State().Join().Number; n != 1 {
			t.Errorf("at its time the code is number %d", n)
		}
		h.submit(chairman, &queue.SetJoin{Every: queue.Limit{Set: true, MS: minute}})
		sleepTo(h.clock.Now() + 5*minute + 1)
		if n := h.room.State().Join().Number; n != 6 {
			t.Errorf("after five minutes of a minute each the code is number %d", n)
		}
		off := false
		h.submit(chairman, &queue.SetJoin{On: &off})
		sleepTo(h.clock.Now() + 60*minute)
		if n := h.room.State().Join().Number; n != 6 {
			t.Errorf("while joining is off the code goes on to number %d", n)
		}
	})
}

func TestAStreamEndsWithTheTimeOfItsToken(t *testing.T) {
	inBubble(t, func(h *hall) {
		short := h.hear(h.keys.Sign(server.Grant{Debate: trafficking, Role: queue.Delegate, Participant: "unodc", Session: "a", Expires: h.clock.Now() + 10_000}))
		long := h.hear(h.phone("unodc", "b"))
		time.Sleep(9 * time.Second)
		synctest.Wait()
		if len(short.ended) != 0 {
			t.Error("the stream ends before its token")
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if len(short.ended) != 1 || len(long.ended) != 0 {
			t.Errorf("of two streams %d and %d have ended, want the one whose time is over", len(short.ended), len(long.ended))
		}
	})
}
