package summary

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"rostrum/queue"
)

// lookEvery is after how many interventions a composer looks whether the summary is still wanted.
const lookEvery = 100

// Of is the summary of a debate, with headings and names in a language: one of
// en, fr, es, ru, ar, zh, and English for any other. Interventions that have not ended are
// left out. It is composed while it is written, and ends with the context's error.
func Of(ctx context.Context, s *queue.State, language string) (Document, error) {
	if !slices.Contains([]string{"en", "fr", "es", "ru", "ar", "zh"}, language) {
		language = "en"
	}
	pages, err := pageWords(language)
	if err != nil {
		return Document{}, err
	}
	words := word(language)
	return Document{Language: language, Title: words.title, Blocks: func(yield func(Block, error) bool) {
		c := composer{labels: words, state: s, language: language, pages: pages, yield: yield, unwanted: ctx.Err}
		c.compose()
		if c.err != nil && !c.left {
			yield(Block{}, c.err)
		}
	}}, nil
}

// composer makes the blocks of a summary, one after the other.
type composer struct {
	labels
	state    *queue.State
	language string
	pages    map[string]string
	zone     *time.Location
	clock    string                // how a time of day is written
	record   []*queue.Intervention // in the order of recognition
	shared   queue.Statistics

	yield    func(Block, error) bool // writes a block
	left     bool                    // nothing more is written
	unwanted func() error            // why nobody wants the summary any more, nil while somebody does
	looked   int                     // interventions since unwanted was asked
	err      error
}

func (c *composer) compose() {
	ended := c.state.Ended()
	c.record = make([]*queue.Intervention, len(ended))
	for n := range ended {
		c.record[n] = &ended[n]
	}
	slices.SortStableFunc(c.record, func(a, b *queue.Intervention) int { return cmp.Compare(a.Recognised, b.Recognised) })
	c.shared = c.state.Statistics()
	c.clock = "15:04"
	var ok bool
	if c.zone, ok = Zone(c.state.Debate.Timezone); !ok {
		c.clock = "15:04 UTC"
	}
	c.head()
	for _, id := range c.panels() {
		if c.over() {
			return
		}
		c.panel(id)
	}
	c.annex()
}

func (c *composer) over() bool { return c.left || c.err != nil }

// each goes through interventions, to the end of the summary at the most.
func (c *composer) each(all []*queue.Intervention) iter.Seq[*queue.Intervention] {
	return func(yield func(*queue.Intervention) bool) {
		for _, i := range all {
			if c.looked++; c.looked >= lookEvery && c.err == nil {
				c.looked, c.err = 0, c.unwanted()
			}
			if c.over() || !yield(i) {
				return
			}
		}
	}
}

func (c *composer) add(b Block) {
	if !c.over() {
		c.left = !c.yield(b, nil)
	}
}

func (c *composer) heading(level int, text string) {
	c.add(Block{Kind: Heading, Level: level, Runs: plain(text)})
}
func (c *composer) paragraph(runs ...Run) { c.add(Block{Kind: Paragraph, Runs: runs}) }
func (c *composer) bullet(runs ...Run)    { c.add(Block{Kind: Bullet, Runs: runs}) }
func (c *composer) table(widths []int, rows iter.Seq[[]string]) {
	c.add(Block{Kind: Table, Rows: rows, Widths: widths})
}

// labelled is a text after its label.
func (c *composer) labelled(label, text string) []Run {
	return []Run{{Text: label + c.colon, Strong: true}, {Text: text}}
}

func (c *composer) head() {
	d := c.state.Debate
	c.paragraph(Run{Text: d.Title, Strong: true})
	if d.Date != "" {
		c.paragraph(c.labelled(c.date, c.dated(d.Date))...)
	}
	if d.Venue != "" {
		c.paragraph(c.labelled(c.venue, d.Venue)...)
	}
	c.paragraph(plain(c.draft)...)
}

