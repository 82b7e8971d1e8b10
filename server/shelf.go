package server

import (
	"context"
	"sync"
	"time"

	"rostrum/queue"
)

// How many bytes the files of written statements may take, those that are being received, that an undo may bring
// back, and whose outcome is not known included. What officers add counts, and is not refused.
const (
	participantFiles = 128 << 20 // ten statements of the largest, and two more on their way
	joinedFiles      = 512 << 20 // of a debate, from those who came by the join code
	debateFiles      = 1 << 30   // of a debate
)

const (
	// decideIn is how long a file that is stored waits for the debate to decide, whether or not its
	// sender is still there. After that it is left to who tidies.
	decideIn = 30 * time.Second
	// tidyPause is the least time between two looks at a debate's files, and the time until the next one
	// where the debate could not say what it holds.
	tidyPause = 5 * time.Second
)

// shelf is the account of the stored files of a debate's written statements. Each file that is on the disk is on
// it: those that the debate holds, those that an undo may bring back, and those of which it is not known yet
// whether the debate has taken them.
type shelf struct {
	// keeping has a place that is taken from the storing of a file until the debate has decided, so that of two
	// requests with one statement none takes away what the other has stored.
	keeping chan struct{}

	mu     sync.Mutex
	stored map[fileOf]holding
	lost   map[fileOf]bool // those that are not there, or not what was stored
	put    int64           // how often something was put there
	taken  taken
	woken  chan struct{}
}

// taken is how many bytes are taken, by files that are stored and by those that are being received.
type taken struct {
	participant map[string]int64
	joined, all int64
}

func (t *taken) add(owner fileOwner, bytes int64) {
	t.all += bytes
	if owner.joined {
		t.joined += bytes
	}
	if t.participant[owner.participant] += bytes; t.participant[owner.participant] == 0 {
		delete(t.participant, owner.participant)
	}
}

// full says whose limit so many bytes more would be past, "" for none.
func (t *taken) full(owner fileOwner, bytes int64) string {
	switch {
	case t.participant[owner.participant]+bytes > participantFiles:
		return "participant"
	case owner.joined && t.joined+bytes > joinedFiles:
		return "joined"
	case t.all+bytes > debateFiles:
		return "debate"
	}
	return ""
}

// fileOwner is whose a file is, and whether somebody sent it who came by the join code.
type fileOwner struct {
	participant string
	joined      bool
}

func ownerOf(is queue.Statement) fileOwner { return fileOwner{is.Participant, is.Session != ""} }

// fileOf names the file of a statement: its id and its checksum.
type fileOf struct{ id, sum string }

// holding is what the shelf knows of a file.
type holding struct {
	put   int64 // which put it was
	owner fileOwner
	bytes int64
}

// newShelf is a shelf with the files that a debate needs.
func newShelf(s *queue.State) *shelf {
	h := &shelf{keeping: make(chan struct{}, 1), stored: make(map[fileOf]holding), lost: make(map[fileOf]bool), taken: taken{participant: make(map[string]int64)}, woken: make(chan struct{}, 1)}
	for id, versions := range s.StatementsNeeded() {
		for _, is := range versions {
			h.add(fileOf{id, is.SHA256}, ownerOf(is), is.Bytes)
		}
	}
	return h
}

// hold keeps others from storing and removing files until release is called. It gives up when the context ends.
func (h *shelf) hold(ctx context.Context) (release func(), err error) {
	select {
	case h.keeping <- struct{}{}:
		return func() { <-h.keeping }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// add puts a file on the shelf, or says that it is put there again. It is called while
// others are held off.
func (h *shelf) add(f fileOf, owner fileOwner, bytes int64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.put++
	is, ok := h.stored[f]
	if !ok {
		is.owner, is.bytes = owner, bytes
		h.taken.add(owner, bytes)
	}
	is.put = h.put
	h.stored[f] = is
}

// drop takes a file off the shelf, once it is not on the disk any more.
func (h *shelf) drop(f fileOf) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if is, ok := h.stored[f]; ok {
		h.taken.add(is.owner, -is.bytes)
	}
	delete(h.stored, f)
	delete(h.lost, f)
}

// bytes is how many the stored files have and those that are being received.
func (h *shelf) bytes() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.taken.all
}

