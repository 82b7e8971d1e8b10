package server_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rostrum/queue"
	"rostrum/static"
)

// conveneWithPages is conveneSmall with the pages as they are.
func conveneWithPages(t *testing.T) *hall {
	t.Helper()
	h := &hall{TB: t, dir: t.TempDir(), log: new(failures), pages: static.Files}
	h.begin(smallDebate())
	return h
}

// firstPage is the delegate's page as a phone gets it that asks in these languages.
func (h *hall) firstPage(languages string, edits ...edit) answer {
	h.Helper()
	a := h.sendTo("/"+trafficking+"/floor", "", http.MethodGet, nil, append(edits, header("Accept-Language", languages))...)
	if a.status != http.StatusOK {
		h.Fatalf("the page: %d %s", a.status, a.raw)
	}
	return a
}

var elements = regexp.MustCompile(`(?s)<(style|script)( [^>]*)>(.*?)</(?:style|script)>`)

// What stands in the first page may run only where the policy names it by its hash, and
// nothing else may.
func TestTheFirstPageHasInItselfWhatTheJoinFormNeeds(t *testing.T) {
	h := conveneWithPages(t)
	page := h.firstPage("en")
	policy := page.header.Get("Content-Security-Policy")
	var from []string
	hashed := 0
	for _, e := range elements.FindAllStringSubmatch(string(page.raw), -1) {
		element, attributes, text := e[1], e[2], e[3]
		if _, name, ok := strings.Cut(attributes, `data-from="`); ok {
			from = append(from, strings.TrimSuffix(name, `"`))
		}
		if text == "" || strings.Contains(attributes, "application/json") {
			continue
		}
		sum := sha256.Sum256([]byte(text))
		hash := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
		if directive := regexp.MustCompile(element + "-src [^;]*").FindString(policy); !strings.Contains(directive, hash) {
			t.Errorf("<%s%s> is not in %q", element, attributes, directive)
		}
		hashed++
	}
	if got := strings.Count(policy, "sha256-"); got != hashed || strings.Contains(policy, "unsafe") {
		t.Errorf("%d hashes for %d elements: %s", got, hashed, policy)
	}
	want := []string{
		"/static/css/tokens.css", "/static/css/base.css", "/static/css/parts.css", "/static/css/floor.css", "/static/js/door.js",
		"/static/messages/en/common.json", "/static/messages/en/floor.json",
	}
	if diff := cmp.Diff(want, from); diff != "" {
		t.Error(diff)
	}
	if strings.Contains(string(page.raw), `rel="stylesheet"`) {
		t.Error("the page waits for a style sheet")
	}
}

// dataOf is what an element of a page holds as data.
func dataOf(t *testing.T, page answer, attribute string) []byte {
	t.Helper()
	found := regexp.MustCompile(`(?s)<script type="application/json" ` + attribute + `[^>]*>(.*?)</script>`).FindSubmatch(page.raw)
	if found == nil {
		t.Fatalf("there is no %s in the page", attribute)
	}
	return found[1]
}

func TestTheFirstPageSpeaksTheReadersLanguage(t *testing.T) {
	h := conveneWithPages(t)
	tests := []struct{ accepts, query, lang, direction, kenya string }{
		{"en-GB,en;q=0.9", "", "en", "ltr", "Kenya"},
		{"de,fr;q=0.8,ru;q=0.9", "", "ru", "ltr", "Кения"},
		{"ar-EG", "", "ar", "rtl", "كينيا"},
		{"zh-Hans-CN", "", "zh", "ltr", "肯尼亚"},
		{"ru", "?lang=fr", "fr", "ltr", "Kenya"},
		{"de", "", "en", "ltr", "Kenya"},
		{"", "", "en", "ltr", "Kenya"},
	}
	for _, tt := range tests {
		page := h.firstPage(tt.accepts, func(r *http.Request) { r.URL.RawQuery = strings.TrimPrefix(tt.query, "?") })
		if !strings.Contains(string(page.raw), `<html lang="`+tt.lang+`" dir="`+tt.direction+`" translate="no">`) {
			t.Errorf("%s%s: the page is not %s", tt.accepts, tt.query, tt.lang)
		}
		dataOf(t, page, `data-messages="`+tt.lang+`/floor"`)
		var roster, served struct {
			Participants []struct{ ID, Name, Category string }
		}
		h.must(json.Unmarshal(dataOf(t, page, `data-roster="`+tt.lang+` `), &roster))
		a := h.send("", http.MethodGet, "/roster?lang="+tt.lang, nil)
		h.must(json.Unmarshal(a.raw, &served))
		if diff := cmp.Diff(served, roster); diff != "" {
			t.Errorf("%s: the roster in the page is another: %s", tt.lang, diff)
		}
		found := ""
		for _, p := range roster.Participants {
			if p.ID == "ken" {
				found = p.Name
			}
		}
		if found != tt.kenya {
			t.Errorf("%s: Kenya is %q", tt.lang, found)
		}
		if vary := strings.Join(page.header.Values("Vary"), ", "); !strings.Contains(vary, "Accept-Language") || !strings.Contains(vary, "Cookie") {
			t.Errorf("Vary: %s", vary)
		}
	}
}

func TestTheFirstPageHasTheRosterAsItIsNow(t *testing.T) {
	h := conveneWithPages(t)
	before := h.firstPage("en")
	h.submit(chairman, &queue.AddParticipant{ID: "late", Name: queue.Names{"en": "Late"}, Category: "media"})
	after := h.firstPage("en")
	if strings.Contains(string(before.raw), `"late"`) || !strings.Contains(string(after.raw), `"late"`) {
		t.Error("who was added is not in the page")
	}
	if before.header.Get("ETag") == after.header.Get("ETag") {
		t.Error("another page has the same tag")
	}
	if a := h.sendTo("/"+trafficking+"/floor", "", http.MethodGet, nil, header("Accept-Language", "en"), header("If-None-Match", after.header.Get("ETag"))); a.status != http.StatusNotModified {
		t.Errorf("the same page again: %d", a.status)
	}
}

// A phone that has joined has the files already.
func TestAPhoneThatHasJoinedGetsThePlainPage(t *testing.T) {
	h := conveneWithPages(t)
	page := h.firstPage("en", h.cookies(queue.Delegate))
	if strings.Contains(string(page.raw), "data-roster") || !strings.Contains(string(page.raw), `rel="stylesheet"`) {
		t.Error("the page is not the plain one")
	}
	// Only what sees to it that every page comes to life.
	if policy := page.header.Get("Content-Security-Policy"); strings.Count(policy, "sha256") != 1 {
		t.Errorf("policy: %s", policy)
	}
}

func TestAFolderIsNoFile(t *testing.T) {
	h := conveneWithPages(t)
	for _, path := range []string{"/static/js", "/static/messages/en"} {
		h.sendTo(path, "", http.MethodGet, nil).wants(http.StatusNotFound, "not_found")
	}
}
