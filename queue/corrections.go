package queue

import (
	"encoding/json"
	"slices"
	"strings"
)

// Correction is a late change of an entry of the record. It is kept beside the
// entry, so that the record says what it said before.
type Correction struct {
	At     int64   `json:"at_ms"`
	By     Role    `json:"by"`
	Reason string  `json:"reason,omitempty"`
	Was    Entered `json:"was"` // what it changed, as it was
	// Void says that nothing of it is left: it was of an end that the chair took back.
	Void bool `json:"void,omitempty"`
	// To is what it changed it to.
	To Entered `json:"-"`
}

// Entered is what of an entry of the record can be corrected. What is nil is left
// as it is.
type Entered struct {
	Participant *string `json:"participant,omitempty"`
	Kind        *Kind   `json:"kind,omitempty"`
	BehalfOf    *string `json:"behalf_of,omitempty"`
	Speaker     *string `json:"speaker,omitempty"`
	Language    *string `json:"language,omitempty"`
	// Started and Ended are instants, and Used is milliseconds.
	Started *int64 `json:"started_ms,omitempty"`
	Ended   *int64 `json:"ended_ms,omitempty"`
	Used    *int64 `json:"used_ms,omitempty"`
}

// GobEncode keeps in a snapshot also what is there and empty, which gob leaves out behind
// a pointer.
func (e Entered) GobEncode() ([]byte, error) { return json.Marshal(e) }

// GobDecode reads what GobEncode writes.
func (e *Entered) GobDecode(data []byte) error { return json.Unmarshal(data, e) }

// Correct corrects an entry of the record after its end. Rapporteur and chair send
// it. It is no step of an undo: another correction takes it back, and both stay to be seen. Where the
// end of the intervention is taken back, it is held until there is another.
type Correct struct {
	Intervention string  `json:"-"`
	Participant  *string `json:"participant,omitempty"`
	Kind         *Kind   `json:"kind,omitempty"`
	BehalfOf     *string `json:"behalf_of,omitempty"`
	Speaker      *string `json:"speaker,omitempty"`
	Language     *string `json:"language,omitempty"`
	Started      *int64  `json:"started_ms,omitempty"`
	Ended        *int64  `json:"ended_ms,omitempty"`
	Used         *int64  `json:"used_ms,omitempty"`
	Reason       string  `json:"reason,omitempty"`
}

// Validate checks id, kind and texts.
func (c *Correct) Validate() *Error {
	var kind Kind
	if c.Kind != nil {
		if kind = *c.Kind; kind == "" {
			return malformed("kind", "Leave the kind out where it is right.")
		}
	}
	if c.Participant != nil && *c.Participant == "" {
		return malformed("participant", "Leave the participant out where it is right.")
	}
	return first(
		optionalID("participant", deref(c.Participant)),
		kindField(kind),
		lineField("behalf_of", deref(c.BehalfOf)),
		lineField("speaker", deref(c.Speaker)),
		languageField(deref(c.Language)),
		lineField("reason", c.Reason),
	)
}

func (c *Correct) subject() string { return "correct " + c.Intervention }

func (c *Correct) decide(s *State, _ Actor, now int64) ([]Event, *Error) {
	n := s.entry(c.Intervention)
	switch {
	case n < 0 && s.intervention(c.Intervention):
		return nil, refuse(NotEnded, "The intervention has not ended. Change the floor itself, or correct the record later.")
	case n < 0:
		return nil, noSuchIntervention(c.Intervention)
	}
	if c.Participant != nil {
		if _, ok := s.participants.get(*c.Participant); !ok {
			return nil, noSuchParticipant(*c.Participant)
		}
	}
	if c.Started != nil && *c.Started == 0 && !s.beganWithoutStart(n) {
		return nil, malformed("started_ms", "The countdown was started. Give the instant at which it was, or leave the member out.")
	}
	to := Entered{c.Participant, c.Kind, c.BehalfOf, c.Speaker, c.Language, c.Started, c.Ended, c.Used}
	is := s.record[n]
	was := is.enter(to)
	if was == (Entered{}) {
		return nil, nil
	}
	if refusal := is.checkTimes(now); refusal != nil {
		return nil, refusal
	}
	return []Event{&corrected{ID: c.Intervention, To: to, Was: was, Reason: c.Reason}}, nil
}

