package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rostrum/queue/bolt"
)

const debate = "un-2008"

func open(t testing.TB, dir string) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(dir, bolt.Options{})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func journal(t testing.TB, s *bolt.Store, debate string) *bolt.Journal {
	t.Helper()
	j, err := s.Journal(debate)
	if err != nil {
		t.Fatalf("journal of %s: %v", debate, err)
	}
	return j
}

// text is what entry n of these tests says.
func text(n int64) string { return fmt.Sprintf(`{"entry":%d,"by":"ken"}`, n) }

func batch(first, count int64) [][]byte {
	var entries [][]byte
	for n := first; n < first+count; n++ {
		entries = append(entries, []byte(text(n)))
	}
	return entries
}

// write appends entries in batches of these sizes.
func write(t testing.TB, j *bolt.Journal, sizes ...int64) {
	t.Helper()
	for _, count := range sizes {
		first := j.Last() + 1
		if err := j.Append(context.Background(), first, batch(first, count)); err != nil {
			t.Fatalf("append %d entries from %d: %v", count, first, err)
		}
	}
}

// contents are the entries after a number, as they are read.
func contents(t testing.TB, j *bolt.Journal, after int64) []string {
	t.Helper()
	var got []string
	want := after
	err := j.Read(context.Background(), after, func(n int64, entry []byte) error {
		if want++; n != want {
			return fmt.Errorf("entry %d follows %d", n, want-1)
		}
		got = append(got, string(entry))
		return nil
	})
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return got
}

// entries are the texts of the entries from one number to another.
func entries(from, to int64) []string {
	var e []string
	for n := from; n <= to; n++ {
		e = append(e, text(n))
	}
	return e
}

