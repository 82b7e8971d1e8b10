package server

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"rostrum/queue"
)

// How many bytes delegates may have the server write: so many at once, then so many a second. A request with its note
// has a few hundred, or a few thousand; a delegation makes a handful of them in an hour. An officer meets none of these.
//
// A phone that joins again has another session, so those who came by the join code count for their participant, their
// address and their debate too. A badge is one session for ever, and is kept out of what they share: whoever joins and
// writes as much as there may be leaves those with badges what is theirs.
const (
	sessionBytes, sessionBytesBurst         = 2 << 10, 512 << 10
	participantBytes, participantBytesBurst = 4 << 10, 1 << 20
	sharedBytes, sharedBytesBurst           = 512 << 10, 64 << 20 // of an address, and of a debate

	// commandBytes is what a command counts beside its body: what the journal adds to it.
	commandBytes = 512

	// The phones that joined for a participant write at this pace: so much at once; more waits its turn, paceLongest at
	// the most. Without it forty phones that spend at once what they have keep two processors busy with deciding,
	// encoding and showing it, and the chair's taps wait for them.
	paceBytes, paceBytesBurst = 8 << 10, 20 << 10 // the largest command fits into what may come at once
	paceLongest               = 5 * time.Second

	// Of the files of statements, whatever becomes of them.
	fileBytes, fileBytesBurst             = 256 << 10, 256 << 20 // of a participant
	sharedFileBytes, sharedFileBytesBurst = 8 << 20, 1 << 30     // of an address
	// Of all that delegates send together, so that the disk has time for the journal. A file waits for it as it comes.
	comingFileBytes, comingFileBytesBurst = 32 << 20, 16 << 20
)

// byteLimits bound what delegates have the server write, beside the number of their commands.
type byteLimits struct {
	off                                   bool
	metrics                               *metrics
	session, participant, address, debate buckets
	pace                                  buckets
	files, addressFiles                   buckets
	coming                                *rate.Limiter
}

func newByteLimits(off bool, m *metrics) *byteLimits {
	shared := func() buckets { return buckets{rate: sharedBytes, burst: sharedBytesBurst} }
	return &byteLimits{
		off: off, metrics: m,
		session:      buckets{rate: sessionBytes, burst: sessionBytesBurst},
		participant:  buckets{rate: participantBytes, burst: participantBytesBurst},
		address:      shared(),
		debate:       shared(),
		pace:         buckets{rate: paceBytes, burst: paceBytesBurst},
		files:        buckets{rate: fileBytes, burst: fileBytesBurst},
		addressFiles: buckets{rate: sharedFileBytes, burst: sharedFileBytesBurst},
		coming:       rate.NewLimiter(comingFileBytes, comingFileBytesBurst),
	}
}

// account is where bytes are counted, and what its holder is told when it is overdrawn.
type account struct {
	of        *buckets
	name, by  string
	overdrawn string
	patience  time.Duration // for which its holder may wait for bytes that are not there yet
}

// accounts are those of a sender of commands.
func (l *byteLimits) accounts(g *Grant, r *http.Request) []account {
	if l.off || g == nil || exempt(g) {
		return nil
	}
	all := []account{{of: &l.session, name: sessionOf(g), by: "session", overdrawn: "This phone, or all that share its badge, writes too much. Wait a moment, then try again."}}
	if g.by() != "code" {
		return all
	}
	return append(all,
		account{of: &l.participant, name: participantOf(g), by: "participant", overdrawn: "The phones that joined for this participant write too much. Wait a moment, then try again, or scan its badge."},
		account{of: &l.address, name: network(r.RemoteAddr), by: "address", overdrawn: "Too much is written from this network. Wait a moment, then try again, or scan your badge."},
		account{of: &l.debate, name: g.Debate, by: "debate", overdrawn: "Too much is written in this debate. Wait a moment, then try again, or scan your badge."},
		account{of: &l.pace, name: participantOf(g), by: "pace", overdrawn: "The phones that joined for this participant write too much at once. Wait a moment, then try again, or scan its badge.", patience: paceLongest},
	)
}

