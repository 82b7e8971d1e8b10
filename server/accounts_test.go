package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labstack/echo/v4"

	"rostrum/queue"
)

// senders are some who share one account of bytes, and no narrower one.
type senders struct {
	name string
	who  func(n int) (*Grant, *http.Request)
	most int // bytes at once, 0 for any number
	by   string
}

// spend has so many pieces paid for, and says how many bytes came through until one was refused, and by whose account.
func (s senders) spend(t *testing.T, m *metrics, kind string, pieces, size int, pay func(*Grant, *http.Request) error) {
	t.Helper()
	paid := 0
	for n := range pieces {
		err := pay(s.who(n))
		var wait *limited
		if err != nil && (!errors.As(err, &wait) || wait.refusal.Code != rateLimited || wait.after <= 0) {
			t.Fatalf("%s: %v", s.name, err)
		}
		if err != nil {
			break
		}
		paid += size
	}
	if most := s.most; most == 0 && paid != pieces*size || most > 0 && (paid > most+size || paid < most-size) {
		t.Errorf("%s: %d bytes are taken at once, want about %d of %d", s.name, paid, most, pieces*size)
	}
	if s.by == "" {
		return
	}
	families, err := m.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, is := range f.GetMetric() {
			labels := make(map[string]string)
			for _, l := range is.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			if f.GetName() == "rostrum_limited_total" && labels["what"] == kind && labels["by"] == s.by && is.GetCounter().GetValue() == 1 {
				return
			}
		}
	}
	t.Errorf("%s: the %s's account is not what refused", s.name, s.by)
}

// A sender who gets round one account of bytes, by joining again, for everybody or from many addresses, is bounded by
// a wider one.
func TestWhatIsWrittenIsBoundedByEachAccount(t *testing.T) {
	now := time.Now()
	address := func(n int) *http.Request { return from(fmt.Sprintf("10.%d.%d.1", n/250, n%250)) }
	for _, s := range []senders{
		{"a phone", func(int) (*Grant, *http.Request) { return joinedAs("ken", 1), from("10.0.0.1") }, sessionBytesBurst, "session"},
		{"a badge", func(int) (*Grant, *http.Request) { return badgeOf("ken"), from("10.0.0.1") }, sessionBytesBurst, "session"},
		{"phones that join again, each time on another network", func(n int) (*Grant, *http.Request) { return joinedAs("ken", n), address(n) }, participantBytesBurst, "participant"},
		{"an address that joins for everybody in many debates", func(n int) (*Grant, *http.Request) {
			g := joinedAs(fmt.Sprint("p", n), n)
			g.Debate = fmt.Sprint("d", n)
			return g, from("10.0.0.1")
		}, sharedBytesBurst, "address"},
		{"everybody in a debate, from everywhere", func(n int) (*Grant, *http.Request) { return joinedAs(fmt.Sprint("p", n), n), address(n) }, sharedBytesBurst, "debate"},
		{"the chair", func(int) (*Grant, *http.Request) { return &Grant{Debate: "d", Role: queue.Chair}, from("10.0.0.1") }, 0, ""},
	} {
		const body = 15 << 10
		m := newMetrics("test")
		l := newByteLimits(false, m)
		l.pace.burst = 1 << 30 // what the pace refuses is another test's
		s.spend(t, m, "bytes", 6_000, body+commandBytes, func(g *Grant, r *http.Request) error {
			_, err := l.command(g, r, body, now)
			return err
		})
	}
	for _, s := range []senders{
		{"those who joined for a participant", func(n int) (*Grant, *http.Request) { return joinedAs("ken", n), address(n) }, fileBytesBurst, "participant"},
		{"an address that joins for everybody", func(n int) (*Grant, *http.Request) { return joinedAs(fmt.Sprint("p", n), n), from("10.0.0.1") }, sharedFileBytesBurst, "address"},
	} {
		m := newMetrics("test")
		l := newByteLimits(false, m)
		s.spend(t, m, "files", 400, queue.MaxStatement, func(g *Grant, r *http.Request) error {
			p, err := l.file(g, r, now)
			if err == nil {
				p.came(queue.MaxStatement, now)
			}
			return err
		})
	}
}

// However many send files, and whoever they are, these come at one pace but for those of officers: the disk has time
// for the journal.
func TestFilesComeAtAPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newByteLimits(false, newMetrics("test"))
		send := func(who func(n int) *Grant) time.Duration {
			began := time.Now()
			var sending sync.WaitGroup
			for n := range 8 {
				sending.Go(func() {
					p, err := l.file(who(n), from(fmt.Sprint("10.0.0.", n)), time.Now())
					if err != nil {
						t.Error(err)
						return
					}
					file := bytes.NewReader(make([]byte, queue.MaxStatement))
					if n, err := io.Copy(io.Discard, pacedBody{t.Context(), file, p.pace}); n != queue.MaxStatement || err != nil {
						t.Errorf("%d bytes have come: %v", n, err)
					}
				})
			}
			sending.Wait()
			return time.Since(began)
		}
		if took := send(func(int) *Grant { return &Grant{Debate: "d", Role: queue.Chair} }); took != 0 {
			t.Errorf("the chair's files wait %v", took)
		}
		// 16 MiB at once, and 64 in two seconds.
		if took, want := send(func(n int) *Grant { return joinedAs(fmt.Sprint("p", n), n) }), 2*time.Second; took < want*99/100 || took > want*101/100 {
			t.Errorf("80 MB come in %v, want %v", took, want)
		}
	})
}

