package server

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// room is where codes are tried, one of which is right.
type room struct {
	*guesses
	right string
	tried atomic.Int64 // wrong codes that were judged
	wrong atomic.Int64 // the last one that was tried
}

func newRoom() *room {
	r := &room{right: "999999"}
	r.guesses = newGuesses(func() []string {
		if r.right == "" {
			return nil
		}
		return []string{r.right}
	})
	return r
}

// enter sends the right code as often as it is told to come again, and says how long it took.
func (r *room) enter(ctx context.Context, address, participant string) time.Duration {
	began := time.Now()
	for {
		switch done := r.try(ctx, address, participant, r.right); done.is {
		case judgedRight:
			return time.Since(began)
		case judgedLater:
			time.Sleep(done.after)
		default:
			panic(fmt.Sprint("the right code is answered ", done))
		}
	}
}

// another is a code that was not tried yet, as each that one who guesses tries.
func (r *room) another() string { return fmt.Sprintf("%06d", r.wrong.Add(1)) }

func (r *room) guess(ctx context.Context, address, participant, code string) {
	if r.try(ctx, address, participant, code).is == judgedWrong {
		r.tried.Add(1)
	}
}

func everybody() []string {
	var all []string
	for n := range 199 {
		all = append(all, fmt.Sprint("p", n))
	}
	return all
}

// Somebody in the room tries codes for everybody and for ever, and never the same one. The others,
// who share the address, come in by the right one, each within a few seconds.
func TestARightCodeComesInWhateverIsGuessedBesideIt(t *testing.T) {
	const address = "10.0.0.1:4711"
	tests := []struct {
		name    string
		workers int
		pause   time.Duration // of each worker, between two codes
		lasting time.Duration // before the others come
		at      func(n int64) string
		again   bool // after a wait, the same code
		within  time.Duration
	}{
		{"a few a second", 1, 200 * time.Millisecond, time.Minute, func(n int64) string { return fmt.Sprint("p", n%199) }, false, 0},
		{"255 a few times a second", 255, 300 * time.Millisecond, 10 * time.Second, func(n int64) string { return fmt.Sprint("p", n%199) }, false, 5 * time.Second},
		{"255 a few times a second for long", 255, 300 * time.Millisecond, 10 * time.Minute, func(n int64) string { return fmt.Sprint("p", n%199) }, false, 6 * time.Second},
		{"at one delegation", 50, 100 * time.Millisecond, 5 * time.Minute, func(int64) string { return "p7" }, false, 6 * time.Second},
		{"with patience", 100, 0, time.Minute, func(n int64) string { return fmt.Sprint("p", n%199) }, true, 10 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRoom()
				ctx, stop := context.WithCancel(t.Context())
				var guessing sync.WaitGroup
				for range test.workers {
					guessing.Go(func() {
						for ctx.Err() == nil {
							code := r.another()
							for participant := test.at(r.wrong.Load()); ctx.Err() == nil; {
								done := r.try(ctx, address, participant, code)
								if done.is == judgedWrong {
									r.tried.Add(1)
								}
								if done.is != judgedLater || !test.again {
									break
								}
								time.Sleep(done.after)
							}
							time.Sleep(test.pause + time.Millisecond)
						}
					})
				}
				time.Sleep(test.lasting)
				var mu sync.Mutex
				var longest time.Duration
				var coming sync.WaitGroup
				for _, participant := range everybody() {
					coming.Go(func() {
						time.Sleep(rand.N(10 * time.Second))
						took := r.enter(ctx, address, participant)
						mu.Lock()
						defer mu.Unlock()
						longest = max(longest, took)
					})
				}
				coming.Wait()
				if longest > test.within {
					t.Errorf("the right code took up to %v, want at most %v", longest, test.within)
				}
				lasted := test.lasting + 20*time.Second
				if most := tryBurst + triesASecond*int64(lasted.Seconds()); r.tried.Load() > most {
					t.Errorf("%d wrong codes were judged, want at most %d", r.tried.Load(), most)
				}
				stop()
				guessing.Wait()
				r.mu.Lock()
				defer r.mu.Unlock()
				if n := len(r.waiting) + r.nets["10.0.0.1"].waiting; n != 0 {
					t.Errorf("%d still wait", n)
				}
			})
		})
	}
}

