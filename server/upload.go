package server

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"

	"rostrum/queue"
	"rostrum/server/statements"
)

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
	if err := s.checkForm(c.Request()); err != nil { // a form can send a plain text
		return err
	}
	query := c.Request().URL.Query()
	add := &queue.AddStatement{ID: query.Get("id"), Participant: query.Get("participant"), Panel: query.Get("panel"), Name: query.Get("name")}
	if refusal := add.Validate(); refusal != nil {
		return refusal
	}
	if refusal := add.Refused(d.room.State(), grant.actor()); refusal != nil {
		return refusal
	}
	if s.diskLow.Load() {
		return errDiskLow()
	}
	end, err := s.upload(grant, c.Request())
	if err != nil {
		return err
	}
	defer end()
	paid, err := s.bytes.file(grant, c.Request(), time.Now())
	if err != nil {
		return err
	}
	if _, err := s.bytes.command(grant, c.Request(), 0, time.Now()); err != nil {
		return err
	}
	// Whatever a delegate says, what it sends counts as its own.
	owner := fileOwner{cmp.Or(grant.Participant, add.Participant), grant.by() == "code"}
	coming := &arrival{shelf: d.shelf, owner: owner, exempt: exempt(grant)}
	defer coming.end()
	draft, err := s.receive(c, add, &toll{coming: coming, paid: paid, low: &s.diskLow})
	if err != nil {
		return err
	}
	defer draft.Discard() // unless it is kept
	answer, err := s.keep(c.Request().Context(), d, queue.Submission{At: received, By: grant.actor(), Command: add}, draft, owner)
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
func (s *Server) receive(c echo.Context, add *queue.AddStatement, toll *toll) (_ *statements.Draft, err error) {
	r := c.Request()
	if r.ContentLength > queue.MaxStatement {
		return nil, statementTooLarge()
	}
	mediaType, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if charset := params["charset"]; err != nil || mediaType != queue.PlainText && mediaType != queue.PDF || charset != "" && charset != "utf-8" && charset != "UTF-8" {
		return nil, refuse(notAStatement, "A written statement is text/plain in UTF-8 or application/pdf. Say which with Content-Type.")
	}
	if err := toll.coming.fits(r.ContentLength); err != nil {
		return nil, err
	}
	body := &patient{
		r: http.MaxBytesReader(c.Response(), r.Body, queue.MaxStatement), control: http.NewResponseController(c.Response()),
		idle: uploadIdle, until: time.Now().Add(uploadAll), began: time.Now(),
	}
	toll.r = pacedBody{r.Context(), body, toll.paid.pace}
	draft, err := s.files.Receive(toll, queue.MaxStatement)
	var large *http.MaxBytesError
	var refusal *queue.Error
	switch {
	case errors.As(err, &refusal):
		return nil, refusal
	case errors.As(err, &large), errors.Is(err, statements.ErrTooLarge):
		return nil, statementTooLarge()
	case err != nil && body.failed:
		return nil, refuse(queue.Malformed, "The file did not come to its end. Send it again.")
	case err != nil:
		return nil, diskError(err)
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

// keep stores a file and then lets the debate decide, whether or not its sender is still there: so a file
// never outlives its statement because somebody hung up. What the debate refuses is taken
// away again, unless it is what a statement of the same id has; what is not decided is looked at later.
func (s *Server) keep(ctx context.Context, d *debate, sub queue.Submission, draft *statements.Draft, owner fileOwner) (queue.Answer, error) {
	add := sub.Command.(*queue.AddStatement)
	file := fileOf{add.ID, add.SHA256}
	deciding, cancel := context.WithTimeout(context.WithoutCancel(ctx), decideIn)
	defer cancel()
	release, err := d.shelf.hold(deciding)
	if err != nil {
		return queue.Answer{}, undecidedYet(err)
	}
	defer release()
	d.shelf.add(file, owner, add.Bytes)
	if err := draft.Keep(d.id, add.ID); err != nil {
		s.letGo(d, file)
		return queue.Answer{}, diskError(err)
	}
	s.noteStatement(d, add.ID, add.SHA256, nil) // it may have been lost before
	answer, err := d.room.Submit(deciding, sub)
	switch {
	case err == nil:
	case undecided(err):
		d.shelf.wake()
		if deciding.Err() != nil {
			err = undecidedYet(err)
		}
	default:
		s.letGo(d, file)
	}
	return answer, err
}

func undecidedYet(err error) error {
	refusal := refuse(queue.Unavailable, "It is not known yet whether the statement was added. Send it again in a moment.")
	refusal.Err = err
	return refusal
}

// undecided says whether it is not known what became of a command.
func undecided(err error) bool {
	var refusal *queue.Error
	return err != nil && (!errors.As(err, &refusal) || refusal.Code == queue.Unavailable)
}

// letGo removes a file that is on the shelf, unless its debate needs it. It is called while others are held
// off. What cannot be removed is tried again by who tidies.
func (s *Server) letGo(d *debate, f fileOf) {
	if holds(d.room.State().StatementsNeeded(), f) {
		return
	}
	if err := s.files.Remove(d.id, f.id, f.sum); err != nil {
		s.log.Warn("the file of a statement that is not needed could not be removed", "debate", d.id, "statement", f.id, "err", err)
		d.shelf.wake()
		return
	}
	d.shelf.drop(f)
	d.hub.tellLost(d.shelf.lostOf())
}

// forgetting gives what removes the file of a statement once a command has removed that,
// unless an undo may bring it back: then it goes when none can any more. So adding and removing again and
// again does not fill the disk.
func (s *Server) forgetting(ctx context.Context, d *debate, c queue.Command) (forget func()) {
	remove, ok := c.(*queue.RemoveStatement)
	if !ok {
		return func() {}
	}
	was, ok := d.room.State().Statements()[remove.Statement]
	return func() {
		if !ok {
			return
		}
		waiting, cancel := context.WithTimeout(context.WithoutCancel(ctx), decideIn)
		defer cancel()
		release, err := d.shelf.hold(waiting)
		if err != nil {
			return // who tidies sees it
		}
		defer release()
		s.letGo(d, fileOf{remove.Statement, was.SHA256})
	}
}

// toll is a body whose bytes are counted as they come.
type toll struct {
	r      io.Reader
	coming *arrival
	paid   *payment
	low    *atomic.Bool // the disk
}

func (t *toll) Read(b []byte) (int, error) {
	n, err := t.r.Read(b)
	if t.low.Load() {
		return 0, errDiskLow()
	}
	if n > 0 {
		t.paid.came(n, time.Now())
		if refusal := t.coming.take(int64(n)); refusal != nil {
			return 0, refusal
		}
	}
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
	if state.Debate.PublicRecord || exempt(grant) {
		return s.send(c, grant, answer{
			document:  document{key: d.id + " statements", version: state.Seq, write: statementList{state}.write},
			from:      s.lists,
			mediaType: echo.MIMEApplicationJSON,
			cache:     "no-store",
		})
	}
	done, err := s.answers.begin(grant, c.Request())
	if err != nil {
		return err
	}
	defer done()
	own := slices.AppendSeq([]statementView{}, statementsInOrder(state, func(is queue.Statement) bool { return mayRead(state, grant, is) })) // a handful
	noStore(c)
	return c.JSON(http.StatusOK, map[string]any{"statements": own})
}

// statementList is the list of all written statements of a debate.
type statementList struct{ state *queue.State }

func (l statementList) write(_ context.Context, w io.Writer) error {
	out, comma := bufio.NewWriter(w), ""
	fmt.Fprint(out, `{"statements":[`)
	for is := range statementsInOrder(l.state, everyStatement) {
		text, err := json.Marshal(is)
		if err == nil {
			_, err = fmt.Fprintf(out, "%s%s", comma, text)
		}
		if err != nil {
			return fmt.Errorf("listing the statements: %w", err)
		}
		comma = ","
	}
	fmt.Fprintln(out, `]}`)
	return out.Flush() // the first error of all
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
	done, err := s.answers.begin(grant, c.Request())
	if err != nil {
		return err
	}
	defer done()
	id, state := c.Param("id"), d.room.State()
	is, ok := state.Statements()[id]
	if !ok || !mayRead(state, grant, is) {
		return queue.NoStatement(id)
	}
	end, err := s.fetch(grant, c.Request())
	if err != nil {
		return err
	}
	defer end()
	file, err := s.files.Open(d.id, id, is.SHA256)
	s.noteStatement(d, id, is.SHA256, err)
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
