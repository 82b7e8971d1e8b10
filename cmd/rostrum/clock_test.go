package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rostrum/queue"
	"rostrum/timer"
)

// still is a machine whose clocks stand unless a test moves them. They are in a file, so that a server that is another process
// has the same.
type still struct {
	testing.TB
	file string
}

const (
	startOfTime = 1_750_000_000_000 * time.Millisecond
	firstStart  = "b8c5d1f0-6f5e-4a39-9d0f-9a3b2f1e7c11"
)

func newStill(t testing.TB) *still {
	m := &still{t, filepath.Join(t.TempDir(), "clocks")}
	m.put(timer.Reading{Wall: startOfTime, Awake: 5 * time.Hour, Boot: 9 * time.Hour})
	return m
}

func (m *still) put(r timer.Reading) {
	m.Helper()
	text, err := json.Marshal(r)
	if err == nil {
		err = writeFile(m.file, text)
	}
	if err != nil {
		m.Fatal(err)
	}
}

func (m *still) Read() timer.Reading {
	var r timer.Reading
	text, err := os.ReadFile(m.file)
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		panic(err)
	}
	return r
}

func (m *still) Awake() time.Duration { return m.Read().Awake }

func (m *still) goOn(d time.Duration) {
	r := m.Read()
	m.put(timer.Reading{Wall: r.Wall + d, Awake: r.Awake + d, Boot: r.Boot + d})
}

func (m *still) sleep(d time.Duration) {
	r := m.Read()
	m.put(timer.Reading{Wall: r.Wall + d, Awake: r.Awake, Boot: r.Boot + d})
}

func (m *still) set(d time.Duration) {
	r := m.Read()
	r.Wall += d
	m.put(r)
}

// startAgain starts the machine anew: off for a time by its date.
func (m *still) startAgain(d time.Duration) {
	m.put(timer.Reading{Wall: m.Read().Wall + d, Awake: time.Minute, Boot: time.Minute})
}

func (m *still) machine(start string) *machine { return &machine{m, start} }

// serveOnStill serves on a machine whose clocks stand.
func serveOnStill(t testing.TB, data string, m *machine) *serving {
	t.Helper()
	return serveAs(t, func(stdout, stderr io.Writer) env {
		e := environmentOf(nil, stdout, stderr)
		e.machine = m
		return e
	}, "--addr", "127.0.0.1:0", "--data", data)
}

func init() {
	children["still server"] = func(args []string) int {
		e := env{lookup: os.LookupEnv, stdout: os.Stdout, stderr: os.Stderr, machine: (&still{file: args[0]}).machine(firstStart)}
		return run(context.Background(), append([]string{"serve"}, args[1:]...), e)
	}
}

// timed is what the officers are shown of the time.
type timed struct {
	Now   int64 `json:"now_ms"`
	State struct {
		Floor *struct {
			ID    string          `json:"id"`
			Timer timer.Countdown `json:"timer"`
		} `json:"floor"`
		Clock *struct {
			HeldAt int64 `json:"held_at_ms"`
		} `json:"clock"`
		Outage *queue.Outage     `json:"outage"`
		Sleep  *queue.Sleep      `json:"sleep"`
		Ahead  int64             `json:"clock_ahead_ms"`
		Steps  []queue.ClockStep `json:"clock_steps"`
		Record map[string]struct {
			Used int64 `json:"used_ms"`
		} `json:"record"`
	} `json:"state"`
}

func (s *serving) time(chair string) timed {
	s.Helper()
	var v timed
	status, body := s.get(debateAt(example), chair)
	if err := json.Unmarshal(body, &v); err != nil || status != http.StatusOK {
		s.Fatalf("%d %s: %v", status, body, err)
	}
	return v
}

// until waits until the time is as wanted: the server looks at the machine's clocks from time to time.
func (s *serving) until(chair, what string, is func(timed) bool) timed {
	s.Helper()
	for deadline := time.Now().Add(readyIn); ; time.Sleep(5 * time.Millisecond) {
		v := s.time(chair)
		if is(v) {
			return v
		}
		if time.Now().After(deadline) {
			s.Fatalf("%s does not come to pass: %+v", what, v)
		}
	}
}

func (v timed) used() int64 { return v.State.Floor.Timer.UsedAt(v.Now) }

const began = int64(startOfTime / time.Millisecond)

// speaking serves a debate in which somebody has spoken for 20 seconds.
func speaking(t *testing.T) (m *still, s *serving, chair string) {
	t.Helper()
	data := t.TempDir()
	m = newStill(t)
	s = serveOnStill(t, data, m.machine(firstStart))
	chair = chairOf(t, data, example)
	s.hold(chair, example, "morning")
	m.goOn(20 * time.Second)
	return m, s, chair
}

