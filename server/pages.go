package server

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/labstack/echo/v4"

	"rostrum/queue"
)

// assets are the files of the pages, compressed once when they are first asked
// for.
type assets struct {
	files   fs.FS
	release string

	mu     sync.Mutex
	loaded map[string]*asset
}

type asset struct {
	mediaType string
	tag       string
	plain     []byte
	gzipped   []byte // nil where it does not help
	// scripts and styles are the hashes of those that stand in a page.
	scripts, styles []string
}

func (a *assets) get(name string) (*asset, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.load(name)
}

// load is get with a locked.
func (a *assets) load(name string) (*asset, error) {
	if f, ok := a.loaded[name]; ok {
		return f, nil
	}
	plain, err := fs.ReadFile(a.files, name)
	if err != nil {
		if info, e := fs.Stat(a.files, name); e == nil && info.IsDir() {
			return nil, fs.ErrNotExist
		}
		return nil, err
	}
	var scripts []string
	switch {
	case strings.HasPrefix(name, "vendor/"): // as shipped
	case path.Ext(name) == ".html":
		if plain, scripts, err = a.withBegin(plain); err != nil {
			return nil, err
		}
	case path.Ext(name) == ".js":
		plain = withoutComments(plain)
	case path.Ext(name) == ".css":
		plain = bareStyles(plain)
	}
	f, err := newAsset(name, plain)
	if err != nil {
		return nil, err
	}
	f.scripts = scripts
	a.loaded[name] = f
	return f, nil
}

// newAsset is what a file of that name holds, ready to be sent.
func newAsset(name string, plain []byte) (*asset, error) {
	sum := sha256.Sum256(plain)
	f := &asset{mediaType: mime.TypeByExtension(path.Ext(name)), tag: `"` + hex.EncodeToString(sum[:8]) + `"`, plain: plain}
	switch path.Ext(name) { // whatever the machine's own table says
	case ".js":
		f.mediaType = "text/javascript" // which is UTF-8 (RFC 9239)
	case ".html":
		f.mediaType = "text/html; charset=utf-8"
	case ".css":
		f.mediaType = "text/css; charset=utf-8"
	case ".json":
		f.mediaType = "application/json"
	case ".svg":
		f.mediaType = "image/svg+xml"
	case ".yaml":
		f.mediaType = "application/yaml" // RFC 9512
	case ".webmanifest":
		f.mediaType = "application/manifest+json"
	}
	var err error
	if f.gzipped, err = gzipped(plain); err != nil {
		return nil, err
	}
	return f, nil
}

// typesInScripts are the types that stand in the code of a script, as comments.
var typesInScripts = regexp.MustCompile(`/\*\* @(?:type|param) [^*]*\*/ ?`)

// commentBeside is a comment at the end of a line of code. What has a quote behind it may be a text, and stays.
var commentBeside = regexp.MustCompile(`[ \t]+// [^'"` + "`" + `\n]*`)

// withoutComments empties the lines of a script that hold nothing but a comment, and takes
// those beside its code away, and the indentation, which in a template is a space between elements like the end of a line.
// They are for those who read the source, and a third of what a phone on a crowded
// network would load. Every line stays where it is, so that what a browser runs and reports is
// the file as it stands.
func withoutComments(script []byte) []byte {
	var out []byte
	inside := false // a comment of several lines
	for line := range bytes.Lines(script) {
		text := bytes.TrimSpace(line)
		begins := bytes.HasPrefix(text, []byte("/**"))
		ends := bytes.HasSuffix(text, []byte("*/"))
		switch {
		case inside:
			inside = !ends
			line = []byte("\n")
		case begins && (ends && bytes.Count(text, []byte("*/")) == 1 || !bytes.Contains(text, []byte("*/"))):
			inside = !ends
			line = []byte("\n")
		case bytes.HasPrefix(text, []byte("//")):
			line = []byte("\n")
		}
		line = typesInScripts.ReplaceAll(bytes.TrimLeft(line, " \t"), nil)
		if at := commentBeside.FindIndex(line); at != nil && len(bytes.TrimSpace(line[at[1]:])) == 0 {
			line = append(slices.Clone(line[:at[0]]), '\n')
		}
		out = append(out, line...)
	}
	return out
}

// commentInStyles is a comment of a style sheet, or the indentation of a line.
var commentInStyles = regexp.MustCompile(`(?s)/\*.*?\*/|(?m:^[ \t]+)`)

// bareStyles takes comments and indentation out of a style sheet, a sixth of what it
// weighs on the wire. Every line stays where it is.
func bareStyles(sheet []byte) []byte {
	return commentInStyles.ReplaceAllFunc(sheet, func(found []byte) []byte {
		return bytes.Repeat([]byte("\n"), bytes.Count(found, []byte("\n")))
	})
}

func gzipped(plain []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if b.Len() >= len(plain) {
		return nil, nil
	}
	return b.Bytes(), nil
}

// serve answers with a file of the pages.
func (a *assets) serve(c echo.Context, status int, name string) error {
	f, err := a.get(name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return refuse(notFound, "There is no file %s.", name)
	}
	if err != nil {
		return fmt.Errorf("reading the page file %s: %w", name, err)
	}
	return f.serve(c, status)
}

// serve answers with the file, or with 304 where the browser has it.
func (f *asset) serve(c echo.Context, status int) error { return f.serveAs(c, status, "no-cache") }

// serveAs does so, and says how the answer may be kept.
func (f *asset) serveAs(c echo.Context, status int, cache string) error {
	h := c.Response().Header()
	h.Set("Cache-Control", cache)
	h.Add("Vary", "Accept-Encoding")
	if len(f.scripts) > 0 {
		h.Set("Content-Security-Policy", allowing(h.Get("Content-Security-Policy"), f.scripts, f.styles))
	}
	if status == http.StatusOK {
		h.Set("ETag", f.tag)
		if knows(c.Request(), strings.Trim(f.tag, `"`)) {
			return c.NoContent(http.StatusNotModified)
		}
	}
	body := f.plain
	if f.gzipped != nil && strings.Contains(c.Request().Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = f.gzipped
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	return c.Blob(status, f.mediaType, body)
}

// page serves a page of a debate.
func (s *Server) page(name string) echo.HandlerFunc {
	return func(c echo.Context) error {
		if _, err := s.debate(c); err != nil {
			return s.pageError(c, err)
		}
		return s.assets.serve(c, http.StatusOK, name)
	}
}

// pageError answers a person's browser with the landing page, which says what is
// wrong, and a program with the problem.
func (s *Server) pageError(c echo.Context, err error) error {
	var refusal *queue.Error
	if !errors.As(err, &refusal) || !strings.Contains(c.Request().Header.Get("Accept"), "text/html") {
		return err
	}
	status, _ := statusOf(refusal.Code)
	return s.assets.serve(c, status, "index.html")
}
