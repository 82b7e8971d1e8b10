package main

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rostrum/server"
)

// renewed waits until the file of links has another value than it had.
func renewed(t *testing.T, file string, of func(server.Links) string, was string) string {
	t.Helper()
	for deadline := time.Now().Add(readyIn); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if now := of(readLinks(t, file)[example]); now != was {
			return now
		}
	}
	t.Fatalf("%s still says %s", file, was)
	return ""
}

func TestLinksRenewedWithAServerAndWithout(t *testing.T) {
	t.Parallel()
	data, file := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "links.json")
	chair := func(l server.Links) string { return l.Chair }
	s := serveOn(t, data, "--links", file)
	first := readLinks(t, file)[example]
	rostrum(t, "links", "--data", data).exits(exitOK, first.Chair, first.JoinCode)

	told := rostrum(t, "links", "--data", data, "--renew", "chair").exits(exitOK)
	second := renewed(t, file, chair, first.Chair)
	if !strings.Contains(told.stdout, second) || strings.Contains(told.stdout, first.Chair) {
		t.Errorf("the new link is %s; told is\n%s", second, told.stdout)
	}
	me := func(link string) int {
		status, _ := s.get(debateAt(example)+"/me", tokenOf(t, link))
		return status
	}
	if me(first.Chair) != http.StatusUnauthorized || me(second) != http.StatusOK || me(first.Rapporteur) != http.StatusOK {
		t.Error("the link before lets in, or the new one does not, or the rapporteur's is out")
	}
	s.stop()

	rostrum(t, "links", "--data", data, "--renew", "chair", "--id", example).exits(exitOK)
	s = serveOn(t, data, "--links", file)
	third := readLinks(t, file)[example].Chair
	if third == second || me(second) != http.StatusUnauthorized || me(third) != http.StatusOK {
		t.Errorf("without a server the link %s is not renewed: %s", second, third)
	}
	// The record still comes, though the rapporteur's link is another by now.
	rostrum(t, "links", "--data", data, "--renew", "rapporteur").exits(exitOK)
	rostrum(t, "record", "--data", data).exits(exitOK, `"interventions"`)
	rostrum(t, "links", "--data", data, "--renew", "delegate").exits(exitUsage, "chair, rapporteur or display")
	rostrum(t, "links", "--data", data, "--renew", "chair", "--id", "none").exits(exitFailed, "none")
}

func TestTheFileOfLinksFollowsTheJoinCode(t *testing.T) {
	t.Parallel()
	data, file := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "links.json")
	s := serveOn(t, data, "--links", file)
	l := readLinks(t, file)[example]
	s.do(&act{method: http.MethodPut, path: debateAt(example) + "/join", token: tokenOf(t, l.Chair), body: `{"renew":true}`})
	code := renewed(t, file, func(l server.Links) string { return l.JoinCode }, l.JoinCode)
	s.do(&act{method: http.MethodPost, path: debateAt(example) + "/join", body: `{"participant":"ken","code":"` + code + `"}`})
	s.stop()
	if again := serveOn(t, data, "--links", file); readLinks(t, file)[example].JoinCode != code {
		t.Errorf("a restart at %s makes another code", again.url)
	}
}

func TestCardsWithAServerAndWithout(t *testing.T) {
	t.Parallel()
	data, dir := filepath.Join(t.TempDir(), "data"), t.TempDir()
	s := serveOn(t, data)
	page, pdf := filepath.Join(dir, "cards.html"), filepath.Join(dir, "cards.pdf")
	read := func(file string) string {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(file); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s is %v: others may read it", file, info.Mode())
		}
		return string(text)
	}
	rostrum(t, "cards", "--data", data, "--lang", "en,fr", "--participant", "ken", "--out", page).exits(exitOK, page)
	rostrum(t, "cards", "--data", data, "--pdf", "--paper", "letter", "--participant", "ken,bra", "--out", pdf).exits(exitOK, pdf)
	with := read(page)
	if !strings.Contains(with, s.url+"/"+example+"/enter?token=~ken~~") || !strings.Contains(with, "<style>") {
		t.Errorf("the page of cards is\n%.2000s", with)
	}
	if text := read(pdf); !strings.HasPrefix(text, "%PDF-") || !strings.Contains(text, url.PathEscape(example)) {
		t.Error("the PDF is none, or has no link")
	}
	s.stop()
	rostrum(t, "cards", "--data", data, "--out", page).exits(exitFailed, "--url")
	rostrum(t, "cards", "--data", data, "--lang", "en,fr", "--participant", "ken", "--out", page, "--url", s.url).exits(exitOK)
	if without := read(page); without != with {
		t.Error("without a server the cards are others")
	}
	rostrum(t, "cards", "--data", data, "--pdf", "--participant", "ken", "--out", pdf, "--url", s.url).exits(exitOK)
	rostrum(t, "cards", "--data", data).exits(exitUsage, "--out")
	rostrum(t, "cards", "--data", data, "--lang", "de", "--out", page, "--url", s.url).exits(exitFailed, "de")
}
