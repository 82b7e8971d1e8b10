package summary

import (
	"archive/zip"
	"bufio"
	"bytes"
	"embed"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/bidi"
)

// wordParts are the parts of a Word document that are the same in every one, as files.
//
//go:embed word/*.xml
var wordParts embed.FS

// partNames are the names of those parts in the document, in their order there, by file.
var partNames = [][2]string{
	{"content_types.xml", "[Content_Types].xml"}, {"package_rels.xml", "_rels/.rels"}, {"document_rels.xml", "word/_rels/document.xml.rels"},
	{"styles.xml", "word/styles.xml"}, {"numbering.xml", "word/numbering.xml"}, {"settings.xml", "word/settings.xml"},
}

// WriteWord writes a document as Office Open XML (.docx), which Word and LibreOffice
// open. Every paragraph and run says its language and direction, so that it reads
// right whatever the reader's own are. It is written as it goes, in little memory: a writer that
// fails ends it at once.
func (d Document) WriteWord(w io.Writer) error {
	out := zip.NewWriter(w)
	for _, name := range partNames {
		part, err := wordParts.ReadFile("word/" + name[0])
		if err != nil {
			return fmt.Errorf("reading a part of every document: %w", err)
		}
		if err := writePart(out, name[1], part); err != nil {
			return err
		}
	}
	if err := writePart(out, "docProps/core.xml", d.properties()); err != nil {
		return err
	}
	body, err := out.Create("word/document.xml")
	if err == nil {
		err = d.writeBody(body)
	}
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		return fmt.Errorf("writing the document: %w", err)
	}
	return nil
}

func writePart(out *zip.Writer, name string, text []byte) error {
	w, err := out.Create(name)
	if err == nil {
		_, err = w.Write(text)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

// properties are the document's own.
func (d Document) properties() []byte {
	var title bytes.Buffer
	_ = xml.EscapeText(&title, []byte(clean(d.Title))) // a buffer takes everything
	return fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:dcmitype="http://purl.org/dc/dcmitype/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>%s</dc:title><dc:creator>Rostrum</dc:creator><dc:language>%s</dc:language></cp:coreProperties>`,
		title.Bytes(), wordLanguage(d.Language))
}

// wordLanguage is the tag of a language as Word knows it.
func wordLanguage(language string) string {
	return map[string]string{"en": "en-GB", "fr": "fr-FR", "es": "es-ES", "ru": "ru-RU", "ar": "ar-SA", "zh": "zh-CN"}[language]
}

// What begins and ends the document's text. The page is US letter, as the organization prints.
const (
	wordBegins = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" +
		`<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`
	wordEnds = `<w:sectPr><w:pgSz w:w="12240" w:h="15840"/><w:pgMar w:top="1440" w:right="1800" w:bottom="1440" w:left="1800" w:header="720" w:footer="720" w:gutter="0"/>` +
		`<w:docGrid w:linePitch="360"/></w:sectPr></w:body></w:document>`
)

// writeBody writes the document's text, block by block.
func (d Document) writeBody(to io.Writer) error {
	w := &wordWriter{out: bufio.NewWriterSize(to, 32<<10), rtl: d.RightToLeft(), lang: languageMark(wordLanguage(d.Language))}
	w.write(wordBegins)
	w.paragraph("Title", plain(d.Title))
	for b, err := range d.Blocks {
		if err != nil {
			return err
		}
		if w.block(b); w.failed {
			break
		}
	}
	w.write(wordEnds)
	return w.out.Flush() // the first error of all
}

// languageMark says the language of a run. Word asks for it by script.
func languageMark(tag string) string {
	script := "val"
	switch tag {
	case "ar-SA":
		script = "bidi"
	case "zh-CN":
		script = "eastAsia"
	}
	return `<w:lang w:` + script + `="` + tag + `"/>`
}

// wordWriter writes blocks as the elements of a Word document. Its buffer keeps the first error
// and writes nothing after it.
type wordWriter struct {
	out    *bufio.Writer
	failed bool
	rtl    bool
	small  bool   // the text of tables
	lang   string // the element that says a run's language
}

func (w *wordWriter) write(parts ...string) {
	for _, part := range parts {
		if _, err := w.out.WriteString(part); err != nil {
			w.failed = true
		}
	}
}

func (w *wordWriter) block(b Block) {
	switch {
	case b.Kind == Heading:
		w.paragraph("Heading"+strconv.Itoa(b.Level), b.Runs)
	case b.Kind == Table:
		w.table(b)
	default:
		w.paragraph(map[BlockKind]string{Paragraph: "Normal", Bullet: "ListBullet", Quote: "IntenseQuote"}[b.Kind], b.Runs)
	}
}

// paragraph writes runs as a paragraph in a style, "" for none.
func (w *wordWriter) paragraph(style string, runs []Run) {
	w.write(`<w:p><w:pPr>`)
	if style != "" {
		w.write(`<w:pStyle w:val="`, style, `"/>`)
	}
	if w.rtl {
		w.write(`<w:bidi/>`)
	}
	w.write(`</w:pPr>`)
	for _, r := range runs {
		w.run(r)
	}
	w.write(`</w:p>`)
}

// tableSize is the size of the text in tables, in half points.
const tableSize = `<w:sz w:val="18"/><w:szCs w:val="18"/>`

func (w *wordWriter) run(r Run) {
	w.write(`<w:r><w:rPr>`)
	if r.Strong {
		w.write(`<w:b/><w:bCs/>`)
	}
	if w.small {
		w.write(tableSize)
	}
	if w.rtl && !leftToRight(r.Text) {
		w.write(`<w:rtl/>`)
	}
	w.write(w.lang, `</w:rPr><w:t xml:space="preserve">`)
	if err := xml.EscapeText(w.out, []byte(clean(r.Text))); err != nil {
		w.failed = true
	}
	w.write(`</w:t></w:r>`)
}

// leftToRight says whether a text begins with a letter of such a script, so that its
// full stop belongs behind it on the right.
func leftToRight(text string) bool {
	for _, r := range text {
		switch p, _ := bidi.LookupRune(r); p.Class() {
		case bidi.L:
			return true
		case bidi.R, bidi.AL:
			return false
		}
	}
	return false
}

// twips is the width of the text on the page, in twentieths of a point.
const twips = 8_640

func (w *wordWriter) table(b Block) {
	w.write(`<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/>`)
	if w.rtl {
		w.write(`<w:bidiVisual/>`)
	}
	w.write(`<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	widths := make([]string, len(b.Widths))
	for i, share := range b.Widths {
		widths[i] = strconv.Itoa(share * twips / 100)
		w.write(`<w:gridCol w:w="`, widths[i], `"/>`)
	}
	w.write(`</w:tblGrid>`)
	w.small = true
	head := true
	for cells := range b.Rows {
		if w.failed {
			return
		}
		w.write(`<w:tr><w:trPr><w:cantSplit/>`)
		if head {
			w.write(`<w:tblHeader/>`) // again on each page
		}
		w.write(`</w:trPr>`)
		for i, text := range cells {
			w.write(`<w:tc><w:tcPr><w:tcW w:w="`, widths[i], `" w:type="dxa"/></w:tcPr>`)
			w.paragraph("", []Run{{Text: text, Strong: head}})
			w.write(`</w:tc>`)
		}
		head = false
		w.write(`</w:tr>`)
	}
	w.small = false
	w.write(`</w:tbl><w:p/>`)
}

// clean leaves out what XML cannot hold, and keeps a text on one line.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case r < ' ' || r == '\ufffe' || r == '\uffff' || r >= 0x7f && r <= 0x9f:
			return -1
		}
		return r
	}, text)
}
