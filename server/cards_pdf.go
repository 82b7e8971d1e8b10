package server

import (
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"
	"unicode"

	"rsc.io/qr"

	"rostrum/queue"
	"rostrum/server/pdf"
	"rostrum/server/typeset"
)

// noFont is the refusal to print what no font of the server's machine can show.
const noFont queue.Code = "no_font"

// The layout of a card in millimetres, as static/css/cards.css has it.
const (
	cardPad   = 5.0
	cardQR    = 36.0
	cardGap   = 3.0
	point     = 25.4 / 72 // of a millimetre
	leading   = 1.2       // ems
	titleSize = 7 * point
	hintSize  = 6.5 * point
	cardTop   = 4.0
)

// nameSizes are those of the first name, the largest that fits is taken.
var nameSizes = []float64{22 * point, 20 * point, 18 * point, 16 * point, 14 * point, 12 * point, 10 * point, 8 * point}

// otherSizes are those of the names beside the code.
var otherSizes = []float64{11 * point, 9 * point, 7 * point, 6 * point}

// cardPrinter draws cards into a PDF. Texts are outlines: what is printed needs no font,
// and every script is set as it should be.
type cardPrinter struct {
	pdf    *pdf.Writer
	sheet  *pdf.Drawing
	fonts  *typeset.Fonts
	setter *typeset.Setter
	set    *cardSet
	hints  []words
	below  float64                    // the height of the hints
	same   map[string]pdf.Form        // what all cards of a direction have: the debate and the hints
	glyphs map[typeset.Glyph]pdf.Form // those that were drawn already, 0 for one without an outline
}

// writePDF writes the cards as a PDF, sheet by sheet. It refuses texts for which no font in the
// directories has the characters, before it writes anything.
func (set *cardSet) writePDF(w io.Writer, pages fs.FS, fontDirs []string, made time.Time) error {
	fonts, err := typeset.NewFonts(fontDirs)
	if err != nil {
		return err
	}
	hints, err := set.hints(pages)
	if err != nil {
		return err
	}
	p := &cardPrinter{fonts: fonts, setter: typeset.NewSetter(fonts), set: set, hints: hints, same: make(map[string]pdf.Form), glyphs: make(map[typeset.Glyph]pdf.Form)}
	if missing := p.missing(); len(missing) > 0 {
		return missingFont(missing)
	}
	p.pdf = pdf.New(w, set.debate, made, set.paper.width, set.paper.height)
	p.below = p.hintsHeight()
	left, top := (set.paper.width-cardColumns*cardWidth)/2, (set.paper.height-cardRows*cardHeight)/2
	for sheet := range slices.Chunk(set.cards, cardsOnSheet) {
		p.sheet = new(pdf.Drawing)
		for _, m := range set.paper.cuts() {
			p.sheet.MoveTo(m[0], m[1])
			p.sheet.LineTo(m[2], m[3])
		}
		p.sheet.Stroke(0.2)
		for i, c := range sheet {
			if err := p.card(c, left+float64(i%cardColumns)*cardWidth, top+float64(i/cardColumns)*cardHeight); err != nil {
				return err
			}
		}
		if p.pdf.Page(p.sheet); p.pdf.Err() != nil {
			break
		}
	}
	if err := p.pdf.Close(); err != nil {
		return fmt.Errorf("writing the PDF: %w", err)
	}
	return nil
}

// missing are the characters of the cards that no font has.
func (p *cardPrinter) missing() []rune {
	p.setter.Look(p.set.debate, style(p.set.languages, false))
	look := func(w words) { p.setter.Look(w.Text, typeset.Style{RTL: w.Dir == "rtl", Language: w.Lang}) }
	for _, h := range p.hints {
		look(h)
	}
	for _, c := range p.set.cards {
		for _, n := range c.Names {
			look(n)
		}
	}
	return p.fonts.Missing()
}

// card draws one card with its corner at x and y.
func (p *cardPrinter) card(c card, x, y float64) error {
	first := c.Names[0]
	width := cardWidth - 2*cardPad
	rtl := first.Dir == "rtl"
	p.sheet.Use(p.shared(first.Dir), x, y, 1, 1)
	top, foot := y+cardTop+leading*titleSize, y+cardHeight-cardTop-cardQR
	name := p.setter.Fit(first.Text, typeset.Style{Bold: true, RTL: rtl, Language: first.Lang}, width, foot-top-1, leading, nameSizes...)
	p.text(p.sheet, name, rtl, x+cardPad, top, width)
	qrX := x + codeSide(rtl)
	p.others(c, x+wordsSide(rtl), foot)
	code, err := badgeQR(c.URL)
	if err != nil {
		return err
	}
	p.code(code, qrX, foot)
	p.sheet.Link(qrX, foot, cardQR, cardQR, c.URL)
	return nil
}

func style(languages []string, rtl bool) typeset.Style {
	s := typeset.Style{RTL: rtl}
	if len(languages) > 0 {
		s.Language = languages[0]
	}
	return s
}

// wordsWidth is how wide the words beside the code are.
const wordsWidth = cardWidth - 2*cardPad - cardQR - cardGap

// codeSide is where the code begins: at the end of the lines, which is the left where
// they run from right to left.
func codeSide(rtl bool) float64 {
	if rtl {
		return cardPad
	}
	return cardWidth - cardPad - cardQR
}