// What is stored has a bound for a participant, for all who joined by the code, and for the debate.
func TestTheShelfIsBoundedByEachAccount(t *testing.T) {
	for _, tt := range []struct {
		name  string
		owner func(n int) fileOwner
		most  int64
	}{
		{"one participant", func(int) fileOwner { return fileOwner{"ken", false} }, participantFiles},
		{"all who joined", func(n int) fileOwner { return fileOwner{fmt.Sprint("p", n), true} }, joinedFiles},
		{"all with badges", func(n int) fileOwner { return fileOwner{fmt.Sprint("p", n), false} }, debateFiles},
	} {
		h, taken := newShelf(new(queue.State)), int64(0)
		for n := range 200 {
			coming := &arrival{shelf: h, owner: tt.owner(n)}
			if coming.fits(queue.MaxStatement) != nil || coming.take(queue.MaxStatement) != nil {
				break
			}
			taken += queue.MaxStatement
		}
		if taken > tt.most || taken <= tt.most-queue.MaxStatement {
			t.Errorf("%s: %d bytes are taken, want up to %d", tt.name, taken, tt.most)
		}
		if err := (&arrival{shelf: h, owner: tt.owner(0), exempt: true}).take(queue.MaxStatement); err != nil {
			t.Errorf("%s: what an officer adds is refused: %v", tt.name, err)
		}
	}
}

// However many ask, and whatever for, all who are no officers are sent documents at one pace.
func TestThePublicIsSentDocumentsAtAPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{metrics: newMetrics("test")}
		s.answers = newAnswers(false, s.metrics)
		send := func(g *Grant) time.Duration {
			began := time.Now()
			for n := range 40 {
				done, err := s.answers.begin(g, from(fmt.Sprint("10.0.0.", n)).WithContext(t.Context()))
				if err != nil {
					t.Fatal(err)
				}
				c := echo.New().NewContext(httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder())
				if err := s.sendPieces(c, pieces{make([]byte, 1<<20)}, exempt(g)); err != nil {
					t.Fatal(err)
				}
				done()
			}
			return time.Since(began)
		}
		if took := send(&Grant{Debate: "d", Role: queue.Chair}); took != 0 {
			t.Errorf("the chair waits %v", took)
		}
		if took, want := send(nil), time.Second; took < want*99/100 || took > want*101/100 { // 8 MiB at once, 32 in a second
			t.Errorf("40 MiB are sent to the public in %v, want %v", took, want)
		}
	})
}

// An address that reads more than a room does waits, and is refused when that is not enough.
func TestAnAddressReadsAtAPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Server{metrics: newMetrics("test"), limits: new(limits)}
		s.answers = newAnswers(false, s.metrics)
		read := func(address string) (time.Duration, error) {
			r := httptest.NewRequest(http.MethodGet, "/static/js/app.js", nil)
			r.RemoteAddr = address + ":4711"
			began := time.Now()
			err := s.paced(func(echo.Context) error { return nil })(echo.New().NewContext(r, httptest.NewRecorder()))
			return time.Since(began), err
		}
		for range 2 {
			s.answers.reads.owe("10.0.0.1", readsBurst, time.Now())
		}
		if took, err := read("10.0.0.2"); err != nil || took != 0 {
			t.Errorf("another address waits %v: %v", took, err)
		}
		if took, err := read("10.0.0.1"); err != nil || took < readsBurst/readsOfNetwork*time.Second || took > readsPatience {
			t.Errorf("an address that has read too much waits %v: %v", took, err)
		}
		const behind = readsOfNetwork / 5 // others are always ahead by a fifth of a second
		for range 2 {
			s.answers.reads.owe("10.0.0.1", readsBurst, time.Now())
		}
		time.Sleep((readsBurst - behind) * time.Second / readsOfNetwork)
		ctx, cancel := context.WithCancel(t.Context())
		var others sync.WaitGroup
		defer others.Wait()
		defer cancel()
		others.Go(func() {
			for ctx.Err() == nil {
				s.answers.reads.owe("10.0.0.1", readsOfNetwork/1_000, time.Now())
				time.Sleep(time.Millisecond)
			}
		})
		var wait *limited
		if took, err := read("10.0.0.1"); !errors.As(err, &wait) || took < readsPatience {
			t.Errorf("one that goes on is answered %v after %v", err, took)
		}
	})
}
