package server

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"rostrum/queue"
)

func from(address string) *http.Request { return &http.Request{RemoteAddr: address + ":4711"} }

// phoneOf is the grant of one that came by the join code, for one of the 240 participants of a roster.
func phoneOf(n int) *Grant { return joinedAs(fmt.Sprint("p", n%240), n) }

func joinedAs(participant string, session int) *Grant {
	return &Grant{Debate: "d", Role: queue.Delegate, Participant: participant, Session: fmt.Sprint("session ", session)}
}

func badgeOf(participant string) *Grant {
	return &Grant{Debate: "d", Role: queue.Delegate, Participant: participant}
}

// until sends commands until one is refused, and says how many went through and how
// long the refusal says to wait.
func (l *limits) until(t *testing.T, g *Grant, r *http.Request, most int) (int, time.Duration) {
	t.Helper()
	for n := range most {
		if err := l.command(g, r, time.Now()); err != nil {
			var refusal *queue.Error
			var wait *limited
			if !errors.As(err, &refusal) || refusal.Code != rateLimited || !errors.As(err, &wait) || wait.after <= 0 {
				t.Fatalf("refused with %v", err)
			}
			return n, wait.after
		}
	}
	return most, 0
}

func TestASessionIsHeldToItsRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimits(false, 0, newMetrics("test"))
		n, wait := l.until(t, phoneOf(1), from("10.0.0.1"), 10*sessionBurst)
		if n != sessionBurst {
			t.Errorf("%d commands at once, want %d", n, sessionBurst)
		}
		if again, _ := l.until(t, phoneOf(1), from("10.9.9.9"), 10); again != 0 {
			t.Error("another address helps")
		}
		if other, _ := l.until(t, phoneOf(2), from("10.0.0.1"), 10); other != 10 {
			t.Error("another phone behind the same address is refused")
		}
		time.Sleep(wait)
		if after, _ := l.until(t, phoneOf(1), from("10.0.0.1"), 10); after != 1 {
			t.Errorf("%d commands after the wait, want 1", after)
		}
		time.Sleep(time.Minute)
		if later, _ := l.until(t, phoneOf(1), from("10.0.0.1"), 10*sessionBurst); later != min(sessionBurst, 60*sessionCommands) {
			t.Errorf("%d commands a minute later", later)
		}
	})
}

// A whole room behind one router: each of 5,000 phones asks and withdraws within one
// second, and then each sends a command every ten seconds for ten minutes: long after what
// was saved up is spent.
func TestARoomBehindOneAddressMeetsNoLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimits(false, 0, newMetrics("test"))
		for range 2 {
			for n := range 5_000 {
				if err := l.command(phoneOf(n), from("10.0.0.1"), time.Now()); err != nil {
					t.Fatal(err)
				}
			}
		}
		for range 60 {
			time.Sleep(10 * time.Second)
			for n := range 5_000 {
				if err := l.command(phoneOf(n), from("10.0.0.1"), time.Now()); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// Typed join codes and commands are counted apart: guessing takes nothing from the phones that share the address and are in.
func TestTypedCodesTakeNothingFromCommands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimits(false, 0, newMetrics("test"))
		codes := 0
		for ; codes < 10*networkBurst && l.join(from("10.0.0.1"), time.Now()) == nil; codes++ {
		}
		if codes != networkJoinsBurst {
			t.Errorf("%d codes are tried at once, want %d", codes, networkJoinsBurst)
		}
		if n, _ := l.until(t, nil, from("10.0.0.1"), 10*networkBurst); n != networkBurst {
			t.Errorf("beside them %d commands are sent at once, want %d", n, networkBurst)
		}
		if err := l.join(from("10.0.0.2"), time.Now()); err != nil {
			t.Errorf("a code from another address is refused: %v", err)
		}
	})
}

func TestAnAddressIsHeldToItsRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimits(false, 0, newMetrics("test"))
		n, _ := l.until(t, nil, from("10.0.0.1"), 10*networkBurst)
		if n != networkBurst {
			t.Errorf("%d commands at once, want %d", n, networkBurst)
		}
		if own, _ := l.until(t, phoneOf(1), from("10.0.0.1"), 10); own != 0 {
			t.Error("a session goes past the limit of its address")
		}
		// What the address refuses is not taken from the session.
		if other, _ := l.until(t, phoneOf(1), from("10.0.0.2"), 10*sessionBurst); other != sessionBurst {
			t.Errorf("the session had %d commands left, want %d", other, sessionBurst)
		}
		for _, role := range []queue.Role{queue.Chair, queue.Rapporteur, queue.Display, Operator} {
			if err := l.command(&Grant{Debate: "d", Role: role}, from("10.0.0.1"), time.Now()); err != nil {
				t.Errorf("%s is refused because of others: %v", role, err)
			}
		}
	})
}

func TestForgottenBucketsAreThoseThatAreFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := buckets{rate: 1, burst: 2}
		for n := range remembered {
			b.take(fmt.Sprint("idle", n), time.Now())
		}
		time.Sleep(time.Minute)
		b.take("busy", time.Now())
		b.take("busy", time.Now())
		if _, wait := b.take("busy", time.Now()); wait == 0 {
			t.Error("the busy one has its tokens again")
		}
		if len(b.of) > remembered/2 {
			t.Errorf("%d are remembered", len(b.of))
		}
		for n := range 3 * remembered { // all busy: rather forget than grow
			b.take(fmt.Sprint("many", n), time.Now())
		}
		if len(b.of) > remembered {
			t.Errorf("%d are remembered, want at most %d", len(b.of), remembered)
		}
	})
}

// Who joins again and again is another session each time, and may send no more.
func TestAHundredJoinsGiveNoMoreThanOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimits(false, 0, newMetrics("test"))
		sent := 0
		for session := range 100 {
			n, _ := l.until(t, joinedAs("ken", session), from("10.0.0.1"), 10*sessionBurst)
			sent += n
		}
		if sent != sessionBurst {
			t.Errorf("a hundred joins may send %d commands at once, want %d", sent, sessionBurst)
		}
		time.Sleep(time.Second)
		sent = 0
		for session := range 100 {
			n, _ := l.until(t, joinedAs("ken", session), from("10.0.0.1"), 10*sessionBurst)
			sent += n
		}
		if sent != sessionCommands {
			t.Errorf("a second later they may send %d, want %d", sent, sessionCommands)
		}
		// Nobody else is held up: not the delegation's own, with its badge or on another phone.
		for name, other := range map[string]*Grant{"its badge": badgeOf("ken"), "another delegation": joinedAs("fra", 0)} {
			if n, _ := l.until(t, other, from("10.0.0.1"), 10); n != 10 {
				t.Errorf("%s may send %d", name, n)
			}
		}
		if n, _ := l.until(t, joinedAs("ken", 200), from("10.0.0.2"), 10); n != 10 {
			t.Errorf("the delegation's own phone may send %d", n)
		}
	})
}

func TestLimitsThatAreOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMetrics("test")
		l := newLimits(true, badgeStreams+1, m)
		if n, _ := l.until(t, phoneOf(1), from("10.0.0.1"), 2*networkBurst); n != 2*networkBurst {
			t.Errorf("a command is refused after %d", n)
		}
		for range badgeStreams + 1 {
			if _, err := l.stream(phoneOf(1), from("10.0.0.1")); err != nil {
				t.Fatal(err)
			}
		}
		// What the machine can hold is no matter of rates.
		if _, err := l.stream(phoneOf(1), from("10.0.0.1")); err == nil {
			t.Error("the room that is kept for the officers is given away")
		}
	})
}
