package queue

import "unicode/utf8"

// Intervention is an entry of the record: one holding of the floor that has
// ended.
type Intervention struct {
	Floor
	Ended int64 // instant
	Used  int64 // milliseconds, all pauses left out
	How   End
}

// Overtime is the time used past the limit, in milliseconds.
func (i Intervention) Overtime() int64 {
	if i.Timer.Limit == 0 {
		return 0
	}
	return max(0, i.Used-i.Timer.Limit)
}

// End says how an intervention ended.
type End string

// The ends of an intervention.
const (
	ByChair  End = "ended"    // the chair ended it
	Yielded  End = "yielded"  // the speaker gave the floor back
	Replaced End = "replaced" // the chair called another
)

// Note is a rapporteur's note against an intervention.
type Note struct {
	Text string `json:"text"`
	// Revision counts the changes of the text, 0 before the first.
	Revision int `json:"revision"`
}

// maxText is the longest note against an intervention, in characters.
const maxText = 10_000

// WriteNote changes the note against an intervention. Rapporteur and chair
// send it.
type WriteNote struct {
	Intervention string  `json:"-"`
	Text         *string `json:"text"`
	// Base is the revision that it changes: one that was changed since is not
	// overwritten.
	Base int `json:"base"`
}

// Validate checks the text.
func (c *WriteNote) Validate() *Error {
	if c.Text == nil {
		return malformed("text", "Give the text of the note; an empty one takes the note away.")
	}
	if utf8.RuneCountInString(*c.Text) > maxText {
		return malformed("text", "At most %d characters.", maxText)
	}
	if c.Base < 0 {
		return malformed("base", "The base is the revision of the note that you change, 0 for a new one.")
	}
	return plainText("text", *c.Text, "\n\r\t")
}

func (c *WriteNote) subject() string { return "note " + c.Intervention }

func (c *WriteNote) decide(s *State, _ Actor, _ int64) ([]Event, *Error) {
	if !s.intervention(c.Intervention) {
		return nil, refuse(NoSuchIntervention, "There is no intervention %q in this debate.", c.Intervention)
	}
	note, _ := s.notes.get(c.Intervention)
	if note.Revision != c.Base {
		return nil, &Error{Code: NoteChanged, Detail: "The note was changed since you read it. Bring the two texts together and save again.", Note: &note}
	}
	if note.Text == *c.Text {
		return nil, nil
	}
	return []Event{&noted{ID: c.Intervention, Text: *c.Text, Revision: note.Revision + 1}}, nil
}

// intervention says whether an intervention with the id is in the record or on
// the floor.
func (s *State) intervention(id string) bool {
	for _, f := range []*Floor{s.Floor, s.Interrupted} {
		if f != nil && f.ID == id {
			return true
		}
	}
	for i := len(s.record) - 1; i >= 0; i-- {
		if s.record[i].ID == id {
			return true
		}
	}
	return false
}

type noted struct {
	ID       string `json:"id"`
	Text     string `json:"text"`
	Revision int    `json:"revision"`
}

func (e *noted) apply(s *State, _ *Change) { s.notes.set(e.ID, Note{e.Text, e.Revision}) }
