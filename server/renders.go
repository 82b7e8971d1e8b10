package server

import (
	"compress/gzip"
	"container/list"
	"context"
	"io"
	"runtime"
	"sync"
	"time"
)

// What the documents that are rendered may cost. The largest of a debate, which anybody may ask for once the
// record is public, takes seconds of a processor and tens of megabytes.
const (
	// keptRenders is how many bytes of documents are kept for whoever asks next.
	keptRenders = 48 << 20
	// pinnedRenders is how many bytes of older documents those may hold who still read them. Over it, who
	// is no officer and has read longest is cut off.
	pinnedRenders = 64 << 20
	// keptLists and pinnedLists are the same for lists and images, and for the metrics.
	keptLists, pinnedLists = 8 << 20, 8 << 20
	// largestRender is the largest document that anybody is sent, and largestOfficial the largest for officers, in bytes.
	largestRender, largestOfficial = 64 << 20, 256 << 20
	// waitingRenders is how many documents may wait for their turn that no officer waits for.
	waitingRenders = 64
	// restAfter is how much longer than a render the rest after it is where no officer waited for it. So such
	// renders take a quarter of one processor at the most, however often the debate changes.
	restAfter, longestRest = 3, 10 * time.Second
	// pieceSize is the size of the pieces in which documents are kept and sent.
	pieceSize = 64 << 10
)

// renders are the documents that a server has made of its debates: each once for all who ask
// for it, few at a time, and never for nobody.
type renders struct {
	// mostKept and mostPinned are how many bytes of documents are kept, and of older ones held.
	mostKept, mostPinned int
	// common is the place of the one render at a time for anybody, and official one more for officers.
	common, official chan struct{}

	mu      sync.Mutex
	kept    map[string]*rendered // the newest of each key
	used    list.List            // of those, the one that was asked for last behind
	pinned  list.List            // of those that are not kept and still read, the oldest first
	bytes   int                  // of those that are kept
	held    int                  // bytes of those that are pinned
	flights map[string]*flight   // those that have not begun to render, by key, or do
	waiting int                  // flights that no officer waits for
	made    int                  // renders that were begun, for the tests
}

func newRenders(kept, pinned int) *renders {
	return &renders{mostKept: kept, mostPinned: pinned, common: make(chan struct{}, 1), official: make(chan struct{}, 1), kept: make(map[string]*rendered), flights: make(map[string]*flight)}
}

// document is a document that somebody asks for.
type document struct {
	// key names it, with all that it depends on but the state; version is that, the newer the larger.
	key     string
	version int64
	// packed says that it is compressed already.
	packed bool
	// write writes it. It is to end with the writer's first error, and soon after the context has.
	write func(context.Context, io.Writer) error
}

// rendered is a document that was made. It never changes.
type rendered struct {
	document
	plain   pieces
	zipped  pieces        // nil where it does not help
	bytes   int           // of both
	place   *list.Element // in used or pinned, under the renders' lock like what follows
	isKept  bool
	readers map[*reader]bool
}

// reader is an answer that holds a document.
type reader struct {
	officer bool
	// cut ends the answer, which is still being written.
	cut func()
}

// flight is a document in the making, and who waits for it. Until its turn has come whoever asks for a newer version joins
// it: all get the newest.
type flight struct {
	document
	cancel   context.CancelFunc
	waiting  int
	officer  bool
	begun    bool
	promoted chan struct{} // closed once an officer waits
	done     chan struct{}
	made     *rendered
	err      error
}

// get is a document in this version or a newer one, made now if it was not already, held by a reader until it is
// released.
func (rs *renders) get(ctx context.Context, d document, r *reader) (*rendered, error) {
	rs.mu.Lock()
	if made := rs.kept[d.key]; made != nil && made.version >= d.version {
		rs.hold(made, r)
		rs.mu.Unlock()
		return made, nil
	}
	f := rs.flights[d.key]
	switch {
	case f != nil && f.version >= d.version:
	case f != nil && !f.begun:
		f.document = d
	case !r.officer && rs.waiting >= waitingRenders:
		rs.mu.Unlock()
		return nil, errBusy()
	default:
		f = rs.begin(d)
	}
	f.waiting++
	if r.officer && !f.officer {
		f.officer = true
		rs.waiting--
		close(f.promoted)
	}
	rs.mu.Unlock()
	select {
	case <-f.done:
	case <-ctx.Done():
	}
	rs.mu.Lock()
	f.waiting--
	if ctx.Err() == nil {
		defer rs.mu.Unlock()
		if f.err == nil {
			rs.hold(f.made, r)
		}
		return f.made, f.err
	}
	last := f.waiting == 0
	if last && rs.flights[f.key] == f {
		delete(rs.flights, f.key)
	}
	rs.mu.Unlock()
	if last {
		f.cancel()
		<-f.done // it belongs to those who wait for it
	}
	return nil, ctx.Err()
}

func errBusy() error {
	return &limited{refuse(rateLimited, "Too many documents are being made at once. Try again in a moment."), 5 * time.Second}
}

// begin starts a flight. The caller holds the lock.
func (rs *renders) begin(d document) *flight {
	ctx, cancel := context.WithCancel(context.Background())
	f := &flight{document: d, cancel: cancel, promoted: make(chan struct{}), done: make(chan struct{})}
	rs.flights[d.key] = f
	rs.waiting++
	go func() {
		defer close(f.done)
		defer cancel()
		made, err := rs.render(ctx, f)
		rs.mu.Lock()
		defer rs.mu.Unlock()
		f.made, f.err = made, err
		if rs.flights[f.key] == f {
			delete(rs.flights, f.key)
		}
		if !f.officer {
			rs.waiting--
		}
		if err == nil {
			rs.keep(made)
		}
	}()
	return f
}

