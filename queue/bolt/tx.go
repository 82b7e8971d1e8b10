package bolt

import (
	"errors"
	"fmt"
	"runtime/debug"

	"go.etcd.io/bbolt"
)

// errFault is a panic of bbolt, or a page that could not be read from the disk.
var errFault = errors.New("the file cannot be read")

// guard calls f and makes an error of a panic, or of the fault that follows when the disk cannot
// give a page that is mapped.
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errFault, p)
		}
	}()
	return f()
}

// view reads. f must not keep what it reads.
func (s *Store) view(f func(*bbolt.Tx) error) error {
	return guard(func() error { return s.db.View(f) })
}

// update makes a change durable. When it returns an error the change may be there all the same,
// but is not durable: see settle.
func (s *Store) update(f func(*bbolt.Tx) error) error {
	s.write.Lock()
	defer s.write.Unlock()
	return s.updateLocked(f)
}

func (s *Store) updateLocked(f func(*bbolt.Tx) error) error {
	if s.broken != nil {
		return s.broken
	}
	if s.toRead {
		return errToRead
	}
	var tx *bbolt.Tx
	var committing bool
	err := guard(func() (err error) {
		if tx, err = s.db.Begin(true); err != nil {
			return err
		}
		id := tx.ID()
		if err := f(tx); err != nil {
			return errors.Join(err, tx.Rollback())
		}
		committing = true
		if err := tx.Commit(); err != nil {
			s.unsure = s.unsure || s.reached(id)
			return err
		}
		s.unsure = false // this commit carries the one before with it
		return nil
	})
	if errors.Is(err, errFault) {
		// Whatever bbolt holds in memory is not to be trusted.
		s.broken = err
		s.unsure = s.unsure || committing
		_ = guard(func() error {
			if tx != nil {
				return tx.Rollback()
			}
			return nil
		})
	}
	return err
}

// reached says whether a transaction whose commit failed can be seen by readers.
func (s *Store) reached(txid int) bool {
	seen := true
	_ = s.view(func(tx *bbolt.Tx) error {
		seen = tx.ID() >= txid
		return nil
	})
	return seen
}

// settle makes certain that what can be read is durable. When the second of a commit's two syncs
// fails, its pages are complete and readers see it, but it may not be on the disk and the
// kernel will not try again. An empty commit writes the other meta page, and with it makes
// all that is seen durable.
func (s *Store) settle() error {
	s.write.Lock()
	defer s.write.Unlock()
	if !s.unsure {
		return s.broken
	}
	return s.updateLocked(func(*bbolt.Tx) error { return nil })
}
