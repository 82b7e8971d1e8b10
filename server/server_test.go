package server_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"rostrum/queue"
	"rostrum/queue/bolt"
	"rostrum/queue/programme"
	"rostrum/server"
	"rostrum/server/disk"
	"rostrum/server/statements"
	"rostrum/timer"
)

func TestMain(m *testing.M) {
	// Each check opens a server on a disk. -rapid.checks says otherwise.
	if err := flag.Set("rapid.checks", "25"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

const (
	trafficking = "trafficking" // the debate that the tests hold
	climate     = "climate"     // another on the same server
	baseURL     = "http://rostrum.test:8080"
	minute      = int64(60_000)
	soon        = 3 * time.Minute // by when what must happen has happened, on a busy machine too
)

// hall is a server with its debates on real data.
type hall struct {
	testing.TB
	dir    string
	log    *failures
	keys   server.Keys
	clock  *timer.Clock
	store  *bolt.Store
	room   *queue.Room // of trafficking
	server *server.Server
	web    *httptest.Server
	client *http.Client
	pipes  *pipes // the network, nil for the real one

	stopShowing context.CancelFunc // and wait until Run has returned
	pages       fs.FS              // nil is a few made up
	space       *disk.Space        // nil where nobody looks at it
	base        string             // "" is baseURL
	disk        *storage           // under the journal of trafficking, nil for the real one alone
	connections int                // that the machine can hold, 0 for any number
	patient     bool               // a body may take as long as it likes
	leave       func()
}

// failures keeps what the server logs as an error, which no client may cause.
type failures struct {
	mu sync.Mutex
	bytes.Buffer
}

func (f *failures) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.Buffer.Write(p)
}

// taken returns what was logged since.
func (f *failures) taken() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.Reset()
	return f.String()
}

// convene opens the morning panel of a debate with the whole roster and an open
// list.
func convene(t testing.TB) *hall { return conveneOn(t, thematicDebate(programme.UN())) }

// conveneSmall is convene with few participants, for tests that do it often.
func conveneSmall(t testing.TB) *hall { return conveneOn(t, smallDebate()) }

func smallDebate() queue.Programme {
	var few []queue.Participant
	for _, p := range programme.UN() {
		if strings.Contains("ken bra fra", p.ID) {
			few = append(few, p)
		}
	}
	return thematicDebate(few)
}

func conveneOn(t testing.TB, p queue.Programme) *hall {
	t.Helper()
	h := &hall{TB: t, dir: t.TempDir(), log: new(failures)}
	h.begin(p)
	return h
}

func (h *hall) begin(p queue.Programme) {
	h.Helper()
	h.open()
	h.Cleanup(h.adjourn)
	h.submit(queue.Actor{Role: queue.Server}, &queue.Load{Programme: p})
	h.submit(chairman, &queue.SwitchPanel{Panel: "morning"})
	h.submit(chairman, &queue.SetPanel{Panel: "morning", Status: queue.Open, List: queue.Open})
}

var chairman = queue.Actor{Role: queue.Chair}

func thematicDebate(participants []queue.Participant) queue.Programme {
	return queue.Programme{
		Debate: queue.Debate{
			ID: trafficking, Title: "Human trafficking", Venue: "New York", Date: "2008-06-03",
			Languages: []string{"en", "fr", "es", "ru", "ar", "zh"},
			Papers:    []queue.Paper{{Title: "Background", URL: "https://example.org/paper"}},
		},
		Panels: []queue.Panel{
			{ID: "opening", Title: "Opening", NoList: true},
			{ID: "morning", Title: "Morning panel", Theme: "Prevention", Limit: 3 * minute, Warn: 30_000, Panellists: []string{"unodc"}, Moderator: "unodc"},
			{ID: "afternoon", Title: "Afternoon panel", Limit: 3 * minute, Warn: 30_000},
		},
		Participants: append(participants,
			queue.Participant{ID: "unodc", Names: map[string]string{"en": "UNODC", "fr": "ONUDC"}, Category: "un_system"},
			queue.Participant{ID: "markup", Names: map[string]string{"en": strange}, Category: "media", Group: "=1+1"}),
	}
}

