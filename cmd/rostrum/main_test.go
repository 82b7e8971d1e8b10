package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// result is what a command did.
type result struct {
	testing.TB
	what           string
	code           int
	stdout, stderr string
}

// rostrum runs a command to its end, with nothing in the environment.
func rostrum(t testing.TB, args ...string) result {
	t.Helper()
	return rostrumIn(t, nil, args...)
}

func rostrumIn(t testing.TB, environment map[string]string, args ...string) result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), readyIn)
	defer cancel()
	var stdout, stderr bytes.Buffer
	code := run(ctx, args, environmentOf(environment, &stdout, &stderr))
	if ctx.Err() != nil {
		t.Fatalf("rostrum %s has not ended after %v", strings.Join(args, " "), readyIn)
	}
	return result{t, "rostrum " + strings.Join(args, " "), code, stdout.String(), stderr.String()}
}

func environmentOf(environment map[string]string, stdout, stderr io.Writer) env {
	lookup := func(name string) (string, bool) { value, ok := environment[name]; return value, ok }
	return env{lookup: lookup, stdout: stdout, stderr: stderr}
}

// exits checks the exit code, and that what the command said has the texts.
func (r result) exits(code int, texts ...string) result {
	r.Helper()
	said := r.stdout
	if code != exitOK {
		said = r.stderr
		if r.stdout != "" {
			r.Errorf("%s fails and writes %q to standard output", r.what, r.stdout)
		}
	}
	if r.code != code {
		r.Errorf("%s: exit %d, want %d\n%s%s", r.what, r.code, code, r.stdout, r.stderr)
	}
	for _, text := range texts {
		if !strings.Contains(said, text) {
			r.Errorf("%s says\n%s\nwant %q", r.what, said, text)
		}
	}
	return r
}

// serving is a server that runs in this process.
type serving struct {
	testing.TB
	url    string
	stdout *safeBuffer
	stderr *safeBuffer
	stop   func() int
}

type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// serveOn starts a server on any free port and waits until it is ready.
func serveOn(t testing.TB, data string, args ...string) *serving {
	t.Helper()
	return serveIn(t, nil, append([]string{"--addr", "127.0.0.1:0", "--data", data}, args...)...)
}

func serveIn(t testing.TB, environment map[string]string, args ...string) *serving {
	t.Helper()
	return serveAs(t, func(stdout, stderr io.Writer) env { return environmentOf(environment, stdout, stderr) }, args...)
}

// serveAs starts a server in an environment.
func serveAs(t testing.TB, in func(stdout, stderr io.Writer) env, args ...string) *serving {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &serving{TB: t, stdout: new(safeBuffer), stderr: new(safeBuffer)}
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, append([]string{"serve"}, args...), in(s.stdout, s.stderr))
	}()
	s.stop = sync.OnceValue(func() int {
		cancel()
		select {
		case code := <-ended:
			return code
		case <-time.After(readyIn):
			t.Errorf("the server has not stopped after %v", readyIn)
			return -1
		}
	})
	t.Cleanup(func() { s.stop() })
	ready := regexp.MustCompile(`(?m)^Rostrum is ready at (https?://\S+)$`)
	for deadline := time.Now().Add(readyIn); ; time.Sleep(time.Millisecond) {
		if found := ready.FindStringSubmatch(s.stdout.String()); found != nil {
			s.url = found[1]
			return s
		}
		select {
		case code := <-ended:
			ended <- code
			t.Fatalf("the server ended with %d:\n%s", code, s.stderr)
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server is not ready after %v:\n%s", readyIn, s.stderr)
		}
	}
}

// get fetches a path as the bearer of a token, "" for nobody.
func (s *serving) get(path, token string) (status int, body []byte) {
	s.Helper()
	status, body, err := send(http.DefaultClient, s.url, &act{method: http.MethodGet, path: path, token: token})
	if err != nil {
		s.Fatal(err)
	}
	return status, body
}

func (s *serving) do(a *act) {
	s.Helper()
	if status, body, err := send(http.DefaultClient, s.url, a); err != nil || status > 299 {
		s.Fatalf("%s: %d %s %v", a, status, body, err)
	}
}

const example = "ga-2008-trafficking"

// debateAt is the path of a debate of the API.
func debateAt(id string) string { return "/api/v1/debates/" + id }

