package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"rostrum/queue"
	"rostrum/server"
)

func TestAStreamIsASnapshotAndThenPatches(t *testing.T) {
	h := convene(t)
	tokens := map[string]string{"public": "", "display": h.link(queue.Display), "officers": h.chair()}
	screens := make(map[string]*screen)
	begin := h.room.State().Seq
	for audience, token := range tokens {
		screens[audience] = h.watch(token, "")
		if s := screens[audience]; s.first["type"] != "snapshot" || s.seq != begin {
			t.Errorf("%s begins with %v", audience, s.first)
		}
		screens[audience+" by events"] = h.listen(token, "")
	}
	seq := h.do(h.badge("ken"), "POST", "/requests", `{"id":"k"}`).seq()
	for _, s := range screens {
		s.until(seq)
	}
	// Of a note the public sees nothing but that the debate goes on.
	seq = h.do(h.badge("ken"), "PATCH", "/requests/k", `{"note":"for the chair"}`).seq()
	for name, s := range screens {
		frame := s.next()
		for frame["type"] == "presence" {
			frame = s.next()
		}
		patch, _ := frame["patch"].(map[string]any)
		if frame["type"] != "patch" || frame["from"] != float64(seq-1) || s.seq != seq || (len(patch) == 0) == strings.HasPrefix(name, "officers") {
			t.Errorf("%s is shown %v", name, frame)
		}
	}
	for name, s := range screens {
		s.wantsWhatTheServerHas(tokens[strings.TrimSuffix(name, " by events")])
		// Every seq came, one by one.
		if want := int(s.seq-begin) + 1; s.frames != want {
			t.Errorf("%s was shown %d frames, want %d", name, s.frames, want)
		}
		if officer := strings.HasPrefix(name, "officers"); !officer && s.presence > 0 {
			t.Errorf("%s was told of presence", name)
		}
	}
}

func TestAMoveChangesOneRequestOnly(t *testing.T) {
	h := convene(t)
	for _, p := range []string{"ken", "bra", "fra"} {
		h.do(h.badge(p), "POST", "/requests", fmt.Sprintf(`{"id":%q}`, p))
	}
	s := h.watch("", "")
	h.do(h.chair(), "PATCH", "/requests/fra", `{"before":"bra"}`)
	patch := s.next()["patch"].(map[string]any)
	requests, _ := patch["requests"].(map[string]any)
	if moved, _ := requests["fra"].(map[string]any); len(patch) != 1 || len(requests) != 1 || len(moved) != 1 || moved["rank"] == nil {
		t.Errorf("the patch is %v", patch)
	}
}

func TestResuming(t *testing.T) {
	h := convene(t)
	s := h.watch("", "")
	begin := s.seq
	witness := h.watch("", "") // so that each change is a frame of its own
	set := func(n int) int64 {
		seq := h.do(h.chair(), "PATCH", "/panels/afternoon", fmt.Sprintf(`{"limit_ms":%d}`, 100_000+n)).seq()
		witness.until(seq)
		return seq
	}

	s = s.again("")
	if patch, _ := s.first["patch"].(map[string]any); s.first["type"] != "patch" || s.seq != begin || len(patch) != 0 || patch == nil {
		t.Errorf("who missed nothing gets %v", s.first)
	}
	seq := int64(0)
	for n := range 5 {
		seq = set(n)
	}
	s.leave()
	for n := range 40 {
		seq = set(n)
	}
	old := *s
	s = s.again("")
	s.wantsWhatTheServerHas("")
	if want := int(seq - begin); s.first["type"] != "patch" || s.frames != want {
		t.Errorf("who missed %d changes gets %d frames, the first %v", want, s.frames, s.first)
	}
	epoch := s.epoch
	for query, field := range map[string]string{
		"?after=x": "after", "?after=1.5": "after", "?after=9223372036854775808": "after", "?after=1%3B": "after", "?after=1e3&epoch=" + epoch: "after",
	} {
		h.send("", "GET", "/stream"+query, nil, header("Accept", "text/event-stream")).wantsField(field)
		_, answer, err := websocket.DefaultDialer.DialContext(t.Context(), h.streamURL(query), nil)
		if err == nil || answer.StatusCode != 400 || answer.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: a WebSocket is answered %v", query, answer)
		}
	}
	h.send("", "GET", "/stream", nil, header("Accept", "text/event-stream"), header("Last-Event-ID", epoch+":x")).wantsField("Last-Event-ID")
	for name, query := range map[string]string{
		"ahead":             fmt.Sprintf("?after=%d&epoch=%s", seq+1, epoch),
		"far ahead":         fmt.Sprintf("?after=%d&epoch=%s", int64(1)<<62, epoch),
		"before all":        "?after=0&epoch=" + epoch,
		"negative":          "?after=-1&epoch=" + epoch,
		"another epoch":     fmt.Sprintf("?after=%d&epoch=%s", seq, "other"),
		"no epoch":          fmt.Sprintf("?after=%d", seq),
		"an epoch alone":    "?epoch=" + epoch,
		"the epoch's start": fmt.Sprintf("?after=%d&epoch=%s", seq, epoch[:len(epoch)-1]),
	} {
		for _, s := range []*screen{h.watch("", query), h.listen("", query)} {
			if s.first["type"] != "snapshot" || s.seq != seq {
				t.Errorf("%s: the stream begins with %v", name, s.first["type"])
			}
		}
	}
	for n := range server.Kept + 10 {
		h.submit(chairman, &queue.SetPanel{Panel: "afternoon", Limit: queue.Limit{Set: true, MS: int64(200_000 + n)}})
		s.until(h.room.State().Seq) // so that each is a frame
	}
	if tooOld := h.watchFrom(&old, ""); tooOld.first["type"] != "snapshot" {
		t.Errorf("who missed more than is kept gets %v", tooOld.first["type"])
	}
}

