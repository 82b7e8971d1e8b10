package server

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// uploadIdle is how long the server waits for more of a file, and uploadAll how long
	// for all of it: ten megabytes over a network of a crowded room.
	uploadIdle = 20 * time.Second
	uploadAll  = 15 * time.Minute
	// uploadFirst is how long a file may come as slowly as it likes; from then on it is to have come with uploadRate
	// bytes a second on the whole. A file that drips holds a place that others need.
	uploadFirst = time.Minute
	uploadRate  = 4 << 10
	// uploadsAtOnce is how many files a session may be sending at once, and uploadsJoined how many all those who joined by the
	// code for a participant: more than the statements that it may have, and at most a quarter of what all may send.
	uploadsAtOnce = 2
	uploadsJoined = 16
)

// transfers counts the files that are being received, or sent, by whose they are. The zero value has none.
type transfers struct {
	mu   sync.Mutex
	by   map[string]int
	open int
	all  sync.WaitGroup
}

// quota is how many files there may be at once of somebody.
type quota struct {
	name string
	most int
	by   string // whose it is
}

// begin admits one more, until end is called, or says whose limit is reached.
func (t *transfers) begin(quotas []quota) (end func(), by string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, q := range quotas {
		if t.by[q.name] >= q.most {
			return nil, q.by
		}
	}
	if t.by == nil {
		t.by = make(map[string]int)
	}
	for _, q := range quotas {
		t.by[q.name]++
	}
	t.open++
	t.all.Add(1)
	return sync.OnceFunc(func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		for _, q := range quotas {
			less(t.by, q.name)
		}
		t.open--
		t.all.Done()
	}), ""
}

// quotasOf are those of a sender who is no officer, of so many files that all may send or fetch at once. One address
// leaves a quarter to others, and who joined by the code leaves a quarter to badges.
func (s *Server) quotasOf(g *Grant, r *http.Request) []quota {
	most := filesIn(s.connections)
	quarter := max(1, most/4)
	all := []quota{{"all", most, "server"}}
	if s.limits.off {
		return all
	}
	address := network(r.RemoteAddr)
	all = append(all, quota{"address " + address, most - quarter, "address"})
	if worthOf(g) < ofBadge {
		all = append(all, quota{"without a badge", most - quarter, "server"})
	}
	return all
}

// upload admits a file that is about to be sent, until end is called, or says when to send it again.
func (s *Server) upload(g *Grant, r *http.Request) (end func(), err error) {
	quotas := []quota{{"session " + sessionOf(g) + " " + string(g.Role), uploadsAtOnce, "session"}}
	if !exempt(g) {
		quotas = append(quotas, s.quotasOf(g, r)...)
	}
	if worthOf(g) == ofJoined && !s.limits.off {
		quotas = append(quotas, quota{"participant " + participantOf(g), min(uploadsJoined, max(1, filesIn(s.connections)/4)), "participant"})
	}
	return s.transfer(&s.uploads, quotas, map[string]string{
		"session":     "Two files are being sent already. Wait until one is there.",
		"participant": "Files are being sent already by others of this delegation. Wait until one is there.",
		"address":     "Many files are being sent from this network. Wait a moment, then try again.",
		"server":      "Many files are being sent. Wait a moment, then try again.",
	})
}

// fetch admits a file that is about to be read, until end is called, or says when to fetch it again.
func (s *Server) fetch(g *Grant, r *http.Request) (end func(), err error) {
	var quotas []quota
	if !exempt(g) {
		quotas = s.quotasOf(g, r)
	}
	return s.transfer(&s.fetches, quotas, map[string]string{
		"address": "Many files are being fetched on this network. Wait a moment, then try again.",
		"server":  "Many files are being fetched. Wait a moment, then try again.",
	})
}

// transfer counts a file, and the handle that it takes.
func (s *Server) transfer(t *transfers, quotas []quota, refusals map[string]string) (end func(), err error) {
	ended, by := t.begin(quotas)
	if by != "" {
		s.metrics.limited.WithLabelValues("files", by).Inc()
		return nil, &limited{refuse(rateLimited, "%s", refusals[by]), uploadIdle}
	}
	closed := s.crowd.file()
	return func() { closed(); ended() }, nil
}

// UploadsEnded waits until nobody sends a file any more and what was received is stored or thrown away. It is
// called once the connections are cut off.
func (s *Server) UploadsEnded() { s.uploads.all.Wait() }

// patient is a body that may take its time, but not stand still, nor drip where it has an instant at which it began.
type patient struct {
	r       io.Reader
	control *http.ResponseController
	idle    time.Duration // for which it may stand still
	until   time.Time
	began   time.Time // zero: it may come as slowly as it likes
	read    int64
	failed  bool
}

// deadline is when more has to have come.
func (p *patient) deadline(now time.Time) time.Time {
	deadline := now.Add(p.idle)
	if deadline.After(p.until) {
		deadline = p.until
	}
	if slow := p.began.Add(uploadFirst + time.Duration(p.read)*time.Second/uploadRate); !p.began.IsZero() && deadline.After(slow) {
		deadline = slow
	}
	return deadline
}

func (p *patient) Read(b []byte) (int, error) {
	_ = p.control.SetReadDeadline(p.deadline(time.Now())) // what has none keeps the server's own
	n, err := p.r.Read(b)
	p.read += int64(n)
	p.failed = err != nil && err != io.EOF
	return n, err
}

// pacedBody is a body that is read at the pace of all that share it.
type pacedBody struct {
	ctx  context.Context
	r    io.Reader
	pace *rate.Limiter // in bytes, nil: as fast as it comes
}

func (p pacedBody) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	if n > 0 && p.pace != nil {
		if late := p.pace.WaitN(p.ctx, n); late != nil {
			return 0, late
		}
	}
	return n, err
}
