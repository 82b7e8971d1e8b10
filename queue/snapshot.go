package queue

import (
	"bytes"
	"context"
	"encoding/gob"
	"fmt"
)

// stateFormat is the version of the snapshots. It is raised whenever the state
// gets another shape or an event another effect: older snapshots are then made anew
// from the journal.
const stateFormat = 8

// dump is a state as a snapshot keeps it.
type dump struct {
	Format                     int
	Seq, Entries, Last, HeldAt int64
	Roster                     int64
	Debate                     Debate
	Panel                      string
	Floor, Interrupted         *Floor
	Message                    *Message
	Panels                     map[string]PanelState
	Participants               map[string]ParticipantState
	Requests                   map[string]Request
	Spoken                     map[string]Spoken
	Notes                      map[string]Note
	Corrections, Pending       map[string][]Correction
	Statements                 map[string]Statement
	Record                     []Intervention
	Steps                      []*Step
	Answers                    map[string]remembered
	Absent                     map[string]Absence
	Offers                     map[string]string
	Outage                     *Outage
	Sleep                      *Sleep      `json:",omitempty"`
	ClockSteps                 []ClockStep `json:",omitempty"`
	ClockTold                  int64       `json:",omitempty"`
	Access                     accessDump
}

func (s *State) snapshot() ([]byte, error) {
	var buf bytes.Buffer
	err := gob.NewEncoder(&buf).Encode(dump{
		stateFormat, s.Seq, s.Entries, s.Last, s.HeldAt, s.Roster, s.Debate, s.Panel, s.Floor, s.Interrupted, s.Message,
		s.panels.m, s.participants.m, s.requests.m, s.spoken.m, s.notes.m, s.corrections.m, s.pending.m, s.statements.m, s.record, s.steps, s.answers,
		s.absent.m, s.offers.m, s.Outage, s.Sleep, s.ClockSteps, s.clockTold,
		s.dumpAccess(),
	})
	return buf.Bytes(), err
}

// fromSnapshot is the state in a snapshot, nil where the snapshot is of another
// format or cannot be read.
func fromSnapshot(snapshot []byte) *State {
	var d dump
	if err := gob.NewDecoder(bytes.NewReader(snapshot)).Decode(&d); err != nil || d.Format != stateFormat {
		return nil
	}
	return &State{
		Seq: d.Seq, Entries: d.Entries, Last: d.Last, HeldAt: d.HeldAt, Roster: d.Roster, Debate: d.Debate, Panel: d.Panel,
		Floor: d.Floor, Interrupted: d.Interrupted, Message: d.Message,
		panels:       table[PanelState]{d.Panels, d.Panels != nil},
		participants: table[ParticipantState]{d.Participants, d.Participants != nil},
		requests:     table[Request]{d.Requests, d.Requests != nil},
		spoken:       table[Spoken]{d.Spoken, d.Spoken != nil},
		notes:        table[Note]{d.Notes, d.Notes != nil},
		corrections:  table[[]Correction]{d.Corrections, d.Corrections != nil},
		pending:      table[[]Correction]{d.Pending, d.Pending != nil},
		statements:   table[Statement]{d.Statements, d.Statements != nil},
		record:       d.Record, steps: d.Steps, answers: d.Answers,
		absent: table[Absence]{d.Absent, d.Absent != nil},
		Access: d.Access.Seq, access: d.Access.access(),
		Outage: d.Outage, Sleep: d.Sleep, ClockSteps: d.ClockSteps, clockTold: d.ClockTold, offers: table[string]{d.Offers, d.Offers != nil},
	}
}

// replay is the state that a journal gives, from the newest snapshot on, and how
// many entries came after that.
func replay(ctx context.Context, journal Journal, snapshots Snapshots) (s *State, replayed int64, err error) {
	s = new(State)
	if snapshots != nil {
		n, snapshot, err := snapshots.Load(ctx)
		if err != nil {
			return nil, 0, fmt.Errorf("loading the snapshot: %w", err)
		}
		if from := fromSnapshot(snapshot); from != nil && from.Entries == n {
			s = from
		}
	}
	before := s.Entries
	if err := s.follow(ctx, journal); err != nil {
		return nil, 0, err
	}
	return s, s.Entries - before, nil
}

// follow brings a state up to the end of its journal.
func (s *State) follow(ctx context.Context, journal Journal) error {
	return journal.Read(ctx, s.Entries, func(n int64, entry []byte) error {
		c, err := changeFrom(entry)
		if err != nil {
			return fmt.Errorf("journal entry %d: %w", n, err)
		}
		next := s.Seq
		if len(c.Events) > 0 {
			next++
		}
		if n != s.Entries+1 || c.Seq != next {
			return fmt.Errorf("journal entry %d leads to state %d: it does not follow entry %d and state %d", n, c.Seq, s.Entries, s.Seq)
		}
		s.apply(c)
		return nil
	})
}

// accessDump is who may act as a snapshot keeps it.
type accessDump struct {
	Seq            int64
	Join           Join
	Links          map[string]Link
	Badges, Joined map[string]int64
	Claims         map[string]Claim
	Passes         map[string]Pass
}

func (s *State) dumpAccess() accessDump {
	a := &s.access
	return accessDump{s.Access, a.join, a.links.m, a.badges.m, a.joined.m, a.claims.m, a.passes.m}
}

func (d accessDump) access() access {
	return access{
		join:   d.Join,
		links:  table[Link]{d.Links, d.Links != nil},
		badges: table[int64]{d.Badges, d.Badges != nil},
		joined: table[int64]{d.Joined, d.Joined != nil},
		claims: table[Claim]{d.Claims, d.Claims != nil},
		passes: table[Pass]{d.Passes, d.Passes != nil},
	}
}
