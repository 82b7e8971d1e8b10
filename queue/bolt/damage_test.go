package bolt_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rostrum/queue/bolt"
)

var harms = flag.Int("harms", 25, "how many times a file is damaged in each way")

// a debate's name and how many entries it has.
type debates map[string]int64

// sample is a data directory with journals of several shapes: inline buckets, trees of two and
// three levels, overflow pages, free pages. The file ends with the last page in use.
func sample(t testing.TB) (dir string, want debates) {
	t.Helper()
	dir = t.TempDir()
	s := open(t, dir)
	for _, d := range []struct {
		name  string
		sizes []int64
		times int
	}{{"empty", nil, 0}, {"tiny", []int64{1, 2}, 1}, {"deep", []int64{7}, 300}, {"wide", []int64{400, 1, 3}, 3}, {"un-2008", []int64{1, 5, 2}, 20}} {
		j := journal(t, s, d.name)
		for range d.times {
			write(t, j, d.sizes...)
		}
	}
	for i := range 90 { // so that the root is a tree, too
		write(t, journal(t, s, fmt.Sprintf("debate-%d", i)), 1)
	}
	want = debates{}
	names, err := s.Debates()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		want[name] = journal(t, s, name).Last()
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b := read(t, dir)
	save(t, dir, b[:used(b)])
	return dir, want
}

const page = 4096

// used is how many bytes of a file its newest meta page knows.
func used(file []byte) int {
	newest := 0
	if binary.NativeEndian.Uint64(file[page+64:]) > binary.NativeEndian.Uint64(file[64:]) {
		newest = page
	}
	return int(binary.NativeEndian.Uint64(file[newest+56:])) * page
}

