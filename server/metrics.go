package server

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"rostrum/queue"
	"rostrum/server/disk"
)

// metrics are what the server counts for its operators.
type metrics struct {
	registry *prometheus.Registry
	commands *prometheus.CounterVec
	streams  *prometheus.GaugeVec
	limited  *prometheus.CounterVec
	// noLimits is 1 where the limits on rates are off.
	noLimits prometheus.Gauge
	// clockSteps are what became of the machine's clock.
	clockSteps *prometheus.CounterVec
	// unopened is how many debates of the data cannot be opened.
	unopened prometheus.Gauge
	// free and reserve are of the disk, in bytes; level is 0 where it has room, 1 nearly full, 2 low.
	free, reserve, level prometheus.Gauge
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
			Name: "rostrum_limited_total", Help: "What was refused or ended for others: commands, bytes of commands, files, streams, answers, reads or connections, by whose limit: of the session, the participant, the address, the debate or the server; worth: for a stream of more worth, or of somebody with fewer.",
		}, []string{"what", "by"}),
		noLimits: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "rostrum_limits_off", Help: "1 where the limits on rates are off, else 0.",
		}),
		clockSteps: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "rostrum_clock_steps_total", Help: "How often the machine's clock did not go on evenly: it slept, was set forward or back, or the times of the debates followed it.",
		}, []string{"kind"}),
		unopened: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "rostrum_debates_unopened", Help: "Debates of the data that cannot be opened: their journals are damaged, or of a newer version.",
		}),
	}
	m.free = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "rostrum_disk_free_bytes", Help: "What is free on the disk of the data.",
	})
	m.reserve = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "rostrum_disk_reserve_bytes", Help: "What is kept on the disk of the data for officers' commands.",
	})
	m.level = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "rostrum_disk_level", Help: "0 where the disk of the data has room, 1 where it is nearly full, 2 where it takes only officers' commands.",
	})
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "rostrum_build_info", Help: "Always 1; the version is a label.", ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(m.commands, m.streams, m.limited, m.noLimits, m.clockSteps, m.unopened, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, kind := range clockKinds { // an alert wants to see the first one
		m.clockSteps.WithLabelValues(kind)
	}
	return m
}

// shut counts a connection that was closed to make room.
func (m *metrics) shut() { m.limited.WithLabelValues("connections", "server").Inc() }

// disk tells what a look at the disk has found. The gauges are there once something was.
func (m *metrics) disk(r disk.Reading) {
	if !r.Known {
		return
	}
	for _, g := range []prometheus.Gauge{m.free, m.reserve, m.level} {
		if err := m.registry.Register(g); err != nil && !errors.As(err, new(prometheus.AlreadyRegisteredError)) {
			return
		}
	}
	m.free.Set(float64(r.Free))
	m.reserve.Set(float64(r.Reserve))
	m.level.Set(float64(r.Level))
}

// stored has the sizes of the journal and of the statements' files told when they are asked for.
func (m *metrics) stored(journal, files func() int64) {
	if journal != nil {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "rostrum_journal_bytes", Help: "What the journals of all debates take of their file.",
		}, func() float64 { return float64(journal()) }))
	}
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "rostrum_statements_bytes", Help: "What the files of written statements take, those that are being received included.",
	}, func() float64 { return float64(files()) }))
}

// The kinds of rostrum_clock_steps_total.
var clockKinds = []string{"sleep", "forward", "back", "followed"}

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
