package server_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rostrum/queue"
)

// trickle is a file that comes in pieces, with a pause before each.
type trickle struct {
	file  *bytes.Reader
	piece int
	pause time.Duration
}

func (f *trickle) Read(b []byte) (int, error) {
	time.Sleep(f.pause)
	return f.file.Read(b[:min(len(b), f.piece)])
}

// largest is the largest file that there may be.
func largest() *bytes.Reader { return bytes.NewReader(bytes.Repeat([]byte("x"), queue.MaxStatement)) }

// Ten megabytes over the network of a crowded room take longer than any other request may.
func TestAStatementMayComeSlowly(t *testing.T) {
	inBubble(t, func(h *hall) {
		began := time.Now()
		file := &trickle{largest(), 32 << 10, 2 * time.Second}
		h.state(h.badge("unodc"), "id=s&name=a.txt", "text/plain", file).wants(201, "")
		if took := time.Since(began); took < 10*time.Minute {
			t.Errorf("it took %v: this is not slow", took)
		}
		if is := h.room.State().Statements()["s"]; is.Bytes != queue.MaxStatement {
			t.Errorf("the statement is %+v", is)
		}
	})
}

// A network that gives nothing more keeps neither a file nor a place among those that are sent.
func TestAStatementThatStandsStillIsEnded(t *testing.T) {
	for _, tt := range []struct {
		name     string
		file     io.Reader
		from, to time.Duration // by when it is ended
	}{
		{"nothing more comes", io.MultiReader(strings.NewReader("the beginning"), &trickle{largest(), 1, time.Hour}), 20 * time.Second, 25 * time.Second},
		{"nothing comes", &trickle{largest(), 1, time.Hour}, 20 * time.Second, 25 * time.Second},
		// No piece comes at the very instant of the end: the sender could notice that before the answer.
		{"it drips", &trickle{largest(), 1 << 10, 16 * time.Second}, time.Minute, 62 * time.Second},
		{"it never ends", &trickle{largest(), 8 << 10, 1600 * time.Millisecond}, 14 * time.Minute, 16 * time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(h *hall) {
				began := time.Now()
				h.state(h.badge("unodc"), "id=s&name=a.txt", "text/plain", tt.file).wants(400, "malformed")
				if took := time.Since(began); took < tt.from || took > tt.to {
					t.Errorf("it is ended after %v, want %v to %v", took, tt.from, tt.to)
				}
				synctest.Wait()
				if files := h.files(); len(files) > 0 || h.server.UploadsOf() > 0 {
					t.Errorf("%v stay, and %d are being sent", files, h.server.UploadsOf())
				}
				time.Sleep(2 * time.Hour) // the sender wakes up, and finds nobody
			})
		})
	}
}

func TestAThirdStatementAtOnceWaits(t *testing.T) {
	inBubble(t, func(h *hall) {
		kenya := h.phone("unodc", "a")
		var files []*io.PipeWriter
		var answers []chan answer
		for _, id := range []string{"one", "two"} {
			file, w := io.Pipe()
			told := make(chan answer, 1)
			go func() { told <- h.state(kenya, "id="+id+"&name=a.txt", "text/plain", file) }()
			files, answers = append(files, w), append(answers, told)
		}
		synctest.Wait()
		if n := h.server.UploadsOf(); n != 2 {
			t.Fatalf("%d are being sent, want 2", n)
		}
		third := h.state(kenya, "id=three&name=a.txt", "text/plain", strings.NewReader("x"))
		third.wants(http.StatusTooManyRequests, "rate_limited")
		if wait := third.header.Get("Retry-After"); wait != "20" {
			t.Errorf("Retry-After is %q", wait)
		}
		// Another phone of the delegation, and an officer, are none of its business.
		h.state(h.phone("unodc", "b"), "id=other&name=a.txt", "text/plain", strings.NewReader("x")).wants(201, "")
		h.state(h.chair(), "id=officer&participant=unodc&name=a.txt", "text/plain", strings.NewReader("x")).wants(201, "")

		for i, w := range files {
			_, err := io.WriteString(w, "whole")
			h.must(err)
			h.must(w.Close())
			told := <-answers[i]
			told.wants(201, "")
		}
		synctest.Wait()
		h.state(kenya, "id=three&name=a.txt", "text/plain", strings.NewReader("x")).wants(201, "")
	})
}
