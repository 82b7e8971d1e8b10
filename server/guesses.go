package server

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How many wrong join codes are tried: so many at once, then one each time. There are a
// million codes, of which one is right, or two.
const (
	// By one address for one participant: somebody who mistypes.
	pairBurst, pairEvery = 20, 10 * time.Second
	// By one address: the whole room where it shares one.
	addressBurst, addressEvery = 60, 10 * time.Second
	// For one participant from everywhere.
	participantBurst, participantEvery = 60, time.Minute
	// freshAfter is how long after a wrong code for one participant an address counts as one from
	// which nobody guesses at it.
	freshAfter = 15 * time.Minute
	// guessers is how many of each are remembered.
	guessers = 10_000
)

// guesses limits the wrong join codes that are tried in a debate. Right ones never
// count, so that a room of any size comes in from one address. Where one who guesses has used up what
// the address has, everybody else there still has a try for each participant for whom none was wrong
// lately; and a participant at whom the whole world guesses still comes in from the room. The zero
// value has seen none.
type guesses struct {
	mu           sync.Mutex
	pairs        map[[2]string]*rate.Limiter
	wrong        map[[2]string]time.Time // when a pair last was
	addresses    map[string]*rate.Limiter
	participants map[string]*rate.Limiter
	// known are the addresses from which a right code came.
	known map[string]bool
}

// guess is somebody about to try a code.
type guess struct {
	of                         *guesses
	who                        [2]string // address and participant
	pair, byAddress, forTarget *rate.Limiter
}

// of is what an address has left for a participant.
func (g *guesses) of(remote, participant string) guess {
	address := network(remote)
	g.mu.Lock()
	defer g.mu.Unlock()
	who := [2]string{address, participant}
	return guess{
		g, who,
		limiter(&g.pairs, who, pairBurst, pairEvery),
		limiter(&g.addresses, address, addressBurst, addressEvery),
		limiter(&g.participants, participant, participantBurst, participantEvery),
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

// wait is how long to wait before a code is tried, 0 where it may be at once.
func (g guess) wait(now time.Time) time.Duration {
	if wait := until(g.pair, 1, now); wait > 0 {
		return wait
	}
	known, last := g.of.past(g.who)
	fresh := max(0, freshAfter-now.Sub(last))
	crowded := min(until(g.byAddress, 1, now), fresh)
	besieged := until(g.forTarget, 1, now)
	if known {
		besieged = min(besieged, fresh)
	}
	return max(crowded, besieged)
}

// until is how long it takes until a limiter has so many left.
func until(l *rate.Limiter, n float64, now time.Time) time.Duration {
	const rounding = 1e-6
	missing := n - l.TokensAt(now)
	if missing <= rounding {
		return 0
	}
	return time.Duration(missing / float64(l.Limit()) * float64(time.Second))
}

// wrong counts a wrong code.
func (g guess) wrong(now time.Time) {
	g.pair.AllowN(now, 1)
	g.byAddress.AllowN(now, 1)
	g.forTarget.AllowN(now, 1)
	g.of.mu.Lock()
	defer g.of.mu.Unlock()
	if len(g.of.wrong) >= guessers || g.of.wrong == nil {
		g.of.wrong = make(map[[2]string]time.Time)
	}
	g.of.wrong[g.who] = now
}

// right remembers that those in the room come from this address.
func (g guess) right() {
	g.of.mu.Lock()
	defer g.of.mu.Unlock()
	if len(g.of.known) >= guessers || g.of.known == nil {
		g.of.known = make(map[string]bool)
	}
	g.of.known[g.who[0]] = true
}

// past says whether a right code came from an address, and when the last wrong one did
// for the participant.
func (g *guesses) past(who [2]string) (known bool, wrong time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.known[who[0]], g.wrong[who]
}
