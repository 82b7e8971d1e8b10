//go:build fakeclock

package main

import (
	"fmt"
	"os"
	"time"

	"rostrum/timer"
)

// thisMachine is the real machine and what a file says that its clocks differ from that: for a test that
// holds a day in a minute, lets the machine sleep, or sets its clock. A program for use is built without this.
func thisMachine() machine {
	m := realMachine()
	return machine{faked{m.Machine, os.Getenv("ROSTRUM_FAKE_CLOCK")}, m.start}
}

// faked reads a file that has up to three whole numbers of milliseconds: how much more time went by, by how much
// the machine's clock was set, and how long the machine slept. Whoever changes it puts another in its place in
// one step.
type faked struct {
	timer.Machine
	file string
}

func (f faked) differs() (more, set, slept time.Duration) {
	text, err := os.ReadFile(f.file)
	if err != nil {
		return 0, 0, 0
	}
	var ms [3]int64
	_, _ = fmt.Sscan(string(text), &ms[0], &ms[1], &ms[2]) // what is not there is 0
	return time.Duration(ms[0]) * time.Millisecond, time.Duration(ms[1]) * time.Millisecond, time.Duration(ms[2]) * time.Millisecond
}

func (f faked) Awake() time.Duration {
	more, _, _ := f.differs()
	return f.Machine.Awake() + more
}

func (f faked) Read() timer.Reading {
	more, set, slept := f.differs()
	r := f.Machine.Read()
	r.Wall += more + set + slept
	r.Awake += more
	if r.Boot != 0 {
		r.Boot += more + slept
	}
	return r
}
