package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"rostrum/queue/bolt"
)

// logged opens a directory with a log that the test can read.
func logged(t *testing.T, dir string) (*bolt.Store, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	s, err := bolt.Open(dir, bolt.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, &log
}

func TestTheSecretStays(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "secret")
	s, log := logged(t, dir)
	first := s.Secret()
	if len(first) != 32 || bytes.Equal(first, make([]byte, 32)) {
		t.Fatalf("the secret is %x", first)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "file", file, first)
	same(t, "log of a first start", log.String(), "")
	journal(t, s, debate)
	_ = s.Close()

	again := func(what, wantLog string, want []byte) {
		t.Helper()
		s, log := logged(t, dir)
		defer s.Close()
		same(t, what, s.Secret(), want)
		file, _ := os.ReadFile(path)
		same(t, what+": file", file, want)
		if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v", what, info.Mode())
		}
		if !strings.Contains(log.String(), wantLog) || wantLog == "" && log.Len() > 0 {
			t.Errorf("%s: log %q", what, log)
		}
	}
	again("opened again", "", first)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	again("file missing", "secret restored", first)
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	again("file cut short", "secret restored", first)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	again("readable by others", "mode set to 0600", first)
	other := bytes.Repeat([]byte{7}, 32)
	if err := os.WriteFile(path, other, 0o600); err != nil {
		t.Fatal(err)
	}
	again("file differs", "secret differs", other)
	again("file has differed", "", other)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	again("file that has differed missing", "secret restored", other)
}

func TestTheNewestSnapshotIsLoaded(t *testing.T) {
	dir := t.TempDir()
	s, log := logged(t, dir)
	j := journal(t, s, debate)
	load := func(j *bolt.Journal, wantN int64, want []byte) {
		t.Helper()
		n, b, err := j.Snapshots().Load(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		same(t, "n", n, wantN)
		same(t, "snapshot", b, want)
	}
	load(j, 0, nil)
	write(t, j, 3, 5, 1)
	for _, n := range []int64{1, 3, 4, 7, 8, 9} {
		want := bytes.Repeat([]byte{byte(n)}, int(n)*1000)
		if err := j.Snapshots().Save(context.Background(), n, want); err != nil {
			t.Fatal(err)
		}
		load(j, n, want)
	}
	if err := j.Snapshots().Save(context.Background(), 9, nil); err != nil {
		t.Fatal(err)
	}
	load(j, 9, []byte{})
	for _, n := range []int64{-1, 0, 10} {
		if err := j.Snapshots().Save(context.Background(), n, nil); err == nil {
			t.Errorf("a snapshot after entry %d was saved", n)
		}
	}
	write(t, j, 4)
	_ = s.Close()
	load(journal(t, open(t, dir), debate), 9, []byte{})
	same(t, "log", log.String(), "")
}

func TestADoubtfulSnapshotIsNotUsed(t *testing.T) {
	dir := t.TempDir()
	s, log := logged(t, dir)
	j, twin := journal(t, s, debate), journal(t, s, "twin")
	write(t, j, 5)
	write(t, twin, 5)
	if err := j.Snapshots().Save(context.Background(), 4, []byte(`{"state":1}`)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "snapshots", debate+".snap")
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what string, j *bolt.Journal, file string, b []byte) {
		t.Helper()
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		log.Reset()
		n, got, err := j.Snapshots().Load(context.Background())
		if n != 0 || got != nil || err != nil {
			t.Errorf("%s: got %d, %q, %v", what, n, got, err)
		}
		if !strings.Contains(log.String(), "snapshot not used") {
			t.Errorf("%s: log %q", what, log)
		}
	}
	for n := range len(sound) {
		refused("cut short", j, path, sound[:n])
		b := bytes.Clone(sound)
		b[n] ^= 0x10
		refused("a bit", j, path, b)
	}
	refused("longer", j, path, append(bytes.Clone(sound), 0))
	refused("of another debate", twin, filepath.Join(dir, "snapshots", "twin.snap"), sound)
	_ = s.Close()

	// The journal is one that lost its end, or another of the same name.
	ahead := t.TempDir()
	s, log = logged(t, ahead)
	j = journal(t, s, debate)
	write(t, j, 2)
	refused("of another journal", j, filepath.Join(ahead, "snapshots", debate+".snap"), sound)
}

func TestASnapshotOfAnotherEpochIsNotUsed(t *testing.T) {
	dir, restored := t.TempDir(), t.TempDir()
	s := open(t, dir)
	j := journal(t, s, debate)
	write(t, j, 5)
	if err := j.Snapshots().Save(context.Background(), 4, []byte("x")); err != nil {
		t.Fatal(err)
	}
	backup(t, s, filepath.Join(restored, "rostrum.db"))
	if err := os.CopyFS(filepath.Join(restored, "snapshots"), os.DirFS(filepath.Join(dir, "snapshots"))); err != nil {
		t.Fatal(err)
	}
	if n, _, err := journal(t, open(t, restored), debate).Snapshots().Load(context.Background()); n != 0 || err != nil {
		t.Errorf("got a snapshot after %d, %v", n, err)
	}
}

