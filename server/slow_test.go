package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"rostrum/queue"
	"rostrum/server"
)

// dictate writes notes of 3,000 characters, many more than the buffers of a
// connection hold. Each is awaited on a screen that reads.
func (h *hall) dictate(reads *screen, changes int) {
	h.Helper()
	h.submit(chairman, &queue.Recognise{ID: "i", Participant: "bra"})
	text := strings.Repeat("x", 3_000)
	for n := range changes {
		h.submit(chairman, &queue.WriteNote{Intervention: "i", Text: new(fmt.Sprint(text, n)), Base: n})
		reads.until(h.room.State().Seq)
	}
}

const dictated = 2_000

func TestAScreenThatDoesNotReadDelaysNobodyAndComesBack(t *testing.T) {
	h := conveneSmall(t)
	quick := h.watch(h.chair(), "")
	slow := []*screen{h.deaf(h.chair()), h.deaf(h.chair()), h.deaf(h.link(queue.Rapporteur))}
	events := h.deafToEvents(h.chair())
	for h.server.ScreensOf(trafficking) < 1+len(slow)+1 {
		runtime.Gosched() // until all have joined
	}
	before, began := runtime.NumGoroutine(), quick.seq
	h.dictate(quick, dictated)

	// The quick one had every change by itself, though nobody else has read a byte.
	if want := int(quick.seq-began) + 1; quick.frames != want {
		t.Errorf("the quick screen was shown %d frames, want %d", quick.frames, want)
	}
	if n := runtime.NumGoroutine(); n > before+len(slow)+5 {
		t.Errorf("%d goroutines, before the changes %d: they grow with what is not read", n, before)
	}
	if frames, size := h.server.KeptOf(trafficking); frames > server.Kept || size > server.KeptBytes {
		t.Errorf("%d frames of %d bytes are kept, want at most %d of %d", frames, size, server.Kept, server.KeptBytes)
	}

	// Now they read on, on the same connections.
	for _, s := range slow {
		s.until(quick.seq)
		s.wantsWhatTheServerHas(h.chair())
		if s.frames > dictated/2 {
			t.Errorf("a screen that did not read was shown %d frames: they were kept for it", s.frames)
		}
		snapshots := 0
		for _, raw := range s.raw {
			if strings.HasPrefix(string(raw), `{"type":"snapshot"`) {
				snapshots++
			}
		}
		if snapshots != 2 {
			t.Errorf("it was brought up to date by %d snapshots, want one beside the first", snapshots)
		}
		// It is a screen like any other again.
		frames := s.frames
		seq := h.submit(chairman, &queue.SetPanel{Panel: "afternoon", Limit: queue.Limit{Set: true, MS: 60_000 + int64(h.next())}}).Seq
		s.until(seq)
		quick.until(seq)
		if s.frames != frames+1 {
			t.Errorf("the next change comes in %d frames", s.frames-frames)
		}
	}
	reader := bufio.NewReader(events)
	answer, err := http.ReadResponse(reader, nil)
	h.must(err)
	s := &screen{hall: h, lines: bufio.NewReader(answer.Body), body: answer.Body, seq: -1}
	s.next()
	s.until(quick.seq)
	s.wantsWhatTheServerHas(h.chair())
	if s.frames > dictated-100 { // the system keeps megabytes for such a connection
		t.Errorf("events that nobody read came as %d frames", s.frames)
	}
}

// TestALaggardGetsTheChangesOneByOneOrASnapshot reads now and then only, so that
// the screen is behind by ever other numbers of changes.
func TestALaggardGetsTheChangesOneByOneOrASnapshot(t *testing.T) {
	h := conveneSmall(t)
	quick, laggard := h.watch(h.chair(), ""), h.deaf(h.chair())
	text := strings.Repeat("x", 3_000)
	h.submit(chairman, &queue.Recognise{ID: "i", Participant: "bra"})
	for n := range 400 {
		h.submit(chairman, &queue.WriteNote{Intervention: "i", Text: new(fmt.Sprint(text, n)), Base: n})
		quick.until(h.room.State().Seq)
		for range n % 3 { // slower, then as quick, in waves
			if n%100 > 60 && laggard.seq < quick.seq {
				laggard.next()
			}
		}
	}
	laggard.until(quick.seq)
	laggard.wantsWhatTheServerHas(h.chair())
}

func TestAScreenThatLeavesWhileItIsWrittenToIsForgotten(t *testing.T) {
	h := conveneSmall(t)
	quick := h.watch(h.chair(), "")
	gone := h.deaf(h.chair())
	goneEvents := h.deafToEvents(h.chair())
	for h.server.ScreensOf(trafficking) < 3 {
		runtime.Gosched()
	}
	h.dictate(quick, 300)
	gone.leave()
	h.must(goneEvents.Close())
	for h.server.ScreensOf(trafficking) > 1 {
		runtime.Gosched()
	}
	quick.wantsWhatTheServerHas(h.chair())
}

func TestATruncatedBackupDoesNotLookWhole(t *testing.T) {
	h := conveneSmall(t)
	whole := h.sendTo("/api/v1/backup", h.keys.Sign(server.Grant{Role: server.Operator}), "GET", nil)
	if whole.status != 200 || len(whole.raw) == 0 {
		t.Fatalf("the backup is answered %d with %d bytes", whole.status, len(whole.raw))
	}
	h.sendTo("/api/v1/backup", h.chair(), "GET", nil).wants(401, "no_token")
	h.sendTo("/api/v1/backup", "", "GET", nil).wants(401, "no_token")
	h.must(h.store.Close()) // the data are gone while the server runs
	request, err := http.NewRequestWithContext(t.Context(), "GET", h.web.URL+"/api/v1/backup", nil)
	h.must(err)
	request.Header = bearer(h.keys.Sign(server.Grant{Role: server.Operator}))
	answer, err := h.client.Do(request)
	if err == nil {
		_, err = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
	}
	if err == nil {
		t.Error("a backup that failed looks whole")
	}
	if failed := h.log.taken(); !strings.Contains(failed, "backup") {
		t.Errorf("the log says %q", failed)
	}
}
