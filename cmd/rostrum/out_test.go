package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// descriptor names an open file.
func descriptor(f *os.File) string { return fmt.Sprintf("/dev/fd/%d", f.Fd()) }

func TestWhatIsWrittenOutGoesWhereItsUserWantsIt(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "record.csv"), filepath.Join(dir, "latest.csv")
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, text string }{{file, "one"}, {link, "another"}} {
		if err := writeOut(c.name, []byte(c.text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != c.text {
			t.Errorf("%s has %q, want %q: %v", file, got, c.text, err)
		}
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is one no more: %v", err)
	}

	// What is no file, such as a pipe or a device, is written to, and stays.
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	defer write.Close()
	if _, err := os.Stat(descriptor(write)); err != nil {
		t.Skip("this system has no names for what is open")
	}
	if err := writeOut(descriptor(write), []byte("text")); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 4)
	if _, err := read.Read(got); err != nil || string(got) != "text" {
		t.Errorf("the pipe has %q: %v", got, err)
	}
}
