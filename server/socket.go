package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/labstack/echo/v4"

	"rostrum/queue"
)

const (
	// maxFrame is the largest frame that a client may send, in bytes.
	maxFrame = 1 << 10
	// silence is how long a client may say nothing before the server pings it, and pongIn how
	// long before it is given up.
	silence = 30 * time.Second
	pongIn  = 4 * silence
	// writeIn is how long one write may take. A client that does not read
	// holds up nobody but itself, so there is no hurry.
	writeIn = 2 * time.Minute
	// sendBuffer is the kernel's buffer for a socket, in bytes: what a client that does
	// not read has still to read when it comes back.
	sendBuffer = 64 << 10
	// lingering is how long a socket that is closed for a client's fault is read, so that the
	// client sees why.
	lingering = 2 * time.Second
)

// subprotocol names the stream's wire format.
const subprotocol = "rostrum.v1"

func newUpgrader() *websocket.Upgrader {
	// Small buffers: a stream is read seldom, and written from shared memory.
	return &websocket.Upgrader{
		ReadBufferSize:  512,
		WriteBufferPool: new(sync.Pool),
		WriteBufferSize: 4 << 10,
		Subprotocols:    []string{subprotocol},
		CheckOrigin:     func(*http.Request) bool { return true },                // checked before, with an answer that says why
		Error:           func(http.ResponseWriter, *http.Request, int, error) {}, // answered as every error
	}
}

// socket is a screen on a WebSocket. One goroutine reads it while it lives; one that
// writes it lives only while there is something to write.
type socket struct {
	seat
	conn    *websocket.Conn
	hub     *hub
	writing atomic.Int32 // idle, busy or again
	pingDue atomic.Bool
	alive   atomic.Int64 // the instant at which the client was last heard of, or pinged

	// patience guards until when the client may be silent, which is not put off once the stream ends.
	patience sync.Mutex
	ending   bool

	// write guards what one writer at a time may touch.
	write  sync.Mutex
	cursor cursor
}

// The states of a socket's writer.
const (
	idle  int32 = iota // there is none
	busy               // one is at work
	again              // it has to look once more before it ends
)

func (s *socket) wake() {
	for {
		switch s.writing.Load() {
		case idle:
			if s.writing.CompareAndSwap(idle, busy) {
				s.hub.streams.Go(s.bringUp)
				return
			}
		case busy:
			if s.writing.CompareAndSwap(busy, again) {
				return
			}
		case again:
			return
		}
	}
}

// bringUp writes until the screen has all there is.
func (s *socket) bringUp() {
	for {
		if err := s.send(); err != nil {
			// The reader notices and cleans up.
			s.conn.NetConn().Close()
			return
		}
		if s.writing.CompareAndSwap(busy, idle) {
			return
		}
		s.writing.Store(busy)
	}
}

func (s *socket) send() error {
	s.write.Lock()
	defer s.write.Unlock()
	if s.pingDue.Swap(false) {
		s.alive.Store(s.hub.clock.Now())
		if err := s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeIn)); err != nil {
			return err
		}
	}
	newest, messages, err := s.channel.next(&s.cursor)
	if err != nil {
		s.hub.log.Error("encoding a snapshot", "err", err)
		return err
	}
	if newest == nil && len(messages) == 0 {
		return nil
	}
	if err := s.conn.SetWriteDeadline(time.Now().Add(writeIn)); err != nil {
		return err
	}
	if newest != nil {
		if err := s.conn.WritePreparedMessage(newest.prepared); err != nil {
			return err
		}
	}
	return s.writeAll(messages)
}

func (s *socket) writeAll(messages []message) error {
	for _, m := range messages {
		if err := s.conn.WriteMessage(websocket.TextMessage, m.body); err != nil {
			return err
		}
	}
	return nil
}

func (s *socket) keepAlive(quietSince int64) {
	if s.alive.Load() < quietSince {
		s.pingDue.Store(true)
		s.wake()
	}
}

func (s *socket) close(code int, reason string) {
	s.hub.streams.Go(func() { s.end(code, reason) })
}

// end closes the connection, so that its client sees why.
func (s *socket) end(code int, reason string) {
	if g := guestOf(s.conn.NetConn()); g != nil {
		g.stands(parting)
	}
	frame := websocket.FormatCloseMessage(code, reason)
	if err := s.conn.WriteControl(websocket.CloseMessage, frame, time.Now().Add(time.Second)); err != nil {
		s.hub.log.Debug("closing a stream", "err", err)
	}
	s.linger()
	s.conn.Close()
}

