package server

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
)

// indent is that of the JSON which is exported.
const indent = "  "

// indented writes a JSON object member by member, just as an encoder with indent writes the whole, but in the memory
// of one value. It keeps the first error, and writes nothing after it.
type indented struct {
	out   *bufio.Writer
	comma string // before the next member
	err   error
}

func newIndented(w io.Writer) *indented {
	o := &indented{out: bufio.NewWriterSize(w, 16<<10)}
	o.write("{")
	return o
}

func (o *indented) write(parts ...string) {
	for _, part := range parts {
		if o.err == nil {
			_, o.err = o.out.WriteString(part)
		}
	}
}

func (o *indented) value(depth string, value any) {
	if o.err != nil {
		return
	}
	text, err := json.MarshalIndent(value, depth, indent)
	if err == nil {
		_, err = o.out.Write(text)
	}
	o.err = err
}

func (o *indented) name(name string) {
	o.write(o.comma, "\n", indent, `"`, name, `": `)
	o.comma = ","
}

// member writes a member with a value.
func (o *indented) member(name string, value any) {
	o.name(name)
	o.value(indent, value)
}

// elements writes a member with a list, an element at a time.
func elements[T any](o *indented, name string, all iter.Seq[T]) {
	const depth = indent + indent
	o.name(name)
	o.write("[")
	comma, end := "", "]"
	for element := range all {
		o.write(comma, "\n", depth)
		if o.value(depth, element); o.err != nil {
			return
		}
		comma, end = ",", "\n"+indent+"]"
	}
	o.write(end)
}

// end ends the object, and says what went wrong.
func (o *indented) end() error {
	o.write("\n}\n")
	if o.err == nil {
		o.err = o.out.Flush()
	}
	if o.err != nil {
		return fmt.Errorf("writing JSON: %w", o.err)
	}
	return nil
}
