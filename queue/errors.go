package queue

import "fmt"

// Code says in a stable word why a command is refused. The codes are part of
// the wire format: they are never renamed.
type Code string

// The refusals of the debate.
const (
	Malformed          Code = "malformed"            // the command is not well-formed; Field says where
	IDReused           Code = "id_reused"            // the id stands for another command, or another sender's
	NoSuchRequest      Code = "no_such_request"      //
	NoSuchParticipant  Code = "no_such_participant"  //
	NoSuchPanel        Code = "no_such_panel"        //
	NoSuchIntervention Code = "no_such_intervention" //
	NotYours           Code = "not_yours"            // the sender may do this, but not with another's
	AlreadyListed      Code = "already_listed"       // one request per panel, participant and kind
	ListClosed         Code = "list_closed"          //
	PanelChanged       Code = "panel_changed"        // another panel is the current one
	OtherPanel         Code = "other_panel"          // the two requests are of different panels
	PanelNotOpen       Code = "panel_not_open"       //
	FloorHeld          Code = "floor_held"           // somebody has the floor
	FloorChanged       Code = "floor_changed"        // another has the floor than the sender saw
	FloorEmpty         Code = "floor_empty"          // nobody has the floor
	NoSuchStatement    Code = "no_such_statement"    //
	TooManyStatements  Code = "too_many_statements"  // the participant has as many as there may be
	NotEnded           Code = "not_ended"            // the intervention is still on the floor
	NoPointOfOrder     Code = "no_point_of_order"    // what has the floor is none, so there is nothing to rule on
	RepliesSpent       Code = "replies_spent"        // the participant has had its rights of reply in the panel
	NoLimit            Code = "no_limit"             // the countdown has no limit to change
	NoExchange         Code = "no_exchange"          // only requests for interventions are exchanged
	ParticipantExists  Code = "participant_exists"   //
	NoteChanged        Code = "note_changed"         // the note was changed since; Note has it as it is
	UndoChanged        Code = "undo_changed"         // another action came since
	ClaimPending       Code = "claim_pending"        // the chair has not confirmed the sender's claim
	NoSuchClaim        Code = "no_such_claim"        //
	PassUsed           Code = "pass_used"            // the link was for one opening
	Unavailable        Code = "journal_unavailable"  // the journal cannot be written, or the server stops
)

// Error is a refused command. It has changed nothing; only after Unavailable it may
// have, and the command is sent again to know.
type Error struct {
	Code Code
	// Detail says what is wrong and what to do, in English.
	Detail string
	// Field is the member of the command that is wrong, where one is.
	Field string
	// Note is the note as it is now, with NoteChanged.
	Note *Note
	// Err is the cause, for the log.
	Err error
}

func (e *Error) Error() string {
	if e.Field != "" {
		return fmt.Sprintf("%s: %s: %s", e.Code, e.Field, e.Detail)
	}
	return fmt.Sprintf("%s: %s", e.Code, e.Detail)
}

func (e *Error) Unwrap() error { return e.Err }

func refuse(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Detail: fmt.Sprintf(format, args...)}
}

func malformed(field, format string, args ...any) *Error {
	return &Error{Code: Malformed, Field: field, Detail: fmt.Sprintf(format, args...)}
}
