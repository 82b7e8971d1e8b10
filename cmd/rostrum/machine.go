package main

import "rostrum/timer"

// machine is the machine that a server runs on, as it tells the time.
type machine struct {
	timer.Machine
	// start names the start of the machine from which its clocks count, "" where that is not known.
	start string
}

// clocks are the clocks of the environment's machine.
func (e env) clocks() machine {
	if e.machine == nil {
		return thisMachine()
	}
	return *e.machine
}
