package server

import (
	"rostrum/queue"
	"rostrum/timer"
)

// audience is a kind of reader: all its screens are shown the same.
type audience int

const (
	public   audience = iota // delegates and everybody else
	display                  // the screens of the room
	officers                 // chair and rapporteur
	audiences
)

func (a audience) String() string {
	return [...]string{"public", "display", "officers"}[a]
}

// view is what an audience sees of a state: the wire format's state. What is
// not, is absent.
type view struct {
	Rehearsal   bool                    `json:"rehearsal,omitempty"`
	Debate      debateView              `json:"debate"`
	Panel       string                  `json:"panel"`
	Panels      map[string]panelView    `json:"panels"`
	Requests    map[string]requestView  `json:"requests"`
	Floor       *floorView              `json:"floor,omitempty"`
	Interrupted *floorView              `json:"interrupted,omitempty"`
	Spoken      map[string]queue.Spoken `json:"spoken"`
	// Absent are those who were taken off a list because they were not in the room.
	Absent  map[string]queue.Absence `json:"absent,omitempty"`
	Message *queue.Message           `json:"message,omitempty"`
	Ruled   *ruledView               `json:"ruled,omitempty"`
	Join    *joinView                `json:"join,omitempty"`
	// WiFi is for the screens of the room and the officers.
	WiFi  *wifiView  `json:"wifi,omitempty"`
	Clock *clockView `json:"clock,omitempty"`
	// Outage is the officers' alone, as is Undo.
	Outage *queue.Outage `json:"outage,omitempty"`
	Sleep  *queue.Sleep  `json:"sleep,omitempty"`
	// ClockAhead is by how much the machine's clock is ahead of the debate's instants, for all who show the time of day, and
	// ClockSteps are its settings, for the officers alone.
	ClockAhead int64             `json:"clock_ahead_ms,omitempty"`
	ClockSteps []queue.ClockStep `json:"clock_steps,omitempty"`
	Undo       *undoView         `json:"undo,omitempty"`
	// Claims are those that wait for the chair; they are the officers' alone.
	Claims map[string]claimView `json:"claims,omitempty"`
	// Statements and Record are the officers' alone.
	Statements map[string]statementView `json:"statements,omitempty"`
	Record     map[string]entryView     `json:"record,omitzero"`
}

type debateView struct {
	ID        string        `json:"id"`
	Title     string        `json:"title"`
	Venue     string        `json:"venue,omitempty"`
	Date      string        `json:"date,omitempty"`
	Timezone  string        `json:"timezone,omitempty"`
	Offsets   []offsetView  `json:"utc_offsets,omitempty"`
	Languages []string      `json:"languages"`
	Roster    string        `json:"roster"`
	Papers    []queue.Paper `json:"papers,omitempty"`
	// Groups are names by language, by the group's id.
	Groups       map[string]map[string]string `json:"groups,omitempty"`
	RightOfReply queue.Replies                `json:"right_of_reply"`
}

type panelView struct {
	Title      string       `json:"title"`
	Theme      string       `json:"theme,omitempty"`
	Order      int          `json:"order"`
	Moderator  string       `json:"moderator,omitempty"`
	Panellists []string     `json:"panellists,omitempty"`
	Status     queue.Status `json:"status"`
	List       queue.Status `json:"list"`
	NoList     bool         `json:"no_list,omitempty"`
	Limit      int64        `json:"limit_ms,omitempty"`
	// Response is the limit of responses where they have one of their own, 0 for none.
	Response *int64 `json:"response_limit_ms,omitempty"`
	Warn     int64  `json:"warn_ms"`
	Starts   int64  `json:"starts_ms,omitempty"`
	Ends     int64  `json:"ends_ms,omitempty"`
}

func ofResponses(p queue.PanelState) *int64 {
	if !p.ResponseLimit.Set {
		return nil
	}
	return &p.ResponseLimit.MS
}

type requestView struct {
	Panel       string      `json:"panel"`
	Participant string      `json:"participant"`
	Kind        queue.Kind  `json:"kind"`
	BehalfOf    string      `json:"behalf_of,omitempty"`
	Language    string      `json:"language,omitempty"`
	Level       queue.Level `json:"level,omitempty"`
	Rank        string      `json:"rank"`
	At          int64       `json:"at_ms"`
	Absent      int         `json:"absent,omitempty"`
	// Exchange is the request for whose place this one offers its own.
	Exchange string `json:"exchange,omitempty"`
	// Note is the officers' alone; the screens of the room see the Speaker too.
	Note    string `json:"note,omitempty"`
	Speaker string `json:"speaker,omitempty"`
}

