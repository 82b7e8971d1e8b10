package queue_test

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"rostrum/queue"
)

var writeGolden = flag.Bool("write-golden", false, "write the golden journal where there is none yet, and the state that it gives")

// The golden journals were written by earlier versions, an entry a line. They are never
// written again: an event of a new kind goes into a journal of its own, beside them.
var goldenJournals = []string{
	"journal-v1",
	"journal-undo",
	"journal-carry",
	"journal-order",
	"journal-absent",
	"journal-exchange",
	"journal-outage",
	"journal-clock",
	"journal-access",
	"journal-floor",
	"journal-record",
	"journal-statements",
	"journal-held",
}

func TestOldJournalsStayReadable(t *testing.T) {
	if *writeGolden {
		writeJournal(t, "journal-v1", journalV1)
		writeJournal(t, "journal-undo", journalUndo)
		writeJournal(t, "journal-carry", journalCarry)
		writeJournal(t, "journal-floor", journalFloor)
		writeJournal(t, "journal-record", journalRecord)
		writeJournal(t, "journal-statements", journalStatements)
		writeJournal(t, "journal-held", journalHeld)
		writeJournal(t, "journal-order", journalOrder)
		writeJournal(t, "journal-absent", journalAbsent)
		writeJournal(t, "journal-access", journalAccess)
		writeJournal(t, "journal-exchange", journalExchange)
		writeJournal(t, "journal-outage", journalOutage)
		writeJournal(t, "journal-clock", journalClock)
	}
	var kinds []string
	for _, name := range goldenJournals {
		data, err := os.ReadFile("testdata/" + name + ".jsonl")
		if err != nil {
			t.Fatal(err)
		}
		journal := &memory{entries: bytes.Split(bytes.TrimSpace(data), []byte("\n"))}
		for i, entry := range journal.entries {
			again, err := queue.Recode(entry)
			if err != nil {
				t.Fatalf("%s: entry %d: %v", name, i+1, err)
			}
			if diff, err := queue.Differ(entry, again); err != nil || diff != "" {
				t.Errorf("%s: entry %d says something else when it is written again: %v\n%s", name, i+1, err, diff)
			}
		}
		room, err := queue.NewRoom(t.Context(), journal, nil, quiet())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := queue.Dump(room.Working())
		if *writeGolden {
			if err := os.WriteFile("testdata/"+name+".state.json", []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile("testdata/" + name + ".state.json")
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s gives another state than it did (-before +now):\n%s", name, diff)
		}
		kinds = append(kinds, matches(data, `"kind":"(\w+)","data"`)...)
	}

	// Each kind that can be read is in one of them.
	source, err := os.ReadFile("change.go")
	if err != nil {
		t.Fatal(err)
	}
	known := matches(source, `case "(\w+)":`)
	if len(known) < 15 {
		t.Fatalf("only the kinds %v are found in change.go", known)
	}
	for _, kind := range known {
		if !slices.Contains(kinds, kind) {
			t.Errorf("no golden journal has an event %s", kind)
		}
	}
}

func matches(text []byte, pattern string) []string {
	var found []string
	for _, m := range regexp.MustCompile(pattern).FindAllSubmatch(text, -1) {
		found = append(found, string(m[1]))
	}
	return found
}

// A command that comes again after an update of the server is still known: what stands
// for its content never changes.
func TestOldCommandsAreStillRemembered(t *testing.T) {
	data, err := os.ReadFile("testdata/journal-v1.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	d := begin(t, &memory{entries: bytes.Split(bytes.TrimSpace(data), []byte("\n"))}, nil)
	for _, s := range journalV1 {
		if s.id() == "" {
			continue
		}
		before := d.state()
		if answer := d.doOnce(s.by, s.key, s.c); !answer.Repeated || d.state() != before {
			t.Errorf("%T with the key %q is not remembered", s.c, s.id())
		}
	}
}

// writeJournal writes a golden journal, unless it is there.
func writeJournal(t *testing.T, journal string, commands []sent) {
	name := "testdata/" + journal + ".jsonl"
	if _, err := os.Stat(name); err == nil {
		return
	}
	d := begin(t, new(memory), nil)
	for _, s := range commands {
		d.doOnce(s.by, s.key, s.c)
		d.wait(10 * second)
	}
	d.stop()
	if err := os.MkdirAll("testdata", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, append(bytes.Join(d.journal.entries, []byte("\n")), '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// journalUndo are the commands of the golden journal of undoing.
var journalUndo = []sent{
	{by: server, c: &queue.Load{Programme: thematicDebate()}},
	{by: chair, key: "k1", c: &queue.SwitchPanel{Panel: "morning"}},
	{by: chair, key: "k2", c: &queue.SetPanel{Panel: "morning", Status: queue.Open, List: queue.Open}},
	{by: badge("ken"), c: &queue.Ask{ID: "r1"}},
	{by: chair, c: &queue.Recognise{ID: "i1", Request: "r1"}},
	{by: badge("ken"), c: &queue.Ask{ID: "r2"}},
	{by: chair, c: &queue.Undo{ID: "u1", Of: "i1"}},
	{by: chair, key: "k3", c: &queue.SetPanel{Panel: "morning", List: queue.Closed}},
	{by: chair, c: &queue.Undo{ID: "u2", Of: "k3"}},
}

// journalAccess are the commands of the golden journal of who may act.
var journalAccess = func() []sent {
	confirmed := thematicDebate()
	confirmed.Debate.Date = "2008-06-03"
	confirmed.Debate.Join = queue.JoinRule{Every: 10 * minute, Confirm: true}
	tablet := queue.Actor{Role: queue.Chair, Session: "tablet"}
	return []sent{
		{by: server, c: &queue.Load{Programme: confirmed}},
		{by: server, c: &queue.KeepLinks{}},
		{by: server, c: &queue.ChangeCode{}},
		{by: chair, key: "k1", c: &queue.SwitchPanel{Panel: "morning"}},
		{by: chair, key: "k2", c: &queue.SetPanel{Panel: "morning", Status: queue.Open, List: queue.Open}},
		{by: phone("ken", "a"), c: &queue.ClaimSeat{}},
		{by: phone("bra", "b"), c: &queue.ClaimSeat{}},
		{by: tablet, key: "k3", c: &queue.AnswerClaim{Participant: "ken", Accept: to(true)}},
		{by: tablet, key: "k4", c: &queue.AnswerClaim{Participant: "bra", Accept: to(false)}},
		{by: phone("ken", "a"), c: &queue.Ask{ID: "r1"}},
		{by: tablet, key: "k5", c: &queue.SetJoin{Every: queue.Limit{Set: true, MS: minute}}},
		{by: tablet, c: &queue.RenewBadges{ID: "b1", Participant: "ken"}},
		{by: tablet, c: &queue.RenewBadges{ID: "b2"}},
		{by: tablet, c: &queue.RenewLink{ID: "l1", Role: queue.Chair}},
		{by: queue.Actor{Role: "operator"}, c: &queue.RenewLink{ID: "l2", Role: queue.Rapporteur}},
		{by: tablet, key: "k6", c: &queue.MakePass{ID: "p1", Role: queue.Chair}},
		{by: queue.Actor{Role: queue.Chair, Session: "other"}, c: &queue.UsePass{ID: "p1"}},
		{by: server, c: &queue.ChangeCode{}},
		{by: tablet, key: "k7", c: &queue.SetJoin{On: to(false)}},
		{by: tablet, c: &queue.Undo{ID: "u1", Of: "k7"}},
		{by: tablet, key: "k8", c: &queue.SetJoin{Renew: true}},
		{by: tablet, key: "k9", c: &queue.SetJoin{Every: queue.Limit{Set: true, None: true}}},
	}
}()

// journalV1 are the commands of the first golden journal, one every ten seconds.
var journalV1 = func() []sent {
	set := func(ms int64) queue.Limit { return queue.Limit{Set: true, MS: ms} }
	none := queue.Limit{Set: true, None: true}
	first := thematicDebate()
	first.Debate.Venue, first.Debate.Date = "New York", "2008-06-03"
	first.Debate.Papers = []queue.Paper{{Title: "Background", URL: "https://example.org/a.pdf"}}
	first.Debate.PublicRecord = true
	first.Panels[1].Theme, first.Panels[1].Starts, first.Panels[1].Ends = "Prevention", tenOClock, tenOClock+180*minute
	first.Participants[0].Names["fr"], first.Participants[0].Group = "Brésil", "latin_american_and_caribbean"
	second := thematicDebate() // without one panel and one participant, with a new limit
	second.Panels = second.Panels[:2]
	second.Panels[1].Limit = 4 * minute
	second.Participants = slices.DeleteFunc(second.Participants, func(p queue.Participant) bool { return p.ID == "phl" })
	second.Participants = append(second.Participants, queue.Participant{ID: "ngo", Names: map[string]string{"en": "The file's"}, Category: "media"})
	return []sent{
		{by: server, c: &queue.Load{Programme: first}},
		{by: chair, c: &queue.AddParticipant{ID: "ngo", Name: queue.Names{"": "Anti-Slavery", "fr": "Contre l'esclavage"}, Category: "civil_society", Group: "NGO"}},
		{by: chair, key: "k1", c: &queue.SwitchPanel{Panel: "morning"}},
		{by: chair, key: "k2", c: &queue.SetPanel{Panel: "morning", Status: queue.Open, List: queue.Open, Limit: set(2 * minute)}},
		{by: phone("ken", "a"), c: &queue.Ask{ID: "r1", Note: "on victims\nand witnesses", BehalfOf: "African Group", Speaker: "H.E. Ms. Otieno", Language: "fr"}},
		{by: brazil, c: &queue.Ask{ID: "r2", Panel: "morning", Kind: queue.RightOfReply}},
		{by: chair, c: &queue.Ask{ID: "r3", Participant: "ngo"}},
		{by: chair, c: &queue.Ask{ID: "r4", Participant: "fra"}},
		{by: chair, key: "k3", c: &queue.Amend{Request: "r3", Before: queue.Before{Set: true, ID: "r1"}}},
		{by: chair, key: "k4", c: &queue.Amend{Request: "r2", Before: queue.Before{Set: true}}},
		{by: phone("ken", "a"), key: "k5", c: &queue.Amend{Request: "r1", Note: to(""), Speaker: to("H.E. Mr. Kamau"), Language: to("en")}},
		{by: chair, key: "k6", c: &queue.Withdraw{Request: "r4"}},
		{by: chair, c: &queue.Recognise{ID: "i1", Request: "r1", InsteadOf: to("")}},
		{by: server, c: &queue.HoldCountdown{}},
		{by: chair, key: "k7", c: &queue.SetTime{Floor: "i1", Timer: "start", Add: to(minute)}},
		{by: rapporteur, key: "k8", c: &queue.WriteNote{Intervention: "i1", Text: new("Protection first.")}},
		{by: chair, c: &queue.Recognise{ID: "i2", Participant: "fra", Kind: queue.PointOfOrder, Limit: set(minute)}},
		{by: badge("fra"), key: "k9", c: &queue.EndFloor{}},
		{by: chair, key: "k10", c: &queue.SetTime{Limit: none}},
		{by: chair, key: "k11", c: &queue.SetPanel{Panel: "morning", Status: queue.Open}}, // as it is
		{by: phone("ken", "a"), key: "k12", c: &queue.EndFloor{Floor: "i1"}},
		{by: server, c: &queue.Load{Programme: second}},
		{by: chair, c: &queue.Recognise{ID: "i3", Participant: "ngo", Start: to(false), Limit: none}},
		{by: chair, c: &queue.Recognise{ID: "i4", Participant: "unodc", Kind: queue.PointOfOrder}},
		{by: rapporteur, key: "k13", c: &queue.WriteNote{Intervention: "i1", Text: new("Protection first, then prosecution."), Base: 1}},
		{by: chair, c: &queue.Recognise{ID: "i5", Participant: "ken"}},
		{by: chair, c: &queue.Recognise{ID: "i6", Participant: "bra", Kind: queue.PointOfOrder}},
		{by: chair, key: "k14", c: &queue.SetPanel{Panel: "morning", Status: queue.Suspended, List: queue.Closed}},
	}
}()
