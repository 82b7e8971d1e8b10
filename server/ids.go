package server

import (
	"slices"
	"strings"
)

// laterWords are those that parts of the server are going to need, or that browsers and others
// ask every server for.
var laterWords = []string{
	"office", "enter", "login", "logout", "nodes", "relay", "control", "debates", "links", "archive", "admin",
	"index.html", "favicon.ico", "robots.txt", "security.txt", ".well-known",
}

// ReservedIDs are the words that no new debate may have as its id: what begins an address of the server itself
// hides the pages of a debate.
func ReservedIDs() []string {
	words := slices.Clone(laterWords)
	for _, r := range rights() {
		first, _, _ := strings.Cut(strings.TrimPrefix(r.path, "/"), "/")
		if first != "" && !strings.HasPrefix(first, ":") {
			words = append(words, first)
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}
