package server

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"rostrum/queue"
)

// proposal tells the chair in which order a panel's list would be by one of the orderings.
func (s *Server) proposal(c echo.Context) error {
	d, _, err := s.admit(c)
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
	order := state.Proposal(panel, by)
	if order == nil {
		order = []string{}
	}
	noStore(c)
	return c.JSON(http.StatusOK, struct {
		Seq   int64          `json:"seq"`
		Panel string         `json:"panel"`
		By    queue.Ordering `json:"by"`
		Order []string       `json:"order"`
	}{state.Seq, panel, by, order})
}
