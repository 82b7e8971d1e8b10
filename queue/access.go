package queue

import "time"

// Who may act in a debate, as far as it changes. A token says its generation; it is
// valid while that is the generation of what it stands for. To end tokens is to go on to the next
// generation, so that nothing needs to be known of the tokens themselves.

const (
	// linkFor is how long an officer's link is valid after the debate's date or after it was
	// made, whichever is later, in milliseconds.
	linkFor = 30 * day
	// renewBefore is how long before its end a link is made anew when the server starts.
	renewBefore = 7 * day
	// passFor is how long a link for another tablet waits to be opened.
	passFor = 10 * 60 * 1000
	day     = 24 * 3600 * 1000
)

// access is the part of the state that says who may act.
type access struct {
	join   Join
	links  table[Link]  // by role
	badges table[int64] // generations: by participant, and under "" how often all were renewed
	joined table[int64] // generations of the sessions that came by the join code, by participant
	claims table[Claim] // by participant
	passes table[Pass]  // by id
}

func (a *access) share() {
	a.links.share()
	a.badges.share()
	a.joined.share()
	a.claims.share()
	a.passes.share()
}

// Link is what is known of an officer's link.
type Link struct {
	Generation int64 `json:"generation,omitempty"`
	// Issued is the instant at which it was made, 0 for one that was made before that was kept.
	Issued int64 `json:"at_ms,omitempty"`
	// Kept is the session that renewed the link and so goes on, though it came by the one
	// before. "" is none.
	Kept string `json:"kept,omitempty"`
}

// Claim is the first claim of a participant by the join code, where the chair
// confirms those.
type Claim struct {
	At       int64  `json:"at_ms"`
	Session  string `json:"session"`
	Accepted bool   `json:"accepted,omitempty"`
}

// Pass is a link for another tablet. It is good for one opening.
type Pass struct {
	Role    Role   `json:"role"`
	Until   int64  `json:"until_ms"`          // the instant from which it cannot be opened
	Session string `json:"session,omitempty"` // that opened it, "" for none yet
}

// byLink are the roles that come by a link.
var byLink = []Role{Chair, Rapporteur, Display}

func (r Role) byLink() bool { return r == Chair || r == Rapporteur || r == Display }

// Claims are the first claims by the join code, by participant: those that wait
// for the chair, and those that it has accepted.
func (s *State) Claims() map[string]Claim { return s.access.claims.m }

// Generation is the generation that a token of an actor has to have: of its role's link,
// of its participant's badge, or, for a session that came by the join code, of those.
func (s *State) Generation(a Actor) int64 {
	switch {
	case a.Role.byLink():
		return s.access.links.m[string(a.Role)].Generation
	case a.Session != "":
		return s.access.joined.m[a.Participant]
	default:
		return s.access.badges.m[""] + s.access.badges.m[a.Participant]
	}
}

// Admits says whether a token of an actor, made for a generation, is valid at the
// instant now. That of a participant who was taken off the roster is not, until it is back.
func (s *State) Admits(a Actor, generation, now int64) bool {
	if !a.Role.byLink() {
		_, here := s.participants.get(a.Participant)
		return (here || a.Role != Delegate) && generation == s.Generation(a)
	}
	link := s.access.links.m[string(a.Role)]
	if ends := s.LinkEnds(a.Role); ends != 0 && now >= ends {
		return false
	}
	return generation == link.Generation || a.Session != "" && a.Session == link.Kept
}

// LinkEnds is the instant from which a role's link is not valid, 0 where it is not
// known when it was made: it is then valid until the server starts again.
func (s *State) LinkEnds(role Role) int64 {
	issued := s.access.links.m[string(role)].Issued
	if issued == 0 {
		return 0
	}
	from := issued
	if date, err := time.Parse(time.DateOnly, s.Debate.Date); err == nil {
		from = max(from, date.UnixMilli())
	}
	return from + linkFor
}

// ClaimPending says whether an actor has to wait until the chair has confirmed the
// claim of its delegation.
func (s *State) ClaimPending(a Actor) bool {
	return s.Debate.Join.Confirm && a.Role == Delegate && a.Session != "" && !s.access.claims.m[a.Participant].Accepted
}

// PassOf is the pass with an id.
func (s *State) PassOf(id string) (Pass, bool) { return s.access.passes.get(id) }

// KeepLinks makes a debate's links anew that have expired or are about to, and
// notes when those were made of which that is not known. The server sends it when it starts.
type KeepLinks struct{}

// Validate finds nothing wrong.
func (c *KeepLinks) Validate() *Error { return nil }

func (c *KeepLinks) subject() string { return "keep links" }

