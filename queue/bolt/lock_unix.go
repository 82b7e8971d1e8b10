//go:build unix

package bolt

import (
	"errors"
	"os"
	"syscall"
)

// lock takes the lock that bbolt is going to take, without waiting, so that the file can
// be examined before bbolt maps it. On Unix bbolt finds it taken by itself.
func lock(f *os.File) (release func(), err error) {
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, ErrLocked
	}
	return func() {}, err
}
