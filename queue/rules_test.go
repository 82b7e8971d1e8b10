package queue_test

import (
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"rostrum/queue"
	"rostrum/timer"
)

// The rules of procedure, one test each, with its source.

// Rule 71 of the rules of procedure of the General Assembly: a point of order may be raised
// at any time, so it stands before everything on the list, also before an earlier move.
func TestRule71APointOfOrderStandsFirst(t *testing.T) {
	d := convene(t)
	d.asks("bra", "fra")
	d.do(chair, &queue.Amend{Request: "fra-asks", Before: queue.Before{Set: true, ID: "bra-asks"}})
	d.do(kenya, &queue.Ask{ID: "order1", Kind: queue.PointOfOrder})
	d.do(badge("phl"), &queue.Ask{ID: "order2", Kind: queue.PointOfOrder})
	d.wantList("morning", "order1", "order2", "fra-asks", "bra-asks")

	d.move("order1", "") // the chair is in control
	d.wantList("morning", "order2", "fra-asks", "bra-asks", "order1")
	for range 7 {
		d.move("bra-asks", "order2")
		d.move("fra-asks", "bra-asks")
	}
	d.do(badge("iom"), &queue.Ask{ID: "order3", Kind: queue.PointOfOrder})
	d.wantList("morning", "order3", "fra-asks", "bra-asks", "order2", "order1")
}

// Rule 71: the President decides immediately, and the speaker who was interrupted goes on
// with the time that was left.
func TestRule71TheChairRulesAndTheSpeakerGoesOn(t *testing.T) {
	for _, ruling := range []queue.Ruling{queue.Sustained, queue.Overruled} {
		t.Run(string(ruling), func(t *testing.T) {
			d := convene(t)
			d.recognise("i", "ken")
			d.wait(minute)
			d.interrupt("order", "bra")
			d.wait(20 * second)
			d.refused(queue.NotYours, brazil, &queue.EndFloor{Floor: "order", Ruling: ruling})
			d.doOnce(chair, "ruling", &queue.EndFloor{Floor: "order", Ruling: ruling})
			d.wantFloor("i", timer.Paused, minute)
			if got := d.state().Ended()[0].Ruling; got != ruling {
				t.Errorf("the record has the ruling %q, want %q", got, ruling)
			}
			if got := d.state().Ruled(); got == nil || got.ID != "order" || got.Ruling != ruling {
				t.Errorf("the room is told of %+v", got)
			}
			if got := d.state().Undoable(); got.ID != "ruling" || got.What != "ruled" || got.Participant != "bra" {
				t.Errorf("what can be undone is %+v", got)
			}
			d.do(chair, &queue.Undo{ID: "u", Of: "ruling"})
			d.wantFloor("order", timer.Running, 20*second)
			if got := d.state().Floor.Ruling; got != "" {
				t.Errorf("after the undo the ruling is %q", got)
			}
			if got := d.state().Ruled(); got != nil {
				t.Errorf("after the undo the room is told of %+v", got)
			}
		})
	}
}

func TestOnlyAPointOfOrderIsRuledOn(t *testing.T) {
	d := convene(t)
	d.refused(queue.FloorEmpty, chair, &queue.EndFloor{Ruling: queue.Sustained})
	d.recognise("i", "ken")
	d.refused(queue.NoPointOfOrder, chair, &queue.EndFloor{Ruling: queue.Sustained})
	d.refused(queue.Malformed, chair, &queue.EndFloor{Ruling: "perhaps"})
}

// Rule 73, and decision 34/401, paragraph 8: replies are made at the end, also after
// those who ask later.
func TestRule73ARightOfReplyStandsLast(t *testing.T) {
	d := convene(t)
	d.do(brazil, &queue.Ask{ID: "reply1", Kind: queue.RightOfReply})
	d.asks("ken")
	d.do(badge("fra"), &queue.Ask{ID: "reply2", Kind: queue.RightOfReply})
	d.asks("phl", "iom")
	d.wantList("morning", "ken-asks", "phl-asks", "iom-asks", "reply1", "reply2")

	before := func(request, other string) {
		d.do(chair, &queue.Amend{Request: request, Before: queue.Before{Set: true, ID: other}})
	}
	before("ken-asks", "reply1") // the last before the replies, and so before those who ask later
	d.asks("unodc")
	d.wantList("morning", "phl-asks", "iom-asks", "ken-asks", "unodc-asks", "reply1", "reply2")
	before("reply2", "iom-asks") // the chair is in control
	d.wantList("morning", "phl-asks", "reply2", "iom-asks", "ken-asks", "unodc-asks", "reply1")
	before("phl-asks", "") // the end is the end
	d.wantList("morning", "reply2", "iom-asks", "ken-asks", "unodc-asks", "reply1", "phl-asks")
	before("reply2", "")
	d.wantList("morning", "iom-asks", "ken-asks", "unodc-asks", "reply1", "phl-asks", "reply2")
}

