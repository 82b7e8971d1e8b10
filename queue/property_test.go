package queue_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rostrum/queue"
	"rostrum/timer"
)

// Any sequence of commands, valid and not, new and repeated, keeps the invariants of a
// debate; and its journal gives the same debate again.
func TestAnySequenceOfCommands(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := &hubbub{debate: begin(t, new(memory), nil), answered: make(map[string]sent)}
		h.watch()
		if rapid.IntRange(0, 9).Draw(t, "from the beginning") > 0 {
			h.send(t, sent{by: server, c: &queue.Load{Programme: thematicDebate()}})
			h.send(t, sent{by: chair, c: &queue.SwitchPanel{Panel: "morning"}})
			h.send(t, sent{by: chair, c: &queue.SetPanel{Panel: "morning", Status: queue.Open, List: queue.Open}})
		}
		t.Repeat(map[string]func(*rapid.T){
			"":                 func(t *rapid.T) { h.wantInvariants(t) },
			"ask":              func(t *rapid.T) { h.send(t, h.asking(t)) },
			"call":             func(t *rapid.T) { h.send(t, h.calling(t)) },
			"move":             func(t *rapid.T) { h.send(t, h.moving(t)) },
			"note":             func(t *rapid.T) { h.send(t, h.noting(t)) },
			"state":            func(t *rapid.T) { h.send(t, h.stating(t)) },
			"correct":          func(t *rapid.T) { h.send(t, h.correcting(t)) },
			"correct too soon": h.correctTooSoon,
			"list":             func(t *rapid.T) { h.send(t, h.listing(t)) },
			"access":           func(t *rapid.T) { h.send(t, h.admitting(t)) },
			"other":            func(t *rapid.T) { h.send(t, h.anything(t)) },
			"other2":           func(t *rapid.T) { h.send(t, h.anything(t)) },
			"repeat": func(t *rapid.T) {
				if len(h.sent) == 0 {
					t.Skip("nothing was sent")
				}
				again := rapid.SampledFrom(h.sent).Draw(t, "again")
				if rapid.IntRange(0, 3).Draw(t, "as another") == 0 {
					again.by = anyone.Draw(t, "by")
				}
				h.send(t, again)
			},
			"time": func(t *rapid.T) { h.wait(rapid.Int64Range(-minute, 5*minute).Draw(t, "ms")) },
		})
		h.stop()
		h.wantPublishedUnchanged(t)
		h.wantReplayed(t)
	})
}

// hubbub is a debate in which anybody sends anything, and what is known of it.
type hubbub struct {
	*debate
	sent      []sent
	answered  map[string]sent // by key, with the first answer
	ids       int
	published []publication
	corrected map[string]int // how often an intervention was

	// What the journal says, as far as it was read.
	read          int
	changes, last int64
}

type sent struct {
	by     queue.Actor
	key    string
	c      queue.Command
	answer queue.Answer
}

// id is under which key the command is remembered, "" for none.
func (s sent) id() string {
	switch c := s.c.(type) {
	case *queue.Ask:
		return c.ID
	case *queue.Recognise:
		return c.ID
	case *queue.AddParticipant:
		return c.ID
	case *queue.AddStatement:
		return c.ID
	case *queue.Undo:
		return c.ID
	case *queue.Carry:
		return c.ID
	case *queue.RenewLink:
		return c.ID
	case *queue.RenewBadges:
		return c.ID
	}
	return s.key
}

type publication struct {
	state *queue.State
	dump  string
}

// watch keeps what is published, as it is when it is published.
func (h *hubbub) watch() {
	s := h.state()
	if n := len(h.published); n == 0 || h.published[n-1].state != s {
		h.published = append(h.published, publication{s, queue.Dump(s)})
	}
}

