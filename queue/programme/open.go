package programme

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const maxFile = 1 << 20 // bytes

// open parses a file into the tree of its one document. It has reported what is
// wrong where it returns false.
func (r *reader) open(data []byte) (value, bool) {
	if len(data) > maxFile {
		r.report(start, "", "the file has %d bytes; at most %d (1 MiB) are expected", len(data), maxFile)
		return value{}, false
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !r.checkCharacters(data) {
		return value{}, false
	}
	// A CRLF counts for two lines in some of the lexer's positions.
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(data))
	tokens := lexer.Tokenize(text)
	if !r.checkTokens(tokens) {
		return value{}, false
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.reportSyntax(err)
		return value{}, false
	}
	return r.onlyDocument(file)
}

// checkCharacters reports the first byte that is not UTF-8 or not text.
func (r *reader) checkCharacters(data []byte) bool {
	at := start
	for i, c := range string(data) {
		switch {
		case c == utf8.RuneError && !bytes.HasPrefix(data[i:], []byte("\ufffd")):
			r.report(at, "", "the byte 0x%02X is not UTF-8; save the file as UTF-8", data[i])
			return false
		case unicode.IsControl(c) && !strings.ContainsRune("\t\n\r", c):
			r.report(at, "", "the control character U+%04X is not text; remove it", c)
			return false
		}
		at.column++
		if c == '\n' || c == '\r' && !bytes.HasPrefix(data[i:], []byte("\r\n")) {
			at = place{at.line + 1, 1}
		}
	}
	return true
}

// The bounds within which the parser is quick: it takes time in the square of the
// entries, stack for each key of a mapping, and memory for all keys that lead to
// a node. No debate comes near them.
const (
	maxEntries    = 40_000 // keys, dashes and commas
	maxKeys       = 20_000
	maxKey        = 64  // bytes of a key
	maxFlow       = 16  // brackets within brackets
	maxKeyColumn  = 128 // of the colon of a key, outside brackets
	maxDashColumn = 64  // of the dash of a list, outside brackets
)

// unsupported are the parts of YAML that a debate file may not use.
var unsupported = map[token.Type]string{
	token.AnchorType:     "an anchor (&)",
	token.AliasType:      "an alias (*)",
	token.TagType:        "a tag (!)",
	token.MergeKeyType:   "a merge key (<<)",
	token.MappingKeyType: "a key that starts with ?",
	token.DirectiveType:  "a directive (%)",
}

// checkTokens reports what a debate file may not use, so that the tree holds only
// mappings, lists and scalars, and never more than was written.
func (r *reader) checkTokens(tokens token.Tokens) bool {
	before := len(r.mistakes)
	entries, keys, flow := 0, 0, 0
	for _, tk := range tokens {
		wrong := ""
		switch tk.Type {
		case token.MappingStartType, token.SequenceStartType:
			if flow++; flow > maxFlow {
				wrong = "nested too deeply; a debate file has few levels"
			}
		case token.MappingEndType, token.SequenceEndType:
			flow--
		case token.CollectEntryType:
			entries++
		case token.SequenceEntryType:
			if entries++; flow <= 0 && tk.Position.Column > maxDashColumn {
				wrong = "nested too deeply; a debate file has few levels"
			}
		case token.MappingValueType:
			entries++
			switch keys++; {
			case keys > maxKeys:
				wrong = fmt.Sprintf("too much; at most %d keys are expected", maxKeys)
			case flow <= 0 && tk.Position.Column > maxKeyColumn:
				wrong = "a key so far to the right; " + hintQuote
			case tk.Prev != nil && len(tk.Prev.Value) > maxKey:
				wrong = fmt.Sprintf("a key of %d bytes; at most %d are expected", len(tk.Prev.Value), maxKey)
			}
		default:
			if what, ok := unsupported[tk.Type]; ok {
				r.report(placeOf(tk), "", "%s is not supported in a debate file; write the value out", what)
			}
		}
		if entries > maxEntries {
			wrong = fmt.Sprintf("too much; at most %d keys and entries of lists are expected", maxEntries)
		}
		if wrong != "" {
			r.report(placeOf(tk), "", "%s", wrong)
			return false
		}
	}
	return len(r.mistakes) == before
}

const (
	notAllowed = "mapping value is not allowed"
	hintQuote  = `put a text that holds ": " in quotes`
)

// hints say what to do about what the parser says.
var hints = []struct{ said, hint string }{
	{notAllowed, "indent the keys of a mapping alike, and " + hintQuote},
	{"map key-value is pre-defined", "indent the keys of a mapping alike, or put the text in quotes"},
	{"tab character", "indent with spaces"},
	{"'\t'", "indent with spaces"},
	{"end token", "close the bracket"},
	{"could not find end character", "close the quotes"},
	{"is a reserved character", "put the text in quotes"},
	{"non-map value is specified", `expected a key and a colon, such as "title: "`},
}

func (r *reader) reportSyntax(err error) {
	at, message := start, "it cannot be read"
	if e := yaml.Error(nil); errors.As(err, &e) { // its Error is slow: it draws the file
		message = e.GetMessage()
		if tk := e.GetToken(); tk != nil {
			at = placeOf(tk)
			if strings.HasPrefix(message, notAllowed) {
				at = lastLine(tk)
			}
		}
	}
	hint := "correct it as YAML"
	for _, h := range hints {
		if strings.Contains(message, h.said) {
			hint = h.hint
			break
		}
	}
	r.report(at, "", "not valid YAML: %s; %s", strings.NewReplacer("\t", `\t`, "\n", " ").Replace(message), hint)
}

// lastLine is where the last line of a text of several lines begins. There stands what
// the parser took for more of the text, though it was meant as the next key.
func lastLine(tk *token.Token) place {
	at, text := placeOf(tk), strings.TrimSpace(tk.Origin)
	i := strings.LastIndexByte(text, '\n')
	if i < 0 {
		return at
	}
	last := text[i+1:]
	return place{at.line + strings.Count(text, "\n"), 1 + len(last) - len(strings.TrimLeft(last, " \t"))}
}

func (r *reader) onlyDocument(file *ast.File) (value, bool) {
	var root value
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case root.node == nil:
			root.node = doc.Body
		default:
			r.mistake(value{node: doc.Body}, "a second document; one debate a file is expected")
			return value{}, false
		}
	}
	if root.node == nil {
		r.report(start, "", "the file is empty; expected a debate with id, title, date and panels")
	}
	return root, root.node != nil
}
