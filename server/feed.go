package server

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/gorilla/websocket"

	"rostrum/queue"
	"rostrum/timer"
)

const (
	// kept is how many of the last changes a screen that was away can catch up with by
	// patches.
	kept = 512
	// keptBytes bounds what they take, in bytes of each audience.
	keptBytes = 512 << 10
	// behind is by how many changes a connected screen may lag before it gets a
	// snapshot instead of the changes.
	behind = 16
)

// frame is one change as it is sent to an audience.
type frame struct {
	from, seq int64
	patch     []byte
	// body and prepared are the frame with the instant of the change, encoded once for
	// all who are up to date.
	body     []byte
	prepared *websocket.PreparedMessage
}

func patchMessage(from, seq, now int64, patch []byte) []byte {
	return fmt.Appendf(nil, `{"type":"patch","from":%d,"seq":%d,"now_ms":%d,"patch":%s}`, from, seq, now, patch)
}

// feed is what an audience is shown at one state: the state, and the last
// changes that led to it. It never changes; the next one takes its place.
type feed struct {
	state  *queue.State
	frames []*frame // consecutive: each goes on where the one before ended

	once    sync.Once
	encoded []byte
	err     error

	zip    sync.Once
	zipped shared
	zipErr error
}

func (f *feed) seq() int64 { return f.state.Seq }

// since are the frames that bring a screen from a state up to this feed, and
// whether there are such: none where it is up to date.
func (f *feed) since(seq int64) ([]*frame, bool) {
	if seq == f.seq() {
		return nil, true
	}
	i, ok := slices.BinarySearchFunc(f.frames, seq, func(fr *frame, seq int64) int { return int(fr.from - seq) })
	if !ok {
		return nil, false
	}
	return f.frames[i:], true
}

// channel is the feed of one audience of a debate and who is shown it.
type channel struct {
	viewer   viewer
	audience audience
	clock    *timer.Clock
	current  atomic.Pointer[feed]
	seen     glance // of the current feed; show's alone
	// presence is the last presence frame, nil before the first and where the audience gets none.
	presence atomic.Pointer[[]byte]
	// changes counts how often the server's clock stood or was moved.
	changes atomic.Int64
	// began is the state with which the server started, and join how delegates join there, nil where the audience
	// does not see it: the server's address is no part of a state, and may be another after a restart.
	began int64
	join  *joinView

	mu      sync.Mutex
	screens []screen // in any order
}

// screen is one connection that is shown a channel.
type screen interface {
	// wake tells it, without waiting, that there may be something to send.
	wake()
	// keepAlive is called from time to time, and pings a connection that was not heard of
	// since an instant.
	keepAlive(quietSince int64)
	// close ends it, without waiting, with the close code of a WebSocket.
	close(code int, reason string)
	at() *seat
}

// seat is where a screen sits: what every kind of screen has.
type seat struct {
	channel *channel
	kind    kindOfScreen
	grant   *Grant // with which it came, nil for none
	since   int64  // the instant at which it came
	place   *place // that it has taken, and gives back

	// The channel's lock guards these.
	index int  // in the channel's list
	ended bool // it is being closed, since its grant does not hold any more or others need its place; or it has left
}

func (s *seat) at() *seat { return s }

// message is a frame on its way to one screen.
type message struct {
	seq  int64 // the state that it leads to, or none
	body []byte
}

// none is the seq of a message that leads to no state.
const none = -1

func newChannel(v viewer, a audience, clock *timer.Clock, s *queue.State) *channel {
	c := &channel{viewer: v, audience: a, clock: clock, seen: v.glance(s, a), began: s.Seq}
	c.join = c.seen.view.Join
	c.current.Store(&feed{state: s})
	return c
}

// show goes on to a newer state: the change is encoded once and every screen is
// woken. One goroutine shows at a time.
func (c *channel) show(s *queue.State) error {
	old := c.current.Load()
	if s.Seq == old.seq() {
		return nil
	}
	seen := c.viewer.glance(s, c.audience)
	patch, err := patch(c.seen, seen, c.audience)
	if err != nil {
		return err
	}
	f := &frame{from: old.seq(), seq: s.Seq, patch: patch, body: patchMessage(old.seq(), s.Seq, c.clock.Now(), patch)}
	if f.prepared, err = websocket.NewPreparedMessage(websocket.TextMessage, f.body); err != nil {
		return fmt.Errorf("preparing a frame: %w", err)
	}
	c.seen = seen
	c.current.Store(&feed{state: s, frames: appendFrame(old.frames, f)})
	c.wakeAll()
	return nil
}

