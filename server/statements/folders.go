package statements

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"
)

// Carry says which history of a debate is carried: what is stored from now on is of that one. It comes
// before anything of the debate is stored or swept.
func (s *Store) Carry(debate, epoch string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.epochs[debate] = epoch
}

// epoch is the history that is carried of a debate, "" where none is.
func (s *Store) epoch(debate string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.epochs[debate]
}

// folder is where the files of a debate are stored now.
func (s *Store) folder(debate string) string {
	return filepath.Join(s.dir, folderName(debate, s.epoch(debate)))
}

// folderName is another for each debate and history, on every file system. Where Budget and
// budget are one name, theirs are "debate=+budget=…" and "debate=budget=…". None is a device's (con), ends with
// a dot, or is that of a folder of an earlier version: no id has an equals sign.
func folderName(debate, epoch string) string {
	return folderPrefix(debate) + caseless(epoch)
}

func folderPrefix(debate string) string { return "debate=" + caseless(debate) + "=" }

// caseless writes a capital as a plus sign and the small letter.
func caseless(id string) string {
	var b strings.Builder
	for _, c := range []byte(id) {
		if 'A' <= c && c <= 'Z' {
			b.WriteByte('+')
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	return b.String()
}

// folders are where a file of a debate may be: the folder of the history that is carried, those of
// others, from which this one may have come, and that of an earlier version.
func (s *Store) folders(debate string) ([]string, error) {
	now := s.folder(debate)
	all := []string{now}
	entries, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, entry := range entries {
		if path := filepath.Join(s.dir, entry.Name()); path != now && strings.HasPrefix(entry.Name(), folderPrefix(debate)) {
			all = append(all, path)
		}
	}
	if old := s.oldFolder(debate); old != "" {
		all = append(all, old)
	}
	return all, nil
}

// oldFolder is where an earlier version has stored the files of a debate, "" where it has none.
func (s *Store) oldFolder(debate string) string {
	path := filepath.Join(s.dir, debate)
	if info, err := os.Stat(path); err != nil || !info.IsDir() || debate == "." || debate == ".." {
		return ""
	}
	return path
}

// Open opens the file of a statement, after it was checked to be what was stored.
// It gives ErrDamaged where it is not, or is not there.
func (s *Store) Open(debate, id, sum string) (io.ReadCloser, error) {
	name := fileName(id, sum)
	file, err := openChecked(filepath.Join(s.folder(debate), name), sum)
	if !errors.Is(err, ErrDamaged) {
		return file, err
	}
	folders, err := s.folders(debate)
	if err != nil {
		return nil, fmt.Errorf("looking for a statement: %w", err)
	}
	for _, folder := range folders[1:] {
		if file, err := openChecked(filepath.Join(folder, name), sum); !errors.Is(err, ErrDamaged) {
			return file, err
		}
	}
	return nil, fmt.Errorf("checking a statement: %w", ErrDamaged)
}

// Look says whether the file of a statement is there with so many bytes, and gives ErrDamaged where it is not. It reads
// nothing of it.
func (s *Store) Look(debate, id, sum string, bytes int64) error {
	folders, err := s.folders(debate)
	if err != nil {
		return fmt.Errorf("looking for a statement: %w", err)
	}
	for _, folder := range folders {
		if info, err := os.Stat(filepath.Join(folder, fileName(id, sum))); err == nil && info.Size() == bytes {
			return nil
		}
	}
	return ErrDamaged
}

func openChecked(path, sum string) (*os.File, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrDamaged
	}
	if err != nil {
		return nil, fmt.Errorf("opening a statement: %w", err)
	}
	is := sha256.New()
	_, err = io.Copy(is, file)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err == nil && hex.EncodeToString(is.Sum(nil)) != sum {
		err = ErrDamaged
	}
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("checking a statement: %w", err)
	}
	return file, nil
}

// Remove takes the file of a statement away, wherever it is, once its debate has removed it.
func (s *Store) Remove(debate, id, sum string) error {
	folders, err := s.folders(debate)
	if err != nil {
		return fmt.Errorf("looking for a statement: %w", err)
	}
	old := s.oldFolder(debate)
	for _, folder := range folders {
		if folder == old && !alone(folder) {
			continue
		}
		if failed := os.Remove(filepath.Join(folder, fileName(id, sum))); !errors.Is(failed, fs.ErrNotExist) {
			err = errors.Join(err, failed)
		}
	}
	return err
}

// alone says whether the folder of an earlier version is one debate's: on a disk to which Budget and budget are
// one name, it may be another's too.
func alone(folder string) bool {
	name := filepath.Base(folder)
	swapped := strings.Map(func(c rune) rune {
		if unicode.IsUpper(c) {
			return unicode.ToLower(c)
		}
		return unicode.ToUpper(c)
	}, name)
	if swapped == name {
		return true
	}
	other, err := os.Stat(filepath.Join(filepath.Dir(folder), swapped))
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	this, err := os.Stat(folder)
	return err == nil && !os.SameFile(this, other)
}
