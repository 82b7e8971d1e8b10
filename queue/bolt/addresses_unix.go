//go:build unix

package bolt

import "golang.org/x/sys/unix"

// AddressLimit is how many bytes of addresses this process may have, if that has a limit.
func AddressLimit() (bytes uint64, limited bool) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_AS, &limit); err != nil || limit.Cur >= 1<<60 {
		return 0, false
	}
	return uint64(limit.Cur), true
}
