package server

import (
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"rostrum/queue"
)

// command is a route that sends a command to a room.
type command struct {
	method, path string // the path below /api/v1/debates/{debate}
	roles        []queue.Role
	made         int // the status of a first answer
	// body tells whether the request carries one.
	body bool
	// new makes the command, with what stands in the path and in the query.
	new func(c echo.Context) queue.Command
}

// commands are all ways to change a debate, and who may use them. Whether
// something is the sender's own is decided by the debate.
func commands() []command {
	chair := []queue.Role{queue.Chair}
	speakers := []queue.Role{queue.Chair, queue.Delegate}
	return []command{
		{http.MethodPost, "/participants", chair, http.StatusCreated, true,
			func(echo.Context) queue.Command { return new(queue.AddParticipant) }},
		{http.MethodPost, "/requests", speakers, http.StatusCreated, true,
			func(echo.Context) queue.Command { return new(queue.Ask) }},
		{http.MethodPatch, "/requests/:id", speakers, http.StatusOK, true,
			func(c echo.Context) queue.Command { return &queue.Amend{Request: c.Param("id")} }},
		{http.MethodDelete, "/requests/:id", speakers, http.StatusOK, false,
			func(c echo.Context) queue.Command { return &queue.Withdraw{Request: c.Param("id")} }},
		{http.MethodPut, "/requests/:id/exchange", speakers, http.StatusOK, true,
			func(c echo.Context) queue.Command { return &queue.Exchange{Request: c.Param("id")} }},
		{http.MethodDelete, "/requests/:id/exchange", []queue.Role{queue.Delegate}, http.StatusOK, false,
			func(c echo.Context) queue.Command { return &queue.DropExchange{Request: c.Param("id")} }},
		{http.MethodPost, "/requests/:id/absent", chair, http.StatusOK, false,
			func(c echo.Context) queue.Command { return &queue.NotInRoom{Request: c.Param("id")} }},
		{http.MethodPost, "/floor/absent", chair, http.StatusOK, false,
			func(c echo.Context) queue.Command {
				return &queue.NotInRoom{OnFloor: true, Floor: c.QueryParam("floor")}
			}},
		{http.MethodPut, "/floor", chair, http.StatusOK, true,
			func(echo.Context) queue.Command { return new(queue.Recognise) }},
		{http.MethodPatch, "/floor", chair, http.StatusOK, true,
			func(c echo.Context) queue.Command { return &queue.SetTime{Floor: c.QueryParam("floor")} }},
		{http.MethodDelete, "/floor", speakers, http.StatusOK, false,
			func(c echo.Context) queue.Command {
				return &queue.EndFloor{Floor: c.QueryParam("floor"), Ruling: queue.Ruling(c.QueryParam("ruling"))}
			}},
		{http.MethodPut, "/message", chair, http.StatusOK, true,
			func(echo.Context) queue.Command { return new(queue.Tell) }},
		{http.MethodDelete, "/message", chair, http.StatusOK, false,
			func(echo.Context) queue.Command { return new(queue.Untell) }},
		{http.MethodPatch, "/panels/:id", chair, http.StatusOK, true,
			func(c echo.Context) queue.Command { return &queue.SetPanel{Panel: c.Param("id")} }},
		{http.MethodPost, "/panels/:id/carry", chair, http.StatusOK, true,
			func(c echo.Context) queue.Command { return &queue.Carry{Panel: c.Param("id")} }},
		{http.MethodPut, "/panels/:id/order", chair, http.StatusOK, true,
			func(c echo.Context) queue.Command { return &queue.Reorder{Panel: c.Param("id")} }},
		{http.MethodPut, "/panel", chair, http.StatusOK, true,
			func(echo.Context) queue.Command { return new(queue.SwitchPanel) }},
		{http.MethodPost, "/undo", chair, http.StatusOK, true,
			func(echo.Context) queue.Command { return new(queue.Undo) }},
		{http.MethodPut, "/join", chair, http.StatusOK, true,
			func(echo.Context) queue.Command { return new(queue.SetJoin) }},
		{http.MethodPost, "/claims/:participant", chair, http.StatusOK, true,
			func(c echo.Context) queue.Command { return &queue.AnswerClaim{Participant: c.Param("participant")} }},
		{http.MethodPost, "/badges/renew", chair, http.StatusOK, true,
			func(echo.Context) queue.Command { return new(queue.RenewBadges) }},
		{http.MethodPost, "/links/renew", []queue.Role{queue.Chair, Operator}, http.StatusOK, true,
			func(echo.Context) queue.Command { return new(queue.RenewLink) }},
		{http.MethodPost, "/pass", chair, http.StatusCreated, true,
			func(echo.Context) queue.Command { return &queue.MakePass{ID: newSession()} }},
		{http.MethodDelete, "/statements/:id", speakers, http.StatusOK, false,
			func(c echo.Context) queue.Command { return &queue.RemoveStatement{Statement: c.Param("id")} }},
		{http.MethodPatch, "/interventions/:id", []queue.Role{queue.Chair, queue.Rapporteur}, http.StatusOK, true,
			func(c echo.Context) queue.Command { return &queue.Correct{Intervention: c.Param("id")} }},
		{http.MethodPut, "/interventions/:id/note", []queue.Role{queue.Chair, queue.Rapporteur}, http.StatusOK, true,
			func(c echo.Context) queue.Command { return &queue.WriteNote{Intervention: c.Param("id")} }},
	}
}