// send sends a command and checks what can be said of any.
func (h *hubbub) send(t *rapid.T, s sent) {
	before, entries := h.state(), h.journal.len()
	answer, err := h.submit(s.by, s.key, s.c)
	after := h.state()
	h.sent = append(h.sent, s)
	defer h.watch()

	first, known := h.answered[s.id()]
	var refusal *queue.Error
	switch {
	case err != nil:
		if !errors.As(err, &refusal) {
			t.Fatalf("%+v fails: %v", s.c, err)
		}
		if after != before || h.journal.len() != entries {
			t.Fatalf("%T %+v is refused (%v) and changes something", s.c, s.c, err)
		}
		if known && refusal.Code != queue.IDReused && refusal.Code != queue.Malformed {
			t.Fatalf("%T %+v with an id that is known is refused with %s", s.c, s.c, refusal.Code)
		}
		if refusal.Code == queue.IDReused && (!known || first.by == s.by && reflect.DeepEqual(first.c, s.c)) {
			t.Fatalf("%T %+v: the id is not reused", s.c, s.c)
		}
	case known && s.id() != "":
		if first.by != s.by || !reflect.DeepEqual(first.c, s.c) {
			t.Fatalf("%T %+v by %s is taken for a repeat of %T %+v by %s", s.c, s.c, s.by, first.c, first.c, first.by)
		}
		want := first.answer
		want.Repeated, want.Written = true, 0
		if diff := gocmp.Diff(want, answer); diff != "" {
			t.Fatalf("a repeat gets another answer (-first +again):\n%s", diff)
		}
		if after != before || h.journal.len() != entries {
			t.Fatalf("the repeat of %T %+v changes something", s.c, s.c)
		}
	default:
		changed := after.Seq - before.Seq
		if changed != 0 && changed != 1 || answer.Seq != after.Seq || answer.Repeated {
			t.Fatalf("%T %+v: seq goes from %d to %d, the answer is %+v", s.c, s.c, before.Seq, after.Seq, answer)
		}
		if changed == 0 && s.id() == "" && after != before {
			t.Fatalf("%T %+v changes nothing and is kept", s.c, s.c)
		}
		if c, ok := s.c.(*queue.Correct); ok && changed == 1 {
			if h.corrected == nil {
				h.corrected = make(map[string]int)
			}
			h.corrected[c.Intervention]++
		}
		if s.id() != "" {
			s.answer = answer
			h.answered[s.id()] = s
		}
	}
}

