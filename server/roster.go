package server

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/labstack/echo/v4"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"rostrum/queue"
)

// rosterTag names a version of a debate's roster.
func rosterTag(epoch string, s *queue.State) string { return fmt.Sprintf("%s-%d", epoch, s.Roster) }

// entry is a participant as the roster shows it in one language.
type entry struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Sort     int    `json:"sort"` // the order in the language
	Category string `json:"category"`
	Group    string `json:"group,omitempty"`
}

// rosters keeps the encoded rosters of one debate by language, for the newest
// version.
type rosters struct {
	mu      sync.Mutex
	version int64
	encoded map[string]*asset
}

func (r *rosters) in(tag language.Tag, s *queue.State) (*asset, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.version != s.Roster || r.encoded == nil {
		r.version, r.encoded = s.Roster, make(map[string]*asset)
	}
	lang := tag.String()
	if f, ok := r.encoded[lang]; ok {
		return f, nil
	}
	body, err := json.Marshal(struct {
		Participants []entry `json:"participants"`
	}{entries(tag, s)})
	if err != nil {
		return nil, err
	}
	f, err := newAsset("roster.json", body)
	if err == nil {
		r.encoded[lang] = f
	}
	return f, err
}

// entries are the participants in the order of a language, by the Unicode
// collation algorithm as CLDR tailors it.
func entries(tag language.Tag, s *queue.State) []entry {
	collator := collate.New(tag, collate.IgnoreCase)
	var buf collate.Buffer
	type keyed struct {
		entry
		key []byte
	}
	all := make([]keyed, 0, len(s.Participants()))
	for id, p := range s.Participants() {
		name := p.Name(tag.String(), s.Debate.Languages...)
		all = append(all, keyed{entry{ID: id, Name: name, Category: p.Category, Group: p.Group}, bytes.Clone(collator.KeyFromString(&buf, name))})
		buf.Reset()
	}
	slices.SortFunc(all, func(a, b keyed) int {
		return cmp.Or(bytes.Compare(a.key, b.key), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	out := make([]entry, len(all))
	for i, k := range all {
		out[i] = k.entry
		out[i].Sort = i + 1
	}
	return out
}

// languageOf is the debate's language that suits a request best: by ?lang=, or by
// Accept-Language.
func languageOf(r *http.Request, s *queue.State) language.Tag {
	return debateLanguage(r.URL.Query().Get("lang"), r.Header.Get("Accept-Language"), s)
}

// debateLanguage is the debate's language that suits one wish best, or else a list of them.
func debateLanguage(wish, others string, s *queue.State) language.Tag {
	tags := make([]language.Tag, 0, len(s.Debate.Languages))
	for _, l := range s.Debate.Languages {
		tags = append(tags, language.Make(l))
	}
	if len(tags) == 0 {
		return language.English
	}
	_, i := language.MatchStrings(language.NewMatcher(tags), wish, others)
	return tags[i]
}

func (s *Server) roster(c echo.Context) error {
	d, _, err := s.admit(c)
	if err != nil {
		return err
	}
	state := d.room.State()
	tag := languageOf(c.Request(), state)
	body, err := d.rosters.in(tag, state)
	if err != nil {
		return fmt.Errorf("encoding the roster: %w", err)
	}
	version := rosterTag(d.epoch, state)
	if usual := state.Debate.Languages; c.QueryParam("lang") == "" && (len(usual) == 0 || tag.String() != usual[0]) {
		version += "-" + tag.String() // the same address has another answer for another reader
	}
	h := c.Response().Header()
	h.Set("Content-Language", tag.String())
	h.Add("Vary", "Accept-Language, Authorization, Cookie")
	f := *body
	f.tag = `"` + version + `"`
	return f.serveAs(c, http.StatusOK, "private, no-cache")
}
