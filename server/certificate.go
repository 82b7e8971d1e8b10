package server

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// serveCA offers the certificate of the server's own authority: as the type by which a
// device knows what to install.
func (s *Server) serveCA(c echo.Context) error {
	if s.authority == nil {
		return refuse(notFound, "This server has no authority of its own: there is nothing to install.")
	}
	h := c.Response().Header()
	h.Set("Content-Disposition", `inline; filename="rostrum-ca.crt"`)
	noStore(c)
	return c.Blob(http.StatusOK, "application/x-x509-ca-cert", s.authority.PEM())
}

// tellAuthority says by what a person tells that a certificate is the server's own.
func (s *Server) tellAuthority(c echo.Context) error {
	if s.authority == nil {
		return refuse(notFound, "This server has no authority of its own: there is nothing to install.")
	}
	noStore(c)
	return c.JSON(http.StatusOK, struct {
		Name        string `json:"name"`
		Fingerprint string `json:"fingerprint"`
		Until       string `json:"until"`
	}{s.authority.Name(), s.authority.Fingerprint(), s.authority.Until().UTC().Format(time.DateOnly)})
}