func TestEventsResumeByTheirID(t *testing.T) {
	h := convene(t)
	s := h.listen("", "")
	s.leave()
	seq := h.do(h.badge("ken"), "POST", "/requests", `{"id":"k"}`).seq()
	// The address still has the state that the page began with; the last event's id counts.
	next := h.tuneEvents("", "?after=1&epoch="+s.epoch, header("Last-Event-ID", s.lastID))
	next.seq, next.state, next.epoch = s.seq, s.state, s.epoch
	next.next()
	if next.first["type"] != "patch" || next.first["from"] != float64(s.seq) || next.first["seq"] != float64(seq) {
		t.Errorf("the stream goes on with %v", next.first)
	}
}

func TestARestartGoesOnInTheSameHistory(t *testing.T) {
	h := convene(t)
	s := h.watch("", "")
	h.do(h.badge("ken"), "POST", "/requests", `{"id":"k"}`)
	s.until(h.room.State().Seq)
	h.restart()
	s = s.again("")
	if s.first["type"] != "patch" {
		t.Errorf("after a restart who missed nothing gets %v", s.first)
	}
	s.wantsWhatTheServerHas("")
}

// Where the server is, is no part of a state: the wall that waited for it learns it all the same.
func TestAfterARestartTheScreensShowWhereTheServerIsNow(t *testing.T) {
	h := convene(t)
	wall := h.watch(h.link(queue.Display), "")
	phone := h.watch("", "")
	h.base = "https://rostrum.example.org"
	h.restart()
	wall = wall.again(h.link(queue.Display))
	if wall.first["type"] != "patch" || wall.first["from"] != wall.first["seq"] {
		t.Errorf("after a restart who missed nothing gets %v", wall.first)
	}
	wall.wantsWhatTheServerHas(h.link(queue.Display))
	phone = phone.again("")
	if patch := phone.first["patch"]; phone.first["type"] != "patch" || len(patch.(map[string]any)) != 0 {
		t.Errorf("a phone that missed nothing gets %v", phone.first)
	}
	// Who missed something since gets that too.
	old := *wall
	h.do(h.badge("ken"), "POST", "/requests", `{"id":"k"}`)
	late := h.watchFrom(&old, h.link(queue.Display))
	late.until(h.room.State().Seq)
	late.wantsWhatTheServerHas(h.link(queue.Display))
}

