//go:build attack && linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"rostrum/queue"
	"rostrum/queue/programme"
)

// The attacks are those of clients that ask, send, guess and hold as much as they can. They come from a process of its own, which
// has only the processor time that nobody else wants: it stands for other machines. Rest and attack take turns, and their
// medians are compared. A machine that does something else, too, is no measure: a try counts against the server only if
// others had little of the processors, and where they never have so little, the test says that it has not seen how long taps take.
const (
	rounds     = 3   // of rest and attack, in a try
	tries      = 4   // at the most
	others     = 0.2 // of the processors may be used by others
	tapsAtOnce = 40  // at rest, and as many under attack
	most       = 3.0 // times as long may the median be
	memory     = 256 << 10
)

// Whatever the public asks for, the chair's taps and the memory stay within bounds.
func TestAttackByReaders(t *testing.T) {
	withstands(t, "readers", func(*siege, int) order { return order{} }, nil, nil)
}

// Files whose senders hang up, and the longest notes changed all the time.
func TestAttackOnTheDisk(t *testing.T) {
	all := programme.UN()
	withstands(t, "disk", func(b *siege, round int) order {
		var o order
		for n := range 40 {
			p := all[round*40+n].ID // has written nothing yet
			id := fmt.Sprintf("r-%s", p)
			token := b.join(b.hostile, p)
			b.acknowledged(b.hostile, token, http.MethodPost, "/requests", fmt.Sprintf(`{"id":%q}`, id))
			o.Tokens, o.Requests = append(o.Tokens, token), append(o.Requests, id)
		}
		return o
	}, nil, wantsKnownFiles)
}

// wantsKnownFiles waits until there are the files of statements that the debate knows of, and no others.
func wantsKnownFiles(b *siege) {
	b.Helper()
	var listed struct {
		Statements []struct{ Bytes int64 }
	}
	if err := json.Unmarshal(b.acknowledged(b.room, tokenOf(b, b.links.Chair), http.MethodGet, "/statements", ""), &listed); err != nil {
		b.Fatal(err)
	}
	var want int64
	for _, s := range listed.Statements {
		want += s.Bytes
	}
	b.eventually(func() error {
		var got int64
		for _, file := range statementFiles(b, b.data) {
			if info, err := os.Stat(file); err == nil {
				got += info.Size()
			}
		}
		if got != want {
			return fmt.Errorf("files of %d bytes are left, the debate knows of %d", got, want)
		}
		return nil
	})
	if most := int64(512 << 20); want > most {
		b.Errorf("the debate has taken files of %d bytes, want at most %d", want, most)
	}
}

// Codes are guessed from the address that all in the room have. Who scans comes in at once, and who types after a wait.
func TestAttackByGuessing(t *testing.T) {
	withstands(t, "guesses", func(b *siege, _ int) order { return order{Code: b.links.JoinCode} }, func(b *siege) {
		participant := programme.UN()[0].ID
		var state struct {
			State struct{ Join struct{ URL string } }
		}
		if err := json.Unmarshal(b.acknowledged(b.room, tokenOf(t, b.links.Display), http.MethodGet, "", ""), &state); err != nil {
			t.Fatal(err)
		}
		_, scanned, _ := strings.Cut(state.State.Join.URL, "#code=")
		b.acknowledged(b.room, "", http.MethodPost, "/join", fmt.Sprintf(`{"participant":%q,"code":%q}`, participant, scanned))
		b.eventually(func() error {
			status, body, err := send(&b.room.http, b.url+debateAt(example), &act{method: http.MethodPost, path: "/join", body: fmt.Sprintf(`{"participant":%q,"code":%q}`, participant, b.links.JoinCode)})
			if err != nil || status != http.StatusOK && status != http.StatusTooManyRequests {
				t.Fatalf("the right code is answered %d %s %v", status, body, err)
			}
			if status != http.StatusOK {
				return fmt.Errorf("the right code is answered %s", body)
			}
			return nil
		})
	}, nil)
}

// Two thousand streams without a token and hundreds of files that drip keep nobody out.
func TestAttackOnPlaces(t *testing.T) {
	participants := programme.UN()
	withstands(t, "places", func(b *siege, _ int) order {
		var o order
		for n := range 140 {
			o.Tokens = append(o.Tokens, b.join(b.hostile, participants[n].ID))
		}
		return o
	}, func(b *siege) {
		for _, token := range []string{tokenOf(t, b.links.Chair), tokenOf(t, b.links.Display), b.badge("ken"), b.join(b.room, "fra"), ""} {
			conn, err := b.stream(b.room, token)
			if err != nil {
				t.Fatalf("somebody in the room is kept out: %v", err)
			}
			conn.Close()
		}
		if status := state(t, b.url, tokenOf(t, b.links.Chair), example, fmt.Sprint("officers", b.sent), "every word"); status != http.StatusCreated {
			t.Errorf("an officer's statement is answered %d", status)
		}
	}, nil)
}

