package main

import (
	"fmt"
	"os"
	"path/filepath"

	"rostrum/server/disk"
)

// ballastName is the file in the data directory that takes room until the disk is full, and ballastSize how much: enough
// for thousands of the officers' commands.
const (
	ballastName = "reserve"
	ballastSize = 16 << 20
)

// watchDisk is the room on the disk of a data directory, with so many MiB kept in reserve. It is looked at once before
// anything is opened, so that a server starts on a full disk as well. Without a reserve nobody looks.
func watchDisk(data string, reserve int64) (*disk.Space, error) {
	ballast := &disk.Ballast{Path: filepath.Join(data, ballastName), Size: ballastSize}
	if reserve <= 0 {
		return nil, ballast.Drop()
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, fmt.Errorf("making the data directory %s: %w", data, err)
	}
	space := disk.New(func() (int64, error) { return disk.Free(data) }, reserve<<20, ballast)
	space.Look(false)
	return space, nil
}
