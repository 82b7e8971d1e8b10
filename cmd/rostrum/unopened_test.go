package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rostrum/queue/bolt"
)

// harm changes a word in the entries of a journal, wherever the file has it.
func harm(t testing.TB, data, word string) {
	t.Helper()
	file := filepath.Join(data, "rostrum.db")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	other := strings.Repeat("X", len(word))
	if !bytes.Contains(text, []byte(word)) {
		t.Fatalf("%s does not have %q", file, word)
	}
	if err := os.WriteFile(file, bytes.ReplaceAll(text, []byte(word), []byte(other)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// blank clears the pages of the file that have a word.
func blank(t testing.TB, data, word string) {
	t.Helper()
	file := filepath.Join(data, "rostrum.db")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	for at := bytes.Index(text, []byte(word)); at >= 0; at = bytes.Index(text, []byte(word)) {
		at -= at % page
		clear(text[at : at+page])
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// outdate adds to a journal what only a later version knows.
func outdate(t testing.TB, data, debate string) {
	t.Helper()
	store, err := bolt.Open(data, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	journal, err := store.Journal(debate)
	if err != nil {
		t.Fatal(err)
	}
	var last struct {
		Seq int64 `json:"seq"`
	}
	err = journal.Read(context.Background(), 0, func(_ int64, entry []byte) error { return json.Unmarshal(entry, &last) })
	if err != nil {
		t.Fatal(err)
	}
	entry := fmt.Appendf(nil, `{"seq":%d,"at_ms":1,"by":"chair","events":[{"kind":"hologram_shown","data":{}}]}`, last.Seq+1)
	if err := journal.Append(context.Background(), journal.Last()+1, [][]byte{entry}); err != nil {
		t.Fatal(err)
	}
}

// twoDebates is data with the debates "budget" and "other", and their files.
func twoDebates(t testing.TB) (data string, files []string) {
	t.Helper()
	data = t.TempDir()
	other := writeDebate(t, strings.Replace(budget("The other one", ""), "id: budget", "id: other", 1))
	files = []string{"--debate", writeDebate(t, budget("BUDGETWORD", "")), "--debate", other}
	s := serveOn(t, data, files...)
	s.hold(chairOf(t, data, "budget"), "budget", "morning")
	s.stop()
	return data, files
}

// entriesOf are the entries of a debate as they stand in the data.
func entriesOf(t testing.TB, data, debate string) (entries []string, epoch string) {
	t.Helper()
	store, err := bolt.Open(data, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	journal, err := store.Journal(debate)
	if err != nil {
		t.Fatal(err)
	}
	err = journal.Read(context.Background(), 0, func(_ int64, entry []byte) error {
		entries = append(entries, string(entry))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return entries, journal.Epoch()
}

func TestADamagedDebateDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		files   bool // the debate files are given again
		spoil   func(t testing.TB, data string)
		why, do string
	}{
		{"damaged", true, func(t testing.TB, data string) { harm(t, data, "BUDGETWORD") }, "entries 1 to", "--accept-loss"},
		{"damaged, without its file", false, func(t testing.TB, data string) { harm(t, data, "BUDGETWORD") }, "entries 1 to", "--accept-loss"},
		{"pages are gone", true, func(t testing.TB, data string) { blank(t, data, `"i2"`) }, "are lost", "--accept-loss"},
		{"newer", true, func(t testing.TB, data string) { outdate(t, data, "budget") }, "newer version", "start the version"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			data, files := twoDebates(t)
			tt.spoil(t, data)
			if !tt.files {
				files = nil
			}
			linksFile := filepath.Join(t.TempDir(), "links.json")
			s := serveOn(t, data, append(files, "--links", linksFile)...)
			for _, said := range []string{s.stdout.String(), s.stderr.String()} {
				if !strings.Contains(said, "budget") || !strings.Contains(said, tt.why) || !strings.Contains(said, tt.do) {
					t.Errorf("the server says\n%s\nwant %q and %q in it", said, tt.why, tt.do)
				}
			}
			if links := readLinks(t, linksFile); len(links) != 1 || links["other"].Chair == "" {
				t.Errorf("the links are %v", links)
			}
			s.hold(chairOf(t, data, "other"), "other", "morning")

			for _, path := range []string{debateAt("budget"), debateAt("budget") + "/roster", debateAt("budget") + "/record.json", debateAt("budget") + "/stream", "/budget/qr.svg", "/budget/chair"} {
				status, body := s.get(path, "")
				if status != http.StatusServiceUnavailable || !strings.Contains(string(body), `"code":"debate_unavailable"`) || strings.Contains(string(body), data) {
					t.Errorf("GET %s: %d %s", path, status, body)
				}
			}
			if status, body := s.get("/readyz", ""); status != http.StatusOK {
				t.Errorf("the server is not ready for the other debate: %d %s", status, body)
			}
			var list struct {
				Debates  []struct{ ID string }
				Unopened []struct{ ID, Title, Code, Detail string }
			}
			if _, body := s.get("/api/v1/debates", ""); json.Unmarshal(body, &list) != nil || len(list.Debates) != 1 || len(list.Unopened) != 1 ||
				list.Unopened[0].ID != "budget" || list.Unopened[0].Code != "debate_unavailable" || (list.Unopened[0].Title == "") == tt.files {
				t.Errorf("the list of debates is %s", body)
			}
			if _, body := s.get("/metrics", ""); !strings.Contains(string(body), "\nrostrum_debates_unopened 1\n") {
				t.Error("the metrics do not count it")
			}
			rostrum(t, "check", "--data", data).exits(exitFailed, `"budget" is not open`, tt.why, "other: a server has it open")
			rostrum(t, "record", "--data", data, "--id", "budget").exits(exitFailed, "is not open", tt.why)
			rostrum(t, "record", "--data", data).exits(exitOK, `"The other one"`)
			if code := s.stop(); code != exitOK {
				t.Errorf("exit %d:\n%s", code, s.stderr)
			}
			rostrum(t, "check", "--data", data).exits(exitFailed, "budget", tt.why, "other: ", "no damage")
			links := rostrum(t, "links", "--data", data)
			if links.exits(exitOK, "/other/"); !strings.Contains(links.stderr, tt.why) {
				t.Errorf("the links are told without %q: %s", tt.why, links.stderr)
			}
		})
	}
}

// What a server could not open it has not written to either: once the cause is gone, the debate
// is as it was.
func TestNothingIsWrittenToADebateThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	data, files := twoDebates(t)
	outdate(t, data, "budget")
	before, epoch := entriesOf(t, data, "budget")
	statement := filepath.Join(data, "statements", "budget", "kept.statement")
	if err := os.MkdirAll(filepath.Dir(statement), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(statement, []byte("of the debate that is not open"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serveOn(t, data, files...)
	s.hold(chairOf(t, data, "other"), "other", "morning")
	s.stop()
	after, epochAfter := entriesOf(t, data, "budget")
	if strings.Join(before, "\n") != strings.Join(after, "\n") || epoch != epochAfter {
		t.Errorf("the journal had\n%s\nand has\n%s", before, after)
	}
	if _, err := os.Stat(statement); err != nil {
		t.Errorf("its statement is gone: %v", err)
	}
}

// A backup of data with a damaged debate, and accepting the loss later, keep what is sound of it.
func TestWhatIsSoundOfADamagedDebateIsStillThereLater(t *testing.T) {
	t.Parallel()
	data, files := twoDebates(t)
	harm(t, data, `"i2"`) // the second intervention, and what came after
	s := serveOn(t, data, files...)
	s.hold(chairOf(t, data, "other"), "other", "morning")
	copied := filepath.Join(t.TempDir(), "rostrum.db")
	rostrum(t, "backup", "--data", data, copied).exits(exitOK)
	s.stop()
	for _, dir := range []string{data, filepath.Dir(copied)} {
		s := serveOn(t, dir, append(files, "--accept-loss")...)
		rostrum(t, "record", "--data", dir, "--id", "budget").exits(exitOK, `"BUDGETWORD"`)
		rostrum(t, "record", "--data", dir, "--id", "other").exits(exitOK, `"name": "Kenya"`)
		s.stop()
	}
}

// While the others went on, a debate that was not open was without the server.
func TestTheOutageOfADebateThatWasNotOpenIsToldWhole(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	began := crashed(t, data, 10*time.Minute, 4*time.Minute)
	harm(t, data, `"recognised"`)
	other := writeDebate(t, strings.Replace(budget("The other one", ""), "id: budget", "id: other", 1))
	for n := range 2 {
		s := serveOn(t, data, "--debate", other)
		if n == 0 {
			s.hold(chairOf(t, data, "other"), "other", "morning")
		}
		s.stop() // and say that the server was there until now
	}
	file := filepath.Join(data, "rostrum.db")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, bytes.ReplaceAll(text, []byte("XXXXXXXXXXXX"), []byte(`"recognised"`)), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serveOn(t, data)
	if o := s.outage(chairOf(t, data, example)); o == nil || o.From != began-4*minute || o.To < began {
		t.Errorf("the outage is %+v, want one since %d", o, began-4*minute)
	}
	if _, err := os.Stat(filepath.Join(data, "unopened.json")); !os.IsNotExist(err) {
		t.Errorf("what is open is noted as not open: %v", err)
	}
}

// A server that could show nothing does not start: the technician must see it.
func TestAServerWithoutAnyDebateThatOpensDoesNotStart(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	file := writeDebate(t, budget("BUDGETWORD", ""))
	serveOn(t, data, "--debate", file).stop()
	harm(t, data, "BUDGETWORD")
	rostrum(t, "serve", "--addr", "127.0.0.1:0", "--data", data, "--debate", file).exits(exitFailed, "budget", "entries 1 to", "--accept-loss")
	rostrum(t, "serve", "--rehearsal", "--addr", "127.0.0.1:0", "--data", data).exits(exitFailed, "budget", "entries 1 to")
}

// Who copies the data that day must not take the copy for a sound one.
func TestABackupSaysWhichDebateCannotBeOpened(t *testing.T) {
	t.Parallel()
	data, files := twoDebates(t)
	harm(t, data, "BUDGETWORD")
	out := t.TempDir()
	backup := func(name string) {
		t.Helper()
		said := rostrum(t, "backup", "--data", data, filepath.Join(out, name)).exits(exitOK, name).stderr
		for _, want := range []string{`the copy has the debate "budget"`, "entries 1 to", "--accept-loss"} {
			if !strings.Contains(said, want) {
				t.Errorf("the backup %s warns %q, want %q", name, said, want)
			}
		}
		if strings.Contains(said, `"other"`) {
			t.Errorf("the backup %s warns of a sound debate: %q", name, said)
		}
	}
	backup("stopped.db")
	s := serveOn(t, data, files...)
	backup("running.db")
	s.stop()
}

func TestADamagedDebateIsNotRehearsed(t *testing.T) {
	t.Parallel()
	data, files := twoDebates(t)
	harm(t, data, "BUDGETWORD")
	s := serveOn(t, data, append(files, "--rehearsal")...)
	if !strings.Contains(s.stdout.String(), `NOT OPEN: the debate "budget"`) {
		t.Errorf("the server says\n%s", s.stdout)
	}
	if status, body := s.get(debateAt("budget"), ""); status != http.StatusServiceUnavailable {
		t.Errorf("%d %s", status, body)
	}
	if v := s.shown("other", ""); !v.State.Rehearsal {
		t.Error("the other is no rehearsal")
	}
}
