package bolt

import "io"

// What the tests see of the inside.
var (
	Explain        = explain
	ExplainReading = explainReading
)

// Patching writes to w with a text in the place of what stands at a byte.
func Patching(w io.Writer, texts map[int64]string, order ...int64) io.Writer {
	p := &patching{w: w}
	for _, at := range order {
		p.patches = append(p.patches, patch{at, []byte(texts[at])})
	}
	return p
}