// submit carries a command to its room and the answer back.
func (s *Server) submit(command command) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		received := s.clock.Now()
		defer func() { s.metrics.command(command.method+" "+command.path, err) }()
		d, grant, err := s.admit(c)
		if err != nil {
			return err
		}
		cmd := command.new(c)
		body := count(c)
		if command.body {
			err = decode(c, cmd)
		} else {
			err = s.checkForm(c.Request())
		}
		if err != nil {
			return err
		}
		key := c.Request().Header.Get("Idempotency-Key")
		if key != "" && !queue.ValidID(key) {
			return &queue.Error{Code: queue.Malformed, Field: "Idempotency-Key", Detail: "The key is 1 to 64 of the characters A-Z a-z 0-9 . _ -"}
		}
		if err := s.mayWrite(grant); err != nil {
			return err
		}
		paid, err := s.bytes.command(grant, c.Request(), body.read, time.Now())
		if err != nil {
			return err
		}
		if err := paid.turn(c.Request().Context()); err != nil {
			return err
		}
		forget := s.forgetting(c.Request().Context(), d, cmd)
		answer, err := d.room.Submit(c.Request().Context(), queue.Submission{At: received, By: grant.actor(), Key: key, Command: cmd})
		paid.settle(answer, err, time.Now())
		if err != nil {
			return errors.Join(err, s.claimLate(c.Request().Context(), d, grant, err))
		}
		forget()
		noStore(c)
		status := command.made
		if answer.Repeated {
			status = http.StatusOK
		}
		shown := answered(cmd, answer)
		if err := s.addLink(d, cmd, answer, &shown); err != nil {
			return err
		}
		return c.JSON(status, shown)
	}
}

// answerView is the answer to a command: what it made, as the officers see it.
type answerView struct {
	Seq         int64              `json:"seq"`
	ID          string             `json:"id,omitempty"`
	Request     *requestView       `json:"request,omitempty"`
	Floor       *floorView         `json:"floor,omitempty"`
	Participant *queue.Participant `json:"participant,omitempty"`
	Revision    int                `json:"revision,omitempty"`
	Carried     *int               `json:"carried,omitempty"` // with Carry, also none
	// URL is the link that was made, and QR an image of it, as a data: URL.
	URL       string `json:"url,omitempty"`
	Until     int64  `json:"until_ms,omitempty"`
	QR        string `json:"qr,omitempty"`
	Exchanged *bool  `json:"exchanged,omitempty"` // with Exchange, also when not yet
}

func answered(c queue.Command, a queue.Answer) answerView {
	out := answerView{Seq: a.Seq, ID: a.ID, Floor: onFloor(a.Floor), Participant: a.Participant, Revision: a.Revision}
	switch c := c.(type) {
	case *queue.Carry:
		out.ID, out.Carried = c.ID, &a.Carried
	case *queue.RenewBadges:
		out.ID = c.ID
	case *queue.RenewLink:
		out.ID = c.ID
	case *queue.Exchange:
		out.Exchanged = &a.Exchanged
	}
	if a.Request != nil {
		r := onList(*a.Request, officers)
		out.Request = &r
	}
	return out
}

func noStore(c echo.Context) { c.Response().Header().Set("Cache-Control", "no-store") }