// enter changes an entry and gives what it changed, as it was.
func (i *Intervention) enter(to Entered) (was Entered) {
	was.Participant = put(&i.Participant, to.Participant)
	was.Kind = put(&i.Kind, to.Kind)
	was.BehalfOf = put(&i.BehalfOf, to.BehalfOf)
	was.Speaker = put(&i.Speaker, to.Speaker)
	was.Language = put(&i.Language, to.Language)
	was.Started = put(&i.Started, to.Started)
	was.Ended = put(&i.Ended, to.Ended)
	was.Used = put(&i.Used, to.Used)
	return was
}

// put changes a value, and gives the one before, nil where it is the same.
func put[V comparable](is, to *V) *V {
	if to == nil || *to == *is {
		return nil
	}
	was := *is
	*is = *to
	return &was
}

// checkTimes refuses an entry whose times cannot be.
func (i *Intervention) checkTimes(now int64) *Error {
	switch {
	case i.Started != 0 && i.Started < i.Recognised:
		return malformed("started_ms", "The countdown cannot have started before the recognition at %d.", i.Recognised)
	case i.Ended < max(i.Recognised, i.Started):
		return malformed("ended_ms", "The intervention cannot have ended before it began at %d.", max(i.Recognised, i.Started))
	case i.Ended > now:
		return malformed("ended_ms", "The intervention cannot have ended later than now, %d.", now)
	case i.Used < 0 || i.Used > i.Ended-i.Recognised:
		return malformed("used_ms", "The time used is 0 to %d milliseconds, from the recognition to the end.", i.Ended-i.Recognised)
	}
	return nil
}

// beganWithoutStart says whether the countdown of an entry of the record was never started, so
// that a correction may take back the start that another one gave it.
func (s *State) beganWithoutStart(n int) bool {
	for _, c := range s.Corrections()[s.record[n].ID] {
		if c.Was.Started != nil {
			return *c.Was.Started == 0
		}
	}
	return s.record[n].Started == 0
}

// entry is the place of an intervention in the record, -1 where it is not there.
func (s *State) entry(id string) int {
	for n := len(s.record) - 1; n >= 0; n-- {
		if s.record[n].ID == id {
			return n
		}
	}
	return -1
}

type corrected struct {
	ID     string  `json:"id"`
	To     Entered `json:"to"`
	Was    Entered `json:"was"`
	Reason string  `json:"reason,omitempty"`
}

func (e *corrected) apply(s *State, c *Change) {
	n := s.entry(e.ID)
	s.record = slices.Clone(s.record) // what is published keeps the entry as it was
	s.unspeak(s.record[n])
	s.record[n].enter(e.To)
	s.speak(s.record[n])
	role, _, _ := strings.Cut(c.By, "#")
	before, _ := s.corrections.get(e.ID)
	s.corrections.set(e.ID, append(slices.Clip(before), Correction{At: c.At, By: Role(role), Reason: e.Reason, Was: e.Was, To: e.To}))
}

// hold keeps the corrections of an entry whose end is taken back, for when it ends again.
func (s *State) hold(id string) {
	if corrections, ok := s.corrections.get(id); ok {
		s.corrections.remove(id)
		s.pending.set(id, corrections)
	}
}

// correctAgain makes the corrections that were held for an intervention which has ended again. What
// they said of the end that was taken back, and of the time used until then, is void.
func (s *State) correctAgain(i *Intervention) {
	held, ok := s.pending.get(i.ID)
	if !ok {
		return
	}
	s.pending.remove(i.ID)
	corrections := slices.Clone(held)
	for n := range corrections {
		c := &corrections[n]
		to := c.To
		to.Ended, to.Used = nil, nil
		c.Was = i.enter(to)
		c.Void = c.Was == (Entered{})
	}
	s.corrections.set(i.ID, corrections)
}

// speak counts an intervention to what its participant has spoken.
func (s *State) speak(i Intervention) {
	spoken, _ := s.spoken.get(i.Participant)
	spoken.Times++
	spoken.Used += i.Used
	s.spoken.set(i.Participant, spoken)
}

// unspeak takes one off again.
func (s *State) unspeak(i Intervention) {
	spoken, _ := s.spoken.get(i.Participant)
	spoken.Times--
	spoken.Used -= i.Used
	if spoken.Times == 0 {
		s.spoken.remove(i.Participant)
	} else {
		s.spoken.set(i.Participant, spoken)
	}
}
