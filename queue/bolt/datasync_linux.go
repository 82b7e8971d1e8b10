package bolt

import (
	"os"
	"syscall"
)

// datasync makes what was written into a file durable, without the time of the change.
func datasync(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