func TestAPingIsAnsweredWithWhatWasSent(t *testing.T) {
	h := convene(t)
	s := h.watch("", "")
	for _, t0 := range []string{"0", "-0", "1", "1750000000123.4567", "9007199254740993", "123456789012345678901234567890", "1e3", "1E-7", "-1.50", "0.1000000000000000055511151231257827"} {
		before := h.clock.NowFloat()
		h.must(s.conn.WriteMessage(websocket.TextMessage, []byte(` { "t0" : `+t0+` , "type":"ping" } `)))
		body, err := s.read()
		h.must(err)
		var pong struct {
			Type   string
			T0     json.RawMessage
			T1, T2 float64
		}
		h.must(json.Unmarshal(body, &pong))
		if pong.Type != "pong" || string(pong.T0) != t0 {
			t.Errorf("the ping %s is answered %s", t0, body)
		}
		if after := h.clock.NowFloat(); pong.T1 > pong.T2 || pong.T1 < before-0.001 || pong.T2 > after+0.001 {
			t.Errorf("sent at %f, received at %f, answered at %f, read at %f", before, pong.T1, pong.T2, after)
		}
	}
}

func TestTheClockCanBeAsked(t *testing.T) {
	h := convene(t)
	before := h.clock.NowFloat()
	a := h.sendTo("/api/v1/clock", "", "GET", nil)
	t1, t2 := a.body["t1"].(float64), a.body["t2"].(float64)
	if after := h.clock.NowFloat(); t1 > t2 || t1 < before-0.001 || t2 > after+0.001 || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("between %f and %f the clock says %s", before, after, a.raw)
	}
}

func TestWhatIsNoPingClosesTheStream(t *testing.T) {
	h := convene(t)
	text, binary := websocket.TextMessage, websocket.BinaryMessage
	var open sync.WaitGroup // the server waits a little for each to go
	for _, f := range []struct {
		name string
		kind int
		body string
		code int
	}{
		{"nothing", text, "", 1008},
		{"garbage", text, "hello", 1008},
		{"not an object", text, "[]", 1008},
		{"a binary ping", binary, `{"type":"ping","t0":1}`, 1008},
		{"binary garbage", binary, "\x00\xff\x00", 1008},
		{"another type", text, `{"type":"pong","t0":1}`, 1008},
		{"a command", text, `{"type":"recognise","request":"k"}`, 1008},
		{"no type", text, `{"t0":1}`, 1008},
		{"no t0", text, `{"type":"ping"}`, 1008},
		{"null", text, `{"type":"ping","t0":null}`, 1008},
		{"a text", text, `{"type":"ping","t0":"1"}`, 1008},
		{"an object", text, `{"type":"ping","t0":{"a":1}}`, 1008},
		{"more than a number can be", text, `{"type":"ping","t0":1e999}`, 1008},
		{"another member", text, `{"type":"ping","t0":1,"x":1}`, 1008},
		{"two pings", text, `{"type":"ping","t0":1}{"type":"ping","t0":2}`, 1008},
		{"not UTF-8", text, "{\"type\":\"ping\",\"t0\":\"\xff\"}", 1008},
		{"1 KiB of blanks", text, strings.Repeat(" ", server.MaxFrame), 1008},
		{"more than 1 KiB", text, strings.Repeat(" ", server.MaxFrame+1), 1009},
		{"far more", text, strings.Repeat("x", 1<<20), 1009},
	} {
		s := h.watch("", "")
		open.Go(func() {
			_ = s.conn.WriteMessage(f.kind, []byte(f.body)) // the server may close before it has all
			s.wantsClosed(f.name, f.code)
			s.leave()
		})
	}
	open.Wait()
	// A ping of exactly 1 KiB is one.
	s := h.watch("", "")
	ping := `{"type":"ping","t0":1`
	h.must(s.conn.WriteMessage(websocket.TextMessage, []byte(ping+strings.Repeat(" ", server.MaxFrame-len(ping)-1)+"}")))
	if frame := s.next(); frame["type"] != "pong" {
		t.Errorf("a ping of 1 KiB is answered %v", frame)
	}
}

func TestAHandshakeThatIsNoneIsRefused(t *testing.T) {
	h := convene(t)
	upgrade := []edit{header("Connection", "Upgrade"), header("Upgrade", "websocket")}
	h.send("", "GET", "/stream", nil, upgrade...).wants(400, "malformed")
	h.send("", "GET", "/stream", nil, append(upgrade, header("Sec-WebSocket-Version", "12"))...).wants(400, "malformed")
	h.send("", "GET", "/stream", nil).wantsField("Accept")
}

