package queue

import (
	"cmp"
	"fmt"
	"maps"
	"rostrum/timer"
	"slices"
	"strings"
)

// maxSteps is how many actions can be taken back, the last one first.
const maxSteps = 20

// Step is an action of the chair, or the yield of a speaker, that can be taken
// back.
type Step struct {
	ID string // by which an undo names it
	// What says in a word what was done: recognised, ended, yielded, added, moved,
	// removed, carried, ordered, absent, exchanged, opened, suspended, closed, list_opened,
	// list_closed, limit, announced, message, message_cleared, switched, started, paused, timed,
	// gave_back, charged, ruled, statement_added, statement_removed, join_on, join_off or join_period.
	What        string
	Participant string // whom it was about, "" for nobody
	Panel       string // which panel it was about
	Earlier     earlier
}

// earlier is how things stood before a step, as far as the step changed them.
type earlier struct {
	Panel       string               `json:"panel"`
	Floor       *Floor               `json:"floor,omitempty"`
	Interrupted *Floor               `json:"interrupted,omitempty"`
	Message     *Message             `json:"message,omitempty"`
	HeldAt      int64                `json:"held_at_ms,omitempty"`
	Panels      map[string]panelMark `json:"panels,omitempty"`
	Join        *Join                `json:"join,omitempty"`
	// Requests are those that it moved, removed or used up. Moved names the moved ones: of
	// these, one that its owner has withdrawn since does not come back.
	Requests map[string]Request `json:"requests,omitempty"`
	Moved    []string           `json:"moved,omitempty"`
	// Absent is who was absent, the zero value for one that was not, and Missed how many calls
	// of a panel had been missed.
	Absent map[string]Absence `json:"absent,omitempty"`
	Missed map[string]int     `json:"missed,omitempty"`
	Outage *Outage            `json:"outage,omitempty"`
	Sleep  *Sleep             `json:"sleep,omitempty"`
	// Offers are those to exchange places that lapsed.
	Offers map[string]string `json:"offers,omitempty"`
	// Statements are those that it removed, and AddedStatements those that it added.
	Statements      map[string]Statement `json:"statements,omitempty"`
	AddedStatements []string             `json:"added_statements,omitempty"`
	// Added are the requests that it made, and Ended the interventions that it ended.
	Added []string `json:"added,omitempty"`
	Ended []string `json:"ended,omitempty"`
}

// panelMark is what the chair sets of a panel.
type panelMark struct {
	Status Status `json:"status"`
	List   Status `json:"list"`
	Limit  int64  `json:"limit_ms,omitempty"`
	// Planned is the limit of the file then, and NoList whether it gave the item no list. They are no
	// part of an event.
	Planned int64 `json:"-"`
	NoList  bool  `json:"-"`
}

// Undoable is the action that an undo takes back next, nil for none.
func (s *State) Undoable() *Step {
	if len(s.steps) == 0 {
		return nil
	}
	return s.steps[len(s.steps)-1]
}

