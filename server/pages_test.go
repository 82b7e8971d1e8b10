package server_test

import (
	"bytes"
	"io/fs"
	"path"
	"strings"
	"testing"

	"rostrum/server"
	"rostrum/static"
)

func TestScriptsAreServedWithoutTheirComments(t *testing.T) {
	const script = `// What it is.
import { a } from './a.js'; // kept

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
import { a } from './a.js'; // kept






export const b = /** @type {string} */ (a);
/** @type {X} */ (b).c = '// no comment';

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
			ticks += strings.Count(string(line), "`")
		}
	}
}
