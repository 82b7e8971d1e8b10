package server

import (
	"errors"
	"fmt"
	"testing"

	"rostrum/queue"
)

// depot is a server that files are sent to.
func depot(connections int, off bool) *Server {
	m := newMetrics("test")
	return &Server{connections: connections, metrics: m, limits: newLimits(off, 0, m), crowd: newCrowd(0)}
}

// sends begins files until one is refused.
func (s *Server) sends(t *testing.T, g func(n int) *Grant, address string, most int) (ends []func()) {
	t.Helper()
	for n := range most {
		end, err := s.upload(g(n), from(address))
		var wait *limited
		if err != nil && !errors.As(err, &wait) {
			t.Fatal(err)
		}
		if err != nil {
			break
		}
		ends = append(ends, end)
	}
	return ends
}

// 280 files that dripped from one address used up the handles that others needed.
func TestFilesThatAreSentAreBounded(t *testing.T) {
	const connections = 960 // of ulimit -n 1024
	most := filesIn(connections)
	s := depot(connections, false)
	var ends []func()
	sent := func(name string, want int, g func(n int) *Grant, address string) {
		t.Helper()
		these := s.sends(t, g, address, 280)
		if len(these) != want {
			t.Errorf("%s: %d files are sent at once, want %d", name, len(these), want)
		}
		ends = append(ends, these...)
	}
	sent("one phone", 2, each(joinedAs("ken", 1)), "10.0.0.1")
	sent("the same, which joins each time", most/4-2, func(n int) *Grant { return joinedAs("ken", 10+n) }, "10.0.0.1")
	sent("its address, for everybody", most-most/4-most/4, phoneOf, "10.0.0.1")
	sent("another address, by the code", 0, phoneOf, "10.0.0.2")
	sent("badges at the first address", 0, func(n int) *Grant { return badgeOf(fmt.Sprint("p", n)) }, "10.0.0.1")
	sent("badges at another address", most/4, func(n int) *Grant { return badgeOf(fmt.Sprint("p", n)) }, "10.0.0.2")
	for _, role := range []queue.Role{queue.Chair, queue.Rapporteur} {
		sent(string(role), 2, each(&Grant{Debate: "d", Role: role}), "10.0.0.1")
	}
	if s.crowd.open != len(ends) {
		t.Errorf("%d handles are counted for %d files", s.crowd.open, len(ends))
	}
	for _, end := range ends {
		end()
		end() // once is enough
	}
	if s.crowd.open != 0 || s.uploads.open != 0 || len(s.uploads.by) != 0 {
		t.Errorf("%d handles and %d files are counted when all have ended: %v", s.crowd.open, s.uploads.open, s.uploads.by)
	}
}

func TestFilesThatAreFetchedAreBounded(t *testing.T) {
	s := depot(960, false)
	n := 0
	for range 280 {
		if _, err := s.fetch(nil, from("10.0.0.1")); err == nil {
			n++
		}
	}
	if want := filesIn(960); n >= want || n < want/2 {
		t.Errorf("one address fetches %d files at once, of %d", n, want)
	}
	if _, err := s.fetch(badgeOf("ken"), from("10.0.0.2")); err != nil {
		t.Errorf("a badge is refused: %v", err)
	}
	if _, err := s.fetch(&Grant{Debate: "d", Role: queue.Chair}, from("10.0.0.1")); err != nil {
		t.Errorf("the chair is refused: %v", err)
	}
}

func TestWithoutLimitsFilesAreBoundByTheMachineAlone(t *testing.T) {
	s := depot(960, true)
	if ends := s.sends(t, phoneOf, "10.0.0.1", 280); len(ends) != filesIn(960) {
		t.Errorf("%d files are sent at once, want %d", len(ends), filesIn(960))
	}
}