// besiegePublic is a server whose debate everybody may read, with a day's interventions.
func besiegePublic(t *testing.T) *siege {
	t.Helper()
	text, err := os.ReadFile(filepath.FromSlash("../../queue/programme/example.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	public := strings.Replace(string(text), "\npublic_record: false\n", "\npublic_record: true\n", 1)
	if public == string(text) {
		t.Fatal("the example does not say that its record is private")
	}
	file := filepath.Join(t.TempDir(), "debate.yaml")
	if err := os.WriteFile(file, []byte(public), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &siege{besieged: besiege(t, 1<<14, "--debate", file)}
	chair := tokenOf(t, s.links.Chair)
	s.acknowledged(s.room, chair, http.MethodPut, "/panel", `{"panel":"morning"}`)
	s.acknowledged(s.room, chair, http.MethodPatch, "/panels/morning", `{"status":"open","list":"open"}`)
	all := programme.UN()
	for n := range 357 {
		s.acknowledged(s.room, chair, http.MethodPut, "/floor", fmt.Sprintf(`{"id":"i%d","participant":%q}`, n, all[n%len(all)].ID))
	}
	return s
}

// siege is a server that is attacked.
type siege struct {
	*besieged
	sent int // taps so far: each changes something
}

// order is what an attacker has to attack with.
type order struct {
	URL      string
	Code     string   // that is right
	Tokens   []string // of phones
	Requests []string // of these, where they asked
}

// acknowledged sends a command or a question that is to be answered well.
func (s *siege) acknowledged(c client, token, method, path, body string) []byte {
	s.Helper()
	status, answer, err := send(&c.http, s.url+debateAt(example), &act{method: method, token: token, path: path, body: body})
	if err != nil || status != http.StatusOK && status != http.StatusCreated {
		s.Fatalf("%s %s %s is answered %d %s %v", method, path, body, status, answer, err)
	}
	return answer
}

// eventually waits until something is no error.
func (s *siege) eventually(is func() error) {
	s.Helper()
	for deadline := time.Now().Add(readyIn); ; time.Sleep(10 * time.Millisecond) {
		err := is()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			s.Fatal(err)
		}
	}
}

// tapped lets the chair tap some times, with a moment between: it gives how long each took, and the most memory that the server
// had meanwhile, in KiB.
func (s *siege) tapped() (took []time.Duration, kib int) {
	s.Helper()
	for range tapsAtOnce {
		s.sent++
		took = append(took, s.tap(s.sent))
		kib = max(kib, s.number("status", "VmRSS:"))
		time.Sleep(20 * time.Millisecond)
	}
	return took, kib
}

// withstands lets a kind of attack be made on a server by turns with rest, each time with what prepare gives, and looks at
// the server in the first round meanwhile, and afterwards. Each try has a server of its own: what attackers may write or send at
// once is used up by the first, and those after it would attack less.
func withstands(t *testing.T, kind string, prepare func(s *siege, round int) order, meanwhile, afterwards func(*siege)) {
	t.Helper()
	said, measured := "", false
	for range tries {
		s := besiegePublic(t)
		times, share, what := s.attacked(kind, prepare, meanwhile)
		said = what
		if afterwards != nil {
			afterwards(s)
		}
		s.kill()
		if t.Log(said); times <= most {
			return
		}
		measured = measured || share <= others
	}
	if !measured {
		t.Skipf("the machine is too busy to measure the chair's taps: %s", said)
	}
	t.Errorf("%s: want at most %v times in one of %d tries", said, most, tries)
}

// attacked is one try: it gives how many times as long a tap takes under attack, which share of the processors others had
// meanwhile, and says both.
func (s *siege) attacked(kind string, prepare func(*siege, int) order, meanwhile func(*siege)) (times, share float64, said string) {
	s.Helper()
	s.tapped() // the first are slower
	var rest, attacked []time.Duration
	var foreign time.Duration // processor time of others during the attacks
	var lasted time.Duration
	for round := range rounds {
		o := prepare(s, round)
		o.URL = s.url
		s.hostile.http.CloseIdleConnections()
		handles := s.open()
		took, before := s.tapped()
		rest = append(rest, took...)

		attackers := s.attackers(kind, o)
		began, busy := time.Now(), s.foreign(attackers)
		took, kib := s.tapped()
		attacked = append(attacked, took...)
		lasted, foreign = lasted+time.Since(began), foreign+s.foreign(attackers)-busy
		if meanwhile != nil && round == 0 {
			meanwhile(s)
		}
		attackers.stop()
		ended := time.Now()
		if kib-before > memory {
			s.Errorf("the server's memory has grown by %d KiB, want at most %d", kib-before, memory)
		}
		s.eventually(func() error {
			s.room.http.CloseIdleConnections()
			if n := s.open(); n > handles {
				return fmt.Errorf("%d file handles are open, before the attack there were %d", n, handles)
			}
			return nil
		})
		s.Logf("round %d: the memory was %d MiB, and %d MiB under attack: %s; it was over after %v", round, before>>10, kib>>10, attackers.did, time.Since(ended))
	}
	times, share = float64(median(attacked))/float64(median(rest)), float64(foreign)/float64(lasted)/float64(runtime.NumCPU())
	said = fmt.Sprintf("the chair's tap takes %v at rest and %v under attack, %.2f times as long; others had %.0f %% of the processors", median(rest), median(attacked), times, 100*share)
	return times, share, said
}

// foreign is the processor time that was used so far by others than the server, the attackers and this process.
func (s *siege) foreign(a *attackers) time.Duration {
	s.Helper()
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		s.Fatal(err)
	}
	// cpu user nice system idle iowait irq softirq steal: a process is charged for the interrupts that it is in the way of, and
	// what the machine's host takes is others'.
	of := strings.Fields(string(text))
	used := ticks(s, of[1:4]...) + ticks(s, of[6:9]...)
	for _, pid := range []int{s.cmd.Process.Pid, a.cmd.Process.Pid, os.Getpid()} {
		used -= processorTime(s, pid)
	}
	return used
}

// attackers are a process that attacks.
type attackers struct {
	testing.TB
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
	did string
}

// attackers starts an attack, and returns once each of the attackers has done its worst for the first time.
func (s *siege) attackers(kind string, o order) *attackers {
	s.Helper()
	orders, err := json.Marshal(o)
	if err != nil {
		s.Fatal(err)
	}
	cmd := exec.Command("nice", "-n", "19", os.Args[0], kind, string(orders))
	cmd.Env = append(os.Environ(), childEnv+"=attackers")
	cmd.Stderr = os.Stderr
	a := &attackers{TB: s, cmd: cmd}
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.Fatal(err)
	}
	if a.in, err = cmd.StdinPipe(); err != nil {
		s.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { _ = cmd.Process.Kill() })
	a.out = bufio.NewReader(out)
	if line, err := a.out.ReadString('\n'); line != "begun\n" {
		s.Fatalf("the attackers say %q: %v", line, err)
	}
	return a
}

