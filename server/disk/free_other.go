//go:build !linux && !darwin && !freebsd && !dragonfly && !windows

package disk

import (
	"errors"
	"fmt"
)

// Free cannot be told here.
func Free(dir string) (int64, error) {
	return 0, fmt.Errorf("looking at the disk of %s: %w", dir, errors.ErrUnsupported)
}
