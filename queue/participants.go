package queue

import (
	"encoding/json"
	"maps"
	"slices"
	"unicode/utf8"
)

// ParticipantState is a participant in a debate.
type ParticipantState struct {
	Participant
	// Added says that the chair added it: then no file removes it.
	Added bool
	// Planned is the participant as the debate's file last gave it, nil for one that
	// only the chair knows.
	Planned *Participant
}

// Name is the nameplate name in a language, or in the first of the others that
// there is.
func (p Participant) Name(language string, others ...string) string {
	return nameIn(p.Names, p.ID, language, others)
}

// nameIn is a name in a language, in the first of the others that there is, in any, or
// else the id.
func nameIn(names map[string]string, id, language string, others []string) string {
	for _, l := range append([]string{language}, others...) {
		if name := names[l]; name != "" {
			return name
		}
	}
	for _, l := range slices.Sorted(maps.Keys(names)) {
		return names[l]
	}
	return id
}

// AddParticipant adds one who is not in the debate's file. Only the chair sends
// it.
type AddParticipant struct {
	ID       string `json:"id"`
	Name     Names  `json:"name"`
	Category string `json:"category"`
	Group    string `json:"group,omitempty"`
}

// Names are the names of a participant by language; the language "" stands for
// all.
type Names map[string]string

// UnmarshalJSON reads one name for all languages, or an object of names by
// language.
func (n *Names) UnmarshalJSON(data []byte) error {
	var one string
	if err := json.Unmarshal(data, &one); err == nil {
		*n = Names{"": one}
		return nil
	}
	var names map[string]string
	if err := json.Unmarshal(data, &names); err != nil {
		return err
	}
	*n = names
	return nil
}

// Validate checks id, names, category and group.
func (c *AddParticipant) Validate() *Error {
	if r := madeID(c.ID); r != nil {
		return r
	}
	if len(c.Name) == 0 {
		return malformed("name", "Give the nameplate name, as text or as an object of texts by language.")
	}
	for language, name := range c.Name {
		if r := first(languageField(language), nameField("name", name)); r != nil {
			r.Field = "name"
			return r
		}
	}
	if c.Category == "" || utf8.RuneCountInString(c.Category) > maxID {
		return malformed("category", "Give the category, such as member_state or civil_society, in at most %d characters.", maxID)
	}
	return first(nameField("category", c.Category), lineField("group", c.Group))
}

func (c *AddParticipant) subject() string { return "add participant" }

func (c *AddParticipant) decide(s *State, _ Actor, _ int64) ([]Event, *Error) {
	if _, ok := s.participants.get(c.ID); ok {
		return nil, refuse(ParticipantExists, "%q is on the roster already.", c.ID)
	}
	names := make(map[string]string)
	if name, ok := c.Name[""]; ok {
		for _, l := range s.Debate.Languages {
			names[l] = name
		}
	}
	for language, name := range c.Name {
		if language != "" {
			names[language] = name
		}
	}
	return []Event{&participantAdded{Participant{ID: c.ID, Names: names, Category: c.Category, Group: c.Group}}}, nil
}

type participantAdded struct {
	Participant Participant `json:"participant"`
}

func (e *participantAdded) apply(s *State, c *Change) {
	s.Roster = c.Seq
	s.participants.set(e.Participant.ID, ParticipantState{Participant: e.Participant, Added: true})
}

func noSuchParticipant(id string) *Error {
	return refuse(NoSuchParticipant, "There is no participant %q on the roster of this debate. The chair can add one.", id)
}