// strange is a name that everything must carry unharmed: markup, right-to-left
// text, marks and joiners of no width, and one beyond the basic plane.
const strange = "</script><img src=x onerror=alert(1)> &amp; \u200fשלום\u200e \"'\\ 👩\u200d👩\u200d👧 e\u0301 𝒳"

// open starts the server on the data of the hall.
func (h *hall) open() {
	h.Helper()
	log := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelError}))
	store, err := bolt.Open(h.dir, bolt.Options{Logger: log})
	h.must(err)
	h.store = store
	h.clock = timer.NewClock(0)
	h.keys, err = server.NewKeys(store.Secret())
	h.must(err)

	var background sync.WaitGroup
	ctx, stop := context.WithCancel(context.Background())
	var debates []server.Debate
	for _, id := range []string{trafficking, climate} {
		journal, err := store.Journal(id)
		h.must(err)
		room, err := queue.NewRoom(ctx, h.disk.under(id, journal), journal.Snapshots(), log)
		h.must(err)
		background.Go(func() { room.Run(ctx) })
		if room.State().Seq == 0 {
			_, err := room.Submit(ctx, queue.Submission{At: h.clock.Now(), By: queue.Actor{Role: queue.Server}, Command: &queue.Load{Programme: queue.Programme{
				Debate: queue.Debate{ID: id, Title: id, Languages: []string{"en"}, Private: id == climate},
				Panels: []queue.Panel{{ID: "opening", Title: "Opening"}},
			}}})
			h.must(err)
		}
		if id == trafficking {
			h.room = room
		}
		debates = append(debates, server.Debate{Room: room, Epoch: journal.Epoch()})
	}
	h.server = server.New(server.Config{
		Debates: debates, Clock: h.clock, Keys: h.keys, BaseURL: cmp.Or(h.base, baseURL), Version: "test", Log: log, Connections: h.connections, Pages: cmp.Or(h.pages, fs.FS(pages)), Statements: statements.Open(filepath.Join(h.dir, "statements")),
		Space: h.space, JournalBytes: func() int64 { n, _ := store.Size(); return n },
		Backup: func(w io.Writer) error { _, err := store.Backup(w); return err },
	})
	showing, stopShowing := context.WithCancel(context.Background())
	var shown sync.WaitGroup
	shown.Go(func() { h.server.Run(showing) })
	h.stopShowing = func() { stopShowing(); shown.Wait() }

	h.web = httptest.NewUnstartedServer(h.server)
	h.web.Config = server.NewHTTPServer(h.server, log)
	if h.patient {
		h.web.Config.ReadTimeout = 0
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 16}
	if h.pipes != nil {
		h.must(h.web.Listener.Close())
		h.web.Listener = h.pipes
		transport.DialContext = h.pipes.dial
	}
	h.web.Start()
	h.client = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	h.leave = func() {
		h.stopShowing()
		transport.CloseIdleConnections()
		h.web.Close()
		stop()
		background.Wait()
		h.must(store.Close())
	}
}

var pages = fstest.MapFS{
	"index.html":     {Data: []byte("<!doctype html><title>Rostrum</title>")},
	"floor.html":     {Data: []byte("<!doctype html><title>Floor</title>")},
	"css/tokens.css": {Data: []byte("/* tokens */")},
	"css/cards.css":  {Data: []byte("/* cards */")},
	"chair.html":     {Data: []byte("<!doctype html><title>Chair</title>")},
	"js/begin.js":    {Data: []byte("self.BEGIN;\n")},

	"js/begin-sheets.js": {Data: []byte("self.BEGIN;\n")},

	"js/worker.js": {Data: []byte("// What it does.\nself.SHELL.version;\n")},
	"LICENSE":      {Data: []byte("text")},

	"messages/en/common.json": {Data: []byte("{}")},
	"messages/en/floor.json":  {Data: []byte("{}")},
}

// adjourn stops the server. No client may have made it fail.
func (h *hall) adjourn() {
	if h.leave == nil {
		return
	}
	h.leave()
	h.leave = nil
	if failed := h.log.taken(); failed != "" {
		h.Errorf("the server logged errors:\n%s", failed)
	}
}

func (h *hall) restart() {
	h.Helper()
	h.adjourn()
	h.open()
}

func (h *hall) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

