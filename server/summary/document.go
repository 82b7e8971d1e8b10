// Package summary writes the President's summary of a debate: a document in the
// shape that such summaries have at the United Nations, with the opening, each panel with
// the points made in it, and the list of speakers in annex. What it says is composed
// as a [Document], and written as Markdown or as a Word document.
//
// It is a draft for a person: it holds what the rapporteur noted and the chair decided,
// and adds no words of its own but headings.
package summary

import "iter"

// Document is a text as a sequence of blocks, without a format.
type Document struct {
	// Language is that of the headings and names, one of en, fr, es, ru, ar, zh.
	Language string
	Title    string
	// Blocks are composed as they are written, so that no memory holds them all. An error is the last of them.
	Blocks iter.Seq2[Block, error]
}

// RightToLeft says whether the document's language is written so.
func (d Document) RightToLeft() bool { return d.Language == "ar" }

// Block is a part of a document. Of its fields those of its kind are set.
type Block struct {
	Kind  BlockKind
	Level int   // of a heading, from 1
	Runs  []Run // of a heading, paragraph, bullet or quote
	// Rows are those of a table, of equal length; the first is its head.
	Rows iter.Seq[[]string]
	// Widths are the shares of a table's columns in its width.
	Widths []int
}

// BlockKind is what a block is.
type BlockKind int

// The kinds of blocks.
const (
	Paragraph BlockKind = iota
	Heading
	Bullet
	Quote
	Table
)

// Run is a piece of text in one style.
type Run struct {
	Text   string
	Strong bool
}

func plain(text string) []Run { return []Run{{Text: text}} }
