package server

import (
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"rostrum/queue"
)

// What may be asked of the server by one session, which is a phone that came by the join
// code, or all phones of one badge; by one participant; and from one address, which is a whole room behind one
// router. A delegate sends a few commands a minute. A room that is told "the list is open" sends one
// for each phone within seconds, and opens a stream for each phone, tablet and laptop after a
// break in the network.
//
// Who joins again is another session, so those who came by the join code for a participant from one address share what
// one of them may send. A delegation has a handful of phones.
const (
	sessionCommands   = 10     // a second, for as long as it likes
	sessionBurst      = 600    // and at once
	networkCommands   = 2_000  // a second
	networkBurst      = 20_000 //
	networkJoins      = 500    // typed join codes a second,
	networkJoinsBurst = 2_000  // and at once
	badgeStreams      = 1_000  // open, of the phones of a participant's badge
	joinedStreams     = 100    // open, of those who came by the join code for a participant
	networkStreams    = 20_000 // open, without badges
	// streamsAgainIn is what a client is told to wait that has too many streams open, in
	// seconds: the others are given up when nothing was heard of them for a while.
	streamsAgainIn = 10
	// remembered is how many sessions, and how many addresses, are remembered at the most.
	remembered = 100_000
)

// limits are the shield: they keep one session, or one address, from taking the server
// from the others. The officers meet none of them.
type limits struct {
	off     bool // only what the machine can hold is a limit
	metrics *metrics
	session buckets
	joined  buckets // by participant and address
	address buckets
	joins   buckets // typed join codes, by address
	streams *places
}

func newLimits(off bool, capacity int, m *metrics) *limits {
	if off {
		m.noLimits.Set(1)
	}
	return &limits{
		off: off, metrics: m,
		session: buckets{rate: sessionCommands, burst: sessionBurst},
		joined:  buckets{rate: sessionCommands, burst: sessionBurst},
		address: buckets{rate: networkCommands, burst: networkBurst},
		joins:   buckets{rate: networkJoins, burst: networkJoinsBurst},
		streams: newPlaces(off, capacity),
	}
}

// limited is a refusal for now.
type limited struct {
	refusal *queue.Error
	after   time.Duration // until it is worth another try
}

func (l *limited) Error() string { return l.refusal.Error() }
func (l *limited) Unwrap() error { return l.refusal }

// retryAfter is the value of the header, in seconds.
func (l *limited) retryAfter() string {
	return fmt.Sprint(max(1, int(math.Ceil(l.after.Seconds()))))
}

// exempt says whether a sender is nobody's to refuse: who runs the debate, and the
// screens in the room.
func exempt(g *Grant) bool {
	return g != nil && g.Role != queue.Delegate
}

// participantOf names the participant of a grant among all debates, "" for a sender without a token.
func participantOf(g *Grant) string {
	if g == nil {
		return ""
	}
	return g.Debate + " " + g.Participant
}

// sessionOf names the session of a grant, "" for a sender without a token.
func sessionOf(g *Grant) string {
	if g == nil {
		return ""
	}
	return participantOf(g) + " " + g.Session
}

// command admits a command, or says when to send it again.
func (l *limits) command(g *Grant, r *http.Request, now time.Time) error {
	if l.off || exempt(g) {
		return nil
	}
	address := network(r.RemoteAddr)
	var budgets []budget
	if g != nil {
		budgets = append(budgets, budget{&l.session, sessionOf(g), "session", "This phone, or all that share its badge, sends too much. Wait a moment, then try again."})
	}
	if worthOf(g) == ofJoined {
		budgets = append(budgets, budget{&l.joined, participantOf(g) + " " + address, "participant", "Those who joined for this participant send too much. Wait a moment, then try again; or scan its badge."})
	}
	budgets = append(budgets, budget{&l.address, address, "address", "Too much is sent from this network. Wait a moment, then try again."})
	var taken []*rate.Reservation
	for _, b := range budgets {
		one, wait := b.of.take(b.name, now)
		if wait == 0 {
			taken = append(taken, one)
			continue
		}
		for _, t := range taken {
			t.CancelAt(now)
		}
		l.metrics.limited.WithLabelValues("commands", b.by).Inc()
		return &limited{refuse(rateLimited, "%s", b.exceeded), wait}
	}
	return nil
}

