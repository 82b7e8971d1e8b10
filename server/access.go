package server

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"rostrum/queue"
)

const (
	cookiesFor = 90 * 24 * 3600 // seconds for which a browser keeps a cookie
	pathEnter  = "/enter"
	paramToken = "token"
)

// cookieName is the cookie of a role in a debate: a browser may hold several.
func cookieName(debate string, role queue.Role) string {
	return "rostrum." + debate + "." + string(role)
}

// identify says who sends a request to a debate, nil for one without a token. A
// bearer token comes first, then the cookie of the role that ?as= names, then the
// only cookie there is.
func (s *Server) identify(r *http.Request, d *debate) (*Grant, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		scheme, token, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return nil, refuse(badToken, "Authorization is Bearer and a token.")
		}
		return s.read(strings.TrimSpace(token), d)
	}
	as := queue.Role(r.URL.Query().Get("as"))
	var tokens []string
	for _, role := range []queue.Role{queue.Chair, queue.Rapporteur, queue.Display, queue.Delegate} {
		if as != "" && role != as {
			continue
		}
		if cookie, err := r.Cookie(cookieName(d.id, role)); err == nil {
			tokens = append(tokens, cookie.Value)
		}
	}
	switch {
	case len(tokens) == 1:
		if err := s.origins.Check(r); err != nil {
			return nil, refuse(crossOrigin, "The request was made by a page of another site.")
		}
		return s.read(tokens[0], d)
	case len(tokens) > 1 && r.Method != http.MethodGet:
		return nil, refuse(noToken, "This browser holds several roles: say which one acts with ?as=ROLE.")
	case as != "":
		return nil, refuse(noToken, "This browser is not signed in as %s. Open the link of that role, or join with the code on the display.", as)
	}
	return nil, nil
}

// checkForm refuses a request with a cookie that a form of any page could have sent: one that neither
// says that its body is JSON nor comes from a page of this server. A body that is decoded says so
// itself; this is for the others.
func (s *Server) checkForm(r *http.Request) error {
	byCookie := r.Header.Get("Authorization") == ""
	if !byCookie || isJSON(r) || fromOwnPage(r) {
		return nil
	}
	return refuse(notJSON, "With a cookie, send Content-Type: application/json also where there is no body.")
}

// fromOwnPage says whether a browser says that a page of this server sent a request. What comes from
// another has been refused.
func fromOwnPage(r *http.Request) bool {
	return r.Header.Get("Sec-Fetch-Site") == "same-origin" || r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") != ""
}

// read is what a token grants in a debate now.
func (s *Server) read(token string, d *debate) (*Grant, error) {
	now := s.clock.Now()
	grant, err := s.keys.ReadFor(d.id, token, now)
	if err == nil && grant.Pass != "" {
		err = errors.New("the token is of a link for one opening")
	}
	if err != nil {
		refusal := refuse(badToken, "The link or badge is not valid for this debate, or no longer. Open the link again, or join with the code on the display.")
		refusal.Err = err
		return nil, refusal
	}
	if !d.hub.admits(&grant, now) {
		return nil, errEnded()
	}
	return &grant, nil
}

func errEnded() *queue.Error {
	return refuse(sessionEnded, "The link or badge was replaced, or the chair has ended this session. Ask for a new one, or join with the code on the display.")
}

func joinRoles(roles []queue.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}

// audienceOf is what the bearer of a grant sees of a debate.
func audienceOf(g *Grant) audience {
	if g == nil {
		return public
	}
	switch g.Role {
	case queue.Chair, queue.Rapporteur:
		return officers
	case queue.Display:
		return display
	default:
		return public
	}
}

// pageOf is the page of a role.
func pageOf(r queue.Role) string {
	switch r {
	case queue.Chair:
		return "/chair"
	case queue.Rapporteur:
		return "/record"
	case queue.Display:
		return "/display"
	default:
		return "/floor"
	}
}

func (s *Server) setCookie(c echo.Context, debate string, role queue.Role, token string) {
	cookie := &http.Cookie{
		Name: cookieName(debate, role), Value: token, Path: "/", MaxAge: cookiesFor,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.secure(c.Request()),
	}
	if role == queue.Display && len(s.ancestors) > 0 && cookie.Secure {
		// In a frame of another site, and for that site alone. A display can only look.
		cookie.SameSite, cookie.Partitioned = http.SameSiteNoneMode, true
	}
	c.SetCookie(cookie)
}

// me says who the sender is to a debate.
func (s *Server) me(c echo.Context) error {
	d, grant, err := s.admit(c)
	if err != nil {
		return err
	}
	var claim string
	if d.room.State().ClaimPending(grant.actor()) {
		claim = "pending"
	}
	noStore(c)
	return c.JSON(http.StatusOK, struct {
		Role        queue.Role `json:"role"`
		Participant string     `json:"participant,omitempty"`
		Session     string     `json:"session,omitempty"`
		By          string     `json:"by"`
		Claim       string     `json:"claim,omitempty"`
	}{grant.Role, grant.Participant, grant.Session, grant.by(), claim})
}
