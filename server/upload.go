package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"rostrum/queue"
	"rostrum/server/statements"
)

const (
	// uploadIdle is how long the server waits for more of a file, and uploadAll how long
	// for all of it: ten megabytes over a network of a crowded room.
	uploadIdle = 20 * time.Second
	uploadAll  = 15 * time.Minute
	// uploadsAtOnce is how many files a session may be sending at once.
	uploadsAtOnce = 2
)

// uploads counts the files that are being received, by who sends them. The zero value has
// none.
type uploads struct {
	mu sync.Mutex
	by map[string]int
	// keeping is held from the storing of a file until the debate has decided, so that of two
	// requests with one statement none takes away what the other has stored.
	keeping sync.Mutex
}

// begin admits one more, until end is called.
func (u *uploads) begin(by string) (end func(), ok bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.by == nil {
		u.by = make(map[string]int)
	}
	if u.by[by] >= uploadsAtOnce {
		return nil, false
	}
	u.by[by]++
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		if u.by[by]--; u.by[by] == 0 {
			delete(u.by, by)
		}
	}, true
}

// statementView is a written statement as those who may read it see it.
type statementView struct {
	ID          string `json:"id"`
	Participant string `json:"participant"`
	Panel       string `json:"panel,omitempty"`
	Name        string `json:"name"`
	Type        string `json:"type"`
	Bytes       int64  `json:"bytes"`
	SHA256      string `json:"sha256"`
	At          int64  `json:"at_ms"`
}

func stated(id string, is queue.Statement) statementView {
	return statementView{id, is.Participant, is.Panel, is.Name, is.Type, is.Bytes, is.SHA256, is.At}
}

// addStatement receives a written statement: the file first, and then what the debate
// keeps of it.
func (s *Server) addStatement(c echo.Context) (err error) {
	received := s.clock.Now()
	defer func() { s.metrics.command("POST /statements", err) }()
	d, grant, err := s.admit(c)
	if err != nil {
		return err
	}
	query := c.Request().URL.Query()
	add := &queue.AddStatement{ID: query.Get("id"), Participant: query.Get("participant"), Panel: query.Get("panel"), Name: query.Get("name")}
	if refusal := add.Validate(); refusal != nil {
		return refusal
	}
	end, ok := s.uploads.begin(sessionOf(grant) + " " + string(grant.Role))
	if !ok {
		return &limited{refuse(rateLimited, "Two files are being sent already. Wait until one is there."), uploadIdle}
	}
	defer end()
	draft, err := s.receive(c, add)
	if err != nil {
		return err
	}
	answer, err := s.keep(c.Request().Context(), d, grant, received, draft, add)
	if err != nil {
		return errors.Join(err, s.claimLate(c.Request().Context(), d, grant, err))
	}
	noStore(c)
	status := http.StatusCreated
	if answer.Repeated {
		status = http.StatusOK
	}
	return c.JSON(status, struct {
		Seq       int64         `json:"seq"`
		ID        string        `json:"id"`
		Statement statementView `json:"statement"`
	}{answer.Seq, answer.ID, stated(answer.ID, *answer.Statement)})
}

// receive takes a file in as it comes, and says in the command what it is.
func (s *Server) receive(c echo.Context, add *queue.AddStatement) (_ *statements.Draft, err error) {
	r := c.Request()
	if r.ContentLength > queue.MaxStatement {
		return nil, statementTooLarge()
	}
	mediaType, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if charset := params["charset"]; err != nil || mediaType != queue.PlainText && mediaType != queue.PDF || charset != "" && charset != "utf-8" && charset != "UTF-8" {
		return nil, refuse(notAStatement, "A written statement is text/plain in UTF-8 or application/pdf. Say which with Content-Type.")
	}
	body := &patient{
		r: http.MaxBytesReader(c.Response(), r.Body, queue.MaxStatement), control: http.NewResponseController(c.Response()),
		until: time.Now().Add(uploadAll),
	}
	draft, err := s.files.Receive(body, queue.MaxStatement)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large), errors.Is(err, statements.ErrTooLarge):
		return nil, statementTooLarge()
	case err != nil && body.failed:
		return nil, refuse(queue.Malformed, "The file did not come to its end. Send it again.")
	case err != nil:
		return nil, err
	}
	defer func() {
		if err != nil {
			draft.Discard()
		}
	}()
	is, kind := draft.IsText, "text in UTF-8"
	if mediaType == queue.PDF {
		is, kind = draft.IsPDF, "a PDF"
	}
	switch right, err := is(); {
	case err != nil:
		return nil, err
	case draft.Bytes == 0:
		return nil, refuse(queue.Malformed, "The file is empty.")
	case !right:
		return nil, refuse(notAStatement, "The file is not %s, as its Content-Type says.", kind)
	}
	add.Type, add.Bytes, add.SHA256 = mediaType, draft.Bytes, draft.SHA256
	return draft, nil
}

func statementTooLarge() error {
	return refuse(bodyTooLarge, "A written statement has at most %d bytes.", queue.MaxStatement)
}

