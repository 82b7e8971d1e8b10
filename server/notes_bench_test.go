package server_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rostrum/queue/programme"
)

// BenchmarkTapBesideNotes is the chair's tap on a journal on the disk: at rest, while 40 phones that joined change a letter as
// fast as their limits let them, and while 40 others change notes of 1,980 characters. The three come by turns: compare them. The
// phones share the processors with the server. TMPDIR must be on a disk: in memory, fdatasync costs nothing.
//
//	go test -run '^$' -bench TapBesideNotes -benchtime 5x ./server
func BenchmarkTapBesideNotes(b *testing.B) {
	const phones, taps = 40, 200
	var rests, letters, notes, rates []float64
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1_000 }
	for b.Loop() {
		h := conveneOn(b, thematicDebate(programme.UN()))
		var tokens []string
		for n := range 2 * phones {
			tokens = append(tokens, h.phone(programme.UN()[n].ID, fmt.Sprint("s", n)))
			h.do(tokens[n], "POST", "/requests", fmt.Sprintf(`{"id":"r%d"}`, n))
		}
		time.Sleep(time.Second) // for what the phones may write at once to be theirs again
		rests = append(rests, ms(h.taps(taps, quiet(), func(int) {})))
		tap, _ := h.tapBeside(taps, tokens[:phones], 0, "")
		letters = append(letters, ms(tap))
		tap, rate := h.tapBeside(taps, tokens[phones:], phones, strings.Repeat("о", 1974))
		notes, rates = append(notes, ms(tap)), append(rates, rate)
		h.adjourn()
	}
	median := func(of []float64) float64 { slices.Sort(of); return of[len(of)/2] }
	b.ReportMetric(median(rests), "ms-rest")
	b.ReportMetric(median(letters), "ms-letters")
	b.ReportMetric(median(notes), "ms-notes")
	b.ReportMetric(median(notes)/median(rests), "times")
	b.ReportMetric(median(rates), "notes/s")
}

// tapBeside is how long the chair's tap takes at the median while phones change the notes of the requests from a number on, each as
// soon as it has its answer and may send again, and how many notes a second are written.
func (h *hall) tapBeside(taps int, phones []string, first int, note string) (tap time.Duration, rate float64) {
	ctx, stop := context.WithCancel(h.Context())
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: len(phones)}}
	defer client.CloseIdleConnections()
	var written atomic.Int64
	var sending sync.WaitGroup
	for n, token := range phones {
		sending.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				r, err := http.NewRequestWithContext(ctx, "PATCH", fmt.Sprintf("%s/api/v1/debates/%s/requests/r%d", h.web.URL, trafficking, first+n), strings.NewReader(fmt.Sprintf(`{"note":"%06d%s"}`, i, note)))
				if err != nil {
					h.Error(err)
					return
				}
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("Authorization", "Bearer "+token)
				answer, err := client.Do(r)
				if err != nil {
					return // the attack is over
				}
				_ = answer.Body.Close()
				if answer.StatusCode == http.StatusOK {
					written.Add(1)
					continue
				}
				after, err := strconv.Atoi(answer.Header.Get("Retry-After"))
				if answer.StatusCode != http.StatusTooManyRequests || err != nil {
					h.Errorf("a phone is answered %s, to come again after %q", answer.Status, answer.Header.Get("Retry-After"))
					return
				}
				select {
				case <-ctx.Done():
				case <-time.After(time.Duration(after) * time.Second):
				}
			}
		})
	}
	began := time.Now()
	tap = h.taps(taps, quiet(), func(int) {})
	rate = float64(written.Load()) / time.Since(began).Seconds()
	stop()
	sending.Wait()
	return tap, rate
}
