package server

import (
	"cmp"
	"context"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gorilla/websocket"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"golang.org/x/time/rate"

	"rostrum/queue"
	"rostrum/server/cert"
	"rostrum/server/disk"
	"rostrum/server/statements"
	"rostrum/timer"
)

// Debate is a debate that a server carries.
type Debate struct {
	Room *queue.Room
	// Epoch names the debate's history: it is another when an old seq would mean something
	// else.
	Epoch string
	// Rehearsal says that nothing of it will be kept.
	Rehearsal bool
}

// Config is what a server is made of.
type Config struct {
	Debates []Debate
	// Unopened are the debates of the data that could not be opened.
	Unopened []Unopened
	Clock    *timer.Clock
	Keys     Keys
	// BaseURL is the address under which those in the room reach the server, such as
	// http://10.0.0.5:8080.
	BaseURL string
	// RoomURL is the same for the delegates, who come without TLS where the officers'
	// certificate is this server's own. It is BaseURL where there is none.
	RoomURL string
	// Certified says that the server has a certificate which every browser trusts: requests
	// without TLS are sent there, and browsers are told to come with TLS alone.
	Certified bool
	// Authority is the server's own certificate authority, nil where it has none. Its
	// certificate is offered for the officers' devices.
	Authority *cert.Authority
	// Proxies are those before the server that are believed.
	Proxies Proxies
	// FrameAncestors are who may show the display in a frame.
	FrameAncestors FrameAncestors
	// NoLimits turns the limits on rates off.
	NoLimits bool
	// Connections is how many connections the machine can hold at once, with the files of written statements that are open for
	// them, 0 where it has no limit. Some of them are kept for the officers.
	Connections int
	// Space is the room on the disk of the data, nil where nobody looks at it.
	Space *disk.Space
	// JournalBytes is how many bytes of the journal's file are in use, nil where it is not known.
	JournalBytes func() int64
	// Statements keeps the files of written statements.
	Statements *statements.Store
	// Pages are the files of the pages.
	Pages fs.FS
	// FontDirs are where fonts are looked for that what is printed needs.
	FontDirs []string
	// Backup writes a consistent copy of the data.
	Backup  func(io.Writer) error
	Version string
	Log     *slog.Logger
}

// Server answers HTTP requests for the debates that it carries. It is an
// [http.Handler].
type Server struct {
	files     *statements.Store
	uploads   transfers
	fetches   transfers
	clock     *timer.Clock
	keys      Keys
	log       *slog.Logger
	assets    *assets
	backup    func(io.Writer) error
	base      string // the address for the officers
	room      string // the address for the delegates
	rights    map[string]right
	cardsPage *template.Template
	question  *template.Template
	fontDirs  []string
	secured   bool // the room's address begins with https
	metrics   *metrics
	limits    *limits
	bytes     *byteLimits
	unread    *rate.Limiter // of bodies that are thrown away, in bytes
	space     *disk.Space
	diskLow   atomic.Bool // it takes only what officers do
	crowd     *crowd
	renders   *renders
	lists     *renders // lists and images, which wait for no document
	scrapes   scrapes
	answers   *answers
	// connections is how many connections and files the machine can hold, 0 for any number.
	connections int

	certified bool
	authority *cert.Authority
	proxies   Proxies
	ancestors FrameAncestors

	origins  *http.CrossOriginProtection
	upgrader *websocket.Upgrader
	debates  map[string]*debate
	order    []*debate
	unopened []Unopened
	echo     *echo.Echo
}

// debate is one debate as the server carries it.
type debate struct {
	id      string
	epoch   string
	room    *queue.Room
	viewer  viewer
	hub     *hub
	rosters rosters
	shelf   *shelf
	first   firstPages
	guesses *guesses
	retime  chan struct{} // with room for one: the clock has changed
}

// viewFormat is the version of the views. It is raised when the same state is
// shown in another way, so that no screen goes on from what an older server showed.
const viewFormat = 4

// viewEpoch is the epoch of a stream: the history's, and the format of the views.
func viewEpoch(epoch string) string { return fmt.Sprintf("%s.%d", epoch, viewFormat) }

