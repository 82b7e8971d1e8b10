//go:build linux

package bolt_test

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"rostrum/queue/bolt"
)

// cramped opens a directory where the process may have few more addresses than it has already.
func cramped(dir string) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		fmt.Println(err)
		return
	}
	var pages uint64
	if _, err := fmt.Sscan(string(text), &pages); err != nil {
		fmt.Println(err)
		return
	}
	limit := pages*uint64(os.Getpagesize()) + 512<<20
	if err := unix.Setrlimit(unix.RLIMIT_AS, &unix.Rlimit{Cur: limit, Max: limit}); err != nil {
		fmt.Println(err)
		return
	}
	_, err = bolt.Open(dir, bolt.Options{})
	fmt.Println("to write:", err)
	if _, err = bolt.OpenToRead(dir, bolt.Options{}); err != nil {
		fmt.Println("to read:", err)
	}
}

// Under ulimit -v there may be memory and no addresses.
func TestTooFewAddressesIsAnErrorWithAdvice(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	write(t, journal(t, s, debate), 1)
	must(t, s.Close())
	out, err := child(t, "cramped", dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"to write: ", dir, "cannot allocate memory", "its limit is ", "1024 MiB", "4096 MiB", "ulimit -v unlimited", "MemoryMax"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("it says %s, want %q in it", out, want)
		}
	}
	if strings.Contains(string(out), "to read:") {
		t.Errorf("reading needs no more addresses than the file is long: %s", out)
	}
}

// Some disks lend no part of a file to a process, or no lock of one.
func TestADiskWithoutMapsOrLocksIsAnErrorWithAdvice(t *testing.T) {
	for _, err := range []error{syscall.ENODEV, syscall.ENOLCK, syscall.EOPNOTSUPP, syscall.ENOSYS} {
		if got := bolt.Explain("opening x", err).Error(); !strings.Contains(got, "choose a data directory on a local disk") {
			t.Errorf("%v: %s", err, got)
		}
	}
	for _, err := range []error{syscall.EACCES, syscall.EPERM} {
		if got := bolt.ExplainReading("opening x", err).Error(); strings.Contains(got, "write") || !strings.Contains(got, "may not read it") {
			t.Errorf("%v: %s", err, got)
		}
	}
}
