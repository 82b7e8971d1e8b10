package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rostrum/queue/bolt"
	"rostrum/server/statements"
)

// state adds a written statement as the bearer of a token.
func state(t testing.TB, url, token, debate, id, text string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+debateAt(debate)+"/statements?participant=ken&name=a.txt&id="+id, strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "text/plain")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode
}

// sendHalf begins to send a written statement, and returns once the server has some of it.
func sendHalf(t testing.TB, url, data, token, debate string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_, err = fmt.Fprintf(conn, "POST %s/statements?participant=ken&name=a.txt&id=half HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\nthe first half",
		debateAt(debate), token)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(readyIn); ; time.Sleep(time.Millisecond) {
		for _, file := range statementFiles(t, data) {
			if info, err := os.Stat(file); err == nil && info.Size() > 0 && strings.HasPrefix(filepath.Base(file), "incoming-") {
				return conn
			}
		}
		if time.Now().After(deadline) {
			t.Fatal("the server does not receive the statement")
		}
	}
}

// statementFiles are all files of written statements in the data.
func statementFiles(t testing.TB, data string) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{"*", "*/*"} {
		found, err := filepath.Glob(filepath.Join(data, "statements", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range found {
			if info, err := os.Stat(file); err == nil && !info.IsDir() {
				all = append(all, file)
			}
		}
	}
	return all
}

// historyOf is the epoch of a debate's journal.
func historyOf(t testing.TB, data, debate string) string {
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
	return journal.Epoch()
}

// A debate may be called as what is being received, or as a folder that a disk takes for another's. Its
// statements may lie where an earlier version has put them.
func TestADebateOfAnyNameStartsWithItsStatements(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	ids := []string{"incoming-x", "incoming-1", "Budget"}
	var flags []string
	for _, id := range ids {
		flags = append(flags, "--debate", writeDebate(t, strings.Replace(budget("Budget", ""), "id: budget", "id: "+id, 1)))
	}
	s := serveOn(t, data, flags...)
	chairs := make(map[string]string)
	for _, id := range ids {
		chairs[id] = chairOf(t, data, id)
		if status := state(t, s.url, chairs[id], id, "one", "the words of "+id); status != http.StatusCreated {
			t.Fatalf("the statement of %s is answered with %d", id, status)
		}
	}
	again := func(how string) {
		t.Helper()
		s.stop()
		s = serveOn(t, data)
		for _, id := range ids {
			if status, text := s.get(debateAt(id)+"/statements/one", chairs[id]); status != http.StatusOK || string(text) != "the words of "+id {
				t.Errorf("%s: the statement of %s is %d %s", how, id, status, text)
			}
		}
		if strings.Contains(s.stderr.String(), "level=WARN") {
			t.Errorf("%s: the log:\n%s", how, s.stderr)
		}
	}
	again("started again")
	for _, id := range ids {
		for _, file := range statementFiles(t, data) {
			text, err := os.ReadFile(file)
			if err != nil || string(text) != "the words of "+id {
				continue
			}
			if err := os.Rename(filepath.Dir(file), filepath.Join(data, "statements", id)); err != nil {
				t.Fatal(err)
			}
		}
	}
	again("stored by an earlier version")
	s.stop()
	rostrum(t, "check", "--data", data).exits(exitOK, "Budget: ", "incoming-x: ", "1 written statement, no damage")
}

// A sweep that fails keeps no debate from the room.
func TestAFailedSweepIsAWarning(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	if err := os.WriteFile(statementsDir(data), []byte("a file where a folder should be"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := serveOn(t, data)
	if status, _ := s.get("/readyz", ""); status != http.StatusOK {
		t.Errorf("the server answers %d", status)
	}
	if log := s.stderr.String(); !strings.Contains(log, "could not be removed") {
		t.Errorf("the log:\n%s", log)
	}
}

// After a loss was accepted the debate knows less. The files of the statements that it does not know any more are
// as dear as the damaged file, and stay.
func TestAnAcceptedLossLosesNoFileOfAStatement(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	s := serveOn(t, data, "--debate", writeDebate(t, budget("Budget", "")))
	chair := chairOf(t, data, "budget")
	for _, id := range []string{"one", "two"} {
		if status := state(t, s.url, chair, "budget", id, "the words of "+id); status != http.StatusCreated {
			t.Fatalf("the statement %s is answered with %d", id, status)
		}
	}
	s.stop()
	damageRecord(t, filepath.Join(data, "rostrum.db"), `"id":"two"`)
	s = serveOn(t, data, "--accept-loss")
	s.stop()
	s = serveOn(t, data) // nor at the next start
	if status, text := s.get(debateAt("budget")+"/statements/one", chair); status != http.StatusOK || string(text) != "the words of one" {
		t.Errorf("the statement that is known is %d %s", status, text)
	}
	if files := statementFiles(t, data); len(files) != 2 {
		t.Errorf("of two statements there are %v", files)
	}
}

// damageRecord changes every place of a file that has a text.
func damageRecord(t testing.TB, file, has string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(text, []byte(has)) {
		t.Fatalf("%s has no %s", file, has)
	}
	if err := os.WriteFile(file, bytes.ReplaceAll(text, []byte(has), bytes.Repeat([]byte("?"), len(has))), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A server that is stopped does not wait for a slow network for ever, and that is no error.
func TestAStopDoesNotWaitForASlowStatement(t *testing.T) {
	t.Parallel()
	for name, flags := range map[string][]string{"plain": nil, "with TLS on the same port": {"--tls-self"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stopsDuringAStatement(t, flags...)
		})
	}
}

func stopsDuringAStatement(t *testing.T, flags ...string) {
	t.Helper()
	data := t.TempDir()
	s := serveOn(t, data, append(flags, "--debate", writeDebate(t, budget("Budget", "")))...)
	chair := chairOf(t, data, "budget")
	if status := state(t, s.url, chair, "budget", "whole", "every word"); status != http.StatusCreated {
		t.Fatalf("the statement is answered with %d", status)
	}
	sendHalf(t, s.url, data, chair, "budget")
	began := time.Now()
	if code := s.stop(); code != exitOK {
		t.Errorf("exit %d:\n%s", code, s.stderr)
	}
	if took := time.Since(began); took < stopIn {
		t.Errorf("it stopped after %v, and waits at least %v for what is under way", took, stopIn)
	}
	if log := s.stderr.String(); !strings.Contains(log, "level=WARN") || strings.Contains(log, "level=ERROR") {
		t.Errorf("the log:\n%s", log)
	}
	rostrum(t, "check", "--data", data).exits(exitOK, "1 written statement, no damage")

	s = serveOn(t, data)
	if files := statementFiles(t, data); len(files) != 1 {
		t.Errorf("what came in half is still there: %v", files)
	}
	if status, text := s.get(debateAt("budget")+"/statements/whole", chair); status != http.StatusOK || string(text) != "every word" {
		t.Errorf("the statement is %d %s", status, text)
	}
}

// A crash between the storing of a file and its event leaves a file that no statement has, and
// one before leaves half a file. Neither is there after the next start, and both statements can
// be sent again.
func TestACrashLeavesNoFileWithoutAStatement(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := start(t, serveCommand(t, data))
	chair := chairOf(t, data, example)
	if status := state(t, p.url, chair, example, "whole", "every word"); status != http.StatusCreated {
		t.Fatalf("the statement is answered with %d", status)
	}
	sendHalf(t, p.url, data, chair, example)
	p.kill()
	files := statements.Open(statementsDir(data))
	files.Carry(example, historyOf(t, data, example))
	draft, err := files.Receive(strings.NewReader("stored, and then the crash"), 100)
	if err != nil {
		t.Fatal(err)
	}
	if err := draft.Keep(example, "orphan"); err != nil {
		t.Fatal(err)
	}
	if files := statementFiles(t, data); len(files) != 3 {
		t.Fatalf("the crash has left %v, want one, a half and an orphan", files)
	}

	s := serveOn(t, data)
	if files := statementFiles(t, data); len(files) != 1 {
		t.Errorf("after the start there are %v", files)
	}
	for _, id := range []string{"orphan", "half"} {
		if status, body := s.get(debateAt(example)+"/statements/"+id, chair); status != http.StatusNotFound {
			t.Errorf("%s: %d %s", id, status, body)
		}
	}
	for _, again := range []struct {
		id, text string
		status   int
	}{{"whole", "every word", http.StatusOK}, {"orphan", "stored, and then the crash", http.StatusCreated}, {"half", "both halves", http.StatusCreated}} {
		if status := state(t, s.url, chair, example, again.id, again.text); status != again.status {
			t.Errorf("%s is sent again: %d, want %d", again.id, status, again.status)
		}
	}
}

// A backup with its statements is a whole server, whether it was made while one runs or not.
func TestABackupHasTheWrittenStatements(t *testing.T) {
	t.Parallel()
	data, out := t.TempDir(), t.TempDir()
	file := writeDebate(t, budget("Budget", ""))
	s := serveOn(t, data, "--debate", file)
	chair := chairOf(t, data, "budget")
	for _, id := range []string{"one", "two"} {
		if status := state(t, s.url, chair, "budget", id, "the words of "+id); status != http.StatusCreated {
			t.Fatalf("the statement %s is answered with %d", id, status)
		}
	}
	backup := func(name string) {
		t.Helper()
		rostrum(t, "backup", "--data", data, filepath.Join(out, name)).exits(exitOK, name+".statements")
	}
	backup("running.db")
	s.stop()
	backup("stopped.db")
	for _, name := range []string{"running.db", "stopped.db"} {
		restored := filepath.Join(t.TempDir(), "restored")
		if err := os.Mkdir(restored, 0o700); err != nil {
			t.Fatal(err)
		}
		for from, to := range map[string]string{name: "rostrum.db", name + ".statements": "statements"} {
			if err := os.Rename(filepath.Join(out, from), filepath.Join(restored, to)); err != nil {
				t.Fatal(err)
			}
		}
		rostrum(t, "check", "--data", restored).exits(exitOK, "2 written statements, no damage")
		s := serveOn(t, restored, "--debate", file)
		for _, id := range []string{"one", "two"} {
			if status, text := s.get(debateAt("budget")+"/statements/"+id, chair); status != http.StatusOK || string(text) != "the words of "+id {
				t.Errorf("%s: %s is %d %s", name, id, status, text)
			}
		}
		s.stop()
	}
	if err := os.Remove(statementFiles(t, data)[0]); err != nil {
		t.Fatal(err)
	}
	rostrum(t, "check", "--data", data).exits(exitFailed, "the written statement", "Restore it from a backup")
}
