package timer

import "time"

// Clock tells the instants of a debate. It is anchored to the machine's wall
// clock once, when it is made, and goes on by the monotonic clock: setting
// the machine's clock moves no running countdown. It is safe for concurrent use.
type Clock struct {
	anchor   time.Time // with a monotonic reading
	anchorMS float64
	behind   int64
}

// NewClock anchors a clock to the wall clock, but never before the instant
// atLeast, the last one that a journal knows: instants do not go backwards over
// a restart.
func NewClock(atLeast int64) *Clock {
	at := now()
	c := &Clock{anchor: at, anchorMS: float64(at.UnixNano()) / 1e6}
	if wall := at.UnixMilli(); wall < atLeast {
		c.behind = atLeast - wall
		c.anchorMS = float64(atLeast)
	}
	return c
}

// Now is the present instant.
func (c *Clock) Now() int64 { return int64(c.NowFloat()) }

// NowFloat is the present instant with fractions of a millisecond, for those who
// measure the way to the server.
func (c *Clock) NowFloat() float64 {
	return c.anchorMS + float64(now().Sub(c.anchor))/1e6
}

// Behind is by how many milliseconds the machine's clock was behind atLeast when
// the clock was made, 0 where it was not.
func (c *Clock) Behind() int64 { return c.behind }
