package server

import (
	"errors"
	"net"
	"sync"
	"time"
)

// speakIn is how long a connection may say nothing before it is closed, and how long
// its first request's headers may take.
const speakIn = 10 * time.Second

// hello is the first byte of a TLS connection: the type of a handshake record (RFC 8446,
// section 5.1). No HTTP request begins with it.
const hello = 22

// split divides the connections of a listener by their first byte, so that one port
// speaks both TLS and plain HTTP: one number in the firewall, and an address that
// works with either scheme.
type split struct {
	listener      net.Listener
	plain, secure half
	closing       chan struct{}
	close         func() error
	asked         sync.WaitGroup // those whose first byte is awaited

	mu     sync.Mutex
	silent map[net.Conn]bool // they too; nil once closed
}

// half is what a server of one of the two protocols listens on.
type half struct {
	*split
	conns chan accepted // unbuffered: who does not accept holds up the others, as on a port
}

type accepted struct {
	conn net.Conn
	err  error
}

func newSplit(l net.Listener) *split {
	s := &split{listener: l, closing: make(chan struct{}), silent: make(map[net.Conn]bool)}
	s.plain, s.secure = half{s, make(chan accepted)}, half{s, make(chan accepted)}
	s.close = sync.OnceValue(func() error {
		close(s.closing)
		err := s.listener.Close()
		s.mu.Lock()
		for conn := range s.silent {
			conn.Close()
		}
		s.silent = nil
		s.mu.Unlock()
		return err
	})
	return s
}

// run accepts until the listener is closed.
func (s *split) run() {
	defer s.asked.Wait()
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			s.plain.give(accepted{err: err}) // its server waits, or gives up
			if errors.Is(err, net.ErrClosed) {
				return
			}
			continue
		}
		s.asked.Go(func() { s.divide(conn) })
	}
}

// divide waits for the first byte.
func (s *split) divide(conn net.Conn) {
	if !s.awaiting(conn, true) {
		conn.Close()
		return
	}
	first := make([]byte, 1)
	_ = conn.SetReadDeadline(time.Now().Add(speakIn))
	_, err := conn.Read(first)
	_ = conn.SetReadDeadline(time.Time{})
	if !s.awaiting(conn, false) || err != nil {
		conn.Close()
		return
	}
	guestOf(conn).head = first
	if first[0] == hello {
		s.secure.give(accepted{conn: conn})
	} else {
		s.plain.give(accepted{conn: conn})
	}
}

func (s *split) awaiting(conn net.Conn, yes bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.silent == nil {
		return false
	}
	if yes {
		s.silent[conn] = true
	} else {
		delete(s.silent, conn)
	}
	return true
}

func (h half) give(a accepted) {
	select {
	case h.conns <- a:
	case <-h.closing:
		if a.conn != nil {
			a.conn.Close()
		}
	}
}

func (h half) Accept() (net.Conn, error) {
	select {
	case a := <-h.conns:
		return a.conn, a.err
	case <-h.closing:
		return nil, net.ErrClosed
	}
}

func (h half) Close() error   { return h.close() }
func (h half) Addr() net.Addr { return h.listener.Addr() }