// submit does a command past HTTP.
func (h *hall) submit(by queue.Actor, c queue.Command) queue.Answer {
	h.Helper()
	answer, err := h.room.Submit(h.Context(), queue.Submission{At: h.clock.Now(), By: by, Command: c})
	if err != nil {
		h.Fatalf("%T %+v: %v", c, c, err)
	}
	return answer
}

// link is the token of an officer's or a screen's link.
func (h *hall) link(role queue.Role) string {
	return h.keys.Sign(server.Grant{Debate: trafficking, Role: role})
}

func (h *hall) chair() string { return h.link(queue.Chair) }

// badge is the token of a delegation's badge, phone that of one who came by the
// join code.
func (h *hall) badge(participant string) string { return h.phone(participant, "") }

func (h *hall) phone(participant, session string) string {
	return h.keys.Sign(server.Grant{Debate: trafficking, Role: queue.Delegate, Participant: participant, Session: session})
}

// answer is what the server said to a request.
type answer struct {
	testing.TB
	what   string
	status int
	header http.Header
	raw    []byte
	body   map[string]any // nil where it is not a JSON object
}

// edit changes a request before it is sent.
type edit func(*http.Request)

func header(name, value string) edit {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// send sends a request about the debate as the bearer of a token, "" for nobody. The
// body is a JSON text, or nil for none.
func (h *hall) send(token, method, path string, body any, edits ...edit) answer {
	h.Helper()
	return h.sendTo("/api/v1/debates/"+trafficking+path, token, method, body, edits...)
}

func (h *hall) sendTo(path, token, method string, body any, edits ...edit) answer {
	h.Helper()
	var reader io.Reader
	if text, ok := body.(string); ok {
		reader = strings.NewReader(text)
	}
	r, err := http.NewRequestWithContext(h.Context(), method, h.web.URL+path, reader)
	h.must(err)
	if reader != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for _, edit := range edits {
		edit(r)
	}
	response, err := h.client.Do(r)
	if err != nil {
		h.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	h.must(err)
	what := fmt.Sprintf("%s %s", method, path)
	if text, ok := body.(string); ok {
		what += " " + text[:min(len(text), 200)]
	}
	a := answer{TB: h.TB, what: what, status: response.StatusCode, header: response.Header, raw: raw}
	_ = json.Unmarshal(raw, &a.body)
	return a
}

// do sends a request that succeeds.
func (h *hall) do(token, method, path string, body any, edits ...edit) answer {
	h.Helper()
	a := h.send(token, method, path, body, edits...)
	if a.status < 200 || a.status > 299 {
		h.Fatalf("%s is refused: %d %s", a.what, a.status, a.raw)
	}
	return a
}

func (a answer) seq() int64 {
	a.Helper()
	seq, ok := a.body["seq"].(float64)
	if !ok {
		a.Fatalf("%s: no seq in %s", a.what, a.raw)
	}
	return int64(seq)
}

// wants checks the status, and of a refusal that it is a whole problem with the
// code; the code of a success is "".
func (a answer) wants(status int, code string) {
	a.Helper()
	if a.status != status {
		a.Errorf("%s: status %d, want %d %s: %s", a.what, a.status, status, code, a.raw)
		return
	}
	if status < 400 {
		return
	}
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		a.Errorf("%s: Content-Type %q", a.what, got)
	}
	if got := a.header.Get("Cache-Control"); got != "no-store" {
		a.Errorf("%s: Cache-Control %q", a.what, got)
	}
	if a.body["code"] != code || a.body["type"] != "urn:rostrum:problem:"+code || a.body["status"] != float64(status) {
		a.Errorf("%s: %s, want status %d and code %s", a.what, a.raw, status, code)
	}
	for _, member := range []string{"title", "detail"} {
		if text, _ := a.body[member].(string); text == "" {
			a.Errorf("%s: no %s in %s", a.what, member, a.raw)
		}
	}
	if (status == http.StatusUnauthorized) != (a.header.Get("WWW-Authenticate") != "") {
		a.Errorf("%s: WWW-Authenticate is %q", a.what, a.header.Get("WWW-Authenticate"))
	}
}

// wantsField checks that a refusal of a malformed body names a field.
func (a answer) wantsField(field string) {
	a.Helper()
	a.wants(http.StatusBadRequest, "malformed")
	if got, _ := a.body["field"].(string); got != field {
		a.Errorf("%s: the field is %q, want %q: %s", a.what, got, field, a.raw)
	}
}
