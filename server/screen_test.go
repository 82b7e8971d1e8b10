package server_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// screen is a client of a stream. What it shows is the fold of its frames.
type screen struct {
	*hall
	conn  *websocket.Conn // or, on server-sent events,
	lines *bufio.Reader
	body  interface{ Close() error }

	first    map[string]any // the first frame
	raw      [][]byte       // all frames
	frames   int            // those that led to a state
	epoch    string
	seq      int64
	state    any
	presence int // how many presence frames
	lastID   string
}

func (h *hall) streamURL(query string) string {
	return "ws" + strings.TrimPrefix(h.web.URL, "http") + "/api/v1/debates/" + trafficking + "/stream" + query
}

func bearer(token string) http.Header {
	header := http.Header{}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	return header
}

// watch opens a stream and reads its first frame.
func (h *hall) watch(token, query string) *screen {
	h.Helper()
	s := h.tune(websocket.DefaultDialer, token, query)
	s.next()
	return s
}

// tune opens a stream and reads nothing.
func (h *hall) tune(dialer *websocket.Dialer, token, query string) *screen {
	h.Helper()
	with := *dialer
	with.Subprotocols = []string{"rostrum.v1"}
	conn, answer, err := with.DialContext(h.Context(), h.streamURL(query), bearer(token))
	if err != nil {
		h.Fatalf("opening a stream: %v (%v)", err, answer)
	}
	if conn.Subprotocol() != "rostrum.v1" {
		h.Errorf("the subprotocol is %q", conn.Subprotocol())
	}
	h.Cleanup(func() { conn.Close() })
	return &screen{hall: h, conn: conn, seq: -1}
}

// watchFrom opens a stream from where another screen was, and reads its first frame.
func (h *hall) watchFrom(old *screen, token string) *screen {
	h.Helper()
	s := h.tune(websocket.DefaultDialer, token, fmt.Sprintf("?after=%d&epoch=%s", old.seq, url.QueryEscape(old.epoch)))
	s.seq, s.state, s.epoch = old.seq, old.state, old.epoch
	s.next()
	return s
}

// listen opens a stream of server-sent events and reads its first event.
func (h *hall) listen(token, query string, edits ...edit) *screen {
	h.Helper()
	s := h.tuneEvents(token, query, edits...)
	s.next()
	return s
}

func (h *hall) tuneEvents(token, query string, edits ...edit) *screen {
	h.Helper()
	r, err := http.NewRequestWithContext(h.Context(), "GET", strings.Replace(h.streamURL(query), "ws", "http", 1), nil)
	h.must(err)
	r.Header = bearer(token)
	r.Header.Set("Accept", "text/event-stream")
	for _, edit := range edits {
		edit(r)
	}
	response, err := h.client.Do(r)
	h.must(err)
	if got := response.Header.Get("Content-Type"); response.StatusCode != 200 || got != "text/event-stream" {
		h.Fatalf("the stream of events is answered %s, %s", response.Status, got)
	}
	h.Cleanup(func() { response.Body.Close() })
	return &screen{hall: h, lines: bufio.NewReader(response.Body), body: response.Body, seq: -1}
}

func (s *screen) leave() {
	if s.conn != nil {
		s.conn.Close()
	} else {
		s.body.Close()
	}
}

// read is the next frame, or why there is none.
func (s *screen) read() ([]byte, error) {
	if s.conn != nil {
		_ = s.conn.SetReadDeadline(time.Now().Add(soon))
		kind, body, err := s.conn.ReadMessage()
		if err == nil && kind != websocket.TextMessage {
			return nil, fmt.Errorf("a frame of kind %d", kind)
		}
		return body, err
	}
	var data []byte
	id := ""
	for {
		line, err := s.lines.ReadString('\n')
		if err != nil {
			return nil, err
		}
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch {
		case line == "\n" && data != nil:
			if id != "" {
				s.lastID = id
			}
			return data, nil
		case name == "data":
			data = []byte(value)
		case name == "id":
			id = value
		}
	}
}

