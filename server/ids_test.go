package server_test

import (
	"slices"
	"strings"
	"testing"

	"rostrum/server"
)

// A word that stands in one address where another has an id would hide what has that id: at the top of the
// addresses no debate has such an id, and below there is no such word.
func TestNoAddressHidesWhatHasAnID(t *testing.T) {
	reserved := server.ReservedIDs()
	for _, word := range []string{"api", "static", "sw.js", "healthz", "readyz", "metrics", "certificate", "ca.crt", "office"} {
		if !slices.Contains(reserved, word) {
			t.Errorf("a debate may be called %q", word)
		}
	}
	routes := convene(t).server.Routes()
	for _, a := range routes {
		for _, b := range routes {
			if a[0] != b[0] {
				continue
			}
			word, at, ok := besideAnID(a[1], b[1])
			if ok && !(at == 0 && slices.Contains(reserved, word)) {
				t.Errorf("%s %s: the id of %s cannot be %q", a[0], a[1], b[1], word)
			}
		}
	}
}

// besideAnID is the word of one address that stands where another, of the same beginning, has an id.
func besideAnID(words, ids string) (word string, at int, ok bool) {
	a, b := strings.Split(words, "/")[1:], strings.Split(ids, "/")[1:]
	for i := range min(len(a), len(b)) {
		if isID := strings.HasPrefix(b[i], ":"); isID && a[i] != "" && !strings.HasPrefix(a[i], ":") {
			return a[i], i, true
		} else if a[i] != b[i] {
			return "", 0, false
		}
	}
	return "", 0, false
}
