package server_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rostrum/queue"
	"rostrum/queue/programme"
)

// scanned is the token in the address that the display shows as a QR code, "" where there is
// none.
func (h *hall) scanned(token string) string {
	h.Helper()
	state, _ := h.do(token, "GET", "", nil).body["state"].(map[string]any)
	join, _ := state["join"].(map[string]any)
	url, _ := join["url"].(string)
	_, code, _ := strings.Cut(url, "#code=")
	return code
}

func (h *hall) joins(participant, code string) answer {
	h.Helper()
	return h.send("", "POST", "/join", fmt.Sprintf(`{"participant":%q,"code":%q}`, participant, code))
}

func TestTheQRCodeOfTheDisplayLetsIn(t *testing.T) {
	h := conveneSmall(t)
	first := h.scanned(h.link(queue.Display))
	if len(first) < 17 || first != h.scanned(h.chair()) || h.scanned("") != "" || h.scanned(h.badge("ken")) != "" {
		t.Fatalf("the display's token is %q, the chair's %q, the public's %q", first, h.scanned(h.chair()), h.scanned(""))
	}
	h.joins("ken", first).wants(200, "")
	h.joins("no-such", first).wants(404, "no_such_participant")
	h.submit(queue.Actor{Role: queue.Server}, &queue.ChangeCode{}) // begins the first period
	if h.scanned(h.chair()) != first {
		t.Error("the token is another though the code is not")
	}
	for _, wrong := range []string{"~", first + "x", first[:len(first)-1], h.keys.JoinToken(climate, 0), h.keys.JoinToken(trafficking, 1)} {
		for range 100 { // nobody finds one, so that nothing is counted
			h.joins("ken", wrong).wants(403, "bad_code")
		}
	}
	h.do(h.chair(), "PUT", "/join", `{"renew":true}`)
	second := h.scanned(h.chair())
	h.joins("ken", first).wants(403, "bad_code")
	h.joins("ken", second).wants(200, "")
	h.do(h.chair(), "PUT", "/join", `{"on":false}`)
	if got := h.scanned(h.chair()); got != "" {
		t.Errorf("while joining is off the display has the token %q", got)
	}
	h.joins("ken", second).wants(403, "join_off")
	h.do(h.chair(), "PUT", "/join", `{"on":true}`)
	h.joins("ken", second).wants(200, "")
	if links := h.links(); strings.Contains(links.Join, "#") {
		t.Errorf("the room's link is %s, with a token in it", links.Join)
	}
}

// Who has scanned and takes time to choose a delegation comes in like one who typed the code: for
// one more period.
func TestATokenHoldsForOneMorePeriod(t *testing.T) {
	inBubble(t, func(h *hall) {
		h.submit(chairman, &queue.SetJoin{Every: queue.Limit{Set: true, MS: minute}})
		token, code := h.scanned(h.chair()), h.links().JoinCode
		time.Sleep(119 * time.Second)
		h.joins("unodc", token).wants(200, "")
		h.joins("unodc", code).wants(200, "")
		next := h.scanned(h.chair())
		if next == token {
			t.Fatal("the token is the same in the next period")
		}
		h.joins("unodc", next).wants(200, "")
		time.Sleep(2 * time.Second)
		h.joins("unodc", token).wants(403, "bad_code")
		h.joins("unodc", code).wants(403, "bad_code")
	})
}

// The attack of issue 9: 255 wrong codes a few times a second, from the address that everybody in the
// room has. By the QR code all come in at once, by the typed code within seconds, and the chair
// notices nothing.
func TestGuessingKeepsNobodyOut(t *testing.T) {
	all := programme.UN()
	inBubble(t, func(h *hall) {
		h.submit(queue.Actor{Role: queue.Server}, &queue.Load{Programme: thematicDebate(all)})
		right := h.links().JoinCode
		var stop atomic.Bool
		var guessing sync.WaitGroup
		for range 255 {
			guessing.Go(func() {
				for !stop.Load() {
					if wrong := fmt.Sprintf("%06d", rand.N(1_000_000)); wrong != right {
						h.joins(all[rand.N(len(all))].ID, wrong)
					}
					time.Sleep(300 * time.Millisecond)
				}
			})
		}
		time.Sleep(time.Minute)
		token := h.scanned(h.chair())
		var coming sync.WaitGroup
		for n, of := range all {
			coming.Go(func() {
				time.Sleep(time.Duration(n) * 50 * time.Millisecond)
				began := time.Now()
				if h.joins(of.ID, token).wants(200, ""); time.Since(began) != 0 {
					t.Errorf("the QR code took %v", time.Since(began))
				}
				a := h.joins(of.ID, right)
				for ; a.status == 429; a = h.joins(of.ID, right) {
					a.wants(429, "rate_limited")
					seconds, err := strconv.Atoi(a.header.Get("Retry-After"))
					if err != nil || seconds < 1 || seconds > 10 || !strings.Contains(a.body["detail"].(string), strconv.Itoa(seconds)) {
						t.Errorf("to wait: %q, %s", a.header.Get("Retry-After"), a.raw)
						return
					}
					time.Sleep(time.Duration(seconds) * time.Second)
				}
				if a.wants(200, ""); time.Since(began) > 10*time.Second {
					t.Errorf("the right code took %v", time.Since(began))
				}
			})
		}
		for n := range 20 {
			began := time.Now()
			h.do(h.chair(), "PUT", "/message", fmt.Sprintf(`{"text":"%d"}`, n))
			if took := time.Since(began); took != 0 {
				t.Errorf("the chair waited %v", took)
			}
			time.Sleep(time.Second)
		}
		coming.Wait()
		stop.Store(true)
		guessing.Wait()
		began := time.Now()
		if h.joins("markup", right).wants(200, ""); time.Since(began) != 0 {
			t.Errorf("afterwards it took %v", time.Since(began))
		}
	})
}
