package server

import (
	"container/list"
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
)

// crowd counts the connections of a server, so that there is always room for one more: when
// the machine can hold no more, that one is closed which has done nothing for longest and is no
// stream. So neither connections that say nothing nor those that ask slowly keep the
// officers out.
type crowd struct {
	most int // connections, 0 for any number
	shut func()

	mu   sync.Mutex
	open int
	// loose are the connections that may be closed, the longest without a new request first.
	loose list.List
}

// reserved is how many of the connections that a machine can hold are kept from streams
// that are not the officers', for the officers and for requests.
func reserved(connections int) int {
	return min(connections, max(16, min(connections/10, 1_000)))
}

// guest is a connection in the crowd.
type guest struct {
	net.Conn
	crowd *crowd
	head  []byte // read already, and still to be read by the server

	// crowd.mu guards these.
	gone  bool
	place *list.Element // in crowd.loose
}

// door is a listener whose connections join the crowd.
type door struct {
	net.Listener
	crowd *crowd
}

func (d *door) Accept() (net.Conn, error) {
	conn, err := d.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return d.crowd.add(conn), nil
}

func (c *crowd) add(conn net.Conn) *guest {
	g := &guest{Conn: conn, crowd: c}
	c.mu.Lock()
	c.open++
	g.place = c.loose.PushBack(g)
	var longest *guest
	if c.most > 0 && c.open > c.most {
		longest = c.loose.Remove(c.loose.Front()).(*guest)
		longest.place = nil
	}
	c.mu.Unlock()
	if longest != nil {
		c.shut()
		longest.Close()
	}
	return g
}

// loosen puts a connection behind all that have done nothing for longer.
func (g *guest) loosen() {
	g.crowd.mu.Lock()
	defer g.crowd.mu.Unlock()
	switch {
	case g.gone: // its server has not noticed yet
	case g.place == nil:
		g.place = g.crowd.loose.PushBack(g)
	default:
		g.crowd.loose.MoveToBack(g.place)
	}
}

// keep takes a connection from those that may be closed: it is a stream.
func (g *guest) keep() {
	g.crowd.mu.Lock()
	defer g.crowd.mu.Unlock()
	g.leave()
}

// leave is keep for who holds the lock.
func (g *guest) leave() {
	if g.place != nil {
		g.crowd.loose.Remove(g.place)
		g.place = nil
	}
}

func (g *guest) Read(p []byte) (int, error) {
	if len(g.head) > 0 {
		n := copy(p, g.head)
		g.head = g.head[n:]
		return n, nil
	}
	return g.Conn.Read(p)
}

func (g *guest) Close() error {
	err := g.Conn.Close()
	g.crowd.mu.Lock()
	defer g.crowd.mu.Unlock()
	if !g.gone {
		g.gone = true
		g.leave()
		g.crowd.open--
	}
	return err
}

// CloseWrite says that nothing more will be written, where the network can say it.
func (g *guest) CloseWrite() error {
	half, ok := g.Conn.(interface{ CloseWrite() error })
	if !ok {
		return errors.ErrUnsupported
	}
	return half.CloseWrite()
}

// NetConn is the connection below.
func (g *guest) NetConn() net.Conn { return g.Conn }

// bare is the connection at the bottom, below TLS and the crowd.
func bare(conn net.Conn) net.Conn {
	for {
		above, ok := conn.(interface{ NetConn() net.Conn })
		if !ok {
			return conn
		}
		conn = above.NetConn()
	}
}

// guestOf is the connection as the crowd has it, nil where it is none of the crowd's.
func guestOf(conn net.Conn) *guest {
	for {
		if g, ok := conn.(*guest); ok {
			return g
		}
		above, ok := conn.(interface{ NetConn() net.Conn })
		if !ok {
			return nil
		}
		conn = above.NetConn()
	}
}

// changed follows what a connection does.
func changed(conn net.Conn, state http.ConnState) {
	g := guestOf(conn)
	if g == nil {
		return
	}
	switch state {
	case http.StateActive, http.StateIdle:
		g.loosen()
	case http.StateHijacked:
		g.keep()
	}
}

type guestKey struct{}

// withGuest lets a request's handler find its connection.
func withGuest(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, guestKey{}, guestOf(conn))
}

// stays says that a request is a stream.
func stays(r *http.Request) {
	if g, _ := r.Context().Value(guestKey{}).(*guest); g != nil {
		g.keep()
	}
}
