package server

import (
	"context"
	"crypto/subtle"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How many wrong join codes are judged. There are a million codes, of which one is right, or
// two while the one before is still accepted.
const (
	// By one network, which may be the whole room: so many at once, so many a second after,
	// and of those a reserve, beyond which there is one a second.
	tryBurst, triesASecond       = 200, 20
	tryReserve, reserveASecond   = 2_000, 1
	pairBurst, pairEvery         = 20, 10 * time.Second // by one network for one participant, before it is told to wait
	tryPatience                  = 3 * time.Second      // for which a code waits to be judged, in the request
	tryAgain                     = time.Second          // after which it is to be sent again
	waitingOfNetwork, waitingAll = 400, 1_000           // codes that wait in a request
	turnsKept, turnFor           = 20_000, time.Minute  // codes that keep their place while they are not there
	guessers                     = 10_000               // networks, and pairs, that are remembered
)

// codes is how many join codes there are: those of six digits.
const codes = 1_000_000

// guesses judges the typed join codes of a debate. What is wrong is judged at a bounded rate,
// by network and over all the networks from which nobody has come in yet; what is right
// costs nothing. Beyond the rate a code waits in its request for its turn, and then is told when to
// come again. The one that came first is judged first, and it keeps its place while it is away:
// who types the code from the display and sends it again goes before all who try one code after the
// other. So nobody who guesses keeps a room out that shares their network.
type guesses struct {
	// accepted are the codes that are right now, none while nobody joins by one.
	accepted func() []string

	mu      sync.Mutex
	right   []string    // as accepted was at last
	wrong   *wrongCodes // the codes that were wrong since right is as it is
	nets    map[string]*guesser
	pairs   map[[2]string]*rate.Limiter // by network and participant
	strange tryBudget                   // of all the networks that are not known
	turns   turns
	waiting []*try // the longest there first
	serveOn *time.Timer
	next    time.Time // at which serveOn serves, zero where nothing waits
}

// guesser is a network from which codes are tried.
type guesser struct {
	tryBudget
	known   bool // somebody has come in from there
	waiting int
	blocked time.Time // before which no code from there may be judged
}

// try is a code that waits in a request.
type try struct {
	turn
	by      *guesser
	pair    *rate.Limiter
	since   time.Time
	outcome chan outcome // with room for one
}

// outcome is what became of a code: it is right, wrong, of no use while nobody joins by one, or
// to be sent again after a wait.
type outcome struct {
	is    verdict
	after time.Duration // with judgedLater
}

type verdict int

const (
	judgedLater verdict = iota
	judgedRight
	judgedWrong
	judgedOff
)

func newGuesses(accepted func() []string) *guesses {
	return &guesses{accepted: accepted, strange: newTryBudget(), nets: make(map[string]*guesser)}
}

// welcome remembers that somebody in the room came from a network.
func (g *guesses) welcome(remote string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.guesser(network(remote), time.Now()).welcome()
}

func (by *guesser) welcome() {
	if !by.known {
		by.known, by.blocked = true, time.Time{}
	}
}

// wait is how long it takes until a code from a network may be judged.
func (g *guesses) wait(by *guesser, now time.Time) time.Duration {
	if wait := by.blocked.Sub(now); wait > 0 {
		return wait
	}
	wait := by.until(now)
	if !by.known {
		wait = max(wait, g.strange.until(now))
	}
	by.blocked = now.Add(wait)
	return wait
}

// try judges a code, at the latest after tryPatience.
func (g *guesses) try(ctx context.Context, remote, participant, code string) outcome {
	t, done := g.begin(turn{network(remote), participant, code}, time.Now())
	if t == nil {
		return done
	}
	patience := time.NewTimer(tryPatience)
	defer patience.Stop()
	select {
	case done = <-t.outcome:
		return done
	case <-patience.C:
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if at := slices.Index(g.waiting, t); at >= 0 {
		g.waiting = slices.Delete(g.waiting, at, at+1)
		g.settle(t, outcome{judgedLater, tryAgain})
	}
	return <-t.outcome
}

// begin judges a code at once, or lets it wait.
func (g *guesses) begin(of turn, now time.Time) (*try, outcome) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.refresh(); len(g.right) == 0 {
		return nil, outcome{is: judgedOff}
	}
	pair := limiter(&g.pairs, [2]string{of.network, of.participant}, pairBurst, pairEvery)
	besieged := until(pair, now)
	if g.wrong.has(of.code) {
		if pair.AllowN(now, 1); besieged > 0 {
			return nil, outcome{judgedLater, besieged}
		}
		return nil, outcome{is: judgedWrong}
	}
	since := now
	if besieged > 0 {
		// Whoever tries one code after the other waits for each.
		since = g.turns.of(of, now)
		if wait := tryAgain - now.Sub(since); wait > 0 {
			return nil, outcome{judgedLater, wait}
		}
	} else if at, ok := g.turns.known(of, now); ok {
		since = at
	}
	t := &try{of, g.guesser(of.network, now), pair, since, make(chan outcome, 1)}
	at, _ := slices.BinarySearchFunc(g.waiting, t, func(a, b *try) int {
		if c := a.since.Compare(b.since); c != 0 {
			return c
		}
		return -1 // behind those that are there as long
	})
	g.waiting = slices.Insert(g.waiting, at, t)
	t.by.waiting++
	if wait := g.wait(t.by, now); wait == 0 || g.next.IsZero() || now.Add(wait).Before(g.next) {
		g.serve(now)
	}
	g.makeRoom(t.by)
	select {
	case done := <-t.outcome:
		return nil, done
	default:
		g.turns.of(of, now)
		return t, outcome{}
	}
}

// serve judges what waits and may be judged, and comes again when the next one may.
func (g *guesses) serve(now time.Time) {
	g.refresh()
	g.next = time.Time{}
	still := g.waiting[:0]
	for _, t := range g.waiting {
		if len(g.right) == 0 {
			g.settle(t, outcome{is: judgedOff})
			continue
		}
		wait := g.wait(t.by, now)
		switch {
		case g.wrong.has(t.code): // somebody else's, judged meanwhile
			g.settle(t, outcome{is: judgedWrong})
		case wait > 0:
			still = append(still, t)
			if at := now.Add(wait); g.next.IsZero() || at.Before(g.next) {
				g.next = at
			}
		case g.isRight(t.code):
			t.by.welcome()
			g.settle(t, outcome{is: judgedRight})
		default:
			g.wrong.add(t.code)
			t.pair.AllowN(now, 1)
			t.by.take(now)
			if !t.by.known {
				g.strange.take(now)
			}
			g.settle(t, outcome{is: judgedWrong})
		}
	}
	clear(g.waiting[len(still):])
	g.waiting = still
	if g.serveOn != nil {
		g.serveOn.Stop()
	}
	if !g.next.IsZero() {
		g.serveOn = time.AfterFunc(max(g.next.Sub(now), time.Millisecond), func() {
			g.mu.Lock()
			defer g.mu.Unlock()
			g.serve(time.Now())
		})
	}
}

// settle tells a request what became of its code. It is not among those that wait any more.
func (g *guesses) settle(t *try, o outcome) {
	t.by.waiting--
	if o.is != judgedLater {
		g.turns.forget(t.turn)
	}
	t.outcome <- o
}

// makeRoom sends the last ones away where too many wait.
func (g *guesses) makeRoom(by *guesser) {
	for at := len(g.waiting) - 1; at >= 0 && (by.waiting > waitingOfNetwork || len(g.waiting) > waitingAll); at-- {
		if t := g.waiting[at]; t.by == by || len(g.waiting) > waitingAll {
			g.waiting = slices.Delete(g.waiting, at, at+1)
			g.turns.of(t.turn, time.Now())
			g.settle(t, outcome{judgedLater, tryAgain})
		}
	}
}

// refresh forgets what was wrong once other codes are right.
func (g *guesses) refresh() {
	if now := g.accepted(); !slices.Equal(now, g.right) || g.wrong == nil {
		g.right, g.wrong = now, new(wrongCodes)
	}
}

func (g *guesses) isRight(code string) bool {
	right := 0
	for _, accepted := range g.right {
		right |= subtle.ConstantTimeCompare([]byte(code), []byte(accepted))
	}
	return right == 1
}

// guesser is what is known of a network. Where too many are, those go that have not tried
// anything for long, or else all but those that wait: rather forget than grow.
func (g *guesses) guesser(name string, now time.Time) *guesser {
	by, ok := g.nets[name]
	if ok {
		return by
	}
	for _, enough := range []int{guessers, guessers / 2} {
		if len(g.nets) < enough {
			break
		}
		for name, by := range g.nets {
			if by.waiting == 0 && (enough < guessers || by.full(now)) {
				delete(g.nets, name)
			}
		}
	}
	by = &guesser{tryBudget: newTryBudget()}
	g.nets[name] = by
	return by
}

// tryBudget is how many wrong codes may be judged: quickly for a while, then slowly.
type tryBudget struct{ quick, reserve *rate.Limiter }

func newTryBudget() tryBudget {
	return tryBudget{rate.NewLimiter(triesASecond, tryBurst), rate.NewLimiter(reserveASecond, tryReserve)}
}

// until is how long it takes until one more may be judged.
func (b tryBudget) until(now time.Time) time.Duration {
	return max(until(b.quick, now), until(b.reserve, now))
}

func (b tryBudget) take(now time.Time) {
	b.quick.AllowN(now, 1)
	b.reserve.AllowN(now, 1)
}

func (b tryBudget) full(now time.Time) bool { return b.reserve.TokensAt(now) >= tryReserve }

func limiter[K comparable](limiters *map[K]*rate.Limiter, of K, burst int, every time.Duration) *rate.Limiter {
	l, ok := (*limiters)[of]
	if !ok {
		if len(*limiters) >= guessers || *limiters == nil {
			*limiters = make(map[K]*rate.Limiter) // rather forget than grow
		}
		l = rate.NewLimiter(rate.Every(every), burst)
		(*limiters)[of] = l
	}
	return l
}

// until is how long it takes until a limiter has one left.
func until(l *rate.Limiter, now time.Time) time.Duration {
	const rounding = 1e-6
	missing := 1 - l.TokensAt(now)
	if missing <= rounding {
		return 0
	}
	return time.Duration(missing / float64(l.Limit()) * float64(time.Second))
}

// wrongCodes are codes that are known to be wrong: to try one again tells nothing and
// costs nothing.
type wrongCodes [codes / 64]uint64

// has says whether a code is known to be wrong, as is whatever has not six digits.
func (w *wrongCodes) has(code string) bool {
	n, err := strconv.ParseUint(code, 10, 32)
	return err != nil || len(code) != 6 || w[n/64]&(1<<(n%64)) != 0
}

func (w *wrongCodes) add(code string) {
	if n, err := strconv.ParseUint(code, 10, 32); err == nil && n < codes {
		w[n/64] |= 1 << (n % 64)
	}
}

// network is what one who guesses cannot easily change: the address, or with IPv6
// the network that one subscriber has.
func network(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	address, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	address = address.Unmap().WithZone("")
	if address.Is6() {
		prefix, _ := address.Prefix(64) // 64 is never too long
		return prefix.String()
	}
	return address.String()
}
