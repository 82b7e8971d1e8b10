//go:build !linux

package main

import "rostrum/timer"

// realMachine is this machine, as Go tells its time.
func realMachine() machine { return machine{Machine: timer.Process()} }