// New makes a server. It shows no changes before Run.
func New(c Config) *Server {
	c.RoomURL = cmp.Or(c.RoomURL, c.BaseURL)
	s := &Server{
		files: c.Statements, clock: c.Clock, keys: c.Keys, log: c.Log, backup: c.Backup, base: c.BaseURL, room: c.RoomURL,
		rights: rightsByRoute(), cardsPage: parseCardsPage(), question: parseQuestion(), fontDirs: c.FontDirs, secured: strings.HasPrefix(c.RoomURL, "https:"),
		certified: c.Certified, authority: c.Authority, proxies: c.Proxies, ancestors: c.FrameAncestors,
		connections: c.Connections,
		assets:      &assets{files: c.Pages, loaded: make(map[string]*asset)},
		metrics:     newMetrics(c.Version),
		origins:     http.NewCrossOriginProtection(),
		upgrader:    newUpgrader(),
		debates:     make(map[string]*debate),
		unopened:    c.Unopened,
		echo:        echo.New(),
	}
	s.metrics.unopened.Set(float64(len(c.Unopened)))
	release, err := releaseOf(c.Pages)
	if err != nil { // the page that lacks one says so
		s.log.Error("looking at the pages", "err", err)
	}
	s.assets.release = release
	for _, carried := range c.Debates {
		id := carried.Room.State().Debate.ID
		epoch := viewEpoch(carried.Epoch)
		v := viewer{epoch: epoch, keys: c.Keys, join: joinURL(c.RoomURL, id), zones: new(zones), release: release, rehearsal: carried.Rehearsal}
		d := &debate{
			id: id, epoch: epoch, room: carried.Room, viewer: v, shelf: newShelf(carried.Room.State()), retime: make(chan struct{}, 1),
		}
		d.guesses = newGuesses(func() []string { return s.joinCodes(d) })
		d.hub = newHub(d.room, v, s.clock, s.log.With("debate", id), s.metrics)
		s.debates[id] = d
		s.order = append(s.order, d)
	}
	s.space = c.Space
	s.metrics.stored(c.JournalBytes, s.statementBytes)
	s.bytes, s.unread = newByteLimits(c.NoLimits, s.metrics), rate.NewLimiter(unreadRate, unreadBurst)
	s.limits = newLimits(c.NoLimits, streamsIn(c.Connections), s.metrics)
	s.crowd = &crowd{most: c.Connections, shut: s.metrics.shut, pinched: func(most int) {
		s.log.Warn("the system gives this program fewer file handles than it said: streams that are not the officers' make room", "connections", most)
		s.limits.streams.shrink(streamsIn(most))
	}}
	s.scrapes.renders, s.lists = newRenders(keptLists, pinnedLists), newRenders(keptLists, pinnedLists)
	s.renders, s.answers = newRenders(keptRenders, pinnedRenders), newAnswers(c.NoLimits, s.metrics)
	s.route()
	return s
}

// Run shows every change to the screens and changes the join codes until the context
// ends, then tells the screens that the server restarts and waits until they have left.
func (s *Server) Run(ctx context.Context) {
	var running sync.WaitGroup
	running.Go(func() { s.watchDisk(ctx) })
	for _, d := range s.order {
		running.Go(func() { d.hub.run(ctx) })
		running.Go(func() { s.changeCode(ctx, d) })
		running.Go(func() { s.lookForStatements(d); s.tidy(ctx, d) })
	}
	running.Wait()
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r = s.proxies.unwrap(r)
	if s.certified && !overTLS(r) && !fromHere(r) {
		http.Redirect(w, r, "https://"+r.Host+r.URL.RequestURI(), http.StatusPermanentRedirect)
		return
	}
	s.echo.ServeHTTP(w, r)
}

// fromHere says whether a request comes from the server's own machine, as those of
// the command line and of a monitor do.
func fromHere(r *http.Request) bool {
	from := addressOf(r.RemoteAddr)
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return from.IsLoopback() || ok && from == addressOf(local.String())
}

