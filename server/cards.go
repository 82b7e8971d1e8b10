package server

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"iter"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"
	"rsc.io/qr"

	"rostrum/queue"
)

// The size of a card in millimetres, and how many stand on a sheet. static/css/cards.css has
// them too.
const (
	cardWidth, cardHeight = 90.0, 65.0
	cardColumns, cardRows = 2, 4
	cardsOnSheet          = cardColumns * cardRows
)

// paper is a format of paper, in millimetres.
type paper struct {
	name, title   string
	width, height float64
}

var papers = []paper{{"a4", "A4", 210, 297}, {"letter", "Letter", 215.9, 279.4}}

// CardChoice says which cards are wanted.
type CardChoice struct {
	// Languages are those of the names, the first one large. Without any it is the debate's
	// first.
	Languages []string
	Paper     string // a4, which "" stands for, or letter
	// Participants and Categories say whose, where there are any.
	Participants, Categories []string
}

// choiceOf reads a choice from a query. Each parameter may come several times or be
// a list with commas.
func choiceOf(query url.Values) CardChoice {
	list := func(name string) []string {
		return strings.FieldsFunc(strings.Join(query[name], ","), func(r rune) bool { return r == ',' || r == ' ' })
	}
	return CardChoice{list("lang"), query.Get("paper"), list("participant"), list("category")}
}

// words are a text in a language.
type words struct{ Lang, Dir, Text string }

// card is a nameplate with a badge.
type card struct {
	Participant string
	Names       []words // in the languages chosen, none twice
	URL         string  // that signs in
}

// cardSet is what is printed.
type cardSet struct {
	debate    string
	languages []string
	paper     paper
	choice    CardChoice
	cards     []card
	begin     template.HTML // what sees to it that the page comes to life
}

func direction(lang string) string {
	if base, _ := language.Make(lang).Base(); base.String() == "ar" {
		return "rtl"
	}
	return "ltr"
}

// cardsOf are the cards of a debate, in the order of the first language. It refuses
// a language that the debate does not have, and a participant who is not on its roster.
func (k Keys) cardsOf(base string, s *queue.State, choice CardChoice) (*cardSet, error) {
	set := &cardSet{debate: s.Debate.Title, languages: choice.Languages, choice: choice}
	if len(set.languages) == 0 {
		set.languages = s.Debate.Languages[:min(1, len(s.Debate.Languages))]
	}
	for _, l := range set.languages {
		if !slices.Contains(s.Debate.Languages, l) {
			return nil, &queue.Error{Code: queue.Malformed, Field: "lang", Detail: fmt.Sprintf("The debate has no names in %q; it has them in %s.", l, strings.Join(s.Debate.Languages, ", "))}
		}
	}
	i := slices.IndexFunc(papers, func(p paper) bool { return p.name == choice.Paper || choice.Paper == "" })
	if i < 0 {
		return nil, &queue.Error{Code: queue.Malformed, Field: "paper", Detail: "The paper is a4 or letter."}
	}
	set.paper = papers[i]
	for _, id := range choice.Participants {
		if _, ok := s.Participants()[id]; !ok {
			return nil, &queue.Error{Code: queue.NoSuchParticipant, Field: "participant", Detail: fmt.Sprintf("There is no participant %q on the roster of this debate.", id)}
		}
	}
	first := language.English
	if len(set.languages) > 0 {
		first = language.Make(set.languages[0])
	}
	for _, e := range entries(first, s) {
		if len(choice.Participants) > 0 && !slices.Contains(choice.Participants, e.ID) ||
			len(choice.Categories) > 0 && !slices.Contains(choice.Categories, e.Category) {
			continue
		}
		c := card{Participant: e.ID, URL: k.badgeOf(base, s, e.ID)}
		for _, l := range set.languages {
			name := s.Participants()[e.ID].Name(l, s.Debate.Languages...)
			if !slices.ContainsFunc(c.Names, func(w words) bool { return w.Text == name }) {
				c.Names = append(c.Names, words{l, direction(l), name})
			}
		}
		if len(c.Names) == 0 { // a debate without languages
			c.Names = []words{{"en", "ltr", e.Name}}
		}
		set.cards = append(set.cards, c)
	}
	return set, nil
}

// hints say in the languages chosen what the code is for, in two of them at the most.
func (set *cardSet) hints(pages fs.FS) ([]words, error) {
	var hints []words
	for _, l := range set.languages[:min(2, len(set.languages))] {
		texts, err := wordingIn(pages, l, "cards")
		if err != nil {
			return nil, err
		}
		hints = append(hints, words{l, direction(l), texts.get("hint")})
	}
	return hints, nil
}

// sizeOf is how large a name is written, so that it stays on the card.
func sizeOf(name string) string {
	switch n := utf8.RuneCountInString(name); {
	case n <= 18:
		return "short"
	case n <= 40:
		return "medium"
	case n <= 80:
		return "long"
	default:
		return "longest"
	}
}