// Decision 34/401, paragraphs 9 and 10: at most two for a delegation on an item, of which the
// second is shorter.
func TestDecision34401RightsOfReplyAreTwoAndTheSecondIsShorter(t *testing.T) {
	for _, tt := range []struct {
		name    string
		replies queue.Replies
		panel   int64 // the limit of the panel
		want    []int64
		atMost  int
	}{
		{"by the defaults", queue.Replies{}, 5 * minute, []int64{3 * minute, 2 * minute, 2 * minute}, 2},
		{"never longer than the panel's limit", queue.Replies{}, 150 * second, []int64{150 * second, 2 * minute, 2 * minute}, 2},
		{"never longer than the first", queue.Replies{First: minute}, 0, []int64{minute, minute, minute}, 2},
		{"in a panel without a limit", queue.Replies{}, 0, []int64{3 * minute, 2 * minute, 2 * minute}, 2},
		{"as the Assembly has them", queue.Replies{First: 10 * minute, Second: 5 * minute, AtMost: 1}, 0, []int64{10 * minute, 5 * minute}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := thematicDebate()
			p.Debate.RightOfReply, p.Panels[1].Limit = tt.replies, tt.panel
			d := begin(t, new(memory), nil)
			d.load(p)
			d.do(chair, &queue.SwitchPanel{Panel: "morning"})
			d.open("morning")
			for n, want := range tt.want {
				id := string(rune('a' + n))
				ask := queue.Ask{ID: id, Participant: "ken", Kind: queue.RightOfReply}
				if n >= tt.atMost {
					d.refused(queue.RepliesSpent, kenya, &ask)
					d.do(chair, &ask) // who may go beyond
				} else {
					d.do(kenya, &ask)
				}
				d.do(chair, &queue.Recognise{ID: "i" + id, Request: id})
				if got := d.state().Floor.Timer.Limit; got != want {
					t.Errorf("reply %d has %d ms, want %d", n+1, got, want)
				}
				d.end()
			}
			d.do(chair, &queue.SwitchPanel{Panel: "afternoon"})
			d.open("afternoon")
			d.do(kenya, &queue.Ask{ID: "other", Kind: queue.RightOfReply}) // each panel by itself
		})
	}
}

// Rule 72: the Assembly may limit the time of each speaker and how often each may speak.
func TestRule72LimitsByParticipantAndCategory(t *testing.T) {
	p := thematicDebate()
	p.Debate.Limits = []queue.LimitRule{
		{Category: "member_state", First: 3 * minute, Later: 2 * minute},
		{Category: "member_state", First: minute, Later: minute}, // the first that fits counts
		{Participant: "bra", First: 5 * minute, Later: 4 * minute},
	}
	p.Panels[1].ResponseLimit = queue.Limit{Set: true, MS: 90 * second}
	d := begin(t, new(memory), nil)
	d.load(p)
	d.do(chair, &queue.SwitchPanel{Panel: "morning"})
	d.open("morning")
	limits := func(step string, c queue.Recognise, want int64) {
		t.Helper()
		c.ID = step
		d.do(chair, &c)
		if got := d.state().Floor.Timer.Limit; got != want {
			t.Errorf("%s: the limit is %d ms, want %d", step, got, want)
		}
	}
	set := func(ms int64) {
		d.do(chair, &queue.SetPanel{Panel: "morning", Limit: queue.Limit{Set: true, MS: ms}})
	}
	limits("first", queue.Recognise{Participant: "ken"}, 3*minute)
	limits("later", queue.Recognise{Participant: "ken"}, 2*minute) // the first one is ended by it
	limits("participant", queue.Recognise{Participant: "bra"}, 5*minute)
	limits("no-rule", queue.Recognise{Participant: "unodc"}, 3*minute)
	limits("response", queue.Recognise{Participant: "iom", Kind: queue.Response}, 90*second)
	limits("order", queue.Recognise{Participant: "bra", Kind: queue.PointOfOrder}, 3*minute)
	d.end()
	limits("not-counted", queue.Recognise{Participant: "bra"}, 4*minute) // orders are no interventions
	set(150 * second)
	limits("shortened-participant", queue.Recognise{Participant: "bra"}, 150*second)
	limits("shortened-not-longer", queue.Recognise{Participant: "ken"}, 2*minute)
	set(10 * minute)
	limits("lengthened", queue.Recognise{Participant: "bra"}, 4*minute)
	limits("the-chair", queue.Recognise{Participant: "bra", Limit: queue.Limit{Set: true, MS: 7 * minute}}, 7*minute)
	limits("the-chair-none", queue.Recognise{Participant: "bra", Limit: queue.Limit{Set: true, None: true}}, 0)
}

