package server_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"rostrum/queue"
)

// Each text may be as long as is promised, in characters of any script, however they are written.
func TestAsManyCharactersAsArePromisedCome(t *testing.T) {
	h := conveneSmall(t)
	h.submit(chairman, &queue.Recognise{ID: "i", Participant: "bra"})
	for _, character := range []string{"x", "\u042f", "\u8bf4", "\U0001f600", `\ud83d\ude00`, `\u042f`} {
		body := fmt.Sprintf(`{"text":"%s","base":%d,"tags":["%s"]}`, strings.Repeat(character, 10_000), h.room.State().Notes()["i"].Revision, strings.Repeat(character, 40))
		h.do(h.chair(), "PUT", "/interventions/i/note", body)
		if is := h.room.State().Notes()["i"].Text; len([]rune(is)) != 10_000 {
			t.Errorf("%s: the note has %d characters", character, len([]rune(is)))
		}
	}
	long, line := strings.Repeat("\U0001f600", 2_000), strings.Repeat("\U0001f600", 200)
	h.do(h.badge("ken"), "POST", "/requests", fmt.Sprintf(`{"id":"r","note":%q,"speaker":%q,"behalf_of":%q}`, long, line, line))
	h.do(h.chair(), "PUT", "/message", fmt.Sprintf(`{"text":%q}`, line))
	h.do(h.chair(), "POST", "/participants", fmt.Sprintf(`{"id":"p","name":%q,"category":"media"}`, line))
	// Other commands stay as large as they were.
	h.send(h.chair(), "PUT", "/message", fmt.Sprintf(`{"text":%q}`, strings.Repeat("x", 16<<10))).wants(413, "body_too_large")
	h.send(h.chair(), "PUT", "/interventions/i/note", fmt.Sprintf(`{"text":%q}`, strings.Repeat("x", 160<<10))).wants(413, "body_too_large")
	// An order names each request of the list.
	ids := make([]string, 500)
	for n := range ids {
		ids[n] = fmt.Sprintf("%032x", n)
	}
	order, err := json.Marshal(map[string]any{"order": ids})
	h.must(err)
	if a := h.send(h.chair(), "PUT", "/panels/morning/order", string(order)); a.status == http.StatusRequestEntityTooLarge {
		t.Errorf("an order of %d requests is answered %d", len(ids), a.status)
	}
}

// A form of any page may be sent with what a browser without Origin and Sec-Fetch-Site sends. With a cookie
// no command is carried out for it.
func TestAFormMovesNothing(t *testing.T) {
	h := conveneSmall(t)
	chair, ken := h.cookies(queue.Chair), h.cookies(queue.Delegate)
	form := header("Content-Type", "application/x-www-form-urlencoded")
	h.do(h.chair(), "PUT", "/message", `{"text":"m"}`)
	h.do(h.badge("ken"), "POST", "/requests", `{"id":"r"}`)
	h.submit(chairman, &queue.Recognise{ID: "i", Participant: "bra"})
	before := h.room.State().Seq
	bodiless := []struct{ method, path, as string }{
		{"POST", "/floor/absent", "chair"}, {"POST", "/requests/r/absent", "chair"}, {"DELETE", "/message", "chair"},
		{"DELETE", "/floor", "chair"}, {"DELETE", "/requests/r", "chair"}, {"DELETE", "/requests/r", "delegate"},
		{"DELETE", "/requests/r/exchange", "delegate"}, {"DELETE", "/statements/s", "delegate"},
	}
	for _, c := range bodiless {
		who := chair
		if c.as == "delegate" {
			who = ken
		}
		for name, edits := range map[string][]edit{"a form": {who, form}, "nothing": {who}, "a text": {who, header("Content-Type", "text/plain")}} {
			if a := h.send("", c.method, c.path+"?as="+c.as, nil, edits...); a.status != 415 {
				t.Errorf("%s %s with %s is answered %d %s", c.method, c.path, name, a.status, a.raw)
			}
		}
	}
	h.send("", "POST", "/statements?as=delegate&id=s&name=n.txt", "text", ken, header("Content-Type", "text/plain")).wants(415, "not_json")
	if now := h.room.State().Seq; now != before {
		t.Errorf("the forms made %d changes", now-before)
	}
	// What a page of the server sends, or a program.
	h.send("", "POST", "/requests/r/absent?as=chair", nil, chair, header("Sec-Fetch-Site", "same-origin")).wants(200, "")
	h.send("", "DELETE", "/message?as=chair", nil, chair, header("Origin", h.web.URL)).wants(200, "")
	h.send("", "DELETE", "/requests/r?as=delegate", nil, ken, header("Content-Type", "application/json")).wants(200, "")
	h.send(h.chair(), "DELETE", "/floor", nil).wants(200, "")
}