// render makes a document when its turn has come.
func (rs *renders) render(ctx context.Context, f *flight) (*rendered, error) {
	leave, err := rs.turn(ctx, f)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	defer func() { leave(time.Since(began)) }()
	rs.mu.Lock()
	rs.made++
	f.begun = true
	d := f.document
	rs.mu.Unlock()
	most := func() int { return rs.most(f) }
	out := &output{ctx: ctx, most: most}
	zipped := &output{ctx: ctx, most: most}
	var w io.Writer = out
	zip := gzip.NewWriter(zipped)
	if !d.packed {
		w = io.MultiWriter(out, zip)
	}
	if err := d.write(ctx, w); err != nil {
		return nil, err
	}
	if d.packed {
		return &rendered{document: d, plain: out.pieces, bytes: out.bytes}, nil
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	made := &rendered{document: d, plain: out.pieces, zipped: zipped.pieces, bytes: out.bytes + zipped.bytes}
	if zipped.bytes >= out.bytes {
		made.zipped, made.bytes = nil, out.bytes
	}
	return made, nil
}

// most is how large a document may become that is larger than largestRender already. If no officer waits for it, it
// ends there, and an officer who comes from now on begins another.
func (rs *renders) most(f *flight) int {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if f.officer {
		return largestOfficial
	}
	if rs.flights[f.key] == f {
		delete(rs.flights, f.key)
	}
	return largestRender
}

// errTooLarge refuses a document for good: it does not become smaller.
func errTooLarge(most int) error {
	if most < largestOfficial {
		return refuse(documentTooLarge, "The document is larger than %d MiB, the most that everybody is sent. Ask the debate's officers for it.", most>>20)
	}
	return refuse(documentTooLarge, "The document is larger than %d MiB, the most that the server sends. Its command line writes it while the server is stopped.", most>>20)
}

// turn waits for a place to render. The function that it gives takes the time that the render took, and gives the
// place back: after a rest where no officer waited.
func (rs *renders) turn(ctx context.Context, f *flight) (leave func(time.Duration), err error) {
	common := func(took time.Duration) {
		rs.mu.Lock()
		officer := f.officer
		rs.mu.Unlock()
		if officer {
			<-rs.common
			return
		}
		time.AfterFunc(min(restAfter*took, longestRest), func() { <-rs.common })
	}
	select {
	case rs.common <- struct{}{}:
		return common, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-f.promoted:
	}
	select {
	case rs.common <- struct{}{}:
		return common, nil
	case rs.official <- struct{}{}:
		return func(time.Duration) { <-rs.official }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// keep keeps a document in the place of its older version, and lets go of those that were not asked for longest. The caller
// holds the lock.
func (rs *renders) keep(made *rendered) {
	made.readers = make(map[*reader]bool)
	older := rs.kept[made.key]
	if made.bytes > rs.mostKept || older != nil && older.version > made.version {
		return
	}
	if older != nil {
		rs.drop(older)
	}
	made.isKept, made.place = true, rs.used.PushBack(made)
	rs.kept[made.key] = made
	for rs.bytes += made.bytes; rs.bytes > rs.mostKept; {
		rs.drop(rs.used.Front().Value.(*rendered))
	}
}

// drop keeps a document no longer but for those who read it.
func (rs *renders) drop(old *rendered) {
	rs.used.Remove(old.place)
	delete(rs.kept, old.key)
	rs.bytes -= old.bytes
	old.isKept, old.place = false, nil
	if len(old.readers) > 0 {
		rs.pin(old)
	}
}

// pin counts what is only held by its readers, and cuts those off who hold too much.
func (rs *renders) pin(old *rendered) {
	old.place = rs.pinned.PushBack(old)
	rs.held += old.bytes
	left := rs.held
	for e := rs.pinned.Front(); e != rs.pinned.Back() && left > rs.mostPinned; e = e.Next() {
		held := e.Value.(*rendered)
		free := true
		for r := range held.readers {
			if r.officer {
				free = false
			} else {
				r.cut()
			}
		}
		if free {
			left -= held.bytes
		}
	}
}

// hold makes somebody a reader of a document. The caller holds the lock.
func (rs *renders) hold(made *rendered, r *reader) {
	made.readers[r] = true
	switch {
	case made.isKept:
		rs.used.MoveToBack(made.place)
	case made.place == nil:
		rs.pin(made)
	}
}

// release is called when a reader is done.
func (rs *renders) release(made *rendered, r *reader) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	delete(made.readers, r)
	if len(made.readers) == 0 && !made.isKept && made.place != nil {
		rs.pinned.Remove(made.place)
		made.place = nil
		rs.held -= made.bytes
	}
}

// pieces are a text in parts of pieceSize, but for the last.
type pieces [][]byte

// output is what a document is rendered into. It ends the render when nobody waits for it any more, and lets
// others run between two pieces.
type output struct {
	ctx    context.Context
	most   func() int // asked once there are more bytes than largestRender
	bytes  int
	pieces pieces
}

func (p *output) Write(text []byte) (int, error) {
	if p.bytes += len(text); p.bytes > largestRender {
		if most := p.most(); p.bytes > most {
			return 0, errTooLarge(most)
		}
	}
	for rest := text; len(rest) > 0; {
		last := len(p.pieces) - 1
		if last < 0 || len(p.pieces[last]) == pieceSize {
			if err := p.ctx.Err(); err != nil {
				return 0, err
			}
			runtime.Gosched()
			p.pieces = append(p.pieces, make([]byte, 0, min(pieceSize, max(512, len(rest)))))
			last++
		}
		n := min(len(rest), pieceSize-len(p.pieces[last]))
		p.pieces[last] = append(p.pieces[last], rest[:n]...)
		rest = rest[n:]
	}
	return len(text), nil
}
