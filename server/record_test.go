package server_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rostrum/queue"
	"rostrum/queue/programme"
	"rostrum/server"
)

// record is the record as CSV, by row and column.
func (h *hall) record(query string) []map[string]string {
	h.Helper()
	a := h.do(h.chair(), "GET", "/record.csv"+query, nil)
	if got := a.header.Get("Content-Type"); got != "text/csv; charset=utf-8" || !strings.Contains(a.header.Get("Content-Disposition"), `filename="trafficking-record.csv"`) {
		h.Errorf("Content-Type %q, Content-Disposition %q", got, a.header.Get("Content-Disposition"))
	}
	text, ok := bytes.CutPrefix(a.raw, []byte("\uFEFF"))
	if !ok {
		h.Error("no byte order mark, without which spreadsheets misread")
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	h.must(err)
	var out []map[string]string
	for _, row := range rows[1:] {
		named := make(map[string]string)
		for i, name := range rows[0] {
			named[name] = row[i]
		}
		out = append(out, named)
	}
	return out
}

func TestTheRecordHasEveryIntervention(t *testing.T) {
	h := convene(t)
	h.do(h.badge("ken"), "POST", "/requests", `{"id":"k","speaker":"A. B.","language":"en","behalf_of":"the Group"}`)
	h.do(h.chair(), "PUT", "/floor", `{"id":"z","request":"k","limit_ms":1000}`)
	h.do(h.link(queue.Rapporteur), "PUT", "/interventions/z/note", `{"text":"said, \"this\"\nand that","base":0}`)
	// Of one instant or not, the order is that of the calls.
	for _, id := range []string{"y", "x", "w", "a"} {
		h.do(h.chair(), "PUT", "/floor", fmt.Sprintf(`{"id":%q,"participant":"civ","limit_ms":null}`, id))
	}
	var record struct {
		Seq           int64
		Language      string
		Interventions []struct {
			ID, Panel, Participant, Name, Category, Group, End string
			PanelTitle                                         string `json:"panel_title"`
			Ended                                              int64  `json:"ended_ms"`
			Note                                               struct{ Text string }
		}
	}
	a := h.do(h.chair(), "GET", "/record.json?lang=fr", nil)
	h.must(json.Unmarshal(a.raw, &record))
	var order string
	for _, i := range record.Interventions {
		order += i.ID
	}
	if order != "zyxwa" {
		t.Errorf("the record is in the order %s, want zyxwa", order)
	}
	first, last := record.Interventions[0], record.Interventions[4]
	if first.Name != "Kenya" || first.Panel != "morning" || first.PanelTitle != "Morning panel" || first.Note.Text != "said, \"this\"\nand that" || first.End != "replaced" {
		t.Errorf("the first is %+v", first)
	}
	if last.Ended != 0 || last.End != "" || last.Name != "Côte d’Ivoire" && last.Name != "Côte d'Ivoire" {
		t.Errorf("the one on the floor is %+v", last)
	}
	rows := h.record("?lang=ar")
	if row := rows[0]; row["note"] != "said, \"this\"\nand that" || row["speaker"] != "A. B." || row["on_behalf_of"] != "the Group" || row["limit_s"] != "1" || row["name"] != "كينيا" || row["category"] != "member_state" {
		t.Errorf("the first row is %v", row)
	}
	if rows[4]["ended"] != "" || !strings.HasSuffix(rows[4]["recognised"], "Z") {
		t.Errorf("the last row is %v", rows[4])
	}

	// The command line writes the same from the data.
	var text bytes.Buffer
	h.must(server.WriteRecord(t.Context(), &text, h.room.State(), "e", "csv", "ar"))
	if want := h.do(h.chair(), "GET", "/record.csv?lang=ar", nil).raw; !bytes.Equal(text.Bytes(), want) {
		t.Errorf("the command line writes\n%s\nthe server\n%s", text.Bytes(), want)
	}
	for format, begins := range map[string]string{"md": "# Résumé du Président\n", "docx": "PK\x03\x04"} {
		a := h.do(h.chair(), "GET", "/record."+format+"?lang=fr", nil)
		if !bytes.HasPrefix(a.raw, []byte(begins)) || !strings.Contains(a.header.Get("Content-Disposition"), `filename="trafficking-record.`+format+`"`) {
			t.Errorf("the summary as %s, %s, begins with %.30q", format, a.header.Get("Content-Disposition"), a.raw)
		}
		text.Reset()
		h.must(server.WriteRecord(t.Context(), &text, h.room.State(), "e", format, "fr"))
		if !bytes.Equal(text.Bytes(), a.raw) {
			t.Errorf("the command line writes another %s", format)
		}
	}
	if err := server.WriteRecord(t.Context(), &text, h.room.State(), "e", "pdf", ""); err == nil {
		t.Error("a record as pdf is written")
	}
}

// The record is written an intervention at a time, and is the same as if it had been written as a whole.
func TestTheRecordInPartsIsTheWholeRecord(t *testing.T) {
	h := convene(t)
	compare := func(what string) {
		t.Helper()
		want, err := server.WholeRecord(h.room.State(), "e", "fr")
		h.must(err)
		var got bytes.Buffer
		h.must(server.WriteRecord(t.Context(), &got, h.room.State(), "e", "json", "fr"))
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
	compare("before anybody has spoken")
	h.fill(30)
	h.do(h.badge("ken"), "POST", "/requests", `{"id":"k","speaker":"A. <B>","language":"en","behalf_of":"the Group"}`)
	h.do(h.chair(), "PUT", "/floor", `{"id":"z","request":"k","limit_ms":1000}`)
	h.do(h.chair(), "PUT", "/floor", `{"id":"y","participant":"bra"}`)
	h.do(h.chair(), "PUT", "/floor", `{"id":"x","participant":"civ","kind":"point_of_order"}`)
	h.do(h.chair(), "PUT", "/interventions/z/note", `{"text":"<b> & é \"this\"\nand that","base":0,"tags":["one","two"]}`)
	h.do(h.chair(), "PATCH", "/interventions/z", `{"participant":"fra","used_ms":1,"reason":"France & spoke"}`)
	h.state(h.chair(), "id=s1&participant=ken&name=a.txt", "text/plain", strings.NewReader("every word")).wants(201, "")
	h.state(h.chair(), "id=s2&participant=ken&name=b.txt", "text/plain", strings.NewReader("each word")).wants(201, "")
	h.submit(queue.Actor{Role: queue.Server}, &queue.TellClock{Occasion: 1, Set: 60_000})
	compare("with something of everything")
	if text := h.do(h.chair(), "GET", "/record.json", nil).raw; !bytes.Contains(text, []byte(`"clock_steps"`)) || !bytes.Contains(text, []byte(`"corrections"`)) || !bytes.Contains(text, []byte(`"s2"`)) {
		t.Errorf("the record lacks what it should have: %.2000s", text)
	}
}

func TestNoSpreadsheetTakesWordsForAFormula(t *testing.T) {
	h := convene(t)
	formulas := []string{"=1+1", "+1", "-1-1", "@SUM(1)", "=HYPERLINK(\"http://evil\")", "=cmd|' /C calc'!A0"}
	h.do(h.chair(), "POST", "/participants", `{"id":"-2-2","name":"=1+1","category":"@x","group":"+1"}`)
	for i, formula := range formulas {
		quoted, err := json.Marshal(formula)
		h.must(err)
		h.do(h.chair(), "POST", "/requests", fmt.Sprintf(`{"id":"r%d","participant":"-2-2","speaker":%s,"behalf_of":%s,"language":"-1-1"}`, i, quoted, quoted))
		h.do(h.chair(), "PUT", "/floor", fmt.Sprintf(`{"id":"-%d-1","request":"r%d"}`, i, i))
		h.do(h.chair(), "PUT", fmt.Sprintf("/interventions/-%d-1/note", i), fmt.Sprintf(`{"text":%s,"base":0}`, quoted))
	}
	h.do(h.chair(), "PUT", "/floor", `{"id":"tab","participant":"markup"}`)
	h.do(h.chair(), "PUT", "/interventions/tab/note", `{"text":"\t=1+1","base":0}`)
	for i, row := range h.record("") {
		for column, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("row %d: %s is %q", i, column, cell)
			}
		}
		if i < len(formulas) && row["note"] != "'"+formulas[i] {
			t.Errorf("row %d: the note is %q", i, row["note"])
		}
	}
}

