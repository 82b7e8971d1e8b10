//go:build linux

package bolt_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"rostrum/queue/bolt"
)

// The test binary runs itself as another process, in these roles.
const childEnv = "ROSTRUM_BOLT_CHILD"

func TestMain(m *testing.M) {
	role, dir, _ := strings.Cut(os.Getenv(childEnv), ":")
	switch role {
	case "":
		os.Exit(m.Run())
	case "open":
		_, err := bolt.Open(dir, bolt.Options{})
		fmt.Println(errors.Is(err, bolt.ErrLocked), err)
	case "append":
		appendForever(dir)
	case "limited":
		limited(dir)
	case "cramped":
		cramped(dir)
	}
}

// child is the test binary in a role.
func child(t *testing.T, role, dir string) *exec.Cmd {
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childEnv+"="+role+":"+dir)
	c.Stderr = os.Stderr
	return c
}

// appendForever appends batches of 1 to 9 entries, and prints the last number once it is acknowledged.
func appendForever(dir string) {
	s, err := bolt.Open(dir, bolt.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	j, err := s.Journal(debate)
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := int64(0); ; i++ {
		first, count := j.Last()+1, i%9+1
		if err := j.Append(context.Background(), first, batch(first, count)); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(first + count - 1)
	}
}

func TestASecondServerIsToldAtOnce(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	// At once: while the first one still has it.
	_, err := bolt.Open(dir, bolt.Options{})
	if !errors.Is(err, bolt.ErrLocked) || !strings.Contains(fmt.Sprint(err), filepath.Join(dir, "rostrum.db")) {
		t.Errorf("in this process: %v", err)
	}
	for _, acceptLoss := range []bool{true, false} {
		if _, err := bolt.Open(dir, bolt.Options{AcceptLoss: acceptLoss}); !errors.Is(err, bolt.ErrLocked) {
			t.Errorf("accept loss %v: %v", acceptLoss, err)
		}
	}
	out, err := child(t, "open", dir).Output()
	if err != nil || !strings.HasPrefix(string(out), "true ") {
		t.Errorf("in another process: %s, %v", out, err)
	}
	write(t, journal(t, s, debate), 3)
	_ = s.Close()
	out, err = child(t, "open", dir).Output()
	if err != nil || !strings.HasPrefix(string(out), "false <nil>") {
		t.Errorf("afterwards: %s, %v", out, err)
	}
}

// The child is killed behind the n-th acknowledgement, at any instant of what it does then: so the test is the same on a machine of
// any speed.
func TestWhatWasAcknowledgedSurvivesKill(t *testing.T) {
	times := 30
	if testing.Short() {
		times = 5
	}
	dir := t.TempDir()
	var acknowledged int64
	for i := range times {
		c := child(t, "append", dir)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		before, lastLine := acknowledged, 1+i*7%20
		lines := bufio.NewScanner(out)
		for n := 1; lines.Scan(); n++ {
			if n == lastLine {
				time.AfterFunc(time.Duration(i%5)*300*time.Microsecond, func() { _ = c.Process.Kill() })
			}
			n, err := strconv.ParseInt(lines.Text(), 10, 64)
			if err != nil {
				t.Errorf("the child says %s", lines.Text())
				break
			}
			acknowledged = n
		}
		_ = c.Wait()
		if acknowledged == before {
			t.Fatal("the child ended before anything was acknowledged")
		}
		s := open(t, dir)
		j := journal(t, s, debate)
		if j.Last() < acknowledged || j.Last() > acknowledged+9 {
			t.Fatalf("acknowledged %d, the journal ends with %d", acknowledged, j.Last())
		}
		same(t, "entries", contents(t, j, 0), entries(1, j.Last()))
		_ = s.Close()
		if t.Failed() {
			break
		}
	}
	t.Logf("%d entries acknowledged", acknowledged)
}

// limited runs into a limit of the size of files, then has it lifted: as a full disk does, but
// without one.
func limited(dir string) {
	signal.Ignore(syscall.SIGXFSZ)
	fmt.Println(fillAndFree(dir, func() func() {
		var was syscall.Rlimit
		_ = syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was)
		info, _ := os.Stat(filepath.Join(dir, "rostrum.db"))
		_ = syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: uint64(info.Size()), Max: was.Max})
		return func() { _ = syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was) }
	}))
}

