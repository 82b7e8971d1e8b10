package bolt

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"go.etcd.io/bbolt"
)

const secretName = "secret"

// Secret is what the server signs its tokens with: 32 random bytes, made at first start. The file
// DIR/secret holds it. The journal has a copy, from which the file is restored if it is missing
// or not 32 bytes long, so that the links still work after a backup was restored. If
// the two differ the file is right: it may have been put there on purpose.
func (s *Store) Secret() []byte { return slices.Clone(s.secret) }

// agreeOnSecret reads the secret and makes file and copy the same.
func (s *Store) agreeOnSecret() error {
	path := filepath.Join(s.dir, secretName)
	kept, err := s.keptSecret()
	if err != nil {
		return err
	}
	file, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && len(file) != secretSize:
		if err == nil || len(s.found) > 0 {
			s.log.Warn("secret restored from the journal", "file", path)
		}
		s.secret = kept
		return explain("writing "+path, writeFile(path, kept))
	case err != nil:
		return explain("reading "+path, err)
	}
	s.secret = file
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
		s.log.Warn("secret could be read by others: mode set to 0600", "file", path, "mode", info.Mode().Perm().String())
		if err := os.Chmod(path, 0o600); err != nil {
			return explain("protecting "+path, err)
		}
	}
	if bytes.Equal(file, kept) {
		return nil
	}
	s.log.Warn("secret differs from the journal's copy: the file is used, links made with the other no longer work", "file", path)
	err = s.update(func(tx *bbolt.Tx) error {
		return put(tx.Bucket([]byte(aboutBucket)), secretKey, file)
	})
	return explain("keeping a copy of the secret", err)
}