// payment is what was paid for a command before it was carried out.
type payment struct {
	accounts []account
	bytes    int
	wait     time.Duration // until the command may be carried out
	pace     *rate.Limiter // of a file, nil for as fast as it comes
}

// command admits a command with a body of so many bytes, after a wait, or says when to send it again.
func (l *byteLimits) command(g *Grant, r *http.Request, body int, now time.Time) (*payment, error) {
	p := &payment{accounts: l.accounts(g, r), bytes: body + commandBytes}
	var paid []*rate.Reservation
	for _, a := range p.accounts {
		one, wait := a.of.pay(a.name, p.bytes, a.patience, now)
		if one != nil {
			paid, p.wait = append(paid, one), max(p.wait, wait)
			continue
		}
		for _, one := range paid {
			one.CancelAt(now)
		}
		l.metrics.limited.WithLabelValues("bytes", a.by).Inc()
		return nil, &limited{refuse(rateLimited, "%s", a.overdrawn), wait}
	}
	return p, nil
}

// turn waits until a command that was paid may be carried out.
func (p *payment) turn(ctx context.Context) error {
	if p.wait == 0 {
		return nil
	}
	select {
	case <-time.After(p.wait):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// settle pays what a command had the journal write beyond what was paid before: one that changes a letter may
// write all the rest once more. Of one whose outcome is not known that is as much as there can be.
func (p *payment) settle(answer queue.Answer, err error, now time.Time) {
	entry := answer.Written
	if undecided(err) {
		entry = maxBody
	}
	if more := entry - p.bytes; more > 0 {
		for _, a := range p.accounts {
			a.of.owe(a.name, more, now)
		}
	}
}

// pay takes so many tokens that a name has by then, and says how long until it has them. Where that is longer than the
// patience there is, it takes none and gives nil, and says for how long that will be so.
func (b *buckets) pay(name string, tokens int, patience time.Duration, now time.Time) (*rate.Reservation, time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.limiter(name, now).ReserveN(now, tokens)
	wait := r.DelayFrom(now)
	if wait > patience {
		r.CancelAt(now)
		return nil, wait - patience
	}
	return r, wait
}

// owe takes so many tokens of a name, also those that it has not got yet: what is asked next waits for them.
func (b *buckets) owe(name string, tokens int, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.limiter(name, now).ReserveN(now, tokens)
}

// owes is how long a name has to wait until it owes nothing.
func (b *buckets) owes(name string, now time.Time) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.limiter(name, now)
	return time.Duration(max(0, -l.TokensAt(now)) / float64(b.rate) * float64(time.Second))
}

// fileAccounts are those of a sender of files.
func (l *byteLimits) fileAccounts(g *Grant, r *http.Request) []account {
	if l.off || g == nil || exempt(g) {
		return nil
	}
	return []account{
		{of: &l.files, name: participantOf(g) + " " + g.by(), by: "participant", overdrawn: "Too many files were sent for this participant. Wait a moment, then try again."},
		{of: &l.addressFiles, name: network(r.RemoteAddr), by: "address", overdrawn: "Too many files were sent from this network. Wait a moment, then try again."},
	}
}

// file admits a file, or says when to send it again. Its bytes are paid as they come.
func (l *byteLimits) file(g *Grant, r *http.Request, now time.Time) (*payment, error) {
	p := &payment{accounts: l.fileAccounts(g, r)}
	if len(p.accounts) > 0 {
		p.pace = l.coming
	}
	for _, a := range p.accounts {
		if wait := a.of.owes(a.name, now); wait > 0 {
			l.metrics.limited.WithLabelValues("files", a.by).Inc()
			return nil, &limited{refuse(rateLimited, "%s", a.overdrawn), wait}
		}
	}
	return p, nil
}

// came pays bytes of a file.
func (p *payment) came(n int, now time.Time) {
	for _, a := range p.accounts {
		a.of.owe(a.name, n, now)
	}
}

// counted is a request's body, and how much of it was read.
type counted struct {
	io.ReadCloser
	read int
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.ReadCloser.Read(b)
	c.read += n
	return n, err
}

// count counts what is read from now on of a request's body.
func count(c echo.Context) *counted {
	r := c.Request()
	body := &counted{ReadCloser: r.Body}
	r.Body = body
	return body
}
