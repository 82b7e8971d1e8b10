package server

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"rostrum/queue"
	"rostrum/timer"
)

// kindOfScreen is how a stream is counted for the officers.
type kindOfScreen int

const (
	phone kindOfScreen = iota
	wall
	officer
	kindsOfScreens
)

func screenOf(g *Grant) kindOfScreen {
	switch audienceOf(g) {
	case display:
		return wall
	case officers:
		return officer
	default:
		return phone
	}
}

// hub shows a debate to all its screens. What an audience sees of a change is
// encoded once, and each screen is written to by itself, so that a slow one
// delays nobody.
type hub struct {
	room     *queue.Room
	clock    *timer.Clock
	log      *slog.Logger
	metrics  *metrics
	channels [audiences]*channel
	showing  sync.Mutex // one show at a time
	shown    int64      // the last state that was shown, under showing

	mu      sync.Mutex
	stopped bool
	count   [kindsOfScreens]int
	badges  map[string]int // the phones that are on by badge, by participant
	disk    *diskView
	lost    []string       // the written statements whose files are lost
	counted chan struct{}  // with room for one: count or disk has changed
	streams sync.WaitGroup // the screens, and what writes to them and closes them
}

func newHub(room *queue.Room, v viewer, clock *timer.Clock, log *slog.Logger, m *metrics) *hub {
	s := room.State()
	h := &hub{room: room, clock: clock, log: log, metrics: m, shown: s.Seq, badges: make(map[string]int), counted: make(chan struct{}, 1)}
	for a := range h.channels {
		h.channels[a] = newChannel(v, audience(a), clock, s)
	}
	return h
}

// run shows every change until the context ends; then it tells all screens that
// the server restarts, and waits for them to leave.
func (h *hub) run(ctx context.Context) {
	changed := h.room.Watch()
	sweep := time.NewTicker(silence / 6)
	defer sweep.Stop()
	presence := time.NewTicker(time.Second)
	defer presence.Stop()
	h.show()
	ended := h.room.State().Access
	for {
		select {
		case <-ctx.Done():
			h.stop()
			return
		case <-changed:
			h.show()
			if s := h.room.State(); s.Access != ended {
				ended = s.Access
				h.expel()
			}
		case <-sweep.C:
			h.ping()
			h.expel() // those whose time is over
		case <-presence.C:
			select {
			case <-h.counted:
				h.showPresence()
			default:
			}
		}
	}
}

func (h *hub) show() {
	h.showing.Lock()
	defer h.showing.Unlock()
	for _, s := range h.room.Since(h.shown) {
		for _, c := range h.channels {
			if err := c.show(s); err != nil {
				h.log.Error("showing a change", "audience", c.audience, "seq", s.Seq, "err", err)
			}
		}
		h.shown = s.Seq
	}
}

// at is the feed of an audience at the debate's present state: what was answered
// is in it, also where run has not come to it yet.
func (h *hub) at(a audience) *feed {
	if h.room.State().Seq > h.channels[a].current.Load().seq() {
		h.show()
	}
	return h.channels[a].current.Load()
}

// expect is called before a connection becomes a stream: stop waits for it
// until done is called. It refuses when the hub has stopped.
func (h *hub) expect() (done func(), ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopped {
		return nil, false
	}
	h.streams.Add(1)
	return h.streams.Done, true
}

// join counts a screen and shows it its channel. It refuses when the hub has
// stopped.
func (h *hub) join(s screen) bool {
	at := s.at()
	if !h.enter(s) {
		return false
	}
	at.place.begin(func() { h.giveWay(s) })
	return true
}

// enter is join, but for what may end the screen again.
func (h *hub) enter(s screen) bool {
	at := s.at()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopped {
		return false
	}
	h.streams.Add(1)
	h.count[at.kind]++
	h.countBadge(at.grant, 1)
	h.metrics.streams.WithLabelValues(at.channel.audience.String()).Inc()
	h.recount()
	at.channel.add(s)
	// What it came with may have ended since it was looked at.
	at.channel.mu.Lock()
	defer at.channel.mu.Unlock()
	h.expelEnded(s, h.clock.Now())
	return true
}

