package server

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"rostrum/queue"
)

// small is a server that can hold few connections, and answers who is there.
func small(t *testing.T, connections int, handler http.HandlerFunc) (address string, s *Server) {
	t.Helper()
	s = &Server{log: slog.New(slog.DiscardHandler)}
	s.crowd = &crowd{most: connections, shut: func() {}, pinched: func(int) {}}
	web := s.HTTP(handler, nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() { _ = s.Serve(web, l) })
	t.Cleanup(func() { web.Close(); serving.Wait() })
	return l.Addr().String(), s
}

// ask sends a request on a connection and reads the answer.
func ask(conn net.Conn, path string) (string, error) {
	_ = conn.SetDeadline(time.Now().Add(3 * time.Minute)) // should it hang
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: room.test\r\n\r\n", path); err != nil {
		return "", err
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return "", err
	}
	if path == "/stream" {
		return bufio.NewReader(answer.Body).ReadString('\n') // goes on
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return string(text), err
}

// Many more connections than the machine can hold say nothing, or only a part of a request;
// the next one is answered all the same, and the stream that was there goes on.
func TestConnectionsThatDoNothingMakeRoom(t *testing.T) {
	const most = 20
	release := make(chan struct{})
	address, s := small(t, most, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/stream" {
			fmt.Fprint(w, "here")
			return
		}
		defer stays(r)()
		fmt.Fprintln(w, "first")
		_ = http.NewResponseController(w).Flush()
		<-release
		fmt.Fprintln(w, "last")
	})
	dial := func() net.Conn {
		t.Helper()
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	stream := dial()
	if line, err := ask(stream, "/stream"); err != nil || line != "first\n" {
		t.Fatalf("%q, %v", line, err)
	}
	for n := range 5 * most {
		idle := dial()
		if n%2 == 0 {
			fmt.Fprint(idle, "GET / HTTP/1.1\r\nHo")
		}
		if n%most == 0 {
			if text, err := ask(dial(), "/"); err != nil || text != "here" {
				t.Fatalf("with %d idle connections: %q, %v", n, text, err)
			}
		}
	}
	if text, err := ask(dial(), "/"); err != nil || text != "here" {
		t.Errorf("%q, %v", text, err)
	}
	s.crowd.mu.Lock()
	if s.crowd.open > most {
		t.Errorf("%d connections are open, want at most %d", s.crowd.open, most)
	}
	s.crowd.mu.Unlock()
	close(release)
	lines := bufio.NewScanner(stream)
	for lines.Scan() && lines.Text() != "last" {
	}
	if lines.Text() != "last" {
		t.Errorf("the stream was closed: %v", lines.Err())
	}
}

func TestReservedConnections(t *testing.T) {
	for connections, want := range map[int]int{0: 0, 10: 10, 64: 16, 1_000: 100, 19_936: 1_000, 50_000: 1_000} {
		if got := reserved(connections); got != want {
			t.Errorf("of %d, %d are kept for the officers, want %d", connections, got, want)
		}
	}
}

