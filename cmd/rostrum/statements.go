package main

import (
	"path/filepath"

	"rostrum/server/statements"
)

// statementsDir is where the files of written statements are in a data directory.
func statementsDir(data string) string { return filepath.Join(data, "statements") }

// openStatements opens the files of written statements, and sweeps what is known to be needed by nobody. What
// cannot be swept takes room, and is no reason to keep a debate from the room.
func (fl *floor) openStatements(data string) *statements.Store {
	files := statements.Open(statementsDir(data))
	for _, d := range fl.debates {
		files.Carry(d.Room.State().Debate.ID, d.Epoch)
	}
	if err := files.Sweep(fl.statementsNeeded()); err != nil {
		fl.log.Warn("some files that nobody needs could not be removed: they stay, and take room", "err", err)
	}
	return files
}

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