func TestServeTellsTheLinksAndStops(t *testing.T) {
	t.Parallel()
	data, file := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "links.json")
	s := serveOn(t, data, "--links", file)
	info, err := os.Stat(file)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("the file of links is %v, want 0600: %v", info.Mode(), err)
	}
	l, ok := readLinks(t, file)[example]
	if !ok {
		t.Fatalf("no links of %s in %s", example, file)
	}
	for _, told := range []string{l.Chair, l.Rapporteur, l.Display, l.Join, l.JoinCode, "█"} {
		if told == "" || !strings.Contains(s.stdout.String(), told) {
			t.Errorf("%q is not printed:\n%s", told, s.stdout)
		}
	}
	if status, body := s.get(debateAt(example)+"/me", tokenOf(t, l.Chair)); status != http.StatusOK || !strings.Contains(string(body), `"chair"`) {
		t.Errorf("the chair's link is of %d %s", status, body)
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/", "/api/v1/debates", strings.TrimPrefix(l.Join, s.url)} {
		if status, body := s.get(path, ""); status != http.StatusOK {
			t.Errorf("GET %s: %d %s", path, status, body)
		}
	}
	if code := s.stop(); code != exitOK {
		t.Errorf("the server that was stopped exits with %d:\n%s", code, s.stderr)
	}
	if _, err := os.Stat(runningFile(data)); !os.IsNotExist(err) {
		t.Errorf("the server has stopped and still says that it runs: %v", err)
	}
	if strings.Contains(s.stderr.String(), "level=ERROR") {
		t.Errorf("the log:\n%s", s.stderr)
	}
}

// Who waits for /readyz, as a supervisor or a script does, finds the links and the server's address then.
func TestAServerThatIsReadyHasWrittenItsLinks(t *testing.T) {
	t.Parallel()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	data, file := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "links.json")
	ready := make(chan error, 1)
	go func() {
		ready <- func() error {
			for deadline := time.Now().Add(readyIn); time.Now().Before(deadline); {
				response, err := http.Get("http://" + address + "/readyz")
				if err != nil {
					continue
				}
				response.Body.Close()
				if response.StatusCode != http.StatusOK {
					continue
				}
				_, links := os.Stat(file)
				_, running := os.Stat(runningFile(data))
				return errors.Join(links, running)
			}
			return fmt.Errorf("the server is not ready after %v", readyIn)
		}()
	}()
	serveIn(t, nil, "--addr", address, "--data", data, "--links", file)
	if err := <-ready; err != nil {
		t.Error(err)
	}
}

func TestASecondServerOnTheSameDataSaysSo(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serveOn(t, data)
	rostrum(t, "serve", "--addr", "127.0.0.1:0", "--data", data).exits(exitFailed, "another rostrum server has it open")
	if status, _ := s.get("/readyz", ""); status != http.StatusOK {
		t.Errorf("the first server answers %d", status)
	}
	rostrum(t, "links", "--data", data).exits(exitOK, s.url) // still knows the first
}

func TestAnAddressInUseIsTold(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	rostrum(t, "serve", "--addr", taken.Addr().String(), "--data", t.TempDir()).exits(exitFailed, "address already in use", "--addr")
}

func TestADirectoryThatCannotBeWrittenIsTold(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(data, 0o500); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		data = "/sys/rostrum" // nor may root
	}
	rostrum(t, "serve", "--addr", "127.0.0.1:0", "--data", data).exits(exitFailed, data, "choose another data directory")
	links := filepath.Join(t.TempDir(), "nowhere", "links.json")
	data = t.TempDir()
	rostrum(t, "serve", "--addr", "127.0.0.1:0", "--data", data, "--links", links).exits(exitFailed, "writing the links", filepath.Dir(links))
	if _, err := os.Stat(runningFile(data)); !os.IsNotExist(err) {
		t.Errorf("a server that did not start says where it is: %v", err)
	}
}

func TestCheckShowsEveryMistakeWithItsPlace(t *testing.T) {
	t.Parallel()
	file := writeDebate(t, "id: x\ntitel: 3\npanels: []\n")
	rostrum(t, "check", file).exits(exitFailed, file+":1:1: title", file+":2:1: titel", file+":3:9: panels")
	rostrum(t, "serve", "--debate", file, "--data", t.TempDir()).exits(exitFailed, file+":2:1: titel")
	rostrum(t, "check", filepath.Join(t.TempDir(), "none.yaml")).exits(exitFailed, "no such file")
	rostrum(t, "check", writeDebate(t, budget("Budget", ""))).exits(exitOK, "budget: 1 panel, 196 participants, no mistakes")
}