// wantInvariants checks what holds in every state.
func (h *hubbub) wantInvariants(t *rapid.T) {
	s := h.state()

	// The journal: seq counts the entries that changed something; instants never go back.
	for _, entry := range h.journal.first(h.journal.len()).entries[h.read:] {
		h.read++
		n, events, at, err := queue.Outcome(entry)
		if err != nil {
			t.Fatalf("entry %d: %v", h.read, err)
		}
		if events > 0 {
			h.changes++
		}
		if n != h.changes || at < h.last {
			t.Fatalf("entry %d makes state %d at %d; want state %d, not before %d", h.read, n, at, h.changes, h.last)
		}
		h.last = at
	}
	if s.Seq != h.changes || s.Last != h.last || s.Entries != int64(h.read) {
		t.Fatalf("the state has seq %d, instant %d and %d entries; want %d, %d, %d", s.Seq, s.Last, s.Entries, h.changes, h.last, h.read)
	}

	// The join code: one that is on is not past its time for long, and none before it is
	// accepted once it was renewed.
	if j := s.Join(); j.Until < 0 || j.BeforeUntil > j.Until && j.Until != 0 && j.Number == 0 || j.Off != (len(s.JoinNumbers(s.Last)) == 0) {
		t.Fatalf("the join code is %+v, accepted are %v", j, s.JoinNumbers(s.Last))
	}

	// The list: its places are all different, and so are its requests.
	places, requests := make(map[string]string), make(map[string]string)
	for id, r := range s.Requests() {
		place := r.Panel + " " + r.Rank
		of := fmt.Sprint(r.Panel, " ", r.Participant, " ", r.Kind)
		if places[place] != "" || requests[of] != "" {
			t.Fatalf("%s has the place of %q or asks as %q does", id, places[place], requests[of])
		}
		places[place], requests[of] = id, id
		if strings.Trim(r.Rank, rankDigits) != "" || r.Rank == "" || r.At > s.Last {
			t.Fatalf("%s is at %q, asked at %d", id, r.Rank, r.At)
		}
		wantKnown(t, s, r.Panel, r.Participant)
	}

	if m := s.Message; m != nil && m.Kind == "limit" && m.Limit != s.Panels()[s.Panel].Limit {
		t.Fatalf("%q is announced in a panel of %d ms", m.Text, s.Panels()[s.Panel].Limit)
	}
	if o := s.Outage; o != nil && (o.To-o.From < second || s.Floor == nil ||
		s.Floor.ID != o.Floor && (s.Interrupted == nil || s.Interrupted.ID != o.Floor)) {
		t.Fatalf("the outage is %+v", o)
	}
	if o := s.Sleep; o != nil && (o.To < o.From || s.Floor == nil ||
		s.Floor.ID != o.Floor && (s.Interrupted == nil || s.Interrupted.ID != o.Floor)) {
		t.Fatalf("the sleep is %+v", o)
	}
	for i, step := range s.ClockSteps {
		if step.By == 0 || step.At > s.Last || step.Followed > s.Last || i > 0 && step.Followed != 0 && s.ClockSteps[i-1].Followed == 0 {
			t.Fatalf("the settings of the clock are %+v", s.ClockSteps)
		}
	}
	for from, to := range s.Offers() {
		r, ok := s.Requests()[from]
		if other, there := s.Requests()[to]; !ok || !there || r.Panel != other.Panel || r.Kind != queue.Regular || other.Kind != queue.Regular || from == to {
			t.Fatalf("%s offers its place for that of %s", from, to)
		}
	}
	for participant, a := range s.Absent() {
		wantKnown(t, s, a.Panel, participant)
	}

	// The floor.
	if s.Panel == "" && len(s.Panels()) > 0 || s.Panel != "" && s.Panels()[s.Panel].ID != s.Panel {
		t.Fatalf("the current panel is %q", s.Panel)
	}
	if s.Floor == nil && (s.Interrupted != nil || s.HeldAt != 0) {
		t.Fatalf("nobody has the floor; interrupted is %+v, held at %d", s.Interrupted, s.HeldAt)
	}
	for _, f := range []*queue.Floor{s.Floor, s.Interrupted} {
		if f == nil {
			continue
		}
		wantKnown(t, s, f.Panel, f.Participant)
		if _, ok := s.Requests()[f.Request]; ok {
			t.Fatalf("%s has the floor by %s, which is on the list", f.ID, f.Request)
		}
		running := f.Timer.State == timer.Running
		switch status := s.Panels()[f.Panel].Status; {
		case f.Panel != s.Panel:
			t.Fatalf("%s has the floor in %s, and the panel is %s", f.ID, f.Panel, s.Panel)
		case status == queue.Closed || status == queue.Suspended && running:
			t.Fatalf("%s has the floor, %s, and the panel is %s", f.ID, f.Timer.State, status)
		case running && (f.Timer.Since > s.Last || s.HeldAt != 0):
			t.Fatalf("the countdown of %s runs since %d; it is %d, held at %d", f.ID, f.Timer.Since, s.Last, s.HeldAt)
		case f.Timer.Limit != 0 && (f.Timer.Limit < timer.MinLimit || f.Timer.Limit > timer.MaxLimit) || f.Timer.Used < 0:
			t.Fatalf("the countdown of %s is %+v", f.ID, f.Timer)
		case (f.Started == 0) != (f.Timer.State == timer.Ready):
			t.Fatalf("%s was started at %d and is %s", f.ID, f.Started, f.Timer.State)
		}
	}
	if i := s.Interrupted; i != nil && (s.Floor.Kind != queue.PointOfOrder || i.Kind == queue.PointOfOrder || i.Timer.State == timer.Running) {
		t.Fatalf("%s, %s, %s, is interrupted by %s, %s", i.ID, i.Kind, i.Timer.State, s.Floor.ID, s.Floor.Kind)
	}

	// The record, and what is folded from it.
	spoken := make(map[string]queue.Spoken)
	interventions := make(map[string]bool)
	var ended int64
	for _, i := range s.Ended() {
		corrected := len(s.Corrections()[i.ID]) > 0
		if i.Ended < i.Recognised || i.Ended < ended && !corrected || i.Recognised < i.Asked || i.Used < 0 || i.Used > i.Ended-i.Recognised || interventions[i.ID] {
			t.Fatalf("the record has %+v", i)
		}
		if n := len(s.Corrections()[i.ID]); n != h.corrected[i.ID] { // whatever was taken back meanwhile
			t.Fatalf("%s was corrected %d times, and has %d corrections", i.ID, h.corrected[i.ID], n)
		}
		interventions[i.ID] = true
		if !corrected {
			ended = i.Ended
		}
		was := spoken[i.Participant]
		spoken[i.Participant] = queue.Spoken{Times: was.Times + 1, Used: was.Used + i.Used}
		wantKnown(t, s, i.Panel, i.Participant)
	}
	if !maps.Equal(spoken, s.Spoken()) {
		t.Fatalf("spoken is %v, and the record says %v", s.Spoken(), spoken)
	}
	for _, f := range []*queue.Floor{s.Floor, s.Interrupted} {
		if f != nil {
			interventions[f.ID] = true
		}
	}
	for id, n := range s.Notes() {
		// One whose recognition was undone keeps its note, and nothing else may have one.
		called := interventions[id] || slices.ContainsFunc(h.sent, func(s sent) bool {
			c, ok := s.c.(*queue.Recognise)
			return ok && c.ID == id
		})
		if !called || n.Revision < 1 {
			t.Fatalf("a note, revision %d, stands against %q", n.Revision, id)
		}
	}
}