// panels are the panels in the order of the programme.
func (c *composer) panels() []string {
	all := c.state.Panels()
	return slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		return cmp.Or(cmp.Compare(all[a].Order, all[b].Order), cmp.Compare(a, b))
	})
}

// of are the interventions of a panel, of the kinds for which a test holds.
func (c *composer) of(panel string, kinds ...queue.Kind) []*queue.Intervention {
	var found []*queue.Intervention
	for i := range c.each(c.record) {
		if i.Panel == panel && (len(kinds) == 0 || slices.Contains(kinds, i.Kind)) {
			found = append(found, i)
		}
	}
	return found
}

// panel is a panel, or a segment of the programme without a list.
func (c *composer) panel(id string) {
	p := c.state.Panels()[id]
	c.heading(1, p.Title)
	if p.Theme != "" {
		c.paragraph(c.labelled(c.theme, p.Theme)...)
	}
	said := c.of(id)
	if p.NoList {
		for i := range c.each(said) {
			c.bullet(plain(c.at(i.Recognised) + "  " + c.attribution(i))...)
		}
	} else {
		if p.Moderator != "" {
			c.paragraph(c.labelled(c.moderator, c.name(p.Moderator))...)
		}
		if len(p.Panellists) > 0 {
			names := make([]string, len(p.Panellists))
			for n, panellist := range p.Panellists {
				names[n] = c.name(panellist)
			}
			c.paragraph(c.labelled(c.panellists, strings.Join(names, c.semicolon))...)
		}
		if share, ok := c.shared.Panels[id]; ok && share.Interventions > 0 {
			c.paragraph(plain(c.interventions + c.colon + strconv.Itoa(share.Interventions) + c.semicolon + c.participants + c.colon + strconv.Itoa(share.Participants))...)
		}
	}
	if len(said) == 0 {
		c.paragraph(plain(c.nobody)...)
	}
	c.pointsMade(said)
	c.ordersAndReplies(id)
	if waiting := c.state.Unreached(id); len(waiting) > 0 {
		c.heading(2, c.unreached)
		for _, request := range waiting {
			r := c.state.Requests()[request]
			c.bullet(plain(c.names(r.Participant, r.Speaker, r.BehalfOf))...)
		}
	}
}

// pointsMade are the notes by their tags, in the order in which these were first
// used, and those without a tag last.
func (c *composer) pointsMade(said []*queue.Intervention) {
	var tags []string
	byTag := make(map[string][]*queue.Intervention)
	for i := range c.each(said) {
		note := c.state.Notes()[i.ID]
		if strings.TrimSpace(note.Text) == "" {
			continue
		}
		of := note.Tags
		if len(of) == 0 {
			of = []string{""}
		}
		for _, tag := range of {
			if byTag[tag] == nil && tag != "" {
				tags = append(tags, tag)
			}
			byTag[tag] = append(byTag[tag], i)
		}
	}
	if len(byTag) == 0 {
		return
	}
	c.heading(2, c.points)
	for _, tag := range tags {
		c.heading(3, tag)
		c.notes(byTag[tag])
	}
	if rest := byTag[""]; len(rest) > 0 {
		if len(tags) > 0 {
			c.heading(3, c.otherPoints)
		}
		c.notes(rest)
	}
}

// notes are the notes of interventions: a quote as a whole, and of the others each line
// as a point.
func (c *composer) notes(said []*queue.Intervention) {
	for i := range c.each(said) {
		note := c.state.Notes()[i.ID]
		by := Run{Text: c.attribution(i), Strong: true}
		if note.Quote {
			text := strings.Join(lines(note.Text), " ")
			c.add(Block{Kind: Quote, Runs: []Run{{Text: c.isolated(fmt.Sprintf(c.quoted, text)) + " – "}, by}})
			continue
		}
		for _, line := range lines(note.Text) {
			c.bullet(Run{Text: c.isolated(line) + " – "}, by)
		}
	}
}

