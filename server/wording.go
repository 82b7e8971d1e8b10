package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// wording is the texts of a page that the server writes, in one language.
type wording struct {
	page  string
	texts map[string]string
}

// wordingIn reads the texts of a page in a language. A key stands for what is not there.
func wordingIn(pages fs.FS, lang, page string) (wording, error) {
	out := wording{page: page}
	data, err := fs.ReadFile(pages, "messages/"+lang+"/"+page+".json")
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("reading the texts of the page %s: %w", page, err)
	}
	if err := json.Unmarshal(data, &out.texts); err != nil {
		return out, fmt.Errorf("reading the texts of the page %s in %s: %w", page, lang, err)
	}
	return out, nil
}

func (w wording) get(key string, fill ...string) string {
	text, ok := w.texts[w.page+"."+key]
	if !ok {
		return key
	}
	return strings.NewReplacer(fill...).Replace(text)
}

// pageLanguage is the language that a reader has chosen for the page, or that of the six which
// suits them best.
func pageLanguage(r *http.Request) string {
	if chosen := r.URL.Query().Get("page"); slices.Contains(languages, chosen) {
		return chosen
	}
	six := []language.Tag{language.English, language.French, language.Spanish, language.Russian, language.Arabic, language.Chinese}
	_, i := language.MatchStrings(language.NewMatcher(six), r.Header.Get("Accept-Language"))
	return six[i].String()
}
