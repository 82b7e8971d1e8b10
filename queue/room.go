package queue

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// waiting is how many submissions may wait for the room. Those that come when it is
	// full wait in Submit.
	waiting = 1024
	// batch is how many submissions are made durable in one commit at the most.
	batch = 1024
	// apart is how many commands may be decided together for each of their states to be
	// published by itself, and kept how many of those are remembered. In a greater rush only the last
	// state is.
	apart = 32
	kept  = 64
	// snapshotPause is the least time between two snapshots, so that a rush of commands has
	// the processor.
	snapshotPause = 5 * time.Second
	// snapshotAfter is how many entries are replayed at the least before a new snapshot
	// is worth its while.
	snapshotAfter = 5_000
)

// Room runs one debate. A single goroutine decides: what waits is decided
// together and made durable in one commit, and only then answered and published.
// Its methods may be called by many at once.
type Room struct {
	journal   Journal
	snapshots Snapshots
	log       *slog.Logger

	in        chan call
	stopped   chan struct{}
	published atomic.Pointer[State]
	failing   atomic.Bool // the last commit failed

	mu       sync.Mutex
	watchers []chan struct{}
	recent   []*State // the last states that were published, the newest last

	// The rest is touched by the deciding goroutine only.

	state *State // as decided, ahead of what is published during a commit
	// unsure says that the last commit failed: the journal may hold more than the
	// state.
	unsure bool
	// snapshotted is the number of entries in the newest snapshot, or in the one that is being
	// made.
	snapshotted int64
}

type call struct {
	sub    Submission
	answer chan<- outcome // with room for one
}

type outcome struct {
	answer Answer
	err    error
}

// NewRoom opens a debate at the state that its journal gives. Without snapshots
// (nil) the whole journal is replayed. The room decides nothing before Run. It returns ErrNewer
// for a journal of a later version, the journal's error where it cannot be read, and has
// written nothing then.
func NewRoom(ctx context.Context, journal Journal, snapshots Snapshots, log *slog.Logger) (*Room, error) {
	state, replayed, err := replay(ctx, journal, snapshots)
	if err != nil {
		return nil, fmt.Errorf("replaying the journal: %w", err)
	}
	r := &Room{
		journal: journal, snapshots: snapshots, log: log,
		in: make(chan call, waiting), stopped: make(chan struct{}),
		state: state, snapshotted: state.Entries - replayed,
	}
	r.published.Store(state.publish())
	return r, nil
}

// State is the debate as it is durably. It never goes back.
func (r *Room) State() *State { return r.published.Load() }

// Writable says whether the last commit went through.
func (r *Room) Writable() bool { return !r.failing.Load() }

// Watch returns a channel that gets a value after State has changed, at once
// or, while the receiver has not taken the last one, once for several changes.
func (r *Room) Watch() <-chan struct{} {
	c := make(chan struct{}, 1)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watchers = append(r.watchers, c)
	return c
}

// Since returns the states that were published after the one with the number
// seq, the newest last: one for each change, or, after a rush or a long time,
// one for several.
func (r *Room) Since(seq int64) []*State {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := len(r.recent)
	for i > 0 && r.recent[i-1].Seq > seq {
		i--
	}
	return slices.Clone(r.recent[i:])
}

// Submit sends a command to the room and waits for the answer. When it returns an
// answer, what the command changed is durable. A refused command is an [*Error]; other
// errors are the context's. A command whose context ends while it waits may still be
// carried out: send it again with its key to know.
func (r *Room) Submit(ctx context.Context, sub Submission) (Answer, error) {
	if refusal := sub.Command.Validate(); refusal != nil {
		return Answer{}, refusal
	}
	answer := make(chan outcome, 1)
	select {
	case r.in <- call{sub, answer}:
	case <-r.stopped:
		return Answer{}, errStopped()
	case <-ctx.Done():
		return Answer{}, ctx.Err()
	}
	select {
	case out := <-answer:
		return out.answer, out.err
	case <-ctx.Done():
		return Answer{}, ctx.Err()
	case <-r.stopped:
		// The room may have answered while it stopped.
		select {
		case out := <-answer:
			return out.answer, out.err
		default:
			return Answer{}, errStopped()
		}
	}
}

func errStopped() *Error {
	return refuse(Unavailable, "The server is stopping. Try again in a moment.")
}