func wantKnown(t *rapid.T, s *queue.State, panel, participant string) {
	if _, ok := s.Panels()[panel]; !ok {
		t.Fatalf("the panel %q is gone", panel)
	}
	if _, ok := s.Participants()[participant]; !ok {
		t.Fatalf("the participant %q is gone", participant)
	}
}

// wantPublishedUnchanged checks that no state changed after it was published.
func (h *hubbub) wantPublishedUnchanged(t *rapid.T) {
	for _, p := range h.published {
		if diff := gocmp.Diff(p.dump, queue.Dump(p.state)); diff != "" {
			t.Fatalf("state %d changed after it was published:\n%s", p.state.Seq, diff)
		}
	}
}

// wantReplayed checks that the journal gives the same state, from its beginning and from
// any snapshot on, and that its entries say the same when they are decoded and
// encoded again.
func (h *hubbub) wantReplayed(t *rapid.T) {
	want := h.room.Working()
	if diff := queue.Diff(want, replayed(t, h.journal, nil)); diff != "" {
		t.Fatalf("the replay gives another state (-decided +replayed):\n%s", diff)
	}
	n := rapid.IntRange(0, h.journal.len()).Draw(t, "snapshot after")
	file := snapshotOf(t, replayed(t, h.journal.first(n), nil))
	if diff := queue.Diff(want, replayed(t, h.journal, file)); diff != "" {
		t.Fatalf("the snapshot after %d and the rest give another state (-decided +replayed):\n%s", n, diff)
	}
	for i, entry := range h.journal.entries {
		again, err := queue.Recode(entry)
		if err != nil {
			t.Fatalf("entry %d: %v", i+1, err)
		}
		if string(again) != string(entry) {
			t.Fatalf("entry %d is another when it is written again:\n%s\n%s", i+1, entry, again)
		}
	}
}

// After each command of a whole debate the state is published and never changes, and a
// snapshot and the rest of the journal give the same debate.
func TestADebateIsTheSameFromEachOfItsSnapshots(t *testing.T) {
	d := begin(t, new(memory), nil)
	h := &hubbub{debate: d}
	for _, s := range journalV1 {
		d.doOnce(s.by, s.key, s.c)
		d.wait(10 * second)
		h.watch()
	}
	d.stop()
	for _, p := range h.published {
		if diff := gocmp.Diff(p.dump, queue.Dump(p.state)); diff != "" {
			t.Errorf("state %d changed after it was published:\n%s", p.state.Seq, diff)
		}
	}
	for n := range d.journal.len() + 1 {
		before := replayed(t, d.journal.first(n), nil)
		file := snapshotOf(t, before)
		if diff := queue.Diff(before, replayed(t, d.journal.first(n), file)); diff != "" {
			t.Errorf("the snapshot of entry %d is another state (-before +after):\n%s", n, diff)
		}
		if diff := queue.Diff(d.room.Working(), replayed(t, d.journal, file)); diff != "" {
			t.Errorf("from the snapshot of entry %d on the debate is another (-decided +replayed):\n%s", n, diff)
		}
	}
}

// replayed is the state that a journal gives, from a snapshot on where there is one.
func replayed(t tb, journal *memory, snapshots queue.Snapshots) *queue.State {
	t.Helper()
	room, err := queue.NewRoom(context.Background(), journal, snapshots, quiet())
	if err != nil {
		t.Fatalf("replaying: %v", err)
	}
	return room.Working()
}

func snapshotOf(t tb, s *queue.State) *onFile {
	t.Helper()
	snapshot, err := queue.Snapshot(s)
	if err != nil {
		t.Fatal(err)
	}
	return &onFile{s.Entries, snapshot}
}

