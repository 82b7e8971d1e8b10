package server

import (
	"fmt"

	"rostrum/queue"
)

// Unopened is a debate of the data that cannot be opened. Nothing is shown of it and
// nothing written to it; the other debates go on.
type Unopened struct {
	ID string
	// Title and Date are those of its file, "" where there is none.
	Title, Date string
	// Newer says that a later version of the program wrote its journal, which is not damaged.
	Newer bool
}

// detail says what is wrong and what to do. Where the damage is, is for the technician's log
// alone: whoever reads this may be anybody.
func (u Unopened) detail() string {
	if u.Newer {
		return fmt.Sprintf("The debate %q cannot be opened: a newer version of the server wrote its data. Nothing of it is lost. Tell the technician to start that version.", u.ID)
	}
	return fmt.Sprintf("The debate %q cannot be opened: its data are damaged. Nothing more is lost while it is closed. Tell the technician, whose log says what to do.", u.ID)
}

// unopenedView is a debate that cannot be opened, in the list of debates.
type unopenedView struct {
	ID     string     `json:"id"`
	Title  string     `json:"title,omitempty"`
	Date   string     `json:"date,omitempty"`
	Code   queue.Code `json:"code"`
	Detail string     `json:"detail"`
}

// refuseUnopened refuses what is about a debate that cannot be opened, nil for another.
func (s *Server) refuseUnopened(id string) *queue.Error {
	for _, u := range s.unopened {
		if u.ID == id {
			return refuse(debateUnavailable, "%s", u.detail())
		}
	}
	return nil
}
