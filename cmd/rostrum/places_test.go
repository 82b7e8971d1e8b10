//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"rostrum/server"
)

// besieged is a server, and an address that takes from it what it can get.
type besieged struct {
	*process
	data    string
	keys    server.Keys
	links   server.Links
	room    client // where the honest are
	hostile client
}

// client is somebody at an address of this machine.
type client struct {
	net.Dialer
	http http.Client
}

func clientAt(address string) client {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}, Timeout: readyIn}
	return client{d, http.Client{Transport: &http.Transport{DialContext: d.DialContext}, Timeout: readyIn}}
}

// besiege starts a server that may have so many file handles.
func besiege(t *testing.T, handles int, args ...string) *besieged {
	t.Helper()
	data, file := t.TempDir(), filepath.Join(t.TempDir(), "links.json")
	serve := serveCommand(t, data, append(args, "--links", file)...)
	limited := exec.Command("sh", append([]string{"-c", fmt.Sprintf(`ulimit -n %d && exec "$@"`, handles), "sh"}, serve.Args...)...)
	b := &besieged{process: start(t, limited), data: data, room: clientAt("127.0.0.2"), hostile: clientAt("127.0.0.66")}
	b.links = readLinks(t, file)[example]
	secret, err := os.ReadFile(filepath.Join(data, "secret"))
	if err != nil {
		t.Fatal(err)
	}
	if b.keys, err = server.NewKeys(secret); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *besieged) badge(participant string) string { return b.keys.Badge(example, participant, 0) }

func (b *besieged) join(c client, participant string) string {
	b.Helper()
	status, body, err := send(&c.http, b.url+debateAt(example), &act{method: http.MethodPost, path: "/join", body: fmt.Sprintf(`{"participant":%q,"code":%q}`, participant, b.links.JoinCode)})
	token, ok := strings.CutPrefix(string(body), `{"token":"`)
	if err != nil || status != http.StatusOK || !ok {
		b.Fatalf("joining: %d %s %v", status, body, err)
	}
	return token[:strings.IndexByte(token, '"')]
}

// stream opens a stream, nil where it is refused.
func (b *besieged) stream(c client, token string) (*websocket.Conn, error) {
	d := websocket.Dialer{NetDialContext: c.DialContext, HandshakeTimeout: readyIn}
	h := http.Header{}
	if token != "" {
		h.Set("Authorization", "Bearer "+token)
	}
	conn, _, err := d.DialContext(b.Context(), "ws"+strings.TrimPrefix(b.url, "http")+debateAt(example)+"/stream", h)
	return conn, err
}