// keep stores a file and then lets the debate decide. What the debate refuses is taken
// away again, unless it is what a statement of the same id has.
func (s *Server) keep(ctx context.Context, d *debate, grant *Grant, received int64, draft *statements.Draft, add *queue.AddStatement) (queue.Answer, error) {
	s.uploads.keeping.Lock()
	defer s.uploads.keeping.Unlock()
	if err := draft.Keep(d.id, add.ID); err != nil {
		return queue.Answer{}, err
	}
	answer, err := d.room.Submit(ctx, queue.Submission{At: received, By: grant.actor(), Command: add})
	var refusal *queue.Error
	if !errors.As(err, &refusal) || refusal.Code == queue.Unavailable {
		return answer, err // done, or not known: then the next start sweeps
	}
	for _, is := range d.room.State().StatementsNeeded()[add.ID] {
		if is.SHA256 == add.SHA256 {
			return answer, err
		}
	}
	return answer, errors.Join(err, s.files.Remove(d.id, add.ID, add.SHA256))
}

// forgetting gives what takes the file of a statement away once a command has removed it,
// unless an undo may bring it back: then the next start does. So adding and removing again and
// again does not fill the disk.
func (s *Server) forgetting(d *debate, c queue.Command) func() error {
	remove, ok := c.(*queue.RemoveStatement)
	if !ok {
		return func() error { return nil }
	}
	was, ok := d.room.State().Statements()[remove.Statement]
	return func() error {
		s.uploads.keeping.Lock()
		defer s.uploads.keeping.Unlock()
		needed := d.room.State().StatementsNeeded()[remove.Statement]
		if !ok || slices.ContainsFunc(needed, func(is queue.Statement) bool { return is.SHA256 == was.SHA256 }) {
			return nil
		}
		return s.files.Remove(d.id, remove.Statement, was.SHA256)
	}
}

// patient is a body that may take its time, but not stand still.
type patient struct {
	r       io.Reader
	control *http.ResponseController
	until   time.Time
	failed  bool
}

func (p *patient) Read(b []byte) (int, error) {
	deadline := time.Now().Add(uploadIdle)
	if deadline.After(p.until) {
		deadline = p.until
	}
	_ = p.control.SetReadDeadline(deadline) // what has none keeps the server's own
	n, err := p.r.Read(b)
	p.failed = err != nil && err != io.EOF
	return n, err
}

// listStatements lists the written statements that the sender may read: all for officers, and
// for everybody once the record is public; their own for delegates.
func (s *Server) listStatements(c echo.Context) error {
	d, grant, err := s.admit(c)
	if err != nil {
		return err
	}
	state := d.room.State()
	out := []statementView{}
	for _, id := range statementsInOrder(state) {
		if is := state.Statements()[id]; mayRead(state, grant, is) {
			out = append(out, stated(id, is))
		}
	}
	noStore(c)
	return c.JSON(http.StatusOK, map[string]any{"statements": out})
}

// mayRead says whether somebody may read a written statement. Who only claims to be of a
// delegation, and waits for the chair, may not read what it has handed in.
func mayRead(s *queue.State, g *Grant, is queue.Statement) bool {
	if s.Debate.PublicRecord {
		return true
	}
	return g != nil && (g.Role != queue.Delegate || g.Participant == is.Participant && !s.ClaimPending(g.actor()))
}

// serveStatement serves the file of a written statement, as something to keep and
// never to show: what is in it is not ours.
func (s *Server) serveStatement(c echo.Context) error {
	d, grant, err := s.admit(c)
	if err != nil {
		return err
	}
	id, state := c.Param("id"), d.room.State()
	is, ok := state.Statements()[id]
	if !ok || !mayRead(state, grant, is) {
		return queue.NoStatement(id)
	}
	file, err := s.files.Open(d.id, id, is.SHA256)
	if errors.Is(err, statements.ErrDamaged) {
		refusal := refuse(statementDamaged, "The file of this statement is missing or damaged. Its owner can add it again.")
		refusal.Err = fmt.Errorf("the statement %q of %q, sha256 %s: %w", id, d.id, is.SHA256, err)
		return refusal
	}
	if err != nil {
		return err
	}
	defer file.Close()
	noStore(c)
	h := c.Response().Header()
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", attachment(is.Name, is.Type))
	h.Set("Content-Length", fmt.Sprint(is.Bytes))
	contentType := is.Type
	if is.Type == queue.PlainText {
		contentType += "; charset=utf-8"
	}
	return c.Stream(http.StatusOK, contentType, file)
}

// attachment names a file to keep (RFC 6266), in ASCII for those who know nothing else.
func attachment(name, mediaType string) string {
	ascii := "statement.txt"
	if mediaType == queue.PDF {
		ascii = "statement.pdf"
	}
	// An earlier version let folders be part of a name.
	name = strings.NewReplacer("/", "_", "\\", "_").Replace(name)
	return `attachment; filename="` + ascii + `"; filename*=UTF-8''` + extValue(name)
}

// extValue encodes a text as the value-chars of RFC 8187, section 3.2.1: what is no attr-char is escaped.
func extValue(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		switch {
		case '0' <= c && c <= '9', 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', strings.IndexByte("!#$&+-.^_`|~", c) >= 0:
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