type floorView struct {
	ID          string          `json:"id"`
	Participant string          `json:"participant"`
	Kind        queue.Kind      `json:"kind"`
	BehalfOf    string          `json:"behalf_of,omitempty"`
	Speaker     string          `json:"speaker,omitempty"`
	Language    string          `json:"language,omitempty"`
	Level       queue.Level     `json:"level,omitempty"`
	Panel       string          `json:"panel"`
	Timer       timer.Countdown `json:"timer"`
}

// ruledView is the chair's ruling on a point of order, until the debate goes on.
type ruledView struct {
	ID          string       `json:"id"` // the intervention's
	Participant string       `json:"participant"`
	Ruling      queue.Ruling `json:"ruling"`
	At          int64        `json:"at_ms"`
}

// joinView is how those in the room join.
type joinView struct {
	Code  string `json:"code,omitempty"`     // none while it is off
	URL   string `json:"url"`                // with the join token, while it is not off
	Until int64  `json:"until_ms,omitempty"` // when the code changes
	Every int64  `json:"every_ms,omitempty"`
	Off   bool   `json:"off,omitempty"`
}

// claimView is a claim by the join code that the chair has not confirmed.
type claimView struct {
	At      int64  `json:"at_ms"`
	Session string `json:"session"`
}

type wifiView struct {
	Name     string `json:"name"`
	Password string `json:"password,omitempty"`
}

type clockView struct {
	HeldAt int64 `json:"held_at_ms"`
}

// undoView is what an undo would take back.
type undoView struct {
	ID          string `json:"id"`
	What        string `json:"what"`
	Participant string `json:"participant,omitempty"`
	Panel       string `json:"panel,omitempty"`
}

// entryView is an entry of the record. The intervention on the floor is one without
// an end.
type entryView struct {
	Panel       string             `json:"panel"`
	Participant string             `json:"participant"`
	Kind        queue.Kind         `json:"kind"`
	BehalfOf    string             `json:"behalf_of,omitempty"`
	Speaker     string             `json:"speaker,omitempty"`
	Language    string             `json:"language,omitempty"`
	Asked       int64              `json:"asked_ms,omitempty"`
	Recognised  int64              `json:"recognised_ms"`
	Started     int64              `json:"started_ms,omitempty"`
	Limit       int64              `json:"limit_ms,omitempty"`
	Ended       int64              `json:"ended_ms,omitempty"`
	Used        int64              `json:"used_ms"` // 0 until it has ended
	End         queue.End          `json:"end,omitempty"`
	Ruling      queue.Ruling       `json:"ruling,omitempty"`
	Note        queue.Note         `json:"note,omitzero"`
	Corrections []queue.Correction `json:"corrections,omitempty"`
}

// viewer computes what the audiences of one debate see.
type viewer struct {
	epoch string
	keys  Keys
	join  string // the address for delegates
	zones *zones
	// release is of the pages that this server has.
	release string
	// rehearsal says that nothing of the debate will be kept.
	rehearsal bool
}

func (v viewer) debate(s *queue.State) debateView {
	d := s.Debate
	out := debateView{
		ID: d.ID, Title: d.Title, Venue: d.Venue, Date: d.Date, Timezone: d.Timezone, Offsets: v.zones.offsets(s),
		Languages: d.Languages, Roster: rosterTag(v.epoch, s), Papers: d.Papers, RightOfReply: d.Replies(),
	}
	if len(d.Groups) > 0 {
		out.Groups = make(map[string]map[string]string, len(d.Groups))
	}
	for _, g := range d.Groups {
		out.Groups[g.ID] = g.Names
	}
	return out
}

func (v viewer) of(s *queue.State, a audience) view {
	out := v.withoutRecord(s, a)
	if a == officers {
		out.Record = make(map[string]entryView)
		for _, i := range s.Ended() {
			out.Record[i.ID] = endedView(s, i)
		}
		for _, f := range []*queue.Floor{s.Floor, s.Interrupted} {
			if f != nil {
				out.Record[f.ID] = liveView(s, f)
			}
		}
	}
	return out
}

