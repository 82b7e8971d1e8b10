package server_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rostrum/queue"
)

// journalSize is how many bytes of the journal's file are in use.
func (h *hall) journalSize() int64 {
	h.Helper()
	n, err := h.store.Backup(io.Discard)
	h.must(err)
	return n
}

// noteOf is the body that changes a note to one of the longest, others for each n.
func noteOf(n int) string { return fmt.Sprintf(`{"note":"%06d%s"}`, n, strings.Repeat("о", 1994)) }

// A phone that changes its note as fast as it can, and joins again for each time, writes the journal full no
// faster than its participant may. Meanwhile the chair, the participant's badge and the others go on.
func TestAPhoneThatChangesItsNoteAllTheTimeDoesNotFillTheDisk(t *testing.T) {
	inBubble(t, func(h *hall) {
		attack := func(phone func(n int) string) (written, refused int) {
			for n := range 2_000 {
				a := h.send(phone(n), "PATCH", "/requests/r", noteOf(n))
				switch a.status {
				case 200:
					written++
				case 429:
					a.wants(429, "rate_limited")
					if a.header.Get("Retry-After") == "" {
						t.Fatal("it is not said when to come back")
					}
					refused++
				default:
					t.Fatalf("answered %d %s", a.status, a.raw)
				}
				if refused > 20 {
					break
				}
			}
			return written, refused
		}
		joined := func(n int) string { return h.phone("unodc", fmt.Sprint("p", n)) }
		before, began := h.journalSize(), time.Now()
		// may is how many bytes may be written by now: so many at once, then so many a second.
		may := func(burst, rate float64) int64 { return int64(burst + rate*time.Since(began).Seconds()) }
		// What joins again may change nothing, but is answered all the same; its body counts.
		h.do(joined(0), "POST", "/requests", `{"id":"r","note":"x"}`)
		written, refused := attack(func(int) string { return joined(0) })
		if refused == 0 {
			t.Errorf("%d notes of 4,000 bytes are written at once by one session", written)
		}
		if grown := h.journalSize() - before; grown > 3*may(512<<10, 2<<10) {
			t.Errorf("one session has grown the journal by %d bytes", grown)
		}
		for n := range 2_000 {
			session := joined(n + 1)
			id := fmt.Sprint("r", n)
			a := h.send(session, "POST", "/requests", fmt.Sprintf(`{"id":%q,"kind":"right_of_reply","note":"%s"}`, id, strings.Repeat("о", 1999)))
			if a.status == 429 {
				break
			}
			a.wants(201, "")
			h.send(session, "DELETE", "/requests/"+id, nil)
		}
		h.send(joined(5_000), "POST", "/requests", fmt.Sprintf(`{"id":"late","kind":"right_of_reply","note":"%s"}`, strings.Repeat("о", 1999))).wants(429, "rate_limited")
		if grown := h.journalSize() - before; grown > 3*may(1<<20, 4<<10) {
			t.Errorf("the phones that joined for one participant have grown the journal by %d bytes", grown)
		}

		h.do(h.chair(), "PUT", "/floor", `{"id":"f","participant":"markup"}`)
		for n := range 100 {
			h.do(h.chair(), "PATCH", "/requests/r", noteOf(n))
		}
		h.do(h.badge("unodc"), "PATCH", "/requests/r", `{"note":"by badge"}`)
		h.do(h.phone("markup", "other"), "POST", "/requests", `{"id":"other"}`)
		time.Sleep(time.Hour)
		h.do(joined(0), "PATCH", "/requests/r", noteOf(1))
	})
}

// However many notes the phones of a participant send at once, they go in at a pace, so that a commit, and what is encoded and shown
// after it, is never full of them. Nobody else waits for them.
func TestWhatThePhonesOfAParticipantWriteGoesInAtAPace(t *testing.T) {
	inBubble(t, func(h *hall) {
		phone := h.phone("unodc", "p")
		h.do(phone, "POST", "/requests", `{"id":"r"}`)
		time.Sleep(time.Minute)
		const notes = 30
		began, size := time.Now(), len(noteOf(0))
		type reply struct {
			answer
			after time.Duration
		}
		replies := make(chan reply, notes)
		for n := range notes {
			go func() {
				a := h.send(phone, "PATCH", "/requests/r", noteOf(n))
				replies <- reply{a, time.Since(began)}
			}()
		}
		synctest.Wait()
		h.do(h.chair(), "PATCH", "/panels/afternoon", `{"limit_ms":60000}`)
		h.do(h.chair(), "PATCH", "/requests/r", noteOf(notes))
		h.do(h.badge("unodc"), "PATCH", "/requests/r", noteOf(notes+1))
		h.do(h.phone("markup", "other"), "POST", "/requests", `{"id":"other"}`)
		if waited := time.Since(began); waited != 0 {
			t.Errorf("the chair, the badge or another delegation waited %v", waited)
		}
		written, refused := 0, 0
		for range notes {
			r := <-replies
			if r.status == 429 {
				r.wants(429, "rate_limited")
				if r.header.Get("Retry-After") == "" || r.after != 0 {
					t.Errorf("a phone is refused after %v, to come again after %q", r.after, r.header.Get("Retry-After"))
				}
				refused++
				continue
			}
			r.wants(200, "")
			written += size
			if most := 20<<10 + int(8<<10*r.after.Seconds()); written > most || r.after > 5*time.Second {
				t.Errorf("after %v %d bytes of notes are written, want %d at the most", r.after, written, most)
			}
		}
		if written < 40<<10 || refused == 0 {
			t.Errorf("%d bytes of notes are written, and %d refused", written, refused)
		}
	})
}