func (s *Server) route() {
	e := s.echo
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = echo.ExtractIPDirect() // what the proxies say is in the request already
	e.HTTPErrorHandler = s.answerError
	e.Use(middleware.RecoverWithConfig(middleware.RecoverConfig{DisablePrintStack: true, LogErrorFunc: func(c echo.Context, err error, stack []byte) error {
		s.log.Error("panic", "path", c.Request().URL.Path, "err", err, "stack", string(stack))
		return err
	}}), s.timely, s.guard, s.paced, s.shield)

	// A page's address may be typed with a slash behind it.
	e.Pre(middleware.RemoveTrailingSlashWithConfig(middleware.TrailingSlashConfig{
		Skipper:      func(c echo.Context) bool { return strings.HasPrefix(c.Request().URL.Path, "/api/") },
		RedirectCode: http.StatusMovedPermanently,
	}))
	api := e.Group("/api/v1")
	api.GET("/clock", s.tell)
	api.GET("/authority", s.tellAuthority)
	api.GET("/openapi.yaml", serveOpenAPI())
	api.GET("/backup", s.serveBackup)
	api.GET("/links", s.links)
	api.GET("/debates", s.list)
	one := api.Group("/debates/:debate")
	one.GET("", s.state)
	one.GET("/roster", s.roster)
	one.GET("/stream", s.stream)
	one.GET("/me", s.me)
	one.POST(joinPath, s.join)
	one.GET("/record.json", s.record("json"))
	one.GET("/panels/:id/order", s.proposal)
	one.GET("/statistics", s.statistics)
	one.GET("/record.csv", s.record("csv"))
	one.GET("/record.md", s.record("md"))
	one.GET("/record.docx", s.record("docx"))
	one.POST("/statements", s.addStatement)
	one.GET("/statements", s.listStatements)
	one.GET("/statements/:id", s.serveStatement)
	for _, c := range commands() {
		one.Add(c.method, c.path, s.submit(c))
	}

	// What a browser or a monitor gets, it may also ask about.
	get := func(path string, h echo.HandlerFunc) {
		e.GET(path, h)
		e.HEAD(path, h)
	}
	get("/healthz", func(c echo.Context) error { return c.String(http.StatusOK, "ok\n") })
	get("/readyz", s.ready)
	get("/metrics", s.serveMetrics)

	get("/", func(c echo.Context) error { return s.assets.serve(c, http.StatusOK, "index.html") })
	get("/certificate", func(c echo.Context) error { return s.assets.serve(c, http.StatusOK, "certificate.html") })
	get("/ca.crt", s.serveCA)
	get("/static/*", func(c echo.Context) error { return s.assets.serve(c, http.StatusOK, c.Param("*")) })
	get("/sw.js", s.assets.worker)
	for _, page := range []string{"chair", "display", "record"} {
		get("/:debate/"+page, s.page(page+".html"))
	}
	get("/:debate/floor", s.floor)
	get("/:debate/"+manifest, s.page(manifest))
	get("/:debate", func(c echo.Context) error {
		if _, err := s.debate(c); err != nil {
			return s.pageError(c, err)
		}
		return c.Redirect(http.StatusSeeOther, "/"+c.Param("debate")+"/floor")
	})
	get("/:debate"+pathEnter, s.enter)
	e.POST("/:debate"+pathEnter, s.enterByForm)
	get("/:debate/qr.svg", s.joinQR)
	get("/:debate/cards", s.cards)
	get("/:debate/wifi.svg", s.wifiQR)
	get("/:debate/cards.pdf", s.cardsPDF)
}

// debate is the one that a request's path names.
func (s *Server) debate(c echo.Context) (*debate, error) {
	d, ok := s.debates[c.Param("debate")]
	if !ok {
		if refusal := s.refuseUnopened(c.Param("debate")); refusal != nil {
			return nil, refusal
		}
		return nil, refuse(unknownDebate, "There is no debate %q on this server.", c.Param("debate"))
	}
	return d, nil
}

// ready says whether commands can be carried out.
func (s *Server) ready(c echo.Context) error {
	for _, d := range s.order {
		if !d.room.Writable() {
			return refuse(queue.Unavailable, "The last change of the debate %q could not be written.", d.id)
		}
	}
	return c.String(http.StatusOK, "ok\n")
}

// tell tells the time to those who cannot ping.
func (s *Server) tell(c echo.Context) error {
	received := s.clock.NowFloat()
	noStore(c)
	return c.JSONBlob(http.StatusOK, fmt.Appendf(nil, `{"t1":%.3f,"t2":%.3f}`, received, s.clock.NowFloat()))
}