func TestAResponseMayHaveNoLimit(t *testing.T) {
	p := thematicDebate()
	p.Panels[1].ResponseLimit = queue.Limit{Set: true, None: true}
	d := begin(t, new(memory), nil)
	d.load(p)
	d.do(chair, &queue.SwitchPanel{Panel: "morning"})
	d.open("morning")
	d.do(chair, &queue.Recognise{ID: "i", Participant: "iom", Kind: queue.Response})
	if got := d.state().Floor.Timer.Limit; got != 0 {
		t.Errorf("the limit is %d ms, want none", got)
	}
}

func TestTimeIsGivenBack(t *testing.T) {
	d := convene(t)
	d.refused(queue.FloorEmpty, chair, &queue.SetTime{Back: to(second)})
	d.recognise("i", "ken")
	d.wait(minute)
	d.refused(queue.Malformed, chair, &queue.SetTime{Back: to(int64(0))})
	d.doOnce(chair, "back", &queue.SetTime{Floor: "i", Back: to(42 * second)})
	d.wantFloor("i", timer.Running, 18*second)
	if got := d.state().Undoable().What; got != "gave_back" {
		t.Errorf("what can be undone is %q", got)
	}
	d.wait(2 * second)
	d.do(chair, &queue.SetTime{Timer: "pause", Back: to(10 * minute)}) // never below nothing
	d.wantFloor("i", timer.Paused, 0)
	d.changesNothing(chair, &queue.SetTime{Back: to(second)})
}

// The room is told of a ruling until the debate goes on with another speaker or panel.
func TestARulingIsTold(t *testing.T) {
	ruled := func() *debate {
		d := convene(t)
		d.recognise("i", "ken")
		d.interrupt("order", "bra")
		d.wait(second)
		d.do(chair, &queue.EndFloor{Floor: "order", Ruling: queue.Overruled})
		d.wait(second)
		return d
	}
	for _, c := range []struct {
		name string
		act  func(*debate)
		told bool
	}{
		{"at once", func(*debate) {}, true},
		{"the speaker goes on", func(d *debate) { d.do(chair, &queue.SetTime{Timer: "start"}) }, true},
		{"the speaker ends", func(d *debate) { d.do(chair, new(queue.EndFloor)) }, false},
		{"another is called", func(d *debate) { d.recognise("next", "fra") }, false},
		{"another interrupts", func(d *debate) { d.interrupt("second", "fra") }, false},
		{"it ends without a ruling", func(d *debate) {
			d.interrupt("second", "fra")
			d.do(chair, new(queue.EndFloor))
		}, false},
	} {
		d := ruled()
		c.act(d)
		if got := d.state().Ruled(); (got != nil) != c.told {
			t.Errorf("%s: the room is told of %+v", c.name, got)
		}
	}
	d := ruled()
	d.do(chair, new(queue.EndFloor))
	d.do(chair, &queue.SwitchPanel{Panel: "afternoon"})
	if got := d.state().Ruled(); got != nil {
		t.Errorf("in another panel the room is told of %+v", got)
	}
}

func TestTheChairTellsTheRoom(t *testing.T) {
	d := convene(t)
	d.changesNothing(chair, new(queue.Untell))
	for _, text := range []string{"", " ", "two\nlines", "\u202eback"} {
		d.refused(queue.Malformed, chair, &queue.Tell{Text: text})
	}
	d.refused(queue.Malformed, chair, &queue.Tell{Text: strings.Repeat("é", 201)})
	d.do(chair, &queue.Tell{Text: strings.Repeat("é", 200)})
	d.do(chair, new(queue.Untell))
	d.doOnce(chair, "told", &queue.Tell{Text: "Ten minutes left"})
	d.changesNothing(chair, &queue.Tell{Text: "Ten minutes left"})
	d.wantMessage(&queue.Message{Text: "Ten minutes left", At: d.now})
	d.doOnce(chair, "cleared", new(queue.Untell))
	d.wantMessage(nil)
	d.do(chair, &queue.Undo{ID: "u1", Of: "cleared"})
	d.wantMessage(&queue.Message{Text: "Ten minutes left", At: d.now})
	d.do(chair, &queue.Undo{ID: "u2", Of: "told"})
	d.wantMessage(nil)

	d.refused(queue.Malformed, chair, &queue.Tell{Text: "Ten minutes left", Preset: "ten minutes"})
	d.do(chair, &queue.Tell{Text: "Ten minutes left", Preset: "ten"})
	d.changesNothing(chair, &queue.Tell{Text: "Ten minutes left", Preset: "ten"})
	d.wantMessage(&queue.Message{Text: "Ten minutes left", Preset: "ten", At: d.now})
	d.do(chair, &queue.Tell{Text: "Ten minutes left"}) // in the chair's own words
	d.wantMessage(&queue.Message{Text: "Ten minutes left", At: d.now})
}

