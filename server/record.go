package server

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"rostrum/queue"
	"rostrum/server/summary"
)

// recordEntry is an intervention in the record as it is exported: with names,
// so that it stands alone.
type recordEntry struct {
	ID string `json:"id"`
	entryView
	PanelTitle string `json:"panel_title"`
	Name       string `json:"name"`
	Category   string `json:"category"`
	Group      string `json:"group,omitempty"`
	// BehalfName is the name of the group that spoke through it, where BehalfOf is a group's id.
	BehalfName string `json:"behalf_of_name,omitempty"`
	Overtime   int64  `json:"overtime_ms"`
}

// exportedRecord is the record of a debate in a language.
type exportedRecord struct {
	viewer viewer
	state  *queue.State
	lang   string
}

// interventions are all of the debate in the order of recognition, the one on the floor without an end.
func (r exportedRecord) interventions() iter.Seq[recordEntry] {
	type entry struct {
		*queue.Floor
		ended *queue.Intervention // nil while it is on the floor
	}
	ended := r.state.Ended()
	all := make([]entry, 0, len(ended)+2)
	for n := range ended {
		all = append(all, entry{&ended[n].Floor, &ended[n]})
	}
	for _, f := range []*queue.Floor{r.state.Interrupted, r.state.Floor} {
		if f != nil {
			all = append(all, entry{f, nil})
		}
	}
	slices.SortStableFunc(all, func(a, b entry) int { return cmp.Compare(a.Recognised, b.Recognised) })
	return func(yield func(recordEntry) bool) {
		for _, e := range all {
			view := liveView(r.state, e.Floor)
			if e.ended != nil {
				view = endedView(r.state, *e.ended)
			}
			if !yield(r.entry(e.ID, view)) {
				return
			}
		}
	}
}

// entry gives an intervention the names that it stands alone with.
func (r exportedRecord) entry(id string, e entryView) recordEntry {
	s := r.state
	p := s.Participants()[e.Participant]
	out := recordEntry{
		ID: id, entryView: e, PanelTitle: s.Panels()[e.Panel].Title,
		Name: p.Name(r.lang, s.Debate.Languages...), Category: p.Category, Group: p.Group,
	}
	if g, ok := s.Debate.Group(e.BehalfOf); ok {
		out.BehalfName = g.Name(r.lang, s.Debate.Languages...)
	}
	if e.Limit != 0 {
		out.Overtime = max(0, e.Used-e.Limit)
	}
	return out
}

// statementsInOrder are written statements in the order in which they came.
func statementsInOrder(s *queue.State, wanted func(queue.Statement) bool) iter.Seq[statementView] {
	all := s.Statements()
	var ids []string
	for id, is := range all {
		if wanted(is) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Or(cmp.Compare(all[a].At, all[b].At), cmp.Compare(a, b)) })
	return func(yield func(statementView) bool) {
		for _, id := range ids {
			if !yield(stated(id, all[id])) {
				return
			}
		}
	}
}

func everyStatement(queue.Statement) bool { return true }

// writeJSON writes the record for machines.
func (r exportedRecord) writeJSON(w io.Writer) error {
	out := newIndented(w)
	out.member("debate", r.viewer.debate(r.state))
	out.member("seq", r.state.Seq)
	out.member("language", r.lang)
	elements(out, "interventions", r.interventions())
	elements(out, "statements", statementsInOrder(r.state, everyStatement))
	out.member("statistics", r.state.Statistics())
	if steps := r.state.ClockSteps; len(steps) > 0 { // the settings of the machine's clock, by which the times are
		out.member("clock_steps", steps)
	}
	return out.end()
}

