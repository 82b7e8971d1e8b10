package queue_test

import (
	"context"
	"slices"
	"testing"

	"rostrum/queue"
)

// revised is the thematic debate with a change in its file.
func revised(change func(p *queue.Programme)) queue.Programme {
	p := thematicDebate()
	change(&p)
	return p
}

func withoutParticipant(id string) queue.Programme {
	return revised(func(p *queue.Programme) {
		p.Participants = slices.DeleteFunc(p.Participants, func(q queue.Participant) bool { return q.ID == id })
	})
}

func withoutPanel(id string) queue.Programme {
	return revised(func(p *queue.Programme) {
		p.Panels = slices.DeleteFunc(p.Panels, func(q queue.Panel) bool { return q.ID == id })
	})
}

// onFile is a snapshot kept by the tests.
type onFile struct {
	n        int64
	snapshot []byte
}

func (s *onFile) Load(context.Context) (int64, []byte, error) { return s.n, s.snapshot, nil }

func (s *onFile) Save(_ context.Context, n int64, snapshot []byte) error {
	s.n, s.snapshot = n, snapshot
	return nil
}

func TestLoadingTheSameFileTwiceChangesNothing(t *testing.T) {
	for name, file := range map[string]queue.Programme{
		"as it is": thematicDebate(),
		"with lists and texts that are empty": revised(func(p *queue.Programme) {
			p.Debate.Papers = []queue.Paper{}
			p.Panels[0].Panellists = []string{}
			p.Participants[0].Names["fr"] = ""
		}),
		"with everything in it": revised(func(p *queue.Programme) {
			p.Debate.Venue, p.Debate.Date, p.Debate.Private, p.Debate.PublicRecord = "New York", "2008-06-03", true, true
			p.Debate.Papers = []queue.Paper{{Title: "Background", URL: "https://example.org/<paper>&"}}
			p.Panels[1].Theme, p.Panels[1].Starts, p.Panels[1].Ends = "\u2028 theme \u202e", 1, 2
			p.Participants[0].Group = "GRULAC"
		}),
		"without anything": {},
	} {
		t.Run(name, func(t *testing.T) {
			d := begin(t, new(memory), nil)
			d.load(file)
			d.changesNothing(server, &queue.Load{Programme: file})
			again := d.reopened()
			again.changesNothing(server, &queue.Load{Programme: file})
			again.stop()
			snapshot, err := queue.Snapshot(again.room.Working())
			if err != nil {
				t.Fatal(err)
			}
			fromSnapshot := begin(t, d.journal, &onFile{int64(d.journal.len()), snapshot})
			fromSnapshot.changesNothing(server, &queue.Load{Programme: file})
		})
	}
}

func TestOnlyWhatChangedInTheFileIsApplied(t *testing.T) {
	d := convene(t)
	d.do(chair, &queue.SetPanel{Panel: "morning", Limit: queue.Limit{Set: true, MS: 2 * minute}})

	// The file's title changes, its limit does not: the chair's limit stays.
	d.load(revised(func(p *queue.Programme) { p.Panels[1].Title = "Morning" }))
	if p := d.state().Panels()["morning"]; p.Title != "Morning" || p.Panel.Limit != 2*minute || p.Status != queue.Open || p.List != queue.Open {
		t.Errorf("the panel is %+v", p)
	}
	// The file's limit changes too: what the chair has set since still stays.
	d.load(revised(func(p *queue.Programme) { p.Panels[1].Title, p.Panels[1].Limit = "Morning", 5*minute }))
	if p := d.state().Panels()["morning"]; p.Panel.Limit != 2*minute {
		t.Errorf("the limit is %d, want the chair's two minutes", p.Panel.Limit)
	}
	// A limit that the chair left alone follows the file.
	d.load(revised(func(p *queue.Programme) { p.Panels[2].Limit = 4 * minute }))
	if p := d.state().Panels()["afternoon"]; p.Panel.Limit != 4*minute {
		t.Errorf("the limit is %d, want the file's four minutes", p.Panel.Limit)
	}
}

