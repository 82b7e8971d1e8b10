package summary_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rostrum/queue"
	"rostrum/queue/programme"
	"rostrum/server/summary"
)

var (
	writeGolden = flag.Bool("write-golden", false, "write the summaries that the tests compare with")
	keep        = flag.String("keep", "", "a folder in which to keep the Word documents, to look at them")
)

// memory is a journal that is forgotten.
type memory struct{ entries [][]byte }

func (m *memory) Append(_ context.Context, _ int64, entries [][]byte) error {
	m.entries = append(m.entries, entries...)
	return nil
}

func (m *memory) Read(context.Context, int64, func(int64, []byte) error) error { return nil }

// debate is the example debate, and the time in it.
type debate struct {
	*testing.T
	room *queue.Room
	now  int64
	ids  int
}

const (
	second = int64(1_000)
	minute = 60 * second
	start  = int64(1_212_501_600_000) // 3 June 2008, 10:00 in New York
)

var (
	chair      = queue.Actor{Role: queue.Chair}
	rapporteur = queue.Actor{Role: queue.Rapporteur}
)

func convene(t *testing.T) *debate {
	t.Helper()
	p, err := programme.Example()
	if err != nil {
		t.Fatal(err)
	}
	room, err := queue.NewRoom(t.Context(), new(memory), nil, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); room.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	d := &debate{T: t, room: room, now: start}
	d.do(queue.Actor{Role: queue.Server}, &queue.Load{Programme: p})
	return d
}

func (d *debate) do(by queue.Actor, c queue.Command) {
	d.Helper()
	if _, err := d.room.Submit(context.Background(), queue.Submission{At: d.now, By: by, Command: c}); err != nil {
		d.Fatalf("%T %+v: %v", c, c, err)
	}
}

func (d *debate) open(panel string) {
	d.Helper()
	d.do(chair, &queue.SwitchPanel{Panel: panel})
	set := &queue.SetPanel{Panel: panel, Status: queue.Open}
	if !d.room.State().Panels()[panel].NoList {
		set.List = queue.Open
	}
	d.do(chair, set)
}

// speak asks for the floor, has it for so long and leaves a note.
func (d *debate) speak(ask queue.Ask, ms int64, ruling queue.Ruling, note queue.WriteNote) string {
	d.Helper()
	d.ids++
	ask.ID = fmt.Sprint("r", d.ids)
	d.do(chair, &ask)
	d.now += 30 * second
	id := fmt.Sprint("i", d.ids)
	d.do(chair, &queue.Recognise{ID: id, Request: ask.ID})
	d.now += ms
	d.do(chair, &queue.EndFloor{Ruling: ruling})
	if note.Text != nil {
		note.Intervention = id
		d.do(rapporteur, &note)
	}
	return id
}

// hold holds a short debate with something of everything.
func (d *debate) hold() {
	none := queue.WriteNote{}
	d.open("opening")
	d.speak(queue.Ask{Participant: "president", Kind: queue.Address}, 8*minute, "", none)
	d.open("morning")
	d.speak(queue.Ask{Participant: "ken", Speaker: "H.E. Ms. Otieno", BehalfOf: "african-group"}, 3*minute+12*second, "",
		queue.WriteNote{Text: new("Victims come first.\n\n  Prevention begins   at school. "), Tags: &[]string{"Victims", "Prevention"}})
	d.speak(queue.Ask{Participant: "bra", Kind: queue.PointOfOrder}, 20*second, queue.Overruled, none)
	d.speak(queue.Ask{Participant: "fra"}, 2*minute, "", queue.WriteNote{Text: new("Nobody is\nfor sale."), Quote: new(true), Tags: &[]string{"Victims"}})
	d.speak(queue.Ask{Participant: "ecpat"}, 90*second, "", queue.WriteNote{Text: new("# 1. Not a *heading* | [link](x) <b>")})
	wrong := d.speak(queue.Ask{Participant: "phl"}, 2*minute, "", none)
	d.do(rapporteur, &queue.Correct{Intervention: wrong, Participant: new("tha"), Used: new(minute), Reason: "Thailand spoke"})
	d.speak(queue.Ask{Participant: "bra", Kind: queue.RightOfReply}, 2*minute, "", none)
	d.do(chair, &queue.Ask{ID: "late", Participant: "ind", BehalfOf: "g77"})
	d.do(chair, &queue.SetPanel{Panel: "morning", Status: queue.Closed, List: queue.Closed})
}

