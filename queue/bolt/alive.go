package bolt

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
)

// aliveName is the file that says when the server was last there. It is no part of the
// journal: losing it loses no more than how long the server was away.
const aliveName = "alive"

// The file has two places, written in turn, so that one that is torn leaves the other.
// Each holds the mark, how long what is said is, that itself, and a checksum over them, and has a page of the disk to itself. An
// earlier version wrote the older mark, the instant and their checksum.
const (
	aliveMark  = "rostrum2"
	aliveHead  = len(aliveMark) + 2
	olderMark  = "rostrum1"
	olderSize  = len(olderMark) + 8 + 4
	alivePlace = 4096
)

// There is what a server says when it says that it is there.
type There struct {
	// At is the instant of the debates, in milliseconds since 1970-01-01 UTC, 0 where none is known.
	At int64 `json:"at_ms"`
	// Wall, Awake and Boot are what the machine's clocks said then, in nanoseconds, and Start names the start of the machine
	// in which Awake and Boot count. They are zero where they are not known.
	Wall  int64  `json:"wall_ns,omitempty"`
	Awake int64  `json:"awake_ns,omitempty"`
	Boot  int64  `json:"boot_ns,omitempty"`
	Start string `json:"start,omitempty"`
}

// Alive says from time to time that the server is there, so that after a crash it is known
// since when it was not. One goroutine uses it at a time.
type Alive struct {
	path  string
	store *Store
	file  *os.File // nil before the first Say
	last  There
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
		if said, ok := aliveAt(text, int(place)*alivePlace); ok && later(said, a.last) {
			a.last, a.place = said, 1-place
		}
	}
	return a, nil
}

// later says whether something was said after something else: it may be of the same instant.
func later(a, b There) bool {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Boot, b.Boot), cmp.Compare(a.Wall, b.Wall)) > 0
}

// aliveAt is what was said in a place of the file, if it was written there wholly.
func aliveAt(text []byte, offset int) (There, bool) {
	if len(text) < offset {
		return There{}, false
	}
	text = text[offset:min(len(text), offset+alivePlace)]
	if at, ok := olderAt(text); ok {
		return There{At: at}, true
	}
	if len(text) < aliveHead || string(text[:len(aliveMark)]) != aliveMark {
		return There{}, false
	}
	end := aliveHead + int(binary.BigEndian.Uint16(text[len(aliveMark):]))
	if len(text) < end+4 || crc32.ChecksumIEEE(text[:end]) != binary.BigEndian.Uint32(text[end:]) {
		return There{}, false
	}
	var said There
	return said, json.Unmarshal(text[aliveHead:end], &said) == nil
}

// olderAt is the instant that an earlier version has said.
func olderAt(text []byte) (int64, bool) {
	if len(text) < olderSize {
		return 0, false
	}
	body, sum := text[:olderSize-4], binary.BigEndian.Uint32(text[olderSize-4:])
	if string(body[:len(olderMark)]) != olderMark || crc32.ChecksumIEEE(body) != sum {
		return 0, false
	}
	return int64(binary.BigEndian.Uint64(body[len(olderMark):])), true
}

// Last is what was said last.
func (a *Alive) Last() There { return a.last }

// Say says that the server is there. When it returns nil, that survives the loss of power.
func (a *Alive) Say(there There) error {
	if a.store.toRead {
		return errToRead
	}
	if a.file == nil {
		if err := a.open(); err != nil {
			return explain("writing "+a.path, err)
		}
	}
	said, err := encodeAlive(there)
	if err != nil {
		return fmt.Errorf("saying that the server is there: %w", err)
	}
	if _, err = a.file.WriteAt(said, a.place*alivePlace); err == nil {
		err = datasync(a.file)
	}
	if err != nil {
		return explain("writing "+a.path, err)
	}
	a.last, a.place = there, 1-a.place
	return nil
}

func encodeAlive(there There) ([]byte, error) {
	body, err := json.Marshal(there)
	if err != nil {
		return nil, err
	}
	said := binary.BigEndian.AppendUint16([]byte(aliveMark), uint16(len(body)))
	said = append(said, body...)
	return binary.BigEndian.AppendUint32(said, crc32.ChecksumIEEE(said)), nil
}

// open opens the file, and makes it where there is none.
func (a *Alive) open() error {
	file, err := os.OpenFile(a.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	// Its name and size are durable now, so that later only what is said must be made so.
	err = file.Truncate(2 * alivePlace)
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
