//go:build linux

package main

import (
	"path/filepath"
	"syscall"
	"testing"
)

// readOnly shows a directory where nothing can be written into it, by nobody.
func readOnly(t *testing.T, dir string) string {
	t.Helper()
	view := t.TempDir()
	if err := syscall.Mount(dir, view, "", syscall.MS_BIND, ""); err != nil {
		t.Skipf("no directory can be mounted (%v); that nothing is written into the data is tested elsewhere", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(view, syscall.MNT_DETACH) })
	if err := syscall.Mount("", view, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("no directory can be mounted read-only: %v", err)
	}
	return view
}

func TestDataOnAReadOnlyDiskAreLookedAt(t *testing.T) {
	data := held(t)
	view := readOnly(t, data)
	out := t.TempDir()
	for _, args := range reads(out) {
		rostrum(t, append(args, "--data", view)...).exits(exitOK)
	}
	rostrum(t, "check", "--data", view).exits(exitOK, "1 written statement, no damage")
	rostrum(t, "links", "--data", view, "--renew", "chair").exits(exitFailed, "renewing links, which is written into the data", "read-only")
	rostrum(t, "backup", "--data", view, filepath.Join(view, "copy.db")).exits(exitFailed, "read-only")
	rostrum(t, "serve", "--addr", "127.0.0.1:0", "--data", view).exits(exitFailed, "read-only")

	// Beside a server, which may write.
	serveOn(t, data)
	beside := t.TempDir()
	for _, args := range reads(beside) {
		rostrum(t, append(args, "--data", view)...).exits(exitOK)
	}
	rostrum(t, "links", "--data", view, "--renew", "chair").exits(exitOK)
}
