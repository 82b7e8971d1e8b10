package queue

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
)

// Request is a participant's place on the list of a panel.
type Request struct {
	Panel       string `json:"panel"`
	Participant string `json:"participant"`
	Kind        Kind   `json:"kind"`
	BehalfOf    string `json:"behalf_of,omitempty"`
	Language    string `json:"language,omitempty"`
	Level       Level  `json:"level,omitempty"` // of who will speak
	// Rank is the place: the list is sorted by it, bytewise. It is unique in a panel.
	Rank string `json:"rank"`
	At   int64  `json:"at_ms"` // when it was made
	// Returned is the instant at which it was sent to the end of the list, 0 where it was
	// not.
	Returned int64 `json:"returned_ms,omitempty"`
	// Absent counts the calls at which its participant was not in the room.
	Absent int `json:"absent,omitempty"`
	// Note and Speaker are for the officers.
	Note    string `json:"note,omitempty"`
	Speaker string `json:"speaker,omitempty"`
	// Session is the session of the join code that asked, "" for a badge or an officer.
	Session string `json:"session,omitempty"`
}

// List is a panel's requests in the order in which the chair is going to call
// them.
func (s *State) List(panel string) []string {
	var ids []string
	for id, r := range s.requests.m {
		if r.Panel == panel {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Compare(s.requests.m[a].Rank, s.requests.m[b].Rank)
	})
	return ids
}

// owns says whether an actor may withdraw what was asked for a participant, or
// give it back. A badge acts for its whole delegation; a session of the join code
// only for what it asked itself.
func (a Actor) owns(participant, session string) bool {
	return a.Role == Delegate && a.Participant == participant && (a.Session == "" || a.Session == session)
}

// joined is the session of one who came by the join code, "" for a badge or an
// officer.
func (a Actor) joined() string {
	if a.Role != Delegate {
		return ""
	}
	return a.Session
}

// Ask asks for the floor. Delegates ask for themselves, the chair for anyone.
type Ask struct {
	ID          string `json:"id"`
	Participant string `json:"participant,omitempty"`
	Panel       string `json:"panel,omitempty"`
	Kind        Kind   `json:"kind,omitempty"`
	Note        string `json:"note,omitempty"`
	BehalfOf    string `json:"behalf_of,omitempty"`
	Speaker     string `json:"speaker,omitempty"`
	Language    string `json:"language,omitempty"`
	Level       Level  `json:"level,omitempty"`
}

// Validate checks ids, kind, level and texts.
func (c *Ask) Validate() *Error {
	return first(
		madeID(c.ID),
		optionalID("participant", c.Participant),
		optionalID("panel", c.Panel),
		kindField(c.Kind),
		noteField("note", c.Note),
		lineField("behalf_of", c.BehalfOf),
		lineField("speaker", c.Speaker),
		languageField(c.Language),
		levelField(c.Level),
	)
}

func (c *Ask) subject() string { return "ask" }

func (c *Ask) decide(s *State, by Actor, now int64) ([]Event, *Error) {
	participant := cmp.Or(c.Participant, by.Participant)
	if participant == "" {
		return nil, malformed("participant", "Say for whom the floor is asked.")
	}
	if _, ok := s.participants.get(participant); !ok {
		return nil, noSuchParticipant(participant)
	}
	panelID := cmp.Or(c.Panel, s.Panel)
	panel, ok := s.panels.get(panelID)
	if !ok {
		return nil, noSuchPanel(panelID)
	}
	if by.Role == Delegate && by.Participant != participant {
		return nil, refuse(NotYours, "You may ask for the floor for %s only.", by.Participant)
	}
	if panelID != s.Panel {
		return nil, refuse(PanelChanged, "The panel is now %q. Look at it and ask again.", s.Panel)
	}
	if by.Role == Delegate && panel.List != Open {
		return nil, refuse(ListClosed, "The list of speakers is closed. Ask the chair, who may still add you.")
	}
	kind := cmp.Or(c.Kind, Regular)
	if kind == RightOfReply && by.Role == Delegate && s.held(participant, kind, panelID) >= s.Debate.Replies().AtMost {
		return nil, refuse(RepliesSpent, "%s has had its rights of reply in this panel, %d at most. Ask the chair, who may still add you.", participant, s.Debate.Replies().AtMost)
	}
	if _, ok := s.requestOf(panelID, participant, kind); ok {
		return nil, refuse(AlreadyListed, "%s is on this list already. Withdraw that request first, or change it.", participant)
	}
	return []Event{&requested{ID: c.ID, Request: Request{
		Panel: panelID, Participant: participant, Kind: kind, BehalfOf: c.BehalfOf, Language: c.Language, Level: c.Level,
		Rank: s.nextPlace(panelID, kind), At: now, Note: c.Note, Speaker: c.Speaker, Session: by.joined(),
	}}}, nil
}

