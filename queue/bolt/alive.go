package bolt

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
)

// aliveName is the file that says when the server was last there. It is no part of the
// journal: losing it loses no more than how long the server was away.
const aliveName = "alive"

// The file has two places, written in turn, so that one that is torn leaves the other.
// Each holds the mark, the instant and their checksum, and has a page of the disk to itself.
const (
	aliveMark  = "rostrum1"
	aliveSize  = len(aliveMark) + 8 + 4
	alivePlace = 4096
)

// Alive says from time to time that the server is there, so that after a crash it is known
// since when it was not. One goroutine uses it at a time.
type Alive struct {
	path  string
	store *Store
	file  *os.File // nil before the first Say
	last  int64
	place int64 // where the next one is written
}

// Alive is the data directory's.
func (s *Store) Alive() (*Alive, error) {
	a := &Alive{path: filepath.Join(s.dir, aliveName), store: s}
	text, err := os.ReadFile(a.path)
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil
	}
	if err != nil {
		return nil, explain("reading "+a.path, err)
	}
	for place := range int64(2) {
		if at, ok := aliveAt(text, int(place)*alivePlace); ok && at > a.last {
			a.last, a.place = at, 1-place
		}
	}
	return a, nil
}

// aliveAt is the instant in a place of the file, if it was written there wholly.
func aliveAt(text []byte, offset int) (int64, bool) {
	if len(text) < offset+aliveSize {
		return 0, false
	}
	said := text[offset : offset+aliveSize]
	body, sum := said[:aliveSize-4], binary.BigEndian.Uint32(said[aliveSize-4:])
	if string(body[:len(aliveMark)]) != aliveMark || crc32.ChecksumIEEE(body) != sum {
		return 0, false
	}
	return int64(binary.BigEndian.Uint64(body[len(aliveMark):])), true
}

// Last is the last instant that was said, in milliseconds since 1970-01-01 UTC, 0 where none is known.
func (a *Alive) Last() int64 { return a.last }

// Say says that the server is there at an instant. When it returns nil, that survives the loss of power.
func (a *Alive) Say(now int64) error {
	if a.store.toRead {
		return errToRead
	}
	if a.file == nil {
		if err := a.open(); err != nil {
			return explain("writing "+a.path, err)
		}
	}
	said := binary.BigEndian.AppendUint64([]byte(aliveMark), uint64(now))
	said = binary.BigEndian.AppendUint32(said, crc32.ChecksumIEEE(said))
	_, err := a.file.WriteAt(said, a.place*alivePlace)
	if err == nil {
		err = datasync(a.file)
	}
	if err != nil {
		return explain("writing "+a.path, err)
	}
	a.last, a.place = now, 1-a.place
	return nil
}

// open opens the file, and makes it where there is none.
func (a *Alive) open() error {
	file, err := os.OpenFile(a.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	// Its name and size are durable now, so that later only what is said must be made so.
	err = file.Truncate(alivePlace + int64(aliveSize))
	if err = errors.Join(err, file.Sync(), syncDir(filepath.Dir(a.path))); err != nil {
		return errors.Join(err, file.Close())
	}
	a.file = file
	return nil
}

// Close closes the file.
func (a *Alive) Close() error {
	if a.file == nil {
		return nil
	}
	return a.file.Close()
}