func (d *debate) summary(language string) summary.Document {
	d.Helper()
	document, err := summary.Of(d.Context(), d.room.State(), language)
	if err != nil {
		d.Fatal(err)
	}
	return document
}

// blocks are those of a document.
func blocks(all ...summary.Block) iter.Seq2[summary.Block, error] {
	return func(yield func(summary.Block, error) bool) {
		for _, b := range all {
			if !yield(b, nil) {
				return
			}
		}
	}
}

func table(rows [][]string) summary.Block {
	return summary.Block{Kind: summary.Table, Widths: []int{50, 50}, Rows: slices.Values(rows)}
}

func TestASummaryHasTheShapeOfSuchSummaries(t *testing.T) {
	d := convene(t)
	d.hold()
	for _, language := range []string{"en", "fr", "es", "ru", "ar", "zh"} {
		t.Run(language, func(t *testing.T) {
			var got bytes.Buffer
			if err := d.summary(language).WriteMarkdown(&got); err != nil {
				t.Fatal(err)
			}
			name := filepath.Join("testdata", language+".md")
			if *writeGolden {
				if err := os.WriteFile(name, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("the summary (-want +got):\n%s", diff)
			}
		})
	}
}

// A correction names the group that was spoken for as the list of speakers does, not by its id.
func TestACorrectionNamesTheGroup(t *testing.T) {
	d := convene(t)
	d.open("morning")
	id := d.speak(queue.Ask{Participant: "ken", BehalfOf: "g77"}, minute, "", queue.WriteNote{})
	d.do(rapporteur, &queue.Correct{Intervention: id, BehalfOf: new("")})
	d.do(rapporteur, &queue.Correct{Intervention: id, BehalfOf: new("the sponsors")})
	d.do(rapporteur, &queue.Correct{Intervention: id, BehalfOf: new("")})
	var got bytes.Buffer
	if err := d.summary("fr").WriteMarkdown(&got); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"← au nom de : Groupe des 77 et Chine\n", "← au nom de : –\n", "← au nom de : the sponsors\n"} {
		if !strings.Contains(strings.ReplaceAll(got.String(), "\u00a0", " "), want) {
			t.Errorf("%q is not in the summary:\n%s", want, got.String())
		}
	}
}

func TestAnUnknownLanguageIsEnglish(t *testing.T) {
	d := convene(t)
	d.hold()
	english, unknown := d.summary("en"), d.summary("de")
	var want, got strings.Builder
	if err := errors.Join(english.WriteMarkdown(&want), unknown.WriteMarkdown(&got)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want.String(), got.String()); diff != "" || unknown.Language != "en" {
		t.Error(unknown.Language, diff)
	}
}

// A debate in which nothing has happened yet has a summary too.
func TestASummaryOfNothing(t *testing.T) {
	var got bytes.Buffer
	if err := convene(t).summary("en").WriteMarkdown(&got); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(got.String(), "There were no interventions."); n != 3 {
		t.Errorf("%d of three panels say that nobody spoke:\n%s", n, got.String())
	}
}

