package bolt_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rostrum/queue/bolt"
)

func openToRead(t testing.TB, dir string) *bolt.Store {
	t.Helper()
	s, err := bolt.OpenToRead(dir, bolt.Options{})
	if err != nil {
		t.Fatalf("open to read: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// everything is what a directory holds, with times and modes.
func everything(t testing.TB, dir string) map[string]string {
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
		text := ""
		if entry.Type().IsRegular() {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			text = string(b)
		}
		all[path] = info.Mode().String() + info.ModTime().String() + text
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWhatIsOpenToReadIsNotWritten(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	write(t, journal(t, s, debate), 3, 4)
	if err := journal(t, s, debate).Snapshots().Save(context.Background(), 7, []byte("state")); err != nil {
		t.Fatal(err)
	}
	secret := s.Secret()
	_ = s.Close()
	for _, what := range []string{"as it was left", "without a secret", "with another's leavings", "without snapshots"} {
		switch what {
		case "without a secret":
			must(t, os.Remove(filepath.Join(dir, "secret")))
		case "with another's leavings":
			must(t, os.WriteFile(filepath.Join(dir, "rostrum.db.new-1"), []byte("half"), 0o600))
		case "without snapshots":
			must(t, os.RemoveAll(filepath.Join(dir, "snapshots")))
		}
		before := everything(t, dir)
		r, other := openToRead(t, dir), openToRead(t, dir) // two at once
		j := journal(t, r, debate)
		same(t, "entries", contents(t, j, 0), entries(1, 7))
		same(t, "entries for the other", contents(t, journal(t, other, debate), 0), entries(1, 7))
		same(t, "secret", r.Secret(), secret)
		if n, err := r.Backup(io.Discard); err != nil || n == 0 {
			t.Errorf("a backup has %d bytes: %v", n, err)
		}
		if err := j.Append(context.Background(), 8, batch(8, 1)); err == nil {
			t.Error("an entry is appended")
		}
		if err := j.Snapshots().Save(context.Background(), 7, []byte("state")); err == nil {
			t.Error("a snapshot is saved")
		}
		if _, err := r.Journal("another"); err == nil {
			t.Error("a journal is made")
		}
		alive, err := r.Alive()
		must(t, err)
		if err := alive.Say(bolt.There{At: 1}); err == nil {
			t.Error("it is said that the server is there")
		}
		must(t, errors.Join(r.Close(), other.Close()))
		same(t, "the directory "+what, everything(t, dir), before)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestThereAreNoDataToRead(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	if _, err := bolt.OpenToRead(dir, bolt.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the directory was made: %v", err)
	}
}

func TestAServerKeepsReadersOutAndWaitsForThem(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	write(t, journal(t, s, debate), 1)
	if _, err := bolt.OpenToRead(dir, bolt.Options{}); !errors.Is(err, bolt.ErrLocked) {
		t.Errorf("beside a server: %v", err)
	}
	must(t, s.Close())
	r := openToRead(t, dir)
	opened := make(chan error, 1)
	go func() {
		s, err := bolt.Open(dir, bolt.Options{Logger: slog.New(slog.DiscardHandler)})
		if err == nil {
			err = s.Close()
		}
		opened <- err
	}()
	select {
	case err := <-opened:
		t.Errorf("beside a reader: %v", err)
		opened <- nil
	default:
	}
	must(t, r.Close())
	if err := <-opened; err != nil {
		t.Errorf("after the reader has ended: %v", err)
	}
}

func TestDamageIsReportedToReadersToo(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	write(t, journal(t, s, debate), 3)
	write(t, journal(t, s, "other"), 3)
	must(t, s.Close())
	file := filepath.Join(dir, "rostrum.db")
	text, err := os.ReadFile(file)
	must(t, err)
	must(t, os.WriteFile(file, []byte(strings.ReplaceAll(string(text), "\"entry\":2", "\"entry\":9")), 0o600))
	r := openToRead(t, dir)
	if _, err := r.Journal("other"); !errors.As(err, new(*bolt.CorruptError)) {
		t.Errorf("got %v", err)
	}
}