func TestABackupWhileAppendingIsABeginningWithItsOwnEpoch(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	j := journal(t, s, debate)
	write(t, journal(t, s, "other"), 3)
	ctx, stop := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() {
		for ctx.Err() == nil {
			if err := j.Append(context.Background(), j.Last()+1, batch(j.Last()+1, 7)); err != nil {
				t.Errorf("append: %v", err)
				return
			}
		}
	})
	for range 10 {
		restored := t.TempDir()
		path := filepath.Join(restored, "rostrum.db")
		before := j.Last()
		backup(t, s, path)
		after := j.Last()
		r := open(t, restored)
		copied := journal(t, r, debate)
		if n := copied.Last(); n < before || n > after+7 || n%7 != 0 {
			t.Errorf("the copy ends with %d, was made between %d and %d", n, before, after)
		}
		same(t, "entries", contents(t, copied, 0), entries(1, copied.Last()))
		same(t, "other", contents(t, journal(t, r, "other"), 0), entries(1, 3))
		same(t, "secret", r.Secret(), s.Secret())
		if copied.Epoch() == j.Epoch() {
			t.Error("the copy has the epoch of the original")
		}
		write(t, copied, 1)
		_ = r.Close()
	}
	stop()
	group.Wait()
	left, _ := filepath.Glob(filepath.Join(dir, "*new*"))
	same(t, "what is left over", left, nil)
}

func TestABackupThatCannotBeWrittenFails(t *testing.T) {
	s := open(t, t.TempDir())
	write(t, journal(t, s, debate), 1)
	if _, err := s.Backup(failing{}); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("a backup to a writer that fails: %v", err)
	}
}

// A copy that breaks off anywhere is told from a whole one by who opens it.
func TestABackupThatBreaksOffIsNotTakenForAWholeOne(t *testing.T) {
	s := open(t, t.TempDir())
	for _, name := range []string{debate, "a", "b"} {
		write(t, journal(t, s, name), 20)
	}
	path := filepath.Join(t.TempDir(), "whole.db")
	backup(t, s, path)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for size := 0; size < len(whole); size += 1000 {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "rostrum.db"), whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		if half, err := bolt.Open(dir, bolt.Options{}); err == nil {
			t.Errorf("%d of %d bytes are opened", size, len(whole))
			_ = half.Close()
		}
	}
}

// Many debates, whose ids are long, take more pages than one for what is said of them.
func TestABackupRenewsTheEpochOfEveryDebate(t *testing.T) {
	s := open(t, t.TempDir())
	epochs := make(map[string]string)
	for i := range 300 {
		name := fmt.Sprintf("%s-%d", strings.Repeat("long", 14), i)
		j := journal(t, s, name)
		write(t, j, 1)
		epochs[name] = j.Epoch()
	}
	restored := t.TempDir()
	backup(t, s, filepath.Join(restored, "rostrum.db"))
	r := open(t, restored)
	seen := make(map[string]bool)
	for name, epoch := range epochs {
		j := journal(t, r, name)
		if j.Epoch() == epoch || seen[j.Epoch()] {
			t.Errorf("the copy of %s has the epoch %s", name, j.Epoch())
		}
		seen[j.Epoch()] = true
		same(t, name, contents(t, j, 0), entries(1, 1))
	}
}

// However a copy comes in pieces, the new epochs are in their places.
func TestACopyIsChangedInItsPlacesWhateverItsPieces(t *testing.T) {
	const whole, want = "0123456789abcdefghijklmnopqrstuvwxyz", "0AAA456BBBBBBBefghijklmnopqrstuvwxCC"
	for size := 1; size <= len(whole)+1; size++ {
		var got bytes.Buffer
		w := bolt.Patching(&got, map[int64]string{1: "AAA", 7: "BBBBBBB", 34: "CC"}, 1, 7, 34)
		for piece := range slices.Chunk([]byte(whole), size) {
			if n, err := w.Write(piece); n != len(piece) || err != nil {
				t.Fatal(n, err)
			}
		}
		same(t, fmt.Sprintf("in pieces of %d", size), got.String(), want)
	}
}

// backup makes a copy as a file.
func backup(t testing.TB, s *bolt.Store, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n, err := s.Backup(f)
	if info, _ := f.Stat(); err != nil || info.Size() != n {
		t.Fatalf("%d bytes, %v", n, err)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrShortWrite }
