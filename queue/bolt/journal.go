package bolt

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"rostrum/queue"
)

// readAhead is about how much Read copies at a time, so that it neither holds up a
// writer nor calls its caller while it has a transaction.
const readAhead = 256 << 10

var (
	_ queue.Journal   = (*Journal)(nil)
	_ queue.Snapshots = (*Snapshots)(nil)
)

// Journal is the journal of one debate. It is safe for concurrent use.
type Journal struct {
	store  *Store
	debate string
	bucket []byte
	id     []byte
	epoch  string

	snaps Snapshots

	append sync.Mutex // one Append at a time
	buf    []byte     // guarded by append: for the next record

	mu     sync.Mutex
	last   link
	unsure bool // an Append failed: last must be read again
}

func newJournal(s *Store, debate string, f *finding) *Journal {
	j := &Journal{
		store:  s,
		debate: debate,
		bucket: []byte(journalPrefix + debate),
		id:     f.id,
		epoch:  hex.EncodeToString(f.epoch),
		last:   f.last,
	}
	j.snaps.journal = j
	return j
}

// Epoch names this history. It is chosen at random when the journal is made, and
// again when entries may have been lost: in a backup, and when a loss was accepted. An
// entry's number means the same entry as long as the epoch is the same.
func (j *Journal) Epoch() string { return j.epoch }

// Last is the number of the last entry, 0 where there is none. After an Append has failed it is the
// number before, until Read or Append has found out.
func (j *Journal) Last() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.last.n
}

// Snapshots keeps the snapshots of this journal.
func (j *Journal) Snapshots() *Snapshots { return &j.snaps }

// Append implements queue.Journal: one transaction, two fdatasyncs. The context is looked at
// before, not during, the commit. A first that is not Last+1 is ErrGap. A full disk is an
// error that passes: once there is room, the same Append goes through.
func (j *Journal) Append(ctx context.Context, first int64, entries [][]byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j.append.Lock()
	defer j.append.Unlock()
	last, err := j.end()
	if err != nil {
		return j.explain("append", err)
	}
	if first != last.n+1 {
		return fmt.Errorf("append to the journal of debate %s: %w: %d, expected %d", j.debate, ErrGap, first, last.n+1)
	}
	if len(entries) == 0 {
		return nil
	}
	value, proof := appendRecord(j.buf[:0], last.sum, first, entries)
	last = link{last.n + int64(len(entries)), proof}
	err = j.store.update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(j.bucket)
		b.FillPercent = 1 // records only come at the end
		return errors.Join(b.Put(recordKey(first), value), b.SetSequence(uint64(last.n)))
	})
	if cap(value) <= readAhead {
		j.buf = value // bbolt keeps no reference after the transaction
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err != nil {
		j.unsure = true
		return j.explain("append", err)
	}
	j.last = last
	return nil
}

// end is the last entry. After a failure it finds out, durably.
func (j *Journal) end() (link, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.unsure {
		return j.last, nil
	}
	if err := j.store.settle(); err != nil {
		return link{}, err
	}
	err := j.store.view(func(tx *bbolt.Tx) (err error) {
		last := start(j.id)
		k, v := tx.Bucket(j.bucket).Cursor().Last()
		if n, ok := recordNumber(k); ok {
			last, err = lastOf(v, n)
		}
		if err == nil {
			j.last, j.unsure = last, false
		}
		return err
	})
	return j.last, err
}

// Read implements queue.Journal, up to the entry that is the last when it begins. f may call the
// journal. A damaged entry is a *CorruptError.
func (j *Journal) Read(ctx context.Context, after int64, f func(n int64, entry []byte) error) error {
	end, err := j.end()
	if err != nil {
		return j.explain("read", err)
	}
	after = max(after, 0)
	if after >= end.n {
		return nil
	}
	before, err := j.recordBefore(after + 1)
	if err != nil {
		return j.corrupt(after, end.n, err)
	}
	var stop error
	pass := func(n int64, entry []byte) error {
		if n > after && n <= end.n {
			stop = f(n, entry)
		}
		return stop
	}
	var buf []byte
	for before.n < end.n {
		var sizes []int
		if buf, sizes, err = j.copyRecords(before.n+1, buf[:0]); err != nil {
			return j.corrupt(before.n, end.n, err)
		}
		rest := buf
		for _, size := range sizes {
			if err := ctx.Err(); err != nil {
				return err
			}
			next, err := readRecord(rest[:size], before, pass)
			if stop != nil {
				return stop
			}
			if err != nil {
				return j.corrupt(next.n, end.n, err)
			}
			before, rest = next, rest[size:]
		}
	}
	return nil
}

// seek puts a cursor on the record that holds entry n.
func seek(c *bbolt.Cursor, n int64) (key, value []byte) {
	key, value = c.Seek(recordKey(n))
	switch {
	case key == nil:
		return c.Last()
	case !bytes.Equal(key, recordKey(n)):
		return c.Prev()
	}
	return key, value
}

// recordBefore gives the end of the record before the one that holds entry n.
func (j *Journal) recordBefore(n int64) (link, error) {
	before := start(j.id)
	err := j.store.view(func(tx *bbolt.Tx) (err error) {
		c := tx.Bucket(j.bucket).Cursor()
		seek(c, n)
		k, v := c.Prev()
		if first, ok := recordNumber(k); ok {
			before, err = lastOf(v, first)
		}
		return err
	})
	return before, err
}

// copyRecords copies the records from the one that begins with entry n on, about readAhead of them, to
// buf, and gives their sizes.
func (j *Journal) copyRecords(n int64, buf []byte) ([]byte, []int, error) {
	var sizes []int
	err := j.store.view(func(tx *bbolt.Tx) error {
		c := tx.Bucket(j.bucket).Cursor()
		k, v := c.Seek(recordKey(n))
		if !bytes.Equal(k, recordKey(n)) {
			return errors.New("the record is missing")
		}
		for ; k != nil && (len(sizes) == 0 || len(buf)+len(v) <= readAhead); k, v = c.Next() {
			buf = append(buf, v...)
			sizes = append(sizes, len(v))
		}
		return nil
	})
	return buf, sizes, err
}

// sumAt is the checksum of entry n, which proves the history up to it.
func (j *Journal) sumAt(n int64) (proof uint32, err error) {
	err = j.store.view(func(tx *bbolt.Tx) error {
		k, v := seek(tx.Bucket(j.bucket).Cursor(), n)
		at, _ := recordNumber(k)
		found := false
		err := splitRecord(v, func(s uint32, _ []byte) error {
			if at == n {
				proof, found = s, true
			}
			at++
			return nil
		})
		if err == nil && !found {
			err = errors.New("the entry is missing")
		}
		return err
	})
	return proof, err
}

func (j *Journal) explain(doing string, err error) error {
	return explain(doing+": journal of debate "+j.debate, err)
}

// corrupt reports that the entries after kept cannot be read.
func (j *Journal) corrupt(kept, last int64, err error) error {
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return j.explain("read", err)
	}
	return &CorruptError{Path: j.store.db.Path(), Debate: j.debate, Kept: kept, First: kept + 1, Last: last, Where: "bucket " + string(j.bucket), Err: err}
}
