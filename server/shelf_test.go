package server_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rostrum/queue"
)

// storage is what a journal is on: it may be slow, or fail.
type storage struct {
	queue.Journal
	mu   sync.Mutex
	busy chan struct{} // until it is closed nothing is appended, nil where nothing holds it up
	fail error         // what appending says
	late bool          // it fails after it has written
}

// under puts the disk under the journal of the debate that the tests hold.
func (d *storage) under(id string, j queue.Journal) queue.Journal {
	if d == nil || id != trafficking {
		return j
	}
	d.Journal = j
	return d
}

func (d *storage) set(busy chan struct{}, fail error, late bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.busy, d.fail, d.late = busy, fail, late
}

func (d *storage) Append(ctx context.Context, first int64, entries [][]byte) error {
	d.mu.Lock()
	busy, fail, late := d.busy, d.fail, d.late
	d.mu.Unlock()
	if busy != nil {
		<-busy
	}
	if fail != nil && !late {
		return fail
	}
	return errors.Join(d.Journal.Append(ctx, first, entries), fail)
}

// onDisk convenes a small debate on a disk and a clock of the test's own.
func onDisk(t *testing.T, test func(*hall)) {
	inBubbleOn(t, new(storage), test)
}

// cut sends a request and hangs up behind its last byte, without having read anything.
func (h *hall) cut(method, path, token, mediaType, body string, length int) {
	h.Helper()
	h.must(h.dispatch(method, path, token, mediaType, body, length).Close())
}

// dispatch sends a request, and reads nothing.
func (h *hall) dispatch(method, path, token, mediaType, body string, length int) net.Conn {
	h.Helper()
	conn, err := h.pipes.dial(h.Context(), "", "")
	h.must(err)
	_, err = fmt.Fprintf(conn, "%s /api/v1/debates/%s%s HTTP/1.1\r\nHost: rostrum.test:8080\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s",
		method, trafficking, path, token, mediaType, length, body)
	if err != nil && !errors.Is(err, io.ErrClosedPipe) && !errors.Is(err, net.ErrClosed) {
		h.Fatal(err)
	}
	return conn
}

// settle gives the server the time that it takes to look at its files.
func (h *hall) settle() {
	time.Sleep(time.Minute)
	synctest.Wait()
}

// A phone that hangs up while the debate decides leaves no file behind but those of its
// delegation's ten statements.
func TestUploadsWhoseSendersHangUpLeaveOnlyWhatTheDebateHas(t *testing.T) {
	onDisk(t, func(h *hall) {
		busy := make(chan struct{})
		h.disk.set(busy, nil, false)
		for n := range 30 {
			h.cut("POST", fmt.Sprintf("/statements?id=s%d&name=a.txt", n), h.phone("unodc", fmt.Sprint("p", n)), "text/plain", "every word", 10)
		}
		synctest.Wait()
		close(busy)
		h.settle()
		if n := len(h.room.State().Statements()); n != 10 {
			t.Errorf("the debate has %d statements, want 10", n)
		}
		if files := h.files(); len(files) != len(h.room.State().Statements()) {
			t.Errorf("there are %d files for %d statements", len(files), len(h.room.State().Statements()))
		}
		// Who comes back learns that it is there.
		for id := range h.room.State().Statements() {
			n := strings.TrimPrefix(id, "s")
			h.state(h.phone("unodc", "p"+n), "id="+id+"&name=a.txt", "text/plain", strings.NewReader("every word")).wants(200, "")
		}
	})
}

// Wherever in the file the connection ends, nothing is left of it.
func TestUploadsThatEndAnywhereLeaveNothing(t *testing.T) {
	onDisk(t, func(h *hall) {
		const text = "every word"
		for sent := range len(text) {
			h.cut("POST", fmt.Sprintf("/statements?id=s%d&name=a.txt", sent), h.phone("unodc", fmt.Sprint("p", sent)), "text/plain", text[:sent], len(text))
		}
		synctest.Wait()
		if files := h.files(); len(files) > 0 || h.server.UploadsOf() > 0 || len(h.room.State().Statements()) > 0 {
			t.Errorf("%v stay, %d are being sent, and the debate has %v", files, h.server.UploadsOf(), h.room.State().Statements())
		}
	})
}

