package programme

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"rostrum/queue"
)

// place is where something stands in the file.
type place struct{ line, column int }

var start = place{1, 1}

func placeOf(tk *token.Token) place {
	return place{max(1, tk.Position.Line), max(1, tk.Position.Column)}
}

// value is a node of the file's tree and the path of keys that leads to it. The
// zero value is one that the file does not have; reading it gives the zero value of what
// is read and reports nothing.
type value struct {
	node ast.Node
	path string
}

func (v value) absent() bool { return v.node == nil }

func (v value) place() place {
	switch n := v.node.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return placeOf(n.Values[0].Key.GetToken())
		}
	case *ast.MappingValueNode:
		return placeOf(n.Key.GetToken())
	}
	return placeOf(v.node.GetToken())
}

// key is the path of what stands at a key of a mapping.
func (v value) key(name string) string {
	if !queue.ValidID(name) {
		name = quote(name)
	}
	return strings.TrimPrefix(v.path+"."+name, ".")
}

// kind says what a value is, for a person.
func (v value) kind() string {
	switch v.node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.BoolNode:
		return "true or false"
	case *ast.NullNode:
		return "empty"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	}
	return "a text"
}

// reader reads the values of a debate file and gathers its mistakes.
type reader struct {
	file     string
	mistakes Mistakes
}

func (r *reader) report(at place, field, format string, args ...any) {
	r.mistakes = append(r.mistakes, Mistake{r.file, at.line, at.column, field, fmt.Sprintf(format, args...)})
}

func (r *reader) mistake(v value, format string, args ...any) {
	r.report(v.place(), v.path, format, args...)
}

func (r *reader) wrongKind(v value, want string) {
	subject := ""
	if v.path == "" {
		subject = "the file "
	}
	r.mistake(v, "%sis %s; expected %s", subject, v.kind(), want)
}

// entry is a key of a mapping with what stands there.
type entry struct {
	key   value
	name  string
	value value
}

// entries reads a mapping, without the keys that stood in it before.
func (r *reader) entries(v value, want string) []entry {
	mapping, ok := v.node.(*ast.MappingNode)
	if !ok {
		if !v.absent() {
			r.wrongKind(v, want)
		}
		return nil
	}
	var entries []entry
	seen := make(map[string]value)
	for _, pair := range mapping.Values {
		key := value{pair.Key, v.path}
		name, ok := scalar(key)
		if !ok {
			r.mistake(key, "a key is %s; expected a text", key.kind())
			continue
		}
		key.path = v.key(name)
		if first, ok := seen[name]; ok {
			r.mistake(key, "stands here again; expected once, as on line %d", first.place().line)
			continue
		}
		seen[name] = key
		entries = append(entries, entry{key, name, value{pair.Value, key.path}})
	}
	return entries
}

// object is a mapping whose keys are known.
type object struct {
	reader *reader
	value  value
	fields map[string]value
}

// object reads a mapping that has only these keys.
func (r *reader) object(v value, want string, keys ...string) object {
	o := object{r, v, make(map[string]value)}
	for _, e := range r.entries(v, want) {
		if !slices.Contains(keys, e.name) {
			r.mistake(e.key, "unknown key; %s", r.suggest(e.name, keys, "expected one of "+strings.Join(keys, ", ")))
			continue
		}
		o.fields[e.name] = e.value
	}
	return o
}

// get is what stands at a key, if anything.
func (o object) get(key string) value { return o.fields[key] }

// need is what stands at a key, which must be there.
func (o object) need(key, want string) value {
	v, ok := o.fields[key]
	if _, isMapping := o.value.node.(*ast.MappingNode); !ok && isMapping {
		o.reader.report(o.value.place(), o.value.key(key), "is missing; expected %s", want)
	}
	return v
}

// list reads a list of at least and at most so many values.
func (r *reader) list(v value, least, most int, want string) []value {
	sequence, ok := v.node.(*ast.SequenceNode)
	switch {
	case v.absent():
		return nil
	case !ok:
		r.wrongKind(v, want)
		return nil
	case len(sequence.Values) < least:
		r.mistake(v, "is empty; expected %s", want)
		return nil
	case len(sequence.Values) > most:
		r.mistake(v, "has %d entries; at most %d are expected", len(sequence.Values), most)
		return nil
	}
	values := make([]value, len(sequence.Values))
	for i, node := range sequence.Values {
		values[i] = value{node, fmt.Sprintf("%s[%d]", v.path, i)}
	}
	return values
}

// text reads a text as it stands; want says which.
func (r *reader) text(v value, want string) (string, bool) {
	if v.absent() {
		return "", false
	}
	s, ok := scalar(v)
	if !ok {
		r.wrongKind(v, want)
	}
	return s, ok
}

// flag reads true or false.
func (r *reader) flag(v value) bool {
	if v.absent() {
		return false
	}
	b, ok := v.node.(*ast.BoolNode)
	if !ok {
		r.wrongKind(v, "true or false, without quotes")
		return false
	}
	return b.Value
}

// scalar is a text, or a number as it is written.
func scalar(v value) (string, bool) {
	switch n := v.node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// suggest finds what was probably meant, or says what else to do.
func (r *reader) suggest(name string, known []string, otherwise string) string {
	const enough = 100 // mistakes, after which nobody reads suggestions
	if len(r.mistakes) < enough && len(name) <= maxKey {
		if meant, ok := nearest(name, known); ok {
			return fmt.Sprintf("did you mean %s?", meant)
		}
	}
	return otherwise
}

// nearest is the known name that a few strokes of the keyboard make of another.
func nearest(name string, known []string) (string, bool) {
	best, least := "", 3
	if len(name) <= 3 {
		least = len(name) - 1
	}
	for _, k := range known {
		if strings.EqualFold(name, k) {
			return k, true
		}
		if d := distance(name, k); d < least {
			best, least = k, d
		}
	}
	return best, best != ""
}

// distance is Levenshtein's, by bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// clip shortens what a mistake says of the file.
func clip(s string) string {
	const most = 64
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// quote is a text of the file as a mistake shows it.
func quote(s string) string { return strconv.Quote(clip(s)) }