// linger reads what a client has still sent, so that the close frame is not lost
// to a reset connection.
func (s *socket) linger() {
	nc := s.conn.NetConn()
	if half, ok := nc.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	s.patience.Lock()
	s.ending = true
	_ = nc.SetReadDeadline(time.Now().Add(lingering))
	s.patience.Unlock()
	_, _ = io.CopyN(io.Discard, nc, 1<<20)
}

// ping is all that a client may say.
type ping struct {
	Type string          `json:"type"`
	T0   json.RawMessage `json:"t0"`
}

// read serves the client's pings until the stream ends.
func (s *socket) read() {
	defer s.hub.leave(s)
	defer s.conn.Close()
	s.conn.SetReadLimit(maxFrame)
	s.heard()
	s.conn.SetPongHandler(func(string) error { s.heard(); return nil })
	for {
		kind, body, err := s.conn.ReadMessage()
		t1 := s.hub.clock.NowFloat()
		if errors.Is(err, websocket.ErrReadLimit) {
			s.linger() // gorilla has sent 1009
			return
		}
		if err != nil {
			return
		}
		s.heard()
		t0, ok := pingOf(kind, body)
		if !ok {
			s.end(websocket.ClosePolicyViolation, `only {"type":"ping","t0":number} is understood`)
			return
		}
		if err := s.pong(t0, t1); err != nil {
			return
		}
	}
}

// heard notes that the client is there.
func (s *socket) heard() {
	s.alive.Store(s.hub.clock.Now())
	s.patience.Lock()
	defer s.patience.Unlock()
	if !s.ending {
		_ = s.conn.SetReadDeadline(time.Now().Add(pongIn))
	}
}

// pingOf reads the t0 of a ping, as it was sent.
func pingOf(kind int, body []byte) (json.RawMessage, bool) {
	var p ping
	if kind != websocket.TextMessage || decodeObject(body, &p) != nil || p.Type != "ping" {
		return nil, false
	}
	var number float64
	if err := json.Unmarshal(p.T0, &number); err != nil || string(p.T0) == "null" || math.IsInf(number, 0) {
		return nil, false
	}
	return p.T0, true
}

func (s *socket) pong(t0 json.RawMessage, t1 float64) error {
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.conn.SetWriteDeadline(time.Now().Add(writeIn)); err != nil {
		return err
	}
	return s.conn.WriteMessage(websocket.TextMessage, pongMessage(t0, t1, s.hub.clock.NowFloat()))
}

func pongMessage(t0 json.RawMessage, t1, t2 float64) []byte {
	return fmt.Appendf(nil, `{"type":"pong","t0":%s,"t1":%.3f,"t2":%.3f}`, t0, t1, t2)
}

// serveSocket upgrades a request to a stream.
func (s *Server) serveSocket(c echo.Context, d *debate, at seat, after int64, epoch string) error {
	joined := false
	defer func() {
		if !joined {
			at.place.leave()
		}
	}()
	done, ok := d.hub.expect()
	if !ok {
		return errStopping()
	}
	defer done()
	conn, err := s.upgrader.Upgrade(c.Response(), c.Request(), nil)
	if wrong := (websocket.HandshakeError{}); errors.As(err, &wrong) {
		return &queue.Error{Code: queue.Malformed, Detail: "The WebSocket handshake is not right: " + wrong.Error() + "."}
	}
	if err != nil {
		return nil // the connection is gone
	}
	if buffered, ok := bare(conn.NetConn()).(interface{ SetWriteBuffer(int) error }); ok {
		_ = buffered.SetWriteBuffer(sendBuffer)
	}
	sock := &socket{seat: at, conn: conn, hub: d.hub}
	sock.writing.Store(busy) // until the first frame is written
	sock.alive.Store(s.clock.Now())
	if joined = d.hub.join(sock); !joined {
		sock.end(websocket.CloseServiceRestart, "the server is stopping")
		return nil
	}
	// The handler returns and gives back what the request held; the stream has
	// a goroutine of its own.
	go func() {
		if err := sock.begin(after, epoch); err != nil {
			sock.conn.Close()
			d.hub.leave(sock)
			return
		}
		sock.read()
	}()
	return nil
}

// begin writes the first frames and lets the changes in.
func (s *socket) begin(after int64, epoch string) error {
	s.write.Lock()
	messages, err := s.channel.first(&s.cursor, after, epoch)
	if err == nil {
		_ = s.conn.SetWriteDeadline(time.Now().Add(writeIn))
		err = s.writeAll(messages)
	}
	s.write.Unlock()
	if err == nil {
		s.hub.streams.Go(s.bringUp)
	}
	return err
}