func TestStreamsAreForThePagesOfThisServer(t *testing.T) {
	h := convene(t)
	own := h.web.URL
	for origin, allowed := range map[string]bool{
		"": true, own: true, strings.ToUpper(own): true,
		"https://evil.example": false, "null": false, "http://": false, "file://": false,
		own + ".evil.example": false, strings.Replace(own, "127.0.0.1", "localhost", 1): false, "http://127.0.0.1:1": false, "%": false,
	} {
		for _, token := range []string{"", h.chair()} {
			with := bearer(token)
			events := []edit{header("Accept", "text/event-stream")}
			if origin != "" {
				with.Set("Origin", origin)
				events = append(events, header("Origin", origin))
			}
			if !allowed {
				h.send(token, "GET", "/stream", nil, events...).wants(403, "cross_origin")
				_, answer, err := websocket.DefaultDialer.DialContext(t.Context(), h.streamURL(""), with)
				if err == nil || answer.StatusCode != 403 || answer.Header.Get("Content-Type") != "application/problem+json" {
					t.Errorf("from %q a WebSocket is answered %v", origin, answer)
				}
				continue
			}
			h.listen(token, "", events...).leave()
			conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), h.streamURL(""), with)
			if err != nil {
				t.Errorf("from %q: %v", origin, err)
				continue
			}
			conn.Close()
		}
	}
}

func TestAStopTellsAllAndLeavesNothing(t *testing.T) {
	before := goleak.IgnoreCurrent()
	h := convene(t)
	var screens []*screen
	for range 5 {
		screens = append(screens, h.watch("", ""), h.watch(h.chair(), ""))
	}
	events := h.listen("", "")
	h.deaf("")
	h.deafToEvents("")
	stopped := make(chan struct{})
	go func() { defer close(stopped); h.stopShowing() }()
	for _, s := range screens {
		s.wantsClosed("a stop", websocket.CloseServiceRestart)
	}
	for {
		if _, err := events.read(); err != nil {
			break // the stream of events has ended
		}
	}
	wait(t, "Run returns", stopped)
	if n := h.server.ScreensOf(trafficking); n != 0 {
		t.Errorf("%d screens are left", n)
	}
	// Who comes now is told to come back.
	h.send("", "GET", "/stream", nil, header("Accept", "text/event-stream")).wants(503, "journal_unavailable")
	_, answer, err := websocket.DefaultDialer.DialContext(t.Context(), h.streamURL(""), nil)
	if err == nil || answer.StatusCode != 503 || answer.Header.Get("Retry-After") == "" {
		t.Errorf("a stream while stopping is answered %v", answer)
	}
	h.adjourn()
	goleak.VerifyNone(t, before)
}

func TestAStopDoesNotWaitForWhoStillTalks(t *testing.T) {
	h := convene(t)
	s := h.watch("", "")
	s.conn.SetCloseHandler(func(int, string) error { return nil }) // it does not go
	stopped := make(chan struct{})
	go func() { defer close(stopped); h.stopShowing() }()
	s.wantsClosed("a stop", websocket.CloseServiceRestart)
	h.must(s.conn.WriteMessage(websocket.PongMessage, nil))
	wait(t, "Run returns", stopped)
}

func TestScreensMayComeAndGoWhileTheServerStops(t *testing.T) {
	h := conveneSmall(t)
	var comers sync.WaitGroup
	for i := range 8 {
		comers.Go(func() {
			for range 10 {
				conn, answer, err := websocket.DefaultDialer.DialContext(t.Context(), h.streamURL(""), bearer(h.chair()))
				if err != nil && answer != nil && answer.StatusCode == 503 {
					return // it has stopped
				}
				if err != nil {
					t.Errorf("opening a stream: %v", err)
					return
				}
				if i%2 == 0 {
					_, _, _ = conn.ReadMessage()
				}
				conn.Close()
			}
		})
	}
	for n := range 20 {
		h.submit(chairman, &queue.SetPanel{Panel: "afternoon", Limit: queue.Limit{Set: true, MS: int64(100_000 + n)}})
	}
	stopped := make(chan struct{})
	go func() { defer close(stopped); h.stopShowing() }()
	comers.Wait()
	wait(t, "Run returns", stopped)
	if n := h.server.ScreensOf(trafficking); n != 0 {
		t.Errorf("%d screens are left", n)
	}
}
