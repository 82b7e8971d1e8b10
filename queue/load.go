package queue

import (
	"cmp"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
)

// Load brings a debate up to a new version of its file. Only what changed in the
// file since it was last loaded is applied; what the chair has set since stays, and a
// panel or participant that has been used is never removed. The server sends it.
type Load struct {
	Programme Programme
}

// Validate finds nothing wrong: the file was checked where it was read.
func (c *Load) Validate() *Error { return nil }

func (c *Load) subject() string { return "load" }

func (c *Load) decide(s *State, _ Actor, _ int64) ([]Event, *Error) {
	programme, err := c.Programme.asReplayed()
	if err != nil {
		return nil, &Error{Code: Malformed, Detail: "The programme cannot be encoded.", Err: err}
	}
	var e loaded
	if !reflect.DeepEqual(programme.Debate, s.Debate) {
		e.Debate = &programme.Debate
	}
	planned := make(map[string]bool)
	for order, plan := range programme.Panels {
		planned[plan.ID] = true
		now, ok := s.panels.get(plan.ID)
		if ok && now.Order == order && reflect.DeepEqual(now.Planned, plan) {
			continue
		}
		e.Panels = append(e.Panels, loadedPanel{Panel: plan, Order: order, KeepLimit: ok && now.Limit != now.Planned.Limit})
	}
	order := len(programme.Panels)
	for _, id := range s.inOrder() {
		switch now := s.panels.m[id]; {
		case planned[id]:
		case !s.panelUsed(id):
			e.DropPanels = append(e.DropPanels, id)
		default:
			// It stays, behind those of the file.
			if now.Order != order {
				e.Panels = append(e.Panels, loadedPanel{Panel: now.Planned, Order: order, KeepLimit: now.Limit != now.Planned.Limit})
			}
			order++
		}
	}
	programme.decideRoster(s, &e)
	if reflect.DeepEqual(e, loaded{}) {
		return nil, nil
	}
	e.KeepBadges = len(e.DropParticipants) > 0
	return append([]Event{&e}, s.closeLists(e.Panels)...), nil
}

// closeLists closes the lists of panels that are items without a list from now on. One that was such an
// item before has the list that the chair gave it.
func (s *State) closeLists(panels []loadedPanel) []Event {
	var events []Event
	for _, l := range panels {
		p, ok := s.panels.get(l.Panel.ID)
		if !ok || !l.Panel.NoList || p.NoList || p.List != Open {
			continue
		}
		limit := l.Panel.Limit
		if l.KeepLimit {
			limit = p.Limit
		}
		events = append(events, &panelSet{ID: l.Panel.ID, Status: p.Status, List: Closed, Limit: limit})
	}
	return events
}

// asReplayed is the programme as the journal gives it back, so that nothing
// looks changed that is only written differently, such as an empty list.
func (p Programme) asReplayed() (Programme, error) {
	data, err := json.Marshal(p)
	if err != nil {
		return Programme{}, err
	}
	var replayed Programme
	err = json.Unmarshal(data, &replayed)
	return replayed, err
}

func (p Programme) decideRoster(s *State, e *loaded) {
	planned := make(map[string]bool)
	for _, plan := range p.Participants {
		planned[plan.ID] = true
		now, ok := s.participants.get(plan.ID)
		if ok && now.Planned != nil && reflect.DeepEqual(*now.Planned, plan) {
			continue
		}
		// One whom the chair added before the file knew it stays as the chair said.
		e.Participants = append(e.Participants, loadedParticipant{plan, ok && !reflect.DeepEqual(now.Planned, &now.Participant)})
	}
	for _, id := range slices.Sorted(maps.Keys(s.participants.m)) {
		if now := s.participants.m[id]; !planned[id] && !now.Added && !s.participantUsed(id, p.Panels) {
			e.DropParticipants = append(e.DropParticipants, id)
		}
	}
}

// panelUsed says whether something happened in a panel that the record or the
// room still needs.
func (s *State) panelUsed(id string) bool {
	p := s.panels.m[id]
	return p.Used || p.Places > 0 || s.holderIn(id) != nil ||
		slices.ContainsFunc(s.record, func(i Intervention) bool { return i.Panel == id }) ||
		slices.ContainsFunc(slices.Collect(maps.Values(s.statements.m)), func(is Statement) bool { return is.Panel == id })
}

