package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

const (
	dbName       = "rostrum.db"
	snapshotsDir = "snapshots"

	// lockTimeout is how long bbolt waits for the lock, which Open has taken before.
	lockTimeout = 100 * time.Millisecond
)

// mmapSize is how much of the address space is set aside, so that a journal of the usual size is
// never mapped again while it grows: an Append would have to wait for those who read.
func mmapSize() int {
	switch {
	case runtime.GOOS == "windows": // where the file would become as large
		return 0
	case strconv.IntSize == 32:
		return 64 << 20
	}
	return 1 << 30
}

// Options of Open. The zero value is what a server uses.
type Options struct {
	// Logger is told what is done beyond what was asked: a secret restored, a snapshot not
	// used, a loss accepted. Nil discards it.
	Logger *slog.Logger

	// AcceptLoss opens a file that is damaged all the same: what is sound goes into a new
	// file, in which every journal that may have lost something has a new epoch; the damaged file is
	// kept beside it as rostrum.db.damaged-N. What was lost stands in Losses.
	AcceptLoss bool
}

// Store is a data directory, which it holds alone until Close, or with others that only read. It is safe for concurrent use.
type Store struct {
	dir    string
	toRead bool // nothing is ever written: see OpenToRead
	db     *bbolt.DB
	file   *os.File // the db's
	log    *slog.Logger
	secret []byte
	losses []*CorruptError

	write  sync.Mutex // one transaction that writes, and what is known of its end
	unsure bool       // guarded by write: the last commit failed, but may be there. See settle
	broken error      // guarded by write: bbolt panicked; nothing is written any more

	mu       sync.Mutex
	found    map[string]*finding // what Open found, until Journal asks for it
	journals map[string]*Journal
}

// Open opens the data directory, and makes it where there is none. It reads and checks
// the whole file, which takes about 1 ms for each 2 MB in memory.
//
// It returns ErrLocked, at once, when another server has it open; ErrNewer when it was
// written by a later version; a *CorruptError when the file as such is damaged (where damage is
// confined to the entries of a debate, or to the tree that holds them, Journal returns it); or the file system's error with
// what to do about it.
func Open(dir string, o Options) (*Store, error) {
	s := newStore(dir, o)
	if err := os.MkdirAll(filepath.Join(dir, snapshotsDir), 0o700); err != nil {
		return nil, explain("making the data directory "+dir, err)
	}
	if err := s.create(o.AcceptLoss); err != nil {
		return nil, err
	}
	err := s.open(o.AcceptLoss)
	if errors.Is(err, errSalvaged) {
		err = s.open(false)
	}
	if err != nil {
		return nil, err
	}
	if err := s.agreeOnSecret(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func newStore(dir string, o Options) *Store {
	s := &Store{dir: dir, log: o.Logger, journals: map[string]*Journal{}}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	return s
}

// Exists says whether there are data in a directory.
func Exists(dir string) bool { return exists(filepath.Join(dir, dbName)) }

// create makes the file where there is none. It is a loss if there was one.
func (s *Store) create(acceptLoss bool) error {
	path := filepath.Join(s.dir, dbName)
	if _, err := os.Stat(path); err == nil {
		return nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return explain("opening "+path, err)
	}
	secret := random(secretSize)
	if exists(filepath.Join(s.dir, secretName)) {
		loss := &CorruptError{Path: path, Err: fmt.Errorf("it is missing, though its secret is there: to begin anew, remove %s", filepath.Join(s.dir, secretName))}
		if !acceptLoss {
			return loss
		}
		s.lost(loss)
	}
	tmp, err := build(s.dir, secret, nil)
	if err == nil {
		if err = publish(tmp, path); errors.Is(err, fs.ErrExist) { // another server was quicker
			err = os.Remove(tmp)
		}
	}
	return explain("making "+path, err)
}

// errSalvaged: the file has been replaced and must be opened again.
var errSalvaged = errors.New("salvaged")

// open locks the file, checks it, and only then lets bbolt map it.
func (s *Store) open(acceptLoss bool) error {
	path := filepath.Join(s.dir, dbName)
	mode, mapped := os.O_RDWR, mmapSize()
	if s.toRead {
		mode, mapped = os.O_RDONLY, 0 // as large as the file, which does not grow
	}
	var release func()
	openFile := func(path string, _ int, _ os.FileMode) (f *os.File, err error) {
		if f, err = os.OpenFile(path, mode, 0); err != nil {
			return nil, err
		}
		defer func() {
			if err != nil {
				_ = f.Close()
			}
		}()
		if release, err = lock(f, !s.toRead); err != nil {
			return nil, err
		}
		if !s.toRead {
			sweep(s.dir)
		}
		if err = s.examine(f, acceptLoss); err == nil {
			release()
			s.file = f
		}
		return f, err
	}
	err := guard(func() (err error) {
		s.db, err = bbolt.Open(path, 0o600, &bbolt.Options{
			Timeout:         lockTimeout,
			ReadOnly:        s.toRead,
			FreelistType:    bbolt.FreelistMapType,
			InitialMmapSize: mapped,
			NoStatistics:    true,
			OpenFile:        openFile,
		})
		return err
	})
	var loss *CorruptError
	switch {
	case errors.Is(err, berrors.ErrTimeout) || errors.Is(err, ErrLocked):
		return fmt.Errorf("%w: %s. Stop it, or choose another data directory", ErrLocked, path)
	case errors.As(err, &loss), errors.Is(err, errSalvaged):
		return err
	case errors.Is(err, errFault):
		return &CorruptError{Path: path, Err: err}
	}
	if s.toRead {
		return explainReading("opening "+path, err)
	}
	return explain("opening "+path, err)
}

// examine checks the file and, where it is damaged and the loss accepted, replaces it.
func (s *Store) examine(f *os.File, acceptLoss bool) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return errors.New("it is not a regular file")
	}
	found, err := check(f, info.Size())
	var loss *CorruptError
	if err != nil && !errors.As(err, &loss) {
		return err
	}
	if loss != nil {
		loss.Path = f.Name()
		if !acceptLoss {
			return loss
		}
	}
	if found != nil {
		for _, j := range found.journals {
			if j.bad != nil {
				j.bad.Path = f.Name()
				loss = j.bad
			}
		}
		s.found = found.journals
	}
	if loss == nil || !acceptLoss {
		return nil
	}
	if err := s.salvage(f, info.Size(), found, loss); err != nil {
		return err
	}
	return errSalvaged
}

