package server

import (
	"encoding/json"
	"slices"
	"testing"

	"rostrum/queue"
)

// What the tests see of the inside.
var (
	DecodeObject    = decodeObject
	MergePatch      = mergePatch
	WithoutComments = withoutComments
	BareStyles      = bareStyles
	WiFiText        = wifiText
	Attachment      = attachment
)

// The bounds that the tests hold the server to.
const (
	MaxBody     = maxBody
	MaxNoteBody = maxNoteBody
	MaxFrame    = maxFrame
	Kept        = kept
	KeptBytes   = keptBytes
	Behind      = behind
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

// StreamsIn is how many streams a server has that can hold so many connections.
func StreamsIn(connections int) int { return streamsIn(connections) }

// PlacesOf is how many places of streams are taken.
func (s *Server) PlacesOf() int {
	s.limits.streams.mu.Lock()
	defer s.limits.streams.mu.Unlock()
	return s.limits.streams.total
}

// UploadsOf is how many files are being received.
func (s *Server) UploadsOf() int {
	s.uploads.mu.Lock()
	defer s.uploads.mu.Unlock()
	return s.uploads.open
}

// Routes are the methods and paths that the server answers.
func (s *Server) Routes() [][2]string {
	var all [][2]string
	for _, r := range s.echo.Routes() {
		all = append(all, [2]string{r.Method, r.Path})
	}
	return all
}

// RightTo says whether a route stands in the table of rights, and whether it lets the
// bearer of a grant in, or nobody in particular (nil).
func RightTo(method, path string, s *queue.State, g *Grant) (known, may bool) {
	right, known := rightsByRoute()[method+" "+path]
	if right.roles == nil || g != nil && slices.Contains(right.roles, g.Role) {
		return known, right.roles != nil || right.also != nil
	}
	if g != nil && g.Role == Operator {
		return known, false
	}
	return known, right.also != nil && right.also(s, g)
}

// TableOfRights are the methods and paths in the table.
func TableOfRights() [][2]string {
	var all [][2]string
	for _, r := range rights() {
		all = append(all, [2]string{r.method, r.path})
	}
	return all
}

// Owned are the commands that a delegate may send, below the debate's path.
func Owned() [][2]string {
	var all [][2]string
	for _, c := range commands() {
		if slices.Contains(c.roles, queue.Delegate) {
			all = append(all, [2]string{c.method, c.path})
		}
	}
	return all
}

// QRSize is how many modules a side the code of a badge's link has.
func QRSize(t testing.TB, link string) int {
	t.Helper()
	code, err := badgeQR(link)
	if err != nil {
		t.Fatal(err)
	}
	return code.Size
}

// The bounds of answers.
const (
	TakeIn        = takeIn
	TakeFirst     = takeFirst
	KeptRenders   = keptRenders
	PinnedRenders = pinnedRenders
)

// Reading is how many answers are made or sent to those who are no officers, how many bytes of documents are held
// for all, and how many renders were begun.
func (s *Server) Reading() (open, held, made int) {
	s.answers.mu.Lock()
	open = s.answers.open
	s.answers.mu.Unlock()
	s.renders.mu.Lock()
	defer s.renders.mu.Unlock()
	return open, s.renders.held, s.renders.made
}

// ListsMade is how many renders of lists and images were begun.
func (s *Server) ListsMade() int {
	s.lists.mu.Lock()
	defer s.lists.mu.Unlock()
	return s.lists.made
}

// KeptDocuments is how many bytes of documents are kept.
func (s *Server) KeptDocuments() int {
	s.renders.mu.Lock()
	defer s.renders.mu.Unlock()
	return s.renders.bytes
}
