package server

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/common/expfmt"
)

// scrapes are the readings of the metrics. Whoever asks gets one that was begun after they asked, and all who wait
// share it: however many ask, a reading takes a quarter of one processor at the most. They are apart from the
// documents, so that a monitor waits for none.
type scrapes struct {
	renders *renders
	asked   atomic.Int64
}

// serveMetrics serves the metrics in Prometheus' text format.
func (s *Server) serveMetrics(c echo.Context) error {
	format := expfmt.NewFormat(expfmt.TypeTextPlain)
	return s.send(c, nil, answer{
		document:  document{key: "metrics", version: s.scrapes.asked.Add(1), write: func(_ context.Context, w io.Writer) error { return s.metrics.write(w, format) }},
		from:      s.scrapes.renders,
		mediaType: string(format),
		cache:     "no-store",
	})
}

func (m *metrics) write(w io.Writer, format expfmt.Format) error {
	families, err := m.registry.Gather()
	if err != nil {
		return fmt.Errorf("reading the metrics: %w", err)
	}
	to := expfmt.NewEncoder(w, format)
	for _, family := range families {
		if err := to.Encode(family); err != nil {
			return fmt.Errorf("writing the metrics: %w", err)
		}
	}
	return nil
}
