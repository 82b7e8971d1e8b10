package queue

import (
	"cmp"
	"slices"
	"strings"
)

// Statement is a written statement that was added to the record, by one who was not
// reached or has more to say. Its text is in a file beside the journal.
type Statement struct {
	Participant string `json:"participant"`
	Panel       string `json:"panel,omitempty"`
	Name        string `json:"name"` // of the file, as its sender calls it
	Type        string `json:"type"` // text/plain or application/pdf
	Bytes       int64  `json:"bytes"`
	SHA256      string `json:"sha256"` // in hexadecimal
	At          int64  `json:"at_ms"`
	// Session is the session of the join code that added it.
	Session string `json:"session,omitempty"`
}

// MaxStatement is the most that a written statement may have, in bytes.
const MaxStatement = 10 << 20

// maxStatements is how many a participant may have in a debate.
const maxStatements = 10

// The types of written statements.
const (
	PlainText = "text/plain"
	PDF       = "application/pdf"
)

// AddStatement adds a written statement whose file is stored. Delegates add their own,
// officers anybody's.
type AddStatement struct {
	ID          string `json:"id"`
	Participant string `json:"participant,omitempty"`
	Panel       string `json:"panel,omitempty"`
	Name        string `json:"name"`
	Type        string `json:"type"`
	Bytes       int64  `json:"bytes"`
	SHA256      string `json:"sha256"`
}

// Validate checks ids and name. The rest comes from who stored the file.
func (c *AddStatement) Validate() *Error {
	if c.Name == "." || c.Name == ".." || strings.ContainsAny(c.Name, "/\\") {
		return malformed("name", `The name is a file's, without its folders: no / and no \ in it.`)
	}
	return first(madeID(c.ID), optionalID("participant", c.Participant), optionalID("panel", c.Panel), nameField("name", c.Name))
}

func (c *AddStatement) subject() string { return "add statement" }

// Refused says why a sender cannot add the statement whatever its file is, nil where it may: so that nobody sends a
// file in vain.
func (c *AddStatement) Refused(s *State, by Actor) *Error {
	participant := c.owner(by)
	if participant == "" {
		return malformed("participant", "Say whose statement it is.")
	}
	if _, ok := s.participants.get(participant); !ok {
		return noSuchParticipant(participant)
	}
	if _, ok := s.panels.get(c.Panel); !ok && c.Panel != "" {
		return noSuchPanel(c.Panel)
	}
	if by.Role == Delegate && by.Participant != participant {
		return refuse(NotYours, "You may add statements of %s only.", by.Participant)
	}
	return nil
}

func (c *AddStatement) owner(by Actor) string { return cmp.Or(c.Participant, by.Participant) }

func (c *AddStatement) decide(s *State, by Actor, now int64) ([]Event, *Error) {
	if refusal := c.Refused(s, by); refusal != nil {
		return nil, refusal
	}
	participant := c.owner(by)
	n := 0
	for _, other := range s.statements.m {
		if other.Participant == participant {
			n++
		}
	}
	if n >= maxStatements {
		return nil, refuse(TooManyStatements, "%s has %d written statements already, the most there may be. Remove one first.", participant, n)
	}
	return []Event{&statementAdded{ID: c.ID, Statement: Statement{
		Participant: participant, Panel: c.Panel, Name: c.Name, Type: c.Type, Bytes: c.Bytes, SHA256: c.SHA256, At: now, Session: by.joined(),
	}}}, nil
}

type statementAdded struct {
	ID        string    `json:"id"`
	Statement Statement `json:"statement"`
}

func (e *statementAdded) apply(s *State, _ *Change) { s.statements.set(e.ID, e.Statement) }

// RemoveStatement takes a written statement out of the record: its owner, or the
// chair.
type RemoveStatement struct {
	Statement string `json:"-"`
}

// Validate finds nothing wrong: the statement is looked up.
func (c *RemoveStatement) Validate() *Error { return nil }

func (c *RemoveStatement) subject() string { return "remove statement " + c.Statement }

func (c *RemoveStatement) decide(s *State, by Actor, _ int64) ([]Event, *Error) {
	is, ok := s.statements.get(c.Statement)
	switch {
	case !ok:
		return nil, NoStatement(c.Statement)
	case by.Role != Chair && !by.owns(is.Participant, is.Session):
		return nil, refuse(NotYours, "The statement is not yours. Only the phone that added it, the delegation's badge or the chair removes it.")
	}
	return []Event{&statementRemoved{ID: c.Statement}}, nil
}

// NoStatement refuses what is about a statement that is not there.
func NoStatement(id string) *Error {
	return refuse(NoSuchStatement, "There is no written statement %q. It may have been removed.", id)
}

type statementRemoved struct {
	ID string `json:"id"`
}

func (e *statementRemoved) apply(s *State, _ *Change) { s.statements.remove(e.ID) }

// StatementsNeeded are the written statements whose files are needed: those of the
// record, and those that an undo may bring back.
func (s *State) StatementsNeeded() map[string][]Statement {
	needed := make(map[string][]Statement)
	add := func(id string, is Statement) {
		if !slices.Contains(needed[id], is) {
			needed[id] = append(needed[id], is)
		}
	}
	for id, is := range s.statements.m {
		add(id, is)
	}
	for _, step := range s.steps {
		for id, is := range step.Earlier.Statements {
			add(id, is)
		}
	}
	return needed
}