// Who hangs up while its command waits for its turn has changed nothing.
func TestACommandThatIsGivenUpBeforeItsTurnIsNotCarriedOut(t *testing.T) {
	inBubble(t, func(h *hall) {
		phone := h.phone("unodc", "p")
		h.do(phone, "POST", "/requests", `{"id":"r"}`)
		for n := range 5 {
			h.do(phone, "PATCH", "/requests/r", noteOf(n))
		}
		before := h.room.State().Seq
		ctx, hangUp := context.WithCancel(h.Context())
		ended := make(chan error)
		go func() {
			r, err := http.NewRequestWithContext(ctx, "PATCH", h.web.URL+"/api/v1/debates/"+trafficking+"/requests/r", strings.NewReader(noteOf(9)))
			h.must(err)
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+phone)
			_, err = h.client.Do(r)
			ended <- err
		}()
		synctest.Wait()
		hangUp()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Fatalf("the command that waits is answered: %v", err)
		}
		time.Sleep(time.Minute)
		if now := h.room.State().Seq; now != before {
			t.Errorf("the state is %d, want %d", now, before)
		}
	})
}

// A letter may have the journal write the whole request again: that counts.
func TestWhatTheJournalWritesCountsNotOnlyWhatIsSent(t *testing.T) {
	inBubble(t, func(h *hall) {
		phone := h.phone("unodc", "p")
		before, began := h.journalSize(), time.Now()
		h.do(phone, "POST", "/requests", fmt.Sprintf(`{"id":"r","note":"%s"}`, strings.Repeat("о", 2000)))
		refused := false
		for n := 0; n < 600 && !refused; n++ {
			refused = h.send(phone, "PATCH", "/requests/r", fmt.Sprintf(`{"speaker":"%d"}`, n)).status == 429
		}
		if grown := h.journalSize() - before; !refused || float64(grown) > 3*(512<<10+2<<10*time.Since(began).Seconds()) {
			t.Errorf("refused: %v, and the journal has grown by %d bytes", refused, grown)
		}
	})
}

// uploading sends all of a file but its last byte, and gives what sends that.
func (h *hall) uploading(token, id string, bytes int) (end func() answer) {
	h.Helper()
	file, w := io.Pipe()
	told := make(chan answer, 1)
	go func() { told <- h.state(token, "id="+id+"&participant=unodc&name=a.txt", "text/plain", file) }()
	go func() { _, _ = w.Write([]byte(strings.Repeat("x", bytes-1))) }() // until it is refused
	synctest.Wait()
	return func() answer {
		_, _ = io.WriteString(w, "x")
		_ = w.Close()
		return <-told
	}
}

// Phones that join again and again for a participant have its files sent no more than there may be, and nothing of
// what was refused stays.
func TestTheFilesOfAParticipantHaveABound(t *testing.T) {
	inBubble(t, func(h *hall) {
		var ends []func() answer
		for n := range 12 {
			ends = append(ends, h.uploading(h.phone("unodc", fmt.Sprint("p", n)), fmt.Sprint("s", n), queue.MaxStatement))
		}
		time.Sleep(5 * time.Second) // they come at a pace
		ends = append(ends, h.uploading(h.phone("unodc", "p12"), "s12", queue.MaxStatement))
		if n := len(h.files()); n != 12 {
			t.Errorf("%d files are being received, want 12", n)
		}
		ends[12]().wants(409, "statements_full")
		// The secretariat adds what it wants, and another delegation's phones its own.
		h.state(h.chair(), "id=officer&participant=unodc&name=a.txt", "text/plain", strings.NewReader("x")).wants(201, "")
		h.state(h.phone("markup", "p"), "id=other&name=a.txt", "text/plain", strings.NewReader("x")).wants(201, "")
		added := 0
		for _, end := range ends[:12] {
			if a := end(); a.status == 201 {
				added++
			} else {
				a.wants(409, "too_many_statements")
			}
		}
		synctest.Wait()
		if added != 9 || len(h.files()) != 11 {
			t.Errorf("%d were added, and there are %d files", added, len(h.files()))
		}
	})
}

// Who adds and removes the same again and again has sent enough some time.
func TestTheFilesThatAreSentForAParticipantHaveARate(t *testing.T) {
	inBubble(t, func(h *hall) {
		large := strings.Repeat("x", queue.MaxStatement)
		refused := false
		for n := 0; n < 40 && !refused; n++ {
			phone := h.phone("unodc", fmt.Sprint("p", n))
			a := h.state(phone, fmt.Sprintf("id=s%d&name=a.txt", n), "text/plain", strings.NewReader(large))
			if refused = a.status == 429; refused {
				a.wants(429, "rate_limited")
				continue
			}
			a.wants(201, "")
			h.do(phone, "DELETE", fmt.Sprint("/statements/s", n), nil)
		}
		if !refused {
			t.Error("400 MB are sent at once for one participant")
		}
		h.state(h.badge("unodc"), "id=badge&name=a.txt", "text/plain", strings.NewReader("x")).wants(201, "")
		h.state(h.chair(), "id=officer&participant=unodc&name=a.txt", "text/plain", strings.NewReader("x")).wants(201, "")
	})
}
