package queue

import (
	"slices"

	"rostrum/timer"
)

// Status says how far a panel is, or whether its list takes requests.
type Status string

// The states of a panel, and of its list, which is open or closed.
const (
	Open      Status = "open"
	Suspended Status = "suspended"
	Closed    Status = "closed"
)

// PanelState is a panel in a debate. It begins closed, with a closed list.
type PanelState struct {
	// Panel is how the panel is now. The chair may have set another limit than was planned.
	Panel
	Order  int
	Status Status
	List   Status
	// Used says that the chair has opened it, set something of it or made it the current one.
	Used bool
	// Places counts the places ever given at the end of the list.
	Places int64
	// Missed are the participants who were not in the room when they were called from the
	// list, in the order of these calls.
	Missed []string
	// Planned is the panel as the debate's file last gave it.
	Planned Panel
}

// SetPanel opens, suspends and closes a panel and its list, and sets the limit
// of its later interventions. Only the chair sends it.
type SetPanel struct {
	Panel  string `json:"-"`
	Status Status `json:"status,omitempty"`
	List   Status `json:"list,omitempty"`
	Limit  Limit  `json:"limit_ms,omitzero"`
	// Announce tells the room the limit.
	Announce bool `json:"announce,omitempty"`
}

// Validate checks the states and the limit.
func (c *SetPanel) Validate() *Error {
	if !slices.Contains([]Status{"", Open, Suspended, Closed}, c.Status) {
		return malformed("status", "The status of a panel is open, suspended or closed.")
	}
	if !slices.Contains([]Status{"", Open, Closed}, c.List) {
		return malformed("list", "A list is open or closed.")
	}
	if c.Announce && (!c.Limit.Set || c.Limit.None) {
		return malformed("announce", "Only a limit is announced: give it with limit_ms.")
	}
	return limitField(c.Limit)
}

func (c *SetPanel) subject() string { return "set panel " + c.Panel }

func (c *SetPanel) decide(s *State, _ Actor, now int64) ([]Event, *Error) {
	p, ok := s.panels.get(c.Panel)
	if !ok {
		return nil, noSuchPanel(c.Panel)
	}
	set := panelSet{ID: c.Panel, Status: p.Status, List: p.List, Limit: p.Limit}
	if c.Status != "" {
		set.Status = c.Status
	}
	if c.List != "" {
		set.List = c.List
	}
	if c.Limit.Set {
		set.Limit = c.Limit.MS
	}
	var announced []Event
	if c.Announce {
		if c.Panel != s.Panel {
			return nil, refuse(PanelChanged, "The panel is now %q. A limit is announced for the current panel.", s.Panel)
		}
		announced = []Event{s.announceLimit(set.Limit, now)}
	}
	if set.Status == p.Status && set.List == p.List && set.Limit == p.Limit {
		return announced, nil
	}
	holder := s.holderIn(c.Panel)
	if set.Status == Closed && p.Status != Closed && holder != nil {
		return nil, refuse(FloorHeld, "%s has the floor. End the intervention first, then close the panel.", holder.Participant)
	}
	events := []Event{&set}
	// Suspending holds a running countdown; reopening does not start it.
	if set.Status == Suspended && s.Floor != nil && s.Floor.Panel == c.Panel && s.Floor.Timer.State == timer.Running {
		events = append(events, &floorTimed{Timer: s.Floor.Timer.Pause(now)})
	}
	return append(events, announced...), nil
}

// holderIn is who has the floor in a panel, or is interrupted there, nil for
// nobody.
func (s *State) holderIn(panel string) *Floor {
	for _, f := range []*Floor{s.Floor, s.Interrupted} {
		if f != nil && f.Panel == panel {
			return f
		}
	}
	return nil
}

type panelSet struct {
	ID     string `json:"id"`
	Status Status `json:"status"`
	List   Status `json:"list"`
	Limit  int64  `json:"limit_ms,omitempty"`
}

func (e *panelSet) apply(s *State, _ *Change) {
	p, _ := s.panels.get(e.ID)
	p.Status, p.List, p.Limit, p.Used = e.Status, e.List, e.Limit, true
	s.panels.set(e.ID, p)
}

// SwitchPanel makes another panel the current one. Only the chair sends it.
type SwitchPanel struct {
	Panel string `json:"panel"`
}

// Validate checks the id.
func (c *SwitchPanel) Validate() *Error { return idField("panel", c.Panel) }

func (c *SwitchPanel) subject() string { return "switch panel" }

func (c *SwitchPanel) decide(s *State, _ Actor, _ int64) ([]Event, *Error) {
	if _, ok := s.panels.get(c.Panel); !ok {
		return nil, noSuchPanel(c.Panel)
	}
	if c.Panel == s.Panel {
		return nil, nil
	}
	if s.Floor != nil {
		return nil, refuse(FloorHeld, "%s has the floor. End the intervention first, then go to the other panel.", s.Floor.Participant)
	}
	events := []Event{&panelSwitched{Panel: c.Panel}}
	if s.Message != nil && s.Message.Kind == limitMessage {
		events = append(events, &messageSet{}) // it was the other panel's
	}
	return events, nil
}

type panelSwitched struct {
	Panel string `json:"panel"`
}

func (e *panelSwitched) apply(s *State, _ *Change) {
	p, _ := s.panels.get(e.Panel)
	p.Used = true
	s.panels.set(e.Panel, p)
	s.Panel = e.Panel
}

func noSuchPanel(id string) *Error {
	return refuse(NoSuchPanel, "There is no panel %q in this debate.", id)
}
