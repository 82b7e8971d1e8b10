package programme

import (
	"fmt"
	"slices"
	"strings"

	"rostrum/queue"
)

// WrongID says why no new debate may have an id, "" where one may. Reserved are the words that the server
// needs at the top of its addresses, others the ids of the debates beside it.
func WrongID(id string, reserved, others []string) string {
	same := func(other string) bool { return strings.EqualFold(id, other) }
	if slices.ContainsFunc(reserved, same) {
		return quote(id) + " is an address that the server needs for itself"
	}
	stem, _, _ := strings.Cut(strings.ToLower(id), ".")
	switch {
	case strings.HasPrefix(id, "."):
		return quote(id) + " begins with a dot, and files of such names are hidden"
	case strings.HasSuffix(id, "."):
		return quote(id) + " ends with a dot, which some file systems leave out"
	case isDevice(stem):
		return fmt.Sprintf("%s names the device %s, and on some systems no file can be called so", quote(id), strings.ToUpper(stem))
	}
	for _, other := range others {
		if other != id && same(other) {
			return fmt.Sprintf("%s differs from the debate %s only in capitals, and some file systems take them for one", quote(id), quote(other))
		}
	}
	return ""
}

// isDevice says whether a name without its extension is a device's on Windows:
// https://learn.microsoft.com/windows/win32/fileio/naming-a-file.
func isDevice(stem string) bool {
	if slices.Contains([]string{"con", "prn", "aux", "nul"}, stem) {
		return true
	}
	port, isCom := strings.CutPrefix(stem, "com")
	if !isCom {
		var isLpt bool
		if port, isLpt = strings.CutPrefix(stem, "lpt"); !isLpt {
			return false
		}
	}
	return len(port) == 1 && '0' <= port[0] && port[0] <= '9'
}

// anotherID is an id that a debate may have which may not have this one.
func anotherID(id string) string {
	another := "debate-" + strings.Trim(id, ".")
	return strings.TrimRight(another[:min(len(another), 64)], ".-")
}

// Files are the debate files of one server.
type Files struct {
	reserved []string
	read     []*builder
}

// NewFiles has no file yet. Reserved are the words that the server needs at the top of its addresses.
func NewFiles(reserved []string) *Files { return &Files{reserved: reserved} }

// Add reads a debate file as [Parse] does, but for what its id is beside others.
func (f *Files) Add(name string, data []byte) error {
	b := read(name, data)
	if len(b.mistakes) > 0 {
		return b.mistakes
	}
	f.read = append(f.read, b)
	return nil
}

// Programmes are those of the files, for a server whose data have debates already. The error, if any, is
// [Mistakes]: ids that stand in two files, or that no new debate may have. A debate of the data keeps its id whatever
// it is, so that nothing of it is lost.
func (f *Files) Programmes(inData []string) ([]queue.Programme, error) {
	var all []queue.Programme
	var wrong Mistakes
	ids, from := slices.Clone(inData), make(map[string]string)
	for _, r := range f.read {
		b := *r
		b.reader = &reader{file: r.file} // the mistakes are those beside these data
		id := b.programme.Debate.ID
		if other, ok := from[id]; ok {
			b.mistake(b.at, "the debate %s stands in %s already; expected each debate once", quote(id), other)
		} else if !slices.Contains(inData, id) {
			b.checkID(f.reserved, ids)
		}
		from[id], ids = r.file, append(ids, id)
		wrong, all = append(wrong, b.mistakes...), append(all, b.programme)
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return all, nil
}

// checkID reports an id that no new debate may have.
func (b *builder) checkID(reserved, others []string) {
	id := b.programme.Debate.ID
	if why := WrongID(id, reserved, others); why != "" {
		b.mistake(b.at, "%s; expected another id, such as %s", why, anotherID(id))
	}
}