// list names the debates, and those that cannot be opened.
func (s *Server) list(c echo.Context) error {
	type listed struct {
		ID    string `json:"id"`
		Title string `json:"title"`
		Date  string `json:"date"`
		// Rehearsal says that nothing of it will be kept.
		Rehearsal bool `json:"rehearsal,omitempty"`
	}
	out := struct {
		Debates  []listed       `json:"debates"`
		Unopened []unopenedView `json:"unopened,omitempty"`
	}{Debates: make([]listed, 0, len(s.order))}
	for _, d := range s.order {
		about := d.room.State().Debate
		out.Debates = append(out.Debates, listed{d.id, about.Title, about.Date, d.viewer.rehearsal})
	}
	for _, u := range s.unopened {
		out.Unopened = append(out.Unopened, unopenedView{u.ID, u.Title, u.Date, debateUnavailable, u.detail()})
	}
	noStore(c)
	return c.JSON(http.StatusOK, out)
}

// state answers with the debate as the sender sees it.
func (s *Server) state(c echo.Context) error {
	d, grant, err := s.admit(c)
	if err != nil {
		return err
	}
	done, err := s.answers.begin(grant, c.Request())
	if err != nil {
		return err
	}
	defer done()
	channel := d.hub.channels[audienceOf(grant)]
	f := d.hub.at(channel.audience)
	state, err := channel.shared(f)
	if err != nil {
		return fmt.Errorf("encoding the %s view: %w", channel.audience, err)
	}
	noStore(c)
	h := c.Response().Header()
	h.Set("Content-Type", echo.MIMEApplicationJSON)
	h.Set("Vary", "Accept-Encoding")
	before, after := fmt.Appendf(nil, `{"seq":%d,"epoch":%q,"now_ms":%d,"state":`, f.seq(), d.epoch, s.clock.Now()), []byte("}")
	body := [][]byte{before, state.plain, after}
	if strings.Contains(c.Request().Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = state.gzipped(before, after)
	}
	return s.sendPieces(c, body, exempt(grant))
}

// stream opens a stream of the debate as the sender sees it.
func (s *Server) stream(c echo.Context) error {
	if _, err := s.debate(c); err != nil {
		return err
	}
	r := c.Request()
	if !s.sameOrigin(r) {
		return refuse(crossOrigin, "The stream was opened by a page of another site.")
	}
	d, grant, err := s.admit(c)
	if err != nil {
		return err
	}
	after, epoch, err := resumption(r)
	if err != nil {
		return err
	}
	socket := websocket.IsWebSocketUpgrade(r)
	if !socket && !strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
		return &queue.Error{Code: queue.Malformed, Field: "Accept", Detail: "Open a WebSocket here, or ask for text/event-stream."}
	}
	at := d.hub.seatFor(grant)
	if at.place, err = s.limits.stream(grant, r); err != nil {
		return err
	}
	d.hub.at(at.channel.audience) // no stream begins before what was answered
	if socket {
		return s.serveSocket(c, d, at, after, epoch)
	}
	return s.serveEvents(c, d, at, after, epoch)
}

// resumption is where a screen says that it was: ?after=SEQ&epoch=E, or the last
// event's id. An empty epoch is a screen that has nothing.
func resumption(r *http.Request) (after int64, epoch string, err error) {
	query := r.URL.Query()
	number, epoch := query.Get("after"), query.Get("epoch")
	field := "after"
	if id := r.Header.Get("Last-Event-ID"); id != "" {
		field = "Last-Event-ID"
		epoch, number, _ = strings.Cut(id, ":")
	}
	if number == "" {
		return 0, "", nil
	}
	after, err = strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0, "", &queue.Error{Code: queue.Malformed, Field: field, Detail: "The state to go on from is a whole number."}
	}
	return after, epoch, nil
}

// serveBackup copies the data for the server's operator.
func (s *Server) serveBackup(c echo.Context) error {
	if err := s.admitOperator(c.Request()); err != nil {
		return err
	}
	c.Response().Header().Set("Content-Type", "application/octet-stream")
	c.Response().WriteHeader(http.StatusOK)
	if err := s.backup(c.Response()); err != nil {
		// The answer has begun: it must not look complete.
		s.log.Error("backup failed", "err", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

func errStopping() error {
	return refuse(queue.Unavailable, "The server is stopping. Try again in a moment.")
}