func TestTheDebateItselfFollowsTheFile(t *testing.T) {
	d := convene(t)
	d.load(revised(func(p *queue.Programme) { p.Debate.Venue = "New York" }))
	if got := d.state().Debate.Venue; got != "New York" {
		t.Errorf("the venue is %q", got)
	}
	if d.state().Panel != "morning" {
		t.Errorf("loading goes to the panel %q", d.state().Panel)
	}
}

func TestPanelsFollowTheOrderOfTheFile(t *testing.T) {
	d := convene(t)
	d.load(revised(func(p *queue.Programme) { p.Panels[1], p.Panels[2] = p.Panels[2], p.Panels[1] }))
	panels := d.state().Panels()
	if panels["opening"].Order != 0 || panels["afternoon"].Order != 1 || panels["morning"].Order != 2 {
		t.Errorf("the panels are %+v", panels)
	}
}

func TestAPanelThatHasBeenUsedIsNeverDropped(t *testing.T) {
	for _, tt := range []struct {
		name string
		use  func(d *debate)
		stay bool
	}{
		{"never used", func(*debate) {}, false},
		{"the current one", func(d *debate) { d.do(chair, &queue.SwitchPanel{Panel: "afternoon"}) }, true},
		{"open", func(d *debate) { d.do(chair, &queue.SetPanel{Panel: "afternoon", Status: queue.Open}) }, true},
		{"with an open list", func(d *debate) { d.do(chair, &queue.SetPanel{Panel: "afternoon", List: queue.Open}) }, true},
		{"somebody asked, and withdrew", func(d *debate) {
			d.do(chair, &queue.SwitchPanel{Panel: "afternoon"})
			d.do(chair, &queue.Ask{ID: "r", Participant: "ken"})
			d.do(chair, &queue.Withdraw{Request: "r"})
			d.do(chair, &queue.SwitchPanel{Panel: "morning"})
		}, true},
		{"somebody spoke", func(d *debate) {
			d.do(chair, &queue.SwitchPanel{Panel: "afternoon"})
			d.open("afternoon")
			d.recognise("i", "ken")
			d.end()
			d.do(chair, &queue.SetPanel{Panel: "afternoon", Status: queue.Closed, List: queue.Closed})
			d.do(chair, &queue.SwitchPanel{Panel: "morning"})
		}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := convene(t)
			tt.use(d)
			file := withoutPanel("afternoon")
			d.do(server, &queue.Load{Programme: file})
			if _, ok := d.state().Panels()["afternoon"]; ok != tt.stay {
				t.Errorf("the panel is there: %t, want %t", ok, tt.stay)
			}
			d.changesNothing(server, &queue.Load{Programme: file})
			d.load(thematicDebate())
			if _, ok := d.state().Panels()["afternoon"]; !ok {
				t.Error("the panel does not come back with the file")
			}
		})
	}
}

func TestAParticipantThatHasBeenUsedIsNeverDropped(t *testing.T) {
	for _, tt := range []struct {
		name, who string
		use       func(d *debate)
		stay      bool
	}{
		{"never used", "phl", func(*debate) {}, false},
		{"on the list", "phl", func(d *debate) { d.asks("phl") }, true},
		{"asked, and withdrew", "phl", func(d *debate) {
			d.asks("phl")
			d.do(badge("phl"), &queue.Withdraw{Request: "phl-asks"})
		}, true},
		{"on the floor", "phl", func(d *debate) { d.recognise("i", "phl") }, true},
		{"interrupted", "phl", func(d *debate) { d.recognise("i", "phl"); d.interrupt("order", "ken") }, true},
		{"in the record", "phl", func(d *debate) { d.recognise("i", "phl"); d.end() }, true},
		{"a moderator", "unodc", func(*debate) {}, true},
		{"a panellist", "iom", func(*debate) {}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := convene(t)
			tt.use(d)
			file := withoutParticipant(tt.who)
			d.do(server, &queue.Load{Programme: file})
			if _, ok := d.state().Participants()[tt.who]; ok != tt.stay {
				t.Errorf("%s is there: %t, want %t", tt.who, ok, tt.stay)
			}
			d.changesNothing(server, &queue.Load{Programme: file})
			if !tt.stay {
				d.refused(queue.NoSuchParticipant, badge(tt.who), &queue.Ask{ID: "r"})
			}
			d.load(thematicDebate())
		})
	}
}

