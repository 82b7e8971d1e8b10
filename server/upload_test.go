package server_test

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rostrum/queue"
	"rostrum/server"
	"rostrum/server/statements"
)

// state adds a written statement as the bearer of a token.
func (h *hall) state(token, query, mediaType string, file io.Reader) answer {
	h.Helper()
	return h.sendTo("/api/v1/debates/"+trafficking+"/statements?"+query, token, "POST", nil, func(r *http.Request) {
		r.Body, r.ContentLength = io.NopCloser(file), -1
		r.Header.Set("Content-Type", mediaType)
	})
}

// draft is a file that was received beside the server, and is not stored yet.
func (h *hall) draft(text string) *statements.Draft {
	h.Helper()
	draft, err := statements.Open(filepath.Join(h.dir, "statements")).Receive(strings.NewReader(text), queue.MaxStatement)
	h.must(err)
	return draft
}

// files are the stored files of the debate.
func (h *hall) files() []string {
	h.Helper()
	found, err := filepath.Glob(filepath.Join(h.dir, "statements", "*", "*"))
	h.must(err)
	more, err := filepath.Glob(filepath.Join(h.dir, "statements", "incoming-*"))
	h.must(err)
	return append(found, more...)
}

const pdf = "%PDF-1.7\nnot much of one\n%%EOF"

func TestAStatementIsAddedReadAndRemoved(t *testing.T) {
	h := convene(t)
	kenya, other, rapporteur := h.phone("ken", "a"), h.phone("ken", "b"), h.link(queue.Rapporteur)
	added := h.state(kenya, "id=s1&panel=morning&name=D%C3%A9claration%20%22A%22%3B.pdf", "application/pdf", strings.NewReader(pdf))
	added.wants(201, "")
	is := added.body["statement"].(map[string]any)
	if is["participant"] != "ken" || is["name"] != `Déclaration "A";.pdf` || is["bytes"] != float64(len(pdf)) || is["panel"] != "morning" {
		t.Errorf("the statement is %v", is)
	}
	h.state(rapporteur, "id=s2&participant=bra&name=b.txt", "text/plain; charset=utf-8", strings.NewReader("Brésil")).wants(201, "")

	list := func(token string) (ids []string) {
		for _, s := range h.do(token, "GET", "/statements", nil).body["statements"].([]any) {
			ids = append(ids, s.(map[string]any)["id"].(string))
		}
		return ids
	}
	for token, want := range map[string][]string{kenya: {"s1"}, other: {"s1"}, h.badge("bra"): {"s2"}, h.badge("fra"): nil, h.chair(): {"s1", "s2"}} {
		if got := list(token); !slices.Equal(got, want) {
			t.Errorf("somebody sees %v, want %v", got, want)
		}
	}
	file := h.send(h.chair(), "GET", "/statements/s1", nil)
	file.wants(200, "")
	if string(file.raw) != pdf || file.header.Get("Content-Type") != "application/pdf" || file.header.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.HasPrefix(file.header.Get("Content-Disposition"), `attachment; filename="statement.pdf"; filename*=UTF-8''D%C3%A9claration`) ||
		!strings.Contains(file.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the file is served as %v: %s", file.header, file.raw)
	}
	h.send(h.badge("bra"), "GET", "/statements/s1", nil).wants(404, "no_such_statement")
	h.send("", "GET", "/statements/s1", nil).wants(401, "no_token")
	record := h.do(h.chair(), "GET", "/record.json", nil).body["statements"].([]any)
	if len(record) != 2 || record[0].(map[string]any)["sha256"] != is["sha256"] {
		t.Errorf("the record lists %v", record)
	}
	if summary := string(h.do(h.chair(), "GET", "/record.md", nil).raw); !strings.Contains(summary, `Kenya: Déclaration "A";.pdf`) {
		t.Errorf("the summary is\n%s", summary)
	}

	h.send(other, "DELETE", "/statements/s1", nil).wants(403, "not_yours")
	h.do(kenya, "DELETE", "/statements/s1", nil)
	h.send(h.chair(), "GET", "/statements/s1", nil).wants(404, "no_such_statement")
	if len(h.files()) != 1 {
		t.Errorf("what its owner removed is still there: %v", h.files())
	}
	h.do(h.chair(), "DELETE", "/statements/s2", nil) // which can be taken back
	if len(h.files()) != 1 {
		t.Errorf("what the chair removed is gone: %v", h.files())
	}
}

