//go:build unix

package bolt

import (
	"errors"
	"os"
	"syscall"
	"time"
)

const (
	// readersEndIn is how long a server waits for commands that only read the data.
	readersEndIn = 10 * time.Second
	readersEvery = 20 * time.Millisecond
)

// lock takes the lock that bbolt is going to take, so that the file can be examined before bbolt maps it. On Unix bbolt
// finds it taken by itself. It does not wait for a server: that has the data open for hours. Commands that
// read them are soon done, and are waited for.
func lock(f *os.File, exclusive bool) (release func(), err error) {
	if !exclusive {
		return func() {}, try(f, syscall.LOCK_SH)
	}
	for until := time.Now().Add(readersEndIn); ; time.Sleep(readersEvery) {
		err := try(f, syscall.LOCK_EX)
		if !errors.Is(err, ErrLocked) {
			return func() {}, err
		}
		if err := try(f, syscall.LOCK_SH); err != nil {
			return nil, err // it is not for reading that somebody has it open
		}
		if time.Now().After(until) {
			return nil, ErrRead
		}
	}
}

// try takes a lock without waiting.
func try(f *os.File, how int) error {
	for {
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EWOULDBLOCK):
			return ErrLocked
		}
		return err
	}
}