func (h *hub) leave(s screen) {
	at := s.at()
	at.channel.remove(s)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.count[at.kind]--
	h.countBadge(at.grant, -1)
	h.metrics.streams.WithLabelValues(at.channel.audience.String()).Dec()
	h.recount()
	at.place.leave()
	h.streams.Done()
}

// giveWay ends a stream whose place another needs more.
func (h *hub) giveWay(s screen) {
	at := s.at()
	at.channel.mu.Lock()
	defer at.channel.mu.Unlock()
	if !at.ended {
		at.ended = true
		s.close(websocket.CloseTryAgainLater, "others need the place more: come back later")
	}
}

// seatFor is where the bearer of a grant sits.
func (h *hub) seatFor(g *Grant) seat {
	return seat{channel: h.channels[audienceOf(g)], kind: screenOf(g), grant: g, since: h.clock.Now()}
}

// countBadge counts a phone that is on by badge.
func (h *hub) countBadge(g *Grant, by int) {
	if g == nil || g.by() != "badge" {
		return
	}
	if h.badges[g.Participant] += by; h.badges[g.Participant] == 0 {
		delete(h.badges, g.Participant)
	}
}

// expel ends the streams of those whose grants do not hold any more.
func (h *hub) expel() {
	now := h.clock.Now()
	for _, c := range h.channels {
		c.mu.Lock()
		for _, s := range c.screens {
			h.expelEnded(s, now)
		}
		c.mu.Unlock()
	}
}

// expelEnded ends a stream whose grant does not hold any more. Its channel is
// locked.
func (h *hub) expelEnded(s screen, now int64) {
	if at := s.at(); !at.ended && !h.admits(at.grant, now) {
		at.ended = true
		s.close(websocket.ClosePolicyViolation, "the session has ended")
	}
}

// admits says whether a grant holds in the debate as it is now; nil does.
func (h *hub) admits(g *Grant, now int64) bool {
	if g == nil || g.Role == Operator {
		return true
	}
	return (g.Expires == 0 || now < g.Expires) && h.room.State().Admits(g.actor(), g.Generation, now)
}

func (h *hub) recount() {
	select {
	case h.counted <- struct{}{}:
	default:
	}
}

// tellDisk tells the officers of the disk, nil where it has room.
func (h *hub) tellDisk(d *diskView) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if same := h.disk == d || h.disk != nil && d != nil && *h.disk == *d; same {
		return
	}
	h.disk = d
	h.recount()
}

// showPresence tells the officers who is there.
func (h *hub) showPresence() {
	h.mu.Lock()
	frame := presenceFrame{
		Type: "presence", Screens: h.count[wall], Phones: h.count[phone], Officers: h.count[officer],
		Badges: maps.Clone(h.badges), Disk: h.disk, Lost: h.lost,
	}
	h.mu.Unlock()
	frame.Sessions = append(h.channels[officers].sessions(), h.channels[display].sessions()...)
	message, err := json.Marshal(frame)
	if err != nil {
		h.log.Error("encoding who is there", "err", err)
		return
	}
	h.channels[officers].presence.Store(&message)
	h.channels[officers].wakeAll()
}

// ping keeps the sockets alive that nothing was heard of for a while.
func (h *hub) ping() {
	before := h.clock.Now() - silence.Milliseconds()
	for _, c := range h.channels {
		c.mu.Lock()
		for _, s := range c.screens {
			s.keepAlive(before)
		}
		c.mu.Unlock()
	}
}

func (h *hub) stop() {
	h.mu.Lock()
	h.stopped = true
	h.mu.Unlock()
	for _, c := range h.channels {
		c.mu.Lock()
		for _, s := range c.screens {
			if !s.at().ended {
				s.close(websocket.CloseServiceRestart, "the server restarts")
			}
		}
		c.mu.Unlock()
	}
	h.streams.Wait()
}
