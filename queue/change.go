package queue

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Change is what one command did: one entry of the journal.
type Change struct {
	// Seq is the number of the state after it. A change without events does not raise
	// it: it only remembers the answer.
	Seq int64 `json:"seq"`
	// At is its instant. It is never before the one of the change before.
	At     int64   `json:"at_ms"`
	By     string  `json:"by"`
	Key    string  `json:"key,omitempty"`
	Sum    string  `json:"sum,omitempty"` // of the command, with Key
	Events []Event `json:"-"`
}

// Event is a fact of the debate. The events of this package are the only ones. Once
// written an event keeps its kind, its fields and its meaning: other facts get
// new kinds.
type Event interface {
	kind() string
	apply(s *State, c *Change)
}

// newEvent is an empty event of a kind, or nil where the kind is unknown.
func newEvent(kind string) Event {
	switch kind {
	case "loaded":
		return new(loaded)
	case "participant_added":
		return new(participantAdded)
	case "panel_set":
		return new(panelSet)
	case "panel_switched":
		return new(panelSwitched)
	case "requested":
		return new(requested)
	case "request_amended":
		return new(requestAmended)
	case "request_moved":
		return new(requestMoved)
	case "request_removed":
		return new(requestRemoved)
	case "recognised":
		return new(recognised)
	case "floor_timed":
		return new(floorTimed)
	case "floor_ended":
		return new(floorEnded)
	case "floor_interrupted":
		return new(floorInterrupted)
	case "floor_returned":
		return new(floorReturned)
	case "statement_added":
		return new(statementAdded)
	case "statement_removed":
		return new(statementRemoved)
	case "annotated":
		return new(annotated)
	case "corrected":
		return new(corrected)
	case "point_ruled":
		return new(pointRuled)
	case "message_set":
		return new(messageSet)
	case "noted":
		return new(noted)
	case "undone":
		return new(undone)
	case "floor_vacated":
		return new(floorVacated)
	case "request_deferred":
		return new(requestDeferred)
	case "absent_removed":
		return new(absentRemoved)
	case "outage_told":
		return new(outageTold)
	case "clock_told":
		return new(clockTold)
	case "exchange_offered":
		return new(exchangeOffered)
	case "exchange_dropped":
		return new(exchangeDropped)
	case "requests_exchanged":
		return new(exchanged)
	case "list_ordered":
		return new(listOrdered)
	case "carried":
		return new(carried)
	case "countdown_held":
		return new(countdownHeld)
	case "join_changed":
		return new(joinChanged)
	case "link_issued":
		return new(linkIssued)
	case "badges_renewed":
		return new(badgesRenewed)
	case "claimed":
		return new(claimed)
	case "claim_answered":
		return new(claimAnswered)
	case "pass_made":
		return new(passMade)
	case "pass_used":
		return new(passUsed)
	}
	return nil
}

func (*loaded) kind() string           { return "loaded" }
func (*participantAdded) kind() string { return "participant_added" }
func (*panelSet) kind() string         { return "panel_set" }
func (*panelSwitched) kind() string    { return "panel_switched" }
func (*requested) kind() string        { return "requested" }
func (*requestAmended) kind() string   { return "request_amended" }
func (*requestMoved) kind() string     { return "request_moved" }
func (*requestRemoved) kind() string   { return "request_removed" }
func (*recognised) kind() string       { return "recognised" }
func (*floorTimed) kind() string       { return "floor_timed" }
func (*floorEnded) kind() string       { return "floor_ended" }
func (*floorInterrupted) kind() string { return "floor_interrupted" }
func (*floorReturned) kind() string    { return "floor_returned" }
func (*floorVacated) kind() string     { return "floor_vacated" }
func (*requestDeferred) kind() string  { return "request_deferred" }
func (*absentRemoved) kind() string    { return "absent_removed" }
func (*outageTold) kind() string       { return "outage_told" }
func (*clockTold) kind() string        { return "clock_told" }
func (*exchangeOffered) kind() string  { return "exchange_offered" }
func (*exchangeDropped) kind() string  { return "exchange_dropped" }
func (*exchanged) kind() string        { return "requests_exchanged" }
func (*listOrdered) kind() string      { return "list_ordered" }
func (*carried) kind() string          { return "carried" }
func (*statementAdded) kind() string   { return "statement_added" }
func (*statementRemoved) kind() string { return "statement_removed" }
func (*annotated) kind() string        { return "annotated" }
func (*corrected) kind() string        { return "corrected" }
func (*pointRuled) kind() string       { return "point_ruled" }
func (*messageSet) kind() string       { return "message_set" }
func (*noted) kind() string            { return "noted" }
func (*undone) kind() string           { return "undone" }
func (*countdownHeld) kind() string    { return "countdown_held" }
func (*joinChanged) kind() string      { return "join_changed" }
func (*linkIssued) kind() string       { return "link_issued" }
func (*badgesRenewed) kind() string    { return "badges_renewed" }
func (*claimed) kind() string          { return "claimed" }
func (*claimAnswered) kind() string    { return "claim_answered" }
func (*passMade) kind() string         { return "pass_made" }
func (*passUsed) kind() string         { return "pass_used" }

type eventJSON struct {
	Kind string          `json:"kind"`
	Data json.RawMessage `json:"data"`
}

// entry encodes the change as the journal keeps it.
func (c *Change) entry() ([]byte, error) {
	entry, err := json.Marshal((*changeFields)(c))
	if err != nil || len(c.Events) == 0 {
		return entry, err
	}
	entry = append(entry[:len(entry)-1], `,"events":[`...)
	for i, e := range c.Events {
		data, err := json.Marshal(e)
		if err != nil {
			return nil, fmt.Errorf("encoding event %s: %w", e.kind(), err)
		}
		if i > 0 {
			entry = append(entry, ',')
		}
		entry = append(entry, `{"kind":"`+e.kind()+`","data":`...)
		entry = append(append(entry, data...), '}')
	}
	return append(entry, `]}`...), nil
}

// changeFields are the members of an entry beside its events.
type changeFields Change

// changeFrom decodes an entry of the journal. It refuses what it does not know,
// since an event or a field that is left out would make another state.
func changeFrom(entry []byte) (*Change, error) {
	var in struct {
		changeFields
		Events []eventJSON `json:"events"`
	}
	if err := strictly(entry, &in); err != nil {
		return nil, err
	}
	c := (*Change)(&in.changeFields)
	for _, e := range in.Events {
		event := newEvent(e.Kind)
		if event == nil {
			return nil, fmt.Errorf("event of unknown kind %q: %w", e.Kind, ErrNewer)
		}
		if err := strictly(e.Data, event); err != nil {
			return nil, fmt.Errorf("event %s: %w", e.Kind, err)
		}
		c.Events = append(c.Events, event)
	}
	return c, nil
}

// strictly decodes one JSON value into v and refuses unknown fields.
func strictly(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		if strings.HasPrefix(err.Error(), "json: unknown field") { // it has no type of its own
			return fmt.Errorf("%w: %w", err, ErrNewer)
		}
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("more than one JSON value")
	}
	return nil
}
