package main

import (
	"bytes"
	"context"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// inside is what a directory holds, with its times and modes.
func inside(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		all[path] = info.Mode().String() + " " + info.ModTime().String()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// reads are the commands that look at data, with what they say.
func reads(out string) map[string][]string {
	return map[string][]string{
		"links":  {"links"},
		"record": {"record", "--format", "csv", "--out", filepath.Join(out, "record.csv")},
		"cards":  {"cards", "--url", "http://room.test", "--participant", "ken", "--out", filepath.Join(out, "cards.html")},
		"check":  {"check"},
		"backup": {"backup", filepath.Join(out, "copy.db")},
	}
}

// held are the data of a debate with a written statement, which no server has open.
func held(t testing.TB) (data string) {
	t.Helper()
	data = t.TempDir()
	s := serveOn(t, data, "--debate", writeDebate(t, budget("Budget", "")))
	chair := chairOf(t, data, "budget")
	s.hold(chair, "budget", "morning")
	if status := state(t, s.url, chair, "budget", "one", "the words"); status != http.StatusCreated {
		t.Fatalf("the statement is answered with %d", status)
	}
	s.stop()
	return data
}

func TestWhoOnlyLooksWritesNothingIntoTheData(t *testing.T) {
	t.Parallel()
	data := held(t)
	for _, gone := range []string{"", "secret", "snapshots"} { // what a start would make again
		if gone != "" {
			if err := os.RemoveAll(filepath.Join(data, gone)); err != nil {
				t.Fatal(err)
			}
		}
		before := inside(t, data)
		for name, args := range reads(t.TempDir()) {
			rostrum(t, append(args, "--data", data)...).exits(exitOK)
			for path, was := range inside(t, data) {
				if before[path] != was {
					t.Errorf("%s without %q: %s was %q and is %q", name, gone, path, before[path], was)
				}
			}
		}
	}
	none := filepath.Join(t.TempDir(), "none")
	for name, args := range reads(t.TempDir()) {
		rostrum(t, append(args, "--data", none)...).exits(exitFailed, "there is no data")
		if _, err := os.Stat(none); !os.IsNotExist(err) {
			t.Fatalf("%s makes a data directory: %v", name, err)
		}
	}
}

// A rehearsal looks at the data, too.
func TestARehearsalTakesNothingAwayFromTheData(t *testing.T) {
	t.Parallel()
	data := held(t)
	before := inside(t, data)
	serveOn(t, data, "--rehearsal").stop()
	for path, was := range inside(t, data) {
		if before[path] != was {
			t.Errorf("%s was %q and is %q", path, before[path], was)
		}
	}
}

func TestABackupToStandardOutput(t *testing.T) {
	t.Parallel()
	data := held(t)
	s := serveOn(t, data)
	running := rostrum(t, "backup", "--data", data, "-").exits(exitOK)
	s.stop()
	stopped := rostrum(t, "backup", "--data", data, "-").exits(exitOK)
	for _, made := range []result{running, stopped} {
		restored := t.TempDir()
		if err := os.WriteFile(filepath.Join(restored, "rostrum.db"), []byte(made.stdout), 0o600); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(made.stderr, filepath.Join(data, "statements")+" is not in the copy") {
			t.Errorf("of the statements it says %q", made.stderr)
		}
		rostrum(t, "record", "--data", restored).exits(exitOK, `"title": "Budget"`, `"end": "replaced"`)
	}
}

// Whoever finds the file has all of a backup.
func TestABackupThatIsBrokenOffLeavesNothing(t *testing.T) {
	t.Parallel()
	data, out := held(t), t.TempDir()
	name := filepath.Join(out, "copy.db")
	leaves := func(what string) {
		t.Helper()
		if left, err := os.ReadDir(out); err != nil || len(left) > 0 {
			t.Errorf("%s: %v is left, %v", what, left, err)
		}
	}
	broken, stop := context.WithCancel(t.Context())
	stop()
	backup := func() int {
		return run(broken, []string{"backup", "--data", data, name}, environmentOf(nil, new(bytes.Buffer), new(bytes.Buffer)))
	}
	if code := backup(); code != exitFailed {
		t.Errorf("exit %d", code)
	}
	leaves("broken off while no server runs")
	s := serveOn(t, data)
	if code := backup(); code != exitFailed {
		t.Errorf("exit %d", code)
	}
	leaves("broken off while a server runs")
	// The data are copied, and then a statement cannot be.
	loop := filepath.Join(data, "statements", "loop.statement")
	if err := os.Symlink(loop, loop); err != nil {
		t.Skip(err)
	}
	rostrum(t, "backup", "--data", data, name).exits(exitFailed, "copying the written statements")
	leaves("without a statement")
	s.stop()
	if err := os.Remove(loop); err != nil {
		t.Fatal(err)
	}
	rostrum(t, "backup", "--data", data, name).exits(exitOK)
	if made, err := os.ReadDir(out); err != nil || len(made) != 2 {
		t.Errorf("there are %v, %v", made, err)
	}
	rostrum(t, "backup", "--data", data, filepath.Join(out, "no", "such", "directory", "x")).exits(exitFailed, "no such file")
}

// The server may be asked by its address, where it has not noted one.
func TestAServerIsAskedByTheAddressThatIsSaid(t *testing.T) {
	t.Parallel()
	data := held(t)
	s := serveOn(t, data)
	forget(data)
	for name, args := range reads(t.TempDir()) {
		if name == "check" {
			rostrum(t, append(args, "--data", data, "--server", s.url)...).exits(exitOK, "budget: a server has it open")
			continue
		}
		rostrum(t, append(args, "--data", data, "--server", s.url+"/")...).exits(exitOK)
	}
	rostrum(t, "links", "--data", data, "--server", s.url).exits(exitOK, s.url+"/budget/enter?token=")
	for address, why := range map[string]string{
		"http://192.0.2.1:8080": "another machine", "localhost:8080": "not the address of a server", "http://127.0.0.1:1": "another address: --server",
	} {
		rostrum(t, "record", "--data", data, "--server", address).exits(exitFailed, why)
	}
	other := serveOn(t, t.TempDir())
	rostrum(t, "record", "--data", data, "--server", other.url).exits(exitFailed)
}
