package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"rostrum/queue"
	"rostrum/server"
)

// fill gives the record so many interventions with notes of 10,000 characters.
func (h *hall) fill(interventions int) {
	h.Helper()
	text := strings.Repeat("x", 9_990)
	for n := range interventions {
		id := fmt.Sprint("i", n)
		h.submit(chairman, &queue.Recognise{ID: id, Participant: "unodc"})
		h.submit(chairman, &queue.WriteNote{Intervention: id, Text: new(fmt.Sprint(n, text)), Base: 0})
	}
}

// call sends a request on a connection of its own and reads nothing yet.
func (h *hall) call(path, token string) net.Conn {
	h.Helper()
	conn, err := h.pipes.dial(h.Context(), "", "")
	h.must(err)
	authorization := ""
	if token != "" {
		authorization = "Authorization: Bearer " + token + "\r\n"
	}
	_, err = fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: rostrum.test\r\n%s\r\n", path, authorization)
	h.must(err)
	return conn
}

const recordPath = "/api/v1/debates/" + trafficking + "/record.json"

func TestWhoTakesNothingOfAnAnswerIsCutOff(t *testing.T) {
	inBubble(t, func(h *hall) {
		h.fill(120)
		for _, path := range []string{recordPath, "/static/js/app.js", "/api/v1/debates/" + trafficking, "/metrics"} {
			conn := h.call(path, h.chair())
			began := time.Now()
			time.Sleep(server.TakeIn + time.Second)
			if _, err := io.Copy(io.Discard, conn); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			if took := time.Since(began); took != server.TakeIn+time.Second {
				t.Errorf("%s: who reads nothing is cut off after %v, want %v", path, took, server.TakeIn)
			}
			h.must(conn.Close())
		}
		if open, held, _ := h.server.Reading(); open != 0 || held != 0 {
			t.Errorf("%d answers hold %d bytes", open, held)
		}
	})
}

// Whoever reads, though by drops, must read at the rate of the slowest network in the end.
func TestWhoSipsAnAnswerIsCutOff(t *testing.T) {
	inBubble(t, func(h *hall) {
		h.fill(120)
		conn := h.call(recordPath, h.chair())
		began, sip := time.Now(), make([]byte, 8<<10)
		var err error
		for taken := 0; err == nil; {
			time.Sleep(2 * time.Second)
			var n int
			n, err = conn.Read(sip)
			if taken += n; taken > 120*9_990 {
				t.Fatal("the whole record came")
			}
		}
		if took := time.Since(began); took < server.TakeFirst || took > 2*server.TakeFirst {
			t.Errorf("who sips is cut off after %v, want about %v", took, server.TakeFirst)
		}
		h.must(conn.Close())
	})
}

func TestASlowNetworkGetsTheWholeAnswer(t *testing.T) {
	inBubble(t, func(h *hall) {
		p := thematicDebate(nil)
		p.Debate.PublicRecord = true
		h.submit(queue.Actor{Role: queue.Server}, &queue.Load{Programme: p})
		h.fill(300)
		for _, token := range []string{h.chair(), ""} {
			conn := h.call(recordPath, token)
			began := time.Now()
			answer, err := http.ReadResponse(bufio.NewReaderSize(slowly{conn}, 1<<10), nil)
			h.must(err)
			body, err := io.ReadAll(answer.Body)
			if err != nil || len(body) < 300*9_990 || time.Since(began) < server.TakeFirst {
				t.Errorf("of %d bytes %d came in %v: %v", answer.ContentLength, len(body), time.Since(began), err)
			}
			h.must(conn.Close())
		}
	})
}

// slowly reads 40,000 bytes a second, less than "3G Slow" carries.
type slowly struct{ io.Reader }

func (s slowly) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p[:min(len(p), 1_000)])
	time.Sleep(time.Second / 40)
	return n, err
}
