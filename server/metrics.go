package server

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"rostrum/queue"
)

// metrics are what the server counts for its operators.
type metrics struct {
	registry *prometheus.Registry
	commands *prometheus.CounterVec
	streams  *prometheus.GaugeVec
	limited  *prometheus.CounterVec
	// noLimits is 1 where the limits on rates are off.
	noLimits prometheus.Gauge
	// unopened is how many debates of the data cannot be opened.
	unopened prometheus.Gauge
}

func newMetrics(version string) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		commands: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "rostrum_commands_total", Help: "Commands by route and outcome: ok, or the code of the refusal.",
		}, []string{"route", "outcome"}),
		streams: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "rostrum_streams", Help: "Open streams by audience.",
		}, []string{"audience"}),
		limited: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "rostrum_limited_total", Help: "What was refused or ended for others: commands, bytes of commands, files, streams or connections, by whose limit: of the session, the participant, the address, the debate or the server; worth: for a stream of more worth, or of somebody with fewer.",
		}, []string{"what", "by"}),
		noLimits: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "rostrum_limits_off", Help: "1 where the limits on rates are off, else 0.",
		}),
		unopened: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "rostrum_debates_unopened", Help: "Debates of the data that cannot be opened: their journals are damaged, or of a newer version.",
		}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "rostrum_build_info", Help: "Always 1; the version is a label.", ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(m.commands, m.streams, m.limited, m.noLimits, m.unopened, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// shut counts a connection that was closed to make room.
func (m *metrics) shut() { m.limited.WithLabelValues("connections", "server").Inc() }

func (m *metrics) command(route string, err error) {
	outcome := "ok"
	var refusal *queue.Error
	switch {
	case errors.As(err, &refusal):
		outcome = string(refusal.Code)
	case err != nil:
		outcome = "given_up"
	}
	m.commands.WithLabelValues(route, outcome).Inc()
}
