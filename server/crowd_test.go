package server

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"testing"

	"rostrum/queue"
)

// line is a connection from an address that notes whether it was closed.
type line struct {
	net.Conn // nil: nothing is sent
	from     string
	closed   bool
}

func (l *line) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(l.from), Port: 4711} }
func (l *line) Close() error         { l.closed = true; return nil }

func closed(lines []*line) (n int) {
	for _, l := range lines {
		if l.closed {
			n++
		}
	}
	return n
}

// comers come to a crowd from an address.
func (c *crowd) comers(from string, n int) (lines []*line, guests []*guest) {
	for range n {
		l := &line{from: from}
		lines, guests = append(lines, l), append(guests, c.add(l))
	}
	return lines, guests
}

func newCrowd(most int) *crowd {
	return &crowd{most: most, shut: func() {}, pinched: func(int) {}}
}

func TestTheAddressWithMostConnectionsLosesThemFirst(t *testing.T) {
	c := newCrowd(50)
	officers, of := c.comers("10.0.0.7", 5)
	for _, g := range of {
		g.stands(ofService)
	}
	hostile, _ := c.comers("10.6.6.6", 45)
	for n := range 20 {
		room, _ := c.comers(fmt.Sprint("10.0.1.", n), 2)
		if closed(room) > 0 {
			t.Fatalf("an address with 2 loses one, and one with %d does not", 45-closed(hostile))
		}
	}
	if closed(hostile) != 40 || closed(officers) != 0 {
		t.Errorf("of the greedy address %d are closed, and of officers %d", closed(hostile), closed(officers))
	}
	if !hostile[0].closed || hostile[44].closed {
		t.Error("it is not those that have done nothing for longest")
	}
}

// Whoever comes has the time to say who it is; an officer's connection is closed only where there is no other.
func TestOfficersConnectionsAreClosedLast(t *testing.T) {
	c := newCrowd(10)
	officers, of := c.comers("10.0.0.7", 5)
	for _, g := range of {
		g.stands(ofService)
	}
	var all []*line
	for n := range 100 {
		lines, _ := c.comers(fmt.Sprint("10.6.6.", n), 1)
		if lines[0].closed {
			t.Fatal("a newcomer is closed at once")
		}
		all = append(all, lines...)
	}
	if closed(officers) > 0 || closed(all) != 95 {
		t.Errorf("%d of the officers' and %d others are closed", closed(officers), closed(all))
	}
}

// A connection is an officer's or a display's from the first request on that comes with its token.
func TestAConnectionIsKnownByWhoAsksByIt(t *testing.T) {
	for role, want := range map[queue.Role]standing{queue.Chair: ofService, queue.Rapporteur: ofService, queue.Display: ofService, queue.Delegate: usual} {
		_, guests := newCrowd(10).comers("10.0.0.7", 1)
		r := from("10.0.0.7")
		notice(r.WithContext(withGuest(r.Context(), guests[0])), &Grant{Debate: "d", Role: role})
		if got := guests[0].standing; got != want {
			t.Errorf("by a request of the %s the connection stands as %d, want %d", role, got, want)
		}
	}
}

func TestAConnectionWhoseStreamEndsGoesFirst(t *testing.T) {
	c := newCrowd(4)
	lines, guests := c.comers("10.0.0.1", 4)
	for _, g := range guests {
		g.keep()
	}
	if more, _ := c.comers("10.0.0.1", 1); closed(lines) > 0 || !more[0].closed {
		t.Error("a stream is closed for a newcomer")
	}
	guests[2].stands(parting)
	if more, _ := c.comers("10.0.0.1", 1); closed(lines) != 1 || !lines[2].closed || more[0].closed {
		t.Error("it does not make room")
	}
}

