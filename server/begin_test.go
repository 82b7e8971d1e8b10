package server_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"rostrum/queue"
)

// What begins a page again whose files are lost stands in the page itself, before anything that
// may be lost, and its policy lets it run and nothing else.
func TestEveryPageHasInItselfWhatBeginsIt(t *testing.T) {
	h := conveneWithPages(t)
	inline := regexp.MustCompile(`(?s)<script data-begin>(.*?)</script>`)
	for _, path := range []string{
		"/", "/certificate", "/nowhere/floor", "/static/display.html",
		"/" + trafficking + "/chair", "/" + trafficking + "/display", "/" + trafficking + "/record", "/" + trafficking + "/floor", "/" + trafficking + "/cards",
	} {
		page := h.sendTo(path, "", http.MethodGet, nil, header("Accept", "text/html"), h.cookies(queue.Chair))
		found := inline.FindSubmatchIndex(page.raw)
		if found == nil {
			t.Errorf("%s (%d) does not have it", path, page.status)
			continue
		}
		if first := regexp.MustCompile(`<link|<script|<style`).FindIndex(page.raw); first[0] != found[0] {
			t.Errorf("%s: something stands before it", path)
		}
		text := string(page.raw[found[2]:found[3]])
		words := []string{"begin.again", "location.reload()", `"zh":`, `"ar":`}
		if strings.HasSuffix(path, "/"+trafficking+"/floor") {
			words = words[:2] // a phone that comes for the first time gets those of its own language
		}
		for _, word := range words {
			if !strings.Contains(text, word) {
				t.Errorf("%s: there is no %q in it", path, word)
			}
		}
		sum := sha256.Sum256([]byte(text))
		policy := page.header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: the policy is %s", path, policy)
		}
	}
}