// What is refused, or needs no body, is answered though the body that was announced never comes: this test
// waits for ever where it is not.
func TestNoAnswerWaitsForABodyThatNobodyReads(t *testing.T) {
	h := &hall{TB: t, dir: t.TempDir(), log: new(failures), patient: true}
	h.begin(smallDebate())
	ken := "Authorization: Bearer " + h.badge("ken") + "\r\n"
	chair := "Authorization: Bearer " + h.chair() + "\r\n"
	h.do(h.chair(), "PUT", "/message", `{"text":"m"}`)
	tests := []struct {
		request string
		status  int
	}{
		{"PUT %s/floor HTTP/1.1\r\nContent-Type: application/json\r\n", 401},
		{"PUT %s/floor HTTP/1.1\r\nContent-Type: application/json\r\n" + ken, 403},
		{"PUT %s/floor HTTP/1.1\r\nContent-Type: text/plain\r\n" + chair, 415},
		{"PUT %s/none HTTP/1.1\r\n", 404},
		{"DELETE %s/message HTTP/1.1\r\n" + chair, 200},
		{"GET %s/roster HTTP/1.1\r\n", 200},
		{"POST %s/statements?id=s&name=n.txt HTTP/1.1\r\nContent-Type: image/png\r\n" + ken, 415},
		{"POST %s/statements?id=s&name=n.txt HTTP/1.1\r\nContent-Type: text/plain\r\n", 401},
		{"POST %s/statements?id=s&name=n.txt&participant=fra HTTP/1.1\r\nContent-Type: text/plain\r\n" + ken, 403},
		{"POST %s/statements?id=s&name=n.txt&panel=none HTTP/1.1\r\nContent-Type: text/plain\r\n" + ken, 404},
	}
	for _, test := range tests {
		for _, announced := range []string{"Content-Length: 1000", "Content-Length: 9000000", "Transfer-Encoding: chunked"} {
			if strings.Contains(announced, "9000000") && test.status == 415 && !strings.Contains(test.request, "statements") {
				continue // too large before all
			}
			if announced == "Transfer-Encoding: chunked" && test.status == 415 {
				continue // how large it is decides first
			}
			request := fmt.Sprintf(test.request, "/api/v1/debates/"+trafficking) + announced + "\r\nHost: x\r\n\r\n"
			conn, err := net.Dial("tcp", h.web.Listener.Addr().String())
			h.must(err)
			h.must(conn.SetDeadline(time.Now().Add(soon)))
			_, err = io.WriteString(conn, request)
			h.must(err)
			answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatalf("%s: %v", request, err)
			}
			_, err = io.ReadAll(answer.Body)
			h.must(err)
			if answer.StatusCode != test.status {
				t.Errorf("%s is answered %d", request, answer.StatusCode)
			}
			answer.Body.Close()
			conn.Close()
		}
	}
}

// A badge ends with its participant, and is there again with it.
func TestABadgeEndsWithItsParticipant(t *testing.T) {
	p := smallDebate()
	p.Debate.Private = true
	without := p
	without.Participants = nil
	for _, one := range p.Participants {
		if one.ID != "ken" {
			without.Participants = append(without.Participants, one)
		}
	}
	h := conveneOn(t, p)
	server := queue.Actor{Role: queue.Server}
	badge, phone := h.badge("ken"), h.phone("ken", "a")
	watching := h.watch(badge, "")
	h.submit(server, &queue.Load{Programme: without})
	watching.wantsEnd()
	for _, token := range []string{badge, phone} {
		for _, path := range []string{"", "/me", "/statements"} {
			h.send(token, "GET", path, nil).wants(401, "session_ended")
		}
	}
	h.submit(server, &queue.Load{Programme: p}) // it was a mistake
	h.send(badge, "GET", "", nil).wants(200, "")
	h.submit(server, &queue.Load{Programme: without})
	h.do(h.chair(), "POST", "/badges/renew", `{"id":"x","participant":"ken"}`)
	h.send(h.chair(), "POST", "/badges/renew", `{"id":"y","participant":"never"}`).wants(404, "no_such_participant")
	h.submit(server, &queue.Load{Programme: p})
	h.send(badge, "GET", "", nil).wants(401, "session_ended")
}
