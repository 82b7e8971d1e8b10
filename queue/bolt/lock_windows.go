package bolt

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// lock takes the lock that bbolt is going to take, without waiting, so that the file can
// be examined before bbolt maps it. It must be released for bbolt to have it.
func lock(f *os.File, exclusive bool) (release func(), err error) {
	flags := uint32(windows.LOCKFILE_FAIL_IMMEDIATELY)
	if exclusive {
		flags |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	at := &windows.Overlapped{Offset: 1<<32 - 1, OffsetHigh: 1<<32 - 1}
	h := windows.Handle(f.Fd())
	err = windows.LockFileEx(h, flags, 0, 1, 0, at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return nil, ErrLocked
	}
	return func() { _ = windows.UnlockFileEx(h, 0, 1, 0, at) }, err
}
