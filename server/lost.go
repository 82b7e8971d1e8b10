package server

import (
	"errors"
	"maps"
	"slices"

	"rostrum/server/statements"
)

// lookForStatements looks once for the files of a debate's written statements, and tells the log and the
// officers which are missing, or not as long as they were. It reads none of them.
func (s *Server) lookForStatements(d *debate) {
	state := d.room.State()
	for is := range statementsInOrder(state, everyStatement) {
		err := s.files.Look(d.id, is.ID, is.SHA256, is.Bytes)
		s.noteStatement(d, is.ID, is.SHA256, err)
		if err != nil {
			s.log.Warn("the file of a written statement is missing or damaged: restore it from a backup, or ask for it again",
				"debate", d.id, "statement", is.ID, "participant", is.Participant, "name", is.Name, "err", err)
		}
	}
}

// noteStatement notes whether the file of a statement was found as it was stored.
func (s *Server) noteStatement(d *debate, id, sum string, err error) {
	d.shelf.noteLost(fileOf{id, sum}, errors.Is(err, statements.ErrDamaged))
	d.hub.tellLost(d.shelf.lostOf())
}

// noteLost notes whether a file is lost that should be on the shelf.
func (h *shelf) noteLost(f fileOf, lost bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if lost {
		h.lost[f] = true
	} else {
		delete(h.lost, f)
	}
}

// lostOf are the statements whose files are lost, sorted.
func (h *shelf) lostOf() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	ids := make(map[string]bool)
	for f := range h.lost {
		ids[f.id] = true
	}
	return slices.Sorted(maps.Keys(ids))
}

// tellLost tells the officers which statements' files are lost.
func (h *hub) tellLost(ids []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !slices.Equal(h.lost, ids) {
		h.lost = ids
		h.recount()
	}
}