// The probability to come upon a code stays below what docs/security.md says, whoever guesses
// and from how many networks.
func TestOfTheCodesOfAPeriodFewAreJudged(t *testing.T) {
	const most = tryReserve + 10*60*reserveASecond // in ten minutes
	for _, networks := range []int{1, 200} {
		t.Run(fmt.Sprint(networks), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRoom()
				ctx, stop := context.WithCancel(t.Context())
				var guessing sync.WaitGroup
				for n := range 200 {
					guessing.Go(func() {
						for ctx.Err() == nil {
							r.guess(ctx, fmt.Sprintf("10.0.%d.%d:1", n%networks/250, n%networks%250), fmt.Sprint("p", rand.N(199)), r.another())
							time.Sleep(5 * time.Second)
						}
					})
				}
				time.Sleep(10 * time.Minute)
				stop()
				guessing.Wait()
				if n := r.tried.Load(); n > most+1 || n < most/2 {
					t.Errorf("in ten minutes %d wrong codes were judged, want at most %d", n, most)
				}
			})
		})
	}
}

// A wrong code that is tried again and again takes nothing from the others.
func TestAWrongCodeIsJudgedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom()
		for n := range 10_000 {
			r.guess(t.Context(), "10.0.0.1:1", fmt.Sprint("p", n%1_000), "123456")
			r.guess(t.Context(), "10.0.0.1:1", fmt.Sprint("p", n%1_000), "12345")
		}
		if left := r.nets["10.0.0.1"].quick.TokensAt(time.Now()); left != tryBurst-1 {
			t.Errorf("of %d tries %v are left, want all but one", tryBurst, left)
		}
		r.right = "123456" // the code changes
		if got := r.try(t.Context(), "10.0.0.2:1", "ken", "123456"); got.is != judgedRight {
			t.Errorf("what was wrong before is answered %v", got)
		}
		r.right = ""
		if got := r.try(t.Context(), "10.0.0.2:1", "ken", "123456"); got.is != judgedOff {
			t.Errorf("while nobody joins by a code it is answered %v", got)
		}
	})
}

// Who has used up what all strange networks have together keeps nobody out where somebody
// has come in.
func TestThoseInTheRoomDoNotWaitForStrangers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom()
		r.welcome("192.168.0.1:1")
		ctx, stop := context.WithCancel(t.Context())
		var guessing sync.WaitGroup
		for n := range 300 {
			guessing.Go(func() {
				for ctx.Err() == nil {
					r.guess(ctx, fmt.Sprintf("10.0.%d.%d:1", n/250, n%250), "p1", r.another())
					time.Sleep(time.Second)
				}
			})
		}
		time.Sleep(5 * time.Minute)
		if took := r.enter(ctx, "192.168.0.1:1", "p1"); took != 0 {
			t.Errorf("in the room it took %v", took)
		}
		if took := r.enter(ctx, "192.168.0.2:1", "p1"); took > 10*time.Second {
			t.Errorf("from a network where nobody was yet it took %v", took)
		}
		stop()
		guessing.Wait()
	})
}

// Whatever is tried and from wherever, what is remembered of it and what waits is bounded.
func TestWhatIsRememberedOfGuessesIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom()
		ctx, stop := context.WithCancel(t.Context())
		var guessing sync.WaitGroup
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		for n := range 3 * guessers {
			guessing.Go(func() {
				r.guess(ctx, fmt.Sprintf("10.%d.%d.%d:1", n>>16, n>>8&255, n&255), fmt.Sprint("p", n), r.another())
			})
			if n%1_000 == 0 {
				synctest.Wait()
			}
		}
		synctest.Wait()
		if len(r.waiting) > waitingAll || len(r.nets) > guessers || len(r.pairs) > guessers || len(r.turns.kept) > turnsKept {
			t.Errorf("%d wait, %d networks, %d pairs and %d turns are remembered", len(r.waiting), len(r.nets), len(r.pairs), len(r.turns.kept))
		}
		for range 1_000 { // more than may wait of one network
			guessing.Go(func() { r.guess(ctx, "10.0.0.1:1", "p", r.another()) })
		}
		synctest.Wait()
		if n := r.nets["10.0.0.1"].waiting; n > waitingOfNetwork {
			t.Errorf("%d wait of one network", n)
		}
		stop()
		guessing.Wait()
		runtime.GC()
		runtime.ReadMemStats(&after)
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 32<<20 {
			t.Errorf("what is remembered takes %d MB", grown>>20)
		}
		if len(r.waiting) != 0 {
			t.Errorf("%d still wait", len(r.waiting))
		}
	})
}
