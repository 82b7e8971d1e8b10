package server

import (
	"bytes"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"
	"rsc.io/qr"

	"rostrum/queue"
)

// qrQuiet is the light border that a QR code needs, in modules.
const qrQuiet = 4

// qrSVG draws a text as a QR code.
func qrSVG(text string) ([]byte, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil, fmt.Errorf("encoding a QR code: %w", err)
	}
	var b bytes.Buffer
	side := code.Size + 2*qrQuiet
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="`, side, side, side, side)
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			run := x
			for run < code.Size && code.Black(run, y) {
				run++
			}
			if run > x {
				fmt.Fprintf(&b, "M%d %dh%dv1H%dz", x+qrQuiet, y+qrQuiet, run-x, x+qrQuiet)
				x = run
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return b.Bytes(), nil
}

// joinQR is the QR code on the display: the address for delegates with the join
// code in its fragment, which no log of a server sees.
func (s *Server) joinQR(c echo.Context) error {
	d, err := s.debate(c)
	if err != nil {
		return err
	}
	if _, err := s.identifyAs(c.Request(), d, []queue.Role{queue.Chair, queue.Rapporteur, queue.Display}); err != nil {
		return err
	}
	svg, err := qrSVG(d.viewer.join.URL + "#code=" + d.viewer.join.Code)
	if err != nil {
		return err
	}
	noStore(c)
	return c.Blob(http.StatusOK, "image/svg+xml", svg)
}
