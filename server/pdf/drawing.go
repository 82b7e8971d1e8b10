package pdf

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Drawing is what is drawn on a page or in a form. The zero value is empty, and its length unit is
// whatever it is used in.
type Drawing struct {
	content []byte
	forms   []Form
	links   []link
	x, y    float64 // where the path has come to
}

type link struct {
	x, y, width, height float64
	url                 string
}

// Use draws a form with its origin at x and y, and its units scaled to the right and down.
func (d *Drawing) Use(f Form, x, y, right, down float64) {
	if !slices.Contains(d.forms, f) {
		d.forms = append(d.forms, f)
	}
	d.content = append(d.content, "q "...)
	d.number(right, 6)
	d.content = append(d.content, "0 0 "...)
	d.number(down, 6)
	d.number(x, 3)
	d.number(y, 3)
	d.content = append(d.content, "cm /X"...)
	d.content = strconv.AppendInt(d.content, int64(f), 10)
	d.content = append(d.content, " Do Q\n"...)
}

// Draw draws another drawing, which uses no forms, with its origin at x and y, and its units scaled to the
// right and down.
func (d *Drawing) Draw(other *Drawing, x, y, right, down float64) {
	d.content = append(d.content, "q "...)
	d.number(right, 6)
	d.content = append(d.content, "0 0 "...)
	d.number(down, 6)
	d.number(x, 3)
	d.number(y, 3)
	d.content = append(append(append(d.content, "cm\n"...), other.content...), "Q\n"...)
}

// Link makes a part of a page open an address.
func (d *Drawing) Link(x, y, width, height float64, url string) {
	d.links = append(d.links, link{x, y, width, height, url})
}

// Grey is the shade of what is filled from here on: 0 is black, 1 white.
func (d *Drawing) Grey(shade float64) { d.do("g", shade) }

// MoveTo begins a path.
func (d *Drawing) MoveTo(x, y float64) { d.to(x, y); d.do("m", x, y) }

// LineTo goes on straight.
func (d *Drawing) LineTo(x, y float64) { d.to(x, y); d.do("l", x, y) }

// QuadTo goes on along a curve with one control point.
func (d *Drawing) QuadTo(cx, cy, x, y float64) {
	d.CubeTo(d.x+2*(cx-d.x)/3, d.y+2*(cy-d.y)/3, x+2*(cx-x)/3, y+2*(cy-y)/3, x, y)
}

// CubeTo goes on along a curve with two control points.
func (d *Drawing) CubeTo(ax, ay, bx, by, x, y float64) { d.to(x, y); d.do("c", ax, ay, bx, by, x, y) }

// Close ends a part of a path where it began.
func (d *Drawing) Close() { d.do("h") }

// Rectangle adds a rectangle to the path.
func (d *Drawing) Rectangle(x, y, width, height float64) { d.do("re", x, y, width, height) }

// Fill fills the path.
func (d *Drawing) Fill() { d.do("f") }

// Stroke draws the path as a line of a width.
func (d *Drawing) Stroke(width float64) {
	d.number(width, 3)
	d.do("w S")
}

func (d *Drawing) to(x, y float64) { d.x, d.y = x, y }

func (d *Drawing) do(operator string, operands ...float64) {
	for _, o := range operands {
		d.number(o, 3)
	}
	d.content = append(append(d.content, operator...), '\n')
}

// number adds a number with at most so many digits behind the point.
func (d *Drawing) number(v float64, digits int) {
	if whole := math.Trunc(v); whole == v {
		d.content = strconv.AppendInt(d.content, int64(v), 10)
	} else {
		d.content = strconv.AppendFloat(d.content, v, 'f', digits, 64)
		d.content = bytes.TrimRight(d.content, "0")
		d.content = bytes.TrimSuffix(d.content, []byte("."))
	}
	d.content = append(d.content, ' ')
}

// resources names the forms that a drawing uses.
func (d *Drawing) resources() string {
	text := []byte("<< /XObject <<")
	for _, f := range d.forms {
		text = fmt.Appendf(text, " /X%d %d 0 R", f, f)
	}
	return string(append(text, " >> >>"...))
}
