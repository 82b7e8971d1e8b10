package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"rostrum/queue"
)

// some is a document of so many bytes, the version of which anybody can tell.
func some(key string, version int64, bytes int) document {
	return document{key: key, version: version, packed: true, write: func(_ context.Context, w io.Writer) error {
		_, err := w.Write(fill(version, bytes))
		return err
	}}
}

func fill(version int64, n int) []byte { return bytes.Repeat([]byte{byte(version)}, n) }

func (r *rendered) text() []byte { return bytes.Join(r.plain, nil) }

func TestADocumentIsRenderedOnceForAllWhoAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rs := newRenders(keptRenders, pinnedRenders)
		slow := make(chan struct{})
		d := some("record", 7, 200_000)
		write := d.write
		d.write = func(ctx context.Context, w io.Writer) error { <-slow; return write(ctx, w) }
		var wait sync.WaitGroup
		for range 150 {
			wait.Go(func() {
				r := new(reader)
				made, err := rs.get(t.Context(), d, r)
				if err != nil || !bytes.Equal(made.text(), fill(7, 200_000)) {
					t.Errorf("the document is wrong: %v", err)
				}
				rs.release(made, r)
			})
		}
		synctest.Wait()
		close(slow)
		wait.Wait()
		if _, err := rs.get(t.Context(), d, new(reader)); err != nil || rs.made != 1 || len(rs.flights) != 0 || rs.waiting != 0 {
			t.Errorf("%v; it was rendered %d times, %d are under way", err, rs.made, len(rs.flights))
		}
		if _, err := rs.get(t.Context(), some("record", 8, 10), new(reader)); err != nil || rs.made != 2 {
			t.Errorf("%v; the next version: %d renders", err, rs.made)
		}
		if made, err := rs.get(t.Context(), d, new(reader)); err != nil || rs.made != 2 || made.version != 8 {
			t.Errorf("%v; who asks for an older version: %d renders", err, rs.made)
		}
	})
}

// While a document waits for its turn the debate goes on. Then it is rendered once, as the debate is.
func TestAllWhoWaitGetTheNewestVersion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rs := newRenders(keptRenders, pinnedRenders)
		rs.common <- struct{}{}
		var wait sync.WaitGroup
		for version := range int64(200) {
			wait.Go(func() {
				if made, err := rs.get(t.Context(), some("record", version, 10), new(reader)); err != nil || made.version != 199 {
					t.Errorf("%v; who asked for version %d got another than the newest", err, version)
				}
			})
			synctest.Wait()
		}
		<-rs.common
		wait.Wait()
		if rs.made != 1 {
			t.Errorf("200 versions were rendered %d times", rs.made)
		}
	})
}

func TestARenderEndsWhenNobodyWaitsForItAnyMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rs := newRenders(keptRenders, pinnedRenders)
		begun := make(chan struct{})
		var over atomic.Pointer[error]
		ended := func() error {
			if err := over.Load(); err != nil {
				return *err
			}
			return nil
		}
		endless := document{key: "record", version: 1, write: func(_ context.Context, w io.Writer) error {
			close(begun)
			for {
				if _, err := w.Write([]byte(strings.Repeat("Whoever reads this has much time. ", 100))); err != nil {
					over.Store(&err)
					return err
				}
				time.Sleep(time.Millisecond)
			}
		}}
		var wait sync.WaitGroup
		var leave []context.CancelFunc
		for range 3 {
			ctx, cancel := context.WithCancel(t.Context())
			leave = append(leave, cancel)
			wait.Go(func() {
				if _, err := rs.get(ctx, endless, new(reader)); !errors.Is(err, context.Canceled) {
					t.Errorf("who left is told %v", err)
				}
			})
		}
		<-begun
		synctest.Wait() // all three wait for it
		leave[0]()
		leave[1]()
		synctest.Wait()
		if ended() != nil {
			t.Error("the render ended though somebody waits for it")
		}
		leave[2]()
		wait.Wait() // not before the render has ended
		if !errors.Is(ended(), context.Canceled) || len(rs.flights) != 0 || rs.waiting != 0 {
			t.Errorf("the render ended with %v, and %d are under way", ended(), len(rs.flights))
		}
	})
}