// isolated keeps the direction of a text in another script from that of the document
// around it.
func (c *composer) isolated(text string) string {
	if c.language != "ar" {
		return text
	}
	return "\u2068" + text + "\u2069"
}

func (c *composer) ordersAndReplies(panel string) {
	for _, part := range []struct {
		kind  queue.Kind
		title string
	}{{queue.PointOfOrder, c.orders}, {queue.RightOfReply, c.replies}} {
		said := c.of(panel, part.kind)
		if len(said) == 0 {
			continue
		}
		c.heading(2, part.title)
		for i := range c.each(said) {
			text := c.at(i.Recognised) + "  " + c.attribution(i)
			if ruling := c.ruling(i.Decision()); ruling != "" {
				text += " – " + ruling
			}
			c.bullet(plain(text)...)
		}
	}
}

func (c *composer) annex() {
	c.heading(1, c.labels.annex)
	for _, id := range c.panels() {
		said := c.of(id)
		if len(said) == 0 {
			continue
		}
		c.heading(2, c.state.Panels()[id].Title)
		c.table([]int{9, 31, 16, 9, 10, 14, 11}, func(yield func([]string) bool) {
			if !yield([]string{c.time, c.speaker, c.kind, c.used, c.limit, c.overtime, c.waited}) {
				return
			}
			for i := range c.each(said) {
				if !yield(c.speech(i)) {
					return
				}
			}
		})
	}
	c.clockSteps()
	c.written()
	c.shares()
	c.corrected()
}

// speech is an intervention's row in the list of speakers.
func (c *composer) speech(i *queue.Intervention) []string {
	limit, over, waited := "–", "", ""
	if i.Timer.Limit != 0 {
		limit = lasting(i.Timer.Limit)
	}
	if i.Overtime() > 0 {
		over = "+" + lasting(i.Overtime())
	}
	if i.Asked != 0 {
		waited = lasting(c.state.Elapsed(i.Asked, i.Recognised))
	}
	return []string{c.at(i.Recognised), c.attribution(i), c.pages["kind."+string(i.Kind)], lasting(i.Used), limit, over, waited}
}

// clockSteps say by which clock the times are, where the server's was set meanwhile.
func (c *composer) clockSteps() {
	for _, step := range c.state.ClockSteps {
		by := "+" + lasting(step.By)
		if step.By < 0 {
			by = "−" + lasting(-step.By)
		}
		by = "\u2066" + by + "\u2069"
		if step.Followed == 0 {
			c.paragraph(plain(fmt.Sprintf(c.labels.clockStays, c.at(step.At), by))...)
			continue
		}
		c.paragraph(plain(fmt.Sprintf(c.labels.clockSet, c.at(step.At), by, c.at(step.Followed)))...)
	}
}

// written are the written statements, in the order in which they came.
func (c *composer) written() {
	all := c.state.Statements()
	if len(all) == 0 {
		return
	}
	c.heading(2, c.statements)
	for _, id := range slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		return cmp.Or(cmp.Compare(all[a].At, all[b].At), cmp.Compare(a, b))
	}) {
		c.bullet(plain(c.name(all[id].Participant) + c.colon + c.isolated(all[id].Name))...)
	}
}

// shares are the statistics.
func (c *composer) shares() {
	s := c.shared
	if s.Total.Interventions == 0 {
		return
	}
	c.heading(2, c.statistics)
	rows := [][]string{{"", c.interventions, c.participants, c.used, c.overtime, c.notReached}}
	row := func(label string, of queue.Share) {
		rows = append(rows, []string{
			label, fmt.Sprint(of.Interventions), fmt.Sprint(of.Participants), lasting(of.Used), lasting(of.Overtime), fmt.Sprint(of.NotReached),
		})
	}
	for _, category := range slices.Sorted(maps.Keys(s.Categories)) {
		row(cmp.Or(c.pages["category."+category], category), s.Categories[category])
	}
	for _, group := range slices.Sorted(maps.Keys(s.Groups)) {
		row(group, s.Groups[group])
	}
	row(c.all, s.Total)
	c.table([]int{28, 17, 16, 12, 14, 13}, slices.Values(rows))
	if s.Total.WaitedMedian != nil {
		c.paragraph(plain(c.median + c.colon + lasting(*s.Total.WaitedMedian) + c.semicolon + c.longest + c.colon + lasting(*s.Total.WaitedLongest))...)
	}
}

