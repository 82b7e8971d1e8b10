package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rostrum/server"
)

// TestNothingAcknowledgedIsLostByAKill kills a server under load again and again.
// After every restart each command that was acknowledged is there once and in
// its order, and one that was not is there wholly or not at all: every change
// that the debate counts is one command of the test's, and the state is what these make.
func TestNothingAcknowledgedIsLostByAKill(t *testing.T) {
	t.Parallel()
	rounds := 50
	if testing.Short() {
		rounds = 8
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	c := &crash{TB: t, dir: t.TempDir(), rand: rand.New(rand.NewPCG(seed, 0)), seen: make(map[string]server.Links)}
	for range 3 { // while the data are made
		c.killWhileItStarts(30 * time.Millisecond)
	}
	c.open()
	c.convene()
	for range rounds {
		c.load(1 + c.rand.Int64N(300))
		if c.rand.IntN(4) == 0 {
			c.killWhileItStarts(60 * time.Millisecond)
		}
		c.open()
		c.told()
		c.settle()
		c.check()
	}
	c.process.kill()
	c.checkRecordFromTheData()
	t.Logf("%d kills; %d commands made %d changes, %d of them unacknowledged when the server was killed; %d interventions",
		c.kills, len(c.acts), c.model.seq, c.unsure, len(c.model.record))
}

// crash is a debate whose server is killed.
type crash struct {
	testing.TB
	dir     string
	rand    *rand.Rand
	process *process
	client  *http.Client
	seen    map[string]server.Links // without the address
	epoch   string
	crowd   *crowd
	model   *model
	acts    []*act // acknowledged, of all rounds
	waiting []*act // not acknowledged when the server was killed
	round   []*act // acknowledged in this round
	outage  int64  // when the last one that was told ended
	kills   int
	unsure  int
}

func (c *crash) command() *exec.Cmd {
	return serveCommand(c, filepath.Join(c.dir, "data"), "--links", c.links())
}

func (c *crash) links() string { return filepath.Join(c.dir, "links.json") }

func (c *crash) killWhileItStarts(within time.Duration) {
	p, out := launch(c, c.command())
	time.Sleep(time.Duration(c.rand.Int64N(int64(within))))
	_ = p.cmd.Process.Kill()
	_, _ = io.Copy(io.Discard, out)
	p.kill()
	c.kills++
}

// open starts the server. Its links and its epoch are those that it had.
func (c *crash) open() {
	c.Helper()
	c.process = start(c, c.command())
	if c.client != nil {
		c.client.CloseIdleConnections()
	}
	c.client = &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
		Timeout:       readyIn,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	for id, l := range readLinks(c, c.links()) {
		for _, link := range []*string{&l.Chair, &l.Rapporteur, &l.Display, &l.Join} {
			*link = strings.TrimPrefix(*link, c.process.url)
		}
		if before, ok := c.seen[id]; ok && before != l {
			c.Fatalf("the links of %q are %+v, and were %+v", id, l, before)
		}
		c.seen[id] = l
	}
	for id, l := range c.seen {
		for _, link := range []string{l.Chair, l.Rapporteur, l.Display} {
			answer, err := c.client.Get(c.process.url + link)
			if err != nil {
				c.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != http.StatusSeeOther || len(answer.Cookies()) != 1 {
				c.Fatalf("the link %s of %s gives %s, want a cookie and a redirection", link, id, answer.Status)
			}
		}
	}
}

// told notes the change by which a server that was away for long, on a busy machine, has
// told the debate of it at its start.
func (c *crash) told() {
	c.Helper()
	v := c.state()
	if is := v.State.Outage; is != nil && is.To != c.outage {
		c.outage = is.To
		c.model.served[v.Seq] = true
	}
}

// convene opens the panel and lets the crowd join.
func (c *crash) convene() {
	c.Helper()
	id := slices.Collect(maps.Keys(c.seen))
	if len(id) != 1 {
		c.Fatalf("the debates are %q, want the example alone", id)
	}
	l := c.seen[id[0]]
	c.crowd = &crowd{debate: "/api/v1/debates/" + id[0], chair: tokenOf(c, l.Chair), rapporteur: tokenOf(c, l.Rapporteur), tokens: make(map[string]string)}
	for _, p := range delegations {
		status, body, err := c.send(&act{method: http.MethodPost, path: "/join", body: fmt.Sprintf(`{"participant":%q,"code":%q}`, p, l.JoinCode)})
		var joined struct{ Token string }
		if err != nil || status != http.StatusOK || json.Unmarshal(body, &joined) != nil {
			c.Fatalf("joining as %s: %d %s %v", p, status, body, err)
		}
		c.crowd.tokens[p] = joined.Token
	}
	v := c.state()
	for panel := range v.State.Panels {
		if strings.Contains(panel, "morning") {
			c.crowd.panel = panel
		}
	}
	for _, a := range []*act{
		{token: c.crowd.chair, method: http.MethodPut, path: "/panel", body: fmt.Sprintf(`{"panel":%q}`, c.crowd.panel)},
		{token: c.crowd.chair, method: http.MethodPatch, path: "/panels/" + c.crowd.panel, body: `{"status":"open","list":"open"}`},
	} {
		if status, body, err := c.send(a); err != nil || status != http.StatusOK {
			c.Fatalf("%s: %d %s %v", a, status, body, err)
		}
	}
	v = c.state()
	c.epoch = v.Epoch
	c.model = &model{seq: v.Seq, served: make(map[int64]bool), limit: v.State.Panels[c.crowd.panel].Limit, requests: make(map[string]*request), notes: make(map[string]note)}
	c.model.check(c, v)
}

func tokenOf(t testing.TB, link string) string {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil || u.Query().Get("token") == "" {
		t.Fatalf("no token in the link %q: %v", link, err)
	}
	return u.Query().Get("token")
}

// send sends a command. An error says that it is not known whether it was done.
func (c *crash) send(a *act) (status int, body []byte, err error) {
	return send(c.client, c.process.url+c.crowd.debate, a)
}

func send(client *http.Client, base string, a *act) (status int, body []byte, err error) {
	r, err := http.NewRequestWithContext(context.Background(), a.method, base+a.path, strings.NewReader(a.body))
	if err != nil {
		return 0, nil, err
	}
	if a.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if a.key != "" {
		r.Header.Set("Idempotency-Key", a.key)
	}
	if a.token != "" {
		r.Header.Set("Authorization", "Bearer "+a.token)
	}
	answer, err := client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	body, err = io.ReadAll(answer.Body)
	return answer.StatusCode, body, err
}

// load lets the crowd act until the server is killed, which is once it has acknowledged so many of their
// commands, while they send others.
func (c *crash) load(acknowledged int64) {
	c.Helper()
	c.round, c.waiting = nil, nil
	acted := c.crowd.act(c.client, c.process.url, c.rand, acknowledged, func() {
		c.process.kill()
		c.kills++
	})
	for _, a := range acted {
		switch {
		case a.err != nil:
			c.waiting = append(c.waiting, a)
		case a.status == http.StatusOK || a.status == http.StatusCreated:
			c.acknowledge(a)
		case !slices.Contains(a.refusals, codeOf(a.answer)):
			c.Fatalf("%s is refused: %d %s", a, a.status, a.answer)
		}
	}
	c.unsure += len(c.waiting)
}

func codeOf(problem []byte) string {
	var p struct{ Code string }
	_ = json.Unmarshal(problem, &p)
	return p.Code
}

func (c *crash) acknowledge(a *act) {
	c.Helper()
	var answer struct{ Seq int64 }
	if err := json.Unmarshal(a.answer, &answer); err != nil || answer.Seq == 0 {
		c.Fatalf("%s is answered %s", a, a.answer)
	}
	a.seq = answer.Seq
	c.round = append(c.round, a)
}

// settle sends again what was not acknowledged. It is done now, or was done: then
// it gets its first answer. It is refused only for what another command has changed.
func (c *crash) settle() {
	c.Helper()
	c.rand.Shuffle(len(c.waiting), func(i, j int) { c.waiting[i], c.waiting[j] = c.waiting[j], c.waiting[i] })
	for _, a := range c.waiting {
		before := c.state()
		a.status, a.answer, a.err = c.send(a)
		a.ended = time.Now()
		switch {
		case a.err != nil:
			c.Fatalf("%s: %v", a, a.err)
		case a.status == http.StatusOK || a.status == http.StatusCreated:
			c.acknowledge(a)
		case slices.Contains(a.refusals, codeOf(a.answer)) && a.hindered(before):
		default:
			c.Fatalf("%s, sent again, is refused without reason: %d %s", a, a.status, a.answer)
		}
	}
}

// check compares the state with what the acknowledged commands make, and repeats some
// of them.
func (c *crash) check() {
	c.Helper()
	c.model.advance(c, c.round)
	checkOrder(c, c.round)
	v := c.state()
	if v.Epoch != c.epoch {
		c.Fatalf("the epoch is %q, and was %q", v.Epoch, c.epoch)
	}
	c.model.check(c, v)

	again := slices.Clone(c.round)
	c.rand.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
	again = again[:min(len(again), 60)]
	for range min(len(c.acts), 20) {
		again = append(again, c.acts[c.rand.IntN(len(c.acts))])
	}
	for _, a := range again {
		status, answer, err := c.send(a)
		if err != nil || status != http.StatusOK || !bytes.Equal(answer, a.answer) {
			c.Fatalf("%s, repeated, gives %d %s %v, want 200 and its first answer %s", a, status, answer, err, a.answer)
		}
	}
	if now := c.state().Seq; now != v.Seq {
		c.Fatalf("repetitions changed something: seq %d became %d", v.Seq, now)
	}
	c.acts = append(c.acts, c.round...)
}

// checkOrder checks that what was acknowledged before another command was sent
// comes before it.
func checkOrder(t testing.TB, acts []*act) {
	t.Helper()
	byEnd := slices.SortedFunc(slices.Values(acts), func(a, b *act) int { return a.ended.Compare(b.ended) })
	var last *act
	for _, a := range slices.SortedFunc(slices.Values(acts), func(a, b *act) int { return a.began.Compare(b.began) }) {
		for len(byEnd) > 0 && byEnd[0].ended.Before(a.began) {
			if last == nil || byEnd[0].seq > last.seq {
				last = byEnd[0]
			}
			byEnd = byEnd[1:]
		}
		if last != nil && (a.seq < last.seq || a.seq == last.seq && !a.idled) {
			t.Fatalf("%s is change %d though it was sent after %s, change %d, was acknowledged", a, a.seq, last, last.seq)
		}
	}
}

// state is the debate as the chair gets it.
func (c *crash) state() viewed {
	c.Helper()
	v, err := look(c.client, c.process.url+c.crowd.debate, c.crowd.chair)
	if err != nil {
		c.Fatal(err)
	}
	return v
}

func look(client *http.Client, debate, token string) (viewed, error) {
	var v viewed
	status, body, err := send(client, debate, &act{method: http.MethodGet, token: token})
	if err != nil {
		return v, err
	}
	if status != http.StatusOK {
		return v, errors.New(strconv.Itoa(status) + " " + string(body))
	}
	return v, json.Unmarshal(body, &v)
}

// checkRecordFromTheData compares the record that the command line writes with
// the model.
func (c *crash) checkRecordFromTheData() {
	c.Helper()
	var out, log bytes.Buffer
	e := env{lookup: func(string) (string, bool) { return "", false }, stdout: &out, stderr: &log}
	if code := run(c.Context(), []string{"record", "--data", filepath.Join(c.dir, "data")}, e); code != exitOK {
		c.Fatalf("rostrum record: exit %d: %s", code, &log)
	}
	var record struct {
		Seq           int64
		Interventions []struct {
			ID string
			entry
		}
	}
	if err := json.Unmarshal(out.Bytes(), &record); err != nil {
		c.Fatal(err)
	}
	if record.Seq != c.model.seq {
		c.Errorf("the record is of change %d, want %d", record.Seq, c.model.seq)
	}
	want := c.model.entries()
	for i, got := range record.Interventions {
		if i >= len(want) || got.ID != want[i].id || !got.is(want[i]) {
			c.Fatalf("intervention %d of the record is %+v, want %+v", i, got, want[min(i, len(want)-1)])
		}
	}
	if len(record.Interventions) != len(want) {
		c.Errorf("the record has %d interventions, want %d", len(record.Interventions), len(want))
	}
}

// delegations are those that ask for themselves; the chair asks for others.
var (
	delegations = strings.Fields("afg alb dza and ago arg arm aus aut aze bhs bhr bgd brb blr bel blz ben btn bol")
	absent      = strings.Fields("bwa bra brn bgr bfa bdi cpv khm cmr can")
)

// crowd are those who send commands: the delegations, the chair, the secretary
// beside the chair, and a rapporteur.
type crowd struct {
	debate            string // path
	panel             string
	chair, rapporteur string
	tokens            map[string]string
	members           int // so far, for their names
	acknowledged      func()
}

// act lets the crowd send commands until the server does not answer any more, which is killed after so many
// acknowledgements, and gives back all that they sent.
func (w *crowd) act(client *http.Client, url string, random *rand.Rand, acknowledged int64, kill func()) []*act {
	enough := make(chan struct{})
	var done atomic.Int64
	w.acknowledged = func() {
		if done.Add(1) == acknowledged {
			close(enough)
		}
	}
	var everybody sync.WaitGroup
	var mu sync.Mutex
	var all []*act
	join := func(next func(m *member)) {
		w.members++
		m := &member{crowd: w, name: fmt.Sprint("m", w.members), client: client, base: url + w.debate, rand: rand.New(rand.NewPCG(random.Uint64(), 0))}
		everybody.Go(func() {
			for !m.gone {
				next(m)
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, m.acts...)
		})
	}
	for _, p := range delegations {
		join(delegate(p, w.tokens[p]))
	}
	join(presides)
	join(assists)
	join(writes)
	gone := make(chan struct{})
	go func() { everybody.Wait(); close(gone) }()
	select {
	case <-enough:
	case <-gone: // the server ended by itself, and its log says why
	}
	kill()
	everybody.Wait()
	return all
}

// member is one of the crowd for one life of the server.
type member struct {
	*crowd
	name   string
	client *http.Client
	base   string
	rand   *rand.Rand
	acts   []*act
	gone   bool // the server has gone
}

func (m *member) id() string { return fmt.Sprintf("%s-%d", m.name, len(m.acts)) }

// do sends a command, and says whether it was done.
func (m *member) do(a *act) bool {
	m.acts = append(m.acts, a)
	a.began = time.Now()
	a.status, a.answer, a.err = send(m.client, m.base, a)
	a.ended = time.Now()
	if a.err != nil {
		m.gone = true
	}
	if a.err != nil || a.status >= 300 {
		return false
	}
	m.acknowledged()
	return true
}

// look is the public state, which is never older than an answer.
func (m *member) look(token string) viewed {
	v, err := look(m.client, m.base, token)
	if err != nil {
		m.gone = true
	}
	return v
}

func (m *member) pause(atMost time.Duration) { time.Sleep(time.Duration(m.rand.Int64N(int64(atMost)))) }

// delegate asks, amends, withdraws, and yields when it has the floor.
func delegate(participant, token string) func(*member) {
	listed := ""
	return func(m *member) {
		m.pause(10 * time.Millisecond)
		switch choice := m.rand.IntN(10); {
		case listed == "":
			v := m.look("")
			for id, r := range v.State.Requests {
				if r.Participant == participant {
					listed = id // from the server's life before
				}
			}
			if f := v.State.Floor; f != nil && f.Participant == participant && choice < 5 {
				m.do(end(m.id(), token, f.ID, "yielded"))
			} else if listed == "" && !m.gone {
				if id := m.id(); m.do(ask(id, token, participant, "")) {
					listed = id
				}
			}
		case choice < 2:
			m.do(withdraw(m.id(), token, listed))
			listed = ""
		case choice < 6:
			if !m.do(amend(m.id(), token, listed, "note "+m.id())) {
				listed = ""
			}
		}
	}
}

// presides is the chair: it calls, gives time and ends.
func presides(m *member) {
	m.pause(4 * time.Millisecond)
	v := m.look("")
	list := v.list()
	floor := ""
	if v.State.Floor != nil {
		floor = v.State.Floor.ID
	}
	switch choice := m.rand.IntN(10); {
	case m.gone:
	case choice < 6 && len(list) > 0:
		m.do(recognise(m.id(), m.chair, list[0], floor))
	case choice < 8 && floor != "":
		m.do(lengthen(m.id(), m.chair, floor, int64(1+m.rand.IntN(1000))))
	case floor != "":
		m.do(end(m.id(), m.chair, floor, "ended"))
	}
}

// assists is the secretary: it changes the order, and asks for those who are
// absent.
func assists(m *member) {
	m.pause(10 * time.Millisecond)
	v := m.look("")
	list := v.list()
	switch choice := m.rand.IntN(10); {
	case m.gone:
	case choice < 3:
		for _, r := range v.State.Requests {
			if slices.Contains(absent, r.Participant) {
				return
			}
		}
		m.do(ask(m.id(), m.chair, absent[m.rand.IntN(len(absent))], "for one who is absent"))
	case choice < 4 && len(list) > 0:
		m.do(withdraw(m.id(), m.chair, list[m.rand.IntN(len(list))]))
	case len(list) > 1:
		before := ""
		if choice < 9 {
			before = list[m.rand.IntN(len(list))]
		}
		m.do(move(m.id(), m.chair, list[m.rand.IntN(len(list))], before))
	}
}

// writes is the rapporteur: it writes against the last intervention.
func writes(m *member) {
	m.pause(20 * time.Millisecond)
	v := m.look(m.rapporteur)
	if m.gone || v.State.Floor == nil {
		return
	}
	id := v.State.Floor.ID
	base := v.State.Record[id].Note.Revision
	m.do(annotate(m.id(), m.rapporteur, id, "said "+m.id(), base))
}
