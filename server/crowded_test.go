package server_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"rostrum/server"
)

// crowded is a small debate on a server that can hold few connections.
func crowded(t *testing.T, connections int) *hall {
	t.Helper()
	h := &hall{TB: t, dir: t.TempDir(), log: new(failures), connections: connections}
	h.begin(smallDebate())
	return h
}

// knock tries to open a stream, and gives the status of a refusal.
func (h *hall) knock(token string) (*screen, int) {
	h.Helper()
	conn, answer, err := websocket.DefaultDialer.DialContext(h.Context(), h.streamURL(""), bearer(token))
	if err == nil {
		h.Cleanup(func() { conn.Close() })
		return &screen{hall: h, conn: conn, seq: -1}, 0
	}
	if answer == nil {
		h.Fatalf("opening a stream: %v", err)
	}
	if answer.StatusCode == http.StatusTooManyRequests && answer.Header.Get("Retry-After") == "" {
		h.Error("a refusal without Retry-After")
	}
	return nil, answer.StatusCode
}

// Streams of those who look on take all that they can get; whoever takes part comes in all the same, and each that
// gives way is told to come back later.
func TestAStreamThatGivesWayIsToldToComeBackLater(t *testing.T) {
	h := crowded(t, 64)
	capacity := server.StreamsIn(64)
	events := h.listen("", "")
	lookers := []*screen{}
	for {
		s, status := h.knock("")
		if status == http.StatusTooManyRequests {
			break
		}
		s.next()
		lookers = append(lookers, s)
	}
	if n := len(lookers) + 1; n >= capacity || n < capacity/2 {
		t.Fatalf("%d look on where there are %d places", n, capacity)
	}
	var others []*screen
	for n := range capacity {
		token := h.badge("bra")
		if n%2 == 0 {
			token = h.phone("ken", fmt.Sprint(n))
		}
		s, status := h.knock(token)
		if status != 0 {
			t.Fatalf("the %dth that takes part is refused with %d", n+1, status)
		}
		s.next()
		others = append(others, s)
	}
	for _, s := range lookers {
		s.wantsClosed("giving way", websocket.CloseTryAgainLater)
	}
	rest, err := io.ReadAll(events.lines)
	h.must(err) // the answer came to its end
	if !strings.HasPrefix(string(rest), "retry: ") {
		t.Errorf("the stream of events ends with %q", rest)
	}
	// All places are taken; the officers come in, and their streams go on.
	chair := h.watch(h.chair(), "")
	wall := h.watch(h.link("display"), "")
	seq := h.do(h.chair(), "PATCH", "/panels/afternoon", `{"limit_ms":100000}`).seq()
	chair.until(seq)
	wall.until(seq)
	if _, status := h.knock(""); status != http.StatusTooManyRequests {
		t.Errorf("who looks on is answered %d", status)
	}
	gone := 0
	for n, s := range others {
		for s.seq < seq {
			body, err := s.read()
			if websocket.IsCloseError(err, websocket.CloseTryAgainLater) {
				gone++
				if n%2 == 1 {
					t.Error("a badge gave way where others had only joined")
				}
				break
			}
			h.must(err)
			var frame struct{ Seq int64 }
			h.must(json.Unmarshal(body, &frame))
			s.seq = frame.Seq
		}
	}
	if gone != 2 {
		t.Errorf("%d gave way to two officers", gone)
	}
	for _, s := range append(others, chair, wall) {
		s.leave()
	}
	for h.server.PlacesOf() > 0 || h.server.ScreensOf(trafficking) > 0 {
		runtime.Gosched() // until all have left
	}
	h.watch("", "").wantsWhatTheServerHas("")
}
