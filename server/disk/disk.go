// Package disk says how much room there is on a disk, and keeps some of it back: a reserve into which only what
// matters most may write, and a ballast that is thrown off when somebody else has filled the disk.
package disk

import "sync"

// Level is how much room there is.
type Level int

// The levels.
const (
	Ample  Level = iota // more than twice the reserve
	Nearly              // less: time to tell somebody
	Low                 // less than the reserve: only what matters most is written
)

// String names the level as the wire and the log have it.
func (l Level) String() string { return [...]string{"ample", "nearly", "low"}[l] }

// Reading is what a look at the disk has found.
type Reading struct {
	Known   bool // false where the system does not say
	Free    int64
	Reserve int64
	Level   Level
	Err     error // why it is not known, or why the ballast is not as it should be
}

// Space is the room on a disk. It may be used by many at once.
type Space struct {
	free    func() (int64, error)
	reserve int64
	ballast *Ballast // nil for none

	mu    sync.Mutex
	level Level
}

// New is the room that a function tells, with a reserve of so many bytes and a ballast, nil for none.
func New(free func() (int64, error), reserve int64, ballast *Ballast) *Space {
	return &Space{free: free, reserve: reserve, ballast: ballast}
}

// Look looks at the disk. A level that was reached is left only with a quarter of the reserve to spare, so that
// it does not go back and forth. The ballast is thrown off when less than an eighth of the reserve is left, or when
// writing fails, and taken on again when the reserve is whole.
func (s *Space) Look(failing bool) Reading {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := Reading{Reserve: s.reserve}
	if r.Free, r.Err = s.free(); r.Err != nil {
		s.level = Ample
		return r
	}
	r.Known = true
	spare := s.reserve / 4
	switch {
	case r.Free < s.reserve || s.level == Low && r.Free < s.reserve+spare:
		s.level = Low
	case r.Free < 2*s.reserve || s.level != Ample && r.Free < 2*s.reserve+spare:
		s.level = Nearly
	default:
		s.level = Ample
	}
	r.Level = s.level
	switch {
	case s.ballast == nil:
	case failing || r.Free < s.reserve/8:
		r.Err = s.ballast.Drop()
	case r.Free >= s.reserve+spare+s.ballast.Size:
		r.Err = s.ballast.Take()
	}
	return r
}
