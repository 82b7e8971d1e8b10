package bolt

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"go.etcd.io/bbolt"
)

// Backup writes a copy of all journals and the secret, as they are at one instant, to w, and returns its size. It
// may run while entries are appended. The copy is a complete rostrum.db, in which every journal
// has a new epoch: what is restored from it is a history of its own. It needs as much room in the data
// directory as the copy has.
func (s *Store) Backup(w io.Writer) (n int64, err error) {
	tmp, err := s.copyTo(s.dir)
	if err != nil {
		return 0, explain("making a backup in "+s.dir, err)
	}
	defer func() { err = errors.Join(err, os.Remove(tmp)) }()
	f, err := os.Open(tmp)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	return io.Copy(w, f)
}

// BackupFile is Backup to a file, 0600 and durable when it returns. There is never half a file
// of that name; if there is one already, it returns ErrExists.
func (s *Store) BackupFile(path string) error {
	doing := "writing the backup " + path
	if exists(path) {
		return explainExists(doing)
	}
	tmp, err := s.copyTo(filepath.Dir(path))
	if err != nil {
		return explain(doing, err)
	}
	if err = publish(tmp, path); err != nil {
		_ = os.Remove(tmp)
		if errors.Is(err, os.ErrExist) {
			return explainExists(doing)
		}
	}
	return explain(doing, err)
}

func explainExists(doing string) error { return fmt.Errorf("%s: %w", doing, ErrExists) }

// copyTo makes the copy under a name of its own in dir.
func (s *Store) copyTo(dir string) (path string, err error) {
	f, err := os.CreateTemp(dir, newPattern) // 0600
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	err = s.view(func(tx *bbolt.Tx) error {
		_, err := tx.WriteTo(f)
		return err
	})
	if err = errors.Join(err, f.Close()); err != nil {
		return "", err
	}
	return f.Name(), edit(f.Name(), renewEpochs)
}

// renewEpochs gives each journal of a copy a new epoch.
func renewEpochs(tx *bbolt.Tx) error {
	about := tx.Bucket([]byte(aboutBucket))
	renewed := map[string][]byte{}
	err := about.ForEach(func(k, v []byte) error {
		key := string(k)
		if !strings.HasPrefix(key, journalPrefix) {
			return nil
		}
		v, err := unseal(key, v)
		if err == nil {
			renewed[key] = append(v[:idSize], random(epochSize)...)
		}
		return err
	})
	for key, v := range renewed {
		err = errors.Join(err, put(about, key, v))
	}
	return err
}
