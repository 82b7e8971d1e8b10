package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.etcd.io/bbolt"
)

// scan is what can be found in a damaged file without its trees: every leaf page, in use or
// not, gives what it holds. The chain of checksums says which records belong to which
// journal, and in which order; since entries never change, an old copy is as good as a new one.
type scan struct {
	secret   []byte
	journals map[string]*finding
	records  map[int64][][]byte // by the number of their first entry, of all journals
}

// scanPages reads every leaf page of the file.
func scanPages(data []byte, pageSize int) *scan {
	s := &scan{journals: map[string]*finding{}, records: map[int64][][]byte{}}
	for at := 0; at+pageHeader <= len(data); at += pageSize {
		if order.Uint64(data[at:]) != uint64(at/pageSize) {
			continue
		}
		end := at + (int(order.Uint32(data[at+12:]))+1)*pageSize
		s.leaf(data[at:min(max(end, at+pageHeader), len(data))])
	}
	return s
}

// leaf takes what is in a leaf page, and in the buckets that lie within it.
func (s *scan) leaf(p []byte) {
	if len(p) < pageHeader || order.Uint16(p[8:]) != leafPage {
		return
	}
	count := int(order.Uint16(p[10:]))
	for i := range count {
		e, _, ok := leafElement(p, i, count)
		if !ok {
			continue
		}
		if e.bucket {
			if order.Uint64(e.value) == 0 {
				s.leaf(e.value[bucketSize:])
			}
			continue
		}
		s.value(e.key, e.value)
	}
}

func (s *scan) value(key, value []byte) {
	if n, ok := recordNumber(key); ok {
		for _, r := range s.records[n] {
			if bytes.Equal(r, value) {
				return
			}
		}
		s.records[n] = append(s.records[n], value)
		return
	}
	v, err := unseal(string(key), value)
	if err != nil {
		return
	}
	debate, ok := strings.CutPrefix(string(key), journalPrefix)
	switch {
	case ok && len(v) == idSize+epochSize && debateID.MatchString(debate):
		s.journals[debate] = newFinding(v)
	case string(key) == secretKey && len(v) == secretSize:
		s.secret = v
	}
}

// chain gives the records that follow before, up to entry limit, and their last entry. Where two of them fit, the one that
// leads further is right: the other was never acknowledged. Where that does not decide, it ends.
func (s *scan) chain(before link, limit int64) (records [][]byte, last link) {
	last = before
	for {
		var fit [][]byte
		var ends []link
		for _, r := range s.records[last.n+1] {
			if end, err := readRecord(r, last, nil); err == nil && end.n <= limit {
				fit, ends = append(fit, r), append(ends, end)
			}
		}
		switch len(fit) {
		case 0:
			return records, last
		case 1:
			records, last = append(records, fit[0]), ends[0]
			continue
		}
		var best [][]byte
		bestEnd, tie := last, false
		for i, r := range fit {
			rest, end := s.chain(ends[i], limit)
			tie = tie && end.n <= bestEnd.n || end.n == bestEnd.n
			if end.n > bestEnd.n {
				best, bestEnd = append([][]byte{r}, rest...), end
			}
		}
		if tie {
			return records, last
		}
		return append(records, best...), bestEnd
	}
}

// salvage puts what is sound in the file f into a new one, and keeps f under another name. found is
// what check found, nil where the file as such is damaged; cause is the damage.
func (s *Store) salvage(f *os.File, size int64, found *findings, cause *CorruptError) error {
	doing := "saving what is sound in " + f.Name()
	data := make([]byte, size)
	if n, err := f.ReadAt(data, 0); err != nil {
		return explain(doing, fmt.Errorf("after %d bytes: %w", n, err))
	}
	im := &image{r: f, size: size}
	sc := scanPages(data, im.findPageSize())
	if found != nil {
		sc.secret, sc.journals = found.secret, found.journals
	}
	if sc.secret == nil {
		sc.secret = random(secretSize) // the file DIR/secret, if there is one, is the right one
	}
	kept := freeName(f.Name() + ".damaged-")
	if len(sc.journals) == 0 {
		s.lost(relocated(cause, kept))
	}
	tmp, err := build(s.dir, sc.secret, func(tx *bbolt.Tx) error {
		for debate, j := range sc.journals {
			if err := s.restore(tx, sc, debate, j, found != nil, cause, kept); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return explain(doing, err)
	}
	return explain(doing, replace(tmp, f.Name(), kept))
}

// restore writes one journal into the new file. trusted: the file as such was sound, and
// j says where this journal ends.
func (s *Store) restore(tx *bbolt.Tx, sc *scan, debate string, j *finding, trusted bool, cause *CorruptError, kept string) error {
	limit, sound := int64(1<<62), trusted && j.bad == nil
	if sound {
		limit = j.last.n
	} else if trusted && j.bad.Last > 0 {
		limit = j.bad.Last
	}
	epoch := j.epoch
	if !sound {
		epoch = random(epochSize)
	}
	b, err := createJournal(tx, debate, j.id, epoch)
	if err != nil {
		return err
	}
	b.FillPercent = 1
	records, _ := sc.chain(start(j.id), limit)
	last := start(j.id)
	for _, r := range records {
		if err := b.Put(recordKey(last.n+1), r); err != nil {
			return err
		}
		if last, err = readRecord(r, last, nil); err != nil {
			return err
		}
	}
	if err := b.SetSequence(uint64(last.n)); err != nil {
		return err
	}
	if sound && last.n == j.last.n {
		return nil
	}
	loss := relocated(cause, kept)
	if j.bad != nil {
		loss = relocated(j.bad, kept)
	}
	loss.Debate, loss.Kept, loss.First = debate, last.n, last.n+1
	if cause.Debate != debate && j.bad == nil || loss.Last < loss.First {
		loss.Last, loss.After = 0, 0
	}
	s.lost(loss)
	return nil
}

func relocated(e *CorruptError, path string) *CorruptError {
	c := *e
	c.Path = path
	return &c
}

// freeName is the first name with this beginning and a number that no file has.
func freeName(beginning string) string {
	for i := 1; ; i++ {
		if name := fmt.Sprintf("%s%d", beginning, i); !exists(name) {
			return name
		}
	}
}

// replace gives the file at path the name kept, and that at tmp the name path.
func replace(tmp, path, kept string) error {
	if err := os.Link(path, kept); err != nil { // a file system without links
		if err := os.Rename(path, kept); err != nil {
			return err
		}
	}
	return errors.Join(os.Rename(tmp, path), syncDir(filepath.Dir(path)))
}
