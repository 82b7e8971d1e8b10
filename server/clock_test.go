package server_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"rostrum/queue"
	"rostrum/server"
)

func TestScreensAreToldThatTheClockChanged(t *testing.T) {
	h := convene(t)
	walls := map[string]*screen{"socket": h.watch(h.link(queue.Display), ""), "events": h.listen(h.link(queue.Display), "")}
	for _, change := range []server.ClockChange{{Slept: time.Minute, Forward: time.Minute}, {Slept: time.Second}, {Set: time.Hour, Forward: time.Hour}} {
		before := h.clock.Now()
		h.server.ClockChanged(change)
		for name, wall := range walls {
			frame := wall.next()
			if frame["type"] != "clock" || frame["now_ms"].(float64) < float64(before) {
				t.Errorf("%s: at %d, after %+v comes %v", name, before, change, frame)
			}
		}
	}

	// A setting of the machine's clock alone changes nothing for them: the next frame is the next change.
	h.server.ClockChanged(server.ClockChange{Set: -time.Hour})
	h.do(h.badge("ken"), "POST", "/requests", `{"id":"k"}`)
	for name, wall := range walls {
		if frame := wall.next(); frame["type"] != "patch" {
			t.Errorf("%s: the next frame is %v", name, frame)
		}
	}
	metrics := h.sendTo("/metrics", "", "GET", nil).raw
	for _, line := range []string{`{kind="sleep"} 2`, `{kind="forward"} 1`, `{kind="back"} 1`, `{kind="followed"} 1`} {
		if !strings.Contains(string(metrics), "rostrum_clock_steps_total"+line) {
			t.Errorf("the metrics lack %s", line)
		}
	}
}

// What comes by the clock as it is now comes after the word that it has changed.
func TestTheChangeOfTheClockGoesBeforeWhatCameLater(t *testing.T) {
	h := convene(t)
	s := h.tune(websocket.DefaultDialer, h.link(queue.Display), "")
	s.next()
	h.server.ClockChanged(server.ClockChange{Slept: time.Second})
	h.do(h.badge("ken"), "POST", "/requests", `{"id":"k"}`)
	if frame := s.next(); frame["type"] != "clock" {
		t.Errorf("first comes %v", frame)
	}
	s.until(h.room.State().Seq)
	s.wantsWhatTheServerHas(h.link(queue.Display))
}

func TestASleepAndASettingOfTheClockAreShown(t *testing.T) {
	h := convene(t)
	chair := h.link(queue.Chair)
	h.do(chair, "PUT", "/floor", `{"id":"i","participant":"ken"}`)
	now := h.clock.Now()
	wall, officer := h.watch(h.link(queue.Display), ""), h.watch(chair, "")
	tell := func(c queue.TellClock, at int64) {
		t.Helper()
		_, err := h.room.Submit(t.Context(), queue.Submission{At: at, By: queue.Actor{Role: queue.Server}, Command: &c})
		h.must(err)
	}
	tell(queue.TellClock{Occasion: 1, Set: 2 * 60 * minute}, now)
	tell(queue.TellClock{Occasion: 2, Slept: now, Forward: minute}, now+minute)
	tell(queue.TellClock{Occasion: 3, Set: -30 * minute}, now+minute)
	last := h.room.State().Seq
	for token, s := range map[string]*screen{h.link(queue.Display): wall, chair: officer} {
		s.until(last)
		s.wantsWhatTheServerHas(token)
		state := s.state.(map[string]any)
		if state["clock_ahead_ms"] != float64(90*minute) {
			t.Errorf("the machine's clock is ahead by %v", state["clock_ahead_ms"])
		}
		sleep, steps := state["sleep"], state["clock_steps"]
		if officers := token == chair; officers != (sleep != nil) || officers != (steps != nil) {
			t.Errorf("officers %t are shown the sleep %v and the settings %v", officers, sleep, steps)
		}
		if timer := state["floor"].(map[string]any)["timer"].(map[string]any); timer["state"] != "paused" {
			t.Errorf("the countdown is %v", timer)
		}
	}
	record := h.do(chair, "GET", "/record.json", nil)
	if steps, _ := record.body["clock_steps"].([]any); len(steps) != 2 || steps[1].(map[string]any)["by_ms"] != float64(-30*minute) {
		t.Errorf("the record says of the clock %v", record.body["clock_steps"])
	}
	for _, format := range []string{"md", "docx"} {
		h.do(chair, "GET", "/record."+format, nil)
	}

	h.do(chair, "PATCH", "/floor", `{"charge_ms":30000,"timer":"start"}`)
	officer.until(h.room.State().Seq)
	officer.wantsWhatTheServerHas(chair)
	state := officer.state.(map[string]any)
	if state["sleep"] != nil || state["undo"].(map[string]any)["what"] != "charged" {
		t.Errorf("after the time was charged the chair is shown the sleep %v and can take back %v", state["sleep"], state["undo"])
	}
}
