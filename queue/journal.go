package queue

import (
	"context"
	"errors"
)

// ErrNewer says that a journal holds what this version does not know.
var ErrNewer = errors.New("written by a newer version of rostrum: use that one")

// Journal keeps the entries of one debate, numbered from 1 without a gap. It
// knows nothing of what an entry says. One goroutine appends at a time; reading
// may go on meanwhile.
type Journal interface {
	// Append makes the entries durable as the numbers first, first+1, …: all of
	// them or none, in order. When it returns nil they survive the loss of power.
	// It refuses a first that is not the next number. An error leaves open whether the entries are
	// there: read to know. It keeps no reference to the entries.
	Append(ctx context.Context, first int64, entries [][]byte) error

	// Read calls f for each entry after the number after, in order, and stops at
	// the first error, which it returns. The entry is valid only until f returns. An entry
	// that cannot be trusted is an error, never skipped.
	Read(ctx context.Context, after int64, f func(n int64, entry []byte) error) error
}

// Snapshots keeps the newest snapshot of a debate's state, so that a start need
// not replay the whole journal. It is a cache: losing it loses nothing.
type Snapshots interface {
	// Load returns the snapshot that was saved last and the number of the last
	// journal entry in it, or 0 and nil where there is none that can be trusted and
	// belongs to this journal.
	Load(ctx context.Context) (n int64, snapshot []byte, err error)

	// Save replaces the snapshot by one made after the n-th entry.
	Save(ctx context.Context, n int64, snapshot []byte) error
}