func (c *KeepLinks) decide(s *State, _ Actor, now int64) ([]Event, *Error) {
	var events []Event
	for _, role := range byLink {
		link := s.access.links.m[string(role)]
		switch ends := s.LinkEnds(role); {
		case ends == 0:
			events = append(events, &linkIssued{role, Link{Generation: link.Generation, Issued: now}})
		case now >= ends-renewBefore:
			events = append(events, &linkIssued{role, Link{Generation: link.Generation + 1, Issued: now}})
		}
	}
	return events, nil
}

// RenewLink replaces the link of a role and ends the sessions that came by the one
// before, but for the sender's. The chair sends it, and who runs the server.
type RenewLink struct {
	ID   string `json:"id"`
	Role Role   `json:"role"`
}

// Validate checks the id and the role.
func (c *RenewLink) Validate() *Error { return first(idField("id", c.ID), linkField(c.Role)) }

func (c *RenewLink) subject() string { return "renew link" }

func (c *RenewLink) decide(s *State, by Actor, now int64) ([]Event, *Error) {
	link := Link{Generation: s.access.links.m[string(c.Role)].Generation + 1, Issued: now}
	if by.Role == c.Role {
		link.Kept = by.Session
	}
	return []Event{&linkIssued{c.Role, link}}, nil
}

func linkField(role Role) *Error {
	if !role.byLink() {
		return malformed("role", "The role is one of chair, rapporteur, display.")
	}
	return nil
}

type linkIssued struct {
	Role Role `json:"role"`
	Link
}

func (e *linkIssued) apply(s *State, c *Change) {
	if s.access.links.m[string(e.Role)].Generation != e.Generation {
		s.Access = c.Seq
	}
	s.access.links.set(string(e.Role), e.Link)
}

// RenewBadges makes the badges of a participant, or of all, worthless: those
// printed from then on are others. The chair sends it.
type RenewBadges struct {
	ID          string `json:"id"`
	Participant string `json:"participant,omitempty"` // "" for all
}

// Validate checks the ids.
func (c *RenewBadges) Validate() *Error {
	return first(idField("id", c.ID), optionalID("participant", c.Participant))
}

func (c *RenewBadges) subject() string { return "renew badges" }

func (c *RenewBadges) decide(s *State, _ Actor, _ int64) ([]Event, *Error) {
	if c.Participant != "" {
		_, here := s.participants.get(c.Participant)
		// One who was taken off the roster may come back, and its badge with it.
		_, gone := s.access.badges.get(c.Participant)
		if !here && !gone {
			return nil, noSuchParticipant(c.Participant)
		}
	}
	return []Event{&badgesRenewed{c.Participant}}, nil
}

type badgesRenewed struct {
	Participant string `json:"participant,omitempty"`
}

func (e *badgesRenewed) apply(s *State, c *Change) {
	s.Access = c.Seq
	s.access.badges.set(e.Participant, s.access.badges.m[e.Participant]+1)
}

// MakePass makes a link with which another tablet takes on a role. The chair
// sends it.
type MakePass struct {
	// ID is made by the server, so that nobody else knows it. It is no part of what a
	// repeat is known by.
	ID   string `json:"-"`
	Role Role   `json:"role"`
}

// Validate checks the id and the role.
func (c *MakePass) Validate() *Error { return first(idField("id", c.ID), linkField(c.Role)) }

func (c *MakePass) subject() string { return "make pass" }

func (c *MakePass) decide(_ *State, _ Actor, now int64) ([]Event, *Error) {
	return []Event{&passMade{c.ID, Pass{Role: c.Role, Until: now + passFor}}}, nil
}

type passMade struct {
	ID   string `json:"id"`
	Pass Pass   `json:"pass"`
}

func (e *passMade) apply(s *State, c *Change) {
	for id, p := range s.access.passes.m {
		if p.Until <= c.At {
			s.access.passes.remove(id)
		}
	}
	s.access.passes.set(e.ID, e.Pass)
}

// UsePass opens the link that a pass is, for the sender's session. It is refused to a
// second one.
type UsePass struct {
	ID string `json:"-"`
}

// Validate checks the id.
func (c *UsePass) Validate() *Error { return idField("id", c.ID) }

func (c *UsePass) subject() string { return "use pass " + c.ID }

func (c *UsePass) decide(s *State, by Actor, now int64) ([]Event, *Error) {
	pass, ok := s.access.passes.get(c.ID)
	switch {
	case ok && by.Session == pass.Session && by.Session != "":
		return nil, nil
	case !ok || pass.Session != "" || now >= pass.Until:
		return nil, refuse(PassUsed, "This link was for one opening within ten minutes, and has been used or is too old. Ask the chair for a new one.")
	}
	return []Event{&passUsed{c.ID, by.Session}}, nil
}

type passUsed struct {
	ID      string `json:"id"`
	Session string `json:"session"`
}

func (e *passUsed) apply(s *State, _ *Change) {
	pass, _ := s.access.passes.get(e.ID)
	pass.Session = e.Session
	s.access.passes.set(e.ID, pass)
}
