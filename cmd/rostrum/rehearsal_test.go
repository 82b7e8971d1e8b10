package main

import (
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shown is what the state of a debate says of itself.
type shown struct {
	Seq   int64  `json:"seq"`
	Epoch string `json:"epoch"`
	State struct {
		Rehearsal bool                   `json:"rehearsal"`
		Panel     string                 `json:"panel"`
		Panels    map[string]any         `json:"panels"`
		Floor     *struct{ ID string }   `json:"floor"`
		Spoken    map[string]any         `json:"spoken"`
		Debate    struct{ Title string } `json:"debate"`
	} `json:"state"`
}

func (s *serving) shown(debate, token string) (v shown) {
	s.Helper()
	status, body := s.get(debateAt(debate), token)
	if err := json.Unmarshal(body, &v); err != nil || status != http.StatusOK {
		s.Fatalf("%d %s: %v", status, body, err)
	}
	return v
}

// sums are the checksums of the files of a data directory.
func sums(t testing.TB, data string) map[string][32]byte {
	t.Helper()
	files := make(map[string][32]byte)
	err := filepath.WalkDir(data, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		files[path] = sha256.Sum256(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// temporary is an empty directory for temporary files.
func temporary(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	switch tt := t.(type) {
	case *testing.T:
		tt.Setenv("TMPDIR", dir)
	}
	return dir
}

func TestARehearsalKeepsNothing(t *testing.T) {
	dir, data, links := temporary(t), t.TempDir(), filepath.Join(t.TempDir(), "links.json")
	real := serveOn(t, data, "--links", links)
	chair := tokenOf(t, readLinks(t, links)[example].Chair)
	real.hold(chair, example, "morning")
	real.do(&act{method: http.MethodPatch, path: debateAt(example) + "/floor", body: `{"timer":"pause"}`, token: chair})
	before := real.shown(example, chair)
	want := readLinks(t, links)
	real.stop()
	files := sums(t, data)

	s := serveOn(t, data, "--rehearsal", "--links", links)
	if !strings.Contains(s.stdout.String(), "REHEARSAL") {
		t.Errorf("the server says %s", s.stdout)
	}
	got := readLinks(t, links)
	for id := range want { // the ports differ
		if tokenOf(t, got[id].Chair) != chair || got[id].JoinCode != want[id].JoinCode {
			t.Errorf("the links are %+v, want those of the data, %+v", got[id], want[id])
		}
	}
	v := s.shown(example, chair)
	if !v.State.Rehearsal || v.Epoch == before.Epoch || v.State.Floor != nil || len(v.State.Spoken) != 0 {
		t.Errorf("the rehearsal begins as %+v", v)
	}
	if status, list := s.get("/api/v1/debates", ""); !strings.Contains(string(list), `"rehearsal":true`) {
		t.Errorf("the list of the debates says %d %s", status, list)
	}
	if v := s.shown(example, ""); !v.State.Rehearsal {
		t.Error("the public is not told that it is a rehearsal")
	}
	s.hold(chair, example, "afternoon")
	s.stop()
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("of the rehearsal are left %v (%v)", left, err)
	}
	if diff := cmp.Diff(files, sums(t, data)); diff != "" {
		t.Errorf("the data (-before +after):\n%s", diff)
	}

	after := serveOn(t, data).shown(example, chair)
	if after.State.Rehearsal || after.Seq != before.Seq || after.Epoch != before.Epoch {
		t.Errorf("the debate was %+v and is %+v", before, after)
	}
}

// The evening before there is no data yet: the links of the rehearsal are those of the debate.
func TestTheLinksOfARehearsalAreGoodInTheDebate(t *testing.T) {
	temporary(t)
	data, links := t.TempDir(), filepath.Join(t.TempDir(), "links.json")
	serveIn(t, map[string]string{"ROSTRUM_REHEARSAL": "true"}, "--addr", "127.0.0.1:0", "--data", data, "--links", links).stop()
	chair := tokenOf(t, readLinks(t, links)[example].Chair)
	s := serveOn(t, data)
	if v := s.shown(example, chair); v.State.Rehearsal {
		t.Error("the debate is a rehearsal")
	}
	s.hold(chair, example, "morning")
}

func TestWhatWasRenewedIsRenewedInARehearsal(t *testing.T) {
	temporary(t)
	data := t.TempDir()
	file := writeDebate(t, budget("The budget", ""))
	s := serveOn(t, data, "--debate", file)
	id := "budget"
	chair := chairOf(t, data, id)
	path := debateAt(id)
	s.do(&act{method: http.MethodPost, path: path + "/participants", body: `{"id":"walk-in","name":"Walk-in","category":"media"}`, token: chair})
	s.do(&act{method: http.MethodPost, path: path + "/badges/renew", body: `{"id":"b","participant":"walk-in"}`, token: chair})
	s.do(&act{method: http.MethodPost, path: path + "/links/renew", body: `{"id":"l","role":"rapporteur"}`, token: chair})
	read := func(s *serving) map[string]string {
		t.Helper()
		tokens := map[string]string{}
		var of map[string]map[string]string
		if err := json.Unmarshal([]byte(rostrum(t, "links", "--data", data, "--json").exits(exitOK).stdout), &of); err != nil {
			t.Fatal(err)
		}
		tokens["chair"], tokens["rapporteur"] = tokenOf(t, of[id]["chair"]), tokenOf(t, of[id]["rapporteur"])
		return tokens
	}
	tokens := read(s)
	s.stop()

	// The debate's file is not given: the data know the debate.
	r := serveOn(t, data, "--rehearsal")
	for role, token := range tokens {
		if v := r.shown(id, token); !v.State.Rehearsal || v.State.Debate.Title != "The budget" || len(v.State.Panels) == 0 {
			t.Errorf("to the %s the rehearsal is %+v", role, v)
		}
	}
	if status, body := r.get(path+"/roster", ""); status != http.StatusOK || !strings.Contains(string(body), "walk-in") {
		t.Errorf("the roster is %d %s", status, body)
	}
	if !strings.Contains(r.stdout.String(), tokens["rapporteur"]) {
		t.Errorf("the server prints other links:\n%s", r.stdout)
	}
}

func TestARehearsalAcceptsNoLoss(t *testing.T) {
	rostrum(t, "serve", "--rehearsal", "--accept-loss", "--data", t.TempDir()).exits(exitFailed, "--accept-loss")
}
