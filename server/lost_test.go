package server_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

// A file that is lost is told to the officers when the server starts, when it is asked for, and no longer once it is there again.
func TestTheOfficersAreToldOfLostStatements(t *testing.T) {
	inBubble(t, func(h *hall) {
		for _, id := range []string{"whole", "gone", "short", "other"} {
			h.state(h.badge("unodc"), "id="+id+"&name=a.txt", "text/plain", strings.NewReader("every word of "+id)).wants(201, "")
			for _, file := range h.files() {
				text, err := os.ReadFile(file)
				h.must(err)
				switch string(text) {
				case "every word of gone":
					h.must(os.Remove(file))
				case "every word of short":
					h.must(os.WriteFile(file, []byte("every"), 0o600))
				case "every word of other":
					h.must(os.WriteFile(file, []byte("other word of every"), 0o600))
				}
			}
		}
		h.adjourn()
		h.pipes = newPipes()
		h.open()
		officer := h.hear(h.chair())
		lost := func() (ids []string) {
			h.passes()
			synctest.Wait()
			var frame struct {
				Lost []string `json:"lost"`
			}
			h.must(json.Unmarshal(officer.presence[len(officer.presence)-1], &frame))
			return frame.Lost
		}
		if got := lost(); !slices.Equal(got, []string{"gone", "short"}) {
			t.Errorf("lost at the start: %q", got)
		}
		h.send(h.chair(), "GET", "/statements/other", nil).wants(500, "statement_damaged")
		if got := lost(); !slices.Equal(got, []string{"gone", "other", "short"}) {
			t.Errorf("lost after one was asked for: %q", got)
		}
		h.state(h.badge("unodc"), "id=gone&name=a.txt", "text/plain", strings.NewReader("every word of gone")).wants(200, "")
		h.do(h.badge("unodc"), "DELETE", "/statements/short", nil)
		if got := lost(); !slices.Equal(got, []string{"other"}) {
			t.Errorf("lost after one was sent again and one removed: %q", got)
		}
		h.log.taken() // the damaged one is in it
	})
}
