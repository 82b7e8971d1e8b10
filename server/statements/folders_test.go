package statements_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rostrum/server/statements"
)

// carrying is a store that carries debates, all with one history.
func carrying(t *testing.T, dir, epoch string, debates ...string) *statements.Store {
	t.Helper()
	s := statements.Open(dir)
	for _, debate := range debates {
		s.Carry(debate, epoch)
	}
	return s
}

// lacks says that the file of a statement is not there.
func lacks(t *testing.T, s *statements.Store, debate, id, sum string) {
	t.Helper()
	if file, err := s.Open(debate, id, sum); !errors.Is(err, statements.ErrDamaged) {
		t.Errorf("%s of %s is still there: %v", id, debate, err)
		if err == nil {
			file.Close()
		}
	}
}

// Whatever a debate is called, its folder is no other's on any file system, and none that this program
// or the system takes for something else.
func TestEveryDebateHasAFolderOfItsOwnOnEveryFileSystem(t *testing.T) {
	ids := []string{"budget", "Budget", "BUDGET", "incoming-x", "incoming-1", "con", "NUL", "com1.x", ".hidden", "x.", "..", ".", "a.statement", strings.Repeat("X", 64)}
	dir := t.TempDir()
	s := carrying(t, dir, "0a1B", ids...)
	needed, sums := make(map[string]statements.Needed), make(map[string]string)
	for _, id := range ids {
		sums[id] = receive(t, s, id, "one", "of "+id)
		needed[id] = statements.Needed{"one": {sums[id]}}
	}
	if err := s.Sweep(needed); err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if got := read(t, s, id, "one", sums[id]); got != "of "+id {
			t.Errorf("the statement of %q says %q", id, got)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var folded []string
	for _, entry := range entries {
		name := strings.ToLower(entry.Name())
		stem, _, _ := strings.Cut(name, ".")
		if slices.Contains(folded, name) || strings.HasSuffix(name, ".") || strings.HasPrefix(name, ".") || len(stem) < 5 || len(name) > 255 {
			t.Errorf("a file system may take the folder %q for another", entry.Name())
		}
		folded = append(folded, name)
	}
	if len(folded) != len(ids) {
		t.Errorf("%d debates have the folders %q", len(ids), folded)
	}
}

// older stores a file as an earlier version did: in a folder that is called as the debate.
func older(t *testing.T, dir, debate, id, text string) string {
	t.Helper()
	other := t.TempDir()
	sum := receive(t, statements.Open(other), debate, id, text)
	found, err := filepath.Glob(filepath.Join(other, "*", "*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("the files are %v, %v", found, err)
	}
	folder := filepath.Join(dir, debate)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(found[0], filepath.Join(folder, filepath.Base(found[0]))); err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestWhatAnEarlierVersionHasStoredIsFoundAndNotSwept(t *testing.T) {
	for _, debate := range []string{"budget", "incoming-x", "Budget"} {
		t.Run(debate, func(t *testing.T) {
			dir := t.TempDir()
			kept, gone := older(t, dir, debate, "kept", "words"), older(t, dir, debate, "gone", "other words")
			s := carrying(t, dir, "h1", debate)
			if err := s.Sweep(map[string]statements.Needed{debate: {"kept": {kept}}}); err != nil {
				t.Errorf("the sweep fails: %v", err)
			}
			read(t, s, debate, "kept", kept)
			read(t, s, debate, "gone", gone) // nobody knows what history needs it
			if err := s.Remove(debate, "gone", gone); err != nil {
				t.Error(err)
			}
			lacks(t, s, debate, "gone", gone)
			read(t, s, debate, "kept", kept)
		})
	}
}

// Where a disk takes Budget and budget for one name, an earlier version has stored the files of both in one
// folder. A link stands for such a disk.
func TestAFolderThatTwoDebatesMayShareLosesNothing(t *testing.T) {
	dir := t.TempDir()
	sum := older(t, dir, "budget", "same", "the same words")
	if err := os.Symlink(filepath.Join(dir, "budget"), filepath.Join(dir, "BUDGET")); err != nil {
		t.Skip(err)
	}
	s := carrying(t, dir, "h1", "budget", "BUDGET")
	if err := s.Sweep(map[string]statements.Needed{"budget": {}, "BUDGET": {"same": {sum}}}); err != nil {
		t.Error(err)
	}
	if err := s.Remove("budget", "same", sum); err != nil {
		t.Error(err)
	}
	if got := read(t, s, "BUDGET", "same", sum); got != "the same words" {
		t.Errorf("the other debate's says %q", got)
	}
}

// After a loss was accepted, or a backup restored, the debate goes on in another history. It may
// not know statements that the one before has, which are in the file that was kept.
func TestASweepTakesNothingOfAnotherHistory(t *testing.T) {
	dir := t.TempDir()
	before := carrying(t, dir, "h1", "d")
	known, lost := receive(t, before, "d", "known", "words"), receive(t, before, "d", "lost", "more words")
	after := carrying(t, dir, "h2", "d")
	orphan := receive(t, after, "d", "orphan", "stored, and then a crash")
	if err := after.Sweep(map[string]statements.Needed{"d": {"known": {known}}}); err != nil {
		t.Fatal(err)
	}
	read(t, after, "d", "known", known)
	read(t, after, "d", "lost", lost)
	lacks(t, after, "d", "orphan", orphan)
	if err := after.Remove("d", "known", known); err != nil {
		t.Error(err)
	}
	lacks(t, after, "d", "known", known)
}

func TestASweepGoesOnPastWhatItCannotTake(t *testing.T) {
	dir := t.TempDir()
	s := carrying(t, dir, "h1", "d", "e")
	receive(t, s, "d", "orphan", "words")
	folder, err := filepath.Glob(filepath.Join(dir, "debate=e=*"))
	if err != nil || len(folder) != 0 {
		t.Fatal(folder, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "debate=e=h1"), nil, 0o600); err != nil { // in the folder's place
		t.Fatal(err)
	}
	for _, theirs := range []string{"incoming-letters", "incoming-2026.pdf", "notes.statement"} {
		if err := os.WriteFile(filepath.Join(dir, theirs), []byte("not ours"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err = s.Sweep(map[string]statements.Needed{"d": nil, "e": nil})
	if err == nil {
		t.Error("the sweep says nothing of what it could not sweep")
	}
	left, _ := filepath.Glob(filepath.Join(dir, "*", "*"))
	others, _ := filepath.Glob(filepath.Join(dir, "*[a-z]"))
	if len(left) != 0 || len(others) != 3 {
		t.Errorf("there are %v and %v: want nothing that was stored, and what is not ours", left, others)
	}
}

func TestTheFolderOfAStatementIsReadable(t *testing.T) {
	dir := t.TempDir()
	receive(t, carrying(t, dir, "0a1b", "GA-2008.x"), "GA-2008.x", "one", "words")
	if _, err := os.Stat(filepath.Join(dir, "debate=+g+a-2008.x=0a1b")); err != nil {
		entries, _ := os.ReadDir(dir)
		t.Error(fmt.Errorf("%w: there are %v", err, entries))
	}
}
