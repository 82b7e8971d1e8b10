package typeset

import (
	"slices"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	ot "github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// em is the size in which texts are shaped: what is set later is scaled from it.
const em = 1000

// Style is how a text is set.
type Style struct {
	Bold     bool
	RTL      bool   // it reads from right to left
	Language string // BCP 47
}

// Setter sets texts. It is for one goroutine.
type Setter struct {
	fonts     *Fonts
	segmenter shaping.Segmenter
	shaper    shaping.HarfbuzzShaper
	wrapper   shaping.LineWrapper
}

// NewSetter sets texts in fonts.
func NewSetter(fonts *Fonts) *Setter { return &Setter{fonts: fonts} }

// Text is a text that was broken into lines of a width.
type Text struct {
	Size  float64 // of an em, in the unit of the width
	Lines []Line
}

// Line is one line of a text.
type Line struct {
	Width float64
	runs  []shaping.Output // from left to right
	scale float64
}

// resolver finds the font of each character.
type resolver struct {
	fonts *Fonts
	first *font.Face
}

func (r resolver) ResolveFace(c rune) *font.Face { return r.fonts.face(r.first, c) }

// Set breaks a text into lines of at most a width. Words break where one alone is
// wider.
func (s *Setter) Set(text string, style Style, size, width float64) Text {
	return s.wrap(s.shape(text, style), []rune(text), style, size, width)
}

// Fit sets a text as large as it goes into a width and a height with lines that are
// leading ems apart: at most the first of the sizes, and at least the last whatever the height.
func (s *Setter) Fit(text string, style Style, width, height, leading float64, sizes ...float64) Text {
	runes, shaped := []rune(text), s.shape(text, style)
	var set Text
	for _, size := range sizes {
		set = s.wrap(shaped, runes, style, size, width)
		if float64(len(set.Lines))*leading*size <= height {
			break
		}
	}
	return set
}

func (s *Setter) shape(text string, style Style) []shaping.Output {
	runs := s.split([]rune(text), style)
	shaped := make([]shaping.Output, len(runs))
	for i, run := range runs {
		shaped[i] = s.shaper.Shape(run)
	}
	return shaped
}

// Look looks for the fonts of a text, as setting it does.
func (s *Setter) Look(text string, style Style) { s.split([]rune(text), style) }

// split cuts a text into runs of one font, script and direction.
func (s *Setter) split(runes []rune, style Style) []shaping.Input {
	first := s.fonts.regular
	if style.Bold {
		first = s.fonts.bold
	}
	return s.segmenter.Split(shaping.Input{
		Text: runes, RunEnd: len(runes), Direction: direction(style), Size: fixed.I(em), Language: language.NewLanguage(style.Language),
	}, resolver{s.fonts, first})
}

func (s *Setter) wrap(shaped []shaping.Output, text []rune, style Style, size, width float64) Text {
	scale := size / em
	// What was shaped is kept for other sizes: wrapping may cut it.
	runs := make([]shaping.Output, len(shaped))
	for i, run := range shaped {
		run.Glyphs = slices.Clone(run.Glyphs)
		runs[i] = run
	}
	lines, _ := s.wrapper.WrapParagraph(shaping.WrapConfig{Direction: direction(style)}, int(width/scale), text, shaping.NewSliceIterator(runs))
	set := Text{Size: size}
	for _, l := range lines {
		line := Line{runs: slices.Clone(l), scale: scale}
		slices.SortStableFunc(line.runs, func(a, b shaping.Output) int { return int(a.VisualIndex - b.VisualIndex) })
		for i, run := range line.runs {
			line.runs[i].Glyphs = slices.Clone(run.Glyphs) // the wrapper's own memory
			line.Width += float64(run.Advance) / 64 * scale
		}
		set.Lines = append(set.Lines, line)
	}
	return set
}

func direction(style Style) di.Direction {
	if style.RTL {
		return di.DirectionRTL
	}
	return di.DirectionLTR
}

// Glyph is the outline of a character, or of several, in one font. Equal ones are the same outline.
type Glyph struct {
	face *font.Face
	id   font.GID
}

// Pen draws outlines.
type Pen interface {
	MoveTo(x, y float64)
	LineTo(x, y float64)
	QuadTo(cx, cy, x, y float64)
	CubeTo(ax, ay, bx, by, x, y float64)
	Close()
}

// Place tells where the glyphs of a line stand that begins at its left end, on a baseline:
// lengths go to the right and down. A unit of the glyph's font is so long as scale says.
func (l Line) Place(x, baseline float64, each func(g Glyph, x, y, scale float64)) {
	for _, run := range l.runs {
		scale := l.scale * em / float64(run.Face.Upem())
		for _, g := range run.Glyphs {
			each(Glyph{run.Face, g.GlyphID}, x+float64(g.XOffset)/64*l.scale, baseline-float64(g.YOffset)/64*l.scale, scale)
			x += float64(g.Advance) / 64 * l.scale
		}
	}
}

// Draw draws a glyph in the units of its font, which go to the right and up. It says whether there
// is anything: a space is nothing. The caller fills the path.
func (g Glyph) Draw(pen Pen) bool {
	outline, ok := g.face.GlyphDataOutline(g.id)
	if !ok || len(outline.Segments) == 0 {
		return false
	}
	open := false
	for _, segment := range outline.Segments {
		at := func(i int) (x, y float64) { return float64(segment.Args[i].X), float64(segment.Args[i].Y) }
		ax, ay := at(0)
		bx, by := at(1)
		cx, cy := at(2)
		switch segment.Op {
		case ot.SegmentOpMoveTo:
			if open {
				pen.Close()
			}
			open = true
			pen.MoveTo(ax, ay)
		case ot.SegmentOpLineTo:
			pen.LineTo(ax, ay)
		case ot.SegmentOpQuadTo:
			pen.QuadTo(ax, ay, bx, by)
		case ot.SegmentOpCubeTo:
			pen.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	pen.Close()
	return true
}

// Box is as large as a glyph of the font may be, in the units of the font.
func (g Glyph) Box() (left, bottom, right, top float64) {
	const room = 4 // ems to each side
	units := float64(g.face.Upem())
	return -room * units, -room * units, room * units, room * units
}