// Whoever is in the room can claim to be of a delegation. Until the chair has confirmed that, its
// statements are not theirs to read.
func TestWhoWaitsForTheChairReadsNoStatement(t *testing.T) {
	p := thematicDebate(nil)
	p.Debate.Join.Confirm = true
	p.Participants = append(p.Participants, queue.Participant{ID: "ken", Names: map[string]string{"en": "Kenya"}, Category: "member_state"})
	h := conveneOn(t, p)
	h.state(h.badge("ken"), "id=s1&name=a.txt", "text/plain", strings.NewReader("Draft")).wants(201, "")
	phone, _ := h.send("", "POST", "/join", fmt.Sprintf(`{"participant":"ken","code":%q}`, h.links().JoinCode)).body["token"].(string)
	if list := h.do(phone, "GET", "/statements", nil).body["statements"].([]any); len(list) != 0 {
		t.Errorf("who waits for the chair is shown %v", list)
	}
	h.send(phone, "GET", "/statements/s1", nil).wants(404, "no_such_statement")
	h.do(h.chair(), "POST", "/claims/ken", `{"accept":true}`)
	if list := h.do(phone, "GET", "/statements", nil).body["statements"].([]any); len(list) != 1 {
		t.Errorf("whom the chair has confirmed is shown %v", list)
	}
	if a := h.send(phone, "GET", "/statements/s1", nil); string(a.raw) != "Draft" {
		t.Errorf("whom the chair has confirmed gets %d %s", a.status, a.raw)
	}
}

func TestAStatementIsWhatItSaysItIs(t *testing.T) {
	h := convene(t)
	kenya := h.badge("ken")
	long := bytes.Repeat([]byte("x"), queue.MaxStatement+1)
	for _, tt := range []struct {
		what, query, mediaType string
		file                   io.Reader
		status                 int
		code                   string
	}{
		{"another type", "id=s&name=a.html", "text/html", strings.NewReader("<p>"), 415, "not_a_statement"},
		{"another charset", "id=s&name=a.txt", "text/plain; charset=latin1", strings.NewReader("a"), 415, "not_a_statement"},
		{"a text as PDF", "id=s&name=a.pdf", "application/pdf", strings.NewReader("a"), 415, "not_a_statement"},
		{"no UTF-8", "id=s&name=a.txt", "text/plain", strings.NewReader("caf\xe9"), 415, "not_a_statement"},
		{"a NUL", "id=s&name=a.txt", "text/plain", strings.NewReader("a\x00b"), 415, "not_a_statement"},
		{"nothing", "id=s&name=a.txt", "text/plain", strings.NewReader(""), 400, "malformed"},
		{"too much", "id=s&name=a.txt", "text/plain", bytes.NewReader(long), 413, "body_too_large"},
		{"no name", "id=s", "text/plain", strings.NewReader("a"), 400, "malformed"},
		{"a name with a folder", "id=s&name=a%2Fb.txt", "text/plain", strings.NewReader("a"), 400, "malformed"},
		{"a name with a folder of Windows", "id=s&name=a%5Cb.txt", "text/plain", strings.NewReader("a"), 400, "malformed"},
		{"the folder above", "id=s&name=..", "text/plain", strings.NewReader("a"), 400, "malformed"},
		{"no id", "name=a.txt", "text/plain", strings.NewReader("a"), 400, "malformed"},
		{"another's", "id=s&participant=bra&name=a.txt", "text/plain", strings.NewReader("a"), 403, "not_yours"},
		{"no such panel", "id=s&panel=none&name=a.txt", "text/plain", strings.NewReader("a"), 404, "no_such_panel"},
	} {
		h.state(kenya, tt.query, tt.mediaType, tt.file).wants(tt.status, tt.code)
		if left := h.files(); len(left) > 0 {
			t.Errorf("%s: %v stay", tt.what, left)
		}
	}
	h.state(kenya, "id=s&name=a.txt", "text/plain", bytes.NewReader(long[1:])).wants(201, "") // the most there may be
}

