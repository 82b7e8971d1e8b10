package bolt

import (
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

const newPattern = "rostrum.db.new-*"

// build makes a new file in dir, complete and durable, under a name of its own, which it returns.
// A file of the name rostrum.db is therefore never half made.
func build(dir string, secret []byte, fill func(*bbolt.Tx) error) (path string, err error) {
	f, err := os.CreateTemp(dir, newPattern) // 0600
	if err != nil {
		return "", err
	}
	path = f.Name()
	defer func() {
		if err != nil {
			_ = os.Remove(path)
		}
	}()
	if err := f.Close(); err != nil {
		return "", err
	}
	err = edit(path, func(tx *bbolt.Tx) error {
		about, err := tx.CreateBucket([]byte(aboutBucket))
		if err != nil {
			return err
		}
		err = errors.Join(put(about, formatKey, []byte{format}), put(about, secretKey, secret))
		if err == nil && fill != nil {
			err = fill(tx)
		}
		return err
	})
	return path, err
}

// edit changes a file that nobody else has open.
func edit(path string, change func(*bbolt.Tx) error) error {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{NoSync: true, FreelistType: bbolt.FreelistMapType, Timeout: lockTimeout})
	if err != nil {
		return err
	}
	err = db.Update(change)
	if err == nil {
		err = db.Sync()
	}
	return errors.Join(err, db.Close())
}

func put(about *bbolt.Bucket, key string, value []byte) error {
	return about.Put([]byte(key), seal(key, value))
}

// createJournal adds a journal that has no entries. One may be there from a commit that failed but
// arrived; nobody has been given it.
func createJournal(tx *bbolt.Tx, debate string, id, epoch []byte) (*bbolt.Bucket, error) {
	about := tx.Bucket([]byte(aboutBucket))
	if err := put(about, journalPrefix+debate, append(append([]byte(nil), id...), epoch...)); err != nil {
		return nil, err
	}
	b, err := tx.CreateBucketIfNotExists([]byte(journalPrefix + debate))
	if err == nil {
		_, err = b.CreateBucketIfNotExists([]byte(markerKey))
	}
	return b, err
}

// random gives bytes that nobody can guess.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return b
}

// sweep removes what a start that was interrupted has left.
func sweep(dir string) {
	old, _ := filepath.Glob(filepath.Join(dir, newPattern))
	for _, path := range old {
		_ = os.Remove(path)
	}
}
