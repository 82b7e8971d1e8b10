package queue

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Role is what a person or screen is to a debate.
type Role string

// The roles. Server is the server itself: it loads programmes and holds
// countdowns, and no token carries it.
const (
	Chair      Role = "chair"
	Rapporteur Role = "rapporteur"
	Display    Role = "display"
	Delegate   Role = "delegate"
	Server     Role = "server"
)

// Actor is who sends a command.
type Actor struct {
	Role Role
	// Participant is for whom a delegate acts.
	Participant string
	// Session tells apart those who came by the join code, and the tablets on which a link
	// was opened. It is empty for a badge, which acts for the whole delegation, and for a program
	// that bears an officer's link itself.
	Session string
}

// String names the actor as the journal keeps it.
func (a Actor) String() string {
	s := string(a.Role)
	if a.Participant != "" {
		s += ":" + a.Participant
	}
	if a.Session != "" {
		s += "#" + a.Session
	}
	return s
}

// Command is what somebody wants of the debate. The commands of this package
// are the only ones. They are the bodies of the wire format; what stands in a path
// there is set by hand.
type Command interface {
	// Validate says what is wrong with the command itself, whatever the state.
	Validate() *Error
	// subject names the command and what it is about, apart from its body. It is part of
	// what is remembered of a command: it is never renamed.
	subject() string
	// decide gives what the command changes, or why it is refused. Where the state is
	// already as wanted it gives nothing.
	decide(s *State, by Actor, now int64) ([]Event, *Error)
}

// Submission is a command on its way to a debate.
type Submission struct {
	At int64 // when it was received
	By Actor
	// Key is the id that its sender made for it, "" where it has none. A command that is
	// sent again with its key changes nothing and gets the first answer. Where the
	// command makes something, the id of that is the key, whatever stands here.
	Key     string
	Command Command
}

// key is the id under which the submission is remembered, "" for none.
func (sub Submission) key() string {
	switch c := sub.Command.(type) {
	case *Ask:
		return c.ID
	case *Recognise:
		return c.ID
	case *AddParticipant:
		return c.ID
	case *AddStatement:
		return c.ID
	case *Undo:
		return c.ID
	case *Carry:
		return c.ID
	case *RenewLink:
		return c.ID
	case *RenewBadges:
		return c.ID
	default:
		return sub.Key
	}
}

// Answer says what a command did.
type Answer struct {
	// Seq is the number of the change, or of the state that was already as wanted.
	Seq int64
	// ID is the id of what was made.
	ID          string
	Request     *Request
	Floor       *Floor
	Participant *Participant
	Statement   *Statement
	Revision    int // of a note
	Carried     int // requests, to another panel
	// Until is the instant to which a pass can be opened.
	Until     int64
	Exchanged bool
	// Repeated says that this is the first answer to a command that came again.
	Repeated bool
	// Written is how many bytes the journal keeps of the command: none of a repeat. It is not remembered.
	Written int `json:"-"`
}

// remembered is what the debate knows of a command that carried a key.
type remembered struct {
	By     string
	Sum    string
	Answer Answer
}

// sumOf stands for the content of a command: equal for equal commands, in
// every version.
func sumOf(c Command) (string, error) {
	body, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("encoding command %s: %w", c.subject(), err)
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s", c.subject(), body)
	return hex.EncodeToString(h.Sum(nil)[:12]), nil
}