// The name comes back as it was, and none of its characters means something in the header
// (RFC 8187, section 3.2).
func TestTheNameOfAStatementIsEncodedAsTheHeaderNeedsIt(t *testing.T) {
	var printable strings.Builder
	for c := ' '; c <= '~'; c++ {
		if c != '/' && c != '\\' {
			printable.WriteRune(c)
		}
	}
	for name, want := range map[string]string{
		"Déclaration.pdf": "D%C3%A9claration.pdf", "a b;c=d@e:f.txt": "a%20b%3Bc%3Dd%40e%3Af.txt", `"'%*,()<>?[]{}`: "%22%27%25%2A%2C%28%29%3C%3E%3F%5B%5D%7B%7D",
		"!#$&+-.^_`|~": "!#$&+-.^_`|~", "声明": "%E5%A3%B0%E6%98%8E", `../a\b`: ".._a_b", printable.String(): "",
	} {
		header := server.Attachment(name, queue.PlainText)
		prefix := `attachment; filename="statement.txt"; filename*=UTF-8''`
		encoded, ok := strings.CutPrefix(header, prefix)
		if !ok || want != "" && encoded != want {
			t.Errorf("%q is sent as %s, want %s%s", name, header, prefix, want)
		}
		_, params, err := mime.ParseMediaType(strings.Replace(header, `filename="statement.txt"; `, "", 1))
		if is := params["filename"]; err != nil || want != ".._a_b" && is != name {
			t.Errorf("%q is read as %q: %v", name, is, err)
		}
	}
}

// A statement that is sent again is there once; its id stands for no other.
func TestAStatementIsAddedOnce(t *testing.T) {
	h := convene(t)
	kenya := h.badge("ken")
	first := h.state(kenya, "id=s&name=a.txt", "text/plain", strings.NewReader("one"))
	first.wants(201, "")
	again := h.state(kenya, "id=s&name=a.txt", "text/plain", strings.NewReader("one"))
	again.wants(200, "")
	if again.body["seq"] != first.body["seq"] {
		t.Errorf("the repeat is answered %v, the first %v", again.body, first.body)
	}
	h.state(kenya, "id=s&name=a.txt", "text/plain", strings.NewReader("two")).wants(409, "id_reused")
	h.state(h.badge("bra"), "id=s&name=a.txt", "text/plain", strings.NewReader("one")).wants(409, "id_reused")
	if got := string(h.do(kenya, "GET", "/statements/s", nil).raw); got != "one" || len(h.files()) != 1 {
		t.Errorf("it says %q, in %v", got, h.files())
	}
	for n := range 9 {
		h.state(kenya, fmt.Sprintf("id=more%d&name=a.txt", n), "text/plain", strings.NewReader("x")).wants(201, "")
	}
	h.state(kenya, "id=most&name=a.txt", "text/plain", strings.NewReader("x")).wants(409, "too_many_statements")
	if len(h.files()) != 10 {
		t.Errorf("there are %d files", len(h.files()))
	}
}

// What is damaged is never sent as if it were whole.
func TestADamagedStatementSaysSo(t *testing.T) {
	h := convene(t)
	h.state(h.badge("ken"), "id=s&name=a.txt", "text/plain", strings.NewReader("every word")).wants(201, "")
	file := h.files()[0]
	h.must(os.WriteFile(file, []byte("other word"), 0o600))
	h.send(h.chair(), "GET", "/statements/s", nil).wants(500, "statement_damaged")
	h.must(os.Remove(file))
	h.send(h.chair(), "GET", "/statements/s", nil).wants(500, "statement_damaged")
	if logged := h.log.taken(); strings.Count(logged, "code=statement_damaged") != 2 {
		t.Errorf("the log has %s", logged)
	}
}

// The chair sees statements come and go on the stream, and nobody else does.
func TestStatementsAreOnTheOfficersStream(t *testing.T) {
	h := convene(t)
	officer, everybody := h.watch(h.chair(), ""), h.watch("", "")
	h.state(h.badge("ken"), "id=s&name=SECRET.txt", "text/plain", strings.NewReader("x")).wants(201, "")
	h.do(h.chair(), "DELETE", "/statements/s", nil)
	seq := h.room.State().Seq
	officer.until(seq)
	everybody.until(seq)
	if all := string(bytes.Join(officer.raw, nil)); !strings.Contains(all, "SECRET.txt") {
		t.Error("the officers are not told")
	}
	if all := string(bytes.Join(everybody.raw, nil)); strings.Contains(all, "SECRET") {
		t.Error("the public is told")
	}
}
