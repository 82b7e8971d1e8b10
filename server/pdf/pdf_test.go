package pdf_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"rostrum/server/pdf"
)

// written is a document of some pages that share a form.
func written(t *testing.T, pages int) []byte {
	t.Helper()
	var out bytes.Buffer
	w := pdf.New(&out, "Débat (1) — 辩论", time.Unix(1_212_501_600, 0), 210, 297)
	square := new(pdf.Drawing)
	square.Rectangle(0, 0, 1, 1)
	square.Fill()
	form := w.Form(square, 0, 0, 1, 1)
	for n := range pages {
		d := new(pdf.Drawing)
		d.Grey(0.25)
		d.MoveTo(10, 10)
		d.LineTo(20.5, 10)
		d.QuadTo(30, 10, 30, 20)
		d.CubeTo(30, 25, 25, 30, 20, 30)
		d.Close()
		d.Fill()
		d.Use(form, 50, 50, 10, 10)
		d.Use(form, 70, 50, 10, 10)
		d.Link(50, 50, 10, 10, fmt.Sprintf(`http://rostrum.test/(%d)\`, n))
		w.Page(d)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Every entry of the table of objects points to its object, so that a reader needs not repair the file.
func TestTheTableFindsEveryObject(t *testing.T) {
	file := written(t, 3)
	end := regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`).FindSubmatch(file)
	if end == nil {
		t.Fatalf("the file ends with %q", file[max(0, len(file)-80):])
	}
	at, err := strconv.Atoi(string(end[1]))
	if err != nil || !bytes.HasPrefix(file[at:], []byte("xref\n0 ")) {
		t.Fatalf("at %d stands %.20q", at, file[at:])
	}
	entries := regexp.MustCompile(`(?m)^(\d{10}) 00000 n $`).FindAllSubmatch(file[at:], -1)
	for i, entry := range entries {
		offset, err := strconv.Atoi(string(entry[1]))
		if want := fmt.Sprintf("%d 0 obj\n", i+1); err != nil || !bytes.HasPrefix(file[offset:], []byte(want)) {
			t.Errorf("at %d stands %.20q, want %q", offset, file[offset:], want)
		}
	}
	if got := bytes.Count(file, []byte("/Subtype /Form")); got != 1 {
		t.Errorf("the form that three pages use is written %d times", got)
	}
}

func TestPopplerReadsTheFile(t *testing.T) {
	tool, err := exec.LookPath("pdfinfo")
	if err != nil {
		t.Skip("NOT TESTED: there is no pdfinfo here")
	}
	name := filepath.Join(t.TempDir(), "it.pdf")
	for _, pages := range []int{0, 3} {
		if err := os.WriteFile(name, written(t, pages), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(tool, name).CombinedOutput()
		for _, want := range []string{"Débat (1) — 辩论", fmt.Sprintf("Pages:           %d", max(1, pages)), "595.276 x 841.89 pts (A4)"} {
			if err != nil || !strings.Contains(string(out), want) || strings.Contains(string(out), "rror") {
				t.Errorf("%d pages: %v, no %q in\n%s", pages, err, want, out)
			}
		}
	}
}