// writeCSV writes the record for spreadsheets: times in UTC, durations in
// seconds.
func (r exportedRecord) writeCSV(w io.Writer) error {
	// Spreadsheets take a file without the mark for another encoding.
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	err := out.Write([]string{
		"id", "panel", "panel_title", "participant", "name", "category", "group", "kind", "on_behalf_of", "speaker", "language",
		"asked", "recognised", "started", "ended", "limit_s", "used_s", "overtime_s", "end", "note", "ruling",
		"tags", "quote", "corrections",
	})
	for i := range r.interventions() {
		if err != nil {
			return err
		}
		limit, used, overtime := "", "", ""
		if i.Limit != 0 {
			limit = seconds(i.Limit)
		}
		if i.Ended != 0 { // until then they would be wrong
			used, overtime = seconds(i.Used), seconds(i.Overtime)
		}
		err = out.Write([]string{
			text(i.ID), text(i.Panel), text(i.PanelTitle), text(i.Participant), text(i.Name), text(i.Category), text(i.Group), string(i.Kind),
			text(cmp.Or(i.BehalfName, i.BehalfOf)), text(i.Speaker), text(i.Language),
			instant(i.Asked), instant(i.Recognised), instant(i.Started), instant(i.Ended),
			limit, used, overtime, string(i.End), text(i.Note.Text), string(i.Ruling),
			text(strings.Join(i.Note.Tags, "; ")), yes(i.Note.Quote), corrected(len(i.Corrections)),
		})
	}
	out.Flush()
	return out.Error()
}

// text keeps a spreadsheet from taking somebody's words for a formula.
func text(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

// corrected counts the corrections of an entry, and says nothing where there are none.
func corrected(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func instant(ms int64) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z")
}

func seconds(ms int64) string { return strconv.FormatFloat(float64(ms)/1000, 'f', -1, 64) }

// statistics serves how the debate was shared out to those who may see the record.
func (s *Server) statistics(c echo.Context) error {
	d, grant, err := s.admit(c)
	if err != nil {
		return err
	}
	state := d.room.State()
	a := s.ofRecord(d, state, "statistics")
	a.mediaType = echo.MIMEApplicationJSON
	a.write = func(_ context.Context, w io.Writer) error {
		return json.NewEncoder(w).Encode(struct {
			Seq int64 `json:"seq"`
			queue.Statistics
		}{state.Seq, state.Statistics()})
	}
	return s.send(c, grant, a)
}

// record serves the record of a debate to its officers, and to all once the
// debate says so.
func (s *Server) record(format string) echo.HandlerFunc {
	return func(c echo.Context) error {
		d, grant, err := s.admit(c)
		if err != nil {
			return err
		}
		state := d.room.State()
		lang := languageOf(c.Request(), state).String()
		a := s.ofRecord(d, state, "record."+format+" "+lang)
		a.mediaType, a.packed = recordTypes[format], format == "docx"
		a.write = func(ctx context.Context, w io.Writer) error { return d.viewer.writeRecord(ctx, w, state, format, lang) }
		name := d.id
		if d.viewer.rehearsal {
			name += "-rehearsal"
		}
		a.fileName = name + "-record." + format
		if state.Debate.PublicRecord {
			c.Response().Header().Set("Vary", "Accept-Language, Authorization, Cookie")
		}
		return s.send(c, grant, a)
	}
}

// ofRecord is a document of a debate's record. What is not public is kept nowhere.
func (s *Server) ofRecord(d *debate, state *queue.State, what string) answer {
	a := answer{document: document{key: d.id + " " + what, version: state.Seq}, cache: "no-store"}
	a.tag = d.epoch + "-" + strings.ReplaceAll(what, " ", "-") + "-"
	if state.Debate.PublicRecord {
		a.cache = "private, no-cache"
	}
	return a
}

// recordTypes are the media types of the record's formats.
var recordTypes = map[string]string{
	"json": "application/json",
	"csv":  "text/csv; charset=utf-8",
	"md":   "text/markdown; charset=utf-8",
	"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

// writeRecord writes the record in a format, with names in a language: for machines and
// spreadsheets as it is, and for readers as the President's summary.
func (v viewer) writeRecord(ctx context.Context, w io.Writer, s *queue.State, format, lang string) error {
	switch format {
	case "json":
		return exportedRecord{v, s, lang}.writeJSON(w)
	case "csv":
		return exportedRecord{v, s, lang}.writeCSV(w)
	}
	document, err := summary.Of(ctx, s, lang)
	if err != nil {
		return fmt.Errorf("composing the summary: %w", err)
	}
	switch format {
	case "md":
		return document.WriteMarkdown(w)
	case "docx":
		return document.WriteWord(w)
	}
	return fmt.Errorf("a record is written as json, csv, md or docx, not as %q", format)
}
