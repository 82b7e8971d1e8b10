package programme_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rostrum/queue/programme"
)

// zoned is a debate file whose schedules may say HH:MM; its panels follow from line 6.
const zoned = least + "timezone: America/New_York\nroster: un\n"

// mistaken are files with mistakes, as Parse tells them but for the file's name.
var mistaken = []struct {
	name, file string
	want       []string
}{
	// The file as a whole.
	{"empty", "", []string{
		"1:1: the file is empty; expected a debate with id, title, date and panels",
	}},
	{"only a comment", "# nothing\n", []string{
		"1:1: the file is empty; expected a debate with id, title, date and panels",
	}},
	{"too long", strings.Repeat("#", 1<<20+1), []string{
		"1:1: the file has 1048577 bytes; at most 1048576 (1 MiB) are expected",
	}},
	{"not UTF-8", least + "venue: caf\xe9\n", []string{
		"4:11: the byte 0xE9 is not UTF-8; save the file as UTF-8",
	}},
	{"UTF-16", "\xff\xfei\x00d\x00", []string{
		"1:1: the byte 0xFF is not UTF-8; save the file as UTF-8",
	}},
	{"a NUL", "id: d\n\n# \x00\n", []string{
		"3:3: the control character U+0000 is not text; remove it",
	}},
	{"a control character", "id: d\r\ntitle: é\x1b[31m\r\n", []string{
		"2:9: the control character U+001B is not text; remove it",
	}},
	{"a list", "- id: d\n", []string{
		"1:1: the file is a list; expected a debate with id, title, date and panels",
	}},
	{"a text", "just a text\n", []string{
		"1:1: the file is a text; expected a debate with id, title, date and panels",
	}},
	{"two documents", "---\n" + least + panels + "---\nid: e\n", []string{
		"7:1: a second document; one debate a file is expected",
	}},

	// YAML.
	{"a colon in a text", least + "venue: New York: Room 4\n" + panels, []string{
		`4:8: not valid YAML: mapping value is not allowed in this context; indent the keys of a mapping alike, and put a text that holds ": " in quotes`,
	}},
	{"a colon far to the right", least + "venue: " + strings.Repeat("long ", 30) + ": x\n" + panels, []string{
		`4:158: a key so far to the right; put a text that holds ": " in quotes`,
	}},
	{"indented by one", "id: d\n title: T\n", []string{
		`2:2: not valid YAML: mapping value is not allowed in this context; indent the keys of a mapping alike, and put a text that holds ": " in quotes`,
	}},
	{"indented by a tab", "id: d\npanels:\n\t- id: p\n", []string{
		`3:1: not valid YAML: found character '\t' that cannot start any token; indent with spaces`,
	}},
	{"open quotes", "id: d\ntitle: \"T\n", []string{
		"2:8: not valid YAML: could not find end character of double-quoted text; close the quotes",
	}},
	{"an open list", "id: d\nlanguages: [en, fr\n", []string{
		"2:12: not valid YAML: sequence end token ']' not found; close the bracket",
	}},
	{"a reserved character", "id: @d\n", []string{
		"1:5: not valid YAML: '@' is a reserved character; put the text in quotes",
	}},
	{"aliases", "id: &id d\ntitle: *id\nvenue: !!str v\n? date\n: x\n<<: {a: b}\n", []string{
		"1:5: an anchor (&) is not supported in a debate file; write the value out",
		"2:8: an alias (*) is not supported in a debate file; write the value out",
		"3:8: a tag (!) is not supported in a debate file; write the value out",
		"4:1: a key that starts with ? is not supported in a debate file; write the value out",
		"6:1: a merge key (<<) is not supported in a debate file; write the value out",
	}},
	{"a directive", "%YAML 1.2\n---\nid: d\n", []string{
		"1:1: a directive (%) is not supported in a debate file; write the value out",
	}},
	{"nested brackets", "id: " + strings.Repeat("[", 5_000), []string{
		"1:21: nested too deeply; a debate file has few levels",
	}},
	{"nested lists", strings.Repeat("- ", 5_000), []string{
		"1:65: nested too deeply; a debate file has few levels",
	}},
	{"nested keys", strings.Repeat("a: ", 5_000), []string{
		`1:131: a key so far to the right; put a text that holds ": " in quotes`,
	}},
	{"too many keys", strings.Repeat("a: b\n", 30_000), []string{
		"20001:2: too much; at most 20000 keys are expected",
	}},
	{"too many entries", strings.Repeat("- - -\n", 20_000), []string{
		"13334:3: too much; at most 40000 keys and entries of lists are expected",
	}},
	{"a long key", "{" + strings.Repeat("k", 100) + ": v}", []string{
		"1:102: a key of 100 bytes; at most 64 are expected",
	}},

	// Keys.
	{"nothing that is needed", "venue: v\n", []string{
		"1:1: id: is missing; expected an id of 1 to 64 of A-Z a-z 0-9 . _ -",
		"1:1: title: is missing; expected the debate's title",
		"1:1: date: is missing; expected a date such as 2008-06-03",
		"1:1: panels: is missing; expected a list of at least one panel",
	}},
	{"unknown keys", least + "time_zone: UTC\nDate: x\nmoderator: ken\n" + panels, []string{
		"4:1: time_zone: unknown key; did you mean timezone?",
		"5:1: Date: unknown key; did you mean date?",
		"6:1: moderator: unknown key; expected one of id, title, venue, date, timezone, languages, private, public_record, join, roster, names, papers, groups, limits, right_of_reply, wifi, panels, participants",
	}},
	{"keys that stand twice", least + "\"title\": U\nid: e\n" + panels, []string{
		"4:1: title: stands here again; expected once, as on line 2",
		"5:1: id: stands here again; expected once, as on line 1",
	}},
	{"keys that are no text", least + "true: x\n" + panels, []string{
		"4:1: a key is true or false; expected a text",
	}},
	{"keys with nothing behind them", "id:\ntitle: ~\ndate: 2008-06-03\nvenue:\npapers:\n" + panels, []string{
		"1:4: id: is empty; expected an id of 1 to 64 of A-Z a-z 0-9 . _ -",
		"2:8: title: is empty; expected a text of 1 to 300 characters",
		"4:7: venue: is empty; expected a text of 1 to 300 characters",
		"5:8: papers: is empty; expected a list of papers, each with title and url",
	}},

	// Kinds of values.
	{"wrong kinds", `id: [d]
title: {en: T}
date: true
timezone: [UTC]
languages: en
private: "true"
public_record: yes
roster: [un]
names: [ken]
papers: {title: T}
participants: none
panels: morning
`, []string{
		"1:5: id: is a list; expected an id of 1 to 64 of A-Z a-z 0-9 . _ -",
		"2:8: title: is a mapping; expected a text of 1 to 300 characters",
		"3:7: date: is true or false; expected a date such as 2008-06-03",
		"4:11: timezone: is a list; expected an IANA timezone such as America/New_York",
		"5:12: languages: is a text; expected a list of languages such as [en, fr]",
		"6:10: private: is a text; expected true or false, without quotes",
		"7:16: public_record: is a text; expected true or false, without quotes",
		"8:9: roster: is a list; expected the name of a roster: un",
		"9:8: names: is a list; expected names by id, such as ken: {en: …}",
		"10:9: papers: is a mapping; expected a list of papers, each with title and url",
		"11:15: participants: is a text; expected a list of participants, each with id, name and category",
		"12:9: panels: is a text; expected a list of at least one panel, each with id and title",
	}},
	{"wrong kinds in lists", least + `languages: [[en], 1]
papers: [A/62/640]
participants: [unodc, {id: {}, name: [a], category: false}]
panels:
  - morning
  - id: p
    title: P
    moderator: [ken]
    panellists: unodc
    limit: [3m]
    warn: true
    starts: {}
    list: [none]
`, []string{
		"4:13: languages[0]: is a list; expected a language, one of en, fr, es, ru, ar, zh",
		`4:19: languages[1]: "1" is not a language of Rostrum; expected one of en, fr, es, ru, ar, zh`,
		"5:10: papers[0]: is a text; expected a paper with title and url",
		"6:16: participants[0]: is a text; expected a participant with id, name and category",
		"6:28: participants[1].id: is a mapping; expected an id of 1 to 64 of A-Z a-z 0-9 . _ -",
		"6:38: participants[1].name: is a list; expected a name, or names by language such as {en: …, fr: …}",
		"6:53: participants[1].category: is true or false; expected a text of 1 to 64 characters",
		"8:5: panels[0]: is a text; expected a panel with id and title",
		"11:16: panels[1].moderator: is a list; expected the id of a participant",
		"12:17: panels[1].panellists: is a text; expected a list of participants' ids",
		"13:12: panels[1].limit: is a list; expected 3m, 2m30s, 180s or such, from 1s to 24h, or none",
		"14:11: panels[1].warn: is true or false; expected 30s, 1m or such, from 0s to 24h",
		`15:13: panels[1].starts: is a mapping; expected a time such as "10:00" on the debate's date, or one such as 2008-06-03T10:00:00-04:00`,
		"16:11: panels[1].list: is a list; expected none, or no list key where the panel has a list",
	}},

	// Values of the debate.
	{"bad values", `id: Ω
title: ""
date: 2008-02-30
timezone: New York
languages: [fr, de, FR, fr]
roster: uno
`, []string{
		"1:1: panels: is missing; expected a list of at least one panel",
		`1:5: id: "Ω" is not an id; expected 1 to 64 of A-Z a-z 0-9 . _ -`,
		"2:8: title: is empty; expected a text of 1 to 300 characters",
		`3:7: date: "2008-02-30" is not a date after 1970; expected a date such as 2008-06-03`,
		`4:11: timezone: "New York" is not a timezone; expected an IANA timezone such as America/New_York`,
		`5:17: languages[1]: "de" is not a language of Rostrum; expected one of en, fr, es, ru, ar, zh`,
		`5:21: languages[2]: "FR" is not a language of Rostrum; did you mean fr?`,
		"5:25: languages[3]: fr stands here again; expected each language once",
		`6:9: roster: "uno" is not a roster; expected un, or no roster`,
	}},
	{"how to join", least + "join: {every: 30s, claims: perhaps, code: 1}\n" + panels, []string{
		`4:15: join.every: "30s" is out of range; expected 30m, 1h or such, from 1m to 24h, or never`,
		`4:28: join.claims: "perhaps" is neither confirm nor open; expected confirm, where the chair confirms each delegation's first claim, or open`,
		"4:37: join.code: unknown key; expected one of every, claims",
	}},
	{"how to join, of another kind", least + "join: never\n" + panels, []string{
		"4:7: join: is a text; expected how to join, with every and claims",
	}},
	{"no languages and no panels", least + "languages: []\npanels: []\n", []string{
		"4:12: languages: is empty; expected a list of languages such as [en, fr]",
		"5:9: panels: is empty; expected a list of at least one panel, each with id and title",
	}},
	{"ids", "id: " + strings.Repeat("i", 65) + "\ntitle: T\ndate: 2008-06-03\npanels:\n  - {id: .., title: P}\n  - {id: a b, title: P}\n  - {id: \"\", title: P}\n  - {id: ../x, title: P}\n", []string{
		`1:5: id: "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii…" is not an id; expected 1 to 64 of A-Z a-z 0-9 . _ -`,
		`5:10: panels[0].id: ".." is not an id; expected 1 to 64 of A-Z a-z 0-9 . _ -`,
		`6:10: panels[1].id: "a b" is not an id; expected 1 to 64 of A-Z a-z 0-9 . _ -`,
		`7:10: panels[2].id: "" is not an id; expected 1 to 64 of A-Z a-z 0-9 . _ -`,
		`8:10: panels[3].id: "../x" is not an id; expected 1 to 64 of A-Z a-z 0-9 . _ -`,
	}},
	{"papers", least + panels + `papers:
  - {title: T, url: "javascript:alert(1)"}
  - {title: T, url: /A/62/640}
  - {title: T, url: "https://un.org/a b"}
  - {title: T, url: "https://"}
  - {url: "ftp://un.org/"}
  - {title: T}
`, []string{
		`6:21: papers[0].url: "javascript:alert(1)" is not a web address; expected an address that begins with https:// or http://`,
		`7:21: papers[1].url: "/A/62/640" is not a web address; expected an address that begins with https:// or http://`,
		`8:21: papers[2].url: "https://un.org/a b" is not a web address; expected an address that begins with https:// or http://`,
		`9:21: papers[3].url: "https://" is not a web address; expected an address that begins with https:// or http://`,
		"10:5: papers[4].title: is missing; expected the paper's title",
		`10:11: papers[4].url: "ftp://un.org/" is not a web address; expected an address that begins with https:// or http://`,
		"11:5: papers[5].url: is missing; expected an address that begins with https:// or http://",
	}},

	// Texts.
	{"texts", least + panels + `venue: "a\u202eb"
participants:
  - {id: a, name: "\u200b\u2060 \u3164", category: media}
  - {id: b, name: "a\u0007", category: media}
  - {id: c, name: {en: "\u2066a", fr: " "}, category: "\t"}
  - id: e
    name: |
      two
      lines
    category: a
  - {id: f, name: "a\u2028b", category: a}
`, []string{
		"5:8: venue: holds the character U+202E; expected one line without control characters and direction overrides",
		"7:19: participants[0].name: shows nothing; expected a text with characters that can be seen",
		"8:19: participants[1].name: holds the character U+0007; expected one line without control characters and direction overrides",
		"9:24: participants[2].name.en: holds the character U+2066; expected one line without control characters and direction overrides",
		"9:39: participants[2].name.fr: is empty; expected a text of 1 to 200 characters",
		"9:55: participants[2].category: is empty; expected a text of 1 to 64 characters",
		"11:11: participants[3].name: holds the line break U+000A; expected one line without control characters and direction overrides",
		"15:19: participants[4].name: holds the line break U+2028; expected one line without control characters and direction overrides",
	}},
	{"texts that are too long", "id: d\ntitle: " + strings.Repeat("é", 301) + "\ndate: 2008-06-03\npanels:\n  - id: p\n    title: P\n    theme: " +
		strings.Repeat("t", 501) + "\nparticipants:\n  - id: a\n    name: " + strings.Repeat("n", 201) + "\n    category: " +
		strings.Repeat("c", 65) + "\n    group: " + strings.Repeat("g", 65) + "\n", []string{
		"2:8: title: has 301 characters; at most 300 are expected",
		"7:12: panels[0].theme: has 501 characters; at most 500 are expected",
		"10:11: participants[0].name: has 201 characters; at most 200 are expected",
		"11:15: participants[0].category: has 65 characters; at most 64 are expected",
		"12:12: participants[0].group: has 65 characters; at most 64 are expected",
	}},

	// Participants.
	{"participants", least + panels + `roster: un
names:
  kem: Kenya
  KEN: {en: Kenya}
  own: {en: Own}
  vat: {la: Sancta Sedes}
  pse: [x]
participants:
  - {id: own, name: {fr: Propre}, category: media}
  - {id: ken, name: Kenya, category: member_state}
  - {id: own, name: Own, category: media}
  - {id: few}
  - {id: map, name: {En: Map}, category: a}
`, []string{
		`7:3: names.kem: "kem" is not in the roster; did you mean ken?`,
		`8:3: names.KEN: "KEN" is not in the roster; did you mean ken?`,
		"9:3: names.own: own stands on line 13 of this file; expected its name there",
		`10:9: names.vat.la: "la" is not a language of Rostrum; expected one of en, fr, es, ru, ar, zh`,
		"11:8: names.pse: is a list; expected a name, or names by language such as {en: …, fr: …}",
		"13:21: participants[0].name: has no name in en; expected one in the debate's first language",
		"14:10: participants[1].id: ken is Kenya in the roster; expected another id, or names.ken to give it another name",
		"15:10: participants[2].id: own is the id of the participant on line 13 already; expected each id once",
		"16:5: participants[3].name: is missing; expected a name, or names by language such as {en: …, fr: …}",
		"16:5: participants[3].category: is missing; expected a category such as un_system or civil_society",
		`17:22: participants[4].name.En: "En" is not a language of Rostrum; did you mean en?`,
	}},
	{"names without a roster", least + panels + "names: {ken: Kenya}\n", []string{
		`5:9: names.ken: "ken" is not in a roster; expected roster: un in this file`,
	}},
	{"the people of a panel", zoned + "panels:\n  - id: p\n    title: P\n    moderator: kem\n    panellists: [ken, nobody-there, ken]\n", []string{
		`9:16: panels[0].moderator: "kem" is not a participant; did you mean ken?`,
		`10:23: panels[0].panellists[1]: "nobody-there" is not a participant; expected an id from participants or the roster`,
		`10:37: panels[0].panellists[2]: "ken" stands here again; expected each panellist once`,
	}},
	{"an unknown roster says nothing of who is in it", least + "roster: us\npanels:\n  - {id: p, title: P, moderator: ken}\n", []string{
		`4:9: roster: "us" is not a roster; expected un, or no roster`,
	}},

	// Panels.
	{"panels with one id", least + "panels:\n  - {id: p, title: P}\n  - {id: q, title: Q}\n  - title: R\n    id: p\n", []string{
		"8:9: panels[2].id: p is the id of the panel on line 5 already; expected each id once",
	}},
	{"durations", least + `panels:
  - {id: a, title: A, limit: 180}
  - {id: b, title: B, limit: 0s}
  - {id: c, title: C, limit: -3m}
  - {id: d, title: D, limit: 24h0m1s}
  - {id: e, title: E, limit: 3 minutes, warn: none}
  - {id: f, title: F, limit: 1m, warn: 61s}
  - {id: g, title: G, limit: 1.0001s, warn: -1s}
  - {id: h, title: H, limit: 999999999999999h}
`, []string{
		`5:30: panels[0].limit: "180" is not a duration; expected 3m, 2m30s, 180s or such, from 1s to 24h, or none`,
		`6:30: panels[1].limit: "0s" is out of range; expected 3m, 2m30s, 180s or such, from 1s to 24h, or none`,
		`7:30: panels[2].limit: "-3m" is out of range; expected 3m, 2m30s, 180s or such, from 1s to 24h, or none`,
		`8:30: panels[3].limit: "24h0m1s" is out of range; expected 3m, 2m30s, 180s or such, from 1s to 24h, or none`,
		`9:30: panels[4].limit: "3 minutes" is not a duration; expected 3m, 2m30s, 180s or such, from 1s to 24h, or none`,
		`9:47: panels[4].warn: "none" is not a duration; expected 30s, 1m or such, from 0s to 24h`,
		"10:40: panels[5].warn: 1m1s is more than the limit of 1m0s; expected at most the limit",
		`11:30: panels[6].limit: "1.0001s" is too fine; expected 3m, 2m30s, 180s or such, from 1s to 24h, or none, in whole milliseconds`,
		`11:45: panels[6].warn: "-1s" is out of range; expected 30s, 1m or such, from 0s to 24h`,
		`12:30: panels[7].limit: "999999999999999h" is not a duration; expected 3m, 2m30s, 180s or such, from 1s to 24h, or none`,
	}},
	{"list", least + "panels:\n  - {id: a, title: A, list: closed}\n", []string{
		`5:29: panels[0].list: "closed" is not known; expected none, or no list key where the panel has a list`,
	}},
	{"times", zoned + `panels:
  - {id: a, title: A, starts: 10, ends: "25:00"}
  - {id: b, title: B, starts: "13:00", ends: "10:00"}
  - {id: c, title: C, starts: "15:00", ends: "15:00"}
  - {id: d, title: D, starts: 1969-01-01T00:00:00Z, ends: 2008-06-03T10:00:00}
`, []string{
		`7:31: panels[0].starts: "10" is not a time; expected a time such as "10:00" on the debate's date, or one such as 2008-06-03T10:00:00-04:00`,
		`7:41: panels[0].ends: "25:00" is not a time; expected a time such as "10:00" on the debate's date, or one such as 2008-06-03T10:00:00-04:00`,
		"8:46: panels[1].ends: ends 2008-06-03 10:00, not after the start 2008-06-03 13:00; expected a later time, with its date if that is another day",
		"9:46: panels[2].ends: ends 2008-06-03 15:00, not after the start 2008-06-03 15:00; expected a later time, with its date if that is another day",
		`10:31: panels[3].starts: "1969-01-01T00:00:00Z" is before 1970; expected a time such as "10:00" on the debate's date, or one such as 2008-06-03T10:00:00-04:00`,
		`10:59: panels[3].ends: "2008-06-03T10:00:00" is not a time; expected a time such as "10:00" on the debate's date, or one such as 2008-06-03T10:00:00-04:00`,
	}},
	{"a time that the clocks skip", "id: d\ntitle: T\ndate: 2008-03-09\ntimezone: America/New_York\npanels:\n  - {id: a, title: A, starts: \"02:30\"}\n", []string{
		`6:31: panels[0].starts: "02:30" is skipped by the clocks of America/New_York on that day; expected another time`,
	}},
	{"times without a timezone", least + "panels:\n  - {id: a, title: A, starts: \"10:00\"}\n", []string{
		`5:31: panels[0].starts: "10:00" has no timezone; expected timezone in this file, or a time such as 2008-06-03T10:00:00-04:00`,
	}},
	{"times in a wrong timezone", least + "timezone: Mars\npanels:\n  - {id: a, title: A, starts: \"10:00\"}\n", []string{
		`4:11: timezone: "Mars" is not a timezone; expected an IANA timezone such as America/New_York`,
	}},
	{"overlaps", zoned + `panels:
  - {id: a, title: A, starts: "10:00", ends: "13:00"}
  - {id: b, title: B, starts: "13:00", ends: "14:00"}
  - {id: c, title: C, starts: "12:30", ends: "12:45"}
  - {id: d, title: D, starts: "10:00"}
  - {id: e, title: E, ends: "13:30"}
`, []string{
		"9:31: panels[2].starts: overlaps the panel a on line 7 (2008-06-03 10:00 to 2008-06-03 13:00); expected panels one after the other",
		"10:31: panels[3].starts: overlaps the panel a on line 7 (2008-06-03 10:00 to 2008-06-03 13:00); expected panels one after the other",
		"11:29: panels[4].ends: overlaps the panel b on line 8 (2008-06-03 13:00 to 2008-06-03 14:00); expected panels one after the other",
	}},
	{"groups", least + panels + `groups:
  - {id: g77, name: Group of 77}
  - {id: g77, name: {fr: Groupe}}
  - {name: x}
`, []string{
		"7:10: groups[1].id: g77 is the id of the group on line 6 already; expected each id once",
		"7:21: groups[1].name: has no name in en; expected one in the debate's first language",
		"8:5: groups[2].id: is missing; expected an id of 1 to 64 of A-Z a-z 0-9 . _ -",
	}},
	{"limits by rule", zoned + panels + `limits:
  - {category: member_states, first: 3m}
  - {participant: kem, first: 3m, later: 0s}
  - {first: 3m}
  - {participant: ken, category: observer, first: 3m}
  - {category: observer, later: 2m}
  - {category: observer, first: 2m}
`, []string{
		`8:16: limits[0].category: "member_states" is the category of nobody; did you mean member_state?`,
		`9:19: limits[1].participant: "kem" is not a participant; did you mean ken?`,
		`9:42: limits[1].later: "0s" is out of range; expected 3m, 2m30s, 180s or such, from 1s to 24h`,
		"10:5: limits[2]: is for nobody; expected participant or category",
		"11:5: limits[3]: is for a participant and a category; expected one of them",
		"12:5: limits[4].first: is missing; expected the time of the first intervention: 3m, 2m30s, 180s or such, from 1s to 24h",
		"13:16: limits[5].category: stands on line 12 already; expected one rule for each",
	}},
	{"rights of reply", least + panels + "right_of_reply: {first: none, at_most: 0, third: 1m}\n", []string{
		`5:25: right_of_reply.first: "none" is not a duration; expected 3m, 2m30s, 180s or such, from 1s to 24h`,
		`5:40: right_of_reply.at_most: "0" is not a number of replies; expected 1 to 100`,
		"5:43: right_of_reply.third: unknown key; expected one of first, second, at_most",
	}},
	{"a longer second reply", least + panels + "right_of_reply: {first: 1m, second: 2m}\n", []string{
		"5:17: right_of_reply: the second reply has 2m0s, more than the first, 1m0s; expected at most as much",
	}},
	{"a network", least + panels + "wifi: {name: A network with a name that is far too long, security: wpa3, password: \"\"}\n", []string{
		"5:14: wifi.name: has 42 characters; at most 32 are expected",
		`5:68: wifi.security: "wpa3" is not known; expected wpa, wep or none`,
		"5:84: wifi.password: is empty; expected a text of 1 to 63 characters",
	}},
	{"a network without a password", least + panels + "wifi: {name: Hall, security: wpa}\n", []string{
		"5:7: wifi: has no password; expected one, or security: none",
	}},
	{"an open network with a password", least + panels + "wifi: {name: Hall, security: none, password: x}\n", []string{
		"5:46: wifi.password: a network without security has no password; expected none, or security: wpa",
	}},
	{"mistakes in the order of the file", "panels:\n  - title: P\nid: d\ntitel: T\ndate: x\n", []string{
		"1:1: title: is missing; expected the debate's title",
		"2:5: panels[0].id: is missing; expected an id of 1 to 64 of A-Z a-z 0-9 . _ -",
		"4:1: titel: unknown key; did you mean title?",
		`5:7: date: "x" is not a date after 1970; expected a date such as 2008-06-03`,
	}},
}

func TestMistakes(t *testing.T) {
	for _, test := range mistaken {
		t.Run(test.name, func(t *testing.T) {
			_, err := programme.Parse("f", []byte(test.file))
			var mistakes programme.Mistakes
			if !errors.As(err, &mistakes) {
				t.Fatalf("Parse gives %v, expected mistakes", err)
			}
			var got []string
			for line := range strings.SplitSeq(err.Error(), "\n") {
				got = append(got, strings.TrimPrefix(line, "f:"))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