func writeDebate(t testing.TB, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "debate.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// budget is a debate file, with more panels.
func budget(title, panels string) string {
	return fmt.Sprintf(`id: budget
title: %s
date: 2026-10-01
roster: un
participants:
  - id: imf
    name: IMF
    category: un_system
panels:
  - id: morning
    title: Morning panel
    limit: 3m
%s`, title, panels)
}

func TestADebateFileIsLoadedAgain(t *testing.T) {
	t.Parallel()
	data, file := t.TempDir(), writeDebate(t, budget("Budget", ""))
	s := serveOn(t, data, "--debate", file)
	chair := chairOf(t, data, "budget")
	s.do(&act{method: http.MethodPatch, path: debateAt("budget") + "/panels/morning", token: chair, body: `{"status":"open","list":"open","limit_ms":60000}`})
	_, before := s.get(debateAt("budget"), "")
	s.stop()

	s = serveOn(t, data, "--debate", file)
	if _, after := s.get(debateAt("budget"), ""); seqOf(t, after) != seqOf(t, before) {
		t.Errorf("the same file changes something: %s became %s", before, after)
	}
	s.stop()

	if err := os.WriteFile(file, []byte(budget("The budget of 2027", "  - id: afternoon\n    title: Afternoon panel\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	s = serveOn(t, data, "--debate", file)
	_, body := s.get(debateAt("budget"), "")
	for _, want := range []string{`"title":"The budget of 2027"`, `"Afternoon panel"`, `"limit_ms":60000`, `"status":"open"`} {
		if !strings.Contains(string(body), want) {
			t.Errorf("the debate is %s, want %s in it", body, want)
		}
	}
	s.stop()

	// Without the file the debate is still there, and the example is not added.
	s = serveOn(t, data)
	if _, body := s.get("/api/v1/debates", ""); !strings.Contains(string(body), "The budget of 2027") || strings.Contains(string(body), example) {
		t.Errorf("the debates are %s", body)
	}
}

func seqOf(t testing.TB, state []byte) int64 {
	t.Helper()
	var v viewed
	if err := json.Unmarshal(state, &v); err != nil {
		t.Fatal(err)
	}
	return v.Seq
}

// chairOf is the chair's token of a debate, as the command line tells it.
func chairOf(t testing.TB, data, debate string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "links.json")
	if err := os.WriteFile(file, []byte(rostrum(t, "links", "--data", data, "--json").exits(exitOK).stdout), 0o600); err != nil {
		t.Fatal(err)
	}
	return tokenOf(t, readLinks(t, file)[debate].Chair)
}

// hold lets a debate have an intervention that has ended and one that has not.
func (s *serving) hold(chair, debate, panel string) {
	s.Helper()
	for _, a := range []*act{
		{method: http.MethodPut, path: "/panel", body: fmt.Sprintf(`{"panel":%q}`, panel)},
		{method: http.MethodPatch, path: "/panels/" + panel, body: `{"status":"open","list":"open"}`},
		{method: http.MethodPut, path: "/floor", body: `{"id":"i1","participant":"ken"}`},
		{method: http.MethodPut, path: "/interventions/i1/note", body: `{"text":"=Prevention, \"first\"","base":0}`},
		{method: http.MethodPut, path: "/floor", body: `{"id":"i2","participant":"bra"}`},
	} {
		a.path, a.token = debateAt(debate)+a.path, chair
		s.do(a)
	}
}

func TestLinksRecordAndBackupAreTheSameWithAServerAndWithout(t *testing.T) {
	t.Parallel()
	data, out := t.TempDir(), t.TempDir()
	file := writeDebate(t, budget("Budget", ""))
	s := serveOn(t, data, "--debate", file)
	s.hold(chairOf(t, data, "budget"), "budget", "morning")
	at := func(command string, more ...string) string {
		t.Helper()
		return rostrum(t, append([]string{command, "--data", data}, more...)...).exits(exitOK).stdout
	}
	type answers struct{ links, json, csv, french string }
	roster := regexp.MustCompile(`"roster": ".*"`) // the version of the running server's roster
	record := func(more ...string) string {
		t.Helper()
		return roster.ReplaceAllString(at("record", more...), `"roster": ""`)
	}
	all := func() answers {
		t.Helper()
		return answers{at("links", "--url", "http://room.test/"), record(), at("record", "--format", "csv"), record("--id", "budget", "--lang", "fr")}
	}
	running := all()
	if links := at("links"); !strings.Contains(links, s.url+"/budget/enter?token=") {
		t.Errorf("the links of the running server are %s", links)
	}
	at("backup", filepath.Join(out, "running.db"))
	_, body := s.get(debateAt("budget"), "")
	var served viewed
	if err := json.Unmarshal(body, &served); err != nil {
		t.Fatal(err)
	}
	s.stop()

	if stopped := all(); stopped != running {
		t.Errorf("with a server:\n%+v\nand without:\n%+v", running, stopped)
	}
	for _, want := range []string{`"note"`, `"end": "replaced"`, `"name": "Kenya"`, `"name": "Brazil"`} {
		if !strings.Contains(running.json, want) {
			t.Errorf("the record is %s, want %s in it", running.json, want)
		}
	}
	if !strings.HasPrefix(running.csv, "\uFEFFid,panel,") || !strings.Contains(running.french, `"name": "Brésil"`) {
		t.Errorf("the record is %s and in French %s", running.csv, running.french)
	}
	at("record", "--format", "csv", "--out", filepath.Join(out, "record.csv"))
	if written, err := os.ReadFile(filepath.Join(out, "record.csv")); err != nil || string(written) != running.csv {
		t.Errorf("the file has %q: %v", written, err)
	}
	at("backup", filepath.Join(out, "stopped.db"))
	rostrum(t, "backup", "--data", data, filepath.Join(out, "stopped.db")).exits(exitFailed, "stopped.db", "choose another name")

	for _, copied := range []string{"running.db", "stopped.db"} {
		text, err := os.ReadFile(filepath.Join(out, copied))
		if err != nil {
			t.Fatal(err)
		}
		if info, _ := os.Stat(filepath.Join(out, copied)); info.Mode() != 0o600 {
			t.Errorf("the backup is %v, want 0600", info.Mode())
		}
		data = filepath.Join(t.TempDir(), "restored")
		if err := os.Mkdir(data, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(data, "rostrum.db"), text, 0o600); err != nil {
			t.Fatal(err)
		}
		s := serveOn(t, data, "--debate", file)
		if restored := all(); restored != running {
			t.Errorf("restored from %s:\n%+v\nand it was:\n%+v", copied, restored, running)
		}
		v, err := look(http.DefaultClient, s.url+debateAt("budget"), chairOf(t, data, "budget"))
		if err != nil || v.Seq != served.Seq || v.Epoch == served.Epoch || v.floor() != "i2" {
			t.Errorf("restored, the debate is at %d in %s with %q on the floor, and was at %d in %s: %v", v.Seq, v.Epoch, v.floor(), served.Seq, served.Epoch, err)
		}
		s.stop()
	}
}

func TestABackupTakesNoOthersPlaceWhileTheServerRuns(t *testing.T) {
	t.Parallel()
	data, file := t.TempDir(), filepath.Join(t.TempDir(), "there")
	serveOn(t, data)
	if err := os.WriteFile(file, []byte("dear"), 0o600); err != nil {
		t.Fatal(err)
	}
	rostrum(t, "backup", "--data", data, file).exits(exitFailed, "choose another name")
	if text, err := os.ReadFile(file); err != nil || string(text) != "dear" {
		t.Errorf("the file has %q: %v", text, err)
	}
}

func TestADeadServersAddressIsNotUsed(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := start(t, serveCommand(t, data))
	chair := chairOf(t, data, example)
	p.kill()
	if _, err := os.Stat(runningFile(data)); err != nil {
		t.Fatalf("the killed server has cleaned up: %v", err)
	}
	links := rostrum(t, "links", "--data", data).exits(exitOK, chair).stdout
	if strings.Contains(links, p.url) {
		t.Errorf("the links lead to the dead server at %s:\n%s", p.url, links)
	}
	rostrum(t, "record", "--data", data).exits(exitOK, `"interventions": []`)
	rostrum(t, "backup", "--data", data, filepath.Join(t.TempDir(), "copy")).exits(exitOK)

	s := serveOn(t, data)
	rostrum(t, "links", "--data", data).exits(exitOK, s.url)
	rostrum(t, "record", "--data", data).exits(exitOK, `"interventions": []`)
}

func TestAServerThatHasNotSaidWhereItIs(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	serveOn(t, data)
	forget(data)
	rostrum(t, "record", "--data", data).exits(exitFailed, "has not said where it is")
}

func TestSeveralDebatesAreToldApart(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	other := writeDebate(t, strings.Replace(budget("Other", ""), "id: budget", "id: other", 1))
	s := serveOn(t, data, "--debate", writeDebate(t, budget("Budget", "")), "--debate", other)
	s.stop()
	rostrum(t, "record", "--data", data).exits(exitFailed, "--id", "budget", "other")
	rostrum(t, "record", "--data", data, "--id", "third").exits(exitFailed, `no debate "third"`, "budget", "other")
	rostrum(t, "record", "--data", data, "--id", "other").exits(exitOK, `"title": "Other"`)
	rostrum(t, "serve", "--data", data, "--debate", other, "--debate", other).exits(exitFailed, "other", "already")
}

func TestEveryFlagMayStandInTheEnvironment(t *testing.T) {
	t.Parallel()
	data, links := t.TempDir(), filepath.Join(t.TempDir(), "links.json")
	other := writeDebate(t, strings.Replace(budget("Other", ""), "id: budget", "id: other", 1))
	environment := map[string]string{
		"ROSTRUM_ADDR": "127.0.0.1:0", "ROSTRUM_DATA": data, "ROSTRUM_LINKS": links, "ROSTRUM_URL": "http://room.test/",
		"ROSTRUM_DEBATE":      writeDebate(t, budget("Budget", "")) + string(os.PathListSeparator) + other,
		"ROSTRUM_ACCEPT_LOSS": "false", "ROSTRUM_FORMAT": "csv", "ROSTRUM_LANG": "",
	}
	s := serveIn(t, environment)
	if s.url != "http://room.test" {
		t.Errorf("the address for the room is %q", s.url)
	}
	l := readLinks(t, links)
	if len(l) != 2 || !strings.HasPrefix(l["other"].Chair, "http://room.test/other/enter?token=") {
		t.Errorf("the links are %+v", l)
	}
	rostrumIn(t, environment, "record", "--id", "budget").exits(exitOK, "id,panel,")
	rostrumIn(t, environment, "record", "--id", "budget", "--format", "json").exits(exitOK, `"interventions"`) // the flag wins
	rostrumIn(t, map[string]string{"XDG_DATA_HOME": filepath.Dir(data)}, "links").exits(exitFailed, filepath.Join(filepath.Dir(data), "rostrum"))
	rostrumIn(t, map[string]string{"ROSTRUM_JSON": "perhaps", "ROSTRUM_DATA": data}, "links").exits(exitUsage, "ROSTRUM_JSON=perhaps")
}

func TestWrongUsageIsTold(t *testing.T) {
	t.Parallel()
	rostrum(t).exits(exitUsage, "rostrum serve")
	rostrum(t, "sevre").exits(exitUsage, `no command "sevre"`, "rostrum serve")
	for _, command := range []string{"serve", "check", "links", "record", "backup", "version"} {
		rostrum(t, command, "--bogus").exits(exitUsage, "-bogus", "usage: rostrum "+command)
		if command != "check" { // which reads several files
			rostrum(t, command, "one", "two").exits(exitUsage, "usage: rostrum "+command)
		}
		if r := rostrum(t, command, "-h"); r.code != exitOK || !strings.Contains(r.stderr, "usage: rostrum "+command) {
			t.Errorf("%s: exit %d, %s", r.what, r.code, r.stderr)
		}
		rostrum(t, "help").exits(exitOK, "rostrum "+command)
	}
	rostrum(t, "record", "--format", "pdf").exits(exitUsage, `"pdf"`)
	rostrum(t, "record", "--data", filepath.Join(t.TempDir(), "none")).exits(exitFailed, "there is no data", "--data")
	rostrum(t, "links", "--data", t.TempDir()).exits(exitFailed, "there is no data")
	rostrum(t, "version").exits(exitOK, "rostrum ")
}
