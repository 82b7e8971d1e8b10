package server

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// NewHTTPServer wraps a handler with the limits that keep slow or greedy
// clients from holding the server up.
func NewHTTPServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: speakIn,
		ReadTimeout:       30 * time.Second, // streams lift it
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// HTTP makes the HTTP server for [Server.Serve], with the handler that answers:
// the server itself, or one before it. It speaks TLS too where it has a configuration for it.
func (s *Server) HTTP(h http.Handler, config *tls.Config) *http.Server {
	web := NewHTTPServer(h, s.log)
	if config != nil {
		// Said outright: whichever of the two protocols is served first decides whether
		// net/http gets HTTP/2 ready, and without TLS it looks here.
		config = config.Clone()
		for _, protocol := range []string{"h2", "http/1.1"} {
			if !slices.Contains(config.NextProtos, protocol) {
				config.NextProtos = append(config.NextProtos, protocol)
			}
		}
		web.TLSConfig = config
	}
	web.ConnState, web.ConnContext = changed, withGuest
	return web
}

// Serve answers on a listener, with and without TLS on the same port where the HTTP
// server can do both, until one of the two is closed.
func (s *Server) Serve(web *http.Server, l net.Listener) error {
	l = &door{l, s.crowd}
	if web.TLSConfig == nil {
		return web.Serve(l)
	}
	both := newSplit(l)
	var wait sync.WaitGroup
	defer wait.Wait()
	defer both.close()
	wait.Go(both.run)
	failed := make(chan error, 2)
	wait.Go(func() { failed <- web.Serve(both.plain) })
	wait.Go(func() { failed <- web.ServeTLS(both.secure, "", "") })
	err := <-failed
	if err := both.close(); err != nil && !errors.Is(err, net.ErrClosed) {
		s.log.Debug("closing the port", "err", err)
	}
	return err
}
