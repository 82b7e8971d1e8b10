package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

const (
	aboutBucket   = "about"
	journalPrefix = "journal/" // before a debate's name: its bucket, and its key in "about"
	markerKey     = "\x00"     // in a journal, before its records
	formatKey     = "format"
	secretKey     = "secret"
	format        = 1
	secretSize    = 32
	idSize        = 8 // of a journal
	epochSize     = 8
)

// findings are what check found in a file.
type findings struct {
	secret   []byte
	journals map[string]*finding
}

// finding is a debate's journal as it was found.
type finding struct {
	id    []byte
	epoch []byte
	last  link          // the last entry that is sound, with all before it
	bad   *CorruptError // what follows it, if anything is lost
}

// start is the link before a journal's first entry.
func start(id []byte) link { return link{0, sum(id)} }

// check reads a whole file. It fails with a *CorruptError (its Path is left to the caller) where
// the file as such does not hold together and must not be given to bbolt. What is wrong within a
// debate's records, or the tree that holds them, stands in its finding, so that other debates can go on: bbolt
// reads no page of a bucket that is not asked for. There are findings also beside a *CorruptError, if it is possible to say
// which debates are sound.
func check(r io.ReaderAt, size int64) (*findings, error) {
	im, err := openImage(r, size)
	if err != nil {
		return nil, corrupt(err)
	}
	if im.metaErr != nil {
		return nil, corrupt(im.metaErr)
	}
	found := &findings{journals: map[string]*finding{}}
	buckets := map[string]element{}
	err = im.tree(im.rootBucket(), 0, func(e element) error {
		if !e.bucket {
			return e.damaged("", "a value where a bucket should be")
		}
		e.key, e.value = bytes.Clone(e.key), bytes.Clone(e.value)
		buckets[string(e.key)] = e
		return nil
	})
	if err != nil {
		return nil, corrupt(err)
	}
	about, ok := buckets[aboutBucket]
	if !ok {
		return nil, corrupt(&damage{"bucket " + aboutBucket, errors.New("it is missing")})
	}
	if err := found.readAbout(im, about); err != nil {
		return nil, corrupt(err)
	}
	broken := false // a tree, so that not all pages can be found
	for _, debate := range slices.Sorted(maps.Keys(found.journals)) {
		name, j := journalPrefix+debate, found.journals[debate]
		bucket, ok := buckets[name]
		if !ok {
			j.bad = &CorruptError{Debate: debate, First: 1, Where: "bucket " + name, Err: errors.New("it is missing")}
			if err == nil {
				err = j.bad
			}
			continue
		}
		delete(buckets, name)
		// The pages that a broken tree leads to may be another's.
		owned := slices.Clone(im.owned)
		if whole := j.read(im, debate, bucket); !whole {
			im.owned, broken = owned, true
		}
	}
	delete(buckets, aboutBucket)
	for name := range buckets {
		if err == nil {
			err = corrupt(&damage{fmt.Sprintf("bucket %q", name), errors.New("it is not known")})
		}
	}
	if err == nil {
		err = corrupt(im.free(0, broken))
	}
	return found, err
}

// readAbout reads the bucket "about".
func (found *findings) readAbout(im *image, about element) error {
	hasFormat := false
	err := im.tree(about, 0, func(e element) error {
		key := string(e.key)
		if e.bucket {
			return e.damaged(aboutBucket, "a bucket where a value should be")
		}
		v, err := unseal(key, e.value)
		if err != nil {
			return e.damaged(aboutBucket, err.Error())
		}
		debate, isJournal := strings.CutPrefix(key, journalPrefix)
		switch {
		case key == formatKey && len(v) == 1:
			if v[0] != format {
				return ErrNewer
			}
			hasFormat = true
		case key == secretKey && len(v) == secretSize:
			found.secret = v
		case isJournal && len(v) == idSize+epochSize:
			found.journals[debate] = newFinding(v)
		default:
			return ErrNewer
		}
		return nil
	})
	if err == nil && (!hasFormat || found.secret == nil) {
		return &damage{"bucket " + aboutBucket, errors.New("the format or the secret is missing")}
	}
	return err
}

// newFinding is an empty journal, given what "about" says of it.
func newFinding(v []byte) *finding {
	return &finding{id: v[:idSize:idSize], epoch: v[idSize:], last: start(v[:idSize])}
}

// read verifies the records of a debate, and says whether the tree that holds them is whole.
func (j *finding) read(im *image, debate string, bucket element) (whole bool) {
	name, seq := journalPrefix+debate, sequence(bucket)
	var end int64 // the last number seen, sound or not
	before := j.last
	after := int64(0)
	spoil := func(where string, err error) {
		if j.bad == nil {
			j.bad = &CorruptError{Debate: debate, Kept: j.last.n, First: j.last.n + 1, Where: where, Err: err}
		}
	}
	marked := false
	err := im.tree(bucket, 0, func(e element) error {
		if e.bucket && string(e.key) == markerKey {
			marked = order.Uint64(e.value) == 0 // it is empty and has no page of its own
			return nil
		}
		first, ok := recordNumber(e.key)
		where := fmt.Sprintf("page %d, byte %d, bucket %s, key %d", e.page, e.at, name, first)
		if e.bucket || !ok {
			spoil(where, errRecord)
			return nil
		}
		if first != before.n+1 {
			spoil(where, fmt.Errorf("entries are missing: found %d, expected %d", first, before.n+1))
		}
		last, err := lastOf(e.value, first)
		end = max(end, last.n)
		if err == nil {
			if j.bad == nil {
				last, err = readRecord(e.value, before, nil)
			} else if before.n == first-1 {
				_, err = readRecord(e.value, before, nil)
			}
		}
		if err != nil {
			spoil(where, err)
		} else if j.bad == nil {
			j.last = last
		} else {
			after += last.n - first + 1
		}
		before = last
		return nil
	})
	if err != nil {
		spoil("", err)
		var d *damage
		if errors.As(err, &d) {
			j.bad.Where, j.bad.Err = d.where+", bucket "+name, d.err
		}
	} else if !marked {
		spoil("bucket "+name, errors.New("its beginning is missing"))
	} else if end != seq {
		spoil("bucket "+name, fmt.Errorf("the last record ends with entry %d, but the bucket says %d", end, seq))
	}
	if j.bad == nil {
		return true
	}
	j.bad.After = after
	if j.bad.Last = max(end, seq); j.bad.Last < j.bad.First || seq < 0 || end > seq && err == nil {
		j.bad.Last = max(end, 0)
	}
	if j.bad.Last < j.bad.First {
		j.bad.Last = 0
	}
	return err == nil
}

// damaged is a *damage at the element.
func (e element) damaged(bucket, text string) error {
	return &damage{fmt.Sprintf("page %d, byte %d, bucket %s, key %q", e.page, e.at, bucket, e.key), errors.New(text)}
}

// corrupt makes a *CorruptError of a *damage and leaves other errors as they are.
func corrupt(err error) error {
	if err == nil {
		return nil
	}
	var d *damage
	if !errors.As(err, &d) {
		return err
	}
	return &CorruptError{Where: d.where, Err: d.err}
}