// What the hubbub is made of: few ids, so that they meet.
var (
	anyone = rapid.SampledFrom([]queue.Actor{
		chair, chair, chair, rapporteur, kenya, brazil, phone("ken", "a"), phone("ken", "b"), phone("bra", "a"), badge("fra"), badge("ngo"),
	})
	someParticipant = rapid.SampledFrom([]string{"ken", "bra", "fra", "phl", "ngo", "unknown"})
	somePanel       = rapid.SampledFrom([]string{"morning", "afternoon", "opening", "evening"})
	someKind        = rapid.SampledFrom([]queue.Kind{"", "", queue.Regular, queue.Response, queue.RightOfReply, queue.PointOfOrder, queue.PointOfOrder, queue.Address, "speech"})
	someLevel       = rapid.SampledFrom([]queue.Level{"", "", queue.HeadOfState, queue.HeadOfGovernment, queue.Minister, "king"})
	someOrdering    = rapid.SampledFrom([]queue.Ordering{queue.ByAsking, queue.NotSpokenFirst, queue.ByCategories, queue.ByGroups, queue.ByPrecedence})
	someText        = rapid.SampledFrom([]string{"", "n", "on victims", "a\nb", "\u202e", "<b>é</b>"})
	someLimit       = rapid.SampledFrom([]queue.Limit{{}, {}, {Set: true, None: true}, {Set: true, MS: second}, {Set: true, MS: 5 * minute}, {Set: true, MS: 1}})
	someFile        = rapid.Custom(func(t *rapid.T) queue.Programme {
		p := thematicDebate()
		p.Debate.Join.Confirm = rapid.IntRange(0, 3).Draw(t, "claims are confirmed") == 0
		p.Debate.Title = rapid.SampledFrom([]string{"Human trafficking", "Trafficking in persons"}).Draw(t, "title")
		p.Participants = append(p.Participants, queue.Participant{ID: "ngo", Names: map[string]string{"en": "The file's"}, Category: "media"})
		p.Participants = slices.DeleteFunc(p.Participants, func(q queue.Participant) bool {
			return rapid.IntRange(0, 3).Draw(t, "leave out "+q.ID) == 0
		})
		if rapid.Bool().Draw(t, "limits") {
			p.Debate.Limits = []queue.LimitRule{{Category: "member_state", First: 2 * minute, Later: minute}, {Participant: "ken", First: 5 * minute, Later: second}}
			p.Debate.RightOfReply = queue.Replies{First: minute, AtMost: 1}
			p.Panels[1].ResponseLimit = rapid.SampledFrom([]queue.Limit{{Set: true, None: true}, {Set: true, MS: minute}}).Draw(t, "of responses")
		}
		p.Panels[1].Limit = rapid.SampledFrom([]int64{0, minute, 3 * minute}).Draw(t, "limit")
		p.Panels = slices.DeleteFunc(p.Panels, func(q queue.Panel) bool {
			return rapid.IntRange(0, 3).Draw(t, "leave out "+q.ID) == 0
		})
		if len(p.Panels) > 1 && rapid.Bool().Draw(t, "reversed") {
			slices.Reverse(p.Panels)
		}
		return p
	})
)

// oneOf draws one of the ids, or, now and then, one that stands for nothing.
func oneOf(t *rapid.T, label string, ids []string) string {
	slices.Sort(ids)
	return rapid.SampledFrom(append(ids, "nothing")).Draw(t, label)
}

func (h *hubbub) request(t *rapid.T) string {
	return oneOf(t, "request", slices.Collect(maps.Keys(h.state().Requests())))
}

func (h *hubbub) intervention(t *rapid.T) string {
	var ids []string
	for _, f := range []*queue.Floor{h.state().Floor, h.state().Interrupted} {
		if f != nil {
			ids = append(ids, f.ID)
		}
	}
	for _, i := range h.state().Ended() {
		ids = append(ids, i.ID)
	}
	return oneOf(t, "intervention", ids)
}

// newID is an id that nobody had, or one of those before.
func (h *hubbub) newID(t *rapid.T) string {
	if h.ids > 0 && rapid.IntRange(0, 9).Draw(t, "an old id") == 0 {
		return fmt.Sprint("id", rapid.IntRange(1, h.ids).Draw(t, "id"))
	}
	h.ids++
	return fmt.Sprint("id", h.ids)
}

// key is an Idempotency-Key, where the command has one.
func (h *hubbub) key(t *rapid.T) string {
	if rapid.Bool().Draw(t, "with a key") {
		return h.newID(t)
	}
	return ""
}