func TestAModeratorStaysWithAPanelThatStays(t *testing.T) {
	d := convene(t)
	d.asks("ken")
	file := withoutPanel("morning")
	file.Participants = withoutParticipant("unodc").Participants
	d.load(file)
	if _, ok := d.state().Participants()["unodc"]; !ok {
		t.Error("the panel is still there, and its moderator is not")
	}
}

func TestAPanelAndItsModeratorGoTogether(t *testing.T) {
	d := convene(t)
	file := revised(func(p *queue.Programme) { p.Panels[2].Moderator = "phl" })
	d.load(file)
	d.load(revised(func(p *queue.Programme) {
		p.Panels = p.Panels[:2]
		p.Participants = withoutParticipant("phl").Participants
	}))
	if _, ok := d.state().Participants()["phl"]; ok {
		t.Error("the moderator of a panel that is gone is still there")
	}
}

func TestOneWhomTheChairAdded(t *testing.T) {
	added := &queue.AddParticipant{ID: "ngo", Name: queue.Names{"": "The chair's name"}, Category: "civil_society"}
	inFile := func(name string) queue.Programme {
		return revised(func(p *queue.Programme) {
			p.Participants = append(p.Participants, queue.Participant{ID: "ngo", Names: map[string]string{"en": name, "fr": name}, Category: "civil_society"})
		})
	}
	for _, tt := range []struct {
		name  string
		loads []queue.Programme
		want  string
	}{
		{"stays when the file does not know it", []queue.Programme{withoutPanel("afternoon")}, "The chair's name"},
		{"stays as the chair said when the file has it too", []queue.Programme{inFile("The file's name")}, "The chair's name"},
		{"also when the file changes again", []queue.Programme{inFile("The file's name"), inFile("Another name")}, "The chair's name"},
		{"follows a file that once agreed with the chair", []queue.Programme{inFile("The chair's name"), inFile("The file's name")}, "The file's name"},
		{"stays when it leaves the file again", []queue.Programme{inFile("The file's name"), thematicDebate()}, "The chair's name"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := convene(t)
			d.do(chair, added)
			for _, file := range tt.loads {
				d.do(server, &queue.Load{Programme: file})
				d.changesNothing(server, &queue.Load{Programme: file})
			}
			d = d.reopened()
			p, ok := d.state().Participants()["ngo"]
			if !ok || p.Participant.Names["en"] != tt.want {
				t.Errorf("it is there: %t, with the name %q; want %q", ok, p.Participant.Names["en"], tt.want)
			}
		})
	}
}

func TestAParticipantFollowsTheFile(t *testing.T) {
	d := convene(t)
	before := d.state().Participants()
	d.load(revised(func(p *queue.Programme) { p.Participants[0].Names["fr"] = "le Brésil" }))
	if got := d.state().Participants()["bra"].Participant.Name("fr"); got != "le Brésil" {
		t.Errorf("the name is %q", got)
	}
	if before["bra"].Name("fr") != "Brazil" {
		t.Error("the roster that was published before has changed")
	}
}

func TestLoadingLeavesTheCallersProgrammeAlone(t *testing.T) {
	d := convene(t)
	file := revised(func(p *queue.Programme) { p.Debate.Papers = []queue.Paper{}; p.Debate.Languages = nil })
	d.load(file)
	if file.Debate.Papers == nil {
		t.Error("the file's empty list has become none")
	}
	file.Participants[0].Names["en"] = "changed after loading"
	if got := d.state().Participants()["bra"].Name("en"); got != "Brazil" {
		t.Errorf("what the caller writes is in the state: %q", got)
	}
}