// wordsSide is where the words beside the code begin.
func wordsSide(rtl bool) float64 {
	if rtl {
		return cardPad + cardQR + cardGap
	}
	return cardPad
}

// shared is what all cards of a direction have, drawn once.
func (p *cardPrinter) shared(dir string) pdf.Form {
	if form, ok := p.same[dir]; ok {
		return form
	}
	d, rtl := new(pdf.Drawing), dir == "rtl"
	d.Grey(68.0 / 255)
	width := cardWidth - 2*cardPad
	title := p.setter.Set(p.set.debate, style(p.set.languages, rtl), titleSize, width)
	title.Lines = title.Lines[:min(1, len(title.Lines))]
	p.text(d, title, rtl, cardPad, cardTop, width)
	y := cardHeight - cardTop - p.below
	for _, set := range p.setHints() {
		y += 1 + p.text(d, set.text, set.rtl, wordsSide(rtl), y+1, wordsWidth)
	}
	p.same[dir] = p.pdf.Form(d, 0, 0, cardWidth, cardHeight)
	return p.same[dir]
}

// block is a text that is set, and its direction.
type block struct {
	text typeset.Text
	rtl  bool
}

func (p *cardPrinter) setHints() []block {
	var set []block
	for _, h := range p.hints {
		rtl := h.Dir == "rtl"
		set = append(set, block{p.setter.Set(h.Text, typeset.Style{RTL: rtl, Language: h.Lang}, hintSize, wordsWidth), rtl})
	}
	return set
}

func (p *cardPrinter) hintsHeight() float64 {
	height := 0.0
	for _, h := range p.setHints() {
		height += 1 + float64(len(h.text.Lines))*leading*hintSize
	}
	return height
}

// others writes the names but the first beside the code, above the hints.
func (p *cardPrinter) others(c card, x, top float64) {
	if len(c.Names) == 1 {
		return
	}
	var names []block
	height := p.below
	room := (cardQR - height) / float64(len(c.Names)-1)
	for _, n := range c.Names[1:] {
		rtl := n.Dir == "rtl"
		set := p.setter.Fit(n.Text, typeset.Style{RTL: rtl, Language: n.Lang}, wordsWidth, room, leading, otherSizes...)
		names = append(names, block{set, rtl})
		height += float64(len(set.Lines)) * leading * set.Size
	}
	y := top + max(0, cardQR-height)
	for _, b := range names {
		y += p.text(p.sheet, b.text, b.rtl, x, y, wordsWidth)
	}
}

// text draws lines below y and returns their height.
func (p *cardPrinter) text(d *pdf.Drawing, t typeset.Text, rtl bool, x, y, width float64) float64 {
	const ascent = 0.95 // ems from the top of a line to its baseline
	for i, line := range t.Lines {
		from := x
		if rtl {
			from = x + width - line.Width
		}
		line.Place(from, y+(float64(i)*leading+ascent)*t.Size, func(g typeset.Glyph, x, y, scale float64) {
			if form := p.glyph(g); form != 0 {
				d.Use(form, x, y, scale, -scale)
			}
		})
	}
	return float64(len(t.Lines)) * leading * t.Size
}

// glyph is the drawing of a glyph, made when the first card needs it, and 0 where it has no outline.
func (p *cardPrinter) glyph(g typeset.Glyph) pdf.Form {
	form, ok := p.glyphs[g]
	if ok {
		return form
	}
	if d := new(pdf.Drawing); g.Draw(d) {
		d.Fill()
		left, bottom, right, top := g.Box()
		form = p.pdf.Form(d, left, bottom, right, top)
	}
	p.glyphs[g] = form
	return form
}

// code draws a QR code with its quiet border, as one path so that no light line
// shows between the modules.
func (p *cardPrinter) code(code *qr.Code, x, y float64) {
	modules := new(pdf.Drawing)
	for row := range code.Size {
		for column := 0; column < code.Size; column++ {
			run := column
			for run < code.Size && code.Black(run, row) {
				run++
			}
			if run > column {
				modules.Rectangle(float64(column+qrQuiet), float64(row+qrQuiet), float64(run-column), 1)
				column = run
			}
		}
	}
	modules.Fill()
	module := cardQR / float64(code.Size+2*qrQuiet)
	p.sheet.Draw(modules, x, y, module, module)
}

// missingFont says which scripts the server's machine has no font for.
func missingFont(missing []rune) *queue.Error {
	var scripts []string
	var rest []string
	for _, r := range missing {
		switch name := scriptOf(r); {
		case name == "":
			rest = append(rest, fmt.Sprintf("%q", r))
		case !strings.Contains(strings.Join(scripts, ", "), name):
			scripts = append(scripts, name)
		}
	}
	what := strings.Join(append(scripts, rest[:min(5, len(rest))]...), ", ")
	return refuse(noFont, "The server's machine has no font for %s. Install one there, such as Noto Sans (Arabic, CJK), or print the page of cards from a browser, which has its own fonts.", what)
}

// scriptOf names a script for which a font may be missing.
func scriptOf(r rune) string {
	switch {
	case unicode.Is(unicode.Arabic, r):
		return "Arabic"
	case unicode.Is(unicode.Han, r):
		return "Chinese"
	default:
		for name, table := range unicode.Scripts {
			if name != "Common" && name != "Inherited" && unicode.Is(table, r) {
				return name
			}
		}
		return ""
	}
}
