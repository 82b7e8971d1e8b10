package queue

import (
	"maps"
	"slices"
)

// Rehearse gives a debate what decides over links, badges and join codes in another state of
// it, and the participants that the chair has added there, so that those of the debate are good
// in its rehearsal. The server sends it at the beginning of a rehearsal, once.
type Rehearse struct {
	From *State
}

// Validate finds nothing wrong.
func (c *Rehearse) Validate() *Error { return nil }

func (c *Rehearse) subject() string { return "rehearse" }

func (c *Rehearse) decide(s *State, _ Actor, _ int64) ([]Event, *Error) {
	var events []Event
	for _, id := range slices.Sorted(maps.Keys(c.From.participants.m)) {
		if _, ok := s.participants.get(id); !ok && c.From.participants.m[id].Added {
			events = append(events, &participantAdded{c.From.participants.m[id].Participant})
		}
	}
	from := c.From.access
	for _, role := range slices.Sorted(maps.Keys(from.links.m)) {
		events = append(events, &linkIssued{Role(role), from.links.m[role]})
	}
	for _, participant := range slices.Sorted(maps.Keys(from.badges.m)) {
		for range from.badges.m[participant] {
			events = append(events, &badgesRenewed{participant})
		}
	}
	for _, participant := range slices.Sorted(maps.Keys(from.joined.m)) {
		for range from.joined.m[participant] {
			events = append(events, &claimAnswered{participant, false})
		}
	}
	if from.join != s.access.join {
		events = append(events, &joinChanged{from.join})
	}
	return events, nil
}

// Programme is the debate as it was planned: as its file gave it when it was last loaded.
func (s *State) Programme() Programme {
	p := Programme{Debate: s.Debate}
	for _, panel := range s.panels.m {
		p.Panels = append(p.Panels, panel.Planned)
	}
	slices.SortFunc(p.Panels, func(a, b Panel) int { return s.panels.m[a.ID].Order - s.panels.m[b.ID].Order })
	for _, id := range slices.Sorted(maps.Keys(s.participants.m)) {
		if planned := s.participants.m[id].Planned; planned != nil {
			p.Participants = append(p.Participants, *planned)
		}
	}
	return p
}