// A connection may carry several streams, and requests beside them.
func TestAConnectionIsKeptForAsLongAsItCarriesAStream(t *testing.T) {
	c := newCrowd(1)
	lines, guests := c.comers("10.0.0.1", 1)
	one, two := guests[0].keep(), guests[0].keep()
	one()
	one() // once is enough
	guests[0].active()
	if c.comers("10.0.0.2", 1); lines[0].closed {
		t.Error("it is closed while it carries a stream")
	}
	two()
	if c.comers("10.0.0.2", 1); !lines[0].closed {
		t.Error("it is kept without a stream")
	}
}

func TestOpenFilesAreCountedAsConnectionsAre(t *testing.T) {
	c := newCrowd(10)
	lines, guests := c.comers("10.0.0.1", 10)
	var done []func()
	for range 4 {
		done = append(done, c.file())
	}
	if closed(lines) != 4 || c.open != 10 {
		t.Errorf("for 4 files %d connections are closed, and %d of both are counted", closed(lines), c.open)
	}
	for _, d := range done {
		d()
		d() // once is enough
	}
	for _, g := range guests {
		g.Close()
	}
	if c.open != 0 {
		t.Errorf("%d are counted when all are closed", c.open)
	}
}

// When streams have taken all their places and every file that may be under way is, there are still connections for requests.
func TestStreamsLeaveConnectionsForRequests(t *testing.T) {
	for _, connections := range []int{64, 192, 960, 10_000, 50_000} {
		// A file takes a connection and a handle, sent or fetched.
		left := connections - streamsIn(connections) - 4*filesIn(connections)
		if want := max(16, min(connections/10, 1_000)); left < want {
			t.Errorf("of %d connections %d are left, want %d", connections, left, want)
		}
		if streamsIn(connections) < connections/2 {
			t.Errorf("of %d connections %d are for streams", connections, streamsIn(connections))
		}
	}
}

// scarce is a listener whose system has too few file handles.
type scarce struct {
	net.Listener
	has int // handles

	mu   sync.Mutex
	used int
	err  error
}

func (s *scarce) Accept() (net.Conn, error) {
	conn, err := s.Listener.Accept()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.used >= s.has {
		conn.Close()
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: os.NewSyscallError("accept4", s.err)}
	}
	s.used++
	return &handled{Conn: conn, release: sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.used--
	})}, nil
}

type handled struct {
	net.Conn
	release func()
}

func (h *handled) Close() error {
	h.release()
	return h.Conn.Close()
}

// The system may give fewer file handles than it said, such as where others use them up. The server goes on,
// makes room at once, and from then on holds no more than it can.
func TestTheServerGoesOnWithoutFileHandles(t *testing.T) {
	for _, err := range []error{syscall.EMFILE, syscall.ENFILE} {
		t.Run(err.Error(), func(t *testing.T) {
			address, s, l := scarceServer(t, 40, err)
			for range 200 {
				conn, err := net.Dial("tcp", address)
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close() // it stays idle till then
			}
			for answered := 0; answered < 20; {
				conn, err := net.Dial("tcp", address)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := ask(conn, "/"); err == nil {
					answered++ // others find that there is no handle yet
				}
				conn.Close()
			}
			l.mu.Lock()
			defer l.mu.Unlock()
			s.crowd.mu.Lock()
			defer s.crowd.mu.Unlock()
			if s.crowd.most >= l.has || l.used > l.has {
				t.Errorf("of %d handles %d may be used, and %d are", l.has, s.crowd.most, l.used)
			}
		})
	}
}

func scarceServer(t *testing.T, has int, err error) (string, *Server, *scarce) {
	t.Helper()
	_, s := small(t, 1_000, nil)
	web := s.HTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "here") }), nil)
	listener, failed := net.Listen("tcp", "127.0.0.1:0")
	if failed != nil {
		t.Fatal(failed)
	}
	l := &scarce{Listener: listener, has: has, err: err}
	var serving sync.WaitGroup
	serving.Go(func() { _ = s.Serve(web, l) })
	t.Cleanup(func() { web.Close(); serving.Wait() })
	return listener.Addr().String(), s, l
}
