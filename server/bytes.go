package server

import (
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

	// Of the files of statements, whatever becomes of them.
	fileBytes, fileBytesBurst             = 256 << 10, 256 << 20 // of a participant
	sharedFileBytes, sharedFileBytesBurst = 8 << 20, 1 << 30     // of an address
)

// byteLimits bound what delegates have the server write, beside the number of their commands.
type byteLimits struct {
	off                                   bool
	metrics                               *metrics
	session, participant, address, debate buckets
	files, addressFiles                   buckets
}

func newByteLimits(off bool, m *metrics) *byteLimits {
	shared := func() buckets { return buckets{rate: sharedBytes, burst: sharedBytesBurst} }
	return &byteLimits{
		off: off, metrics: m,
		session:      buckets{rate: sessionBytes, burst: sessionBytesBurst},
		participant:  buckets{rate: participantBytes, burst: participantBytesBurst},
		address:      shared(),
		debate:       shared(),
		files:        buckets{rate: fileBytes, burst: fileBytesBurst},
		addressFiles: buckets{rate: sharedFileBytes, burst: sharedFileBytesBurst},
	}
}

// account is where bytes are counted, and what its holder is told when it is overdrawn.
type account struct {
	of        *buckets
	name, by  string
	overdrawn string
}

// accounts are those of a sender of commands.
func (l *byteLimits) accounts(g *Grant, r *http.Request) []account {
	if l.off || g == nil || exempt(g) {
		return nil
	}
	all := []account{{&l.session, sessionOf(g), "session", "This phone, or all that share its badge, writes too much. Wait a moment, then try again."}}
	if g.by() != "code" {
		return all
	}
	return append(all,
		account{&l.participant, g.Debate + " " + g.Participant, "participant", "The phones that joined for this participant write too much. Wait a moment, then try again, or scan its badge."},
		account{&l.address, network(r.RemoteAddr), "address", "Too much is written from this network. Wait a moment, then try again, or scan your badge."},
		account{&l.debate, g.Debate, "debate", "Too much is written in this debate. Wait a moment, then try again, or scan your badge."},
	)
}

// payment is what was paid for a command before it was carried out.
type payment struct {
	accounts []account
	bytes    int
}

// command admits a command with a body of so many bytes, or says when to send it again.
func (l *byteLimits) command(g *Grant, r *http.Request, body int, now time.Time) (*payment, error) {
	p := &payment{l.accounts(g, r), body + commandBytes}
	var paid []*rate.Reservation
	for _, a := range p.accounts {
		one, wait := a.of.pay(a.name, p.bytes, now)
		if wait == 0 {
			paid = append(paid, one)
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

// pay takes so many tokens of a name, or tells how long to wait for them.
func (b *buckets) pay(name string, tokens int, now time.Time) (*rate.Reservation, time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return takeFrom(b.limiter(name, now), tokens, now)
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
		{&l.files, g.Debate + " " + g.Participant + " " + g.by(), "participant", "Too many files were sent for this participant. Wait a moment, then try again."},
		{&l.addressFiles, network(r.RemoteAddr), "address", "Too many files were sent from this network. Wait a moment, then try again."},
	}
}

// file admits a file, or says when to send it again. Its bytes are paid as they come.
func (l *byteLimits) file(g *Grant, r *http.Request, now time.Time) (*payment, error) {
	p := &payment{accounts: l.fileAccounts(g, r)}
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
