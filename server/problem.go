package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"rostrum/queue"
)

// The refusals of the wire itself; those of the debate are in package queue.
const (
	noToken           queue.Code = "no_token"
	badToken          queue.Code = "bad_token"
	sessionEnded      queue.Code = "session_ended"
	badCode           queue.Code = "bad_code"
	joinOff           queue.Code = "join_off"
	roleForbidden     queue.Code = "role_forbidden"
	crossOrigin       queue.Code = "cross_origin"
	unknownDebate     queue.Code = "unknown_debate"
	debateUnavailable queue.Code = "debate_unavailable"
	notFound          queue.Code = "not_found"
	methodNotAllowed  queue.Code = "method_not_allowed"
	bodyTooLarge      queue.Code = "body_too_large"
	notJSON           queue.Code = "not_json"
	rateLimited       queue.Code = "rate_limited"
	documentTooLarge  queue.Code = "document_too_large"
	notAStatement     queue.Code = "not_a_statement"
	statementDamaged  queue.Code = "statement_damaged"
	statementsFull    queue.Code = "statements_full"
	diskLow           queue.Code = "disk_low"
	diskFull          queue.Code = "disk_full"
	internal          queue.Code = "internal"
)

// statusOf is the HTTP status of a refusal, and its title.
func statusOf(code queue.Code) (status int, title string) {
	switch code {
	case queue.Malformed:
		return http.StatusBadRequest, "The request is not well-formed"
	case noToken:
		return http.StatusUnauthorized, "A link or badge is needed"
	case badToken:
		return http.StatusUnauthorized, "The link or badge is not valid"
	case sessionEnded:
		return http.StatusUnauthorized, "The link or badge was replaced"
	case badCode:
		return http.StatusForbidden, "The join code is wrong"
	case joinOff:
		return http.StatusForbidden, "Nobody joins by the code now"
	case queue.ClaimPending:
		return http.StatusForbidden, "The chair has not confirmed you yet"
	case queue.NoSuchClaim:
		return http.StatusNotFound, "There is no such claim"
	case noFont:
		return http.StatusConflict, "There is no font for this"
	case queue.PassUsed:
		return http.StatusGone, "The link was for one opening"
	case roleForbidden:
		return http.StatusForbidden, "This role may not do that"
	case crossOrigin:
		return http.StatusForbidden, "The request comes from another site"
	case queue.NotYours:
		return http.StatusForbidden, "This is another's"
	case unknownDebate:
		return http.StatusNotFound, "There is no such debate"
	case debateUnavailable:
		return http.StatusServiceUnavailable, "The debate cannot be opened"
	case notFound:
		return http.StatusNotFound, "There is nothing here"
	case queue.NoSuchRequest:
		return http.StatusNotFound, "There is no such request"
	case queue.NoSuchParticipant:
		return http.StatusNotFound, "There is no such participant"
	case queue.NoSuchPanel:
		return http.StatusNotFound, "There is no such panel"
	case queue.NoSuchIntervention:
		return http.StatusNotFound, "There is no such intervention"
	case methodNotAllowed:
		return http.StatusMethodNotAllowed, "The method is not allowed here"
	case queue.IDReused:
		return http.StatusConflict, "The id is taken"
	case queue.AlreadyListed:
		return http.StatusConflict, "On the list already"
	case queue.ListClosed:
		return http.StatusConflict, "The list is closed"
	case queue.PanelChanged:
		return http.StatusConflict, "Another panel is current"
	case queue.OtherPanel:
		return http.StatusConflict, "The requests are of different panels"
	case queue.PanelNotOpen:
		return http.StatusConflict, "The panel is not open"
	case queue.FloorHeld:
		return http.StatusConflict, "Somebody has the floor"
	case queue.FloorChanged:
		return http.StatusConflict, "The floor has changed"
	case queue.FloorEmpty:
		return http.StatusConflict, "Nobody has the floor"
	case queue.NoSuchStatement:
		return http.StatusNotFound, "There is no such statement"
	case queue.TooManyStatements:
		return http.StatusConflict, "There are too many statements"
	case statementsFull:
		return http.StatusConflict, "The statements take all their room"
	case diskLow:
		return http.StatusInsufficientStorage, "The server's disk is nearly full"
	case diskFull:
		return http.StatusInsufficientStorage, "The server's disk is full"
	case notAStatement:
		return http.StatusUnsupportedMediaType, "This is neither a text nor a PDF"
	case statementDamaged:
		return http.StatusInternalServerError, "The file is damaged"
	case queue.NotEnded:
		return http.StatusConflict, "The intervention has not ended"
	case queue.NoPointOfOrder:
		return http.StatusConflict, "There is no point of order"
	case queue.RepliesSpent:
		return http.StatusConflict, "The rights of reply are spent"
	case queue.NoLimit:
		return http.StatusConflict, "There is no limit"
	case queue.NoExchange:
		return http.StatusConflict, "These places are not exchanged"
	case queue.ParticipantExists:
		return http.StatusConflict, "On the roster already"
	case queue.UndoChanged:
		return http.StatusConflict, "Another action came since"
	case queue.NoteChanged:
		return http.StatusConflict, "The note has changed"
	case bodyTooLarge:
		return http.StatusRequestEntityTooLarge, "The body is too large"
	case notJSON:
		return http.StatusUnsupportedMediaType, "The body is not JSON"
	case rateLimited:
		return http.StatusTooManyRequests, "Too much at once"
	case documentTooLarge:
		return http.StatusForbidden, "The document is too large to be sent"
	case queue.Unavailable:
		return http.StatusServiceUnavailable, "This cannot be done just now"
	default:
		return http.StatusInternalServerError, "Something went wrong here"
	}
}

