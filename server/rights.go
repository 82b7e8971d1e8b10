package server

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"rostrum/queue"
)

// right says who may use a route.
type right struct {
	method, path string
	// roles may always. Without any, no token is looked at.
	roles []queue.Role
	// also says whether the bearer of another grant, or of none (nil), may too in a debate
	// as it is. nil is never.
	also func(*queue.State, *Grant) bool
}

func always(*queue.State, *Grant) bool { return true }

// readers see the debate.
func readers(s *queue.State, g *Grant) bool { return g != nil || !s.Debate.Private }

// oncePublic lets those read the record who see the debate, where it says so.
func oncePublic(s *queue.State, g *Grant) bool { return s.Debate.PublicRecord && readers(s, g) }

const (
	apiPath    = "/api/v1"
	debatePath = apiPath + "/debates/:debate"
)

// rights is the one table of who may use which route. Those that send a command
// stand in [commands], with what they send. Whether something is the sender's own is decided by the
// debate. A test goes through every route and fails for one that is in neither.
func rights() []right {
	everyone := []queue.Role{queue.Chair, queue.Rapporteur, queue.Display, queue.Delegate}
	recorders := []queue.Role{queue.Chair, queue.Rapporteur, Operator}
	readersOfStatements := []queue.Role{queue.Chair, queue.Rapporteur, queue.Delegate}
	get := http.MethodGet
	all := []right{
		// The server's own.
		{get, "/", nil, always},
		{get, "/static/*", nil, always},
		{get, "/sw.js", nil, always},
		{get, "/healthz", nil, always},
		{get, "/readyz", nil, always},
		{get, "/metrics", nil, always},
		{get, "/certificate", nil, always},
		{get, "/ca.crt", nil, always},
		{get, apiPath + "/authority", nil, always},
		{get, apiPath + "/clock", nil, always},
		{get, apiPath + "/openapi.yaml", nil, always},
		{get, apiPath + "/debates", nil, always},
		{get, apiPath + "/backup", []queue.Role{Operator}, nil},
		{get, apiPath + "/links", []queue.Role{Operator}, nil},
		// What may be read of a debate.
		{get, debatePath, everyone, readers},
		{get, debatePath + "/stream", everyone, readers},
		{get, debatePath + "/roster", everyone, always}, // those who join choose from it
		{get, debatePath + "/me", everyone, nil},
		{get, debatePath + "/record.json", recorders, oncePublic},
		{get, debatePath + "/record.csv", recorders, oncePublic},
		{get, debatePath + "/record.md", recorders, oncePublic},
		{get, debatePath + "/record.docx", recorders, oncePublic},
		{get, debatePath + "/statistics", recorders, oncePublic},
		{get, debatePath + "/statements", readersOfStatements, oncePublic},
		{get, debatePath + "/statements/:id", readersOfStatements, oncePublic},
		{http.MethodPost, debatePath + "/statements", readersOfStatements, nil},
		{get, debatePath + "/panels/:id/order", []queue.Role{queue.Chair}, nil},
		{http.MethodPost, debatePath + joinPath, nil, always},
		// The pages: they are the same for all, and show what the API lets them read.
		{get, "/:debate", nil, always},
		{get, "/:debate/chair", nil, always},
		{get, "/:debate/display", nil, always},
		{get, "/:debate/floor", nil, always},
		{get, "/:debate/" + manifest, nil, always},
		{get, "/:debate/record", nil, always},
		{get, "/:debate" + pathEnter, nil, always},
		{http.MethodPost, "/:debate" + pathEnter, nil, always},
		{get, "/:debate/wifi.svg", []queue.Role{queue.Chair, queue.Rapporteur, queue.Display}, nil},
		{get, "/:debate/qr.svg", []queue.Role{queue.Chair, queue.Rapporteur, queue.Display}, nil},
		{get, "/:debate/cards", []queue.Role{queue.Chair, Operator}, nil},
		{get, "/:debate/cards.pdf", []queue.Role{queue.Chair, Operator}, nil},
	}
	for _, c := range commands() {
		all = append(all, right{c.method, debatePath + c.path, c.roles, nil})
	}
	return all
}

// rightsByRoute are the rights, by method and path as echo names them.
func rightsByRoute() map[string]right {
	byRoute := make(map[string]right)
	for _, r := range rights() {
		byRoute[r.method+" "+r.path] = r
	}
	return byRoute
}

// admit finds the debate that a request is about and who sends it, nil for
// nobody in particular. It refuses who has no right to the route.
func (s *Server) admit(c echo.Context) (*debate, *Grant, error) {
	d, err := s.debate(c)
	if err != nil {
		return nil, nil, err
	}
	method := c.Request().Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	right := s.rights[method+" "+c.Path()]
	grant, err := s.identify(c.Request(), d)
	notice(c.Request(), grant)
	switch {
	case err != nil:
		return nil, nil, err
	case grant != nil && slices.Contains(right.roles, grant.Role):
		return d, grant, nil
	case grant != nil && grant.Role == Operator:
		return nil, nil, refuse(badToken, "The operator's token is for the command line.")
	case right.also != nil && right.also(d.room.State(), grant):
		return d, grant, nil
	case grant == nil && d.room.State().Debate.Private:
		return nil, nil, refuse(noToken, "This debate is private. Open your link, scan your badge, or join with the code on the display.")
	case grant == nil:
		return nil, nil, refuse(noToken, "Open your link, scan your badge, or join with the code on the display.")
	default:
		return nil, nil, refuse(roleForbidden, "As %s you may not do this. It is for: %s.", grant.Role, joinRoles(right.roles))
	}
}