// cuts are where to cut, each a line from x, y to x, y in millimetres: in the margins,
// none on a card.
func (p paper) cuts() [][4]float64 {
	const long, gap = 5.0, 1.0
	left, top := (p.width-cardColumns*cardWidth)/2, (p.height-cardRows*cardHeight)/2
	right, bottom := p.width-left, p.height-top
	var lines [][4]float64
	for i := range cardColumns + 1 {
		x := left + float64(i)*cardWidth
		lines = append(lines, [4]float64{x, top - gap, x, max(0, top-gap-long)}, [4]float64{x, bottom + gap, x, min(p.height, bottom+gap+long)})
	}
	for i := range cardRows + 1 {
		y := top + float64(i)*cardHeight
		lines = append(lines, [4]float64{left - gap, y, left - gap - long, y}, [4]float64{right + gap, y, right + gap + long, y})
	}
	return lines
}

// marks are where to cut as an SVG path.
func (p paper) marks() string {
	var b strings.Builder
	for _, m := range p.cuts() {
		fmt.Fprintf(&b, "M%.2f %.2fL%.2f %.2f", m[0], m[1], m[2], m[3])
	}
	return b.String()
}

// badgeQR is the QR code of a badge: [qr.M] still reads with a corner worn off.
func badgeQR(link string) (*qr.Code, error) {
	code, err := qr.Encode(link, qr.M)
	if err != nil {
		return nil, fmt.Errorf("encoding a badge: %w", err)
	}
	return code, nil
}

//go:embed cards.html
var cardsHTML string

// parseCardsPage is the page of the cards to print.
func parseCardsPage() *template.Template {
	return template.Must(template.New("cards").Parse(cardsHTML))
}

type choice struct {
	Value, Label string
	Chosen       bool
}

type shownName struct {
	words
	Size string
}

type shownCard struct {
	Dir   string
	Names []shownName
	Hints []words
	URL   string
	Label string
	Side  int
	QR    string
}

// cardsPage is all that the page shows.
type cardsPage struct {
	Lang, Dir, Debate, Paper string
	Title, Note, Languages, PaperLabel, Category, All, Show,
	Print, Count, Marks, PageLanguage string
	Width, Height                              float64
	Choices, Papers, Categories, PageLanguages []choice
	Sheets                                     iter.Seq[[]shownCard]
	// PDF is the address of the same cards as a PDF.
	PDF string
	// Begin is there in a page, Style in one that stands alone, as a file.
	Begin template.HTML
	Style template.CSS
}

// writeHTML writes the cards as a page to print, whose own words are in a language. Without
// the address of the PDF the page stands alone.
func (set *cardSet) writeHTML(w io.Writer, page *template.Template, pages fs.FS, s *queue.State, lang, pdf string) error {
	texts, err := wordingIn(pages, lang, "cards")
	if err != nil {
		return err
	}
	out := cardsPage{
		Lang: lang, Dir: direction(lang), Debate: set.debate, Paper: set.paper.name,
		Title: texts.get("title"), Note: texts.get("note"), Languages: texts.get("languages"), PaperLabel: texts.get("paper"),
		Category: texts.get("category"), All: texts.get("all"), Show: texts.get("show"), Print: texts.get("print"), PDF: pdf,
		Count: texts.get("count", "{count}", strconv.Itoa(len(set.cards))), Marks: set.paper.marks(),
		Width: set.paper.width, Height: set.paper.height, PageLanguage: texts.get("page_language"), Begin: set.begin,
	}
	if pdf == "" {
		if out.Style, err = cardStyle(pages); err != nil {
			return err
		}
	}
	set.offer(&out, s)
	hints, err := set.hints(pages)
	if err != nil {
		return err
	}
	var failed error
	out.Sheets = set.sheets(hints, texts, &failed)
	return errors.Join(page.Execute(w, out), failed)
}

// cardStyle is the style sheets of the page.
func cardStyle(pages fs.FS) (template.CSS, error) {
	var style []byte
	for _, name := range []string{"css/tokens.css", "css/cards.css"} {
		css, err := fs.ReadFile(pages, name)
		if err != nil {
			return "", fmt.Errorf("reading the style of the cards: %w", err)
		}
		style = append(style, css...)
	}
	return template.CSS(style), nil
}

// languageNames are the languages of the pages in themselves.
var languageNames = map[string]string{"en": "English", "fr": "Français", "es": "Español", "ru": "Русский", "ar": "العربية", "zh": "中文"}

// offer fills in what else may be chosen.
func (set *cardSet) offer(out *cardsPage, s *queue.State) {
	for _, l := range s.Debate.Languages {
		out.Choices = append(out.Choices, choice{l, cmp.Or(languageNames[l], l), slices.Contains(set.languages, l)})
	}
	for _, l := range languages {
		out.PageLanguages = append(out.PageLanguages, choice{l, languageNames[l], l == out.Lang})
	}
	for _, p := range papers {
		out.Papers = append(out.Papers, choice{p.name, p.title, p == set.paper})
	}
	var categories []string
	for _, p := range s.Participants() {
		categories = append(categories, p.Category)
	}
	slices.Sort(categories)
	for _, c := range slices.Compact(categories) {
		out.Categories = append(out.Categories, choice{c, strings.ReplaceAll(c, "_", " "), slices.Contains(set.choice.Categories, c)})
	}
}