// requestOf is the request of a participant for a kind of intervention in a panel.
func (s *State) requestOf(panel, participant string, kind Kind) (id string, ok bool) {
	for id, r := range s.requests.m {
		if r.Participant == participant && r.Panel == panel && r.Kind == kind {
			return id, true
		}
	}
	return "", false
}

type requested struct {
	ID      string  `json:"id"`
	Request Request `json:"request"`
}

func (e *requested) apply(s *State, _ *Change) {
	s.requests.set(e.ID, e.Request)
	s.givePlace(e.Request.Panel)
	s.present(e.Request.Participant)
}

// givePlace counts the places given at the end of a panel's list, so that none is
// given twice.
func (s *State) givePlace(panel string) {
	p, _ := s.panels.get(panel)
	p.Places++
	s.panels.set(panel, p)
}

// Amend changes a request: its place (the chair), or what it says (its owner
// and the chair).
type Amend struct {
	Request  string  `json:"-"`
	Before   Before  `json:"before,omitzero"`
	Note     *string `json:"note,omitempty"`
	Speaker  *string `json:"speaker,omitempty"`
	Language *string `json:"language,omitempty"`
	Level    *Level  `json:"level,omitempty"` // "" for none
}

// Before is the place to which a request is moved. The zero value moves nothing.
type Before struct {
	Set bool
	ID  string // the request before which it is put, "" for the end of the list
}

// UnmarshalJSON reads an id, or null for the end of the list.
func (b *Before) UnmarshalJSON(data []byte) error {
	*b = Before{Set: true}
	if string(data) == "null" {
		return nil
	}
	if err := json.Unmarshal(data, &b.ID); err != nil {
		return err
	}
	if b.ID == "" {
		return errors.New("an empty id; null stands for the end of the list")
	}
	return nil
}

// MarshalJSON writes what UnmarshalJSON reads.
func (b Before) MarshalJSON() ([]byte, error) {
	if b.ID == "" {
		return []byte("null"), nil
	}
	return json.Marshal(b.ID)
}

// Validate checks ids, level and texts.
func (c *Amend) Validate() *Error {
	return first(
		optionalID("before", c.Before.ID),
		noteField("note", deref(c.Note)),
		lineField("speaker", deref(c.Speaker)),
		languageField(deref(c.Language)),
		levelField(deref(c.Level)),
	)
}

func (c *Amend) subject() string { return "amend " + c.Request }

