package main

import (
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"rostrum/timer"
)

// realMachine is this machine, by the kernel's clocks: they count from the machine's start, so that those of two processes
// can be compared.
func realMachine() machine {
	m := machine{Machine: kernel{}}
	if id, err := os.ReadFile("/proc/sys/kernel/random/boot_id"); err == nil {
		m.start = strings.TrimSpace(string(id))
	}
	if kernel := (kernel{}); kernel.Awake() == 0 || kernel.read(unix.CLOCK_BOOTTIME) == 0 {
		m = machine{Machine: timer.Process()} // something keeps them from us
	}
	return m
}

type kernel struct{}

// Awake is the kernel's monotonic time, which stands while the machine sleeps.
func (k kernel) Awake() time.Duration { return k.read(unix.CLOCK_MONOTONIC) }

func (kernel) read(clock int32) time.Duration {
	var at unix.Timespec
	if err := unix.ClockGettime(clock, &at); err != nil {
		return 0
	}
	return time.Duration(at.Nano())
}

// atOnce is how far apart the first and the last of several readings may be to be of one moment.
const atOnce = time.Millisecond

// Read reads the clocks one after the other, and again where something came between.
func (k kernel) Read() timer.Reading {
	var r timer.Reading
	for range 5 {
		r.Boot = k.read(unix.CLOCK_BOOTTIME)
		r.Awake = k.Awake()
		r.Wall = time.Duration(time.Now().UnixNano())
		if k.read(unix.CLOCK_BOOTTIME)-r.Boot < atOnce {
			break
		}
	}
	return r
}
