package server

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"rostrum/queue"
)

const (
	joinedFor  = 7 * 24 * 3600 * 1000 // milliseconds for which a join is valid
	cookiesFor = 30 * 24 * 3600       // seconds for which a browser keeps a cookie
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
		return s.read(strings.TrimSpace(token), d.id)
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
		return s.read(tokens[0], d.id)
	case len(tokens) > 1 && r.Method != http.MethodGet:
		return nil, refuse(noToken, "This browser holds several roles: say which one acts with ?as=ROLE.")
	case as != "":
		return nil, refuse(noToken, "This browser is not signed in as %s. Open the link of that role, or join with the code on the display.", as)
	}
	return nil, nil
}

func (s *Server) read(token, debate string) (*Grant, error) {
	grant, err := s.keys.Read(token, s.clock.Now())
	if err == nil && grant.Debate != debate {
		err = errToken
	}
	if err != nil {
		refusal := refuse(badToken, "The link or badge is not valid for this debate, or no longer. Open the link again, or join with the code on the display.")
		refusal.Err = err
		return nil, refusal
	}
	return &grant, nil
}

// identifyAs refuses who is none of the roles.
func (s *Server) identifyAs(r *http.Request, d *debate, roles []queue.Role) (*Grant, error) {
	grant, err := s.identify(r, d)
	switch {
	case err != nil:
		return nil, err
	case grant == nil:
		return nil, refuse(noToken, "Open your link, scan your badge, or join with the code on the display.")
	case !slices.Contains(roles, grant.Role):
		return nil, refuse(roleForbidden, "As %s you may not do this. It is for: %s.", grant.Role, joinRoles(roles))
	}
	return grant, nil
}

func joinRoles(roles []queue.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}

// identifyReader lets those in who may see a debate: everybody, unless it is
// private.
func (s *Server) identifyReader(r *http.Request, d *debate) (*Grant, error) {
	grant, err := s.identify(r, d)
	if err == nil && grant == nil && d.room.State().Debate.Private {
		err = refuse(noToken, "This debate is private. Open your link, scan your badge, or join with the code on the display.")
	}
	return grant, err
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

// enter takes the token out of a link, keeps it in a cookie and goes to the
// page of the role, so that no token stays in an address bar.
func (s *Server) enter(c echo.Context) error {
	d, err := s.debate(c)
	if err != nil {
		return s.pageError(c, err)
	}
	token := c.QueryParam(paramToken)
	grant, err := s.read(token, d.id)
	if err != nil {
		return s.pageError(c, err)
	}
	s.setCookie(c, d.id, grant.Role, token)
	return c.Redirect(http.StatusSeeOther, "/"+url.PathEscape(d.id)+pageOf(grant.Role))
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
	c.SetCookie(&http.Cookie{
		Name: cookieName(debate, role), Value: token, Path: "/", MaxAge: cookiesFor,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: c.Request().TLS != nil || s.secure,
	})
}

// Links are the ways into a debate.
type Links struct {
	Chair      string `json:"chair"`
	Rapporteur string `json:"rapporteur"`
	Display    string `json:"display"`
	Join       string `json:"join"`
	JoinCode   string `json:"join_code"`
}

// LinksOf gives the links of a debate under a base URL such as http://10.0.0.5:8080.
func (k Keys) LinksOf(base, debate string) Links {
	link := func(role queue.Role) string {
		token := k.Sign(Grant{Debate: debate, Role: role})
		return base + "/" + debate + pathEnter + "?" + url.Values{paramToken: {token}}.Encode()
	}
	return Links{
		Chair: link(queue.Chair), Rapporteur: link(queue.Rapporteur), Display: link(queue.Display),
		Join: joinURL(base, debate), JoinCode: k.JoinCode(debate),
	}
}

func joinURL(base, debate string) string { return base + "/" + debate + "/floor" }

// join lets somebody in the room act for a participant.
func (s *Server) join(c echo.Context) error {
	d, err := s.debate(c)
	if err != nil {
		return err
	}
	if err := s.origins.Check(c.Request()); err != nil {
		return refuse(crossOrigin, "The request was made by a page of another site.")
	}
	var body struct {
		Participant string `json:"participant"`
		Code        string `json:"code"`
	}
	if err := decode(c, &body); err != nil {
		return err
	}
	if !queue.ValidID(body.Participant) {
		return &queue.Error{Code: queue.Malformed, Field: "participant", Detail: "Say whom you speak for, by the id on the roster."}
	}
	code := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, body.Code)
	left := d.guesses.of(c.Request().RemoteAddr)
	if left.Tokens() < 1 {
		c.Response().Header().Set("Retry-After", "1")
		return refuse(rateLimited, "Too many wrong codes came from here. Wait a few seconds, then enter the number on the display.")
	}
	if subtle.ConstantTimeCompare([]byte(code), []byte(s.keys.JoinCode(d.id))) != 1 {
		left.Allow()
		return refuse(badCode, "The join code is not right. It is the number on the display in the room.")
	}
	if _, ok := d.room.State().Participants()[body.Participant]; !ok {
		return &queue.Error{Code: queue.NoSuchParticipant, Field: "participant", Detail: "There is no such participant on the roster. The chair can add one."}
	}
	token := s.keys.Sign(Grant{
		Debate: d.id, Role: queue.Delegate, Participant: body.Participant,
		Session: newSession(), Expires: s.clock.Now() + joinedFor,
	})
	s.setCookie(c, d.id, queue.Delegate, token)
	noStore(c)
	return c.JSON(http.StatusOK, map[string]string{"token": token})
}

// me says who the sender is to a debate.
func (s *Server) me(c echo.Context) error {
	d, err := s.debate(c)
	if err != nil {
		return err
	}
	grant, err := s.identifyAs(c.Request(), d, []queue.Role{queue.Chair, queue.Rapporteur, queue.Display, queue.Delegate})
	if err != nil {
		return err
	}
	noStore(c)
	return c.JSON(http.StatusOK, struct {
		Role        queue.Role `json:"role"`
		Participant string     `json:"participant,omitempty"`
	}{grant.Role, grant.Participant})
}
