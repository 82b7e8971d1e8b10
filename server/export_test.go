package server

import "encoding/json"

// What the tests see of the inside.
var (
	DecodeObject    = decodeObject
	MergePatch      = mergePatch
	WithoutComments = withoutComments
	WiFiText        = wifiText
)

// The bounds that the tests hold the server to.
const (
	MaxBody   = maxBody
	MaxFrame  = maxFrame
	Kept      = kept
	KeptBytes = keptBytes
	Behind    = behind
)

// PingOf reads a ping as a socket does.
func PingOf(kind int, body []byte) (json.RawMessage, bool) { return pingOf(kind, body) }

// PongMessage answers a ping as a socket does.
func PongMessage(t0 json.RawMessage, t1, t2 float64) []byte { return pongMessage(t0, t1, t2) }

// KeptOf is how many frames a debate's channels keep at the most, and their bytes.
func (s *Server) KeptOf(debate string) (frames, bytes int) {
	for _, c := range s.debates[debate].hub.channels {
		size := 0
		kept := c.current.Load().frames
		for _, f := range kept {
			size += len(f.patch)
		}
		frames, bytes = max(frames, len(kept)), max(bytes, size)
	}
	return frames, bytes
}

// ScreensOf is how many screens a debate's channels have.
func (s *Server) ScreensOf(debate string) int {
	n := 0
	for _, c := range s.debates[debate].hub.channels {
		c.mu.Lock()
		n += len(c.screens)
		c.mu.Unlock()
	}
	return n
}
