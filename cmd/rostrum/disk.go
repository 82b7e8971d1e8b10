package main

import (
	"path/filepath"

	"rostrum/server/disk"
)

// ballastName is the file in the data directory that takes room until the disk is full, and ballastSize how much: a
// journal that must grow takes up to 16 MiB at once on some systems, and the rest is enough for thousands of commands.
const (
	ballastName = "reserve"
	ballastSize = 32 << 20
)

// watchDisk is the room on the disk of a data directory, with so many MiB kept in reserve. It is looked at once before
// anything is opened, so that a server starts on a full disk as well. Without a reserve nobody looks.
func watchDisk(data string, reserve int64) (*disk.Space, error) {
	ballast := &disk.Ballast{Path: filepath.Join(data, ballastName), Size: ballastSize}
	if reserve <= 0 {
		return nil, ballast.Drop()
	}
	space := disk.New(func() (int64, error) { return disk.Free(data) }, reserve<<20, ballast)
	space.Look(false) // what is wrong with the directory is said by who opens it
	return space, nil
}
