package server

import (
	"net"
	"sync"

	"golang.org/x/time/rate"
)

const (
	// guessBurst wrong join codes may come from an address at once, and then
	// guessRate a second: enough for a room of people behind one address who mistype, and a week and
	// more for all the codes there are.
	guessBurst = 30
	guessRate  = 1
	// guessers is how many addresses are remembered.
	guessers = 10_000
)

// guesses limits the wrong join codes that an address may try. The zero value
// has seen none.
type guesses struct {
	mu sync.Mutex
	by map[string]*rate.Limiter
}

// of is what an address has left.
func (g *guesses) of(remote string) *rate.Limiter {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	l, ok := g.by[host]
	if !ok {
		if len(g.by) >= guessers || g.by == nil {
			g.by = make(map[string]*rate.Limiter) // rather forget than grow
		}
		l = rate.NewLimiter(guessRate, guessBurst)
		g.by[host] = l
	}
	return l
}
