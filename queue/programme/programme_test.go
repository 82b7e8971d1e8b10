package programme_test

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rostrum/queue"
	"rostrum/queue/programme"
)

var six = []string{"en", "fr", "es", "ru", "ar", "zh"}

// least is the shortest debate file there is, but for what a test adds.
const least = `id: d
title: T
date: 2008-06-03
`

const panels = "panels: [{id: p, title: P}]\n"

func everywhere(name string) map[string]string {
	names := make(map[string]string)
	for _, language := range six {
		names[language] = name
	}
	return names
}

func TestParse(t *testing.T) {
	debate := queue.Debate{ID: "d", Title: "T", Date: "2008-06-03", Languages: six}
	panel := queue.Panel{ID: "p", Title: "P", Limit: 180_000, Warn: 30_000}
	type parsed struct {
		name, file string
		want       queue.Programme
	}
	tests := []parsed{
		{
			name: "what a file does not say has its default",
			file: least + panels,
			want: queue.Programme{Debate: debate, Panels: []queue.Panel{panel}},
		},
		{
			name: "a byte-order mark and carriage returns change nothing",
			file: "\ufeff" + strings.ReplaceAll(least+panels, "\n", "\r\n"),
			want: queue.Programme{Debate: debate, Panels: []queue.Panel{panel}},
		},
		{
			name: "everything",
			file: `
id: d.1
title: "Trafficking: the debate"
venue: >-
  Room 4,
  New York
date: 2008-06-03
timezone: America/New_York
languages: [fr, en]
private: true
public_record: true
join: {every: 1h30m, claims: confirm}
papers:
- {title: A/62/640, url: "https://undocs.org/A/62/640"}
participants:
- {id: unodc, name: {fr: ONUDC, en: UNODC, ru: УНП ООН}, category: un_system, group: Vienna}
- {id: Ecpat, name: {fr: ECPAT}, category: Invités}
- {id: "1", name: 007, category: media}
panels:
- id: p
  title: P
  theme: |
    Prevention
  moderator: unodc
  panellists: [Ecpat, 1]
  limit: none
  warn: 0s
  starts: "10:00"
  ends: 2008-06-03T13:30:00-04:00
  list: none
- {id: q, title: Q, limit: 2m30s, warn: 1.5s, starts: 13:30, ends: 2008-06-04T00:30:00+01:00}
- {id: r, title: R, limit: 24h, ends: 2008-06-04T10:00:00Z}
`,
			want: queue.Programme{
				Debate: queue.Debate{
					ID: "d.1", Title: "Trafficking: the debate", Venue: "Room 4, New York", Date: "2008-06-03", Timezone: "America/New_York",
					Languages: []string{"fr", "en"}, Private: true, PublicRecord: true,
					Join:   queue.JoinRule{Every: 5_400_000, Confirm: true},
					Papers: []queue.Paper{{Title: "A/62/640", URL: "https://undocs.org/A/62/640"}},
				},
				Participants: []queue.Participant{
					{ID: "unodc", Names: map[string]string{"fr": "ONUDC", "en": "UNODC", "ru": "УНП ООН"}, Category: "un_system", Group: "Vienna"},
					{ID: "Ecpat", Names: map[string]string{"fr": "ECPAT", "en": "ECPAT"}, Category: "Invités"},
					{ID: "1", Names: map[string]string{"fr": "007", "en": "007"}, Category: "media"},
				},
				Panels: []queue.Panel{
					{
						ID: "p", Title: "P", Theme: "Prevention", Moderator: "unodc", Panellists: []string{"Ecpat", "1"},
						Warn: 0, Starts: 1212501600_000, Ends: 1212514200_000, NoList: true,
					},
					{ID: "q", Title: "Q", Limit: 150_000, Warn: 1_500, Starts: 1212514200_000, Ends: 1212535800_000},
					{ID: "r", Title: "R", Limit: 86_400_000, Warn: 30_000, Ends: 1212573600_000},
				},
			},
		},
	}
	tests = append(tests, parsed{
		name: "procedure",
		file: least + `languages: [en, fr]
roster: un
groups:
  - {id: g77, name: {en: Group of 77 and China, fr: Groupe des 77 et Chine}}
limits:
  - {category: member_state, first: 3m, later: 2m}
  - {participant: ken, first: 5m}
right_of_reply: {first: 10m, second: 5m, at_most: 1}
wifi: {name: Conference, password: welcome to room 4}
panels:
  - {id: p, title: P, response_limit: none}
  - {id: q, title: Q, response_limit: 2m}
`,
		want: queue.Programme{
			Debate: queue.Debate{
				ID: "d", Title: "T", Date: "2008-06-03", Languages: []string{"en", "fr"},
				Groups:       []queue.Group{{ID: "g77", Names: map[string]string{"en": "Group of 77 and China", "fr": "Groupe des 77 et Chine"}}},
				Limits:       []queue.LimitRule{{Category: "member_state", First: 180_000, Later: 120_000}, {Participant: "ken", First: 300_000, Later: 300_000}},
				RightOfReply: queue.Replies{First: 600_000, Second: 300_000, AtMost: 1},
				WiFi:         &queue.WiFi{Name: "Conference", Password: "welcome to room 4", Security: "wpa"},
			},
			Panels: []queue.Panel{
				{ID: "p", Title: "P", Limit: 180_000, Warn: 30_000, ResponseLimit: queue.Limit{Set: true, None: true}},
				{ID: "q", Title: "Q", Limit: 180_000, Warn: 30_000, ResponseLimit: queue.Limit{Set: true, MS: 120_000}},
			},
			Participants: programme.UN(),
		},
	})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := programme.Parse("debate.yaml", []byte(test.file))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNamesOverrideTheRoster(t *testing.T) {
	file := least + panels + "roster: un\nnames:\n  ken: {fr: République du Kenya}\n  tur: Türkiye!\n"
	got, err := programme.Parse("debate.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	want := programme.UN()
	for i := range want {
		switch want[i].ID {
		case "ken":
			want[i].Names["fr"] = "République du Kenya"
		case "tur":
			want[i].Names = everywhere("Türkiye!")
		}
	}
	if diff := cmp.Diff(want, got.Participants); diff != "" {
		t.Error(diff)
	}
}

func TestUN(t *testing.T) {
	roster := programme.UN()
	count := make(map[string]int)
	for _, p := range roster {
		count[p.Category]++
		if grouped := p.Group != ""; grouped != (p.Category == "member_state") {
			t.Errorf("%s: category %q, group %q", p.ID, p.Category, p.Group)
		}
	}
	if diff := cmp.Diff(map[string]int{"member_state": 193, "observer": 2}, count); diff != "" {
		t.Error(diff)
	}
	checkParticipants(t, roster, six)

	i := slices.IndexFunc(roster, func(p queue.Participant) bool { return p.ID == "ken" })
	want := queue.Participant{
		ID: "ken", Category: "member_state", Group: "African",
		Names: map[string]string{"en": "Kenya", "fr": "Kenya", "es": "Kenya", "ru": "Кения", "ar": "كينيا", "zh": "肯尼亚"},
	}
	if diff := cmp.Diff(want, roster[i]); diff != "" {
		t.Error(diff)
	}
	roster[i].Names["en"] = "changed"
	if got := programme.UN()[i].Names["en"]; got != "Kenya" {
		t.Errorf("after a caller changed its roster, another gets %q", got)
	}
}

func TestExample(t *testing.T) {
	p, err := programme.Example()
	if err != nil {
		t.Fatal(err)
	}
	check(t, p)
	const own = 45
	if got := len(p.Participants); got != 195+own {
		t.Errorf("%d participants, expected the roster's 195 and %d of its own", got, own)
	}
	for _, participant := range p.Participants {
		if len(participant.Names) != len(six) {
			t.Errorf("%s has the names %v, expected six", participant.ID, participant.Names)
		}
	}
	wantDebate := queue.Debate{
		ID: "ga-2008-trafficking", Title: "General Assembly thematic debate on human trafficking",
		Venue: "United Nations Headquarters, New York", Date: "2008-06-03", Timezone: "America/New_York", Languages: six, Papers: p.Debate.Papers,
		Groups: p.Debate.Groups,
	}
	if diff := cmp.Diff(wantDebate, p.Debate); diff != "" {
		t.Error(diff)
	}
	for _, group := range p.Debate.Groups {
		if len(group.Names) != len(six) {
			t.Errorf("the group %s has the names %v, expected six", group.ID, group.Names)
		}
	}
	type item struct {
		ID, Theme   string
		Limit, Warn int64
		NoList      bool
	}
	var items []item
	for _, panel := range p.Panels {
		items = append(items, item{panel.ID, panel.Theme, panel.Limit, panel.Warn, panel.NoList})
		if panel.Moderator == "" || len(panel.Panellists) == 0 {
			t.Errorf("%s has no moderator or no panellists", panel.ID)
		}
	}
	wantItems := []item{
		{"opening", "Addresses by the President of the General Assembly and the Secretary-General", 0, 30_000, true},
		{"morning", "Enhancing multilateral cooperation to prevent trafficking in persons", 180_000, 30_000, false},
		{"afternoon", "Protecting victims of trafficking and cross-border cooperation in prosecuting traffickers in persons", 180_000, 30_000, false},
	}
	if diff := cmp.Diff(wantItems, items); diff != "" {
		t.Error(diff)
	}
	again, err := programme.Parse("copy.yaml", programme.ExampleFile())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, again); diff != "" {
		t.Error(diff)
	}
}

// check tells what no programme that was read from a file may be.
func check(t *testing.T, p queue.Programme) {
	t.Helper()
	d := p.Debate
	if !queue.ValidID(d.ID) || d.Title == "" {
		t.Errorf("the debate %q has the title %q", d.ID, d.Title)
	}
	if _, err := time.Parse(time.DateOnly, d.Date); err != nil {
		t.Error(err)
	}
	if len(d.Languages) == 0 || slices.ContainsFunc(d.Languages, func(l string) bool { return !slices.Contains(six, l) }) {
		t.Errorf("the languages %q", d.Languages)
	}
	for _, paper := range d.Papers {
		if u, err := url.Parse(paper.URL); paper.Title == "" || err != nil || u.Scheme != "https" && u.Scheme != "http" {
			t.Errorf("the paper %q", paper)
		}
	}
	checkParticipants(t, p.Participants, d.Languages)
	checkPanels(t, p)
}

func checkParticipants(t *testing.T, participants []queue.Participant, languages []string) {
	t.Helper()
	seen := make(map[string]bool)
	for _, p := range participants {
		if !queue.ValidID(p.ID) || seen[p.ID] || p.Category == "" {
			t.Errorf("the participant %q, category %q, is there before: %t", p.ID, p.Category, seen[p.ID])
		}
		seen[p.ID] = true
		for _, language := range languages {
			if strings.TrimSpace(p.Names[language]) == "" {
				t.Errorf("%s has no name in %s", p.ID, language)
			}
		}
		for language, name := range p.Names {
			if !slices.Contains(six, language) || len([]rune(name)) > 200 || strings.ContainsAny(name, "\n\r\t\x00\u202e\u2066") {
				t.Errorf("%s has the name %q in %s", p.ID, name, language)
			}
		}
	}
}

func checkPanels(t *testing.T, p queue.Programme) {
	t.Helper()
	if len(p.Panels) == 0 {
		t.Error("no panels")
	}
	known := func(id string) bool {
		return slices.ContainsFunc(p.Participants, func(p queue.Participant) bool { return p.ID == id })
	}
	seen := make(map[string]bool)
	var last queue.Panel
	timed := slices.DeleteFunc(slices.Clone(p.Panels), func(p queue.Panel) bool { return p.Starts == 0 || p.Ends == 0 })
	slices.SortFunc(timed, func(a, b queue.Panel) int { return int(a.Starts - b.Starts) })
	for _, panel := range timed {
		if panel.Ends <= panel.Starts || panel.Starts < last.Ends {
			t.Errorf("%s from %d to %d, after %s to %d", panel.ID, panel.Starts, panel.Ends, last.ID, last.Ends)
		}
		last = panel
	}
	for _, panel := range p.Panels {
		if !queue.ValidID(panel.ID) || seen[panel.ID] || panel.Title == "" {
			t.Errorf("the panel %q, title %q, is there before: %t", panel.ID, panel.Title, seen[panel.ID])
		}
		seen[panel.ID] = true
		if panel.Limit != 0 && (panel.Limit < 1_000 || panel.Limit > 86_400_000) || panel.Warn < 0 || panel.Warn > 86_400_000 {
			t.Errorf("%s has the limit %d and warns at %d", panel.ID, panel.Limit, panel.Warn)
		}
		if panel.Moderator != "" && !known(panel.Moderator) {
			t.Errorf("%s has the moderator %q", panel.ID, panel.Moderator)
		}
		for _, id := range panel.Panellists {
			if !known(id) {
				t.Errorf("%s has the panellist %q", panel.ID, id)
			}
		}
	}
}

// FuzzParse: whatever is in a file, Parse gives a programme that is in order, or
// mistakes that stand somewhere in it.
func FuzzParse(f *testing.F) {
	f.Add(programme.ExampleFile())
	f.Add([]byte(least + panels))
	for _, test := range mistaken {
		if len(test.file) < 10_000 { // long ones are slow to vary
			f.Add([]byte(test.file))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := programme.Parse("debate.yaml", data)
		if err == nil {
			check(t, p)
			return
		}
		var mistakes programme.Mistakes
		if !errors.As(err, &mistakes) || len(mistakes) == 0 {
			t.Fatalf("the error is no mistakes: %v", err)
		}
		lines := 1 + strings.Count(string(data), "\n") + strings.Count(string(data), "\r")
		for _, m := range mistakes {
			if m.Line < 1 || m.Line > lines || m.Column < 1 || m.Message == "" || m.File != "debate.yaml" {
				t.Errorf("in %d lines: %s", lines, m)
			}
		}
		if !cmp.Equal(p, queue.Programme{}) {
			t.Errorf("mistakes and a programme: %+v", p)
		}
	})
}

func ExampleParse() {
	_, err := programme.Parse("debate.yaml", []byte(`id: budget
title: On the budget
date: 1 October
panels:
  - id: morning
    title: Morning panel
    themes: Prevention
    limit: 180
`))
	fmt.Println(err)
	// Output:
	// debate.yaml:3:7: date: "1 October" is not a date after 1970; expected a date such as 2008-06-03
	// debate.yaml:7:5: panels[0].themes: unknown key; did you mean theme?
	// debate.yaml:8:12: panels[0].limit: "180" is not a duration; expected 3m, 2m30s, 180s or such, from 1s to 24h, or none
}
