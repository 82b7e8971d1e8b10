package server

import (
	"context"
	"encoding/json"
	"io"
	"strings"

	"github.com/labstack/echo/v4"

	"rostrum/queue"
)

// proposal tells the chair in which order a panel's list would be by one of the orderings.
func (s *Server) proposal(c echo.Context) error {
	d, grant, err := s.admit(c)
	if err != nil {
		return err
	}
	by := queue.Ordering(c.QueryParam("by"))
	if !by.Valid() {
		return &queue.Error{Code: queue.Malformed, Field: "by", Detail: "The order is by asked, not_spoken, categories, groups or precedence."}
	}
	state, panel := d.room.State(), c.Param("id")
	if _, ok := state.Panels()[panel]; !ok {
		return refuse(queue.NoSuchPanel, "There is no panel %q in this debate.", panel)
	}
	return s.send(c, grant, answer{
		document: document{key: strings.Join([]string{d.id, "order", panel, string(by)}, " "), version: state.Seq, write: func(_ context.Context, w io.Writer) error {
			return json.NewEncoder(w).Encode(struct {
				Seq   int64          `json:"seq"`
				Panel string         `json:"panel"`
				By    queue.Ordering `json:"by"`
				Order []string       `json:"order"`
			}{state.Seq, panel, by, append([]string{}, state.Proposal(panel, by)...)})
		}},
		from:      s.lists,
		mediaType: echo.MIMEApplicationJSON,
		cache:     "no-store",
	})
}