func TestARecordIsOpenOnceTheDebateSaysSo(t *testing.T) {
	p := thematicDebate(programme.UN())
	p.Debate.PublicRecord = true
	h := conveneOn(t, p)
	for _, token := range []string{"", h.link(queue.Display), h.badge("ken"), h.chair()} {
		h.send(token, "GET", "/record.json", nil).wants(200, "")
		h.send(token, "GET", "/record.csv", nil).wants(200, "")
		h.send(token, "GET", "/statistics", nil).wants(200, "")
	}
	h.send("bad", "GET", "/record.json", nil).wants(401, "bad_token")
}

func TestNotesHaveTagsAndTheRecordIsCorrected(t *testing.T) {
	h := convene(t)
	rapporteur := h.link(queue.Rapporteur)
	h.do(h.chair(), "PUT", "/floor", `{"id":"i","participant":"ken"}`)
	h.do(h.chair(), "DELETE", "/floor", nil)
	h.do(rapporteur, "PUT", "/interventions/i/note", `{"text":"n","base":0,"tags":["victims","trade"],"quote":true}`)
	stale := h.send(h.chair(), "PUT", "/interventions/i/note", `{"text":"m","base":0}`)
	stale.wants(409, "note_changed")
	if fmt.Sprint(stale.body["tags"]) != "[victims trade]" || stale.body["quote"] != true {
		t.Errorf("the refusal shows %v", stale.body)
	}
	if a := h.send(rapporteur, "PUT", "/interventions/i/note", `{"text":"m","base":1,"tags":"victims"}`); a.body["field"] != "tags" {
		t.Errorf("a text for the tags is answered %v", a.body)
	}
	h.do(rapporteur, "PATCH", "/interventions/i", `{"participant":"bra","reason":"Brazil spoke"}`)
	h.send(rapporteur, "PATCH", "/interventions/none", `{}`).wants(404, "no_such_intervention")

	record := h.do(h.chair(), "GET", "/record.json", nil).body["interventions"].([]any)[0].(map[string]any)
	correction := record["corrections"].([]any)[0].(map[string]any)
	if record["name"] != "Brazil" || correction["by"] != "rapporteur" || correction["reason"] != "Brazil spoke" || correction["was"].(map[string]any)["participant"] != "ken" {
		t.Errorf("the record has %v", record)
	}
	row := h.record("")[0]
	if row["tags"] != "victims; trade" || row["quote"] != "yes" || row["corrections"] != "1" || row["participant"] != "bra" {
		t.Errorf("the row is %v", row)
	}
}

