package queue

import (
	"slices"
	"strings"
	"unicode/utf8"
)

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

// Decision is the chair's ruling on a point of order, "" for what was none after all: that of an
// entry which was corrected to another kind is only kept for when it is corrected back.
func (i Intervention) Decision() Ruling {
	if i.Kind != PointOfOrder {
		return ""
	}
	return i.Ruling
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
	// Revision counts the changes, 0 before the first.
	Revision int `json:"revision"`
	// Tags are the themes that the note is about.
	Tags []string `json:"tags,omitempty"`
	// Quote says that the text is what was said, word for word.
	Quote bool `json:"quote,omitempty"`
}

// The bounds of a note against an intervention.
const (
	maxText = 10_000 // characters
	maxTags = 20
	maxTag  = 60 // characters
)

// WriteNote changes the note against an intervention. Rapporteur and chair
// send it.
type WriteNote struct {
	Intervention string  `json:"-"`
	Text         *string `json:"text"`
	// Tags and Quote are as they were where they are not given.
	Tags  *[]string `json:"tags,omitempty"`
	Quote *bool     `json:"quote,omitempty"`
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
	return first(plainText("text", *c.Text, "\n\r\t"), c.checkTags())
}

func (c *WriteNote) checkTags() *Error {
	if c.Tags == nil {
		return nil
	}
	if len(*c.Tags) > maxTags {
		return malformed("tags", "At most %d tags.", maxTags)
	}
	for i, tag := range *c.Tags {
		switch {
		case utf8.RuneCountInString(tag) > maxTag:
			return malformed("tags", "A tag has at most %d characters.", maxTag)
		case tag != strings.TrimSpace(tag):
			return malformed("tags", "A tag neither begins nor ends with a space.")
		case slices.Contains((*c.Tags)[:i], tag):
			return malformed("tags", "The tag %q stands twice.", tag)
		}
		if r := nameField("tags", tag); r != nil {
			return r
		}
	}
	return nil
}

func (c *WriteNote) subject() string { return "note " + c.Intervention }

func (c *WriteNote) decide(s *State, _ Actor, _ int64) ([]Event, *Error) {
	if !s.intervention(c.Intervention) {
		return nil, noSuchIntervention(c.Intervention)
	}
	note, _ := s.notes.get(c.Intervention)
	if note.Revision != c.Base {
		return nil, &Error{Code: NoteChanged, Detail: "The note was changed since you read it. Bring the two texts together and save again.", Note: &note}
	}
	tags, quote := note.Tags, note.Quote
	if c.Tags != nil {
		tags = *c.Tags
	}
	if c.Quote != nil {
		quote = *c.Quote
	}
	switch {
	case !slices.Equal(tags, note.Tags) || quote != note.Quote:
		return []Event{&annotated{c.Intervention, Note{Text: *c.Text, Revision: note.Revision + 1, Tags: tags, Quote: quote}}}, nil
	case note.Text != *c.Text:
		return []Event{&noted{ID: c.Intervention, Text: *c.Text, Revision: note.Revision + 1}}, nil
	default:
		return nil, nil
	}
}

// intervention says whether an intervention with the id is in the record or on
// the floor.
func (s *State) intervention(id string) bool {
	for _, f := range []*Floor{s.Floor, s.Interrupted} {
		if f != nil && f.ID == id {
			return true
		}
	}
	return s.entry(id) >= 0
}

func noSuchIntervention(id string) *Error {
	return refuse(NoSuchIntervention, "There is no intervention %q in this debate.", id)
}

type noted struct {
	ID       string `json:"id"`
	Text     string `json:"text"`
	Revision int    `json:"revision"`
}

func (e *noted) apply(s *State, _ *Change) {
	note, _ := s.notes.get(e.ID)
	note.Text, note.Revision = e.Text, e.Revision
	s.notes.set(e.ID, note)
}

// annotated is a note whose tags or quote changed too.
type annotated struct {
	ID   string `json:"id"`
	Note Note   `json:"note"`
}

func (e *annotated) apply(s *State, _ *Change) { s.notes.set(e.ID, e.Note) }