// fillAndFree appends until it fails, then again once there is room.
func fillAndFree(dir string, fill func() (free func())) error {
	s, err := bolt.Open(dir, bolt.Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	j, err := s.Journal(debate)
	if err != nil {
		return err
	}
	appendTo := func(entries int64) error {
		return j.Append(context.Background(), j.Last()+1, batch(j.Last()+1, entries))
	}
	for range 10 {
		if err := appendTo(10); err != nil {
			return err
		}
	}
	free := fill()
	var full error
	for i := 0; full == nil; i++ {
		if full = appendTo(20000); full == nil && i > 1000 {
			return errors.New("it never failed")
		}
	}
	if !errors.Is(full, syscall.ENOSPC) && !errors.Is(full, syscall.EFBIG) && !strings.Contains(full.Error(), "file too large") {
		return fmt.Errorf("it failed otherwise: %w", full)
	}
	last := j.Last()
	check := func() error {
		want := int64(0)
		err := j.Read(context.Background(), 0, func(n int64, entry []byte) error {
			if want++; n != want || string(entry) != text(n) {
				return fmt.Errorf("entry %d is %s", n, entry)
			}
			return nil
		})
		if err == nil && want != j.Last() {
			err = fmt.Errorf("%d entries of %d", want, j.Last())
		}
		return err
	}
	if err := check(); err != nil {
		return fmt.Errorf("while it is full: %w", err)
	}
	if j.Last() != last {
		return fmt.Errorf("the journal ends with %d, not %d", j.Last(), last)
	}
	free()
	for range 5 {
		if err := appendTo(20000); err != nil {
			return fmt.Errorf("after there is room: %w", err)
		}
	}
	if err := check(); err != nil {
		return fmt.Errorf("after there is room: %w", err)
	}
	if err := s.Close(); err != nil {
		return err
	}
	if s, err = bolt.Open(dir, bolt.Options{}); err != nil {
		return err
	}
	defer s.Close()
	if j, err = s.Journal(debate); err != nil {
		return err
	}
	return check()
}

func TestAFullDiskIsAnErrorThatPasses(t *testing.T) {
	t.Run("limit", func(t *testing.T) {
		out, err := child(t, "limited", t.TempDir()).Output()
		if got := strings.TrimSpace(string(out)); err != nil || got != "<nil>" {
			t.Errorf("%s, %v", got, err)
		}
	})
	t.Run("disk", func(t *testing.T) {
		dir := t.TempDir()
		if err := syscall.Mount("none", dir, "tmpfs", 0, "size=8m"); err != nil {
			t.Skipf("cannot mount a small disk (%v); the limit above stands for it", err)
		}
		defer func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) }()
		data, ballast := filepath.Join(dir, "data"), filepath.Join(dir, "ballast")
		err := fillAndFree(data, func() func() {
			_ = os.WriteFile(ballast, make([]byte, 5<<20), 0o600)
			return func() { _ = os.Remove(ballast) }
		})
		if err != nil && !errors.Is(err, syscall.ENOSPC) {
			t.Error(err)
		} else if err != nil {
			t.Errorf("%v", err)
		}
	})
}

func TestWhereNothingCanBeWrittenTheErrorSaysSo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for dir, advice := range map[string]string{
		file:                          "choose a directory",
		filepath.Join(file, "data"):   "choose a directory",
		"/proc/self/no-such-dir/data": "",
	} {
		_, err := bolt.Open(dir, bolt.Options{})
		if err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), advice) {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

func TestAReadOnlyDirectoryIsAnErrorWithAdvice(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	write(t, journal(t, s, debate), 1)
	_ = s.Close()
	if os.Getuid() == 0 {
		if err := syscall.Mount("none", dir, "tmpfs", syscall.MS_RDONLY, "size=1m"); err != nil {
			t.Skipf("root may write anywhere, and a read-only mount fails: %v", err)
		}
		defer func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) }()
	} else {
		if err := os.Chmod(filepath.Join(dir, "rostrum.db"), 0o400); err != nil {
			t.Fatal(err)
		}
	}
	_, err := bolt.Open(dir, bolt.Options{})
	if err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "choose") {
		t.Errorf("got %v", err)
	}
	t.Log(err)
}
