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
	first := s.fonts.regular
	if style.Bold {
		first = s.fonts.bold
	}
	runes := []rune(text)
	runs := s.segmenter.Split(shaping.Input{
		Text: runes, RunEnd: len(runes), Direction: direction(style), Size: fixed.I(em), Language: language.NewLanguage(style.Language),
	}, resolver{s.fonts, first})
	shaped := make([]shaping.Output, len(runs))
	for i, run := range runs {
		shaped[i] = s.shaper.Shape(run)
	}
	return shaped
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

// Pen draws outlines. The lengths go to the right and down.
type Pen interface {
	MoveTo(x, y float64)
	LineTo(x, y float64)
	CurveTo(cx, cy, x, y float64)
	CurveBezierCubicTo(cx0, cy0, cx1, cy1, x, y float64)
	ClosePath()
}

// Draw draws a line from its left end on, on a baseline. The caller fills the path.
func (l Line) Draw(pen Pen, x, baseline float64) {
	for _, run := range l.runs {
		units := l.scale * em / float64(run.Face.Upem())
		for _, g := range run.Glyphs {
			gx := x + float64(g.XOffset)/64*l.scale
			gy := baseline - float64(g.YOffset)/64*l.scale
			if outline, ok := run.Face.GlyphDataOutline(g.GlyphID); ok {
				draw(pen, outline, gx, gy, units)
			}
			x += float64(g.Advance) / 64 * l.scale
		}
	}
}

func draw(pen Pen, outline font.GlyphOutline, x, y, units float64) {
	at := func(p ot.SegmentPoint) (float64, float64) { return x + float64(p.X)*units, y - float64(p.Y)*units }
	open := false
	for _, segment := range outline.Segments {
		ax, ay := at(segment.Args[0])
		bx, by := at(segment.Args[1])
		cx, cy := at(segment.Args[2])
		switch segment.Op {
		case ot.SegmentOpMoveTo:
			if open {
				pen.ClosePath()
			}
			open = true
			pen.MoveTo(ax, ay)
		case ot.SegmentOpLineTo:
			pen.LineTo(ax, ay)
		case ot.SegmentOpQuadTo:
			pen.CurveTo(ax, ay, bx, by)
		case ot.SegmentOpCubeTo:
			pen.CurveBezierCubicTo(ax, ay, bx, by, cx, cy)
		}
	}
	if open {
		pen.ClosePath()
	}
}