// nobody reads nothing of what is written, and takes note of the largest piece.
type nobody struct {
	leaves  bool // at the second piece: the first may be a mark alone
	pieces  int
	largest int
}

var errGone = errors.New("the reader has left")

func (n *nobody) Write(p []byte) (int, error) {
	n.pieces++
	if n.largest = max(n.largest, len(p)); n.leaves && n.pieces > 1 {
		return 0, errGone
	}
	return len(p), nil
}

// No memory holds a record as a whole, and what is left of one is not made when its reader leaves.
func TestTheRecordIsMadeAsItIsWritten(t *testing.T) {
	s := longDebate(t, 20, 400)
	for _, format := range []string{"json", "csv", "md", "docx"} {
		write := func(to *nobody) (allocations float64) {
			var err error
			allocations = testing.AllocsPerRun(1, func() { to.pieces = 0; err = server.WriteRecord(t.Context(), to, s, "e", format, "en") })
			if to.leaves != errors.Is(err, errGone) || !to.leaves && err != nil {
				t.Errorf("%s ends with %v", format, err)
			}
			return allocations
		}
		whole := new(nobody)
		all := write(whole)
		if whole.largest > 64<<10 {
			t.Errorf("%s is written in pieces of up to %d bytes", format, whole.largest)
		}
		if format == "docx" {
			continue // its first piece is its last
		}
		if some := write(&nobody{leaves: true}); some > all/3 {
			t.Errorf("%s: of %v allocations %v are made for a reader who leaves at once", format, all, some)
		}
	}
}