// number is the first number behind a text in a file of /proc.
func (b *besieged) number(file, behind string) int {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", b.cmd.Process.Pid, file))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), behind)
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// open is how many file handles the server has open.
func (b *besieged) open() int {
	b.Helper()
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", b.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	return len(entries)
}

// tap is a command of the chair, sent on a new connection: it gives how long it took.
func (b *besieged) tap(n int) time.Duration {
	b.Helper()
	began := time.Now()
	status, body, err := send(&b.room.http, b.url+debateAt(example), &act{method: http.MethodPatch, token: tokenOf(b, b.links.Chair),
		path: "/panels/morning", body: fmt.Sprintf(`{"limit_ms":%d}`, 60_000+n)})
	if err != nil || status != http.StatusOK {
		b.Fatalf("the chair's command is answered %d %s %v", status, body, err)
	}
	return time.Since(began)
}

func (b *besieged) taps(from int) (median time.Duration) {
	var all []time.Duration
	for n := range 15 {
		all = append(all, b.tap(from+n))
		b.room.http.CloseIdleConnections()
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// attack opens streams without a token, sends files that drip by ever new joins, and opens connections that
// say nothing: far more of each than there are handles. It goes on until the context ends.
func (b *besieged) attack(ctx context.Context) (end func()) {
	var tokens []string
	for n := range 100 {
		tokens = append(tokens, b.join(b.hostile, delegations[n%10]))
	}
	var mu sync.Mutex
	var conns []net.Conn
	keep := func(conn net.Conn) {
		mu.Lock()
		defer mu.Unlock()
		conns = append(conns, conn)
	}
	var all sync.WaitGroup
	again := func(times int, open func(n int)) (begun chan struct{}) {
		begun = make(chan struct{})
		all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				if n == times {
					close(begun)
				}
				open(n)
			}
		})
		return begun
	}
	streams := again(300, func(int) {
		if conn, err := b.stream(b.hostile, ""); err == nil {
			keep(conn.NetConn())
		}
	})
	files := again(280, func(n int) {
		conn, err := b.hostile.DialContext(ctx, "tcp", strings.TrimPrefix(b.url, "http://"))
		if err == nil {
			fmt.Fprintf(conn, "POST %s/statements?name=a.txt&id=f%d HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\nx",
				debateAt(example), n, tokens[n%len(tokens)])
			keep(conn)
		}
	})
	silent := again(300, func(int) {
		if conn, err := b.hostile.DialContext(ctx, "tcp", strings.TrimPrefix(b.url, "http://")); err == nil {
			keep(conn)
		}
		time.Sleep(time.Millisecond) // it is the machine of the others too
	})
	for _, begun := range []chan struct{}{streams, files, silent} {
		<-begun
	}
	return func() {
		all.Wait()
		for _, conn := range conns {
			conn.Close()
		}
	}
}

// An address that takes all the streams, connections and files it can get keeps nobody out who takes part, and when it
// has gone all is as before.
func TestAnAddressThatTakesAllKeepsNobodyOut(t *testing.T) {
	t.Parallel()
	b := besiege(t, 256)
	chair, err := b.stream(b.room, tokenOf(t, b.links.Chair))
	if err != nil {
		t.Fatal(err)
	}
	defer chair.Close()
	b.room.http.CloseIdleConnections()
	atRest := b.taps(0)
	handlesBefore, memoryBefore := b.open(), b.number("status", "VmRSS:")

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	end := b.attack(ctx)
	var honest []*websocket.Conn
	for _, token := range []string{tokenOf(t, b.links.Rapporteur), tokenOf(t, b.links.Display), b.join(b.room, "ken"), b.join(b.room, "fra"), b.badge("ken"), b.badge("bra")} {
		for range 3 {
			conn, err := b.stream(b.room, token)
			if err != nil {
				t.Fatalf("somebody who takes part is kept out: %v", err)
			}
			honest = append(honest, conn)
		}
	}
	attacked := b.taps(100)
	if status := state(t, b.url, tokenOf(t, b.links.Chair), example, "officers", "every word"); status != http.StatusCreated {
		t.Errorf("an officer's statement is answered with %d", status)
	}
	if grown := b.number("status", "VmRSS:") - memoryBefore; grown > 256<<10 {
		t.Errorf("the memory has grown by %d KiB", grown)
	}
	stop()
	end()
	t.Logf("a tap takes %v, and %v under attack; %d handles, %d before", atRest, attacked, b.open(), handlesBefore)

	// The honest see what the chair does last, on the streams that they had.
	b.tap(200)
	for _, conn := range append(honest, chair) {
		for {
			_, frame, err := conn.ReadMessage()
			if err != nil {
				t.Fatalf("a stream has ended: %v", err)
			}
			if strings.Contains(string(frame), "60200") {
				break
			}
		}
		conn.Close()
	}
	b.room.http.CloseIdleConnections()
	b.hostile.http.CloseIdleConnections()
	for deadline := time.Now().Add(readyIn); b.open() > handlesBefore; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d handles stay open, and %d were before", b.open(), handlesBefore)
		}
	}
	if _, err := b.stream(b.hostile, ""); err != nil {
		t.Errorf("afterwards who looks on is kept out: %v", err)
	}
}
