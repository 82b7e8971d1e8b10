package server_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rostrum/queue"
)

// span is a member of utc_offsets.
type span struct {
	From   int64 `json:"from_ms"`
	Until  int64 `json:"until_ms"`
	Offset int64 `json:"utc_offset_ms"`
}

// offsetAt is what a page takes for the offset at an instant.
func offsetAt(spans []span, ms int64) (offset int64, known bool) {
	for _, s := range spans {
		if ms >= s.From && (s.Until == 0 || ms < s.Until) {
			return s.Offset, true
		}
	}
	return 0, false
}

// placed is a debate in a timezone whose panel begins at an instant.
func placed(t *testing.T, zone string, starts time.Time) *hall {
	t.Helper()
	p := smallDebate()
	p.Debate.Timezone = zone
	p.Panels[0].Starts = starts.UnixMilli()
	return conveneOn(t, p)
}

// offsets are those that anybody is shown.
func (h *hall) offsets() []span {
	h.Helper()
	var answer struct {
		State struct {
			Debate struct {
				Offsets []span `json:"utc_offsets"`
			} `json:"debate"`
		} `json:"state"`
	}
	h.must(json.Unmarshal(h.do("", "GET", "", nil).raw, &answer))
	return answer.State.Debate.Offsets
}

func TestAViewTellsTheOffsetsOfTheDebatesPlace(t *testing.T) {
	starts := time.Date(2008, 6, 3, 14, 0, 0, 0, time.UTC)
	for _, name := range []string{"America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Casablanca", "America/Santiago", "UTC", "Pacific/Apia"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		h := placed(t, name, starts)
		spans := h.offsets()
		last := time.UnixMilli(h.room.State().Last)
		instants := []time.Time{starts}
		for at := last.AddDate(0, 0, -14); at.Before(last.AddDate(1, 0, 0)); at = at.Add(6 * time.Hour) {
			instants = append(instants, at)
		}
		// The milliseconds before and after each change of the year to come.
		for at := last; ; {
			_, change := at.In(zone).ZoneBounds()
			if change.IsZero() || change.After(last.AddDate(1, 0, 0)) {
				break
			}
			instants = append(instants, change.Add(-time.Millisecond), change)
			at = change
		}
		for _, at := range instants {
			_, want := at.In(zone).Zone()
			if got, ok := offsetAt(spans, at.UnixMilli()); !ok || got != int64(want)*1000 {
				t.Errorf("%s at %v: %d, known %t; its offset is %d", name, at, got, ok, want*1000)
			}
		}
		if len(spans) > 12 {
			t.Errorf("%s: %d spans", name, len(spans))
		}
	}
}

// A page must not show another place's time for one that it can't know.
func TestAZoneThatTheServerDoesNotKnowHasNoOffsets(t *testing.T) {
	for _, name := range []string{"", "Atlantis/Poseidonis", "Local"} {
		h := placed(t, name, time.Date(2008, 6, 3, 14, 0, 0, 0, time.UTC))
		if spans := h.offsets(); spans != nil {
			t.Errorf("%q: %v", name, spans)
		}
		// Nor does the summary.
		h.submit(chairman, &queue.Recognise{ID: "i1", Participant: "ken"})
		h.submit(chairman, &queue.EndFloor{})
		summary := string(h.send(h.chair(), "GET", "/record.md", nil).raw)
		if !strings.Contains(summary, " UTC  ") && !strings.Contains(summary, " UTC |") {
			t.Errorf("%q: the summary's times don't say of which place they are:\n%s", name, summary)
		}
	}
}

// The same state gives the same view, and a change that has nothing to do with the
// place doesn't send it again.
func TestAPatchCarriesOffsetsOnlyWhenTheyChange(t *testing.T) {
	h := placed(t, "America/New_York", time.Date(2008, 6, 3, 14, 0, 0, 0, time.UTC))
	wall := h.watch("", "")
	before := h.offsets()
	h.submit(chairman, &queue.Tell{Text: "Ten minutes left"})
	wall.until(h.room.State().Seq)
	if diff := cmp.Diff(before, h.offsets()); diff != "" {
		t.Error(diff)
	}
	if last := string(wall.raw[len(wall.raw)-1]); strings.Contains(last, "utc_offset") {
		t.Errorf("sent again: %s", last)
	}
}
