package main

import (
	"path/filepath"

	"rostrum/server/statements"
)

// statementsDir is where the files of written statements are in a data directory.
func statementsDir(data string) string { return filepath.Join(data, "statements") }

// statementsNeeded says which files the debates need, so that the others can be swept.
func (fl *floor) statementsNeeded() map[string]statements.Needed {
	all := make(map[string]statements.Needed)
	for _, d := range fl.debates {
		state := d.Room.State()
		needed := make(statements.Needed)
		for id, versions := range state.StatementsNeeded() {
			for _, is := range versions {
				needed[id] = append(needed[id], is.SHA256)
			}
		}
		all[state.Debate.ID] = needed
	}
	return all
}
