package programme

import (
	"slices"
	"strings"
	"time"

	"rostrum/queue"
)

// The longest texts, in characters.
const (
	maxName     = 200
	maxTitle    = 300
	maxTheme    = 500
	maxCategory = 64
)

// The longest lists, in entries.
const (
	maxPapers       = 100
	maxPanels       = 100
	maxPanellists   = 200
	maxParticipants = 5_000
)

// languages are those of the United Nations, and of the pages.
var languages = []string{"en", "fr", "es", "ru", "ar", "zh"}

// Parse reads a debate file. The name is that of the file, for mistakes. The
// error, if any, is [Mistakes]: all that are in the file, or the first that keeps it from
// being read as YAML.
// Its id is one that a debate can have on every file system; [Files] knows what else the server and its data need.
func Parse(name string, data []byte) (queue.Programme, error) {
	b := read(name, data)
	if !b.at.absent() {
		b.checkID(nil, nil)
	}
	if len(b.mistakes) > 0 {
		b.mistakes.sort()
		return queue.Programme{}, b.mistakes
	}
	return b.programme, nil
}

// read reads a debate file, whatever its id is.
func read(name string, data []byte) *builder {
	b := &builder{reader: &reader{file: name}}
	if root, ok := b.open(data); ok {
		b.read(root)
	}
	b.mistakes.sort()
	return b
}

// builder makes a programme of a debate file.
type builder struct {
	*reader
	programme queue.Programme
	at        value          // where the debate's id is, nothing where it has none
	day       time.Time      // midnight of the debate's date in UTC, zero if unknown
	zone      *time.Location // nil if unknown
	noZone    bool           // the file names none

	unsure bool             // the roster is unknown, and who is in it
	roster map[string]int   // the index of a participant of the roster
	own    map[string]value // where a participant of the file's own has its id
	known  []string         // the ids of the roster, then those of the file's own
}

func (b *builder) read(root value) {
	o := b.object(root, "a debate with id, title, date and panels",
		"id", "title", "venue", "date", "timezone", "languages", "private", "public_record", "join",
		"roster", "names", "papers", "groups", "limits", "right_of_reply", "wifi", "panels", "participants")
	d := &b.programme.Debate
	id := o.need("id", wantID)
	var ok bool
	if d.ID, ok = b.id(id); ok {
		b.at = id
	}
	d.Title = b.line(o.need("title", "the debate's title"), maxTitle)
	d.Venue = b.line(o.get("venue"), maxTitle)
	d.Date, b.day = b.date(o.need("date", wantDate))
	b.zone, b.noZone = b.timezone(o.get("timezone")), o.get("timezone").absent()
	if b.zone != nil {
		d.Timezone = b.zone.String()
	}
	d.Languages = b.languages(o.get("languages"))
	d.Private = b.flag(o.get("private"))
	d.PublicRecord = b.flag(o.get("public_record"))
	b.join(o.get("join"))
	b.papers(o.get("papers"))
	b.readRoster(o.get("roster"))
	b.participants(o.get("participants"))
	b.names(o.get("names"))
	b.groups(o.get("groups"))
	b.limitRules(o.get("limits"))
	b.rightOfReply(o.get("right_of_reply"))
	b.wifi(o.get("wifi"))
	b.panels(o.need("panels", "a list of at least one panel"))
}

func (b *builder) languages(v value) []string {
	const want = "a list of languages such as [en, fr]"
	var chosen []string
	for _, v := range b.list(v, 1, len(languages), want) {
		language, ok := b.text(v, "a language, one of "+strings.Join(languages, ", "))
		switch {
		case !ok:
		case !b.isLanguage(v, language):
		case slices.Contains(chosen, language):
			b.mistake(v, "%s stands here again; expected each language once", language)
		default:
			chosen = append(chosen, language)
		}
	}
	if len(chosen) == 0 {
		return slices.Clone(languages)
	}
	return chosen
}

// isLanguage reports a language that is none of the six.
func (b *builder) isLanguage(v value, language string) bool {
	if slices.Contains(languages, language) {
		return true
	}
	b.mistake(v, "%s is not a language of Rostrum; %s", quote(language),
		b.suggest(language, languages, "expected one of "+strings.Join(languages, ", ")))
	return false
}

// join reads how those in the room join.
func (b *builder) join(v value) {
	o := b.object(v, "how to join, with every and claims", "every", "claims")
	rule := &b.programme.Debate.Join
	if every := o.get("every"); !every.absent() {
		if text, ok := scalar(every); ok && text == "never" {
			rule.Never = true
		} else {
			rule.Every = b.duration(every, queue.MinPeriod*time.Millisecond, queue.MaxPeriod*time.Millisecond,
				"30m, 1h or such, from 1m to 24h, or never").Milliseconds()
		}
	}
	if claims := o.get("claims"); !claims.absent() {
		const want = "confirm, where the chair confirms each delegation's first claim, or open"
		text, ok := b.text(claims, want)
		switch {
		case !ok:
		case text == "confirm":
			rule.Confirm = true
		case text != "open":
			b.mistake(claims, "%s is neither confirm nor open; expected %s", quote(text), want)
		}
	}
}

func (b *builder) papers(v value) {
	const want = "a paper with title and url"
	for _, v := range b.list(v, 0, maxPapers, "a list of papers, each with title and url") {
		o := b.object(v, want, "title", "url")
		b.programme.Debate.Papers = append(b.programme.Debate.Papers, queue.Paper{
			Title: b.line(o.need("title", "the paper's title"), maxTitle),
			URL:   b.web(o.need("url", wantURL)),
		})
	}
}

// claim reports an id that another of its sort has, and takes it where it is free.
func (b *builder) claim(taken map[string]value, v value, id, what string) {
	if first, ok := taken[id]; ok {
		b.mistake(v, "%s is the id of the %s on line %d already; expected each id once", id, what, first.place().line)
		return
	}
	taken[id] = v
}