// participantUsed says whether a participant has asked, spoken or has a part in
// the programme, in a panel of the new file or in one that stays though the
// file no longer has it.
func (s *State) participantUsed(id string, panels []Panel) bool {
	_, spoken := s.spoken.get(id)
	if spoken {
		return true
	}
	for _, f := range []*Floor{s.Floor, s.Interrupted} {
		if f != nil && f.Participant == id {
			return true
		}
	}
	for _, r := range s.requests.m {
		if r.Participant == id {
			return true
		}
	}
	for _, is := range s.statements.m {
		if is.Participant == id {
			return true
		}
	}
	for _, all := range []map[string][]Correction{s.corrections.m, s.pending.m} {
		for _, corrections := range all {
			if slices.ContainsFunc(corrections, func(c Correction) bool { return deref(c.Was.Participant) == id || deref(c.To.Participant) == id }) {
				return true
			}
		}
	}
	for _, a := range s.answers { // also to those who have withdrawn
		if r := a.Answer.Request; r != nil && r.Participant == id {
			return true
		}
	}
	for id2, p := range s.panels.m {
		if s.panelUsed(id2) {
			panels = append(panels, p.Panel)
		}
	}
	return slices.ContainsFunc(panels, func(p Panel) bool {
		return p.Moderator == id || slices.Contains(p.Panellists, id)
	})
}

// inOrder are the panels in the order of the programme.
func (s *State) inOrder() []string {
	return slices.SortedFunc(maps.Keys(s.panels.m), func(a, b string) int {
		return cmp.Or(cmp.Compare(s.panels.m[a].Order, s.panels.m[b].Order), cmp.Compare(a, b))
	})
}

// firstPanel is the first panel of the programme, "" where there is none.
func (s *State) firstPanel() string {
	for _, id := range s.inOrder() {
		return id
	}
	return ""
}

type loaded struct {
	Debate           *Debate             `json:"debate,omitempty"`
	Panels           []loadedPanel       `json:"panels,omitempty"`
	DropPanels       []string            `json:"drop_panels,omitempty"`
	Participants     []loadedParticipant `json:"participants,omitempty"`
	DropParticipants []string            `json:"drop_participants,omitempty"`
	// KeepBadges says that the badges of the participants dropped are remembered, so that they can be renewed.
	// Events of earlier versions do not say so.
	KeepBadges bool `json:"keep_badges,omitempty"`
}

type loadedPanel struct {
	Panel     Panel `json:"panel"`
	Order     int   `json:"order"`
	KeepLimit bool  `json:"keep_limit,omitempty"` // the chair's limit stays
}

type loadedParticipant struct {
	Participant Participant `json:"participant"`
	Keep        bool        `json:"keep,omitempty"` // the chair's entry stays
}

func (e *loaded) apply(s *State, c *Change) {
	if len(e.Participants)+len(e.DropParticipants) > 0 || e.Debate != nil {
		s.Roster = c.Seq
	}
	if e.Debate != nil {
		s.Debate = *e.Debate
	}
	for _, l := range e.Panels {
		p, ok := s.panels.get(l.Panel.ID)
		if !ok {
			p.Status, p.List = Closed, Closed
		}
		limit := p.Limit
		p.Panel, p.Planned, p.Order = l.Panel, l.Panel, l.Order
		if l.KeepLimit {
			p.Limit = limit
		}
		s.panels.set(l.Panel.ID, p)
	}
	if len(e.DropPanels)+len(e.DropParticipants) > 0 {
		s.steps = nil // what they brought back could be of one that is gone
	}
	for _, id := range e.DropPanels {
		s.panels.remove(id)
	}
	if _, ok := s.panels.get(s.Panel); !ok {
		s.Panel = s.firstPanel()
		s.steps = nil // they would go back to no panel
	}
	for _, l := range e.Participants {
		p, _ := s.participants.get(l.Participant.ID)
		if !l.Keep {
			p.Participant = l.Participant
		}
		p.Planned = &l.Participant
		s.participants.set(l.Participant.ID, p)
	}
	for _, id := range e.DropParticipants {
		s.participants.remove(id)
		if e.KeepBadges {
			s.access.badges.set(id, s.access.badges.m[id])
			s.Access = c.Seq
		}
	}
}
