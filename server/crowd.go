package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"syscall"
)

// crowd counts the connections of a server and the files that it has open for requests, so that there is always
// room for one more: when the machine can hold no more, a connection is closed that is no stream. One
// whose stream is ending goes first, then one of the address that has most of them, the one that has done nothing for
// longest; those of officers go last. So neither connections that say nothing nor those that ask slowly keep the
// officers out.
type crowd struct {
	shut func() // counts a connection that was closed for others
	// pinched is told that the machine holds fewer than was thought, and how many.
	pinched func(most int)

	mu   sync.Mutex
	most int // connections and files, 0 for any number
	open int
	// loose are the connections that may be closed, by address, the longest without a new request first.
	loose [standings]share[*guest]
}

// standing is how soon a connection is closed for another.
type standing int

const (
	parting   standing = iota // its stream is ending
	usual                     // it is not known to be an officer's
	ofService                 // an officer's or a display's
	standings
)

// reserved is how many of the connections that a machine can hold are kept from streams, for requests and for the
// officers.
func reserved(connections int) int {
	return min(connections, max(16, min(connections/10, 1_000)))
}

// streamsIn is how many streams there may be among so many connections and files, 0 for any
// number: a file that is sent or fetched takes a connection and a file.
func streamsIn(connections int) int {
	if connections == 0 {
		return 0
	}
	return max(1, connections-reserved(connections)-2*2*filesIn(connections))
}

// filesIn is how many files delegates may be sending at once, and how many may be fetched by others than
// officers, among so many connections and files.
func filesIn(connections int) int {
	if connections == 0 {
		return mostFiles
	}
	return max(2, min(connections/32, mostFiles))
}

// mostFiles is how many files are sent, and how many fetched, at once at the most.
const mostFiles = 128

// guest is a connection in the crowd.
type guest struct {
	net.Conn
	crowd   *crowd
	address string
	head    []byte // read already, and still to be read by the server

	// crowd.mu guards these.
	gone     bool
	streams  int // that it carries
	standing standing
	place    held[*guest] // in crowd.loose, none while it carries streams
}

// door is a listener whose connections join the crowd.
type door struct {
	net.Listener
	crowd *crowd
}

// Accept waits for a connection. Where there is no file handle for it, it makes room for the next try; its
// caller waits a little and tries again.
func (d *door) Accept() (net.Conn, error) {
	conn, err := d.Listener.Accept()
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		d.crowd.pinch()
	}
	if err != nil {
		return nil, err
	}
	return d.crowd.add(conn), nil
}

func (c *crowd) add(conn net.Conn) *guest {
	g := &guest{Conn: conn, crowd: c, address: network(conn.RemoteAddr().String()), standing: usual}
	c.mu.Lock()
	c.open++
	leaving := c.shed(g)
	if !g.gone {
		g.loosen()
	}
	c.mu.Unlock()
	c.close(leaving)
	return g
}

// file counts a file that is open until done is called.
func (c *crowd) file() (done func()) {
	c.mu.Lock()
	c.open++
	leaving := c.shed(nil)
	c.mu.Unlock()
	c.close(leaving)
	return sync.OnceFunc(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.open--
	})
}

// pinch makes room where the machine has turned out to hold fewer than was thought, and holds to that from
// now on.
func (c *crowd) pinch() {
	const least, slack = 16, 16
	c.mu.Lock()
	most := max(least, c.open-min(slack, c.open/8+1))
	lower := c.most == 0 || most < c.most
	if lower {
		c.most = most
	}
	leaving := c.shed(nil)
	c.mu.Unlock()
	c.close(leaving)
	if lower {
		c.pinched(most)
	}
}

// shed takes out as many loose connections as there are too many. A newcomer goes only where there is no other, for
// it had no time yet to say whose it is. Its caller holds the lock, and closes them without it.
func (c *crowd) shed(newcomer *guest) (leaving []*guest) {
	for c.most > 0 && c.open > c.most {
		g, ok := c.loosest()
		if !ok {
			g = newcomer
		}
		if g == nil || g.gone {
			break
		}
		g.forget()
		leaving = append(leaving, g)
	}
	return leaving
}

func (c *crowd) loosest() (*guest, bool) {
	for i := range c.loose {
		if g, ok := c.loose[i].oldest(); ok {
			return g, true
		}
	}
	return nil, false
}

func (c *crowd) close(leaving []*guest) {
	for _, g := range leaving {
		c.shut()
		g.Conn.Close()
	}
}

// loosen puts a connection behind all of its address that have done nothing for longer, unless it carries a
// stream. Its caller holds the lock.
func (g *guest) loosen() {
	g.place.remove()
	if !g.gone && g.streams == 0 {
		g.place = g.crowd.loose[g.standing].add(g, g.address)
	}
}

// active says that a connection begins or ends a request.
func (g *guest) active() {
	g.crowd.mu.Lock()
	defer g.crowd.mu.Unlock()
	g.loosen()
}

// keep takes a connection from those that may be closed until release is called: it carries a stream.
func (g *guest) keep() (release func()) {
	g.carries(1)
	return sync.OnceFunc(func() { g.carries(-1) })
}

func (g *guest) carries(more int) {
	g.crowd.mu.Lock()
	defer g.crowd.mu.Unlock()
	g.streams += more
	g.loosen()
}

// stands says whose a connection is, or that it is about to end.
func (g *guest) stands(as standing) {
	g.crowd.mu.Lock()
	defer g.crowd.mu.Unlock()
	if as == parting {
		g.streams = 0
	}
	if g.standing != as {
		g.standing = as
		g.loosen()
	}
}

// forget counts a connection no more. Its caller holds the lock.
func (g *guest) forget() {
	if !g.gone {
		g.gone = true
		g.place.remove()
		g.crowd.open--
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
	g.forget()
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
		g.active()
	case http.StateHijacked:
		g.keep() // for as long as there is the connection
	}
}

type guestKey struct{}

// withGuest lets a request's handler find its connection.
func withGuest(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, guestKey{}, guestOf(conn))
}

// stays says that a request is a stream until its end.
func stays(r *http.Request) (end func()) {
	if g := guestIn(r.Context()); g != nil {
		return g.keep()
	}
	return func() {}
}

// guestIn is a request's connection, nil where it is none of the crowd's.
func guestIn(ctx context.Context) *guest {
	g, _ := ctx.Value(guestKey{}).(*guest)
	return g
}

// notice remembers of a request's connection that officers use it.
func notice(r *http.Request, g *Grant) {
	if worthOf(g) != ofOfficer {
		return
	}
	if at := guestIn(r.Context()); at != nil {
		at.stands(ofService)
	}
}