func (v viewer) withoutRecord(s *queue.State, a audience) view {
	out := view{
		Rehearsal: v.rehearsal,
		Debate:    v.debate(s), Panel: s.Panel,
		Panels:   make(map[string]panelView, len(s.Panels())),
		Requests: make(map[string]requestView, len(s.Requests())),
		Floor:    onFloor(s.Floor), Interrupted: onFloor(s.Interrupted),
		Spoken: s.Spoken(), Absent: s.Absent(), Message: s.Message, Ruled: ruled(s), ClockAhead: s.ClockAhead(),
	}
	if out.Spoken == nil {
		out.Spoken = map[string]queue.Spoken{}
	}
	for id, p := range s.Panels() {
		out.Panels[id] = panelView{
			Title: p.Title, Theme: p.Theme, Order: p.Order, Moderator: p.Moderator, Panellists: p.Panellists,
			Status: p.Status, List: p.List, NoList: p.NoList, Limit: p.Limit, Response: ofResponses(p), Warn: p.Warn, Starts: p.Starts, Ends: p.Ends,
		}
	}
	for id, r := range s.Requests() {
		shown := onList(r, a)
		shown.Exchange = s.Offers()[id]
		out.Requests[id] = shown
	}
	if a != public {
		join := v.joining(s)
		out.Join = &join
		if w := s.Debate.WiFi; w != nil {
			out.WiFi = &wifiView{Name: w.Name, Password: w.Password}
		}
	}
	if a == officers {
		out.Claims = pending(s)
		out.Statements = make(map[string]statementView, len(s.Statements()))
		for id, is := range s.Statements() {
			out.Statements[id] = stated(id, is)
		}
	}
	if a == officers && s.HeldAt != 0 {
		out.Clock = &clockView{HeldAt: s.HeldAt}
	}
	if a == officers {
		out.Outage, out.Sleep, out.ClockSteps = s.Outage, s.Sleep, s.ClockSteps
	}
	if last := s.Undoable(); a == officers && last != nil {
		out.Undo = &undoView{ID: last.ID, What: last.What, Participant: last.Participant, Panel: last.Panel}
	}
	return out
}

func (v viewer) joining(s *queue.State) joinView {
	join := s.Join()
	out := joinView{URL: v.join, Every: s.JoinEvery(), Off: join.Off}
	if !join.Off {
		out.Code, out.Until = v.keys.JoinCode(s.Debate.ID, join.Number), join.Until
		out.URL += "#code=" + v.keys.JoinToken(s.Debate.ID, join.Number)
	}
	return out
}

// pending are the claims that the chair has not confirmed, but for those of participants who
// are not on the roster any more: nothing can be answered to them.
func pending(s *queue.State) map[string]claimView {
	if !s.Debate.Join.Confirm {
		return nil
	}
	var out map[string]claimView
	for participant, c := range s.Claims() {
		if _, ok := s.Participants()[participant]; c.Accepted || !ok {
			continue
		}
		if out == nil {
			out = make(map[string]claimView)
		}
		out[participant] = claimView{c.At, c.Session}
	}
	return out
}

func onList(r queue.Request, a audience) requestView {
	shown := requestView{
		Panel: r.Panel, Participant: r.Participant, Kind: r.Kind, BehalfOf: r.BehalfOf,
		Language: r.Language, Level: r.Level, Rank: r.Rank, At: r.At, Absent: r.Absent,
	}
	if a != public {
		shown.Speaker = r.Speaker
	}
	if a == officers {
		shown.Note = r.Note
	}
	return shown
}

func onFloor(f *queue.Floor) *floorView {
	if f == nil {
		return nil
	}
	return &floorView{
		ID: f.ID, Participant: f.Participant, Kind: f.Kind, BehalfOf: f.BehalfOf,
		Speaker: f.Speaker, Language: f.Language, Level: f.Level, Panel: f.Panel, Timer: f.Timer,
	}
}

func ruled(s *queue.State) *ruledView {
	i := s.Ruled()
	if i == nil {
		return nil
	}
	return &ruledView{ID: i.ID, Participant: i.Participant, Ruling: i.Ruling, At: i.Ended}
}

func liveView(s *queue.State, f *queue.Floor) entryView {
	return entryView{
		Panel: f.Panel, Participant: f.Participant, Kind: f.Kind, BehalfOf: f.BehalfOf, Speaker: f.Speaker, Language: f.Language,
		Asked: f.Asked, Recognised: f.Recognised, Started: f.Started, Limit: f.Timer.Limit, Note: s.Notes()[f.ID],
	}
}

func endedView(s *queue.State, i queue.Intervention) entryView {
	e := liveView(s, &i.Floor)
	e.Corrections = s.Corrections()[i.ID]
	e.Ended, e.Used, e.End, e.Ruling = i.Ended, i.Used, i.How, i.Decision()
	return e
}
