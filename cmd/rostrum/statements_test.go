package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
	draft, err := statements.Open(statementsDir(data)).Receive(strings.NewReader("stored, and then the crash"), 100)
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
