package queue

import "slices"

// State is a debate at one moment. What a [Room] publishes never changes: it may
// be read by many at once. What its methods return is shared and must not be
// written.
type State struct {
	// Seq is the number of changes so far. It is the same for the same journal.
	Seq int64
	// Entries is the number of journal entries so far. Those that changed nothing but had to
	// be remembered raise it alone.
	Entries int64
	// Last is the instant of the last entry.
	Last int64

	Debate Debate
	// Roster is the Seq at which the roster last changed.
	Roster int64
	// Panel is the current panel, "" before a programme is loaded.
	Panel string
	// Floor is who has the floor, nil for nobody.
	Floor *Floor
	// Interrupted is the floor that a point of order holds, nil for none.
	Interrupted *Floor
	// Access is the Seq at which tokens last ended that were valid before.
	Access int64
	// Message is what the chair tells the room, nil for nothing. It never changes; another
	// takes its place.
	Message *Message
	// HeldAt is the instant at which the countdown was held because after a restart
	// the machine's clock was behind the journal, 0 once the chair has gone on.
	HeldAt int64
	// Outage is how long the server was away while the countdown ran, nil where it was not.
	Outage *Outage
	// Sleep is how long the machine slept while the countdown was held for that, nil where it did not.
	Sleep *Sleep
	// ClockSteps are the settings of the machine's clock in the course of the debate, the last ones.
	ClockSteps []ClockStep

	panels       table[PanelState]
	participants table[ParticipantState]
	requests     table[Request]
	spoken       table[Spoken]
	notes        table[Note]
	corrections  table[[]Correction]
	pending      table[[]Correction] // of interventions whose ends were taken back
	statements   table[Statement]
	absent       table[Absence]
	offers       table[string]  // to exchange places, by the request that makes it
	record       []Intervention // those that have ended, in the order of their ends
	access       access         // who may act
	steps        []*Step        // what can be taken back, the last one last
	clockTold    int64          // the occasion of what was told last of the machine's clock

	// answers is what commands with keys did. It is the room's alone and is not part of
	// what is published.
	answers map[string]remembered
}

// Kind is the kind of an intervention and of the request for it.
type Kind string

// The kinds of interventions.
const (
	Regular      Kind = "intervention"
	Response     Kind = "response"       // a panellist or special guest answers
	RightOfReply Kind = "right_of_reply" // rule 73 of the rules of procedure of the General Assembly
	PointOfOrder Kind = "point_of_order" // rule 71
	Address      Kind = "address"        // on the programme, such as an opening statement
)

func (k Kind) valid() bool {
	return slices.Contains([]Kind{Regular, Response, RightOfReply, PointOfOrder, Address}, k)
}

// Spoken is what a participant has said so far, in ended interventions over the
// whole debate.
type Spoken struct {
	Times int   `json:"times"`
	Used  int64 `json:"used_ms"`
}

// Panels are the debate's panels by id.
func (s *State) Panels() map[string]PanelState { return s.panels.m }

// Participants are the debate's roster by id.
func (s *State) Participants() map[string]ParticipantState { return s.participants.m }

// Requests are the requests of all panels by id.
func (s *State) Requests() map[string]Request { return s.requests.m }

// Spoken is what each participant has said so far.
func (s *State) Spoken() map[string]Spoken { return s.spoken.m }

// Notes are the rapporteurs' notes by intervention.
func (s *State) Notes() map[string]Note { return s.notes.m }

// Absent are the participants who were taken off a list because they were not in the room,
// until they ask again.
func (s *State) Absent() map[string]Absence { return s.absent.m }

// Statements are the written statements by id.
func (s *State) Statements() map[string]Statement { return s.statements.m }

// Corrections are the late corrections by intervention, in their order.
func (s *State) Corrections() map[string][]Correction { return s.corrections.m }

// Ended are the interventions that have ended, in the order of their ends.
func (s *State) Ended() []Intervention { return s.record }

// apply folds one change into the state.
func (s *State) apply(c *Change) {
	step := s.stepOf(c)
	for _, e := range c.Events {
		e.apply(s, c)
	}
	s.lapse()
	s.forgetOutage()
	s.forgetSleep()
	s.forgetAnnouncement()
	if step != nil {
		s.steps = append(slices.Clip(s.steps), step)
		s.steps = s.steps[max(0, len(s.steps)-maxSteps):]
	}
	s.Seq, s.Last = c.Seq, c.At
	s.Entries++
	if c.Key != "" {
		if s.answers == nil {
			s.answers = make(map[string]remembered)
		}
		s.answers[c.Key] = remembered{c.By, c.Sum, answerTo(c)}
	}
}

// publish returns the state as others may see it from now on.
func (s *State) publish() *State {
	s.panels.share()
	s.participants.share()
	s.requests.share()
	s.spoken.share()
	s.notes.share()
	s.corrections.share()
	s.pending.share()
	s.statements.share()
	s.absent.share()
	s.access.share()
	s.offers.share()
	published := *s
	published.answers = nil
	return &published
}

// decide gives the change that a submission makes, or the answer where it makes
// none. It leaves the state as it is.
func (s *State) decide(sub Submission) (*Change, Answer, *Error) {
	by, key := sub.By.String(), sub.key()
	var sum string
	if key != "" {
		var err error
		if sum, err = sumOf(sub.Command); err != nil {
			return nil, Answer{}, &Error{Code: Malformed, Detail: "The command cannot be encoded.", Err: err}
		}
		if first, ok := s.answers[key]; ok {
			if first.By != by || first.Sum != sum {
				return nil, Answer{}, refuse(IDReused, "The id %q stands for another command. Make a new id for each command, and repeat one only unchanged.", key)
			}
			first.Answer.Repeated = true
			return nil, first.Answer, nil
		}
	}
	if _, claims := sub.Command.(*ClaimSeat); !claims && s.ClaimPending(sub.By) {
		return nil, Answer{}, refuse(ClaimPending, "The chair has not yet confirmed that you speak for %s.", sub.By.Participant)
	}
	now := max(sub.At, s.Last)
	events, refusal := sub.Command.decide(s, sub.By, now)
	if refusal != nil {
		return nil, Answer{}, refusal
	}
	if len(events) == 0 && key == "" {
		return nil, Answer{Seq: s.Seq}, nil
	}
	c := &Change{Seq: s.Seq, At: now, By: by, Key: key, Sum: sum, Events: events}
	if len(events) > 0 {
		c.Seq++
	}
	return c, answerTo(c), nil
}

// answerTo is what the sender of a change is told.
func answerTo(c *Change) Answer {
	a := Answer{Seq: c.Seq}
	for _, e := range c.Events {
		switch e := e.(type) {
		case *requested:
			a.ID, a.Request = e.ID, &e.Request
		case *requestDeferred:
			a.ID, a.Request = e.ID, &e.Request
		case *recognised:
			a.ID, a.Floor = e.Floor.ID, &e.Floor
		case *participantAdded:
			a.ID, a.Participant = e.Participant.ID, &e.Participant
		case *passMade:
			a.ID, a.Until = e.ID, e.Pass.Until
		case *noted:
			a.Revision = e.Revision
		case *statementAdded:
			a.ID, a.Statement = e.ID, &e.Statement
		case *annotated:
			a.Revision = e.Note.Revision
		case *carried:
			a.Carried = len(e.Requests)
		case *exchanged:
			a.Exchanged = true
		}
	}
	return a
}
