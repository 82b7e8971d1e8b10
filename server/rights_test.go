package server_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"rostrum/queue"
	"rostrum/server"
)

func TestEveryRouteStandsInTheTableOfRights(t *testing.T) {
	h := convene(t)
	routes := h.server.Routes()
	for _, r := range routes {
		method := r[0]
		if method == http.MethodHead {
			method = http.MethodGet // what may be got may be asked about
		}
		if known, _ := server.RightTo(method, r[1], h.room.State(), nil); !known {
			t.Errorf("%s %s: nothing says who may", r[0], r[1])
		}
	}
	for _, r := range server.TableOfRights() {
		if !slices.Contains(routes, r) {
			t.Errorf("%s %s stands in the table and is no route", r[0], r[1])
		}
	}
}

// TestEveryRouteLetsInWhomTheTableSays tries every route as everybody: in an open debate,
// in a private one, and in those whose record is public.
func TestEveryRouteLetsInWhomTheTableSays(t *testing.T) {
	for _, about := range []struct {
		name                  string
		private, publicRecord bool
	}{{"open", false, false}, {"private", true, false}, {"public record", false, true}, {"private with a public record", true, true}} {
		t.Run(about.name, func(t *testing.T) {
			p := thematicDebate(nil)
			p.Participants = append(p.Participants, queue.Participant{ID: "ken", Names: map[string]string{"en": "Kenya"}, Category: "member_state"})
			p.Debate.Private, p.Debate.PublicRecord = about.private, about.publicRecord
			h := conveneOn(t, p)
			grants := map[string]*server.Grant{
				"nobody":     nil,
				"chair":      {Debate: trafficking, Role: queue.Chair},
				"a tablet":   {Debate: trafficking, Role: queue.Chair, Session: "t"},
				"rapporteur": {Debate: trafficking, Role: queue.Rapporteur},
				"display":    {Debate: trafficking, Role: queue.Display},
				"badge":      {Debate: trafficking, Role: queue.Delegate, Participant: "ken"},
				"phone":      {Debate: trafficking, Role: queue.Delegate, Participant: "ken", Session: "a"},
				"operator":   {Role: server.Operator},
				"server":     {Debate: trafficking, Role: queue.Server},
			}
			for _, r := range h.server.Routes() {
				for who, grant := range grants {
					h.wantsRight(r[0], r[1], who, grant)
				}
				// Tokens that are no more open nothing that needs one, and are told so.
				for _, bad := range []string{"forged", "expired", "elsewhere"} {
					a := h.try(r[0], r[1], h.people()[bad])
					_, open := server.RightTo(r[0], r[1], h.room.State(), nil)
					if !open && r[0] != http.MethodHead && a.status != 401 {
						t.Errorf("%s %s with a token that is %s: %d %s", r[0], r[1], bad, a.status, a.raw)
					}
				}
			}
		})
	}
}

// wantsRight tries a route as one of the people, and compares with the table.
func (h *hall) wantsRight(method, path, who string, grant *server.Grant) {
	h.Helper()
	if strings.HasSuffix(path, "/enter") {
		return // whoever opens a link is whom its token says
	}
	token := ""
	if grant != nil {
		token = h.keys.Sign(*grant)
	}
	a := h.try(method, path, token)
	lookup := method
	if method == http.MethodHead {
		lookup = http.MethodGet
	}
	_, may := server.RightTo(lookup, path, h.room.State(), grant)
	code, _ := a.body["code"].(string)
	refused := a.status == 401 || code == "role_forbidden" || method == http.MethodHead && a.status == 403
	if refused == may {
		h.Errorf("%s %s as %s: told %d %s, and the table says %v", method, path, who, a.status, code, may)
	}
	if !may && method != http.MethodHead {
		want := fmt.Sprint(a.status, " ", code)
		switch {
		case grant == nil && want != "401 no_token",
			grant != nil && grant.Role == server.Operator && want != "401 bad_token",
			grant != nil && grant.Role != server.Operator && want != "403 role_forbidden" && want != "401 no_token":
			h.Errorf("%s %s as %s: refused with %s", method, path, who, want)
		}
	}
}

// try sends what every route can answer: an empty command, or a question.
func (h *hall) try(method, path, token string) answer {
	h.Helper()
	path = strings.NewReplacer(":debate", trafficking, ":participant", "ken", ":id", "none", "*", "index.html").Replace(path)
	var body any
	if method != http.MethodGet && method != http.MethodHead && method != http.MethodDelete {
		body = "{}"
	}
	return h.sendTo(path, token, method, body)
}
