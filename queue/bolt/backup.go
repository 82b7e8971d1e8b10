package bolt

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"go.etcd.io/bbolt"
)

// backupInMemory is how large a copy may be to be made in memory before it is written: as long as a reader of the
// file is at work, no page is used again, and where the file would be mapped anew an Append waits. A larger
// one is written while it is read.
const backupInMemory = 64 << 20

// Backup writes a copy of all journals and the secret, as they are at one instant, to w, and returns its size. It
// may run while entries are appended, and needs no room on the disk. The copy is a complete rostrum.db, in which every journal
// has a new epoch: what is restored from it is a history of its own. What was written before an
// error is no whole file, and is reported as damaged by who opens it.
func (s *Store) Backup(w io.Writer) (n int64, err error) {
	var made bytes.Buffer
	err = s.view(func(tx *bbolt.Tx) error {
		renewed, err := s.renewedEpochs(tx)
		if err != nil {
			return err
		}
		to := w
		if tx.Size() <= backupInMemory {
			made.Grow(int(tx.Size()))
			to = &made
		}
		n, err = tx.WriteTo(&patching{w: to, patches: renewed})
		return err
	})
	if err == nil && made.Len() > 0 {
		n, err = made.WriteTo(w)
	}
	return n, explain("making a backup of "+s.dir, err)
}

// patch is what stands in a copy from a byte of the file on.
type patch struct {
	at   int64
	text []byte
}

// renewedEpochs gives each journal of a copy a new epoch, in the place and the length of the old one.
func (s *Store) renewedEpochs(tx *bbolt.Tx) ([]patch, error) {
	im := &image{r: s.file, size: tx.Size(), pageSize: s.db.Info().PageSize, root: uint64(tx.Cursor().Bucket().Root())}
	im.high = uint64(im.size) / uint64(im.pageSize)
	im.owned = make([]bool, im.high)
	var about element
	err := im.tree(im.rootBucket(), 0, func(e element) error {
		if string(e.key) == aboutBucket && e.bucket {
			about = e
			about.key, about.value = bytes.Clone(e.key), bytes.Clone(e.value)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if about.value == nil {
		return nil, errors.New("there is nothing that says what is in the file")
	}
	var renewed []patch
	err = im.tree(about, 0, func(e element) error {
		key := string(e.key)
		if !strings.HasPrefix(key, journalPrefix) {
			return nil
		}
		v, err := unseal(key, e.value)
		if err != nil || len(v) != idSize+epochSize {
			return errors.Join(fmt.Errorf("what is said of %s cannot be read", key), err)
		}
		renewed = append(renewed, patch{e.at + int64(len(key)), seal(key, append(v[:idSize], random(epochSize)...))})
		return nil
	})
	slices.SortFunc(renewed, func(a, b patch) int { return cmp.Compare(a.at, b.at) })
	return renewed, err
}

// patching writes what it is given with patches, which are in the order of their places.
type patching struct {
	w       io.Writer
	n       int64 // bytes written
	patches []patch
}

func (p *patching) Write(b []byte) (int, error) {
	end := p.n + int64(len(b))
	var changed []byte
	for _, patch := range p.patches {
		if patch.at >= end {
			break
		}
		if changed == nil {
			changed = bytes.Clone(b)
		}
		// A part of it may be in what was written before, or comes next.
		if skip := p.n - patch.at; skip > 0 {
			copy(changed, patch.text[min(skip, int64(len(patch.text))):])
		} else {
			copy(changed[-skip:], patch.text)
		}
	}
	for len(p.patches) > 0 && p.patches[0].at+int64(len(p.patches[0].text)) <= end {
		p.patches = p.patches[1:]
	}
	if changed != nil {
		b = changed
	}
	n, err := p.w.Write(b)
	p.n += int64(n)
	return n, err
}
