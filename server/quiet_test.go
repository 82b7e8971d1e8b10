package server_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"rostrum/queue"
	"rostrum/server/disk"
)

// pipes is a network inside the test, on whose time nothing but the test waits.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr  { return p }
func (p *pipes) Network() string { return "pipe" }
func (p *pipes) String() string  { return "rostrum.test:80" }

func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.conns <- far:
		return near, nil
	case <-p.closed:
		return nil, errors.New("nobody listens")
	}
}

// inBubble convenes a small debate on a clock of the test's own.
func inBubble(t *testing.T, test func(*hall)) { inBubbleOn(t, nil, test) }

// inBubbleOn does so on a disk of the test's own as well.
func inBubbleOn(t *testing.T, d *storage, test func(*hall)) { inBubbleWith(t, d, nil, test) }

// inBubbleWith does so with room on the disk that the test says, nil for as much as there is.
func inBubbleWith(t *testing.T, d *storage, space *disk.Space, test func(*hall)) {
	synctest.Test(t, func(t *testing.T) {
		h := &hall{TB: t, dir: t.TempDir(), log: new(failures), disk: d, space: space, pipes: newPipes()}
		h.begin(thematicDebate(nil))
		test(h)
		h.adjourn()
	})
}

// heard is what came on a stream, and when.
type heard struct {
	conn     *websocket.Conn
	frames   map[string][]time.Time // by type
	presence [][]byte
	pings    []time.Time
	mute     atomic.Bool // it answers no pings
	ended    chan error
}

// hear reads a stream in the background, as a client that says nothing but what the
// protocol asks of it.
func (h *hall) hear(token string) *heard {
	h.Helper()
	dialer := &websocket.Dialer{NetDialContext: h.pipes.dial}
	conn, _, err := dialer.DialContext(h.Context(), h.streamURL(""), bearer(token))
	h.must(err)
	s := &heard{conn: conn, frames: make(map[string][]time.Time), ended: make(chan error, 1)}
	pong := conn.PingHandler()
	conn.SetPingHandler(func(data string) error {
		s.pings = append(s.pings, time.Now())
		if s.mute.Load() {
			return nil
		}
		return pong(data)
	})
	go func() {
		for {
			_, body, err := conn.ReadMessage()
			if err != nil {
				s.ended <- err
				conn.Close()
				return
			}
			kind, _, _ := strings.Cut(strings.TrimPrefix(string(body), `{"type":"`), `"`)
			if kind == "presence" {
				s.presence = append(s.presence, body)
			}
			s.frames[kind] = append(s.frames[kind], time.Now())
		}
	}()
	synctest.Wait()
	return s
}

// wantsApart checks that instants are at least d from each other.
func wantsApart(t testing.TB, what string, instants []time.Time, d time.Duration) {
	t.Helper()
	for i := 1; i < len(instants); i++ {
		if gap := instants[i].Sub(instants[i-1]); gap < d {
			t.Errorf("%s: one came %v after the other, want at least %v", what, gap, d)
		}
	}
}

func TestBetweenChangesNothingIsSent(t *testing.T) {
	inBubble(t, func(h *hall) {
		all := map[string]*heard{"public": h.hear(""), "display": h.hear(h.link(queue.Display)), "officers": h.hear(h.chair())}
		events := h.listen("", "")
		began, silent := time.Now(), 0
		go func() { // until the server stops
			for {
				if _, err := events.lines.ReadString('\n'); err != nil {
					return
				}
				silent++
			}
		}()
		time.Sleep(time.Hour)
		synctest.Wait()
		for name, s := range all {
			if n := len(s.frames["snapshot"]); n != 1 || len(s.frames["patch"]) != 0 {
				t.Errorf("%s: %d snapshots and %d patches in an hour without a change", name, n, len(s.frames["patch"]))
			}
			if n := len(s.frames["presence"]); n > 0 && (name != "officers" || n > 1) {
				t.Errorf("%s: %d times told of presence", name, n)
			}
			if len(s.pings) == 0 {
				t.Errorf("%s: no ping in an hour: a phone's network forgets it", name)
			}
			wantsApart(t, name+": pings", append([]time.Time{began}, s.pings...), 25*time.Second)
		}
		// Two lines are a comment that keeps the connection alive.
		if silent == 0 || silent > 2*int(time.Hour/(25*time.Second)) {
			t.Errorf("%d lines of events in an hour without a change", silent)
		}
	})
}

func TestAScreenThatOnlyReadsIsKeptInALivelyDebate(t *testing.T) {
	inBubble(t, func(h *hall) {
		s := h.hear("")
		for n := range 60 {
			time.Sleep(10 * time.Second)
			h.submit(chairman, &queue.SetPanel{Panel: "afternoon", Limit: queue.Limit{Set: true, MS: int64(100_000 + n)}})
		}
		synctest.Wait()
		select {
		case err := <-s.ended:
			t.Errorf("after %d changes the stream ends: %v", len(s.frames["patch"]), err)
		default:
		}
		if n := len(s.frames["patch"]); n != 60 {
			t.Errorf("%d patches for 60 changes", n)
		}
		wantsApart(t, "pings", s.pings, 25*time.Second)
	})
}

func TestAScreenThatIsGoneWithoutAWordIsGivenUp(t *testing.T) {
	inBubble(t, func(h *hall) {
		s := h.hear("")
		s.mute.Store(true)
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if n := h.server.ScreensOf(trafficking); n != 0 {
			t.Errorf("%d screens are left", n)
		}
		wantsApart(t, "pings", s.pings, 25*time.Second)
	})
}

func TestPresenceIsToldToOfficersOnceASecond(t *testing.T) {
	inBubble(t, func(h *hall) {
		officers := []*heard{h.hear(h.chair()), h.hear(h.link(queue.Rapporteur))}
		public := h.hear("")
		for range 50 { // phones come and go, 50 ms apart
			phone := h.hear("")
			time.Sleep(50 * time.Millisecond)
			phone.conn.Close()
		}
		late := h.hear(h.chair())
		officers = append(officers, late)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		for i, s := range officers {
			told := s.frames["presence"]
			if len(told) == 0 {
				t.Errorf("officer %d is not told who is there", i)
			}
			wantsApart(t, "presence", told, time.Second)
		}
		if n := len(public.frames["presence"]); n != 0 {
			t.Errorf("the public is told of presence %d times", n)
		}
	})
}