// stepOf is the step that a change makes in a state that it was not yet applied
// to, nil where it cannot be taken back.
func (s *State) stepOf(c *Change) *Step {
	if !strings.HasPrefix(c.By, string(Chair)) && !slices.ContainsFunc(c.Events, yields) {
		return nil
	}
	step := Step{
		ID: cmp.Or(c.Key, fmt.Sprintf("s%d", c.Seq)), Panel: s.Panel,
		Earlier: earlier{
			Panel: s.Panel, Floor: s.Floor, Interrupted: s.Interrupted, Message: s.Message, HeldAt: s.HeldAt, Outage: s.Outage, Sleep: s.Sleep,
		},
	}
	was := &step.Earlier
	for _, e := range c.Events {
		switch e := e.(type) {
		case *requested:
			step.What, step.Participant = "added", e.Request.Participant
			was.Added = append(was.Added, e.ID)
			was.keepAbsence(s, e.Request.Participant)
		case *requestMoved:
			step.What, step.Participant = "moved", s.requests.m[e.ID].Participant
			was.move(s, placed{ID: e.ID})
		case *requestRemoved:
			step.What, step.Participant = "removed", s.requests.m[e.ID].Participant
			was.keepOffers(s, e.ID)
			was.Requests = map[string]Request{e.ID: s.requests.m[e.ID]}
		case *carried:
			step.What, step.Panel = "carried", e.From
			was.move(s, e.Requests...)
			for _, p := range e.Requests {
				was.keepOffers(s, p.ID)
			}
			for _, id := range e.Dropped {
				was.keepOffers(s, id)
				was.Requests[id] = s.requests.m[id]
			}
		case *floorVacated:
			step.What, step.Participant = "absent", s.Floor.Participant
		case *requestDeferred:
			step.What, step.Participant = "absent", e.Request.Participant
			was.Missed = map[string]int{e.Request.Panel: len(s.panels.m[e.Request.Panel].Missed)}
			if _, ok := s.requests.get(e.ID); ok {
				was.move(s, placed{ID: e.ID})
				was.keepOffers(s, e.ID)
			} else {
				was.Added = append(was.Added, e.ID)
			}
		case *absentRemoved:
			step.What, step.Participant = "absent", e.Participant
			was.Missed = map[string]int{e.Panel: len(s.panels.m[e.Panel].Missed)}
			was.Absent = map[string]Absence{e.Participant: s.absent.m[e.Participant]}
			if r, ok := s.requests.get(e.ID); ok {
				was.Requests = map[string]Request{e.ID: r}
				was.keepOffers(s, e.ID)
			}
		case *exchanged:
			step.What, step.Participant = "exchanged", s.requests.m[e.Requests[0].ID].Participant
			was.move(s, e.Requests...)
			for _, p := range e.Requests {
				was.keepOffers(s, p.ID)
			}
		case *listOrdered:
			step.What, step.Panel = "ordered", e.Panel
			was.move(s, e.Requests...)
		case *recognised:
			step.What, step.Participant = "recognised", e.Floor.Participant
			was.keepAbsence(s, e.Floor.Participant)
			if e.Request != "" {
				was.Requests = map[string]Request{e.Request: s.requests.m[e.Request]}
				was.keepOffers(s, e.Request)
			}
		case *floorEnded:
			was.Ended = append(was.Ended, e.ID)
			if e.How != Replaced && step.What == "" {
				step.What, step.Participant = string(e.How), s.Floor.Participant
			}
		case *floorTimed:
			if step.What == "" {
				step.What, step.Participant = timed(s.Floor.Timer, e.Timer, c.At), s.Floor.Participant
			}
		case *panelSet:
			p := s.panels.m[e.ID]
			was.Panels = map[string]panelMark{e.ID: {p.Status, p.List, p.Limit, p.Planned.Limit, p.Planned.NoList}}
			step.What, step.Panel = set(p, e), e.ID
		case *joinChanged:
			before := s.access.join
			step.What, was.Join = joinStep(before, e.Join), &before
		case *panelSwitched:
			step.What, step.Panel = "switched", e.Panel
		case *statementAdded:
			step.What, step.Participant = "statement_added", e.Statement.Participant
			was.AddedStatements = append(was.AddedStatements, e.ID)
		case *statementRemoved:
			is := s.statements.m[e.ID]
			step.What, step.Participant = "statement_removed", is.Participant
			was.Statements = map[string]Statement{e.ID: is}
		case *pointRuled:
			step.What, step.Participant = "ruled", s.Floor.Participant
		case *messageSet:
			step.What = told(step.What, e)
		}
	}
	if step.What == "" {
		return nil
	}
	return &step
}

// keepAbsence keeps that a participant was absent, if it was.
func (was *earlier) keepAbsence(s *State, participant string) {
	if absence, ok := s.absent.get(participant); ok {
		was.Absent = map[string]Absence{participant: absence}
	}
}

// move keeps requests that are placed elsewhere.
func (was *earlier) move(s *State, to ...placed) {
	was.Requests = make(map[string]Request, len(to))
	for _, p := range to {
		was.Requests[p.ID] = s.requests.m[p.ID]
		was.Moved = append(was.Moved, p.ID)
	}
}

func yields(e Event) bool {
	ended, ok := e.(*floorEnded)
	return ok && ended.How == Yielded
}

func timed(was, is timer.Countdown, now int64) string {
	switch {
	case is.UsedAt(now) < was.UsedAt(now):
		return "gave_back"
	case is.UsedAt(now) > was.UsedAt(now):
		return "charged"
	case was.State != is.State && is.State == timer.Running:
		return "started"
	case was.State != is.State:
		return "paused"
	default:
		return "timed"
	}
}

func set(was PanelState, is *panelSet) string {
	switch {
	case was.Status != is.Status && is.Status == Open:
		return "opened"
	case was.Status != is.Status:
		return string(is.Status)
	case was.List != is.List && is.List == Open:
		return "list_opened"
	case was.List != is.List:
		return "list_closed"
	default:
		return "limit"
	}
}

// told is the word for a message that is set by itself, or along with something else,
// which then goes before it.
func told(with string, e *messageSet) string {
	switch {
	case with != "" && with != "limit":
		return with
	case e.Message == nil:
		return "message_cleared"
	case e.Message.Kind == limitMessage:
		return "announced"
	default:
		return "message"
	}
}

// Undo takes back the chair's last action, and that alone: what delegates did
// since stays. Only the chair sends it.
type Undo struct {
	ID string `json:"id"`
	Of string `json:"of"` // the step, so that two officers never undo twice
}

// Validate checks the ids.
func (c *Undo) Validate() *Error { return first(idField("id", c.ID), idField("of", c.Of)) }

func (c *Undo) subject() string { return "undo" }

