//go:build !windows

package main

import "syscall"

// openFiles is how many files and connections the system lets this program have at once. Go
// has raised it to what the system allows.
func openFiles() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || limit.Cur > mostConnections {
		return mostConnections
	}
	return int(limit.Cur)
}
