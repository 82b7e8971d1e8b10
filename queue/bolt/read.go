package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// errToRead is why a store that was opened to read does not write.
var errToRead = errors.New("the data are open to be read only")

// OpenToRead opens a data directory that is there, and writes nothing into it: no lock, secret or snapshot, nor what Open
// clears away. So it works on a disk, or in a directory, that cannot be written. Others may read at the same time, while a server may
// not have it open: then it returns ErrLocked. Its other errors are those of Open. AcceptLoss means nothing here.
func OpenToRead(dir string, o Options) (*Store, error) {
	s := newStore(dir, o)
	s.toRead = true
	if err := s.open(false); err != nil {
		return nil, err
	}
	if err := s.readSecret(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// readSecret takes the secret of the file or, where there is none, its copy.
func (s *Store) readSecret() error {
	kept, err := s.keptSecret()
	if err != nil {
		return err
	}
	path := filepath.Join(s.dir, secretName)
	file, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && len(file) != secretSize:
		s.secret = kept
		return nil
	case err != nil:
		return explainReading("reading "+path, err)
	}
	if s.secret = file; !bytes.Equal(file, kept) {
		s.log.Warn("secret differs from the journal's copy: the file is used, links made with the other no longer work", "file", path)
	}
	return nil
}

// keptSecret is the journal's copy of the secret.
func (s *Store) keptSecret() (kept []byte, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		kept, err = unseal(secretKey, tx.Bucket([]byte(aboutBucket)).Get([]byte(secretKey)))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the secret's copy: %w", err)
	}
	return kept, nil
}