// Run decides until the context ends, and finishes the commit at hand. It is called once.
func (r *Room) Run(ctx context.Context) {
	defer close(r.stopped)
	var keeper sync.WaitGroup
	defer keeper.Wait()
	keep := make(chan struct{}, 1)
	if r.snapshots != nil {
		keeper.Go(func() { r.keepSnapshots(ctx, keep) })
	}
	for {
		if n := r.state.Entries; n-r.snapshotted >= max(snapshotAfter, r.snapshotted/4) {
			r.snapshotted = n
			select {
			case keep <- struct{}{}:
			default: // one is being made and another will follow
			}
		}
		select {
		case <-ctx.Done():
			return
		case c := <-r.in:
			r.decide(r.waiting(c))
		}
	}
}

// waiting takes what waits behind a first call, without waiting itself.
func (r *Room) waiting(first call) []call {
	calls := []call{first}
	for yielded := false; len(calls) < batch; {
		select {
		case c := <-r.in:
			calls, yielded = append(calls, c), false
		default:
			if yielded {
				return calls
			}
			// Those whom the last answers have set free may be about to send: one commit for
			// all of them is cheaper than many small ones.
			runtime.Gosched()
			yielded = true
		}
	}
	return calls
}

// keepSnapshots makes a new snapshot whenever it is told to, and a last one when
// the room stops, if the journal has gone far enough.
func (r *Room) keepSnapshots(ctx context.Context, keep <-chan struct{}) {
	for stopping := false; !stopping; {
		select {
		case <-ctx.Done():
			stopping = true
		case <-keep:
		}
		if err := r.saveSnapshot(context.WithoutCancel(ctx)); err != nil {
			// The snapshot is a cache: the debate goes on without it.
			r.log.Warn("snapshot not saved", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(snapshotPause):
		}
	}
}

// saveSnapshot folds the journal itself, so that the room is not held up.
func (r *Room) saveSnapshot(ctx context.Context) error {
	state, replayed, err := replay(ctx, r.journal, r.snapshots)
	if err != nil || replayed < snapshotAfter {
		return err
	}
	snapshot, err := state.snapshot()
	if err != nil {
		return err
	}
	return r.snapshots.Save(ctx, state.Entries, snapshot)
}

// publish shows states, the newest last.
func (r *Room) publish(states ...*State) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.published.Store(states[len(states)-1])
	r.recent = append(r.recent, states...)
	r.recent = slices.Clone(r.recent[max(0, len(r.recent)-kept):])
	for _, w := range r.watchers {
		select {
		case w <- struct{}{}:
		default:
		}
	}
}

// decide decides the calls in order, makes what they change durable together, and
// answers them.
func (r *Room) decide(calls []call) {
	if r.unsure {
		if err := r.reload(); err != nil {
			r.refuseAll(calls, err)
			return
		}
	}
	outcomes := make([]outcome, len(calls))
	first := r.state.Entries + 1
	var entries [][]byte
	var keys []string
	var states []*State
	for i, c := range calls {
		change, answer, refusal := r.state.decide(c.sub)
		if refusal != nil {
			outcomes[i].err = refusal
			continue
		}
		outcomes[i].answer = answer
		if change == nil {
			continue
		}
		entry, err := change.entry()
		if err != nil {
			outcomes[i] = outcome{err: fmt.Errorf("encoding the change: %w", err)}
			continue
		}
		outcomes[i].answer.Written = len(entry)
		entries = append(entries, entry)
		keys = append(keys, change.Key)
		r.state.apply(change)
		if len(calls) <= apart {
			states = append(states, r.state.publish())
		}
	}
	if len(entries) > 0 {
		err := r.journal.Append(context.Background(), first, entries)
		r.failing.Store(err != nil)
		if err != nil {
			r.log.Error("commit failed", "entries", len(entries), "err", err)
			r.rollBack(keys)
			if err := r.reload(); err != nil {
				r.log.Error("reading the journal after a failed commit", "err", err)
			}
			r.refuseAll(calls, err)
			return
		}
		if len(states) == 0 {
			states = append(states, r.state.publish())
		}
		r.publish(states...)
	}
	for i, c := range calls {
		c.answer <- outcomes[i]
	}
}

// rollBack goes back to the published state after a commit has failed.
func (r *Room) rollBack(keys []string) {
	answers := r.state.answers
	for _, key := range keys {
		delete(answers, key)
	}
	working := *r.State()
	working.answers = answers
	r.state, r.unsure = &working, true
}

// reload reads what the journal holds past the state: a commit that failed may
// have reached it.
func (r *Room) reload() error {
	if err := r.state.follow(context.Background(), r.journal); err != nil {
		return err
	}
	r.unsure = false
	if r.state.Entries > r.State().Entries {
		r.publish(r.state.publish())
	}
	return nil
}

func (r *Room) refuseAll(calls []call, err error) {
	for _, c := range calls {
		c.answer <- outcome{err: &Error{
			Code: Unavailable, Err: err,
			Detail: "The server cannot write to its disk. Try again, and tell the technician.",
		}}
	}
}