func (c *Amend) decide(s *State, by Actor, _ int64) ([]Event, *Error) {
	r, ok := s.requests.get(c.Request)
	if !ok {
		return nil, noSuchRequest(c.Request)
	}
	var other Request
	if c.Before.ID != "" {
		if other, ok = s.requests.get(c.Before.ID); !ok {
			return nil, noSuchRequest(c.Before.ID)
		}
	}
	if by.Role != Chair && !by.owns(r.Participant, r.Session) {
		return nil, refuse(NotYours, "The request is not yours.")
	}
	if by.Role != Chair && c.Before.Set {
		return nil, refuse(NotYours, "Only the chair changes the order of the list.")
	}
	var events []Event
	if c.Before.Set {
		if c.Before.ID != "" && other.Panel != r.Panel {
			return nil, refuse(OtherPanel, "The request %q is on the list of another panel.", c.Before.ID)
		}
		if rank, last := s.rankBefore(c.Request, c.Before.ID); rank != r.Rank {
			events = append(events, &requestMoved{ID: c.Request, Rank: rank, Last: last})
		}
	}
	amended := r
	for _, f := range []struct {
		to *string
		is *string
	}{{c.Note, &amended.Note}, {c.Speaker, &amended.Speaker}, {c.Language, &amended.Language}} {
		if f.to != nil {
			*f.is = *f.to
		}
	}
	if c.Level != nil {
		amended.Level = *c.Level
	}
	if amended != r {
		events = append(events, &requestAmended{ID: c.Request, Note: amended.Note, Speaker: amended.Speaker, Language: amended.Language, Level: amended.Level})
	}
	return events, nil
}

// rankBefore is the rank that puts a request before another of its panel, or at
// the end where that is "", and whether that is a new place. It is the rank
// it has where it stands there already.
func (s *State) rankBefore(id, before string) (rank string, given bool) {
	r, list := s.requests.m[id], s.List(s.requests.m[id].Panel)
	to := len(list)
	if before != "" {
		to = slices.Index(list, before)
	}
	if at := slices.Index(list, id); to == at || to == at+1 {
		return r.Rank, false
	}
	previous, next := "", ""
	if to > 0 {
		previous = s.requests.m[list[to-1]].Rank
	}
	if to < len(list) {
		next = s.requests.m[before].Rank
	}
	return s.placeBetween(r.Panel, r.Kind, previous, next)
}

type requestMoved struct {
	ID   string `json:"id"`
	Rank string `json:"rank"`
	Last bool   `json:"last,omitempty"` // a new place was given
}

func (e *requestMoved) apply(s *State, _ *Change) {
	r, _ := s.requests.get(e.ID)
	r.Rank = e.Rank
	s.requests.set(e.ID, r)
	if e.Last {
		s.givePlace(r.Panel)
	}
}

type requestAmended struct {
	ID       string `json:"id"`
	Note     string `json:"note,omitempty"`
	Speaker  string `json:"speaker,omitempty"`
	Language string `json:"language,omitempty"`
	Level    Level  `json:"level,omitempty"`
}

func (e *requestAmended) apply(s *State, _ *Change) {
	r, _ := s.requests.get(e.ID)
	r.Note, r.Speaker, r.Language, r.Level = e.Note, e.Speaker, e.Language, e.Level
	s.requests.set(e.ID, r)
}

// Withdraw takes a request off the list: its owner withdraws it, the chair
// removes it.
type Withdraw struct {
	Request string `json:"-"`
}

// Validate finds nothing wrong: the request is looked up.
func (c *Withdraw) Validate() *Error { return nil }

func (c *Withdraw) subject() string { return "withdraw " + c.Request }

func (c *Withdraw) decide(s *State, by Actor, _ int64) ([]Event, *Error) {
	r, ok := s.requests.get(c.Request)
	if !ok {
		return nil, noSuchRequest(c.Request)
	}
	switch {
	case by.Role == Chair:
		return []Event{&requestRemoved{ID: c.Request, How: "removed"}}, nil
	case by.owns(r.Participant, r.Session):
		return []Event{&requestRemoved{ID: c.Request, How: "withdrawn"}}, nil
	default:
		return nil, refuse(NotYours, "The request is not yours. Only the phone that asked, the delegation's badge or the chair takes it off the list.")
	}
}

type requestRemoved struct {
	ID  string `json:"id"`
	How string `json:"how"` // withdrawn, or removed by the chair
}

func (e *requestRemoved) apply(s *State, _ *Change) { s.requests.remove(e.ID) }

func noSuchRequest(id string) *Error {
	return refuse(NoSuchRequest, "There is no request %q on the list. It may have been called, withdrawn or removed.", id)
}
