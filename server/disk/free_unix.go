//go:build linux || darwin || freebsd || dragonfly

package disk

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Free is how many bytes this program may still write in the file system of a directory.
func Free(dir string) (int64, error) {
	var is unix.Statfs_t
	if err := unix.Statfs(dir, &is); err != nil {
		return 0, fmt.Errorf("looking at the disk of %s: %w", dir, err)
	}
	return int64(is.Bavail) * int64(is.Bsize), nil
}
