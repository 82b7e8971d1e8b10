package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"
)

// What an answer may take that is no stream. The slowest network that we know of, "3G Slow", carries three times as much.
const (
	// takeIn is how long a client may take nothing of an answer, and takeFirst how long it may take for the answer in
	// any case; beyond that it is to take slowest bytes a second.
	takeIn, takeFirst = 20 * time.Second, time.Minute
	slowest           = 16 << 10
	// step is how many bytes are written before the time is looked at again.
	step = 32 << 10
	// answersOpen is how many answers may be made or sent at once to those who are no officers, and answersOfNetwork
	// how many of them to one address. A whole room may ask for the record at once, behind one address.
	answersOpen, answersOfNetwork = 1_000, 500
	// documentsRate is how many bytes a second of documents and states are sent to all who are no officers, and documentsBurst
	// how many at once. An answer counts as smallDocument at least, also where it is a refusal. Who asks for more waits.
	documentsRate, documentsBurst = 32 << 20, 8 << 20
	smallDocument                 = 32 << 10
	// answerBuffer is how many bytes of a large answer the system holds for a client that does not read.
	answerBuffer = 256 << 10
	// readsOfNetwork is how many reads of any kind a second one address may send, and readsBurst how many at once:
	// a room's pages are 25 files each. Who sends more waits readsWait before the next try, and is refused after readsPatience.
	readsOfNetwork, readsBurst = 3_000, 20_000
	readsWait, readsPatience   = 100 * time.Millisecond, 10 * time.Second
)

// answers are the answers that are made and sent to those who are no officers.
type answers struct {
	metrics *metrics
	pace    *rate.Limiter // in bytes
	reads   buckets       // by address

	mu      sync.Mutex
	open    int
	address map[string]int
}

// newAnswers has no rates where they are off: then only what is held is bounded.
func newAnswers(off bool, m *metrics) *answers {
	a := &answers{metrics: m, reads: buckets{rate: readsOfNetwork, burst: readsBurst}, pace: rate.NewLimiter(documentsRate, documentsBurst), address: make(map[string]int)}
	if off {
		a.pace.SetLimit(rate.Inf)
	}
	return a
}

// begin admits an answer, at the pace of all, until done is called, or says when to ask again. Officers are always admitted.
func (a *answers) begin(g *Grant, r *http.Request) (done func(), err error) {
	if exempt(g) {
		return func() {}, nil
	}
	address := network(r.RemoteAddr)
	if err := a.count(address); err != nil {
		return nil, err
	}
	done = func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.open--
		if a.address[address]--; a.address[address] == 0 {
			delete(a.address, address)
		}
	}
	if err := a.pace.WaitN(r.Context(), smallDocument); err != nil {
		done()
		return nil, context.Canceled // the client has left
	}
	return done, nil
}

// count counts one more answer to an address, or says which bound is reached.
func (a *answers) count(address string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.address[address] >= answersOfNetwork:
		a.metrics.limited.WithLabelValues("answers", "address").Inc()
		return &limited{refuse(rateLimited, "Too much is being read on this network. Wait a moment, then try again."), 5 * time.Second}
	case a.open >= answersOpen:
		a.metrics.limited.WithLabelValues("answers", "server").Inc()
		return &limited{refuse(rateLimited, "As much is being read as this server can send. Wait a moment, then try again."), 5 * time.Second}
	}
	a.open++
	a.address[address]++
	return nil
}

// paced lets an address that reads more than a room does wait, whatever it reads. Officers, who may be behind the same
// address, do not wait.
func (s *Server) paced(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if s.limits.off || r.Method != http.MethodGet && r.Method != http.MethodHead {
			return next(c)
		}
		address := network(r.RemoteAddr)
		for began := time.Now(); ; {
			now := time.Now()
			_, wait := s.answers.reads.take(address, now)
			if wait == 0 || s.fromOfficer(c) {
				return next(c)
			}
			if now.Sub(began) > readsPatience {
				s.metrics.limited.WithLabelValues("reads", "address").Inc()
				return &limited{refuse(rateLimited, "Too much is being read on this network. Wait a moment, then try again."), readsPatience}
			}
			select {
			case <-time.After(max(wait, readsWait)):
			case <-r.Context().Done():
				return r.Context().Err()
			}
		}
	}
}

// fromOfficer says whether a request to a debate comes from an officer or a screen of the room.
func (s *Server) fromOfficer(c echo.Context) bool {
	d, known := s.debates[c.Param("debate")]
	if !known {
		return false
	}
	grant, err := s.identify(c.Request(), d)
	return err == nil && exempt(grant)
}

// timely lets no client hold an answer for longer than it takes one who reads. Streams have rules of their own.
func (s *Server) timely(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if strings.HasSuffix(c.Path(), "/stream") {
			return next(c)
		}
		w := c.Response().Writer
		timely := &timelyWriter{ResponseWriter: w, control: http.NewResponseController(w), whole: strings.HasSuffix(c.Path(), "/backup")}
		c.Response().Writer = timely
		if c.Request().Body == http.NoBody {
			// All was read. The deadline for it would end a long answer, as if its client had left.
			_ = timely.control.SetReadDeadline(time.Time{})
		}
		return next(c) // a refusal is still to be written by it
	}
}

