package server

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
)

// policy is what the pages may load and do: what this server gives them and
// nothing else. Who may show them in a frame stands behind it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
	"manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors "

// features are what a page may use of its device: what keeps a screen awake and fills it.
const features = "accelerometer=(), autoplay=(self), camera=(), display-capture=(), encrypted-media=(), fullscreen=(self), geolocation=(), " +
	"gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), screen-wake-lock=(self), usb=(), xr-spatial-tracking=()"

// strictly is for how long a browser asks for nothing but HTTPS, in seconds: a year.
const strictly = 365 * 24 * 3600

// FrameAncestors are the sites that may show the display in a frame, as a
// Content-Security-Policy names them. None is nobody.
type FrameAncestors []string

// ParseFrameAncestors reads origins such as "https://venue.example.org", with spaces
// or commas between them.
func ParseFrameAncestors(list string) (FrameAncestors, error) {
	var out FrameAncestors
	for _, origin := range strings.FieldsFunc(list, func(r rune) bool { return r == ' ' || r == ',' }) {
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || origin != u.Scheme+"://"+u.Host || strings.ContainsAny(origin, ";'\"\\") {
			return nil, fmt.Errorf("%q is not the address of a site, such as https://venue.example.org", origin)
		}
		out = append(out, origin)
	}
	return out, nil
}

func (f FrameAncestors) String() string {
	if len(f) == 0 {
		return "'none'"
	}
	return strings.Join(f, " ")
}

// guard sets the headers that keep an answer from being used for something else.
// What a page is built from is fetched dozens of times and is no document: it
// carries only those that matter for it.
func (s *Server) guard(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h, r := c.Response().Header(), c.Request()
		if r.ContentLength != 0 { // no answer waits for the rest of a body that nobody reads
			_ = http.NewResponseController(c.Response()).EnableFullDuplex() // HTTP/2 always is
		}
		h.Set("X-Content-Type-Options", "nosniff")
		if r.TLS != nil && s.certified && named(r.Host) {
			h.Set("Strict-Transport-Security", fmt.Sprintf("max-age=%d", strictly))
		}
		if strings.HasPrefix(r.URL.Path, "/static/") && !strings.HasSuffix(r.URL.Path, ".html") {
			return next(c)
		}
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if strings.HasPrefix(r.URL.Path, "/api/") { // no document, should somebody open it as one
			h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
			return next(c)
		}
		ancestors := FrameAncestors(nil)
		if c.Path() == "/:debate/display" {
			ancestors = s.ancestors
		}
		h.Set("Content-Security-Policy", policy+ancestors.String())
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", features)
		return next(c)
	}
}

// named says whether a host is a name of the network. Whoever works on this machine does so
// on many of its ports, and a browser would ask for HTTPS on all of them.
func named(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err != nil && !strings.EqualFold(host, "localhost")
}

// sameOrigin says whether a stream is opened by a page of this server, or by
// a program, which sends no origin. A page that came without TLS, which the network may have
// written, opens no stream over TLS.
func (s *Server) sameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && strings.EqualFold(u.Host, r.Host) && (u.Scheme == "https" || !overTLS(r))
}
