package server

import (
	"sync"

	"rostrum/queue"
)

// worth says whose places go first to others where there are not enough for all: the debate goes
// on without those who look on, but not without its officers.
type worth int

const (
	ofNobody  worth = iota // who looks on, without a token
	ofJoined               // by the join code
	ofBadge                // by a badge
	ofOfficer              // who runs the debate, and the screens in the room
	worths
)

func worthOf(g *Grant) worth {
	switch {
	case g == nil:
		return ofNobody
	case g.Role != queue.Delegate:
		return ofOfficer
	case g.by() == "badge":
		return ofBadge
	default:
		return ofJoined
	}
}

// places are the streams that a server can hold. Where they are all taken, one of less worth
// gives way. Among those of the same worth it is one of whoever has most: of a participant, then of an address,
// then of a session, and there the newest. So one who takes many loses them first, and one who comes with a
// few is not kept out by them.
type places struct {
	off bool // only what the machine can hold is a limit

	mu       sync.Mutex
	capacity int // of all streams, 0 for any number; officers are let in beyond
	total    int
	taken    [worths]share[*place]
	// address counts those without a badge, which nobody can make more of.
	address map[string]int
}

// place is one of them, taken by a stream or by somebody who is about to open one.
type place struct {
	in          *places
	worth       worth
	participant string // and the debate; "" for nobody
	address     string
	session     string // of one who came by the join code

	// in.mu guards these.
	held  held[*place]
	gone  bool   // it has been given up, or has to be
	yield func() // ends its stream, nil before there is one
}

// path is whose share a place is in.
func (p *place) path() []string { return []string{p.participant, p.address, p.session} }

func newPlaces(off bool, capacity int) *places {
	return &places{off: off, capacity: capacity, address: make(map[string]int)}
}

// lookers is how many streams without a token an address may have open, of those that the machine can hold: the rest
// is for who takes part, without anybody giving way. 0 is for any number.
func (l *places) lookers() int {
	if l.off {
		return 0
	}
	return l.capacity - l.capacity/4
}

// take takes a place, or says whose limit is reached. Streams that give way for it are ended.
func (l *places) take(p *place) (gaveWay int, by string) {
	p.in = l
	l.mu.Lock()
	leaving, by := l.room(p)
	var end []func()
	if by == "" {
		end = l.turnOut(leaving)
		p.held = l.taken[p.worth].add(p, p.path()...)
		l.count(p, 1)
	}
	l.mu.Unlock()
	for _, yield := range end {
		yield()
	}
	return len(leaving), by
}

// room finds who gives way so that there is room for one more, or says whose limit it is that nobody does.
// Its caller holds the lock.
func (l *places) room(p *place) (leaving []*place, by string) {
	address := l.address[p.address]
	if limit := streamsOf(p.worth); limit > 0 && !l.off && l.taken[p.worth].of(p.participant).size() >= limit {
		other, ok := l.taken[p.worth].of(p.participant).fuller(p.path()[1:]...)
		if !ok {
			return nil, "participant"
		}
		leaving = append(leaving, other)
		if other.address == p.address {
			address--
		}
	}
	if p.worth < ofBadge && !l.off {
		looking := l.taken[ofNobody].of("", p.address)
		switch most := l.lookers(); {
		case p.worth == ofNobody && most > 0 && looking.size() >= most:
			return nil, "address"
		case address < networkStreams:
		case p.worth == ofNobody || looking == nil:
			return nil, "address"
		default:
			other, _ := looking.newest()
			leaving = append(leaving, other)
		}
	}
	if l.capacity > 0 && l.total-len(leaving) >= l.capacity {
		other, ok := l.least(p.worth)
		if !ok && p.worth < ofOfficer {
			other, ok = l.taken[p.worth].fuller(p.path()...)
		}
		switch {
		case ok:
			leaving = append(leaving, other)
		case p.worth < ofOfficer:
			return nil, "server"
		}
	}
	return leaving, ""
}

// least is a stream of the least worth there is below another: of who has most, the newest.
func (l *places) least(below worth) (*place, bool) {
	for w := ofNobody; w < below; w++ {
		if l.taken[w].count > 0 {
			return l.taken[w].newest()
		}
	}
	return nil, false
}

// turnOut takes places back, and gives what ends their streams, which is to be called without the lock.
func (l *places) turnOut(leaving []*place) (end []func()) {
	for _, p := range leaving {
		l.giveUp(p)
		if p.yield != nil {
			end = append(end, p.yield)
		}
	}
	return end
}

// shrink takes places back until there are no more than the machine has turned out to hold.
func (l *places) shrink(capacity int) {
	l.mu.Lock()
	if l.capacity == 0 || capacity < l.capacity {
		l.capacity = max(1, capacity)
	}
	var end []func()
	for l.total > l.capacity {
		p, ok := l.least(ofOfficer)
		if !ok {
			break
		}
		end = append(end, l.turnOut([]*place{p})...)
	}
	l.mu.Unlock()
	for _, yield := range end {
		yield()
	}
}

// begin says how the stream is ended that has taken the place. It is ended at once if the place has been
// given to another meanwhile.
func (p *place) begin(yield func()) {
	p.in.mu.Lock()
	p.yield = yield
	gone := p.gone
	p.in.mu.Unlock()
	if gone {
		yield()
	}
}

// leave gives a place up. It may be called more than once.
func (p *place) leave() {
	p.in.mu.Lock()
	defer p.in.mu.Unlock()
	p.in.giveUp(p)
}

func (l *places) giveUp(p *place) {
	if !p.gone {
		p.gone = true
		p.held.remove()
		l.count(p, -1)
	}
}

func (l *places) count(p *place, by int) {
	l.total += by
	if p.worth >= ofBadge {
		return
	}
	if l.address[p.address] += by; l.address[p.address] == 0 {
		delete(l.address, p.address)
	}
}

// streamsOf is how many streams a participant may have open, of those of a worth; 0 is for any number.
func streamsOf(w worth) int {
	switch w {
	case ofJoined:
		return joinedStreams
	case ofBadge:
		return badgeStreams
	default:
		return 0
	}
}