// stop lets the attackers say what they were answered, and kills them.
func (a *attackers) stop() {
	a.Helper()
	if _, err := io.WriteString(a.in, "\n"); err != nil {
		a.Fatal(err)
	}
	var err error
	if a.did, err = a.out.ReadString('\n'); err != nil {
		a.Fatal(err)
	}
	a.did = strings.TrimSpace(a.did)
	_ = a.cmd.Process.Kill()
	_ = a.cmd.Wait()
}

func init() { children["attackers"] = attack }

// attacking is the process of the attackers.
type attacking struct {
	order
	client
	first sync.WaitGroup // until each attacker has done something

	mu  sync.Mutex
	did map[string]int
}

// attack attacks by a kind until somebody asks what it did, and then until it is killed.
func attack(args []string) int {
	a := &attacking{client: clientAt("127.0.0.66"), did: make(map[string]int)}
	if err := json.Unmarshal([]byte(args[1]), &a.order); err != nil {
		panic(err)
	}
	switch args[0] {
	case "readers":
		a.readers()
	case "disk":
		a.disk()
	case "guesses":
		a.client = clientAt("127.0.0.2")
		a.guesses()
	case "places":
		a.places()
	}
	a.first.Wait()
	fmt.Println("begun")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	a.mu.Lock()
	fmt.Println(a.did)
	a.mu.Unlock()
	select {}
}

func (a *attacking) counts(what string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.did[what]++
}

