package server

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
	"github.com/labstack/echo/v4"
)

// eventStream is a screen on server-sent events. Its goroutine is the
// request's.
type eventStream struct {
	seat
	woken  chan struct{} // with room for one
	closed chan struct{}
	code   int // why it was closed, once it is
	cursor cursor
	// control is of the connection; closing a screen that does not read shortens its deadline.
	control *http.ResponseController
}

func (s *eventStream) wake() {
	select {
	case s.woken <- struct{}{}:
	default:
	}
}

func (s *eventStream) close(code int, _ string) {
	s.code = code
	close(s.closed)
	s.limitWrite()
}

// comeBackIn is what a client of events is told to wait whose place others needed more, in milliseconds: not all of them
// the same.
func comeBackIn() int64 {
	const least, most = 5_000, 30_000
	return least + rand.Int64N(most-least)
}

// limitWrite bounds the writes to come, and the one at hand.
func (s *eventStream) limitWrite() {
	_ = s.control.SetWriteDeadline(time.Now().Add(writeIn))
	select {
	case <-s.closed:
		_ = s.control.SetWriteDeadline(time.Now().Add(lingering))
	default:
	}
}

// keepAlive is left to the stream's own timer.
func (s *eventStream) keepAlive(int64) {}

// serveEvents answers a request with a stream of events.
func (s *Server) serveEvents(c echo.Context, d *debate, at seat, after int64, epoch string) error {
	w := c.Response()
	control := http.NewResponseController(w)
	stream := &eventStream{seat: at, woken: make(chan struct{}, 1), closed: make(chan struct{}), control: control}
	if !d.hub.join(stream) {
		at.place.leave()
		return errStopping()
	}
	defer d.hub.leave(stream)
	defer stays(c.Request())()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	_ = control.SetReadDeadline(time.Time{})
	send := func(messages []message) error {
		stream.limitWrite()
		for _, m := range messages {
			if m.seq != none {
				fmt.Fprintf(w, "id: %s:%d\n", stream.channel.viewer.epoch, m.seq)
			}
			if _, err := fmt.Fprintf(w, "data: %s\n\n", m.body); err != nil {
				return err
			}
		}
		return control.Flush()
	}
	messages, err := stream.channel.first(&stream.cursor, after, epoch)
	if err != nil {
		return err
	}
	quiet := time.NewTimer(silence)
	defer quiet.Stop()
	for {
		if err := send(messages); err != nil {
			return nil // the client has gone
		}
		quiet.Reset(silence)
		select {
		case <-c.Request().Context().Done():
			return nil
		case <-stream.closed:
			if stream.code == websocket.CloseTryAgainLater {
				fmt.Fprintf(w, "retry: %d\n\n", comeBackIn()) // the answer ends, and with it the stream
			}
			return nil
		case <-quiet.C:
			stream.limitWrite()
			if _, err := fmt.Fprint(w, ": still here\n\n"); err != nil {
				return nil
			}
			messages = nil
			continue
		case <-stream.woken:
		}
		newest, more, err := stream.channel.next(&stream.cursor)
		if err != nil {
			return err
		}
		messages = more
		if newest != nil {
			messages = append([]message{{newest.seq, newest.body}}, more...)
		}
	}
}
