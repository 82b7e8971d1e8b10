package programme

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Mistake is one thing that is wrong in a debate file.
type Mistake struct {
	File         string
	Line, Column int    // from 1; columns count characters
	Field        string // such as panels[0].limit, "" where it concerns the whole file
	Message      string // what is wrong; what is expected
}

// String is the mistake on one line, as compilers write it: file:line:column: field:
// message.
func (m Mistake) String() string {
	field := m.Field
	if field != "" {
		field += ": "
	}
	return fmt.Sprintf("%s:%d:%d: %s%s", m.File, m.Line, m.Column, field, m.Message)
}

// Mistakes are all mistakes of a debate file in the order in which they stand there.
type Mistakes []Mistake

// Error has a line for each mistake.
func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i, mistake := range m {
		lines[i] = mistake.String()
	}
	return strings.Join(lines, "\n")
}

func (m Mistakes) sort() {
	slices.SortStableFunc(m, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}