func TestWithACertificatePlainRequestsAreSentToTLS(t *testing.T) {
	s := &Server{certified: true, echo: echo.New()}
	s.echo.GET("/x", func(c echo.Context) error { return c.String(http.StatusOK, "here") })
	for _, tt := range []struct {
		name, remote string
		secure       bool
		want         int
	}{
		{"from the room", "10.0.0.9:4711", false, http.StatusPermanentRedirect},
		{"from the room with TLS", "10.0.0.9:4711", true, http.StatusOK},
		{"from the server's own machine", "127.0.0.1:4711", false, http.StatusOK},
	} {
		r := httptest.NewRequest("GET", "http://rostrum.test:8443/x?a=b", nil)
		r.RemoteAddr = tt.remote
		if tt.secure {
			r.TLS = new(tls.ConnectionState)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != tt.want || w.Code == http.StatusPermanentRedirect && w.Header().Get("Location") != "https://rostrum.test:8443/x?a=b" {
			t.Errorf("%s: %d to %q", tt.name, w.Code, w.Header().Get("Location"))
		}
	}
}

func TestStrictTransportIsAskedOfNamesUnderARealCertificateAlone(t *testing.T) {
	for _, tt := range []struct {
		host              string
		certified, secure bool
		want              bool
	}{
		{"rostrum.test", true, true, true},
		{"rostrum.test:8443", true, true, true},
		{"rostrum.test", true, false, false},
		{"rostrum.test", false, true, false}, // of its own authority
		{"localhost:8443", true, true, false},
		{"10.0.0.5:8443", true, true, false},
		{"[::1]:8443", true, true, false},
	} {
		s := &Server{certified: tt.certified, echo: echo.New()}
		r := httptest.NewRequest("GET", "http://"+tt.host+"/", nil)
		if r.TLS = nil; tt.secure {
			r.TLS = new(tls.ConnectionState)
		}
		w := httptest.NewRecorder()
		if err := s.guard(func(echo.Context) error { return nil })(s.echo.NewContext(r, w)); err != nil {
			t.Fatal(err)
		}
		if got := w.Header().Get("Strict-Transport-Security") != ""; got != tt.want {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}

func TestOnlyTheDisplayMayBeFramed(t *testing.T) {
	ancestors, err := ParseFrameAncestors("https://venue.test, http://10.0.0.7:8000")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{ancestors: ancestors, echo: echo.New()}
	for _, path := range []string{"/:debate/display", "/:debate/chair", "/:debate/floor", "/", "/:debate/cards"} {
		s.echo.GET(path, func(c echo.Context) error { return c.NoContent(http.StatusOK) }, s.guard)
	}
	for path, want := range map[string]string{
		"/d/display": "frame-ancestors https://venue.test http://10.0.0.7:8000", "/d/chair": "frame-ancestors 'none'",
		"/d/floor": "frame-ancestors 'none'", "/": "frame-ancestors 'none'", "/d/cards": "frame-ancestors 'none'",
	} {
		w := httptest.NewRecorder()
		s.echo.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		policy := w.Header().Get("Content-Security-Policy")
		if len(policy) < len(want) || policy[len(policy)-len(want):] != want {
			t.Errorf("%s: %q, want %q", path, policy, want)
		}
	}
	for _, wrong := range []string{"venue.test", "https://venue.test/path", "https://venue.test;", "*", "'self'", "javascript://x", "https://"} {
		if got, err := ParseFrameAncestors(wrong); err == nil {
			t.Errorf("%q is read as %v", wrong, got)
		}
	}
}

func TestTheDisplaysCookieReachesItsFrame(t *testing.T) {
	for _, tt := range []struct {
		name      string
		role      queue.Role
		ancestors FrameAncestors
		secure    bool
		framed    bool
	}{
		{"the display in a frame", queue.Display, FrameAncestors{"https://venue.test"}, true, true},
		{"without TLS a browser would not keep it", queue.Display, FrameAncestors{"https://venue.test"}, false, false},
		{"no frames", queue.Display, nil, true, false},
		{"the chair", queue.Chair, FrameAncestors{"https://venue.test"}, true, false},
	} {
		s := &Server{ancestors: tt.ancestors, echo: echo.New()}
		r := httptest.NewRequest("GET", "http://rostrum.test/", nil)
		if tt.secure {
			r.TLS = new(tls.ConnectionState)
		}
		w := httptest.NewRecorder()
		s.setCookie(s.echo.NewContext(r, w), "d", tt.role, "t")
		cookie := w.Result().Cookies()[0]
		if framed := cookie.SameSite == http.SameSiteNoneMode && cookie.Partitioned && cookie.Secure; framed != tt.framed || !framed && cookie.SameSite != http.SameSiteLaxMode || cookie.Secure != tt.secure {
			t.Errorf("%s: %s", tt.name, cookie)
		}
	}
}
