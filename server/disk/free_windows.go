package disk

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// Free is how many bytes this program may still write in the file system of a directory.
func Free(dir string) (int64, error) {
	name, err := windows.UTF16PtrFromString(dir)
	var free uint64
	if err == nil {
		err = windows.GetDiskFreeSpaceEx(name, &free, nil, nil)
	}
	if err != nil {
		return 0, fmt.Errorf("looking at the disk of %s: %w", dir, err)
	}
	return int64(free), nil
}
