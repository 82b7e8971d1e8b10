package summary

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode"
)

// WriteMarkdown writes a document as CommonMark with tables.
func (d Document) WriteMarkdown(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# %s\n", escape(d.Title))
	last := Heading
	for b, err := range d.Blocks {
		if err != nil {
			return err
		}
		if b.Kind != Bullet || last != Bullet {
			fmt.Fprintln(out)
		}
		last = b.Kind
		switch b.Kind {
		case Heading:
			fmt.Fprintf(out, "%s %s\n", strings.Repeat("#", b.Level+1), inline(b.Runs))
		case Paragraph:
			fmt.Fprintln(out, inline(b.Runs))
		case Bullet:
			fmt.Fprintf(out, "- %s\n", inline(b.Runs))
		case Quote:
			fmt.Fprintf(out, "> %s\n", inline(b.Runs))
		case Table:
			writeTable(out, b.Rows)
		}
		if _, err := out.Write(nil); err != nil { // the first error of all
			return err
		}
	}
	return out.Flush()
}

func writeTable(out *bufio.Writer, rows iter.Seq[[]string]) {
	head := true
	for row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = strings.TrimSpace(escape(cell))
		}
		if _, err := fmt.Fprintf(out, "| %s |\n", strings.Join(cells, " | ")); err != nil {
			return // out keeps the error
		}
		if head {
			fmt.Fprintf(out, "|%s\n", strings.Repeat(" --- |", len(row)))
		}
		head = false
	}
}

// inline writes runs as one line.
func inline(runs []Run) string {
	var line strings.Builder
	for _, r := range runs {
		text := escape(r.Text)
		if words := strings.TrimSpace(text); r.Strong && words != "" {
			// Spaces inside the marks would keep them from being marks.
			before, after, _ := strings.Cut(text, words)
			text = before + "**" + words + "**" + after
		}
		line.WriteString(text)
	}
	return beginning(strings.TrimSpace(line.String()))
}

// marks are the characters that may be marks wherever they stand.
var marks = strings.NewReplacer(`\`, `\\`, "`", "\\`", `*`, `\*`, `_`, `\_`, `[`, `\[`, `]`, `\]`, `<`, `\<`, `>`, `\>`,
	`#`, `\#`, `|`, `\|`, `~`, `\~`, `&`, `\&`)

// escape keeps the words of a text from being taken for marks, and on one line.
func escape(text string) string {
	return marks.Replace(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text))
}

// beginning keeps a line from being taken for a list or a heading's underline.
func beginning(line string) string {
	if line == "" {
		return ""
	}
	if strings.ContainsRune("-+=", rune(line[0])) {
		return `\` + line
	}
	digits := strings.IndexFunc(line, func(r rune) bool { return r < '0' || r > '9' })
	if digits > 0 && (line[digits] == '.' || line[digits] == ')') {
		return line[:digits] + `\` + line[digits:]
	}
	return line
}