func (h *hubbub) asking(t *rapid.T) sent {
	by := anyone.Draw(t, "by")
	return sent{by: by, key: h.key(t), c: &queue.Ask{
		ID: h.newID(t), Participant: cmp.Or(by.Participant, someParticipant.Draw(t, "participant")), Kind: someKind.Draw(t, "kind"),
		Panel: rapid.SampledFrom([]string{"", "", "", "morning", "afternoon", "evening"}).Draw(t, "panel"),
		Note:  someText.Draw(t, "note"), Speaker: someText.Draw(t, "speaker"), BehalfOf: someText.Draw(t, "behalf of"),
		Language: rapid.SampledFrom([]string{"", "fr", "?"}).Draw(t, "language"), Level: someLevel.Draw(t, "level"),
	}}
}

func (h *hubbub) calling(t *rapid.T) sent {
	c := &queue.Recognise{ID: h.newID(t), Limit: someLimit.Draw(t, "limit")}
	if rapid.Bool().Draw(t, "by request") {
		c.Request = h.request(t)
	} else {
		c.Participant, c.Kind = someParticipant.Draw(t, "participant"), someKind.Draw(t, "kind")
	}
	c.Start = rapid.SampledFrom([]*bool{nil, nil, to(true), to(false)}).Draw(t, "start")
	if rapid.IntRange(0, 3).Draw(t, "instead of") == 0 {
		c.InsteadOf = to("")
		if f := h.state().Floor; f != nil && rapid.Bool().Draw(t, "seen") {
			c.InsteadOf = to(f.ID)
		}
	}
	return sent{by: chair, key: h.key(t), c: c}
}

func (h *hubbub) moving(t *rapid.T) sent {
	c := &queue.Amend{Request: h.request(t), Before: queue.Before{Set: true}}
	if rapid.Bool().Draw(t, "before one") {
		c.Before.ID = h.request(t)
	}
	return sent{by: chair, key: h.key(t), c: c}
}

// listing is a command about the list as a whole.
func (h *hubbub) listing(t *rapid.T) sent {
	s := sent{by: chair, key: h.key(t)}
	switch rapid.IntRange(0, 7).Draw(t, "command") {
	case 5, 6:
		s.by = anyone.Draw(t, "by")
		s.c = &queue.Exchange{Request: h.request(t), With: h.request(t)}
	case 7:
		s.by = anyone.Draw(t, "by")
		s.c = &queue.DropExchange{Request: h.request(t)}
	case 3:
		s.c = &queue.NotInRoom{Request: h.request(t)}
	case 4:
		s.c = &queue.NotInRoom{OnFloor: true, Floor: rapid.SampledFrom([]string{"", h.intervention(t)}).Draw(t, "floor")}
	case 1:
		by := someOrdering.Draw(t, "by")
		panel := somePanel.Draw(t, "panel")
		s.c = &queue.Reorder{Panel: panel, By: by, Order: append([]string{}, h.state().Proposal(panel, by)...)}
	case 2:
		ids := slices.Sorted(maps.Keys(h.state().Requests()))
		order := rapid.Permutation(append(ids, "nothing")).Draw(t, "order")
		s.c = &queue.Reorder{Panel: somePanel.Draw(t, "panel"), Order: order[:rapid.IntRange(0, len(order)).Draw(t, "named")]}
	case 0:
		s.c = &queue.Carry{ID: h.newID(t), Panel: somePanel.Draw(t, "panel"), To: somePanel.Draw(t, "to")}
	}
	return s
}

// stating adds a written statement, or removes one.
func (h *hubbub) stating(t *rapid.T) sent {
	by := anyone.Draw(t, "by")
	if by.Role == queue.Rapporteur || rapid.Bool().Draw(t, "add") {
		return sent{by: by, key: h.key(t), c: &queue.AddStatement{
			ID: h.newID(t), Participant: cmp.Or(by.Participant, someParticipant.Draw(t, "participant")),
			Panel: rapid.SampledFrom([]string{"", "morning", "evening"}).Draw(t, "panel"),
			Name:  "a.txt", Type: queue.PlainText, Bytes: 1, SHA256: "00",
		}}
	}
	return sent{by: by, key: h.key(t), c: &queue.RemoveStatement{Statement: oneOf(t, "statement", slices.Collect(maps.Keys(h.state().Statements())))}}
}

// tellsClock tells that the machine slept, that its clock was set, or both.
func (h *hubbub) tellsClock(t *rapid.T) *queue.TellClock {
	c := &queue.TellClock{
		Occasion: rapid.Int64Range(0, 3).Draw(t, "occasion"),
		Set:      rapid.SampledFrom([]int64{0, 0, 60 * minute, -60 * minute}).Draw(t, "set"),
		Forward:  rapid.SampledFrom([]int64{0, second, 60 * minute}).Draw(t, "forward"),
		Follows:  rapid.Bool().Draw(t, "follows"),
	}
	if rapid.Bool().Draw(t, "slept") {
		c.Slept = h.now
	}
	h.now += c.Forward
	return c
}

