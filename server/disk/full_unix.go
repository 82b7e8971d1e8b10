//go:build !windows

package disk

import (
	"errors"
	"syscall"
)

// Full says whether writing failed because there was no room, or no more that this user may have.
func Full(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}