// Losses are what was given up when the store was opened with AcceptLoss; Path is the
// damaged file, which was kept.
func (s *Store) Losses() []*CorruptError { return slices.Clone(s.losses) }

func (s *Store) lost(e *CorruptError) {
	s.losses = append(s.losses, e)
	s.log.Error("journal damaged, loss accepted", "file", e.Path, "debate", e.Debate, "kept", e.Kept, "first_lost", e.First, "last_lost", e.Last, "where", e.Where, "err", e.Err)
}

// Debates are the debates that have a journal, sorted.
func (s *Store) Debates() ([]string, error) {
	var debates []string
	err := s.view(func(tx *bbolt.Tx) error {
		c := tx.Cursor() // which opens no bucket: one may be damaged
		for name, _ := c.First(); name != nil; name, _ = c.Next() {
			if debate, ok := strings.CutPrefix(string(name), journalPrefix); ok {
				debates = append(debates, debate)
			}
		}
		return nil
	})
	return debates, err
}

var debateID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// Journal gives the journal of a debate, and makes it where there is none and the store may be written. Two calls give the same
// one. If its entries are damaged, it returns a *CorruptError and the other debates are not affected.
func (s *Store) Journal(debate string) (*Journal, error) {
	if !debateID.MatchString(debate) {
		return nil, fmt.Errorf("journal of debate %q: %w", debate, ErrDebate)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if j := s.journals[debate]; j != nil {
		return j, nil
	}
	f := s.found[debate]
	if f == nil && s.toRead {
		return nil, fmt.Errorf("journal of debate %s: %w", debate, errToRead)
	}
	if f == nil {
		f = newFinding(append(random(idSize), random(epochSize)...))
		err := s.update(func(tx *bbolt.Tx) error {
			_, err := createJournal(tx, debate, f.id, f.epoch)
			return err
		})
		if err != nil {
			return nil, explain("making the journal of debate "+debate, err)
		}
	}
	if f.bad != nil {
		return nil, f.bad
	}
	j := newJournal(s, debate, f)
	s.journals[debate] = j
	return j, nil
}

// Size is how many bytes of the file are in use, for all journals.
func (s *Store) Size() (bytes int64, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		bytes = tx.Size()
		return nil
	})
	return bytes, err
}

// Close waits for what is under way and releases the directory. Afterwards every call fails.
func (s *Store) Close() error {
	s.write.Lock()
	defer s.write.Unlock()
	if s.db == nil {
		return nil
	}
	return guard(s.db.Close)
}