// statementBytes is how many bytes the files of all debates' statements have.
func (s *Server) statementBytes() int64 {
	var bytes int64
	for _, d := range s.order {
		bytes += d.shelf.bytes()
	}
	return bytes
}

// arrival is a file that is being received.
type arrival struct {
	shelf  *shelf
	owner  fileOwner
	exempt bool // it is not refused
	bytes  int64
}

// take counts bytes that have come, or refuses them.
func (a *arrival) take(n int64) error {
	a.shelf.mu.Lock()
	defer a.shelf.mu.Unlock()
	if err := a.refuse(n); err != nil {
		return err
	}
	a.shelf.taken.add(a.owner, n)
	a.bytes += n
	return nil
}

// fits refuses a file that says to be so long that it cannot be taken, before it has come.
func (a *arrival) fits(length int64) error {
	a.shelf.mu.Lock()
	defer a.shelf.mu.Unlock()
	return a.refuse(max(0, length))
}

func (a *arrival) refuse(n int64) error {
	if a.exempt {
		return nil
	}
	switch a.shelf.taken.full(a.owner, n) {
	case "participant":
		return refuse(statementsFull, "The written statements of %s take %d MiB, with those that are being sent: no more can be added. Remove one, or wait until the others are there.", a.owner.participant, participantFiles>>20)
	case "joined":
		return refuse(statementsFull, "Those who joined by the code have added as many bytes of written statements as they may. Scan your badge, or ask the secretariat to add it.")
	case "debate":
		return refuse(statementsFull, "The written statements of the debate have as many bytes as they may. Ask the secretariat to add it.")
	}
	return nil
}

// end is called when the file is stored, and on the shelf, or thrown away.
func (a *arrival) end() {
	a.shelf.mu.Lock()
	defer a.shelf.mu.Unlock()
	a.shelf.taken.add(a.owner, -a.bytes)
	a.bytes = 0
}

// wake has the debate's files looked at.
func (h *shelf) wake() {
	select {
	case h.woken <- struct{}{}:
	default:
	}
}

// idle are the files on the shelf that a state does not need.
func (h *shelf) idle(s *queue.State) map[fileOf]holding {
	needed := s.StatementsNeeded()
	h.mu.Lock()
	defer h.mu.Unlock()
	idle := make(map[fileOf]holding)
	for f, is := range h.stored {
		if !holds(needed, f) {
			idle[f] = is
		}
	}
	return idle
}

func holds(needed map[string][]queue.Statement, f fileOf) bool {
	for _, is := range needed[f.id] {
		if is.SHA256 == f.sum {
			return true
		}
	}
	return false
}

// tidy removes the files that a debate does not need any more, or has never taken, until the
// context ends: those whose outcome was not known, those that the chair removed and no undo can bring back, and
// those that could not be removed when it was time.
func (s *Server) tidy(ctx context.Context, d *debate) {
	changed := d.room.Watch()
	for {
		select {
		case <-ctx.Done():
			return
		case <-changed:
		case <-d.shelf.woken:
		}
		for !s.tidyOnce(ctx, d) && ctx.Err() == nil {
			pause(ctx, tidyPause)
		}
		pause(ctx, tidyPause)
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// tidyOnce looks at a debate's files, and says whether no idle one is left.
func (s *Server) tidyOnce(ctx context.Context, d *debate) bool {
	idle := d.shelf.idle(d.room.State())
	if len(idle) == 0 {
		return true
	}
	// What is published may be behind: an answer that did not come may be under way.
	if _, err := d.room.Settled(ctx); err != nil {
		return false
	}
	release, err := d.shelf.hold(ctx)
	if err != nil {
		return false
	}
	defer release()
	done := true
	for f, is := range d.shelf.idle(d.room.State()) {
		if was, ok := idle[f]; !ok || was.put != is.put {
			done = false // it was put there since, and may be under way
			continue
		}
		s.letGo(d, f)
	}
	return done && len(d.shelf.idle(d.room.State())) == 0
}
