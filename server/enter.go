package server

import (
	_ "embed"
	"fmt"
	"html/template"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"rostrum/queue"
)

// enter opens a link: it takes the token out of it, keeps it in a cookie and goes to the
// page of the role, so that no token stays in an address bar. Where a page of another site
// may have opened the link, to make a phone speak for another participant, it asks first.
func (s *Server) enter(c echo.Context) error {
	d, err := s.debate(c)
	if err != nil {
		return s.pageError(c, err)
	}
	r := c.Request()
	noStore(c)
	if looksAhead(r) {
		return refuse(queue.Unavailable, "A link is opened by a person, not ahead of one.")
	}
	token := c.QueryParam(paramToken)
	grant, err := s.readLink(d, token)
	if err != nil {
		return s.pageError(c, err)
	}
	if has := s.speaksFor(r, d); grant.Role == queue.Delegate && has != "" && has != grant.Participant && !wanted(r) {
		return s.ask(c, d, has, grant.Participant, token)
	}
	return s.open(c, d, grant, token)
}

// enterByForm opens the link about which [Server.enter] asked. It takes the form from that page alone.
func (s *Server) enterByForm(c echo.Context) error {
	d, err := s.debate(c)
	if err != nil {
		return s.pageError(c, err)
	}
	r := c.Request()
	noStore(c)
	if err := s.origins.Check(r); err != nil || !fromOwnPage(r) {
		return s.pageError(c, refuse(crossOrigin, "The form was not sent by a page of this server. Open the link itself."))
	}
	token, err := tokenOf(c)
	if err != nil {
		return s.pageError(c, err)
	}
	grant, err := s.readLink(d, token)
	if err != nil {
		return s.pageError(c, err)
	}
	return s.open(c, d, grant, token)
}

// tokenOf is the token in a form, "" where there is none.
func tokenOf(c echo.Context) (string, error) {
	r := c.Request()
	if mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || mediaType != echo.MIMEApplicationForm {
		return "", nil
	}
	if r.ContentLength > maxBody {
		return "", tooLarge(maxBody)
	}
	body, err := readBody(c, maxBody)
	if err != nil {
		return "", err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return "", refuse(queue.Malformed, "The form could not be read.")
	}
	return form.Get(paramToken), nil
}

// looksAhead says whether a browser fetches a page before somebody wants it: that
// must not use a link up.
func looksAhead(r *http.Request) bool {
	return r.Method == http.MethodHead || strings.Contains(r.Header.Get("Sec-Purpose")+r.Header.Get("Purpose")+r.Header.Get("X-Moz"), "prefetch")
}

// wanted says whether the browser knows that a person opened a link, by scanning or typing it, or a
// page of this server did. Without TLS, browsers say nothing, and any page may have.
func wanted(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "none" || site == "same-origin"
}

// speaksFor is the participant for whom a browser may speak now, "" for none.
func (s *Server) speaksFor(r *http.Request, d *debate) string {
	cookie, err := r.Cookie(cookieName(d.id, queue.Delegate))
	if err != nil {
		return ""
	}
	has, err := s.read(cookie.Value, d)
	if err != nil || has.Role != queue.Delegate {
		return ""
	}
	return has.Participant
}

// readLink is what the link with a token grants. It uses up no pass.
func (s *Server) readLink(d *debate, token string) (*Grant, error) {
	if grant, err := s.keys.ReadFor(d.id, token, s.clock.Now()); err == nil && grant.Pass != "" {
		return &grant, nil
	}
	grant, err := s.read(token, d)
	if err == nil && grant.Role == Operator {
		return nil, refuse(badToken, "The operator's token is for the command line.")
	}
	return grant, err
}

// open signs the browser in as a link grants, and sends it to the page of the role.
func (s *Server) open(c echo.Context, d *debate, grant *Grant, token string) error {
	if grant.Role != queue.Delegate {
		if err := s.seat(c.Request(), d, grant); err != nil {
			return s.pageError(c, err)
		}
		token = s.keys.Sign(*grant)
	}
	s.setCookie(c, d.id, grant.Role, token)
	return c.Redirect(http.StatusSeeOther, "/"+url.PathEscape(d.id)+pageOf(grant.Role))
}

// seat gives an officer's browser a session of its own, and uses the pass up by which it came. A browser
// that has a session keeps it, whoever made it open the link.
func (s *Server) seat(r *http.Request, d *debate, grant *Grant) error {
	if !d.hub.admits(grant, s.clock.Now()) {
		return errEnded()
	}
	pass := grant.Pass
	grant.Pass = ""
	if grant.Session == "" {
		grant.Session = newSession()
	}
	if cookie, err := r.Cookie(cookieName(d.id, grant.Role)); err == nil {
		if has, err := s.read(cookie.Value, d); err == nil && has.Role == grant.Role && has.Session != "" && has.Generation == grant.Generation {
			grant.Session = has.Session
		}
	}
	if pass == "" {
		return nil
	}
	_, err := d.room.Submit(r.Context(), queue.Submission{At: s.clock.Now(), By: grant.actor(), Command: &queue.UsePass{ID: pass}})
	if err != nil {
		return fmt.Errorf("using a pass: %w", err)
	}
	return nil
}

//go:embed enter.html
var enterHTML string

// parseQuestion is the page that asks whom a phone is to speak for.
func parseQuestion() *template.Template {
	return template.Must(template.New("enter").Parse(enterHTML))
}

// question is all that the page shows.
type question struct {
	Lang, Dir, Debate, Title, Why string
	Keep, Change                  seatChoice
	Floor, Action, Token          string
}

// seatChoice is a participant for whom a phone may speak.
type seatChoice struct {
	Label, Name string
	// Before and After stand around the name on what chooses it.
	Before, After string
}

// ask asks whether a phone that speaks for one participant is to speak for another, whose link has
// the token. Nothing has changed until the form is sent.
func (s *Server) ask(c echo.Context, d *debate, has, other, token string) error {
	lang, state := pageLanguage(c.Request()), d.room.State()
	texts, err := wordingIn(s.assets.files, lang, "enter")
	if err != nil {
		return err
	}
	choose := func(label, act, participant string) seatChoice {
		before, after, _ := strings.Cut(texts.get(act), "{name}")
		return seatChoice{texts.get(label), state.Participants()[participant].Name(lang, state.Debate.Languages...), before, after}
	}
	at := "/" + url.PathEscape(d.id)
	var page strings.Builder
	err = s.question.Execute(&page, question{
		Lang: lang, Dir: direction(lang), Debate: state.Debate.Title, Title: texts.get("title"), Why: texts.get("why"),
		Keep: choose("now", "keep", has), Change: choose("link", "change", other),
		Floor: at + pageOf(queue.Delegate), Action: at + pathEnter, Token: token,
	})
	if err != nil {
		return fmt.Errorf("drawing the question whom a phone speaks for: %w", err)
	}
	// The address has the token, and goes to nobody. But with no-referrer browsers would say of the
	// form that it comes from "null", and without TLS they say nothing else.
	c.Response().Header().Set("Referrer-Policy", "strict-origin")
	return c.HTML(http.StatusOK, page.String())
}
