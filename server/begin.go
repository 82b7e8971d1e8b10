package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

// What sees to it that a page comes to life must not be lost itself. So each page has it in itself, with its
// words in all languages and the release that the page is of, and its policy names it by its hash.

// begins finds it in a page that has it.
var begins = regexp.MustCompile(`(?s)<script data-begin>.*?</script>`)

// Its second part is for a page that does not have its style sheets in itself.
const (
	beginFile   = "js/begin.js"
	beginSheets = "js/begin-sheets.js"
)

// beginLink is where a page wants it.
const beginLink = `<script src="/static/` + beginFile + `"></script>`

// script is one that stands in a page, and the hash that lets it run.
type script struct{ element, hash string }

// begin is the script that sees to it that a page comes to life, for whatever reader.
func (a *assets) begin() (script, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.beginOf([]string{beginFile, beginSheets}, languages)
}

// beginFirst is the same for a phone's first page, in the language of that.
func (a *assets) beginFirst(lang string) (script, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.beginOf([]string{beginFile}, []string{lang})
}

// beginOf is the script of some files, with its words in some languages. It is called with a locked.
func (a *assets) beginOf(files, langs []string) (script, error) {
	facts := struct {
		Release string                       `json:"release"`
		Words   map[string]map[string]string `json:"words"`
	}{Words: make(map[string]map[string]string)}
	for _, lang := range langs {
		name := "messages/" + lang + "/begin.json"
		f, err := a.load(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return script{}, fmt.Errorf("reading the words that begin a page: %w", err)
		}
		var words map[string]string
		if err := json.Unmarshal(f.plain, &words); err != nil {
			return script{}, fmt.Errorf("reading %s: %w", name, err)
		}
		if len(langs) == 1 { // the first page of a phone, which is never without a word
			delete(words, "begin.slow")
		}
		facts.Words[lang] = words
	}
	facts.Release = a.release
	data, err := json.Marshal(facts)
	if err != nil {
		return script{}, err
	}
	lines := []string{"self.BEGIN=" + string(data) + ";"}
	for _, name := range files {
		code, err := a.load(name)
		if err != nil {
			return script{}, fmt.Errorf("reading what begins a page: %w", err)
		}
		lines = append(lines, strings.FieldsFunc(string(code.plain), func(r rune) bool { return r == '\n' })...)
	}
	text := strings.Join(lines, "\n")
	if strings.Contains(text, "</script") {
		return script{}, fmt.Errorf("%s would end the element that it stands in", beginFile)
	}
	return script{"<script data-begin>" + text + "</script>", hashOf([]byte(text))}, nil
}

// withBegin puts the script into a page that wants it, and names it. It is called with a locked.
func (a *assets) withBegin(page []byte) (composed []byte, hashes []string, err error) {
	if !bytes.Contains(page, []byte(beginLink)) {
		return page, nil, nil
	}
	begin, err := a.beginOf([]string{beginFile, beginSheets}, languages)
	if err != nil {
		return nil, nil, err
	}
	return replaceOnce(page, beginLink, begin.element), []string{begin.hash}, nil
}

// releaseOf names the files of the pages as they are: other files are another release.
func releaseOf(files fs.FS) (string, error) {
	if files == nil {
		return "", nil
	}
	sum := sha256.New()
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(data))
		sum.Write(data)
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("reading the pages' release: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8]), nil
}

// hashOf names a text as a Content-Security-Policy does.
func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// allowing is a policy that also lets scripts and styles run that it names by their hashes.
func allowing(policy string, scripts, styles []string) string {
	policy = strings.Replace(policy, "script-src 'self'", strings.Join(append([]string{"script-src 'self'"}, scripts...), " "), 1)
	return strings.Replace(policy, "style-src 'self'", strings.Join(append([]string{"style-src 'self'"}, styles...), " "), 1)
}