func TestALimitIsAnnounced(t *testing.T) {
	d := convene(t)
	set := func(ms int64) *queue.SetPanel {
		return &queue.SetPanel{Panel: "morning", Limit: queue.Limit{Set: true, MS: ms}, Announce: true}
	}
	d.refused(queue.Malformed, chair, &queue.SetPanel{Panel: "morning", Announce: true})
	d.refused(queue.Malformed, chair, &queue.SetPanel{Panel: "morning", Limit: queue.Limit{Set: true, None: true}, Announce: true})
	d.refused(queue.PanelChanged, chair, &queue.SetPanel{Panel: "afternoon", Limit: queue.Limit{Set: true, MS: minute}, Announce: true})

	d.do(chair, &queue.Tell{Text: "Welcome"})
	d.doOnce(chair, "announce", set(90*second))
	announced := &queue.Message{Text: "From now on: 1:30 for each intervention", At: d.now, Kind: "limit", Limit: 90 * second}
	d.wantMessage(announced)
	if got := d.state().Panels()["morning"].Limit; got != 90*second {
		t.Errorf("the limit is %d ms", got)
	}
	if got := d.state().Undoable().What; got != "announced" {
		t.Errorf("what can be undone is %q", got)
	}
	d.do(chair, &queue.Undo{ID: "u", Of: "announce"}) // both at once
	d.wantMessage(&queue.Message{Text: "Welcome", At: d.now})
	if got := d.state().Panels()["morning"].Limit; got != 3*minute {
		t.Errorf("after the undo the limit is %d ms", got)
	}

	d.do(chair, set(2*minute))
	d.doOnce(chair, "limit", &queue.SetPanel{Panel: "morning", Limit: queue.Limit{Set: true, MS: 4 * minute}}) // what was said is wrong now
	d.wantMessage(nil)
	if got := d.state().Undoable().What; got != "limit" {
		t.Errorf("what can be undone is %q", got)
	}
	d.do(chair, &queue.Undo{ID: "u3", Of: "limit"})
	if m := d.state().Message; m == nil || m.Limit != 2*minute {
		t.Errorf("after the undo the message is %+v", m)
	}
	d.do(chair, set(3*minute))
	d.doOnce(chair, "both", &queue.SetPanel{Panel: "morning", Status: queue.Suspended, Limit: queue.Limit{Set: true, MS: minute}, Announce: true})
	if got := d.state().Undoable().What; got != "suspended" {
		t.Errorf("what can be undone is %q", got)
	}
	d.open("morning")
	file := thematicDebate()
	file.Panels[1].Limit = 5 * minute
	d.load(file) // the chair's limit stays, and so does the message
	if m := d.state().Message; m == nil || m.Limit != minute {
		t.Errorf("the message is %+v", m)
	}
	d.do(chair, set(5*minute))
	file.Panels[1].Limit = 3 * minute
	d.load(file)
	d.wantMessage(nil)

	d.do(chair, set(3*minute)) // as it is, and said all the same
	if m := d.state().Message; m == nil || m.Limit != 3*minute {
		t.Errorf("the message is %+v", m)
	}
	d.do(chair, &queue.SwitchPanel{Panel: "afternoon"}) // it was the morning's
	d.wantMessage(nil)
	d.do(chair, &queue.Tell{Text: "Welcome back"})
	d.do(chair, &queue.SwitchPanel{Panel: "morning"})
	d.wantMessage(&queue.Message{Text: "Welcome back", At: d.now})
}

func (d *debate) wantMessage(want *queue.Message) {
	d.Helper()
	if diff := gocmp.Diff(want, d.state().Message); diff != "" {
		d.Errorf("the message to the room (-want +got):\n%s", diff)
	}
}

func TestPanelsThatStayHaveAPlaceOfTheirOwn(t *testing.T) {
	d := convene(t) // the morning panel is used
	p := thematicDebate()
	p.Panels = p.Panels[2:]
	p.Panels = append(p.Panels, queue.Panel{ID: "evening", Title: "Evening"})
	d.load(p)
	orders := make(map[int]string)
	for id, panel := range d.state().Panels() {
		orders[panel.Order] = id
	}
	want := map[int]string{0: "afternoon", 1: "evening", 2: "morning"}
	if diff := gocmp.Diff(want, orders); diff != "" {
		t.Errorf("the order of the panels (-want +got):\n%s", diff)
	}
	before := d.state()
	d.load(p)
	if d.state() != before {
		t.Error("the same file changes something")
	}
}