// What nobody but the public waits for rests between two renders; what an officer waits for does not, whatever
// waits before it.
func TestOfficersDoNotWaitBehindThePublic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rs := newRenders(keptRenders, pinnedRenders)
		took := func(key string) document {
			return document{key: key, version: 1, write: func(context.Context, io.Writer) error { time.Sleep(time.Second); return nil }}
		}
		began := time.Now()
		var wait sync.WaitGroup
		finished := make(map[string]time.Duration)
		var mu sync.Mutex
		ask := func(key string, officer bool) {
			wait.Go(func() {
				if _, err := rs.get(t.Context(), took(key), &reader{officer: officer}); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				finished[key] = max(finished[key], time.Since(began))
			})
			synctest.Wait()
		}
		for n := range 4 {
			ask(fmt.Sprint("public", n), false)
		}
		ask("official", true)
		ask("public3", true) // who comes as an officer takes the public along
		wait.Wait()
		for key, want := range map[string]time.Duration{"official": time.Second, "public3": 2 * time.Second, "public0": time.Second} {
			if finished[key] != want {
				t.Errorf("%s is there after %v, want %v", key, finished[key], want)
			}
		}
		if got := max(finished["public1"], finished["public2"]); got != 9*time.Second { // a second each, and three after each
			t.Errorf("the last of the public's is there after %v", got)
		}
	})
}

func TestNotTooManyDocumentsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rs := newRenders(keptRenders, pinnedRenders)
		ctx, cancel := context.WithCancel(t.Context())
		var wait sync.WaitGroup
		for n := range waitingRenders {
			wait.Go(func() {
				_, _ = rs.get(ctx, document{key: fmt.Sprint(n), write: func(ctx context.Context, w io.Writer) error { <-ctx.Done(); return ctx.Err() }}, new(reader))
			})
		}
		synctest.Wait()
		var refusal *queue.Error
		patience, give := context.WithTimeout(ctx, time.Second)
		defer give()
		if _, err := rs.get(patience, some("one more", 1, 1), new(reader)); !errors.As(err, &refusal) || refusal.Code != rateLimited {
			t.Errorf("one more is answered %v", err)
		}
		if _, err := rs.get(ctx, some("official", 1, 1), &reader{officer: true}); err != nil {
			t.Errorf("an officer is refused: %v", err)
		}
		cancel()
		wait.Wait()
		if rs.waiting != 0 || len(rs.flights) != 0 {
			t.Errorf("%d still wait", rs.waiting)
		}
	})
}

// Who reads slowly while the debate goes on holds an older version each time. All together hold no more than the bound.
func TestOlderVersionsAreHeldUpToABound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size = 10 << 20
		rs := newRenders(keptRenders, pinnedRenders)
		type held struct {
			made *rendered
			r    *reader
			cut  bool
		}
		var all []*held
		for version := range int64(20) {
			h := new(held)
			h.r = &reader{officer: version == 0, cut: func() { h.cut = true }}
			var err error
			if h.made, err = rs.get(t.Context(), some("record", version, size), h.r); err != nil {
				t.Fatal(err)
			}
			all = append(all, h)
			for _, old := range all { // who is cut off lets go
				if old.cut && old.made != nil {
					rs.release(old.made, old.r)
					old.made = nil
				}
			}
			if rs.held > pinnedRenders || rs.bytes > keptRenders {
				t.Fatalf("%d bytes of older versions are held, and %d kept", rs.held, rs.bytes)
			}
		}
		if all[0].cut || all[19].cut || !all[1].cut {
			t.Error("the wrong ones were cut off: want the oldest, no officer, and not who reads the newest")
		}
		for _, h := range all {
			if h.made != nil {
				rs.release(h.made, h.r)
			}
		}
		if rs.held != 0 || rs.pinned.Len() != 0 || rs.bytes != size || rs.used.Len() != 1 {
			t.Errorf("in the end %d bytes are held, %d kept", rs.held, rs.bytes)
		}
	})
}

func TestWhatIsKeptIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rs := newRenders(keptRenders, pinnedRenders)
		for n := range 20 {
			r := new(reader)
			made, err := rs.get(t.Context(), some(fmt.Sprint(n), 1, 10<<20), r)
			if err != nil {
				t.Fatal(err)
			}
			rs.release(made, r)
		}
		if rs.bytes > keptRenders || rs.used.Len() != 4 || rs.held != 0 || rs.pinned.Len() != 0 {
			t.Errorf("%d bytes of %d documents are kept, %d held", rs.bytes, rs.used.Len(), rs.held)
		}
		var refusal *queue.Error
		if _, err := rs.get(t.Context(), some("too large", 1, largestRender+1), &reader{cut: func() {}}); !errors.As(err, &refusal) || refusal.Code != documentTooLarge {
			t.Errorf("too large a document is answered %v", err)
		}
		r := &reader{officer: true}
		made, err := rs.get(t.Context(), some("too large", 1, largestRender+1), r)
		if err != nil || rs.held != made.bytes {
			t.Fatalf("for an officer: %v, held %d", err, rs.held)
		}
		rs.release(made, r)
		if rs.held != 0 || len(rs.kept) != 4 {
			t.Errorf("%d bytes are still held", rs.held)
		}
	})
}

// A document that is too large for the public is refused for good, not for a while; an officer who waits for it, too, gets it.
func TestADocumentIsTooLargeForThePublicAlone(t *testing.T) {
	for _, officer := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			rs := newRenders(keptRenders, pinnedRenders)
			halfway := make(chan struct{})
			large := document{key: "record", version: 1, packed: true, write: func(_ context.Context, w io.Writer) error {
				_, err := w.Write(fill(1, largestRender))
				if err == nil {
					<-halfway
					_, err = w.Write(fill(1, 1))
				}
				return err
			}}
			var wait sync.WaitGroup
			ask := func(r *reader) {
				wait.Go(func() {
					made, err := rs.get(t.Context(), large, r)
					var refusal *queue.Error
					var later *limited
					switch {
					case !officer && (!errors.As(err, &refusal) || refusal.Code != documentTooLarge || errors.As(err, &later)):
						t.Errorf("the public is answered %v", err)
					case officer && err != nil:
						t.Errorf("with an officer (%v) all get it, not %v", r.officer, err)
					case officer:
						rs.release(made, r)
					}
				})
				synctest.Wait()
			}
			ask(&reader{cut: func() {}})
			if officer {
				ask(&reader{officer: true})
			}
			close(halfway)
			wait.Wait()
			if made, err := rs.get(t.Context(), large, &reader{officer: true}); err != nil || made.bytes != largestRender+1 {
				t.Errorf("afterwards an officer is answered %v", err)
			}
		})
	}
}

func TestAnswersAreCountedByAddressAndInAll(t *testing.T) {
	a := newAnswers(false, newMetrics("test"))
	var done []func()
	for range answersOfNetwork {
		end, err := a.begin(nil, from("10.0.0.1"))
		if err != nil {
			t.Fatal(err)
		}
		done = append(done, end)
	}
	if _, err := a.begin(phoneOf(1), from("10.0.0.1")); err == nil {
		t.Error("an address has more answers than it may")
	}
	for n := range answersOpen - answersOfNetwork {
		end, err := a.begin(nil, from(fmt.Sprintf("10.0.%d.1", 1+n/200)))
		if err != nil {
			t.Fatal(err)
		}
		done = append(done, end)
	}
	var refusal *queue.Error
	if _, err := a.begin(nil, from("10.0.200.1")); !errors.As(err, &refusal) || refusal.Code != rateLimited {
		t.Errorf("one more than the server may send is answered %v", err)
	}
	if _, err := a.begin(&Grant{Debate: "d", Role: queue.Chair}, from("10.0.0.1")); err != nil {
		t.Errorf("the chair is refused because of others: %v", err)
	}
	for _, end := range done {
		end()
	}
	if a.open != 0 || len(a.address) != 0 {
		t.Errorf("after all have ended: %d open, %d addresses", a.open, len(a.address))
	}
}
