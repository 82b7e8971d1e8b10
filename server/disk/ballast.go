package disk

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// Ballast is a file that does nothing but take room on the disk. When others have filled the disk, removing it
// gives room that a reserve which is only counted would not have. One goroutine uses it at a time.
type Ballast struct {
	Path string
	Size int64
}

// Take makes the file, if it is not there.
func (b *Ballast) Take() error {
	if info, err := os.Stat(b.Path); err == nil && info.Size() == b.Size {
		return nil
	}
	file, err := os.OpenFile(b.Path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("taking ballast: %w", err)
	}
	err = allocate(file, b.Size)
	if errors.Is(err, errors.ErrUnsupported) {
		_, err = io.CopyN(file, rand.Reader, b.Size) // what no file system makes smaller
	}
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("taking ballast: %w", errors.Join(err, b.Drop()))
	}
	return nil
}

// Drop removes the file, if it is there.
func (b *Ballast) Drop() error {
	if err := os.Remove(b.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("throwing off the ballast: %w", err)
	}
	return nil
}
