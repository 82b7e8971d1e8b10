package disk

import (
	"errors"

	"golang.org/x/sys/windows"
)

// Full says whether writing failed because there was no room, or no more that this user may have.
func Full(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL) || errors.Is(err, windows.ERROR_DISK_QUOTA_EXCEEDED)
}
