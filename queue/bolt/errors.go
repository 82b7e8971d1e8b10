package bolt

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
)

var (
	// ErrLocked is returned by Open when another server has the data directory open.
	ErrLocked = errors.New("another rostrum server has it open")

	// ErrRead is returned by Open when a command reads the data, and has not ended for a while.
	ErrRead = errors.New("a rostrum command has been reading it for a while: let it end, or stop it")

	// ErrGap is returned by Append when first is not the next number.
	ErrGap = errors.New("not the next entry")

	// ErrNewer is returned by Open when a later version wrote the file in a way
	// that this one does not know.
	ErrNewer = errors.New("written by a newer version of rostrum: use that one")

	// ErrDebate is returned by Journal for a name that is no debate's id.
	ErrDebate = errors.New("a debate's id is 1 to 64 of A-Z a-z 0-9 . _ -")
)

// CorruptError reports that what was acknowledged cannot be read any more. Nothing
// was changed.
type CorruptError struct {
	Path   string // the file
	Debate string // whose journal; "" if the damage is not in one debate's journal
	Kept   int64  // the entries 1 to Kept are sound
	First  int64  // the first entry lost; 0: unknown
	Last   int64  // the last entry lost; 0: unknown
	After  int64  // how many of the lost entries look sound but follow one that is not, so that they cannot be replayed
	Where  string // page, byte, bucket and key, as far as known
	Err    error  // what is wrong there
}

// Error is a sentence for the technician: what is lost, where, and what to do.
func (e *CorruptError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s is damaged", e.Path)
	if e.Debate != "" {
		fmt.Fprintf(&b, ", debate %s", e.Debate)
	}
	b.WriteString(": ")
	switch {
	case e.First == 0:
		b.WriteString("entries may be lost, which ones is not known")
	case e.Last == 0:
		fmt.Fprintf(&b, "entries from %d on are lost, how many is not known", e.First)
	case e.Last == e.First:
		fmt.Fprintf(&b, "entry %d is lost", e.First)
	default:
		fmt.Fprintf(&b, "entries %d to %d are lost", e.First, e.Last)
	}
	if e.After > 0 {
		fmt.Fprintf(&b, " (%d of them look sound but follow one that is not)", e.After)
	}
	if e.Kept > 0 {
		fmt.Fprintf(&b, "; the %d before are sound", e.Kept)
	}
	if e.Where != "" {
		fmt.Fprintf(&b, "; at %s", e.Where)
	}
	fmt.Fprintf(&b, ": %v. Restore a backup, or accept the loss to go on with what is sound; the damaged file is kept", e.Err)
	return b.String()
}

// Unwrap gives what is wrong there.
func (e *CorruptError) Unwrap() error { return e.Err }

// explain adds to an error of the file system what the technician can do.
func explain(doing string, err error) error {
	if err == nil {
		return nil
	}
	return explained(doing, err, advice(err))
}

// explainReading is explain where nothing was to be written.
func explainReading(doing string, err error) error {
	if err == nil {
		return nil
	}
	what := advice(err)
	if errors.Is(err, fs.ErrPermission) {
		what = "the user that runs rostrum may not read it: run it as the one who runs the server"
	}
	return explained(doing, err, what)
}

func explained(doing string, err error, advice string) error {
	if advice == "" {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return fmt.Errorf("%s: %w (%s)", doing, err, advice)
}

// advice is what the technician can do about an error of the file system, "" where that is not known.
func advice(err error) string {
	for _, e := range []error{syscall.ENODEV, syscall.ENOLCK, syscall.EOPNOTSUPP, syscall.ENOSYS} {
		if errors.Is(err, e) {
			return "the file system cannot map or lock files, as some network and container disks: choose a data directory on a local disk"
		}
	}
	switch {
	case errors.Is(err, syscall.ENOMEM):
		return fmt.Sprintf("the process may have too few addresses%s. For the journal alone %d MiB are set aside, most of which are never memory, "+
			"and a server needs about %d MiB in all. Take the limit away (ulimit -v unlimited; LimitAS of a service), and limit memory itself, by MemoryMax or a container, where that is meant",
			addressLimit(), mmapSize()>>20, NeededAddresses>>20)
	case errors.Is(err, syscall.EROFS):
		return "the file system is read-only: choose a data directory on one that can be written"
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		return "the disk is full: free some space"
	case errors.Is(err, syscall.ENOTDIR):
		return "a part of the path is a file: choose a directory"
	case errors.Is(err, fs.ErrPermission):
		return "the user that runs rostrum may not write there: change the owner or choose another data directory"
	case errors.Is(err, syscall.EIO):
		return "the disk fails: copy what can be read and replace it"
	}
	return ""
}

// NeededAddresses is how many bytes of addresses a server needs for certain: the journal's, those that Go sets
// aside, and a stack for each thread of the system.
const NeededAddresses = 4 << 30

// addressLimit says how many addresses a process may have, "" where that has no limit or is not known.
func addressLimit() string {
	limit, ok := AddressLimit()
	if !ok {
		return ""
	}
	return fmt.Sprintf(": its limit is %d MiB", limit>>20)
}
