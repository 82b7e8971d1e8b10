package server_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rostrum/queue"
	"rostrum/queue/programme"
	"rostrum/server"
)

// attack is what clients without a token do to a server whose record is public.
type attack struct {
	*hall
	stop context.CancelFunc
	ctx  context.Context
	wait sync.WaitGroup

	mu       sync.Mutex
	statuses map[int]int
	deaf     []net.Conn
}

func (h *hall) attack() *attack {
	ctx, stop := context.WithCancel(h.Context())
	return &attack{hall: h, ctx: ctx, stop: stop, statuses: make(map[int]int)}
}

// read asks for something below the debate and reads all of it.
func (a *attack) read(client *http.Client, path string) {
	r, err := http.NewRequestWithContext(a.ctx, "GET", a.web.URL+"/api/v1/debates/"+trafficking+path, nil)
	a.must(err)
	answer, err := client.Do(r)
	if err != nil {
		return // the attack is over
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.statuses[answer.StatusCode]++
	if answer.StatusCode != 200 && answer.StatusCode != 304 && answer.Header.Get("Retry-After") == "" {
		a.Errorf("%s is answered %d without Retry-After", path, answer.StatusCode)
	}
}

// crowd lets so many clients ask for something at once, each once or again and again. What it gives is closed when all have
// done so.
func (a *attack) crowd(clients int, again bool, paths ...string) (done chan struct{}) {
	done = make(chan struct{})
	var asking sync.WaitGroup
	transport := &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}
	client := &http.Client{Transport: transport}
	for n := range clients {
		asking.Go(func() {
			for a.read(client, paths[n%len(paths)]); again && a.ctx.Err() == nil; {
				a.read(client, paths[n%len(paths)])
			}
		})
	}
	a.wait.Go(func() {
		asking.Wait()
		transport.CloseIdleConnections()
		close(done)
	})
	return done
}

// listen lets one more client ask for the record and read nothing.
func (a *attack) listen() {
	conn, err := net.Dial("tcp", a.web.Listener.Addr().String())
	a.must(err)
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: rostrum.test\r\n\r\n", recordPath)
	a.must(err)
	a.deaf = append(a.deaf, conn)
}

func (a *attack) end() {
	a.stop()
	for _, conn := range a.deaf {
		a.must(conn.Close())
	}
	a.wait.Wait()
}

// taps lets the chair change a limit so often, and on until something is done, and says how long the median took. Each tap is
// followed by what the test wants to look at.
func (h *hall) taps(n int, done chan struct{}, look func(tap int)) time.Duration {
	var took []time.Duration
	for tap := 0; ; tap++ {
		select {
		case <-done:
			if tap >= n {
				slices.Sort(took)
				return took[len(took)/2]
			}
		default:
		}
		began := time.Now()
		h.do(h.chair(), "PATCH", "/panels/afternoon", fmt.Sprintf(`{"limit_ms":%d}`, 60_000+h.next()))
		took = append(took, time.Since(began))
		look(tap)
	}
}

// quiet is what nobody waits for.
func quiet() chan struct{} {
	done := make(chan struct{})
	close(done)
	return done
}

// publicRecord convenes a debate whose record everybody may read, with so many interventions.
func publicRecord(t testing.TB, interventions int) *hall {
	p := thematicDebate(programme.UN())
	p.Debate.PublicRecord = true
	h := conveneOn(t, p)
	h.fill(interventions)
	return h
}

// The public may read the record. However many do so at once, and however badly, the chair goes on, the server's memory
// stays within bounds, and nothing of it is left when they have gone.
func TestReadersDoNotTakeTheServerFromTheChair(t *testing.T) {
	h := publicRecord(t, 357)
	rest := h.taps(30, quiet(), func(int) {})

	heap := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	runtime.GC()
	before, most, held, kept := heap(), uint64(0), 0, 0
	a := h.attack()
	a.crowd(40, true, "/record.docx", "/record.json", "/record.csv?lang=fr", "/statistics", "")
	answered := a.crowd(150, false, "/record.docx")
	attacked := h.taps(60, answered, func(tap int) {
		if tap%2 == 0 && len(a.deaf) < 30 {
			a.listen() // most come at another state of the debate
		}
		_, now, _ := h.server.Reading()
		held, kept, most = max(held, now), max(kept, h.server.KeptDocuments()), max(most, heap())
	})
	a.end()

	if a.statuses[200] < 150 {
		t.Errorf("clients were answered %v: want the 150 who asked once among them", a.statuses)
	}
	if most > before+256<<20 {
		t.Errorf("the heap grew by %d MiB, want 256 at the most", (most-before)>>20)
	}
	// Who was cut off lets go a moment later.
	if held > server.PinnedRenders+8<<20 || kept > server.KeptRenders {
		t.Errorf("%d MiB of older documents were held, and %d MiB kept", held>>20, kept>>20)
	}
	for status := range a.statuses {
		if status != 200 && status != 429 {
			t.Errorf("clients were answered %v", a.statuses)
		}
	}
	for deadline := time.Now().Add(soon); ; runtime.Gosched() {
		open, held, _ := h.server.Reading()
		if open == 0 && held == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("after all have left, %d answers are open and %d bytes held", open, held)
		}
	}
	_, _, made := h.server.Reading()
	t.Logf("a tap takes %v at rest, %v under attack: %.1f times; the heap grew by %d MiB, %d MiB were held, %d MiB kept; %d renders, answers by status: %v",
		rest, attacked, float64(attacked)/float64(rest), (max(most, before)-before)>>20, held>>20, kept>>20, made, a.statuses)
}