func read(t testing.TB, dir string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "rostrum.db"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func save(t testing.TB, dir string, file []byte) {
	t.Helper()
	path := filepath.Join(dir, "rostrum.db")
	_ = os.Remove(path) // quicker: ext4 flushes a file that is cut and written again
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
}

// honest opens a directory whose file was damaged: everything must be there, or what is missing
// reported. It says whether it was reported.
func honest(t *testing.T, dir, what string, want debates) (reported bool) {
	t.Helper()
	s, err := bolt.Open(dir, bolt.Options{})
	var loss *bolt.CorruptError
	if errors.As(err, &loss) {
		if loss.Path == "" || loss.Err == nil {
			t.Errorf("%s: the report says too little: %+v", what, loss)
		}
		return true
	}
	if err != nil {
		t.Errorf("%s: %v is no *CorruptError", what, err)
		return true
	}
	defer s.Close()
	names, err := s.Debates()
	if err != nil {
		t.Errorf("%s: debates: %v", what, err)
	}
	if len(names) != len(want) {
		t.Errorf("%s: %d debates of %d in silence", what, len(names), len(want))
	}
	for _, name := range names {
		j, err := s.Journal(name)
		if errors.As(err, &loss) {
			if loss.Debate != name || loss.First != loss.Kept+1 {
				t.Errorf("%s: debate %s: the report is %+v", what, name, loss)
			}
			reported = true
			continue
		}
		if err != nil {
			t.Errorf("%s: debate %s: %v is no *CorruptError", what, name, err)
			continue
		}
		if got := contents(t, j, 0); strings.Join(got, "\n") != strings.Join(entries(1, want[name]), "\n") {
			t.Errorf("%s: debate %s has %d entries of %d in silence, or others", what, name, len(got), want[name])
		}
	}
	return reported
}

// goesOn writes to the debates of a damaged file that are sound: they are all there afterwards, and
// so is what was sound of those that are damaged. It returns what there is now.
func goesOn(t *testing.T, dir, what string, want debates) (now debates) {
	t.Helper()
	s, err := bolt.Open(dir, bolt.Options{})
	if err != nil {
		return want // as honest has told
	}
	now = maps.Clone(want)
	kept, grown := debates{}, debates{}
	for name := range want {
		j, err := s.Journal(name)
		var loss *bolt.CorruptError
		if errors.As(err, &loss) {
			kept[name] = loss.Kept
			continue
		}
		if len(name) < len("debate-3") { // not in each of the many
			write(t, j, 300, 4, 300)
		}
		grown[name], now[name] = j.Last(), j.Last()
	}
	for range 2 { // also after another start
		if err := s.Close(); err != nil {
			t.Errorf("%s: close: %v", what, err)
		}
		if s, err = bolt.Open(dir, bolt.Options{}); err != nil {
			t.Errorf("%s: the file does not open again: %v", what, err)
			return now
		}
		for name, last := range grown {
			j, err := s.Journal(name)
			if err != nil {
				t.Errorf("%s: debate %s was sound: %v", what, name, err)
				continue
			}
			if got := contents(t, j, 0); strings.Join(got, "\n") != strings.Join(entries(1, last), "\n") {
				t.Errorf("%s: debate %s went on to %d, and has %d entries, or others", what, name, last, len(got))
			}
		}
		for name, sound := range kept {
			var loss *bolt.CorruptError
			if _, err := s.Journal(name); !errors.As(err, &loss) || loss.Kept != sound {
				t.Errorf("%s: debate %s had %d sound entries, and now: %v", what, name, sound, err)
			}
		}
	}
	_ = s.Close()
	return now
}

// accepted opens it again and accepts the loss: what is there must be a beginning of what was, and what
// is missing reported. Then it must be usable. It returns how many entries were lost.
func accepted(t *testing.T, dir, what string, want debates) (lost int64) {
	t.Helper()
	s, err := bolt.Open(dir, bolt.Options{AcceptLoss: true})
	if err != nil {
		t.Errorf("%s: accepting the loss: %v", what, err)
		return 0
	}
	said := map[string]*bolt.CorruptError{}
	for _, l := range s.Losses() {
		said[l.Debate] = l
		if _, err := os.Stat(l.Path); err != nil {
			t.Errorf("%s: the damaged file was not kept: %v", what, err)
		}
	}
	names, err := s.Debates()
	if err != nil {
		t.Errorf("%s: debates: %v", what, err)
	}
	if len(names) < len(want) && len(said) == 0 {
		t.Errorf("%s: %d debates of %d in silence", what, len(names), len(want))
	}
	for _, name := range names {
		j, err := s.Journal(name)
		if err != nil {
			t.Errorf("%s: debate %s: %v", what, name, err)
			continue
		}
		last := j.Last()
		if got := contents(t, j, 0); strings.Join(got, "\n") != strings.Join(entries(1, last), "\n") || last > want[name] {
			t.Errorf("%s: debate %s is not what it was", what, name)
		}
		if last < want[name] && (said[name] == nil || said[name].Kept != last) {
			t.Errorf("%s: debate %s has %d entries of %d, the report is %v", what, name, last, want[name], said[name])
		}
		lost += want[name] - last
		if len(name) < len("debate-3") { // not in each of the many
			write(t, j, 1)
		}
	}
	if err := s.Close(); err != nil {
		t.Errorf("%s: close: %v", what, err)
	}
	s, err = bolt.Open(dir, bolt.Options{})
	if err != nil {
		t.Errorf("%s: opening what was saved: %v", what, err)
		return lost
	}
	_ = s.Close()
	kept, _ := filepath.Glob(filepath.Join(dir, "*damaged*"))
	for _, path := range kept {
		_ = os.Remove(path)
	}
	return lost
}

func TestDamageIsReportedAndNeverSilent(t *testing.T) {
	dir, want := sample(t)
	whole := read(t, dir)
	rng := rand.New(rand.NewPCG(1, 2))
	pages := len(whole) / page
	kinds := map[string]func(b []byte) (where int){
		"a bit": func(b []byte) int {
			at := rng.IntN(len(b))
			b[at] ^= 1 << rng.IntN(8)
			return at
		},
		"a byte in a page's beginning": func(b []byte) int {
			at := rng.IntN(pages)*page + rng.IntN(80)
			b[at] ^= byte(1 + rng.IntN(255))
			return at
		},
		"a sector of zeros": func(b []byte) int {
			at := rng.IntN(len(b)/512) * 512
			clear(b[at : at+512])
			return at
		},
		"a page of noise": func(b []byte) int {
			at := rng.IntN(pages) * page
			for i := range page {
				b[at+i] = byte(rng.Uint32())
			}
			return at
		},
		"a page in the place of another": func(b []byte) int {
			at := rng.IntN(pages) * page
			from := rng.IntN(pages) * page
			copy(b[at:at+page], whole[from:from+page])
			return at
		},
		"a page in the place of another, with its number": func(b []byte) int {
			at := rng.IntN(pages) * page
			from := rng.IntN(pages) * page
			copy(b[at+8:at+page], whole[from+8:from+page])
			return at
		},
		"a reference to another page": func(b []byte) int {
			at := rng.IntN(len(b)/8) * 8
			binary.NativeEndian.PutUint64(b[at:], uint64(rng.IntN(pages)))
			return at
		},
	}
	for kind, harm := range kinds {
		t.Run(kind, func(t *testing.T) {
			reports := 0
			for i := range *harms {
				b := bytes.Clone(whole)
				what := fmt.Sprintf("%s at %d", kind, harm(b))
				save(t, dir, b)
				if honest(t, dir, what, want) {
					reports++
					now := goesOn(t, dir, what, want)
					if i%10 == 0 {
						accepted(t, dir, what, now)
					}
				}
				if t.Failed() {
					break
				}
			}
			t.Logf("%d of %d reported", reports, *harms)
		})
	}
}

func TestAFileThatWasCutShortIsReported(t *testing.T) {
	dir, want := sample(t)
	whole := read(t, dir)
	lengths := []int{0, 1, 15, 16, 79, 80, 512, page - 1, page, page + 1, 2*page - 1, 2 * page, 3 * page, 4 * page, len(whole) - page, len(whole) - 1}
	for i := 1; i < 60; i++ {
		lengths = append(lengths, len(whole)*i/60)
	}
	for _, n := range lengths {
		what := fmt.Sprintf("cut to %d bytes", n)
		save(t, dir, whole[:n])
		if !honest(t, dir, what, want) {
			t.Errorf("%s: not reported", what)
		}
		accepted(t, dir, what, want)
	}
}

func TestAFileThatIsNotOursIsReported(t *testing.T) {
	dir, want := sample(t)
	for what, b := range map[string][]byte{
		"an empty file": {},
		"a text":        []byte("hello\n"),
		"zeros":         make([]byte, 100*page),
		"another kind":  append([]byte("SQLite format 3\x00"), make([]byte, 8*page)...),
		"all ones":      bytes.Repeat([]byte{0xff}, 16*page),
	} {
		save(t, dir, b)
		if !honest(t, dir, what, want) {
			t.Errorf("%s: not reported", what)
		}
		accepted(t, dir, what, want)
	}
}

func TestAMissingFileIsReportedWhereThereWasOne(t *testing.T) {
	dir, want := sample(t)
	if err := os.Remove(filepath.Join(dir, "rostrum.db")); err != nil {
		t.Fatal(err)
	}
	if !honest(t, dir, "missing", want) {
		t.Error("not reported")
	}
	s, err := bolt.Open(dir, bolt.Options{AcceptLoss: true})
	if err != nil || len(s.Losses()) != 1 {
		t.Fatalf("accepting the loss: %v", err)
	}
	_ = s.Close()
}

// harm changes a bit of every copy of a text in the file.
func harm(t *testing.T, file []byte, what string) {
	t.Helper()
	at := bytes.Index(file, []byte(what))
	if at < 0 {
		t.Fatalf("%q is not in the file", what)
	}
	for ; at >= 0; at = bytes.Index(file, []byte(what)) {
		file[at] ^= 4
	}
}

// lone is a directory with one debate of 10 appends of 400 entries.
func lone(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	s := open(t, dir)
	j := journal(t, s, debate)
	for range 10 {
		write(t, j, 400)
	}
	_ = s.Close()
	return dir
}

func TestADamagedTailIsReportedWithWhatIsLost(t *testing.T) {
	for _, c := range []struct {
		entry            int64
		kept, lost, last int64
		after            int64
	}{
		{entry: 3999, kept: 3600, lost: 3601, last: 4000},
		{entry: 3601, kept: 3600, lost: 3601, last: 4000},
		{entry: 1000, kept: 800, lost: 801, last: 4000, after: 2800},
		{entry: 1, kept: 0, lost: 1, last: 4000, after: 3600},
	} {
		t.Run(fmt.Sprint(c.entry), func(t *testing.T) {
			dir := lone(t)
			b := read(t, dir)
			harm(t, b, text(c.entry))
			save(t, dir, b)
			s := open(t, dir)
			_, err := s.Journal(debate)
			var loss *bolt.CorruptError
			if !errors.As(err, &loss) {
				t.Fatalf("got %v", err)
			}
			t.Log(loss)
			same(t, "report", []int64{loss.Kept, loss.First, loss.Last, loss.After}, []int64{c.kept, c.lost, c.last, c.after})
			same(t, "debate", loss.Debate, debate)
			if !strings.Contains(loss.Where, fmt.Sprintf("key %d", c.lost)) {
				t.Errorf("where: %s", loss.Where)
			}
			write(t, journal(t, s, "another"), 3) // goes on
			_ = s.Close()

			s, err = bolt.Open(dir, bolt.Options{AcceptLoss: true})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if n := len(s.Losses()); n != 1 {
				t.Fatalf("%d losses", n)
			}
			loss = s.Losses()[0]
			t.Log(loss)
			j := journal(t, s, debate)
			same(t, "accepted", []int64{loss.Kept, loss.First, loss.Last, j.Last()}, []int64{c.kept, c.lost, c.last, c.kept})
			same(t, "entries", contents(t, j, 0), entries(1, c.kept))
			same(t, "another", contents(t, journal(t, s, "another"), 0), entries(1, 3))
		})
	}
}

func TestAcceptedLossBeginsAnotherEpoch(t *testing.T) {
	dir := lone(t)
	s := open(t, dir)
	write(t, journal(t, s, "sound"), 2)
	lossy, sound := journal(t, s, debate).Epoch(), journal(t, s, "sound").Epoch()
	_ = s.Close()
	b := read(t, dir)
	harm(t, b, text(2222))
	save(t, dir, b)
	s, err := bolt.Open(dir, bolt.Options{AcceptLoss: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if journal(t, s, debate).Epoch() == lossy {
		t.Error("the epoch is the same after a loss")
	}
	if journal(t, s, "sound").Epoch() != sound {
		t.Error("the epoch of a debate that lost nothing has changed")
	}
}

// The newest commit is in the newest of the two meta pages. If that cannot be read, bbolt goes on with the
// one before.
func TestADamagedMetaPageIsReportedAndTheCommitSaved(t *testing.T) {
	for meta := range 2 {
		dir := t.TempDir()
		s := open(t, dir)
		write(t, journal(t, s, debate), 1, 1, 1, 1)
		_ = s.Close()
		b := read(t, dir)
		b[meta*page+16+24]++
		save(t, dir, b)
		if !honest(t, dir, "meta", debates{debate: 4}) {
			t.Error("not reported")
		}
		if lost := accepted(t, dir, "meta", debates{debate: 4}); lost != 0 {
			t.Errorf("%d entries lost that are in the file", lost)
		}
	}
}

func TestDamageUnderARunningServerIsAnError(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	j := journal(t, s, debate)
	for range 50 {
		write(t, j, 100)
	}
	if err := os.Truncate(filepath.Join(dir, "rostrum.db"), 3*page); err != nil {
		t.Fatal(err)
	}
	err := j.Read(context.Background(), 0, func(int64, []byte) error { return nil })
	var loss *bolt.CorruptError
	if !errors.As(err, &loss) {
		t.Errorf("read: %v", err)
	}
	if err := j.Append(context.Background(), j.Last()+1, batch(1, 1)); err == nil {
		t.Error("append succeeded")
	}
	if err := j.Append(context.Background(), j.Last()+1, batch(1, 1)); err == nil {
		t.Error("append succeeded")
	}
	_ = s.Close()
}
