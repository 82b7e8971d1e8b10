package timer

import "time"

// Machine tells the time of the machine, by its clocks. It is safe for concurrent use.
type Machine interface {
	// Awake is how long the machine was awake, since some instant before. Nothing sets it.
	Awake() time.Duration
	// Read reads all clocks as of one moment.
	Read() Reading
}

// Reading is what a machine's clocks say at one moment.
type Reading struct {
	// Wall is the time of day since 1970-01-01 UTC. It is set: by a person, or by the network.
	Wall time.Duration
	// Awake is as of [Machine].
	Awake time.Duration
	// Boot is the time since the machine was started, also the time that it slept. It is 0 where the system
	// has no such clock.
	Boot time.Duration
}

// Asleep is how long the machine has slept, since some instant before.
func (r Reading) Asleep() time.Duration { return r.Boot - r.Awake }

// process is a machine as this process knows it: by the two clocks that [time.Now] reads.
type process struct{ began time.Time }

// Process is the machine as [time.Now] tells its time, which is on every system.
func Process() Machine { return process{time.Now()} }

// Awake is the time since the process began to look.
func (p process) Awake() time.Duration { return time.Since(p.began) }

// Read reads both clocks.
func (p process) Read() Reading {
	now := time.Now()
	return Reading{Wall: time.Duration(now.UnixNano()), Awake: now.Sub(p.began)}
}