// each lets so many attackers act again and again. Each has begun when it says so, or has acted once.
func (a *attacking) each(attackers int, act func(n, time int, begun func())) {
	for n := range attackers {
		a.first.Add(1)
		go func() {
			begun := sync.OnceFunc(a.first.Done)
			for time := 0; ; time++ {
				act(n, time, begun)
				begun()
			}
		}()
	}
}

// ask sends a command or a question, and reads the answer.
func (a *attacking) ask(what string, do *act) {
	status, _, err := send(&a.http, a.URL+debateAt(example), do)
	switch {
	case err != nil:
		a.counts(what + " broke")
		time.Sleep(50 * time.Millisecond)
	default:
		a.counts(fmt.Sprint(what, " ", status))
	}
	if status == http.StatusTooManyRequests {
		time.Sleep(20 * time.Millisecond) // it says longer
	}
}

// write opens a connection and writes to it.
func (a *attacking) write(text string, parts ...string) net.Conn {
	conn, err := a.DialContext(context.Background(), "tcp", strings.TrimPrefix(a.URL, "http://"))
	if err != nil {
		a.counts("not connected")
		time.Sleep(50 * time.Millisecond)
		return nil
	}
	for _, part := range append([]string{text}, parts...) {
		if _, err := io.WriteString(conn, part); err != nil {
			a.counts("cut off")
			break
		}
	}
	return conn
}

func (a *attacking) readers() {
	a.http.Transport.(*http.Transport).MaxIdleConnsPerHost = 40
	paths := []string{"/record.docx", "/record.json", "/record.csv?lang=fr", "/statistics", ""}
	a.each(40, func(n, _ int, _ func()) { a.ask("reads", &act{method: http.MethodGet, path: paths[n%len(paths)]}) })
	for range 150 {
		go a.ask("read once", &act{method: http.MethodGet, path: "/record.docx"})
	}
	a.each(30, func(_, _ int, begun func()) {
		conn := a.write(fmt.Sprintf("GET %s/record.json HTTP/1.1\r\nHost: x\r\n\r\n", debateAt(example)))
		begun()
		for conn != nil { // it is open, and nothing is read
			time.Sleep(time.Hour)
			runtime.KeepAlive(conn)
		}
	})
}

func (a *attacking) disk() {
	a.http.Transport.(*http.Transport).MaxIdleConnsPerHost = len(a.Tokens)
	file := strings.Repeat("x", queue.MaxStatement)
	a.each(30, func(n, time int, begun func()) {
		begun()
		conn := a.write(fmt.Sprintf("POST %s/statements?name=a.txt&id=f%d-%d-%d HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n",
			debateAt(example), os.Getpid(), n, time, a.Tokens[n], len(file)), file)
		if a.counts("files sent"); conn != nil {
			conn.Close()
		}
	})
	words := strings.Repeat("words and ", 198)
	a.each(len(a.Tokens), func(n, time int, _ func()) {
		a.ask("notes", &act{method: http.MethodPatch, token: a.Tokens[n], path: "/requests/" + a.Requests[n], body: fmt.Sprintf(`{"note":"%s%d"}`, words, time)})
	})
}

func (a *attacking) guesses() {
	a.http.Transport.(*http.Transport).MaxIdleConnsPerHost = 255
	participants := programme.UN()
	a.each(255, func(_, _ int, _ func()) {
		if code := fmt.Sprintf("%06d", rand.N(1_000_000)); code != a.Code {
			a.ask("codes", &act{method: http.MethodPost, path: "/join", body: fmt.Sprintf(`{"participant":%q,"code":%q}`, participants[rand.N(len(participants))].ID, code)})
		}
		time.Sleep(300 * time.Millisecond)
	})
}

func (a *attacking) places() {
	a.each(2_000, func(_, _ int, begun func()) {
		conn := a.write(fmt.Sprintf("GET %s/stream HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", debateAt(example)))
		a.hold(conn, begun)
	})
	a.each(280, func(n, time int, begun func()) {
		conn := a.write(fmt.Sprintf("POST %s/statements?name=a.txt&id=d%d-%d-%d HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\nx",
			debateAt(example), os.Getpid(), n, time, a.Tokens[n%len(a.Tokens)]))
		begun() // the server waits for the rest
		a.hold(conn, begun)
	})
}

// hold reads from a connection until the server ends it, and comes back a second later.
func (a *attacking) hold(conn net.Conn, begun func()) {
	if conn == nil {
		return
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	line, _ := in.ReadString('\n')
	a.counts(strings.TrimSpace(line))
	begun()
	_, _ = io.Copy(io.Discard, in)
	a.counts("ended")
	time.Sleep(time.Second)
}
