package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"sync"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"

	"rostrum/queue"
)

// A phone that comes for the first time has nothing, and on a slow network each round
// trip costs it half a second. So its page has in itself all that the join form needs: the
// style, the form's script, the words and the roster. What the page is built from is the same
// as for everybody else; a page that was here before has it already, and gets the plain file.

// languages are those of the pages.
var languages = []string{"ar", "zh", "en", "fr", "ru", "es"}

// firstPages keeps the first pages of one debate by language, for the newest version of
// its roster.
type firstPages struct {
	mu      sync.Mutex
	version string
	pages   map[string]*asset
}

const floorPage = "floor.html"

// floor serves the delegate's page.
func (s *Server) floor(c echo.Context) error {
	d, err := s.debate(c)
	if err != nil {
		return s.pageError(c, err)
	}
	h, r := c.Response().Header(), c.Request()
	h.Set("Vary", "Accept-Language, Cookie")
	if _, err := r.Cookie(cookieName(d.id, queue.Delegate)); err == nil {
		return s.assets.serve(c, http.StatusOK, floorPage)
	}
	page, err := s.firstOf(d, wishedLanguage(r))
	if err != nil {
		return fmt.Errorf("composing the first page: %w", err)
	}
	return page.serve(c, http.StatusOK)
}

// wishedLanguage is the language of the pages that suits a request best, chosen as
// the pages do: the first that is wished for by its base; English.
func wishedLanguage(r *http.Request) string {
	wishes, _, _ := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if tag, err := language.Parse(r.URL.Query().Get("lang")); err == nil {
		wishes = append([]language.Tag{tag}, wishes...)
	}
	for _, wish := range wishes {
		base, _ := wish.Base()
		for _, lang := range languages {
			if base.String() == lang {
				return lang
			}
		}
	}
	return "en"
}

func (s *Server) firstOf(d *debate, lang string) (*asset, error) {
	state := d.room.State()
	version := rosterTag(d.epoch, state)
	d.first.mu.Lock()
	defer d.first.mu.Unlock()
	if d.first.version != version {
		d.first.version, d.first.pages = version, make(map[string]*asset)
	}
	if page, ok := d.first.pages[lang]; ok {
		return page, nil
	}
	roster, err := d.rosters.in(debateLanguage(lang, "", state), state)
	if err != nil {
		return nil, err
	}
	page, err := s.assets.first(lang, version, roster.plain)
	if err == nil {
		d.first.pages[lang] = page
	}
	return page, err
}

var (
	styleLink  = regexp.MustCompile(`<link rel="stylesheet" href="/static/([^"]+)">`)
	emptyLines = regexp.MustCompile(`\n{2,}`)
	doorScript = regexp.MustCompile(`<script type="module" src="/static/(js/door\.js)"></script>`)
)

// first composes the first page in a language, with a version of the roster.
func (a *assets) first(lang, version string, roster []byte) (*asset, error) {
	plain, err := a.get(floorPage)
	if err != nil {
		return nil, err
	}
	page, scripts, styles := plain.plain, []string(nil), []string(nil)
	if len(plain.scripts) > 0 { // which has its words in all languages
		begin, err := a.beginFirst(lang)
		if err != nil {
			return nil, err
		}
		page, scripts = begins.ReplaceAllLiteral(page, []byte(begin.element)), []string{begin.hash}
	}
	page, err = a.inline(page, styleLink, "style", "", &styles)
	if err != nil {
		return nil, err
	}
	page, err = a.inline(page, doorScript, "script", ` type="module"`, &scripts)
	if err != nil {
		return nil, err
	}
	words, app, err := a.words(lang)
	if err != nil {
		return nil, err
	}
	var data bytes.Buffer
	data.Write(words)
	fmt.Fprintf(&data, "<script type=\"application/json\" data-roster=\"%s %s\">", lang, html.EscapeString(version))
	json.HTMLEscape(&data, roster)
	data.WriteString("</script>\n")
	direction := "ltr"
	if lang == "ar" {
		direction = "rtl"
	}
	page = replaceOnce(page, `<html lang="en"`, fmt.Sprintf(`<html lang="%s" dir="%s"`, lang, direction))
	page = replaceOnce(page, `<div id="app"></div>`,
		`<div id="app"><header class="page-head" data-until-drawn><span class="name">`+html.EscapeString(app)+`</span></header></div>`)
	page = replaceOnce(page, "</body>", data.String()+"</body>")
	out, err := newAsset(floorPage, page)
	if err != nil {
		return nil, err
	}
	out.scripts, out.styles = scripts, styles
	return out, nil
}

// inline puts files into a page where it links to them, and names them by their hashes
// for its policy. A worker that keeps the page finds them by data-from.
func (a *assets) inline(page []byte, link *regexp.Regexp, element, attributes string, hashes *[]string) ([]byte, error) {
	var failed error
	page = link.ReplaceAllFunc(page, func(found []byte) []byte {
		name := string(link.FindSubmatch(found)[1])
		f, err := a.get(name)
		if err != nil {
			failed = err
			return found
		}
		text := emptyLines.ReplaceAll(bytes.TrimSpace(f.plain), []byte("\n")) // here no line has a number
		if bytes.Contains(text, []byte("</"+element)) {
			failed = fmt.Errorf("%s would end the element that it stands in", name)
			return found
		}
		*hashes = append(*hashes, hashOf(text))
		return fmt.Appendf(nil, `<%s%s data-from="/static/%s">%s</%s>`, element, attributes, name, text, element)
	})
	return page, failed
}

// words are the messages of the delegate's page in a language, as elements that hold them,
// and the program's name in it.
func (a *assets) words(lang string) (elements []byte, app string, err error) {
	var out bytes.Buffer
	for _, part := range []string{"common", "floor"} {
		name := "messages/" + lang + "/" + part + ".json"
		f, err := a.get(name)
		if err != nil {
			return nil, "", err
		}
		var all map[string]any
		if err := json.Unmarshal(f.plain, &all); err != nil {
			return nil, "", fmt.Errorf("reading %s: %w", name, err)
		}
		if text, ok := all["common.app"].(string); ok {
			app = text
		}
		fmt.Fprintf(&out, "<script type=\"application/json\" data-messages=\"%s/%s\" data-from=\"/static/%s\">", lang, part, name)
		json.HTMLEscape(&out, bytes.TrimSpace(f.plain))
		out.WriteString("</script>\n")
	}
	return out.Bytes(), app, nil
}

func replaceOnce(page []byte, old, now string) []byte {
	return bytes.Replace(page, []byte(old), []byte(now), 1)
}