// problem is a refusal on the wire (RFC 9457).
type problem struct {
	Type   string     `json:"type"`
	Title  string     `json:"title"`
	Status int        `json:"status"`
	Detail string     `json:"detail"`
	Code   queue.Code `json:"code"`
	Field  string     `json:"field,omitempty"`
	// Text and Revision are the note as it is now, with note_changed.
	Text     *string  `json:"text,omitempty"`
	Revision *int     `json:"revision,omitempty"`
	Tags     []string `json:"tags,omitempty"`
	Quote    bool     `json:"quote,omitempty"`
}

func problemOf(e *queue.Error) problem {
	status, title := statusOf(e.Code)
	p := problem{
		Type: "urn:rostrum:problem:" + string(e.Code), Title: title, Status: status,
		Detail: e.Detail, Code: e.Code, Field: e.Field,
	}
	if e.Note != nil {
		p.Text, p.Revision, p.Tags, p.Quote = &e.Note.Text, &e.Note.Revision, e.Note.Tags, e.Note.Quote
	}
	return p
}

func refuse(code queue.Code, format string, args ...any) *queue.Error {
	return &queue.Error{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// How much of a refused body is read and thrown away, in bytes, how long the server waits for
// more of it, and how long for all; and how many bytes a second of all of them together, after how many at once.
const (
	maxUnread               = 32 << 20
	unreadIdle              = time.Second
	unreadAll               = 30 * time.Second
	unreadRate, unreadBurst = 16 << 20, 32 << 20
)

// answerError is the echo error handler: every error leaves as problem+json.
func (s *Server) answerError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	var refusal *queue.Error
	var http_ *echo.HTTPError
	switch {
	case errors.As(err, &refusal):
	case errors.As(err, &http_) && http_.Code == http.StatusNotFound:
		refusal = refuse(notFound, "There is nothing at %s.", c.Request().URL.Path)
	case errors.As(err, &http_) && http_.Code == http.StatusMethodNotAllowed:
		refusal = refuse(methodNotAllowed, "%s is not allowed at %s.", c.Request().Method, c.Request().URL.Path)
	case errors.Is(err, context.Canceled):
		return // nobody waits for the answer
	default:
		refusal = refuse(internal, "The server made a mistake. It is in its log; try again.")
		refusal.Err = err
	}
	p := problemOf(refusal)
	// Stopping is no mistake, what cannot be opened was said at the start, and of the disk when it became full.
	known := refusal.Code == queue.Unavailable && refusal.Err == nil || refusal.Code == debateUnavailable || refusal.Code == diskLow
	if p.Status >= http.StatusInternalServerError && !known {
		s.log.Error("request failed", "method", c.Request().Method, "path", c.Request().URL.Path, "code", p.Code, "err", err)
	}
	if p.Status == http.StatusUnauthorized {
		c.Response().Header().Set("WWW-Authenticate", "Bearer")
	}
	if refusal.Code == queue.Unavailable {
		c.Response().Header().Set("Retry-After", "1")
	}
	if wait := (*limited)(nil); errors.As(err, &wait) {
		c.Response().Header().Set("Retry-After", wait.retryAfter())
	}
	body, err := json.Marshal(p)
	if err != nil {
		s.log.Error("encoding a problem", "err", err)
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	if err := s.answerAtOnce(c, p.Status, "application/problem+json", body); err != nil {
		s.log.Debug("answering", "err", err)
	}
}

// answerAtOnce answers, and only then reads what is left of the request's body: the answer does not
// wait for it, and a client that writes its whole body before it reads does not lose the answer to a
// closed connection. One that stands still is left after a second, and many come at a pace.
func (s *Server) answerAtOnce(c echo.Context, status int, mediaType string, answer []byte) error {
	r, control := c.Request(), http.NewResponseController(c.Response())
	if r.ContentLength == 0 || r.Body == http.NoBody {
		return c.Blob(status, mediaType, answer)
	}
	c.Response().Header().Set("Content-Length", strconv.Itoa(len(answer)))
	if err := c.Blob(status, mediaType, answer); err != nil {
		return err
	}
	if err := control.Flush(); err != nil {
		return err
	}
	if r.Header.Get("Expect") != "" {
		return nil // it waits for leave to send it
	}
	rest := &patient{r: io.LimitReader(r.Body, maxUnread), control: control, idle: unreadIdle, until: time.Now().Add(unreadAll)}
	_, _ = io.Copy(io.Discard, pacedBody{r.Context(), rest, s.unread})
	return nil
}
