package server

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"rostrum/queue"
)

// Links are the ways into a debate.
type Links struct {
	Chair      string `json:"chair"`
	Rapporteur string `json:"rapporteur"`
	Display    string `json:"display"`
	Join       string `json:"join"`
	// JoinCode is the code as it is now, "" while nobody may join by it.
	JoinCode string `json:"join_code"`
}

// LinksOf gives the links of a debate as it is under a base URL such as
// http://10.0.0.5:8080.
func (k Keys) LinksOf(base string, s *queue.State) Links {
	debate := s.Debate.ID
	l := Links{
		Chair: k.linkOf(base, s, queue.Chair), Rapporteur: k.linkOf(base, s, queue.Rapporteur), Display: k.linkOf(base, s, queue.Display),
		Join: joinURL(base, debate),
	}
	if join := s.Join(); !join.Off {
		l.JoinCode = k.JoinCode(debate, join.Number)
	}
	return l
}

// linkOf is the link of a role: the same as long as it is not renewed.
func (k Keys) linkOf(base string, s *queue.State, role queue.Role) string {
	return enterURL(base, s.Debate.ID, k.Sign(Grant{
		Debate: s.Debate.ID, Role: role, Generation: s.Generation(queue.Actor{Role: role}),
	}))
}

// badgeOf is the link on a participant's badge.
func (k Keys) badgeOf(base string, s *queue.State, participant string) string {
	generation := s.Generation(queue.Actor{Role: queue.Delegate, Participant: participant})
	return enterURL(base, s.Debate.ID, k.Badge(s.Debate.ID, participant, generation))
}

func enterURL(base, debate, token string) string {
	return base + "/" + debate + pathEnter + "?" + url.Values{paramToken: {token}}.Encode()
}

func joinURL(base, debate string) string { return base + "/" + debate + "/floor" }

// links tells the command line the links of all debates, under ?base= or the address
// for those in the room.
func (s *Server) links(c echo.Context) error {
	if err := s.admitOperator(c.Request()); err != nil {
		return err
	}
	base := cmp.Or(c.QueryParam("base"), s.base)
	all := make(map[string]Links, len(s.order))
	for _, d := range s.order {
		all[d.id] = s.keys.LinksOf(base, d.room.State())
	}
	noStore(c)
	return c.JSON(http.StatusOK, all)
}

// admitOperator refuses all but who can read the server's data.
func (s *Server) admitOperator(r *http.Request) error {
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	grant, err := s.keys.Read(token, s.clock.Now())
	if err != nil || grant.Role != Operator {
		return refuse(noToken, "This is for who can read the server's data: use the command line on its machine.")
	}
	return nil
}

// addLink adds to the answer of a command the link that it has made.
func (s *Server) addLink(d *debate, cmd queue.Command, a queue.Answer, out *answerView) error {
	state := d.room.State()
	switch cmd := cmd.(type) {
	case *queue.RenewLink:
		out.URL = s.keys.linkOf(s.base, state, cmd.Role)
	case *queue.MakePass:
		pass, ok := state.PassOf(a.ID)
		if !ok { // a repeat, long after
			return nil
		}
		out.Until = pass.Until
		out.URL = enterURL(s.base, d.id, s.keys.Sign(Grant{
			Debate: d.id, Role: pass.Role, Generation: state.Generation(queue.Actor{Role: pass.Role}), Pass: a.ID,
		}))
		svg, err := qrSVG(out.URL)
		if err != nil {
			return err
		}
		out.QR = "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(svg)
	}
	return nil
}