// correcting is a late change of the record, now and then one that cannot be.
func (h *hubbub) correcting(t *rapid.T) sent {
	c := &queue.Correct{Intervention: h.intervention(t), Reason: someText.Draw(t, "reason")}
	if rapid.Bool().Draw(t, "another participant") {
		c.Participant = new(someParticipant.Draw(t, "participant"))
	}
	if rapid.Bool().Draw(t, "another kind") {
		c.Kind = new(someKind.Draw(t, "kind"))
	}
	if rapid.Bool().Draw(t, "another time") {
		c.Used = new(rapid.SampledFrom([]int64{0, second, minute, timer.MaxLimit}).Draw(t, "used"))
	}
	if rapid.Bool().Draw(t, "another end") {
		c.Ended = new(h.now - rapid.SampledFrom([]int64{0, second, minute, -minute}).Draw(t, "earlier"))
	}
	return sent{by: rapporteur, key: h.key(t), c: c}
}

// correctTooSoon lets a rapporteur correct an intervention whose end the chair then takes back.
func (h *hubbub) correctTooSoon(t *rapid.T) {
	floor := h.state().Floor
	if floor == nil {
		t.Skip("nobody has the floor")
	}
	h.send(t, sent{by: chair, c: &queue.EndFloor{Floor: floor.ID}})
	h.send(t, sent{by: rapporteur, c: &queue.Correct{Intervention: floor.ID, Speaker: new(someText.Draw(t, "speaker")), Kind: new(queue.Response)}})
	h.wantInvariants(t)
	if last := h.state().Undoable(); last != nil {
		h.send(t, sent{by: chair, c: &queue.Undo{ID: h.newID(t), Of: last.ID}})
	}
}

func (h *hubbub) noting(t *rapid.T) sent {
	id := h.intervention(t)
	base := h.state().Notes()[id].Revision
	if rapid.IntRange(0, 3).Draw(t, "another base") == 0 {
		base = rapid.IntRange(0, 2).Draw(t, "base")
	}
	c := &queue.WriteNote{Intervention: id, Text: new(someText.Draw(t, "text")), Base: base}
	c.Tags = rapid.SampledFrom([]*[]string{nil, nil, {}, {"victims"}, {"victims", "data"}, {" "}}).Draw(t, "tags")
	c.Quote = rapid.SampledFrom([]*bool{nil, nil, to(true), to(false)}).Draw(t, "quote")
	return sent{by: rapporteur, key: h.key(t), c: c}
}

// admitting changes who may act.
func (h *hubbub) admitting(t *rapid.T) sent {
	s := sent{by: rapid.SampledFrom([]queue.Actor{chair, {Role: queue.Chair, Session: "t"}}).Draw(t, "by"), key: h.key(t)}
	role := rapid.SampledFrom([]queue.Role{queue.Chair, queue.Rapporteur, queue.Display, queue.Delegate}).Draw(t, "role")
	switch rapid.IntRange(0, 9).Draw(t, "command") {
	case 0, 1, 2:
		s.c = &queue.SetJoin{
			On: rapid.SampledFrom([]*bool{nil, to(true), to(false)}).Draw(t, "on"), Renew: rapid.Bool().Draw(t, "renew"),
			Every: rapid.SampledFrom([]queue.Limit{{}, {}, {Set: true, None: true}, {Set: true, MS: minute}, {Set: true, MS: 1}}).Draw(t, "every"),
		}
	case 3:
		s.by, s.key, s.c = server, "", &queue.ChangeCode{}
	case 4:
		s.by, s.key, s.c = server, "", &queue.KeepLinks{}
	case 5:
		s.c = &queue.RenewLink{ID: h.newID(t), Role: role}
	case 6:
		s.c = &queue.RenewBadges{ID: h.newID(t), Participant: rapid.SampledFrom([]string{"", "ken", "unknown"}).Draw(t, "participant")}
	case 7:
		s.key, s.c = "", &queue.MakePass{ID: h.newID(t), Role: role}
	case 8:
		s.by.Session, s.key = rapid.SampledFrom([]string{"t", "u"}).Draw(t, "session"), ""
		s.c = &queue.UsePass{ID: fmt.Sprint("id", rapid.IntRange(0, h.ids).Draw(t, "pass"))}
	case 9:
		if rapid.Bool().Draw(t, "claim") {
			s.by, s.key, s.c = phone("ken", "a"), "", &queue.ClaimSeat{}
			break
		}
		s.c = &queue.AnswerClaim{Participant: someParticipant.Draw(t, "participant"), Accept: rapid.SampledFrom([]*bool{nil, to(true), to(false)}).Draw(t, "accept")}
	}
	return s
}