func TestASleepOfTheMachineHoldsTheCountdown(t *testing.T) {
	t.Parallel()
	m, s, chair := speaking(t)
	m.sleep(45 * time.Minute)
	v := s.until(chair, "the hold", func(v timed) bool { return v.State.Sleep != nil })
	if *v.State.Sleep != (queue.Sleep{Floor: "i2", From: began + 20_000, To: began + 20_000 + 45*minute}) {
		t.Errorf("the sleep is %+v", v.State.Sleep)
	}
	if c := v.State.Floor.Timer; c.State != timer.Paused || v.used() != 20_000 {
		t.Errorf("the countdown is %+v, want it held after 20 s", c)
	}
	s.until(chair, "the time after the sleep", func(v timed) bool { return v.Now == began+20_000+45*minute })
	s.do(&act{method: http.MethodPatch, path: debateAt(example) + "/floor", token: chair, body: `{"timer":"start"}`})
	m.goOn(5 * time.Second)
	if v := s.time(chair); v.used() != 25_000 || v.State.Sleep != nil || v.State.Steps != nil {
		t.Errorf("after the chair went on %d are used; %+v", v.used(), v.State)
	}
	if !strings.Contains(s.stderr.String(), `"the machine slept" for=45m0s`) {
		t.Errorf("the log:\n%s", s.stderr)
	}
	s.wantMetric(`rostrum_clock_steps_total{kind="sleep"} 1`)
}

func (s *serving) wantMetric(line string) {
	s.Helper()
	for deadline := time.Now().Add(readyIn); ; time.Sleep(5 * time.Millisecond) {
		_, body := s.get("/metrics", "")
		if bytes.Contains(body, []byte(line+"\n")) {
			return
		}
		if time.Now().After(deadline) {
			s.Fatalf("the metrics lack %s", line)
		}
	}
}

func TestACountdownGoesOnByItselfAfterANap(t *testing.T) {
	t.Parallel()
	m, s, chair := speaking(t)
	m.sleep(4 * time.Second)
	s.wantMetric(`rostrum_clock_steps_total{kind="sleep"} 1`)
	m.goOn(5 * time.Second)
	if v := s.time(chair); v.used() != 25_000 || v.State.Floor.Timer.State != timer.Running || v.Now != began+25_000 {
		t.Errorf("after a nap %d are used, %s, at %d", v.used(), v.State.Floor.Timer.State, v.Now-began)
	}
	s.do(&act{method: http.MethodDelete, path: debateAt(example) + "/floor", token: chair})
	v := s.until(chair, "the machine's time", func(v timed) bool { return v.Now == began+29_000 })
	if v.State.Record["i2"].Used != 25_000 || v.State.Steps != nil {
		t.Errorf("the record is %+v", v.State)
	}
}

func TestTheMachinesClockIsSetWhileACountdownRuns(t *testing.T) {
	t.Parallel()
	m, s, chair := speaking(t)
	m.set(2 * time.Hour)
	v := s.until(chair, "the note that the clock was set", func(v timed) bool { return v.State.Steps != nil })
	if v.State.Steps[0] != (queue.ClockStep{At: began + 20_000, By: 120 * minute}) || v.State.Ahead != 120*minute {
		t.Errorf("the settings are %+v, and the clock is ahead by %d", v.State.Steps, v.State.Ahead)
	}
	m.goOn(10 * time.Second)
	if v := s.time(chair); v.used() != 30_000 || v.Now != began+30_000 {
		t.Errorf("%d are used at %d", v.used(), v.Now-began)
	}
	s.do(&act{method: http.MethodDelete, path: debateAt(example) + "/floor", token: chair})
	v = s.until(chair, "the machine's time", func(v timed) bool { return v.Now == began+30_000+120*minute })
	if v.State.Steps[0].Followed != v.Now || v.State.Ahead != 0 || v.State.Record["i2"].Used != 30_000 {
		t.Errorf("once the floor is empty the settings are %+v, the clock is ahead by %d, and the record is %+v", v.State.Steps, v.State.Ahead, v.State.Record)
	}

	m.set(-30 * time.Minute)
	v = s.until(chair, "the note that the clock was set back", func(v timed) bool { return len(v.State.Steps) == 2 })
	if v.Now != began+30_000+120*minute || v.State.Ahead != -30*minute {
		t.Errorf("after it was set back it is %d, and the clock is ahead by %d", v.Now-began, v.State.Ahead)
	}
}