// A record that does not change is rendered once for all who ask, in each language and format.
func TestTheRecordIsRenderedOnceForAll(t *testing.T) {
	h := publicRecord(t, 20)
	a := h.attack()
	a.crowd(150, false, "/record.docx", "/record.docx?lang=fr", "/record.json", "/statistics")
	a.wait.Wait()
	a.end()
	if _, _, made := h.server.Reading(); made != 4 || a.statuses[200] != 150 {
		t.Errorf("%d renders of four documents, answers: %v", made, a.statuses)
	}
	first := h.send("", "GET", "/record.docx", nil)
	tag := first.header.Get("ETag")
	first.wants(200, "")
	if cache := first.header.Get("Cache-Control"); tag == "" || cache != "private, no-cache" {
		t.Errorf("ETag %q, Cache-Control %q", tag, cache)
	}
	h.send("", "GET", "/record.docx", nil, header("If-None-Match", tag)).wants(304, "")
	h.submit(chairman, &queue.SetPanel{Panel: "afternoon", Limit: queue.Limit{Set: true, MS: 60_000}})
	if again := h.send("", "GET", "/record.docx", nil, header("If-None-Match", tag)); again.status != 200 || again.header.Get("ETag") == tag {
		t.Errorf("after a change the answer is %d with the tag %s", again.status, again.header.Get("ETag"))
	}
	if _, _, made := h.server.Reading(); made != 5 {
		t.Errorf("%d renders, want one more", made)
	}
	zipped := h.send("", "GET", "/record.json", nil, header("Accept-Encoding", "gzip"))
	if zipped.header.Get("Content-Encoding") != "gzip" || !strings.HasPrefix(string(zipped.raw), "\x1f\x8b") {
		t.Errorf("the record is not compressed: %v", zipped.header)
	}
}

// BenchmarkTap is the chair's tap at rest and while readers attack, by turns: compare the two. The clients share the
// processors with the server.
func BenchmarkTap(b *testing.B) {
	h := publicRecord(b, 357)
	var rests, attacks []time.Duration
	for b.Loop() {
		rests = append(rests, h.taps(100, quiet(), func(int) {}))
		a := h.attack()
		a.crowd(40, true, "/record.docx", "/record.json", "/record.csv?lang=fr", "/statistics", "")
		answered := a.crowd(150, false, "/record.docx")
		attacks = append(attacks, h.taps(100, answered, func(tap int) {
			if tap%3 == 0 && len(a.deaf) < 30 {
				a.listen()
			}
		}))
		a.end()
	}
	slices.Sort(rests)
	slices.Sort(attacks)
	rest, attacked := rests[len(rests)/2], attacks[len(attacks)/2]
	b.ReportMetric(float64(rest.Microseconds())/1_000, "ms-rest")
	b.ReportMetric(float64(attacked.Microseconds())/1_000, "ms-attacked")
	b.ReportMetric(float64(attacked)/float64(rest), "times")
}

// What officers, displays and readers ask for again and again is made once, too: proposed orders and the list of statements for
// a state of the debate, and the QR codes for a link.
func TestListsAndImagesAreMadeOnceForAll(t *testing.T) {
	p := thematicDebate(programme.UN())
	p.Debate.PublicRecord = true
	p.Debate.WiFi = &queue.WiFi{Name: "Room 4", Security: "wpa", Password: "plenary!"}
	h := conveneOn(t, p)
	h.do(h.badge("ken"), "POST", "/requests", `{"id":"k"}`)
	const api = "/api/v1/debates/" + trafficking
	ask := func() {
		var asking sync.WaitGroup
		for range 20 {
			for path, token := range map[string]string{
				api + "/panels/morning/order?by=asked": h.chair(), api + "/panels/morning/order?by=groups": h.chair(), api + "/statements": "",
				"/trafficking/qr.svg": h.link(queue.Display), "/trafficking/wifi.svg": h.link(queue.Display),
			} {
				asking.Go(func() {
					if a := h.sendTo(path, token, "GET", nil); a.status != 200 || len(a.raw) == 0 || a.header.Get("Cache-Control") != "no-store" {
						t.Errorf("%s is answered %d with %d bytes, %v", path, a.status, len(a.raw), a.header)
					}
				})
			}
		}
		asking.Wait()
	}
	made := func(what string, want int) {
		t.Helper()
		if got := h.server.ListsMade(); got != want {
			t.Errorf("%s: %d renders, want %d", what, got, want)
		}
	}
	ask()
	made("at first", 5)
	ask()
	made("asked again", 5)
	before := h.sendTo("/trafficking/qr.svg", h.chair(), "GET", nil).raw
	h.do(h.chair(), "PUT", "/join", `{"renew":true}`)
	ask()
	made("after a new code", 9)
	if after := h.sendTo("/trafficking/qr.svg", h.chair(), "GET", nil).raw; bytes.Equal(before, after) {
		t.Error("the QR code is that of the code before")
	}
	h.do(h.chair(), "DELETE", "/requests/k", nil)
	if order := h.do(h.chair(), "GET", "/panels/morning/order?by=asked", nil).body["order"].([]any); len(order) != 0 {
		t.Errorf("the order proposed is that of a state before: %v", order)
	}
}