// Whether a file is kept whose statement may have been written, and may not, is seen once the disk
// answers again, without a restart.
func TestAFileWhoseOutcomeIsUnknownIsLookedAtLater(t *testing.T) {
	for _, tt := range []struct {
		name    string
		written bool
	}{{"it was not written", false}, {"it was written all the same", true}} {
		t.Run(tt.name, func(t *testing.T) {
			onDisk(t, func(h *hall) {
				h.disk.set(nil, errors.New("no space left on device"), tt.written)
				h.state(h.badge("unodc"), "id=s&name=a.txt", "text/plain", strings.NewReader("every word")).wants(503, "journal_unavailable")
				h.disk.set(nil, nil, false)
				h.settle()
				_, there := h.room.State().Statements()["s"]
				if there != tt.written || len(h.files()) != len(h.room.State().Statements()) {
					t.Errorf("the statement is there: %v; the files are %v", there, h.files())
				}
				again := http.StatusCreated
				if tt.written {
					again = http.StatusOK
				}
				h.state(h.badge("unodc"), "id=s&name=a.txt", "text/plain", strings.NewReader("every word")).wants(again, "")
				h.settle()
				if len(h.files()) != 1 || string(h.do(h.chair(), "GET", "/statements/s", nil).raw) != "every word" {
					t.Errorf("the files are %v", h.files())
				}
				h.log.taken() // it says that the disk failed
			})
		})
	}
}

// A debate that does not decide keeps no request for ever, and the file is looked at when it has.
func TestAFileThatNobodyDecidesOnIsAnsweredAndLookedAtLater(t *testing.T) {
	onDisk(t, func(h *hall) {
		busy := make(chan struct{})
		h.disk.set(busy, nil, false)
		h.state(h.badge("unodc"), "id=s&name=a.txt", "text/plain", strings.NewReader("every word")).wants(503, "journal_unavailable")
		h.settle()
		if len(h.files()) != 1 {
			t.Errorf("the files are %v before the debate has decided", h.files())
		}
		h.disk.set(nil, nil, false)
		close(busy)
		h.settle()
		if len(h.files()) != 1 || len(h.room.State().Statements()) != 1 {
			t.Errorf("the files are %v, the statements %v", h.files(), h.room.State().Statements())
		}
		h.log.taken()
	})
}

func TestARemovalWhoseSenderHangsUpRemovesTheFile(t *testing.T) {
	onDisk(t, func(h *hall) {
		h.state(h.badge("unodc"), "id=s&name=a.txt", "text/plain", strings.NewReader("every word")).wants(201, "")
		busy := make(chan struct{})
		h.disk.set(busy, nil, false)
		conn := h.dispatch("DELETE", "/statements/s", h.badge("unodc"), "application/json", "", 0)
		synctest.Wait() // the debate decides
		h.must(conn.Close())
		synctest.Wait()
		close(busy)
		h.settle()
		if files := h.files(); len(files) > 0 || len(h.room.State().Statements()) > 0 {
			t.Errorf("%v stay, and the debate has %v", files, h.room.State().Statements())
		}
	})
}

// What the chair removes can be brought back, and its file goes when that cannot be done any more.
func TestTheFileOfARemovedStatementStaysAsLongAsAnUndoMayBringItBack(t *testing.T) {
	onDisk(t, func(h *hall) {
		add := func(id string) {
			h.state(h.chair(), "id="+id+"&participant=unodc&name=a.txt", "text/plain", strings.NewReader("every word of "+id)).wants(201, "")
		}
		add("s")
		h.do(h.chair(), "DELETE", "/statements/s", nil)
		h.settle()
		if len(h.files()) != 1 {
			t.Fatalf("the files are %v while an undo may bring the statement back", h.files())
		}
		for n := range 40 {
			h.submit(chairman, &queue.SetPanel{Panel: "afternoon", Limit: queue.Limit{Set: true, MS: int64(100_000 + n)}})
		}
		h.settle()
		if len(h.files()) != 0 {
			t.Errorf("%v stay after nothing can bring the statement back", h.files())
		}
		// One that was added and taken back is nowhere in the debate.
		add("t")
		h.submit(chairman, &queue.Undo{ID: "u", Of: h.room.State().Undoable().ID})
		h.settle()
		if len(h.files()) != len(h.room.State().StatementsNeeded()) {
			t.Errorf("the files are %v, and the debate needs %v", h.files(), h.room.State().StatementsNeeded())
		}
	})
}

// A server that stops takes away what did not come to its end.
func TestAServerThatStopsLeavesNoPartOfAFile(t *testing.T) {
	onDisk(t, func(h *hall) {
		file, w := io.Pipe()
		go func() {
			r, err := http.NewRequestWithContext(h.Context(), "POST", h.web.URL+"/api/v1/debates/"+trafficking+"/statements?id=s&name=a.txt", file)
			if err == nil {
				r.Header.Set("Authorization", "Bearer "+h.badge("unodc"))
				r.Header.Set("Content-Type", "text/plain")
				if response, err := h.client.Do(r); err == nil {
					response.Body.Close()
				}
			}
		}()
		_, err := io.WriteString(w, "the beginning")
		h.must(err)
		synctest.Wait()
		if len(h.files()) != 1 {
			t.Fatalf("the files are %v", h.files())
		}
		h.must(h.web.Config.Close())
		h.server.UploadsEnded()
		if files := h.files(); len(files) > 0 {
			t.Errorf("%v stay", files)
		}
		h.must(w.Close())
	})
}
