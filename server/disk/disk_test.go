package disk_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"rostrum/server/disk"
)

const mib = 1 << 20

func TestALevelIsLeftOnlyWithRoomToSpare(t *testing.T) {
	var free int64
	space := disk.New(func() (int64, error) { return free, nil }, 256*mib, nil)
	for _, tt := range []struct {
		free int64 // in MiB
		want disk.Level
	}{
		{10_000, disk.Ample}, {512, disk.Ample}, {511, disk.Nearly}, {512, disk.Nearly}, {575, disk.Nearly}, {576, disk.Ample},
		{256, disk.Nearly}, {255, disk.Low}, {256, disk.Low}, {319, disk.Low}, {320, disk.Nearly}, {0, disk.Low}, {10_000, disk.Ample},
	} {
		free = tt.free * mib
		if got := space.Look(false); got.Level != tt.want || got.Free != free || !got.Known {
			t.Errorf("with %d MiB: %+v, want %v", tt.free, got, tt.want)
		}
	}
}

func TestADiskThatSaysNothingIsAmple(t *testing.T) {
	space := disk.New(func() (int64, error) { return 0, errors.ErrUnsupported }, 256*mib, nil)
	if got := space.Look(false); got.Level != disk.Ample || got.Known || got.Err == nil {
		t.Errorf("it is %+v", got)
	}
}

// The ballast is taken on while there is room, and gives its own back once there is none.
func TestTheBallastIsThrownOffWhenTheDiskIsFull(t *testing.T) {
	ballast := &disk.Ballast{Path: filepath.Join(t.TempDir(), "reserve"), Size: 1 * mib}
	var free int64
	space := disk.New(func() (int64, error) { return free, nil }, 256*mib, ballast)
	for _, tt := range []struct {
		name    string
		free    int64
		failing bool
		held    bool
	}{
		{"too little to begin with", 300, false, false},
		{"enough", 1_000, false, true},
		{"in the reserve", 100, false, true},
		{"nearly none", 31, false, false},
		{"a little", 300, false, false},
		{"enough again", 1_000, false, true},
		{"what is written fails, whatever the disk says", 1_000, true, false},
	} {
		free = tt.free * mib
		if got := space.Look(tt.failing); got.Err != nil {
			t.Error(got.Err)
		}
		info, err := os.Stat(ballast.Path)
		if held := err == nil; held != tt.held || held && info.Size() != ballast.Size {
			t.Errorf("%s: it is held: %v", tt.name, held)
		}
	}
}

func TestTheDiskOfADirectoryHasRoom(t *testing.T) {
	free, err := disk.Free(t.TempDir())
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip("the system does not say")
	}
	if err != nil || free <= 0 {
		t.Errorf("%d bytes are free: %v", free, err)
	}
	if _, err := disk.Free(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a directory that is not there has room")
	}
}