// appendFrame adds a frame and forgets the oldest ones past the bounds.
func appendFrame(frames []*frame, f *frame) []*frame {
	frames = append(frames[:len(frames):len(frames)], f)
	size := 0
	for i := len(frames) - 1; i >= 0; i-- {
		if size += len(frames[i].patch); size > keptBytes || len(frames)-i > kept {
			return frames[i+1:]
		}
	}
	return frames
}

func (c *channel) wakeAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.screens {
		s.wake()
	}
}

func (c *channel) add(s screen) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.at().index = len(c.screens)
	c.screens = append(c.screens, s)
}

func (c *channel) remove(s screen) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i, last := s.at().index, len(c.screens)-1
	c.screens[i] = c.screens[last]
	c.screens[i].at().index = i
	c.screens[last] = nil
	c.screens = c.screens[:last]
	s.at().ended = true
}

// state is the encoded state of a feed. It is encoded once, when it is first
// needed.
func (c *channel) state(f *feed) ([]byte, error) {
	f.once.Do(func() { f.encoded, f.err = json.Marshal(c.viewer.of(f.state, c.audience)) })
	return f.encoded, f.err
}

// shared is the encoded state, compressed once, when it is first needed.
func (c *channel) shared(f *feed) (shared, error) {
	f.zip.Do(func() {
		state, err := c.state(f)
		if err == nil {
			f.zipped, err = newShared(state)
		}
		f.zipErr = err
	})
	return f.zipped, f.zipErr
}

// snapshot is a snapshot frame of a feed at the instant now.
func (c *channel) snapshot(f *feed, now int64) (message, error) {
	state, err := c.state(f)
	if err != nil {
		return message{}, fmt.Errorf("encoding the %s view: %w", c.audience, err)
	}
	body := make([]byte, 0, len(state)+128)
	body = fmt.Appendf(body, `{"type":"snapshot","seq":%d,"epoch":%q,"release":%q,"now_ms":%d,"state":`, f.seq(), c.viewer.epoch, c.viewer.release, now)
	return message{f.seq(), append(append(body, state...), '}')}, nil
}

// cursor is how far a screen has been shown its channel.
type cursor struct {
	seq      int64
	presence *[]byte
	changes  int64
}

// first begins a stream: with the patches since the state that the screen says
// it has, an empty one where it missed nothing, or with a snapshot. Without an
// epoch the screen has nothing.
func (c *channel) first(cur *cursor, after int64, epoch string) ([]message, error) {
	f, now := c.current.Load(), c.clock.Now()
	cur.seq = f.seq()
	cur.presence = c.presence.Load() // the next one counts this screen
	cur.changes = c.changes.Load()
	frames, ok := f.since(after)
	if !ok || epoch != c.viewer.epoch {
		snapshot, err := c.snapshot(f, now)
		return []message{snapshot}, err
	}
	if after == c.began && c.join != nil {
		// It may have that state from before a restart.
		join, err := json.Marshal(map[string]*joinView{"join": c.join})
		again := message{after, patchMessage(after, after, now, join)}
		return append([]message{again}, later(frames, now)...), err
	}
	if len(frames) == 0 {
		return []message{{after, patchMessage(after, after, now, []byte("{}"))}}, nil
	}
	return later(frames, now), nil
}

// next is what brings a cursor up to date, and moves it there: nothing, the
// newest change ready to be written, or the messages of several, or a snapshot.
func (c *channel) next(cur *cursor) (newest *frame, messages []message, err error) {
	f := c.current.Load()
	told := cur.changes
	if cur.changes = c.changes.Load(); cur.changes != told {
		// Before what comes by the clock as it is now.
		messages = append(messages, message{none, clockMessage(c.clock.Now())})
	}
	if cur.seq != f.seq() {
		frames, ok := f.since(cur.seq)
		cur.seq = f.seq()
		switch {
		case ok && len(frames) == 1 && len(messages) == 0:
			newest = frames[0]
		case ok && len(frames) <= behind:
			messages = append(messages, later(frames, c.clock.Now())...)
		default:
			snapshot, err := c.snapshot(f, c.clock.Now())
			if err != nil {
				return nil, nil, err
			}
			messages = append(messages, snapshot)
		}
	}
	if p := c.presence.Load(); p != cur.presence {
		cur.presence = p
		messages = append(messages, message{none, *p})
	}
	return newest, messages, nil
}

// clockMessage says that what a screen knows of the server's clock does not hold any more.
func clockMessage(now int64) []byte { return fmt.Appendf(nil, `{"type":"clock","now_ms":%d}`, now) }

// later are frames as they are sent at a later instant than their changes'.
func later(frames []*frame, now int64) []message {
	messages := make([]message, len(frames))
	for i, f := range frames {
		messages[i] = message{f.seq, patchMessage(f.from, f.seq, now, f.patch)}
	}
	return messages
}