// sheets are the cards as the page shows them, by sheets of paper: each is made when the page has come to
// it. They end with the first that fails.
func (set *cardSet) sheets(hints []words, texts wording, failed *error) iter.Seq[[]shownCard] {
	return func(yield func([]shownCard) bool) {
		for chunk := range slices.Chunk(set.cards, cardsOnSheet) {
			var sheet []shownCard
			for _, c := range chunk {
				code, err := badgeQR(c.URL)
				if err != nil {
					*failed = err
					return
				}
				shown := shownCard{
					Dir: c.Names[0].Dir, Hints: hints, URL: c.URL, Label: texts.get("sign_in", "{name}", c.Names[0].Text),
					Side: code.Size + 2*qrQuiet, QR: qrPath(code),
				}
				for _, n := range c.Names {
					shown.Names = append(shown.Names, shownName{n, sizeOf(n.Text)})
				}
				sheet = append(sheet, shown)
			}
			if !yield(sheet) {
				return
			}
		}
	}
}

// WriteCards writes the cards of a debate for the command line: as a page that stands
// alone, or as a PDF with the fonts in directories where the built-in ones do not do.
func WriteCards(w io.Writer, k Keys, base string, s *queue.State, choice CardChoice, pages fs.FS, pdf bool, fontDirs []string, now int64) error {
	set, err := k.cardsOf(base, s, choice)
	if err != nil {
		return err
	}
	if pdf {
		return set.writePDF(w, pages, fontDirs, time.UnixMilli(now).UTC())
	}
	return set.writeHTML(w, parseCardsPage(), pages, s, cmp.Or(first(choice.Languages), "en"), "")
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// cards shows the chair the cards as a page to print, and gives the command line
// the same as a file.
func (s *Server) cards(c echo.Context) error {
	d, grant, err := s.admit(c)
	if err != nil {
		return s.pageError(c, err)
	}
	state, choice := d.room.State(), choiceOf(c.QueryParams())
	set, err := s.keys.cardsOf(cmp.Or(baseOf(c, grant), s.room), state, choice)
	if err != nil {
		return err
	}
	lang, pdf := pageLanguage(c.Request()), ""
	if grant.Role == Operator {
		lang = cmp.Or(first(choice.Languages), lang)
	} else {
		query := c.QueryParams()
		query.Set("as", string(queue.Chair))
		pdf = "/" + url.PathEscape(d.id) + "/cards.pdf?" + query.Encode()
		begin, err := s.assets.begin()
		if err != nil {
			return err
		}
		set.begin = template.HTML(begin.element)
		h := c.Response().Header()
		h.Set("Content-Security-Policy", allowing(h.Get("Content-Security-Policy"), []string{begin.hash}, nil))
	}
	a := s.ofCards(d, state, c, "cards "+lang+" "+pdf)
	a.mediaType = echo.MIMETextHTMLCharsetUTF8
	a.write = func(_ context.Context, w io.Writer) error {
		if err := set.writeHTML(w, s.cardsPage, s.assets.files, state, lang, pdf); err != nil {
			return fmt.Errorf("drawing the cards: %w", err)
		}
		return nil
	}
	return s.send(c, grant, a)
}

// ofCards is a document of the cards that a request asks for. It holds secrets, and is kept nowhere but here.
func (s *Server) ofCards(d *debate, state *queue.State, c echo.Context, what string) answer {
	key := d.id + " " + what + "\x00" + c.QueryParams().Encode()
	return answer{document: document{key: key, version: state.Seq}, cache: "no-store"}
}

// baseOf is the address that the command line wants in the links, "" for the
// server's own.
func baseOf(c echo.Context, g *Grant) string {
	if g.Role != Operator {
		return ""
	}
	return c.QueryParam("base")
}

// cardsPDF gives the cards as a PDF.
func (s *Server) cardsPDF(c echo.Context) error {
	d, grant, err := s.admit(c)
	if err != nil {
		return s.pageError(c, err)
	}
	state := d.room.State()
	set, err := s.keys.cardsOf(cmp.Or(baseOf(c, grant), s.room), state, choiceOf(c.QueryParams()))
	if err != nil {
		return err
	}
	a := s.ofCards(d, state, c, "cards.pdf "+string(grant.Role))
	a.mediaType, a.packed, a.fileName, a.inline = "application/pdf", true, d.id+"-cards.pdf", true
	a.write = func(_ context.Context, w io.Writer) error {
		if err := set.writePDF(w, s.assets.files, s.fontDirs, time.UnixMilli(s.clock.Now()).UTC()); err != nil {
			return fmt.Errorf("printing the cards: %w", err)
		}
		return nil
	}
	return s.send(c, grant, a)
}
