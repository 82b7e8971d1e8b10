package server_test

import (
	"bytes"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"testing"

	"rostrum/server"
	"rostrum/static"
)

func TestScriptsAreServedWithoutTheirComments(t *testing.T) {
	const script = `// What it is.
import { a } from './a.js'; // what else

/** One line. */
/**
 * Several
 * lines.
 */
export const b = /** @type {string} */ (a);
/** @type {X} */ (b).c = '// no comment';
	// indented
if (c) {
	d();
}
`
	const want = `
import { a } from './a.js';






export const b = (a);
(b).c = '// no comment';

if (c) {
d();
}
`
	if got := string(server.WithoutComments([]byte(script))); got != want {
		t.Errorf("served is\n%s", got)
	}
}

func TestStylesAreServedBare(t *testing.T) {
	const sheet = `/* What
   it is. */
@layer pages {
  a::after { /* why */
    content: "x";
  }
}
`
	const want = `

@layer pages {
a::after { 
content: "x";
}
}
`
	if got := string(server.BareStyles([]byte(sheet))); got != want {
		t.Errorf("served is\n%s", got)
	}
}

// No text of a sheet may look like a comment.
func TestNoStyleLosesMoreThanComments(t *testing.T) {
	sheets, err := fs.Glob(static.Files, "css/*.css")
	if err != nil || len(sheets) < 5 {
		t.Fatalf("%d sheets: %v", len(sheets), err)
	}
	for _, name := range sheets {
		sheet, err := fs.ReadFile(static.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		bare := server.BareStyles(sheet)
		if opened, closed := bytes.Count(bare, []byte("{")), bytes.Count(bare, []byte("}")); opened != closed || opened == 0 || bytes.Contains(bare, []byte("*/")) {
			t.Errorf("%s is served with %d blocks opened and %d closed", name, opened, closed)
		}
		if bytes.Count(bare, []byte("\n")) != bytes.Count(sheet, []byte("\n")) {
			t.Errorf("the lines of %s have moved", name)
		}
	}
}

// No line is emptied that stands in a template, where it would be text.
func TestNoTemplateLosesALine(t *testing.T) {
	scripts, err := fs.Glob(static.Files, "js/*.js")
	if err != nil || len(scripts) < 20 {
		t.Fatalf("%d scripts: %v", len(scripts), err)
	}
	for _, name := range scripts {
		script, err := fs.ReadFile(static.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		before, after := bytes.Split(script, []byte("\n")), bytes.Split(server.WithoutComments(script), []byte("\n"))
		if len(before) != len(after) {
			t.Errorf("%s has %d lines and is served with %d", name, len(before), len(after))
			continue
		}
		ticks := 0
		for i, line := range after {
			if len(line) == 0 && len(bytes.TrimSpace(before[i])) > 0 && ticks%2 == 1 {
				t.Errorf("%s:%d stands in a template: %s", path.Base(name), i+1, before[i])
			}
			if ticks%2 == 1 && bytes.Contains(before[i], []byte(" // ")) && !bytes.Contains(line, []byte(" // ")) {
				t.Errorf("%s:%d loses its end in a template: %s", path.Base(name), i+1, before[i])
			}
			ticks += strings.Count(string(line), "`")
		}
	}
}

// keptFromTranslators says whether a page asks translators, each in the way that it hears, to leave it alone.
func keptFromTranslators(page []byte) bool {
	root, rest, _ := bytes.Cut(page, []byte("<head>"))
	return bytes.Contains(root, []byte(` translate="no"`)) && bytes.Contains(rest, []byte(`<meta name="google" content="notranslate">`))
}

// What a translator puts in the place of a text, the page can't keep true.
func TestEveryPageIsKeptFromTranslators(t *testing.T) {
	files, err := fs.Glob(static.Files, "*.html")
	if err != nil || len(files) < 6 {
		t.Fatalf("%d pages: %v", len(files), err)
	}
	for _, name := range files {
		page, err := fs.ReadFile(static.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		if !keptFromTranslators(page) {
			t.Errorf("%s is left to translators", name)
		}
	}

	h := conveneWithPages(t)
	for _, c := range []struct {
		path, token string
		status      int
	}{
		{"/", "", 200},
		{"/certificate", "", 200},
		{"/" + trafficking + "/chair", "", 200},
		{"/" + trafficking + "/display", "", 200},
		{"/" + trafficking + "/record", "", 200},
		{"/" + trafficking + "/floor", "", 200},
		{"/" + trafficking + "/floor?lang=ar", "", 200},
		{"/" + trafficking + "/enter?token=none", "", 401},
		{"/no-such-debate/floor", "", 404},
		{"/" + trafficking + "/cards", "", 401},
		{"/" + trafficking + "/cards?page=ar", h.chair(), 200},
	} {
		a := h.sendTo(c.path, c.token, http.MethodGet, nil, header("Accept", "text/html"))
		if a.status != c.status || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
			t.Errorf("%s is answered %d %s, want a page with %d", c.path, a.status, a.header.Get("Content-Type"), c.status)
		}
		if !keptFromTranslators(a.raw) {
			t.Errorf("the page at %s is left to translators", c.path)
		}
	}
}

func TestThePageOfTheCardsSpeaksTheLanguageThatItsReaderChose(t *testing.T) {
	h := convene(t)
	for _, c := range []struct{ query, wished, want string }{
		{"page=ar", "fr", `<html lang="ar" dir="rtl" translate="no">`},
		{"page=de", "fr", `<html lang="fr" dir="ltr" translate="no">`},
		{"lang=ru&page=zh", "", `<option value="zh" lang="zh" selected>中文</option>`},
	} {
		a := h.sendTo("/"+trafficking+"/cards?"+c.query, h.chair(), http.MethodGet, nil, header("Accept-Language", c.wished))
		if a.status != http.StatusOK || !strings.Contains(string(a.raw), c.want) {
			t.Errorf("?%s for a reader of %q is answered %d without %s", c.query, c.wished, a.status, c.want)
		}
	}
}
