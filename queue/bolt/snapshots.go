package bolt

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// A snapshot's file:
//
//	magic     8 bytes   snapshotMagic, whose last byte is the version
//	debate    uvarint length, bytes
//	epoch     uvarint length, bytes
//	n         8 bytes   little-endian; the last entry in it
//	sum       4 bytes   little-endian; that entry's checksum in the journal
//	snapshot  the rest, but for
//	sum       4 bytes   little-endian; CRC-32C of all before
const snapshotMagic = "rostsnp\x01"

// Snapshots keeps the newest snapshot of one debate in a file. It is safe for concurrent use.
type Snapshots struct {
	journal *Journal
	mu      sync.Mutex
}

func (s *Snapshots) path() string {
	return filepath.Join(s.journal.store.dir, snapshotsDir, s.journal.debate+".snap")
}

// header is what a snapshot's file begins with.
func (s *Snapshots) header(n int64, sum uint32) []byte {
	b := []byte(snapshotMagic)
	for _, v := range []string{s.journal.debate, s.journal.epoch} {
		b = binary.AppendUvarint(b, uint64(len(v)))
		b = append(b, v...)
	}
	b = binary.LittleEndian.AppendUint64(b, uint64(n))
	return binary.LittleEndian.AppendUint32(b, sum)
}

// Save implements queue.Snapshots. The entry n must be in the journal.
func (s *Snapshots) Save(ctx context.Context, n int64, snapshot []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.journal.store.toRead {
		return errToRead
	}
	if last := s.journal.Last(); n < 1 || n > last {
		return fmt.Errorf("saving a snapshot of debate %s after entry %d: the journal has 1 to %d", s.journal.debate, n, last)
	}
	proof, err := s.journal.sumAt(n)
	if err != nil {
		return s.journal.corrupt(n-1, s.journal.Last(), err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := append(s.header(n, proof), snapshot...)
	b = binary.LittleEndian.AppendUint32(b, sum(b))
	return explain("saving "+s.path(), writeFile(s.path(), b))
}

// Load implements queue.Snapshots. A snapshot that is damaged, of another debate or epoch, or of
// a history that the journal does not have, counts as none; why is logged. The only error is
// the context's.
func (s *Snapshots) Load(ctx context.Context) (int64, []byte, error) {
	if err := ctx.Err(); err != nil {
		return 0, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := os.ReadFile(s.path())
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil, nil
	}
	var n int64
	if err == nil {
		n, b, err = s.open(b)
	}
	if err != nil {
		s.journal.store.log.Warn("snapshot not used, the journal is replayed", "file", s.path(), "err", err)
		return 0, nil, nil
	}
	return n, b, nil
}

// open verifies a snapshot's file.
func (s *Snapshots) open(b []byte) (n int64, snapshot []byte, err error) {
	size := len(s.header(0, 0))
	if len(b) < size+4 {
		return 0, nil, errors.New("it is too short")
	}
	if string(b[:len(snapshotMagic)]) != snapshotMagic {
		return 0, nil, errors.New("it is of another kind or version")
	}
	end := len(b) - 4
	if sum(b[:end]) != binary.LittleEndian.Uint32(b[end:]) {
		return 0, nil, errChecksum
	}
	n = int64(binary.LittleEndian.Uint64(b[size-12:]))
	proof := binary.LittleEndian.Uint32(b[size-4:])
	if string(b[:size]) != string(s.header(n, proof)) {
		return 0, nil, errors.New("it is of another debate or epoch")
	}
	if last := s.journal.Last(); n < 1 || n > last {
		return 0, nil, fmt.Errorf("it was made after entry %d, but the journal ends with %d", n, last)
	}
	if got, err := s.journal.sumAt(n); err != nil || got != proof {
		return 0, nil, errors.Join(errors.New("it is of another history"), err)
	}
	return n, b[size:end:end], nil
}