// join admits a typed join code, or says when to send it again. They are counted apart, so that
// trying codes takes nothing from the commands of those who are in.
func (l *limits) join(r *http.Request, now time.Time) error {
	if l.off {
		return nil
	}
	_, wait := l.joins.take(network(r.RemoteAddr), now)
	if wait == 0 {
		return nil
	}
	l.metrics.limited.WithLabelValues("joins", "address").Inc()
	return &limited{refuse(rateLimited, "Too much is sent from this network. Wait a moment, then try again; or scan the QR code on the display."), wait}
}

// budget is what a command is counted against.
type budget struct {
	of       *buckets
	name     string
	by       string // whose it is
	exceeded string // what its sender is told
}

// stream admits a stream until its place is left, or says when to open it again.
func (l *limits) stream(g *Grant, r *http.Request) (*place, error) {
	p := &place{worth: worthOf(g), participant: participantOf(g), address: network(r.RemoteAddr)}
	if p.worth == ofJoined {
		p.session = g.Session
	}
	gaveWay, by := l.streams.take(p)
	if gaveWay > 0 {
		l.metrics.limited.WithLabelValues("streams", "worth").Add(float64(gaveWay))
	}
	if by == "" {
		return p, nil
	}
	l.metrics.limited.WithLabelValues("streams", by).Inc()
	detail := map[string]string{
		"participant": "This phone, or others of its delegation, have too many pages open. Close some, then try again.",
		"address":     "Too many pages are open on this network. Close some, then try again.",
		"server":      "As many pages are open as this server can hold. Try again in a moment.",
	}[by]
	return nil, &limited{refuse(rateLimited, "%s", detail), streamsAgainIn * time.Second}
}

func less(counts map[string]int, name string) {
	if counts[name]--; counts[name] == 0 {
		delete(counts, name)
	}
}

// buckets let each name take burst tokens at once, and rate a second after. The zero
// value of the maps has seen none.
type buckets struct {
	rate  rate.Limit
	burst int

	mu sync.Mutex
	of map[string]*rate.Limiter
}

// take takes a token of a name, or tells how long to wait for one.
func (b *buckets) take(name string, now time.Time) (*rate.Reservation, time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return takeFrom(b.limiter(name, now), 1, now)
}

func takeFrom(l *rate.Limiter, tokens int, now time.Time) (*rate.Reservation, time.Duration) {
	r := l.ReserveN(now, tokens)
	if wait := r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return nil, wait
	}
	return r, 0
}

// limiter is the one of a name. The lock is held.
func (b *buckets) limiter(name string, now time.Time) *rate.Limiter {
	l, ok := b.of[name]
	if !ok {
		if len(b.of) >= remembered {
			b.forget(now)
		}
		if b.of == nil {
			b.of = make(map[string]*rate.Limiter)
		}
		l = rate.NewLimiter(b.rate, b.burst)
		b.of[name] = l
	}
	return l
}

// forget drops those who have all their tokens again, and where that are few, all:
// rather forget than grow.
func (b *buckets) forget(now time.Time) {
	for name, l := range b.of {
		if l.TokensAt(now) >= float64(b.burst) {
			delete(b.of, name)
		}
	}
	if len(b.of) > remembered/2 {
		clear(b.of)
	}
}

// shield lets a command to a debate through, or refuses it for now. Who sends it is
// looked up here, so that no route can be forgotten; what is wrong with the sender is left to the
// route to say.
func (s *Server) shield(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		d, known := s.debates[c.Param("debate")]
		joins := c.Path() == debatePath+joinPath && r.Method == http.MethodPost // counts by itself
		if !known || joins || r.Method == http.MethodGet || r.Method == http.MethodHead || s.limits.off {
			return next(c)
		}
		grant, err := s.identify(r, d)
		if err != nil {
			grant = nil
		}
		if err := s.limits.command(grant, r, time.Now()); err != nil {
			return err
		}
		return next(c)
	}
}
