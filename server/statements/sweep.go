package statements

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// Needed says which files of a debate are needed: for each statement's id the checksums.
type Needed map[string][]string

// The names that this package gives. What has another is not ours.
var (
	incomingName = regexp.MustCompile(`^` + incoming + `[0-9]+$`)
	storedName   = regexp.MustCompile(`^[0-9a-f]{32}\` + extension + `$`)
)

// Sweep takes away what is known to be needed by nobody: what was received when the server was killed, and
// what a debate has stored in the history that is carried and does not need. Everything else stays: the files
// of other debates; of other histories, which may have lost their end, or be in a backup; and of an
// earlier version, which did not note the history. It goes on past what cannot be taken away, and says so in the end.
func (s *Store) Sweep(debates map[string]Needed) error {
	err := sweep(s.dir, func(name string) bool { return incomingName.MatchString(name) })
	for debate, needed := range debates {
		if s.epoch(debate) == "" {
			continue
		}
		names := make(map[string]bool)
		for id, sums := range needed {
			for _, sum := range sums {
				names[fileName(id, sum)] = true
			}
		}
		err = errors.Join(err, sweep(s.folder(debate), func(name string) bool { return storedName.MatchString(name) && !names[name] }))
	}
	if err != nil {
		return fmt.Errorf("sweeping the statements: %w", err)
	}
	return nil
}

// sweep removes the files of a folder that are garbage by their names.
func sweep(folder string, garbage func(name string) bool) error {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, entry := range entries {
		if !entry.Type().IsRegular() || !garbage(entry.Name()) {
			continue
		}
		if failed := os.Remove(filepath.Join(folder, entry.Name())); !errors.Is(failed, fs.ErrNotExist) {
			err = errors.Join(err, failed)
		}
	}
	return err
}
