package queue

// LimitRule is a limit of the interventions of a participant, or of all of a
// category.
type LimitRule struct {
	Participant string `json:"participant,omitempty"`
	Category    string `json:"category,omitempty"`
	First       int64  `json:"first_ms"` // of the first intervention in the debate, in milliseconds
	Later       int64  `json:"later_ms"` // of each later one
}

// limitOf is the limit of an intervention that a participant is called to now, in
// milliseconds, 0 for none. The Assembly may limit the time to be allowed to each
// speaker (rule 72 of the rules of procedure of the General Assembly); the chair's own limit with
// the call comes before all of these.
func (s *State) limitOf(panel PanelState, participant string, kind Kind) int64 {
	switch kind {
	case Response:
		if panel.ResponseLimit.Set {
			return panel.ResponseLimit.MS
		}
	case RightOfReply:
		replies := s.Debate.Replies()
		if s.held(participant, kind, panel.ID) == 0 {
			return shorter(replies.First, panel.Limit)
		}
		return shorter(replies.Second, panel.Limit)
	case Regular:
		rule, ok := s.limitRule(participant)
		if !ok {
			break
		}
		limit := rule.Later
		if s.held(participant, kind, "") == 0 {
			limit = rule.First
		}
		// What the chair has shortened for all is shortened for these too.
		if planned := panel.Planned.Limit; planned == 0 || panel.Limit < planned {
			return shorter(limit, panel.Limit)
		}
		return limit
	}
	return panel.Limit
}

// limitRule is the rule for a participant: its own, or that of its category.
func (s *State) limitRule(participant string) (LimitRule, bool) {
	category := s.participants.m[participant].Category
	var found LimitRule
	for _, rule := range s.Debate.Limits {
		switch {
		case rule.Participant == participant:
			return rule, true
		case rule.Participant == "" && rule.Category == category && found.Category == "":
			found = rule
		}
	}
	return found, found.Category != ""
}

// held counts how often a participant has had the floor for a kind, in a panel or, for
// "", in the whole debate. It counts one that is on the floor or interrupted.
func (s *State) held(participant string, kind Kind, panel string) int {
	n := 0
	count := func(f *Floor) {
		if f != nil && f.Participant == participant && f.Kind == kind && (panel == "" || f.Panel == panel) {
			n++
		}
	}
	for i := range s.record {
		count(&s.record[i].Floor)
	}
	count(s.Floor)
	count(s.Interrupted)
	return n
}

// shorter is the shorter of two limits, where 0 is none.
func shorter(a, b int64) int64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