// timelyWriter puts off the deadline of a connection with each piece that it writes.
type timelyWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	whole   bool      // the answer may take as long as it likes if only it goes on
	began   time.Time // when the first piece was written
	written int64

	mu  sync.Mutex
	cut bool
}

// Unwrap lets a stream take the connection over.
func (w *timelyWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *timelyWriter) WriteHeader(status int) {
	w.putOff()
	w.ResponseWriter.WriteHeader(status)
}

func (w *timelyWriter) Write(text []byte) (int, error) {
	written := 0
	for {
		piece := text[written:min(len(text), written+step)]
		w.putOff()
		n, err := w.ResponseWriter.Write(piece)
		written += n
		w.written += int64(n)
		if err != nil || written == len(text) {
			return written, err
		}
	}
}

// Flush sends what was written.
func (w *timelyWriter) Flush() { _ = w.control.Flush() }

func (w *timelyWriter) putOff() {
	now := time.Now()
	if w.began.IsZero() {
		w.began = now
	}
	until := now.Add(takeIn)
	if last := w.began.Add(takeFirst + time.Duration(w.written)*time.Second/slowest); !w.whole && last.Before(until) {
		until = last
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.cut {
		_ = w.control.SetWriteDeadline(until) // a test's recorder has none
	}
}

// end ends the answer, and what is being written of it.
func (w *timelyWriter) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = true
	_ = w.control.SetWriteDeadline(time.Unix(1, 0))
}

// answer is how a document is sent.
type answer struct {
	document
	from      *renders // where it is made, nil for where those of debates are
	mediaType string
	tag       string // with the version behind it, names the document; "" where nobody is to keep it
	fileName  string // under which a browser keeps it, "" for none
	inline    bool   // a browser shows it
	cache     string // Cache-Control
}

// send makes a document, if it was not made already, and sends it.
func (s *Server) send(c echo.Context, grant *Grant, a answer) error {
	r, h := c.Request(), c.Response().Header()
	done, err := s.answers.begin(grant, r)
	if err != nil {
		return err
	}
	defer done()
	h.Set("Cache-Control", a.cache)
	if tag := fmt.Sprint(a.tag, a.version); a.tag != "" && knows(r, tag) {
		h.Set("ETag", `"`+tag+`"`)
		return c.NoContent(http.StatusNotModified)
	}
	reading := &reader{officer: exempt(grant), cut: func() {}}
	if w, ok := c.Response().Writer.(*timelyWriter); ok {
		reading.cut = w.end
	}
	renders := cmp.Or(a.from, s.renders)
	made, err := renders.get(r.Context(), a.document, reading)
	if err != nil {
		return err
	}
	defer renders.release(made, reading)
	if a.tag != "" {
		h.Set("ETag", fmt.Sprintf(`"%s%d"`, a.tag, made.version))
	}
	body := made.plain
	if !a.packed {
		h.Add("Vary", "Accept-Encoding")
	}
	if made.zipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = made.zipped
	}
	if a.fileName != "" {
		kind := "attachment"
		if a.inline {
			kind = "inline"
		}
		h.Set("Content-Disposition", fmt.Sprintf(`%s; filename="%s"`, kind, a.fileName))
	}
	h.Set("Content-Type", a.mediaType)
	return s.sendPieces(c, body, reading.officer)
}

// sendPieces sends an answer piece by piece, at the pace of all where the reader is no officer. It has been admitted, so that
// the first bytes were waited for.
func (s *Server) sendPieces(c echo.Context, body [][]byte, officer bool) error {
	size, free := 0, smallDocument
	for _, piece := range body {
		size += len(piece)
	}
	if size > answerBuffer {
		limitBuffer(c.Request())
	}
	c.Response().Header().Set("Content-Length", strconv.Itoa(size))
	c.Response().WriteHeader(http.StatusOK)
	if c.Request().Method == http.MethodHead {
		return nil
	}
	for _, text := range body {
		for piece := range slices.Chunk(text, pieceSize) {
			paid := max(0, len(piece)-free)
			free -= len(piece) - paid
			if !officer {
				if err := s.answers.pace.WaitN(c.Request().Context(), paid); err != nil {
					panic(http.ErrAbortHandler) // the client has left, and the answer must not look whole
				}
			}
			if _, err := c.Response().Write(piece); err != nil {
				if errors.Is(err, os.ErrDeadlineExceeded) {
					s.metrics.limited.WithLabelValues("answers", "slow").Inc()
				}
				panic(http.ErrAbortHandler)
			}
		}
	}
	return nil
}

// limitBuffer bounds what the system keeps for a client that does not read.
func limitBuffer(r *http.Request) {
	g, _ := r.Context().Value(guestKey{}).(*guest)
	if g == nil {
		return
	}
	if buffered, ok := bare(g).(interface{ SetWriteBuffer(int) error }); ok {
		_ = buffered.SetWriteBuffer(answerBuffer)
	}
}

// knows says whether a client has a version of an answer already.
func knows(r *http.Request, tag string) bool {
	for known := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if known = strings.Trim(strings.TrimPrefix(strings.TrimSpace(known), "W/"), `"`); known == tag || known == "*" {
			return true
		}
	}
	return false
}
