package server

import "time"

// ClockChange is what became of the machine's clock, and of the server's.
type ClockChange struct {
	// Slept is how long the machine slept. The server's clock stood meanwhile.
	Slept time.Duration
	// Set is by how much the machine's clock was set.
	Set time.Duration
	// Forward is by how much the server's clock was moved.
	Forward time.Duration
}

// ClockChanged is called after the machine's clock was changed, and the server's moved where it is. Screens that know the
// time by the server's clock are told to ask for it again.
func (s *Server) ClockChanged(c ClockChange) {
	for kind, counts := range map[string]bool{"sleep": c.Slept > 0, "forward": c.Set > 0, "back": c.Set < 0, "followed": c.Forward > 0 && c.Slept == 0} {
		if counts {
			s.metrics.clockSteps.WithLabelValues(kind).Inc()
		}
	}
	if c.Slept == 0 && c.Forward == 0 {
		return
	}
	for _, d := range s.order {
		for _, channel := range d.hub.channels {
			channel.changes.Add(1)
			channel.wakeAll()
		}
		select {
		case d.retime <- struct{}{}:
		default:
		}
	}
}
