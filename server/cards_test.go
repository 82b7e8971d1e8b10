package server_test

import (
	"bytes"
	"errors"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"rostrum/queue"
	"rostrum/queue/programme"
	"rostrum/server"
	"rostrum/static"
)

// printed are the cards of the debate as the command line writes them.
func (h *hall) printed(choice server.CardChoice, pdf bool, fonts []string) ([]byte, error) {
	var file bytes.Buffer
	err := server.WriteCards(&file, h.keys, baseURL, h.room.State(), choice, static.Files, pdf, fonts, h.clock.Now())
	return file.Bytes(), err
}

func TestTheCardsShowEveryParticipantWithItsBadge(t *testing.T) {
	h := convene(t)
	a := h.sendTo("/trafficking/cards?lang=ar,en,zh&paper=letter", h.chair(), "GET", nil, header("Accept-Language", "fr"))
	if a.status != 200 || a.header.Get("Cache-Control") != "no-store" || strings.Contains(string(a.raw), "style=") || strings.Contains(string(a.raw), "<style") {
		t.Fatalf("the cards are answered %d %s", a.status, a.header)
	}
	page := html.UnescapeString(string(a.raw))
	roster := h.room.State().Participants()
	if got := strings.Count(page, `<article class="card"`); got != len(roster) {
		t.Errorf("there are %d cards of %d participants", got, len(roster))
	}
	if got, want := strings.Count(page, `<section class="sheet"`), (len(roster)+7)/8; got != want {
		t.Errorf("they stand on %d sheets, want %d", got, want)
	}
	for id := range roster {
		token := h.keys.Badge(trafficking, id, 0)
		if !strings.Contains(page, baseURL+"/trafficking/enter?token="+token+`"`) {
			t.Errorf("%s has no badge", id)
		}
		h.send(token, "GET", "/me", nil).wants(200, "")
	}
	for _, want := range []string{`<body class="letter"`, `dir="rtl"`, `lang="ar" dir="rtl">كينيا</h2>`, `lang="en" dir="ltr">Kenya</p>`, `lang="zh" dir="ltr">肯尼亚</p>`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if strings.Contains(string(a.raw), "<img src=x") {
		t.Error("a name becomes markup")
	}
}

func TestTheCardsOfSome(t *testing.T) {
	h := convene(t)
	ids := func(query string) []string {
		t.Helper()
		a := h.sendTo("/trafficking/cards?"+query, h.chair(), "GET", nil)
		a.wants(200, "")
		var found []string
		for _, m := range regexp.MustCompile(`token=~([\w.-]+)~`).FindAllSubmatch(a.raw, -1) {
			found = append(found, string(m[1]))
		}
		return found
	}
	if got := ids("participant=ken,bra"); !slices.Equal(got, []string{"bra", "ken"}) {
		t.Errorf("the cards of ken and bra are of %v", got)
	}
	if got := ids("participant=ken&participant=bra&category=observer"); len(got) != 0 {
		t.Errorf("the cards of observers among two members are of %v", got)
	}
	if got := ids("category=un_system,media"); len(got) != 2 {
		t.Errorf("the cards of two categories are of %v", got)
	}
	h.sendTo("/trafficking/cards?participant=none", h.chair(), "GET", nil).wants(404, "no_such_participant")
	h.sendTo("/trafficking/cards?lang=de", h.chair(), "GET", nil).wantsField("lang")
	h.sendTo("/trafficking/cards.pdf?paper=a5", h.chair(), "GET", nil).wantsField("paper")
}

func TestABadgeIsAShortCode(t *testing.T) {
	h := convene(t)
	link := "http://192.168.100.200:8080/ga-2008-trafficking/enter?token=" + h.keys.Badge("ga-2008-trafficking", "ken", 3)
	// 37 modules a side: on 36 mm with the border, 0.8 mm each.
	if size := server.QRSize(t, link); size > 37 {
		t.Errorf("the code of %s has %d modules a side", link, size)
	}
}

func TestThePDFOfTheCardsReadsBack(t *testing.T) {
	for _, tool := range []string{"pdftoppm", "zbarimg"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("NOT TESTED: what is printed is not read back, since there is no %s here", tool)
		}
	}
	h := convene(t)
	for _, paper := range []string{"a4", "letter"} {
		file, err := h.printed(server.CardChoice{Paper: paper, Languages: []string{"en", "fr", "ru"}, Categories: []string{"observer", "un_system"}}, true, nil)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		h.must(os.WriteFile(filepath.Join(dir, "cards.pdf"), file, 0o600))
		h.must(exec.Command("pdftoppm", "-r", "120", "-png", filepath.Join(dir, "cards.pdf"), filepath.Join(dir, "sheet")).Run())
		sheets, err := filepath.Glob(filepath.Join(dir, "sheet-*.png"))
		h.must(err)
		var read []string
		for _, sheet := range sheets {
			out, err := exec.Command("zbarimg", "-q", "--raw", sheet).Output()
			if err != nil {
				t.Errorf("%s: %s: nothing can be read: %v", paper, filepath.Base(sheet), err)
			}
			read = append(read, strings.Fields(string(out))...)
		}
		var want []string
		for id, p := range h.room.State().Participants() {
			if slices.Contains([]string{"observer", "un_system"}, p.Category) {
				want = append(want, baseURL+"/trafficking/enter?token="+h.keys.Badge(trafficking, id, 0))
			}
		}
		slices.Sort(read)
		slices.Sort(want)
		if !slices.Equal(read, want) {
			t.Errorf("%s: the codes that are printed read\n%s\nwant\n%s", paper, strings.Join(read, "\n"), strings.Join(want, "\n"))
		}
	}
}

