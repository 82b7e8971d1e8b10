package queue

import (
	"fmt"
	"strings"

	"rostrum/timer"
)

// Message is what the chair tells the room on all its screens.
type Message struct {
	Text string `json:"text"`
	At   int64  `json:"at_ms"`
	// Kind is "" for the chair's own words, and "limit" for the announcement of a limit,
	// which screens say in their own language.
	Kind  string `json:"kind,omitempty"`
	Limit int64  `json:"limit_ms,omitempty"` // with the kind limit, in milliseconds
	// Preset names a sentence that screens know in every language, "" for the chair's own
	// words. The text is for those that do not know it.
	Preset string `json:"preset,omitempty"`
}

// limitMessage is the kind of an announced limit.
const limitMessage = "limit"

// Tell shows a message to the room, in place of the one before. Only the chair
// sends it.
type Tell struct {
	Text   string `json:"text"`
	Preset string `json:"preset,omitempty"`
}

// Validate checks the text and the name of the preset.
func (c *Tell) Validate() *Error {
	if !strings.ContainsFunc(c.Text, Visible) {
		return malformed("text", "Give the message, one line of at most %d characters. To take a message away, delete it.", maxLine)
	}
	return first(lineField("text", c.Text), optionalID("preset", c.Preset))
}

func (c *Tell) subject() string { return "tell" }

func (c *Tell) decide(s *State, _ Actor, now int64) ([]Event, *Error) {
	if m := s.Message; m != nil && m.Kind == "" && m.Text == c.Text && m.Preset == c.Preset {
		return nil, nil
	}
	return []Event{&messageSet{Message: &Message{Text: c.Text, At: now, Preset: c.Preset}}}, nil
}

// Untell takes the message to the room away. Only the chair sends it.
type Untell struct{}

// Validate finds nothing wrong.
func (c *Untell) Validate() *Error { return nil }

func (c *Untell) subject() string { return "untell" }

func (c *Untell) decide(s *State, _ Actor, _ int64) ([]Event, *Error) {
	if s.Message == nil {
		return nil, nil
	}
	return []Event{&messageSet{}}, nil
}

// announceLimit tells the room the limit of all later interventions, in the
// debate's first language for those who know no other words for it.
func (s *State) announceLimit(limit, now int64) *messageSet {
	language := ""
	if len(s.Debate.Languages) > 0 {
		language = s.Debate.Languages[0]
	}
	words, ok := map[string]string{
		"en": "From now on: %s for each intervention",
		"fr": "Désormais : %s par intervention",
		"es": "A partir de ahora: %s por intervención",
		"ru": "С этого момента: %s на каждое выступление",
		"ar": "من الآن فصاعدا: %s لكل مداخلة",
		"zh": "从现在起：每次发言 %s",
	}[language]
	if !ok {
		words = "From now on: %s for each intervention"
	}
	long := fmt.Sprintf("%d:%02d", limit/60_000, limit/timer.MinLimit%60)
	return &messageSet{Message: &Message{Text: fmt.Sprintf(words, long), At: now, Kind: limitMessage, Limit: limit}}
}

// messageSet shows a message, or takes it away.
type messageSet struct {
	Message *Message `json:"message,omitempty"`
}

func (e *messageSet) apply(s *State, _ *Change) { s.Message = e.Message }

// forgetAnnouncement takes the announcement of a limit away that is no longer the current
// panel's.
func (s *State) forgetAnnouncement() {
	if m := s.Message; m != nil && m.Kind == limitMessage && m.Limit != s.panels.m[s.Panel].Limit {
		s.Message = nil
	}
}