func (c *Undo) decide(s *State, _ Actor, _ int64) ([]Event, *Error) {
	last := s.Undoable()
	if last == nil || last.ID != c.Of {
		return nil, refuse(UndoChanged, "Another action came since, or this one was taken back. Look at what would be undone now.")
	}
	e := undone{Of: c.Of, Earlier: last.Earlier}
	e.Requests, e.Merged = s.comeBack(last.Earlier)
	e.Earlier.Panels = s.replanned(last.Earlier.Panels)
	e.Holds = slices.ContainsFunc(last.Earlier.Ended, func(id string) bool { return len(s.corrections.m[id]) > 0 })
	return []Event{&e}, nil
}

// replanned are panels as they come back: with the limit that the file has now, where they
// had the file's then, and with a closed list where the file has taken it away since.
func (s *State) replanned(was map[string]panelMark) map[string]panelMark {
	marks := maps.Clone(was)
	for id, mark := range marks {
		now := s.panels.m[id].Planned
		if mark.Limit == mark.Planned {
			mark.Limit = now.Limit
		}
		if now.NoList && !mark.NoList {
			mark.List = Closed
		}
		marks[id] = mark
	}
	return marks
}

// comeBack are requests as they come back to where they stood, and those that become
// one with them, because their owners have asked again meanwhile: the older place wins.
func (s *State) comeBack(was earlier) (back map[string]Request, merged []string) {
	earlier := maps.Clone(was.Requests)
	for _, id := range was.Moved {
		if _, ok := s.requests.get(id); !ok {
			delete(earlier, id)
		}
	}
	back = make(map[string]Request)
	ids := slices.SortedFunc(maps.Keys(earlier), func(a, b string) int {
		return cmp.Or(cmp.Compare(earlier[a].Rank, earlier[b].Rank), cmp.Compare(a, b))
	})
	ranks := make(map[string][]string) // that are taken, by panel
	for id, r := range s.requests.m {
		if _, ok := earlier[id]; !ok {
			ranks[r.Panel] = append(ranks[r.Panel], r.Rank)
		}
	}
	for _, id := range ids {
		r := earlier[id]
		if other, ok := s.requestOf(r.Panel, r.Participant, r.Kind); ok && other != id {
			merged = append(merged, other)
		}
		if now, ok := s.requests.get(id); ok {
			// Only its place is taken back; what its owner wrote since stays.
			now.Panel, now.Rank, now.Returned, now.Absent = r.Panel, r.Rank, r.Returned, r.Absent
			r = now
		}
		r.Rank = freeRank(r.Rank, ranks[r.Panel])
		ranks[r.Panel] = append(ranks[r.Panel], r.Rank)
		back[id] = r
	}
	return back, merged
}

// freeRank is a rank, or, where it is taken, one just before.
func freeRank(rank string, taken []string) string {
	if !slices.Contains(taken, rank) {
		return rank
	}
	previous := ""
	for _, other := range taken {
		if other < rank {
			previous = max(previous, other)
		}
	}
	return rankBetween(previous, rank)
}

type undone struct {
	Of      string  `json:"of"`
	Earlier earlier `json:"earlier"`
	// Requests are those that come back, or back to their places, and Merged those that
	// their owners made meanwhile and that become one with them.
	Requests map[string]Request `json:"requests,omitempty"`
	Merged   []string           `json:"merged,omitempty"`
	// Holds says that the corrections of interventions that go on are held until they end
	// again. Without it they are gone.
	Holds bool `json:"holds_corrections,omitempty"`
}

func (e *undone) apply(s *State, _ *Change) {
	s.steps = slices.Clone(s.steps[:len(s.steps)-1])
	s.Panel, s.Floor, s.Interrupted, s.HeldAt = e.Earlier.Panel, e.Earlier.Floor, e.Earlier.Interrupted, e.Earlier.HeldAt
	s.Message = e.Earlier.Message
	for _, id := range e.Earlier.AddedStatements {
		s.statements.remove(id)
	}
	for id, is := range e.Earlier.Statements {
		s.statements.set(id, is)
	}
	for id, mark := range e.Earlier.Panels {
		p, _ := s.panels.get(id)
		p.Status, p.List, p.Limit = mark.Status, mark.List, mark.Limit
		s.panels.set(id, p)
	}
	if e.Earlier.Join != nil {
		s.access.join = s.access.join.restored(*e.Earlier.Join)
	}
	for _, id := range slices.Concat(e.Merged, e.Earlier.Added) {
		s.requests.remove(id)
	}
	for id, r := range e.Requests {
		s.requests.set(id, r)
	}
	for range e.Earlier.Ended {
		s.unend(e.Holds)
	}
	if s.forgetOutage(); s.Outage == nil { // one that was told since stays
		s.Outage = e.Earlier.Outage
	}
	if s.forgetSleep(); s.Sleep == nil {
		s.Sleep = e.Earlier.Sleep
	}
	s.unmiss(e.Earlier)
	s.reoffer(e.Earlier)
}

// unend takes the last entry off the record: its intervention goes on, or never
// was.
func (s *State) unend(holds bool) {
	n := len(s.record) - 1
	last := s.record[n]
	s.record = s.record[:n:n] // what is published keeps the entry
	if holds {
		s.hold(last.ID)
	}
	s.corrections.remove(last.ID)
	s.unspeak(last)
}