// What a server that was killed three seconds after the countdown began is found to have been away, whatever became of
// the machine meanwhile.
func TestARestartChargesNoSleepAndNoSettingOfTheClock(t *testing.T) {
	const away = 10 * time.Second
	for _, tt := range []struct {
		name    string
		before  func(*still) // while the server is there
		after   func(*still)
		start   string
		running bool
		used    int64
		outage  int64 // ms, 0 for none
		slept   int64
		ahead   int64
		steps   int
	}{
		{name: "killed", start: firstStart, running: true, used: 13_000, outage: 10_000},
		{name: "set forward, and killed", before: func(m *still) { m.set(2 * time.Hour) }, start: firstStart, running: true, used: 13_000, outage: 10_000, ahead: 120 * minute, steps: 1},
		{name: "set back, and killed", before: func(m *still) { m.set(-2 * time.Hour) }, start: firstStart, running: true, used: 13_000, outage: 10_000, ahead: -120 * minute, steps: 1},
		{name: "killed, and set forward", after: func(m *still) { m.set(2 * time.Hour) }, start: firstStart, running: true, used: 13_000, outage: 10_000, ahead: 120 * minute, steps: 1},
		{name: "killed, and set back", after: func(m *still) { m.set(-2 * time.Hour) }, start: firstStart, running: true, used: 13_000, outage: 10_000, ahead: -120 * minute, steps: 1},
		{name: "killed, and slept", after: func(m *still) { m.sleep(45 * time.Minute) }, start: firstStart, used: 3_000, slept: 10_000 + 45*minute},
		{name: "off for half a minute", after: func(m *still) { m.startAgain(20 * time.Second) }, start: "another", running: true, used: 33_000, outage: 30_000},
		{name: "off, and back with its clock behind", after: func(m *still) { m.startAgain(-time.Hour) }, start: "another", used: 3_000, ahead: -60*minute + 10_000, steps: 1},
		{name: "off, and back with its clock set forward", after: func(m *still) { m.startAgain(2 * time.Hour) }, start: "another", used: 3_000},
		{name: "set forward, off, and back", before: func(m *still) { m.set(2 * time.Hour) }, after: func(m *still) { m.startAgain(20 * time.Second) }, start: "another", running: true, used: 33_000, outage: 30_000, ahead: 120 * minute, steps: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			data, m := t.TempDir(), newStill(t)
			links := filepath.Join(t.TempDir(), "links.json")
			p := start(t, child("still server", m.file, "--addr", "127.0.0.1:0", "--data", data, "--links", links))
			chair := tokenOf(t, readLinks(t, links)[example].Chair)
			s := &serving{TB: t, url: p.url}
			s.hold(chair, example, "morning")
			m.goOn(3 * time.Second)
			untilAlive(t, data, fmt.Sprintf(`"at_ms":%d,`, began+3_000))
			if tt.before != nil {
				tt.before(m)
				s.until(chair, "the note that the clock was set", func(v timed) bool { return v.State.Steps != nil })
				untilAlive(t, data, fmt.Sprintf(`"wall_ns":%d,`, m.Read().Wall))
			}
			p.kill()
			m.goOn(away)
			if tt.after != nil {
				tt.after(m)
			}

			s = serveOnStill(t, data, m.machine(tt.start))
			v := s.time(chair)
			f := v.State.Floor.Timer
			if running := f.State == timer.Running; running != tt.running || v.used() != tt.used {
				t.Errorf("the countdown is %s after %d ms; want it running %t, after %d", f.State, v.used(), tt.running, tt.used)
			}
			if o := v.State.Outage; (o == nil) != (tt.outage == 0) || o != nil && (o.From != began+3_000 || o.To-o.From != tt.outage) {
				t.Errorf("the outage is %+v, want %d ms", o, tt.outage)
			}
			if o := v.State.Sleep; (o == nil) != (tt.slept == 0) || o != nil && (o.From != began+3_000 || o.To-o.From != tt.slept) {
				t.Errorf("the sleep is %+v, want %d ms", o, tt.slept)
			}
			if lost := !tt.running && tt.slept == 0; lost != (v.State.Clock != nil) || lost && v.State.Clock.HeldAt != began+3_000 {
				t.Errorf("the countdown is held as it was at %+v", v.State.Clock)
			}
			if v.State.Ahead != tt.ahead || len(v.State.Steps) != tt.steps {
				t.Errorf("the clock is ahead by %d after %+v; want %d after %d settings", v.State.Ahead, v.State.Steps, tt.ahead, tt.steps)
			}
		})
	}
}

// untilAlive waits until the server of some data has said that it is there, and with it a word.
func untilAlive(t testing.TB, data, word string) {
	t.Helper()
	for deadline := time.Now().Add(readyIn); ; time.Sleep(5 * time.Millisecond) {
		text, _ := os.ReadFile(filepath.Join(data, "alive"))
		if bytes.Contains(text, []byte(word)) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the server has not said that it is there")
		}
	}
}

func TestTheMachinesOwnClocksAgree(t *testing.T) {
	m := thisMachine()
	clock := timer.Anchor(m, 0)
	for range 1000 {
		if l := clock.Look(); l.Slept != 0 || l.Ahead.Abs() > timer.Drift {
			t.Fatalf("a look tells %+v", l)
		}
	}
	if a, b := m.Awake(), m.Read().Awake; b < a {
		t.Errorf("awake for %v, and then for %v", a, b)
	}
}
