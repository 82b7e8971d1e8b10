package summary

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/gomutex/godocx"
	"github.com/gomutex/godocx/docx"
	"github.com/gomutex/godocx/wml/ctypes"
	"github.com/gomutex/godocx/wml/stypes"
	"golang.org/x/text/unicode/bidi"
)

// WriteWord writes a document as Office Open XML (.docx), which Word and LibreOffice
// open. Every paragraph and run says its language and direction, so that it reads
// right whatever the reader's own are.
func (d Document) WriteWord(w io.Writer) error {
	root, err := godocx.NewDocument()
	if err != nil {
		return fmt.Errorf("opening the template: %w", err)
	}
	root.FileMap.Store("docProps/core.xml", d.properties())
	word := wordWriter{root: root, rtl: d.RightToLeft(), lang: wordLanguage(d.Language)}
	if err := word.title(d.Title); err != nil {
		return err
	}
	for _, b := range d.Blocks {
		if err := word.block(b); err != nil {
			return err
		}
	}
	var out bytes.Buffer // nothing is sent of a document that fails half-way
	if err := root.Write(&out); err != nil {
		return fmt.Errorf("writing the document: %w", err)
	}
	_, err = out.WriteTo(w)
	return err
}

// properties are the document's own, without which it would carry those of the template.
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

// wordWriter adds blocks to a Word document.
type wordWriter struct {
	root  *docx.RootDoc
	rtl   bool
	small bool // the text of tables
	lang  string
}

func (w wordWriter) title(text string) error {
	p, err := w.root.AddHeading("", 0)
	if err != nil {
		return fmt.Errorf("adding the title: %w", err)
	}
	w.fill(p, plain(text))
	return nil
}

func (w wordWriter) block(b Block) error {
	switch b.Kind {
	case Heading:
		p, err := w.root.AddHeading("", uint(b.Level))
		if err != nil {
			return fmt.Errorf("adding a heading: %w", err)
		}
		w.fill(p, b.Runs)
	case Table:
		w.table(b)
	default:
		p := w.root.AddEmptyParagraph()
		p.Style(map[BlockKind]string{Paragraph: "Normal", Bullet: "ListBullet", Quote: "IntenseQuote"}[b.Kind])
		w.fill(p, b.Runs)
	}
	return nil
}

// fill puts runs into a paragraph.
func (w wordWriter) fill(p *docx.Paragraph, runs []Run) {
	ct := p.GetCT()
	if ct.Property == nil {
		ct.Property = ctypes.DefaultParaProperty()
	}
	if w.rtl {
		ct.Property.Bidi = ctypes.OnOffFromBool(true)
	}
	ct.Children = nil
	for _, r := range runs {
		ct.Children = append(ct.Children, ctypes.ParagraphChild{Run: w.run(r)})
	}
}

func (w wordWriter) run(r Run) *ctypes.Run {
	lang := ctypes.Lang{Val: &w.lang}
	switch w.lang {
	case "ar-SA":
		lang = ctypes.Lang{Bidi: &w.lang}
	case "zh-CN":
		lang = ctypes.Lang{EastAsia: &w.lang}
	}
	property := &ctypes.RunProperty{Lang: &lang}
	if r.Strong {
		property.Bold, property.BoldCS = ctypes.OnOffFromBool(true), ctypes.OnOffFromBool(true)
	}
	if w.rtl && !leftToRight(r.Text) {
		property.RightToLeft = ctypes.OnOffFromBool(true)
	}
	if w.small {
		property.Size, property.SizeCs = ctypes.NewFontSize(tableSize), ctypes.NewFontSizeCS(tableSize)
	}
	return &ctypes.Run{Property: property, Children: []ctypes.RunChild{{Text: ctypes.TextFromString(clean(r.Text))}}}
}

// tableSize is the size of the text in tables, in half points.
const tableSize = 18

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

func (w wordWriter) table(b Block) {
	w.small = true
	t := w.root.AddTable()
	t.Style("TableGrid")
	t.Layout(stypes.TableLayoutFixed)
	ct := t.GetCT()
	if w.rtl {
		ct.TableProp.BidiVisual = ctypes.OnOffFromBool(true)
	}
	for _, share := range b.Widths {
		t.Grid(uint64(share * twips / 100))
	}
	for n, cells := range b.Rows {
		row := t.AddRow()
		for i, text := range cells {
			cell := row.AddCell()
			cell.Width(b.Widths[i]*twips/100, stypes.TableWidthDxa)
			w.fill(cell.AddEmptyPara(), []Run{{Text: text, Strong: n == 0}})
		}
		property := &ctypes.RowProperty{CantSplit: ctypes.OnOffFromBool(true)}
		if n == 0 {
			property.Header = ctypes.OnOffFromBool(true) // again on each page
		}
		ct.RowContents[n].Row.Property = property
	}
	w.root.AddEmptyParagraph()
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
