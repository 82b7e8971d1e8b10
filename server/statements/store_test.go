package statements_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"rostrum/server/statements"
)

// receive stores a text as the file of a statement and gives its checksum.
func receive(t *testing.T, s *statements.Store, debate, id, text string) string {
	t.Helper()
	draft, err := s.Receive(strings.NewReader(text), 100)
	if err != nil {
		t.Fatal(err)
	}
	if err := draft.Keep(debate, id); err != nil {
		t.Fatal(err)
	}
	return draft.SHA256
}

func read(t *testing.T, s *statements.Store, debate, id, sum string) string {
	t.Helper()
	file, err := s.Open(debate, id, sum)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// What was received when the server was killed, before the debate knew of it or before
// it was stored, is swept at the next start; what is needed stays.
func TestASweepTakesOnlyWhatNobodyNeeds(t *testing.T) {
	dir := t.TempDir()
	s := statements.Open(dir)
	s.Carry("d", "h1")
	s.Carry("e", "h1")
	if err := s.Sweep(map[string]statements.Needed{"d": nil}); err != nil {
		t.Fatal(err) // before there is anything
	}
	needed := receive(t, s, "d", "a", "needed")
	receive(t, s, "d", "A", "its debate never knew of it")
	elsewhere := receive(t, s, "e", "a", "of a debate that is not open")
	if _, err := s.Receive(strings.NewReader("half"), 100); err != nil { // neither kept nor discarded
		t.Fatal(err)
	}
	if err := s.Sweep(map[string]statements.Needed{"d": {"a": {needed}}}); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil || len(files) != 2 {
		t.Errorf("the files are %v, %v", files, err)
	}
	if got := read(t, s, "d", "a", needed); got != "needed" {
		t.Errorf("the one that is needed says %q", got)
	}
	if got := read(t, s, "e", "a", elsewhere); got != "of a debate that is not open" {
		t.Errorf("the one elsewhere says %q", got)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "incoming-*")); err != nil || len(left) > 0 {
		t.Errorf("%v stay, %v", left, err)
	}
}

func TestAFileThatIsTooLargeIsNotKept(t *testing.T) {
	dir := t.TempDir()
	s := statements.Open(dir)
	if _, err := s.Receive(strings.NewReader(strings.Repeat("x", 101)), 100); !errors.Is(err, statements.ErrTooLarge) {
		t.Errorf("the error is %v", err)
	}
	broken := io.MultiReader(strings.NewReader("half"), &failing{})
	if _, err := s.Receive(broken, 100); err == nil {
		t.Error("a file that breaks off is received")
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v stay", left)
	}
}

type failing struct{}

func (*failing) Read([]byte) (int, error) { return 0, errors.New("the line is gone") }

func TestWhatIsInAFile(t *testing.T) {
	for _, tt := range []struct {
		text      string
		pdf, utf8 bool
	}{
		{"%PDF-1.4\n", true, true},
		{"\ufeffsome words", false, true},
		{"caf\xe9", false, false},
		{"a\x00b", false, false},
		{"the sign \ufffd itself", false, true},
		{"", false, true},
	} {
		draft, err := statements.Open(t.TempDir()).Receive(strings.NewReader(tt.text), 100)
		if err != nil {
			t.Fatal(err)
		}
		pdf, err1 := draft.IsPDF()
		text, err2 := draft.IsText()
		draft.Discard()
		if pdf != tt.pdf || text != tt.utf8 || err1 != nil || err2 != nil {
			t.Errorf("%q: PDF %v (%v), text %v (%v)", tt.text, pdf, err1, text, err2)
		}
	}
}

// A large file is looked at in pieces: a character that stands on the edge of two is one.
func TestACharacterMayStandAnywhereInAText(t *testing.T) {
	store := statements.Open(t.TempDir())
	for _, character := range []string{"x", "é", "日", "😀", "\xe9", "\xf0\x9f\x98", "\x80", "\x00"} {
		for _, behind := range []string{"", "x", strings.Repeat("日", 30_000)} {
			for before := 64<<10 - 5; before <= 64<<10; before++ {
				words := strings.Repeat("w", before) + character + behind
				draft, err := store.Receive(strings.NewReader(words), 1<<20)
				if err != nil {
					t.Fatal(err)
				}
				text, err := draft.IsText()
				draft.Discard()
				if want := utf8.ValidString(words) && !strings.Contains(words, "\x00"); text != want || err != nil {
					t.Errorf("%q behind %d bytes, before %d: text %v (%v), want %v", character, before, len(behind), text, err, want)
				}
			}
		}
	}
}

func TestACopyIsAllThatIsStored(t *testing.T) {
	from, to := t.TempDir(), filepath.Join(t.TempDir(), "copy")
	s := statements.Open(filepath.Join(from, "statements"))
	if err := s.CopyTo(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("a copy of nothing is made")
	}
	sum := receive(t, s, "d", "a", "words")
	if _, err := s.Receive(strings.NewReader("half"), 100); err != nil {
		t.Fatal(err)
	}
	if err := s.CopyTo(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	if got := read(t, statements.Open(to), "d", "a", sum); got != "words" {
		t.Errorf("the copy says %q", got)
	}
	if left, _ := filepath.Glob(filepath.Join(to, "incoming-*")); len(left) > 0 {
		t.Errorf("%v are copied", left)
	}
	if err := s.CopyTo(t.Context(), to); err == nil {
		t.Error("a copy takes the place of another")
	}
}