// No text breaks out of its place in the document.
func TestWordsAreNotTakenForMarks(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"# heading", `\# heading`},
		{"- item", `\- item`},
		{"+ item", `\+ item`},
		{"1. item", `1\. item`},
		{"12) item", `12\) item`},
		{"=====", `\=====`},
		{"> quote", `\> quote`},
		{"a *b* _c_ `d` [e](f) <g> ~~h~~ &amp;", "a \\*b\\* \\_c\\_ \\`d\\` \\[e\\](f) \\<g\\> \\~\\~h\\~\\~ \\&amp;"},
		{"a\nb\tc\x00d", "a b c d"},
		{`\`, `\\`},
		{"3.5 per cent", "3\\.5 per cent"},
	} {
		document := summary.Document{Title: "T", Blocks: blocks(summary.Block{Kind: summary.Paragraph, Runs: []summary.Run{{Text: tt.text}}})}
		var got strings.Builder
		if err := document.WriteMarkdown(&got); err != nil {
			t.Fatal(err)
		}
		if want := "# T\n\n" + tt.want + "\n"; got.String() != want {
			t.Errorf("%q is written as %q, want %q", tt.text, got.String(), want)
		}
	}
	document := summary.Document{Title: "T", Blocks: blocks(table([][]string{{"a", "b"}, {"c|d", "e\nf"}}))}
	var got strings.Builder
	if err := document.WriteMarkdown(&got); err != nil {
		t.Fatal(err)
	}
	if want := "# T\n\n| a | b |\n| --- | --- |\n| c\\|d | e f |\n"; got.String() != want {
		t.Errorf("the table is %q, want %q", got.String(), want)
	}
}

// word is a summary as a Word document.
func word(t *testing.T, document summary.Document) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := document.WriteWord(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Each part of the document is well-formed XML, and all that is referred to is there.
func TestAWordDocumentIsWellFormed(t *testing.T) {
	d := convene(t)
	d.hold()
	document := d.summary("ar")
	document.Title += "\x00\x01\ufffe <&>"
	data := word(t, document)
	parts, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]string)
	for _, part := range parts.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		found[part.Name] = string(text)
		if !strings.HasSuffix(part.Name, ".xml") && !strings.HasSuffix(part.Name, ".rels") {
			continue
		}
		for tokens := xml.NewDecoder(bytes.NewReader(text)); ; {
			if _, err := tokens.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Errorf("%s: %v", part.Name, err)
				break
			}
		}
	}
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/styles.xml", "docProps/core.xml"} {
		if found[name] == "" {
			t.Errorf("there is no %s", name)
		}
	}
	for name, marks := range map[string][]string{
		"word/document.xml": {"<w:bidi", "<w:rtl", "<w:bidiVisual", `w:bidi="ar-SA"`, "<w:tblHeader", `w:val="Heading1"`, `w:val="ListBullet"`, `w:val="IntenseQuote"`},
		"docProps/core.xml": {"موجز أعده الرئيس", "<dc:creator>Rostrum</dc:creator>"},
	} {
		for _, mark := range marks {
			if !strings.Contains(found[name], mark) {
				t.Errorf("%s has no %s", name, mark)
			}
		}
	}
}

// LibreOffice opens the document and finds in it what Markdown has.
func TestLibreOfficeReadsTheWordDocument(t *testing.T) {
	office, err := exec.LookPath("soffice")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("soffice is not installed: apt-get install libreoffice-writer")
		}
		t.Skip("soffice is not installed: apt-get install libreoffice-writer")
	}
	if testing.Short() {
		t.Skip("takes seconds")
	}
	d := convene(t)
	d.hold()
	dir := t.TempDir()
	var files []string
	languages := []string{"en", "ar", "zh"}
	for _, language := range languages {
		file := filepath.Join(dir, language+".docx")
		if err := os.WriteFile(file, word(t, d.summary(language)), 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
		if *keep != "" {
			if err := os.WriteFile(filepath.Join(*keep, language+".docx"), word(t, d.summary(language)), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	args := append([]string{"--headless", "-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--convert-to", "txt:Text (encoded):UTF8", "--outdir", dir}, files...)
	if out, err := exec.CommandContext(t.Context(), office, args...).CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v\n%s", err, out)
	}
	for language, wants := range map[string][]string{
		"en": {
			"President’s summary", "3 June 2008", "Moderator: Executive Director, UNODC", "Victims come first. – Kenya (H.E. Ms. Otieno), on behalf of Group of African States",
			"“Nobody is for sale.” – France", "# 1. Not a *heading* | [link](x) <b> – ECPAT", "overruled", "India, on behalf of Group of 77 and China",
			"3:12", "+0:12", "Thailand spoke", "Thailand ← Speaker: Philippines; Used: 2:00",
		},
		"ar": {"موجز أعده الرئيس", "3 حزيران/يونيه 2008", "كينيا", "نقاط النظام", "3:12"},
		"zh": {"主席的总结", "2008年6月3日", "肯尼亚", "提出的要点", "程序问题"},
	} {
		text, err := os.ReadFile(filepath.Join(dir, language+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(string(text), want) {
				t.Errorf("the %s document does not say %q:\n%s", language, want, text)
			}
		}
	}
}

// failing takes so many bytes and then fails.
type failing struct{ left int }

var errFull = errors.New("full")

func (f *failing) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

// A document is written as it goes: nobody's memory holds it, and it ends where its reader has left.
func TestAWordDocumentEndsWithItsReader(t *testing.T) {
	rows := make([][]string, 100_000)
	for n := range rows {
		rows[n] = []string{fmt.Sprint(n), fmt.Sprint(n * n % 7_919)}
	}
	document := summary.Document{Title: "T", Language: "en", Blocks: blocks(table(rows))}
	if err := document.WriteWord(&failing{left: 64 << 10}); !errors.Is(err, errFull) {
		t.Errorf("a document whose reader has left ends with %v", err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := document.WriteWord(io.Discard); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
		t.Errorf("writing 100,000 rows takes %d bytes of memory in all", used)
	}
}

func TestTheSummarySaysByWhichClockItsTimesAre(t *testing.T) {
	d := convene(t)
	d.open("morning")
	d.do(chair, &queue.Recognise{ID: "i", Participant: "ken"})
	server := queue.Actor{Role: queue.Server}
	d.do(server, &queue.TellClock{Occasion: 1, Set: 120 * minute})
	d.do(chair, &queue.EndFloor{})
	d.now += 120 * minute
	d.do(server, &queue.TellClock{Occasion: 2, Forward: 120 * minute, Follows: true})
	d.do(server, &queue.TellClock{Occasion: 3, Set: -30 * minute})
	for lang, want := range map[string][]string{
		"en": {"the server's clock was set by \u2066+2:00:00\u2069. Times before 12:", "by \u2066−30:00\u2069. The times go on"},
		"fr": {"a été réglée de \u2066+2:00:00\u2069", "Les heures restent"},
		"es": {"se ajustó \u2066+2:00:00\u2069", "Las horas siguen"},
		"ru": {"переведены на \u2066+2:00:00\u2069", "по-прежнему"},
		"ar": {"\u2066+2:00:00\u2069", "تستمر الأوقات"},
		"zh": {"\u2066+2:00:00\u2069", "仍按"},
	} {
		var text strings.Builder
		if err := d.summary(lang).WriteMarkdown(&text); err != nil {
			t.Fatal(err)
		}
		for _, part := range want {
			if !strings.Contains(text.String(), part) {
				t.Errorf("%s lacks %q:\n%s", lang, part, text.String())
			}
		}
	}
}

// A summary ends while it is composed once nobody wants it any more, also where nothing of it has been written yet.
func TestASummaryEndsWhenNobodyWantsItAnyMore(t *testing.T) {
	d := convene(t)
	d.open("morning")
	note := queue.WriteNote{Text: new("Victims come first.")}
	for range 400 {
		d.speak(queue.Ask{Participant: "ken"}, minute, "", note)
	}
	for format, write := range map[string]func(summary.Document, io.Writer) error{"md": summary.Document.WriteMarkdown, "docx": summary.Document.WriteWord} {
		ctx, leave := context.WithCancel(t.Context())
		document, err := summary.Of(ctx, d.room.State(), "en")
		if err != nil {
			t.Fatal(err)
		}
		composed := 0
		blocks := document.Blocks
		document.Blocks = func(yield func(summary.Block, error) bool) {
			for b, err := range blocks {
				if composed++; composed == 10 {
					leave()
				}
				if !yield(b, err) {
					return
				}
			}
		}
		if err := write(document, io.Discard); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: a summary that nobody wants ends with %v", format, err)
		}
		if composed > 200 {
			t.Errorf("%s: %d blocks are composed after the reader has left", format, composed)
		}
		leave()
	}
}