// next reads one frame and folds it. It must fit what the screen shows.
func (s *screen) next() map[string]any {
	s.Helper()
	body, err := s.read()
	if err != nil {
		s.Fatalf("at seq %d the stream ends: %v", s.seq, err)
	}
	frame, _ := fromJSON(s, string(body)).(map[string]any)
	s.raw = append(s.raw, body)
	if s.first == nil {
		s.first = frame
	}
	number := func(name string) int64 {
		n, ok := frame[name].(float64)
		if !ok {
			s.Fatalf("no %s in %s", name, body)
		}
		return int64(n)
	}
	switch frame["type"] {
	case "snapshot":
		s.seq, s.state, s.epoch = number("seq"), frame["state"], frame["epoch"].(string)
		number("now_ms")
		s.frames++
	case "patch":
		from, seq := number("from"), number("seq")
		if from != s.seq || seq < from || seq == from && s.frames > 0 {
			s.Fatalf("at seq %d comes %s", s.seq, body)
		}
		number("now_ms")
		s.seq, s.state = seq, merge(s.state, frame["patch"])
		s.frames++
	case "presence":
		s.presence++
	}
	if s.lines != nil && frame["type"] != "presence" && s.lastID != fmt.Sprintf("%s:%d", s.epoch, s.seq) {
		s.Fatalf("the id of the event is %q at %s:%d", s.lastID, s.epoch, s.seq)
	}
	return frame
}

// until reads until the screen has come to a seq.
func (s *screen) until(seq int64) {
	s.Helper()
	for s.seq < seq {
		s.next()
	}
}

// again opens the stream anew from where the screen is.
func (s *screen) again(token string) *screen {
	s.Helper()
	s.leave()
	return s.watchFrom(s, token)
}

// wantsWhatTheServerHas compares with the state that a GET gives to the same
// reader. Nothing else may be changing it.
func (s *screen) wantsWhatTheServerHas(token string) {
	s.Helper()
	s.until(s.room.State().Seq)
	read := s.do(token, "GET", "", nil)
	if read.seq() != s.seq || read.body["epoch"] != s.epoch {
		s.Fatalf("the state is %d of %v, the stream %d of %s", read.seq(), read.body["epoch"], s.seq, s.epoch)
	}
	if !reflect.DeepEqual(read.body["state"], s.state) {
		want, _ := json.Marshal(read.body["state"])
		got, _ := json.Marshal(s.state)
		s.Fatalf("the stream shows\n%s\nthe state is\n%s", got, want)
	}
}

// wantsClosed reads until the stream ends, which must be by a close with a code.
func (s *screen) wantsClosed(what string, code int) {
	s.Helper()
	for {
		if _, err := s.read(); err != nil {
			var closed *websocket.CloseError
			if !errors.As(err, &closed) || closed.Code != code {
				s.Errorf("%s: the stream ends with %v, want a close %d", what, err, code)
			}
			return
		}
	}
}

func wait(t testing.TB, what string, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(soon):
		t.Fatalf("still waiting: %s", what)
	}
}

// hearing is the receive buffer of those who do not read: small beside what they are
// sent. (With one smaller than a segment of the loopback, Linux trickles.)
const hearing = 64 << 10

// deaf opens a stream with a small buffer and reads nothing of it.
func (h *hall) deaf(token string) *screen {
	h.Helper()
	small := &websocket.Dialer{NetDial: func(network, address string) (net.Conn, error) {
		conn, err := net.Dial(network, address)
		if err == nil {
			err = conn.(*net.TCPConn).SetReadBuffer(hearing)
		}
		return conn, err
	}}
	return h.tune(small, token, "")
}

// deafToEvents is deaf by server-sent events. It returns the connection, on which the
// answer is still to be read.
func (h *hall) deafToEvents(token string) net.Conn {
	h.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.web.URL, "http://"))
	h.must(err)
	h.Cleanup(func() { conn.Close() })
	h.must(conn.(*net.TCPConn).SetReadBuffer(hearing))
	var request bytes.Buffer
	fmt.Fprintf(&request, "GET /api/v1/debates/%s/stream HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\n", trafficking, conn.RemoteAddr())
	if token != "" {
		fmt.Fprintf(&request, "Authorization: Bearer %s\r\n", token)
	}
	request.WriteString("\r\n")
	_, err = conn.Write(request.Bytes())
	h.must(err)
	return conn
}
