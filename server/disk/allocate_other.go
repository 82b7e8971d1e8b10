//go:build !linux

package disk

import (
	"errors"
	"os"
)

// allocate gives a file so many bytes of the disk, where the system does that without writing them.
func allocate(*os.File, int64) error { return errors.ErrUnsupported }
