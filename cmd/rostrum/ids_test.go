package main

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"rostrum/queue"
	"rostrum/queue/bolt"
)

// oldData are data with debates as a version made them that took any id.
func oldData(t testing.TB, ids ...string) string {
	t.Helper()
	data := t.TempDir()
	store, err := bolt.Open(data, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	running, stop := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	defer wait.Wait()
	defer stop()
	for _, id := range ids {
		journal, err := store.Journal(id)
		if err != nil {
			t.Fatal(err)
		}
		room, err := queue.NewRoom(t.Context(), journal, nil, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		wait.Go(func() { room.Run(running) })
		p := queue.Programme{
			Debate:       queue.Debate{ID: id, Title: "The debate " + id, Date: "2026-10-01", Languages: []string{"en"}},
			Panels:       []queue.Panel{{ID: "morning", Title: "Morning"}},
			Participants: []queue.Participant{{ID: "ken", Names: map[string]string{"en": "Kenya"}, Category: "member_state"}},
		}
		by := queue.Actor{Role: queue.Server}
		if _, err := room.Submit(t.Context(), queue.Submission{At: time.Now().UnixMilli(), By: by, Command: &queue.Load{Programme: p}}); err != nil {
			t.Fatal(err)
		}
	}
	return data
}

// calledBudget is a debate file with another id.
func calledBudget(t testing.TB, id string) string {
	t.Helper()
	return writeDebate(t, strings.Replace(budget("Budget", ""), "id: budget", "id: "+id, 1))
}

func TestAnIDThatCannotBeServedIsAMistakeOfTheFile(t *testing.T) {
	t.Parallel()
	for id, why := range map[string]string{
		"sw.js": "needs for itself", "static": "needs for itself", "office": "needs for itself", "con": "names the device CON", ".x": "begins with a dot", "x.": "ends with a dot",
	} {
		file, data := calledBudget(t, id), filepath.Join(t.TempDir(), "data")
		rostrum(t, "check", file).exits(exitFailed, file+":1:5: id: ", why, "expected another id")
		rostrum(t, "serve", "--addr", "127.0.0.1:0", "--debate", file, "--data", data).exits(exitFailed, file+":1:5: id: ", why)
		if _, err := os.Stat(data); !os.IsNotExist(err) {
			t.Errorf("%s: a server that did not start has made data: %v", id, err)
		}
	}
	small, large := calledBudget(t, "budget"), calledBudget(t, "Budget")
	rostrum(t, "check", small, large).exits(exitFailed, large+":1:5: id: ", "only in capitals")
	rostrum(t, "check", small, calledBudget(t, "other")).exits(exitOK, "budget: 1 panel", "other: 1 panel")
	rostrum(t, "serve", "--addr", "127.0.0.1:0", "--debate", small, "--debate", large, "--data", t.TempDir()).exits(exitFailed, large+":1:5: id: ", "only in capitals")

	data := oldData(t, "BUDGET")
	for _, more := range [][]string{nil, {"--rehearsal"}} {
		rostrum(t, append([]string{"serve", "--addr", "127.0.0.1:0", "--debate", small, "--data", data}, more...)...).exits(exitFailed, small+":1:5: id: ", `the debate "BUDGET"`)
	}
}

// Nothing is lost by a rule that came later: a debate of the data is opened whatever its id is, loads its file, and has
// statements.
func TestADebateOfTheDataKeepsItsID(t *testing.T) {
	t.Parallel()
	ids := []string{"static", "sw.js", "con", "budget", "Budget", "incoming-x", "x."}
	data := oldData(t, ids...)
	s := serveOn(t, data, "--debate", calledBudget(t, "static"), "--debate", calledBudget(t, "Budget"))
	for _, id := range ids {
		chair := chairOf(t, data, id)
		if status, body := s.get(debateAt(id), chair); status != http.StatusOK {
			t.Errorf("the state of %s is %d %s", id, status, body)
		}
		if status := state(t, s.url, chair, id, "one", "the words of "+id); status != http.StatusCreated {
			t.Errorf("a statement of %s is answered with %d", id, status)
		}
		warned := strings.Contains(s.stderr.String(), "no new debate may have the id") && strings.Contains(s.stderr.String(), "debate="+id+" why=")
		if wrong := id != "budget" && id != "Budget" && id != "incoming-x"; warned != wrong && !strings.EqualFold(id, "budget") {
			t.Errorf("%s: it is said that no new debate may have the id: %v\n%s", id, warned, s.stderr)
		}
	}
	if log := s.stderr.String(); !strings.Contains(log, "only in capitals") {
		t.Errorf("nothing is said of two ids that differ in capitals:\n%s", log)
	}
	s.stop()
	rostrum(t, "check", "--data", data).exits(exitOK, "static: ", "sw.js: ", "con: ", "x.: ")
	rostrum(t, "record", "--data", data, "--id", "static").exits(exitOK, `"title": "Budget"`)
}
