// Package pdf writes documents of drawn pages as they come (ISO 32000-1, version 1.4). What was
// written is not kept, so that a document may have any number of pages, and a drawing that many pages
// use is written once. It knows no texts: these are drawn as outlines.
package pdf

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf16"
)

// perMillimetre is how many of a PDF's units, points, a millimetre has.
const perMillimetre = 72 / 25.4

// The objects whose numbers are known before they are written.
const (
	catalogObject = 1 + iota
	pagesObject
	infoObject
	firstObject
)

// Writer writes one document. After its first error it writes nothing, and Close tells it.
type Writer struct {
	out           *bufio.Writer
	at            int64   // bytes written
	offsets       []int64 // of each object, the first at 1
	pages         []int   // their objects
	width, height float64 // of a page in millimetres
	zip           *zlib.Writer
	packed        bytes.Buffer
	err           error
}

// New begins a document with pages of a size in millimetres.
func New(w io.Writer, title string, made time.Time, width, height float64) *Writer {
	d := &Writer{out: bufio.NewWriterSize(w, 32<<10), offsets: make([]int64, firstObject), width: width, height: height, zip: zlib.NewWriter(nil)}
	d.print("%%PDF-1.4\n%%\xe2\xe3\xcf\xd3\n") // the second line says that the file is binary
	date := made.UTC().Format("20060102150405") + "Z"
	d.begin(infoObject)
	d.print("<< /Title <%s> /Producer (Rostrum) /CreationDate (D:%s) /ModDate (D:%s) >>\nendobj\n", utf16Hex(title), date, date)
	return d
}

// Form is a drawing in a document that pages and other forms use by its number.
type Form int

// Form writes a drawing, in coordinates of its own that lie in a box, for others to use.
func (w *Writer) Form(d *Drawing, left, top, right, bottom float64) Form {
	n := len(w.offsets)
	w.offsets = append(w.offsets, 0)
	w.stream(n, fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [%g %g %g %g] /Resources %s", left, top, right, bottom, d.resources()), d.content)
	return Form(n)
}

// Page writes a page: millimetres from its upper left corner, to the right and down.
func (w *Writer) Page(d *Drawing) {
	content, page := len(w.offsets), len(w.offsets)+1
	w.offsets = append(w.offsets, 0, 0)
	w.pages = append(w.pages, page)
	turned := fmt.Appendf(nil, "%.6f 0 0 %.6f 0 %.3f cm\n", perMillimetre, -perMillimetre, w.height*perMillimetre)
	w.stream(content, "", append(turned, d.content...))
	w.begin(page)
	w.print("<< /Type /Page /Parent %d 0 R /Contents %d 0 R /Resources %s", pagesObject, content, d.resources())
	if len(d.links) > 0 {
		w.print(" /Annots [")
		for _, l := range d.links {
			w.print("<< /Type /Annot /Subtype /Link /Border [0 0 0] /Rect [%.2f %.2f %.2f %.2f] /A << /S /URI /URI (%s) >> >>\n",
				l.x*perMillimetre, (w.height-l.y-l.height)*perMillimetre, (l.x+l.width)*perMillimetre, (w.height-l.y)*perMillimetre, escaped.Replace(l.url))
		}
		w.print("]")
	}
	w.print(" >>\nendobj\n")
}

// Err is the first error of the writer below.
func (w *Writer) Err() error { return w.err }

// Close ends the document, which has one page at least, and tells the first error.
func (w *Writer) Close() error {
	if len(w.pages) == 0 {
		w.Page(new(Drawing))
	}
	w.begin(catalogObject)
	w.print("<< /Type /Catalog /Pages %d 0 R >>\nendobj\n", pagesObject)
	w.begin(pagesObject)
	w.print("<< /Type /Pages /Count %d /MediaBox [0 0 %.3f %.3f] /Kids [", len(w.pages), w.width*perMillimetre, w.height*perMillimetre)
	for _, page := range w.pages {
		w.print("%d 0 R\n", page)
	}
	w.print("] >>\nendobj\n")
	table := w.at
	w.print("xref\n0 %d\n0000000000 65535 f \n", len(w.offsets))
	for _, offset := range w.offsets[1:] {
		w.print("%010d 00000 n \n", offset)
	}
	w.print("trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(w.offsets), catalogObject, infoObject, table)
	if w.err == nil {
		w.err = w.out.Flush()
	}
	return w.err
}

func (w *Writer) begin(object int) {
	w.offsets[object] = w.at
	w.print("%d 0 obj\n", object)
}

// stream writes an object that has a content, compressed.
func (w *Writer) stream(object int, entries string, content []byte) {
	w.packed.Reset()
	w.zip.Reset(&w.packed)
	_, _ = w.zip.Write(content) // a buffer takes everything
	_ = w.zip.Close()
	w.begin(object)
	w.print("<< %s /Filter /FlateDecode /Length %d >>\nstream\n", entries, w.packed.Len())
	w.write(w.packed.Bytes())
	w.print("\nendstream\nendobj\n")
}

func (w *Writer) print(format string, args ...any) { w.write(fmt.Appendf(nil, format, args...)) }

func (w *Writer) write(text []byte) {
	if w.err == nil {
		_, w.err = w.out.Write(text)
	}
	w.at += int64(len(text))
}

// utf16Hex is a text as PDF has it where it is more than ASCII, in hexadecimal digits.
func utf16Hex(text string) string {
	var b strings.Builder
	b.WriteString("FEFF")
	for _, unit := range utf16.Encode([]rune(text)) {
		fmt.Fprintf(&b, "%04X", unit)
	}
	return b.String()
}

// escaped keeps a text from ending the string that it stands in.
var escaped = strings.NewReplacer(`\`, `\\`, `(`, `\(`, `)`, `\)`)