func same[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func TestWhatIsAppendedIsReadInOrder(t *testing.T) {
	s := open(t, t.TempDir())
	j := journal(t, s, debate)
	same(t, "a new journal's last", j.Last(), 0)
	write(t, j, 1, 3, 200, 1, 1)
	for _, after := range []int64{0, 1, 2, 3, 4, 100, 203, 204, 205, 206, 1000} {
		same(t, fmt.Sprintf("after %d", after), contents(t, j, after), entries(after+1, 206))
	}
	same(t, "last", j.Last(), 206)
}

func TestAStoreThatIsOpenedAgainHasAllEntries(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	j := journal(t, s, debate)
	write(t, j, 10, 1, 500)
	write(t, journal(t, s, "other"), 2)
	epoch := j.Epoch()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	debates, err := s.Debates()
	if err != nil {
		t.Fatal(err)
	}
	same(t, "debates", debates, []string{"other", debate})
	j = journal(t, s, debate)
	same(t, "epoch", j.Epoch(), epoch)
	same(t, "last", j.Last(), 511)
	write(t, j, 1)
	same(t, "entries", contents(t, j, 0), entries(1, 512))
	same(t, "other", contents(t, journal(t, s, "other"), 0), entries(1, 2))
}

func TestALongJournalIsReadWhole(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	j := journal(t, s, debate)
	for range 60 {
		write(t, j, 499, 1)
	}
	_ = s.Close()
	same(t, "entries", contents(t, journal(t, open(t, dir), debate), 0), entries(1, 30000))
}

func TestManyDebatesHaveJournalsOfTheirOwn(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	for i := range int64(150) {
		write(t, journal(t, s, fmt.Sprintf("debate-%d", i*7919%150)), i%5+1)
	}
	_ = s.Close()
	s = open(t, dir)
	debates, _ := s.Debates()
	same(t, "how many", len(debates), 150)
	for i := range int64(150) {
		same(t, "entries", contents(t, journal(t, s, fmt.Sprintf("debate-%d", i*7919%150)), 0), entries(1, i%5+1))
	}
}

func TestAGapIsRefused(t *testing.T) {
	j := journal(t, open(t, t.TempDir()), debate)
	write(t, j, 3)
	for _, first := range []int64{-1, 0, 1, 3, 5, 100} {
		if err := j.Append(context.Background(), first, batch(first, 2)); !errors.Is(err, bolt.ErrGap) {
			t.Errorf("append from %d: %v, want ErrGap", first, err)
		}
	}
	same(t, "entries", contents(t, j, 0), entries(1, 3))
}

func TestACancelledContextStops(t *testing.T) {
	j := journal(t, open(t, t.TempDir()), debate)
	write(t, j, 1, 1, 1)
	ctx, cancel := context.WithCancel(context.Background())
	var got int
	err := j.Read(ctx, 0, func(int64, []byte) error { got++; cancel(); return nil })
	if !errors.Is(err, context.Canceled) || got != 1 {
		t.Errorf("read %d entries: %v", got, err)
	}
	if err := j.Append(ctx, 4, batch(4, 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("append: %v", err)
	}
	same(t, "last", j.Last(), 3)
}

func TestAnErrorStopsReadingAndComesBack(t *testing.T) {
	j := journal(t, open(t, t.TempDir()), debate)
	write(t, j, 5)
	stop := errors.New("enough")
	var got []int64
	err := j.Read(context.Background(), 1, func(n int64, _ []byte) error {
		if got = append(got, n); n == 3 {
			return stop
		}
		return nil
	})
	if err != stop {
		t.Errorf("got %v", err)
	}
	same(t, "numbers", got, []int64{2, 3})
}

func TestEntriesMayBeEmptyOrLarge(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	j := journal(t, s, debate)
	want := [][]byte{{}, make([]byte, 3<<20), []byte("x"), {}}
	if err := j.Append(context.Background(), 1, want); err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	var got [][]byte
	err := journal(t, open(t, dir), debate).Read(context.Background(), 0, func(_ int64, e []byte) error {
		got = append(got, append([]byte{}, e...))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "how many", len(got), len(want))
	for i := range got {
		if !bytes.Equal(got[i], want[i]) {
			t.Errorf("entry %d is not what it was", i+1)
		}
	}
}

func TestReadingMayAppend(t *testing.T) {
	j := journal(t, open(t, t.TempDir()), debate)
	write(t, j, 1, 1)
	err := j.Read(context.Background(), 0, func(int64, []byte) error { write(t, j, 1); return nil })
	if err != nil {
		t.Fatal(err)
	}
	same(t, "entries", contents(t, j, 0), entries(1, 4))
}

func TestADebatesNameIsAnID(t *testing.T) {
	s := open(t, t.TempDir())
	for _, name := range []string{"", "a/b", "../x", "é", string(make([]byte, 65))} {
		if _, err := s.Journal(name); !errors.Is(err, bolt.ErrDebate) {
			t.Errorf("journal %q: %v", name, err)
		}
	}
	for _, name := range []string{".", "..", "A.b_c-9"} {
		j := journal(t, s, name)
		write(t, j, 1)
		if err := j.Snapshots().Save(context.Background(), 1, []byte("s")); err != nil {
			t.Error(err)
		}
	}
}

func TestAfterCloseEverythingFails(t *testing.T) {
	s := open(t, t.TempDir())
	j := journal(t, s, debate)
	write(t, j, 2)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("close again: %v", err)
	}
	if err := j.Append(context.Background(), 3, batch(3, 1)); err == nil {
		t.Error("append succeeded")
	}
	if err := j.Read(context.Background(), 0, func(int64, []byte) error { return nil }); err == nil {
		t.Error("read succeeded")
	}
	if _, err := s.Debates(); err == nil {
		t.Error("debates succeeded")
	}
}

func TestTheDirectoryIsPrivate(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "data")
	s := open(t, dir)
	j := journal(t, s, debate)
	write(t, j, 1)
	if err := j.Snapshots().Save(context.Background(), 1, []byte("s")); err != nil {
		t.Fatal(err)
	}
	got := map[string]os.FileMode{}
	_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		info, _ := d.Info()
		rel, _ := filepath.Rel(dir, path)
		got[rel] = info.Mode().Perm()
		return err
	})
	same(t, "modes", got, map[string]os.FileMode{
		".": 0o700, "rostrum.db": 0o600, "secret": 0o600, "snapshots": 0o700, "snapshots/un-2008.snap": 0o600,
	})
}