func TestTheBuiltInFontsPrintLatinAndCyrillic(t *testing.T) {
	h := conveneOn(t, queue.Programme{
		Debate:       queue.Debate{ID: trafficking, Title: "Débat", Languages: []string{"en", "fr", "es", "ru", "ar", "zh"}},
		Panels:       thematicDebate(nil).Panels,
		Participants: programme.UN(),
	})
	file, err := h.printed(server.CardChoice{Languages: []string{"en", "fr", "es", "ru"}}, true, nil)
	if err != nil || !bytes.HasPrefix(file, []byte("%PDF-")) {
		t.Errorf("four languages without a font of the machine's: %v", err)
	}
	for lang, script := range map[string]string{"ar": "Arabic", "zh": "Chinese"} {
		_, err := h.printed(server.CardChoice{Languages: []string{lang}}, true, nil)
		if err == nil || !strings.Contains(err.Error(), script) || !strings.Contains(err.Error(), "browser") || !strings.Contains(err.Error(), "no_font") {
			t.Errorf("without a font for %s the error is %v", script, err)
		}
	}
	h.sendTo("/trafficking/cards.pdf?lang=ar", h.chair(), "GET", nil).wants(409, "no_font")
	a := h.sendTo("/trafficking/cards.pdf?lang=en", h.chair(), "GET", nil)
	if a.status != 200 || a.header.Get("Content-Type") != "application/pdf" || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the PDF is answered %d %s", a.status, a.header)
	}
}

func TestAPageOfCardsStandsAlone(t *testing.T) {
	h := convene(t)
	a := h.sendTo("/trafficking/cards?participant=ken&base=https://room.example", h.keys.Sign(server.Grant{Role: server.Operator}), "GET", nil)
	page := string(a.raw)
	if a.status != 200 || !strings.Contains(page, "<style>") || strings.Contains(page, "/static/") || strings.Contains(page, "<form") ||
		!strings.Contains(page, "https://room.example/trafficking/enter?token=~ken~~") {
		t.Errorf("the file of cards is answered %d %s", a.status, page[:min(len(page), 2000)])
	}
	if _, err := h.printed(server.CardChoice{Languages: []string{"en", "fr", "es", "ru", "ar", "zh"}}, false, nil); err != nil {
		t.Errorf("a page in all languages: %v", err)
	}
}

// leaving is a reader that leaves after so many bytes.
type leaving struct{ left int }

var errLeft = errors.New("the reader has left")

func (l *leaving) Write(p []byte) (int, error) {
	if l.left -= len(p); l.left < 0 {
		return 0, errLeft
	}
	return len(p), nil
}

// The cards are written sheet by sheet: no memory holds them all, and they end with their reader.
func TestTheCardsEndWithTheirReader(t *testing.T) {
	s := longDebate(t, 1_000, 0)
	keys, err := server.NewKeys(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	for _, pdf := range []bool{false, true} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := server.WriteCards(&leaving{left: 128 << 10}, keys, baseURL, s, server.CardChoice{Languages: []string{"en", "fr"}}, static.Files, pdf, nil, 0)
		if !errors.Is(err, errLeft) {
			t.Errorf("the cards whose reader has left (PDF: %t) end with %v", pdf, err)
		}
		runtime.ReadMemStats(&after)
		// All of them would take three times as much, and took fifty times as the PDF was.
		if took := after.TotalAlloc - before.TotalAlloc; took > 24<<20 {
			t.Errorf("a part of the cards (PDF: %t) took %d bytes of memory", pdf, took)
		}
	}
}
