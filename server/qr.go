package server

import (
	"context"
	"fmt"
	"io"
	"strings"

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
	side := code.Size + 2*qrQuiet
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>`, side, side, side, side, qrPath(code)), nil
}

// qrPath is the dark modules of a QR code as an SVG path, a unit each, with the quiet
// border around them.
func qrPath(code *qr.Code) string {
	var b strings.Builder
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
	return b.String()
}

// joinQR is the QR code on the display: the address for delegates with a join token in
// its fragment, which no log of a server sees.
func (s *Server) joinQR(c echo.Context) error {
	d, grant, err := s.admit(c)
	if err != nil {
		return err
	}
	state := d.room.State()
	join := d.viewer.joining(state)
	if join.Off {
		return refuse(joinOff, "Nobody joins by the code now.")
	}
	return s.sendQR(c, grant, document{key: d.id + " qr.svg", version: state.Join().Number}, join.URL)
}

// wifiQR is the QR code on the display that joins the room's wireless network.
func (s *Server) wifiQR(c echo.Context) error {
	d, grant, err := s.admit(c)
	if err != nil {
		return err
	}
	w := d.room.State().Debate.WiFi
	if w == nil {
		return refuse(notFound, "The debate's file names no wireless network.")
	}
	text := wifiText(*w)
	return s.sendQR(c, grant, document{key: d.id + " wifi.svg " + text}, text)
}

// sendQR sends a text as a QR code, drawn once for each version.
func (s *Server) sendQR(c echo.Context, grant *Grant, d document, text string) error {
	d.write = func(_ context.Context, w io.Writer) error {
		svg, err := qrSVG(text)
		if err == nil {
			_, err = w.Write(svg)
		}
		return err
	}
	return s.send(c, grant, answer{document: d, from: s.lists, mediaType: "image/svg+xml", cache: "no-store"})
}

// wifiText is a network as phones read it from a QR code, in the form that ZXing
// defined and Android and iOS follow: WIFI:T:WPA;S:name;P:password;;
func wifiText(w queue.WiFi) string {
	escape := strings.NewReplacer(`\`, `\\`, `;`, `\;`, `,`, `\,`, `:`, `\:`, `"`, `\"`)
	kind := map[string]string{"wpa": "WPA", "wep": "WEP", "none": "nopass"}[w.Security]
	text := "WIFI:T:" + kind + ";S:" + escape.Replace(w.Name) + ";"
	if w.Password != "" {
		text += "P:" + escape.Replace(w.Password) + ";"
	}
	return text + ";"
}
