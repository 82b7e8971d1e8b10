// Package statements keeps the files of written statements in a directory beside
// the journal. It knows nothing of what is in them, nor of who may read them: a file is named
// by its statement's id and its content, is written once, and never changes.
//
//	DIR/incoming-N             a file that is being received
//	DIR/debate=NAME=EPOCH/     the files that a debate has stored in one history of it
//	DIR/DEBATE/                those that an earlier version has stored
//
// NAME is the debate's id as every file system can tell it from others: see folderName.
package statements

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"unicode/utf8"
)

// The errors of a store.
var (
	// ErrTooLarge says that a file has more bytes than it may.
	ErrTooLarge = errors.New("the file is too large")
	// ErrDamaged says that a file is not there any more, or not what was stored.
	ErrDamaged = errors.New("the stored file is damaged")
)

// incoming is what the names of files begin with that are not stored yet.
const incoming = "incoming-"

// Store keeps files in a directory. Its methods may be called by many at once.
type Store struct {
	dir string

	mu     sync.Mutex
	epochs map[string]string // by debate
}

// Open opens the store in a directory, which is made once something is stored.
func Open(dir string) *Store { return &Store{dir: dir, epochs: make(map[string]string)} }

// Draft is a file that was received and is not stored yet.
type Draft struct {
	Bytes  int64
	SHA256 string // in hexadecimal
	store  *Store
	file   *os.File
	done   bool // it is kept or discarded
}

// Receive reads a file to its end, at most so many bytes. It gives ErrTooLarge for a
// longer one. The caller keeps or discards the draft.
func (s *Store) Receive(r io.Reader, most int64) (_ *Draft, err error) {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the directory of statements: %w", err)
	}
	file, err := os.CreateTemp(s.dir, incoming+"*") // 0600
	if err != nil {
		return nil, fmt.Errorf("making a file: %w", err)
	}
	d := &Draft{store: s, file: file}
	defer func() {
		if err != nil {
			d.Discard()
		}
	}()
	sum := sha256.New()
	d.Bytes, err = io.Copy(io.MultiWriter(file, sum), io.LimitReader(r, most+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("receiving a file: %w", err)
	case d.Bytes > most:
		return nil, ErrTooLarge
	}
	d.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return d, nil
}

// IsPDF says whether the file begins as a PDF does.
func (d *Draft) IsPDF() (bool, error) {
	head := make([]byte, 1024) // where the mark may stand
	n, err := d.file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return false, fmt.Errorf("reading a file: %w", err)
	}
	return bytes.Contains(head[:n], []byte("%PDF-")), nil
}

// IsText says whether the file is text in UTF-8.
func (d *Draft) IsText() (bool, error) {
	r := io.NewSectionReader(d.file, 0, d.Bytes)
	piece := make([]byte, 64<<10)
	for begun := 0; ; { // bytes of a character whose rest is still to come
		n, err := r.Read(piece[begun:])
		if err == io.EOF {
			return begun == 0, nil
		}
		if err != nil {
			return false, fmt.Errorf("reading a file: %w", err)
		}
		text := piece[:begun+n]
		whole := len(text) - unfinished(text)
		if !utf8.Valid(text[:whole]) || bytes.IndexByte(text, 0) >= 0 {
			return false, nil
		}
		begun = copy(piece, text[whole:])
	}
}

// unfinished is how many bytes at the end of a text may begin a character.
func unfinished(text []byte) int {
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if end := text[len(text)-n:]; utf8.RuneStart(end[0]) {
			if utf8.FullRune(end) {
				return 0
			}
			return n
		}
	}
	return 0
}

// Keep stores the draft as the file of a statement. It is durable once Keep has
// returned nil. Otherwise the draft is gone, and [Store.Remove] removes what may be there of the file.
func (d *Draft) Keep(debate, id string) (err error) {
	d.done = true
	folder := d.store.folder(debate)
	err = errors.Join(d.file.Sync(), d.file.Close())
	if err == nil {
		err = os.MkdirAll(folder, 0o700)
	}
	kept := filepath.Join(folder, fileName(id, d.SHA256))
	if err == nil {
		err = os.Rename(d.file.Name(), kept)
	}
	if err == nil {
		err = errors.Join(syncDir(folder), syncDir(d.store.dir))
	}
	if err != nil {
		_ = os.Remove(d.file.Name())
		return fmt.Errorf("storing a file: %w", err)
	}
	return nil
}

// Discard throws the draft away, unless it was kept.
func (d *Draft) Discard() {
	if d.done {
		return
	}
	d.done = true
	_ = d.file.Close()
	_ = os.Remove(d.file.Name()) // what stays is swept at the next start
}

// CopyTo copies the files into a new directory, as they are while the server runs, until the context ends.
// It copies nothing and makes no directory where there are none.
func (s *Store) CopyTo(ctx context.Context, dir string) error {
	if _, err := os.Stat(s.dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return filepath.WalkDir(s.dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) && path != s.dir:
			return nil // removed meanwhile
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		}
		relative, err := filepath.Rel(s.dir, path)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, relative)
		switch {
		case entry.IsDir():
			return os.Mkdir(to, 0o700)
		case !strings.HasSuffix(entry.Name(), extension):
			return nil
		}
		return copyFile(path, to)
	})
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // removed meanwhile
	}
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

const extension = ".statement"

// fileName is safe on every file system, whatever the id: no two ids that differ only in
// case have one, and no other content has it.
func fileName(id, sum string) string {
	h := sha256.Sum256([]byte(id + "\n" + sum))
	return hex.EncodeToString(h[:16]) + extension
}

// syncDir makes a rename durable. Not every system can.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	_ = d.Sync()
	return nil
}