// corrected are the late corrections of the record: what each changed, as it was.
func (c *composer) corrected() {
	if len(c.state.Corrections()) == 0 {
		return
	}
	c.heading(2, c.corrections)
	for i := range c.each(c.record) {
		for _, correction := range c.state.Corrections()[i.ID] {
			was := correction.Was
			var changed []string
			put := func(label string, was *string) {
				if was != nil {
					changed = append(changed, label+c.colon+cmp.Or(*was, "–"))
				}
			}
			if was.Participant != nil {
				changed = append(changed, c.speaker+c.colon+c.name(*was.Participant))
			}
			if was.Kind != nil {
				changed = append(changed, c.kind+c.colon+c.pages["kind."+string(*was.Kind)])
			}
			if was.BehalfOf != nil {
				changed = append(changed, c.behalf+c.colon+cmp.Or(c.group(*was.BehalfOf), "–"))
			}
			put(c.speaker, was.Speaker)
			put(c.labels.language, was.Language)
			if was.Started != nil {
				changed = append(changed, c.started+c.colon+c.at(*was.Started))
			}
			if was.Ended != nil {
				changed = append(changed, c.ended+c.colon+c.at(*was.Ended))
			}
			if was.Used != nil {
				changed = append(changed, c.used+c.colon+lasting(*was.Used))
			}
			if correction.Void {
				changed = append(changed, c.void)
			}
			text := c.at(i.Recognised) + "  " + c.name(i.Participant) + " ← " + strings.Join(changed, c.semicolon)
			if correction.Reason != "" {
				text += " (" + c.reason + c.colon + correction.Reason + ")"
			}
			c.bullet(plain(text)...)
		}
	}
}

func (c *composer) name(participant string) string {
	p, ok := c.state.Participants()[participant]
	if !ok {
		return participant
	}
	return p.Name(c.language, c.state.Debate.Languages...)
}

func (c *composer) attribution(i *queue.Intervention) string {
	return c.names(i.Participant, i.Speaker, i.BehalfOf)
}

// names is who speaks, by whom, and for whom.
func (c *composer) names(participant, speaker, behalf string) string {
	text := c.name(participant)
	if speaker != "" {
		text += " (" + speaker + ")"
	}
	if behalf != "" {
		text += c.comma + c.behalf + " " + c.group(behalf)
	}
	return text
}

// group is the name of the debate's group that somebody speaks for, or the text that
// was given for whom.
func (c *composer) group(behalf string) string {
	if g, ok := c.state.Debate.Group(behalf); ok {
		return g.Name(c.language, c.state.Debate.Languages...)
	}
	return behalf
}

// at is a time of day in the debate's timezone, or one that says of which it is.
func (c *composer) at(ms int64) string { return time.UnixMilli(ms).In(c.zone).Format(c.clock) }

// lasting is a duration as 3:05 or 1:02:03.
func lasting(ms int64) string {
	d := (time.Duration(ms) * time.Millisecond).Round(time.Second)
	h, m, s := int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60
	if h > 0 {
		return fmt.Sprintf("%d:%02d:%02d", h, m, s)
	}
	return fmt.Sprintf("%d:%02d", m, s)
}

// lines are those of a text that hold something.
func lines(text string) []string {
	var found []string
	for line := range strings.Lines(text) {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			found = append(found, line)
		}
	}
	return found
}