func (h *hubbub) anything(t *rapid.T) sent {
	s := sent{by: anyone.Draw(t, "by"), key: h.key(t)}
	text := func(label string) *string {
		return rapid.SampledFrom([]*string{nil, to(someText.Draw(t, label))}).Draw(t, "with "+label)
	}
	switch rapid.IntRange(0, 11).Draw(t, "command") {
	case 0:
		s.c = &queue.Withdraw{Request: h.request(t)}
	case 1:
		s.c = &queue.Amend{Request: h.request(t), Before: queue.Before{Set: rapid.Bool().Draw(t, "to the end")}, Note: text("note"), Speaker: text("speaker"), Level: rapid.SampledFrom([]*queue.Level{nil, new(someLevel.Draw(t, "level"))}).Draw(t, "with level")}
	case 2:
		s.by, s.c = chair, &queue.SetTime{
			Timer: rapid.SampledFrom([]string{"", "start", "pause", "stop"}).Draw(t, "timer"), Limit: someLimit.Draw(t, "limit"),
			Add:    rapid.SampledFrom([]*int64{nil, to(minute), to(-minute), to(timer.MaxLimit)}).Draw(t, "add"),
			Back:   rapid.SampledFrom([]*int64{nil, nil, to(minute), to(int64(0))}).Draw(t, "back"),
			Charge: rapid.SampledFrom([]*int64{nil, nil, nil, to(minute), to(int64(0))}).Draw(t, "charge"),
		}
	case 3:
		s.by, s.c = chair, &queue.SetTime{Floor: h.intervention(t), Timer: "start"}
	case 4:
		s.c = &queue.EndFloor{}
	case 5:
		s.c = &queue.EndFloor{Floor: h.intervention(t), Ruling: rapid.SampledFrom([]queue.Ruling{"", queue.Sustained, queue.Overruled, "maybe"}).Draw(t, "ruling")}
	case 6:
		s.by, s.c = chair, &queue.SetPanel{
			Panel: somePanel.Draw(t, "panel"), Limit: someLimit.Draw(t, "limit"),
			Status:   rapid.SampledFrom([]queue.Status{"", queue.Open, queue.Open, queue.Suspended, queue.Closed}).Draw(t, "status"),
			List:     rapid.SampledFrom([]queue.Status{"", queue.Open, queue.Closed}).Draw(t, "list"),
			Announce: rapid.IntRange(0, 3).Draw(t, "announce") == 0,
		}
	case 7:
		s.by = chair
		switch rapid.IntRange(0, 3).Draw(t, "word") {
		case 0:
			s.c = &queue.Tell{Text: someText.Draw(t, "message"), Preset: rapid.SampledFrom([]string{"", "", "ten", "no id"}).Draw(t, "preset")}
		case 1:
			s.c = new(queue.Untell)
		default:
			s.c = &queue.SwitchPanel{Panel: somePanel.Draw(t, "panel")}
		}
	case 8:
		if rapid.Bool().Draw(t, "hold") {
			s.by, s.key, s.c = server, "", &queue.HoldCountdown{}
			break
		}
		if rapid.Bool().Draw(t, "outage") {
			s.by, s.key = server, ""
			s.c = &queue.TellOutage{From: h.now - rapid.Int64Range(0, 5*minute).Draw(t, "away"), To: h.now}
			break
		}
		if rapid.Bool().Draw(t, "clock") {
			s.by, s.key, s.c = server, "", h.tellsClock(t)
			break
		}
		s.by, s.c = chair, &queue.AddParticipant{ID: rapid.SampledFrom([]string{"ngo", "ken", h.newID(t)}).Draw(t, "id"), Name: queue.Names{"": "NGO", "fr": "ONG"}, Category: "media"}
	case 10, 11:
		of := "none"
		if last := h.state().Undoable(); last != nil {
			of = last.ID
		}
		s.by, s.c = chair, &queue.Undo{ID: h.newID(t), Of: of}
	case 9:
		s.by, s.key, s.c = server, "", &queue.Load{Programme: someFile.Draw(t, "file")}
	}
	return s
}
