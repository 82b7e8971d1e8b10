package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"rostrum/queue"
	"rostrum/queue/bolt"
	"rostrum/queue/programme"
	"rostrum/server"
	"rostrum/server/disk"
	"rostrum/server/typeset"
	"rostrum/static"
	"rostrum/timer"
)

// stopIn is how long a server that stops waits for what it is still answering.
const stopIn = 5 * time.Second

type serveFlags struct {
	addr       string
	data       string
	debates    paths
	links      string
	url        string
	acceptLoss bool
	rehearsal  bool
	reserve    int64 // in MiB
	tls        tlsFlags
	network    networkFlags
}

// serve runs the server until the context ends.
func serve(ctx context.Context, args []string, e env) (err error) {
	var o serveFlags
	f := flags("serve", "", e)
	f.StringVar(&o.addr, "addr", ":8080", "`address` to listen on, or several with commas between; each speaks HTTP, and HTTPS where there is a certificate")
	data := dataFlag(f, e)
	f.Var(&o.debates, "debate", "debate `file` to load; may be given several times (default the example debate)")
	f.StringVar(&o.links, "links", "", "also write the links as JSON to this `file`")
	f.StringVar(&o.url, "url", "", "`address` of the server for those in the room (default found from the machine's network)")
	f.BoolVar(&o.acceptLoss, "accept-loss", false, "open damaged data and go on with what is sound")
	f.BoolVar(&o.rehearsal, "rehearsal", false, "run a rehearsal: with the links and badges of the data, and nothing of it is kept")
	f.Int64Var(&o.reserve, "disk-reserve", 256, "how many `MiB` of the disk are kept for officers' commands; with less free, delegates' commands and files are refused (0: none, and nobody looks)")
	o.tls.add(f)
	o.network.add(f)
	if err := parse(f, args, 0, e); err != nil {
		return err
	}
	if err := o.tls.check(); err != nil {
		return usageError(f, err, e)
	}
	o.data = dataDir(*data, e)
	files, err := readFiles(o.debates)
	if err == nil && !bolt.Exists(o.data) {
		_, err = files.Programmes(nil) // before anything is made
	}
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(e.stderr, nil))

	if limit, limited := bolt.AddressLimit(); limited && limit < bolt.NeededAddresses {
		log.Warn("the process may have fewer addresses than a server may need, and could end in a rush: take the limit away (ulimit -v unlimited; LimitAS of a service)", "limit_mib", limit>>20, "needed_mib", uint64(bolt.NeededAddresses)>>20)
	}

	example := len(o.debates) == 0
	var programmes []queue.Programme
	var rehearsal *rehearsal
	if o.rehearsal {
		if o.acceptLoss {
			return errors.New("--accept-loss changes the data, and a rehearsal does not: use one of the two")
		}
		if rehearsal, err = rehearse(ctx, o.data, files, example, log); err != nil {
			return fmt.Errorf("preparing the rehearsal: %w", err)
		}
		defer func() { err = errors.Join(err, rehearsal.end()) }()
		o.data, programmes, example = rehearsal.dir, rehearsal.programmes, false
	}
	space, err := watchDisk(o.data, o.reserve)
	if err != nil {
		return err
	}
	store, err := bolt.Open(o.data, bolt.Options{Logger: log, AcceptLoss: o.acceptLoss})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if rehearsal == nil {
		if programmes, err = programmesFor(store, files, log); err != nil {
			return err
		}
	}
	forget(o.data) // where a server that was killed was: another program may be there now
	certificates, err := o.tls.open(o.data, func() []string { return hostsOf(o.url) }, log)
	if err != nil {
		return err
	}
	listeners, err := listen(o.addr)
	if err != nil {
		return err
	}
	defer closeAll(listeners)

	floor, err := openFloor(ctx, store, o.data, programmes, example, rehearsal, e.clocks(), log)
	if err != nil {
		return err
	}
	defer floor.close()
	floor.space = space
	return floor.serve(ctx, store, listeners, certificates, o, e)
}

// readFiles reads debate files, and tells the mistakes of all of them.
func readFiles(names []string) (*programme.Files, error) {
	files := programme.NewFiles(server.ReservedIDs())
	var wrong []error
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("reading the debate file: %w", err))
		} else if err := files.Add(name, text); err != nil {
			wrong = append(wrong, err)
		}
	}
	return files, errors.Join(wrong...)
}

// programmesFor are the programmes of debate files for the data in a store. The debates there keep their ids.
func programmesFor(store *bolt.Store, files *programme.Files, log *slog.Logger) ([]queue.Programme, error) {
	ids, err := store.Debates()
	if err != nil {
		return nil, fmt.Errorf("listing the debates: %w", err)
	}
	for i, id := range ids {
		if why := programme.WrongID(id, server.ReservedIDs(), ids[:i]); why != "" {
			log.Warn("no new debate may have the id of this one, which goes on all the same: where a page of it is not reached, the API and the command line do", "debate", id, "why", why)
		}
	}
	return files.Programmes(ids)
}

// orExample adds the example debate to programmes where it is wanted, and there is no other debate or
// it is among them.
func orExample(programmes []queue.Programme, ids []string, wanted bool) ([]queue.Programme, error) {
	if !wanted {
		return programmes, nil
	}
	p, err := programme.Example()
	if err != nil {
		return nil, fmt.Errorf("reading the example debate: %w", err)
	}
	if len(ids) == 0 || slices.Contains(ids, p.Debate.ID) {
		programmes = append(programmes, p)
	}
	return programmes, nil
}

// floor is what a server has running: its debates' rooms and their clock.
type floor struct {
	debates   []server.Debate
	unopened  []unopened
	clock     *timer.Clock
	log       *slog.Logger
	absence   absence
	away      away
	secret    []byte
	rehearsal *rehearsal     // nil for the real thing
	space     *disk.Space    // nil where nobody looks at the disk
	keepTime  func(screened) // begins to keep the time, until stop
	stop      context.CancelFunc
	rooms     sync.WaitGroup
}

// openFloor opens the debates of the store, those of the files, and the example where
// there is no other, and brings them up to their files.
func openFloor(ctx context.Context, store *bolt.Store, data string, programmes []queue.Programme, example bool, rehearsal *rehearsal, m machine, log *slog.Logger) (*floor, error) {
	ids, err := store.Debates()
	if err != nil {
		return nil, fmt.Errorf("listing the debates: %w", err)
	}
	if programmes, err = orExample(programmes, ids, example); err != nil {
		return nil, err
	}
	files := make(map[string]queue.Programme)
	for _, p := range programmes {
		files[p.Debate.ID] = p
		if !slices.Contains(ids, p.Debate.ID) {
			ids = append(ids, p.Debate.ID)
		}
	}
	var opened []string
	var last int64
	fl := &floor{log: log, rehearsal: rehearsal, secret: store.Secret()}
	if rehearsal != nil {
		fl.secret, fl.unopened = rehearsal.secret, rehearsal.unopened
	}
	for _, id := range ids {
		journal, room, err := openDebate(ctx, store, id, log.With("debate", id))
		if shut := new(unopened); errors.As(err, shut) {
			fl.unopened = append(fl.unopened, shut.of(files[id]))
			continue
		}
		if err != nil {
			return nil, err
		}
		if _, ok := files[id]; !ok && room.State().Seq == 0 {
			continue // its first programme was never loaded
		}
		last = max(last, room.State().Last)
		opened = append(opened, id)
		fl.debates = append(fl.debates, rehearsal.mark(server.Debate{Room: room, Epoch: journal.Epoch()}))
	}
	if err := fl.tellUnopened(); err != nil {
		return nil, err
	}
	alive, err := store.Alive()
	if err != nil {
		return nil, fmt.Errorf("reading when the server was last there: %w", err)
	}
	fl.away = awayIn(data)
	fl.clock, fl.absence = resume(m, last, counting(fl.debates), alive.Last())
	if behind := fl.clock.Behind(); behind > 0 {
		log.Warn("the machine's clock is behind the journal: set the clock", "behind", time.Duration(behind)*time.Millisecond)
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	fl.stop = stop
	for i, d := range fl.debates {
		fl.rooms.Go(func() { d.Room.Run(running) })
		if err := fl.prepare(running, d.Room, files, opened[i]); err != nil {
			fl.close()
			return nil, err
		}
	}
	if err := fl.noteAway(data); err != nil {
		fl.log.Warn("it will not be known how long the debates that are not open were without the server", "err", err)
	}
	fl.keepTime = func(screens screened) {
		keeper := timekeeper{clock: fl.clock, machine: m, debates: fl.debates, alive: alive, screens: screens, log: log}
		fl.rooms.Go(func() { keeper.run(running) })
	}
	return fl, nil
}

// prepare tells a debate what its countdown did without the server and how its instants stand to the machine's clock, and brings it
// up to its file.
func (fl *floor) prepare(ctx context.Context, room *queue.Room, files map[string]queue.Programme, id string) error {
	submit := func(c queue.Command) error {
		_, err := room.Submit(ctx, queue.Submission{At: fl.clock.Now(), By: queue.Actor{Role: queue.Server}, Command: c})
		return err
	}
	if c := fl.tellAbsence(room, id); c != nil {
		if err := submit(c); err != nil {
			return fmt.Errorf("telling %q of the time without the server: %w", id, err)
		}
	}
	if c := fl.tellOffset(room); c != nil {
		if err := submit(c); err != nil {
			return fmt.Errorf("telling %q of the machine's clock: %w", id, err)
		}
	}
	if p, ok := files[id]; ok {
		if err := submit(&queue.Load{Programme: p}); err != nil {
			return fmt.Errorf("loading the debate %q: %w", id, err)
		}
	}
	if c := fl.rehearsal.begin(id); c != nil {
		if err := submit(c); err != nil {
			return fmt.Errorf("taking over the links of %q: %w", id, err)
		}
	}
	// What ended while the server was away is made anew before anybody comes.
	for _, c := range []queue.Command{new(queue.KeepLinks), new(queue.ChangeCode)} {
		if err := submit(c); err != nil {
			return fmt.Errorf("keeping the links of %q: %w", id, err)
		}
	}
	return nil
}

func (fl *floor) close() {
	fl.stop()
	fl.rooms.Wait()
}

// serve answers on the listeners until the context ends.
func (fl *floor) serve(ctx context.Context, store *bolt.Store, listeners []net.Listener, certificates certificates, o serveFlags, e env) error {
	keys, err := server.NewKeys(fl.secret)
	if err != nil {
		return err
	}
	files := fl.openStatements(o.data)
	at := basesOf(o.url, addressesOf(listeners), certificates)
	srv := server.New(server.Config{
		Debates: fl.debates, Unopened: unopenedFor(fl.unopened), Clock: fl.clock, Keys: keys, BaseURL: at.officers[0], RoomURL: at.room[0], Pages: static.Files, Statements: files,
		Certified: certificates.certified, Authority: certificates.authority,
		Proxies: o.network.proxies, FrameAncestors: o.network.ancestors, NoLimits: o.network.noLimits, Connections: connections(),
		Backup: func(w io.Writer) error { _, err := store.Backup(w); return err },
		Space:  fl.space, JournalBytes: func() int64 { n, _ := store.Size(); return n },
		Version: buildVersion(), Log: fl.log, FontDirs: typeset.SystemDirs(),
	})
	if o.network.noLimits {
		fl.log.Warn("the limits on rates are off")
	}
	web := srv.HTTP(certificates.before(srv), certificates.config)

	// Everything that somebody may wait for /readyz to read is there before anything is answered.
	defer forget(o.data)
	if err := fl.announce(keys, at, listeners[0].Addr(), o); err != nil {
		return err
	}
	var wait sync.WaitGroup
	showing, stopShowing := context.WithCancel(context.WithoutCancel(ctx))
	defer wait.Wait()
	defer stopShowing()
	wait.Go(func() { srv.Run(showing) })
	fl.keepTime(srv)
	failed := make(chan error, len(listeners))
	for _, listener := range listeners {
		wait.Go(func() { failed <- srv.Serve(web, listener) })
	}
	fl.print(keys, at, certificates, o, e)
	if o.links != "" {
		wait.Go(func() { fl.keepLinks(showing, keys, at, o.links) })
	}
	select {
	case err := <-failed:
		return errors.Join(fmt.Errorf("serving: %w", err), web.Close())
	case <-ctx.Done():
	}
	fl.log.Info("stopping")
	// No new streams, then the old ones are told to come back, then what is still being
	// answered is waited for.
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopIn)
	defer cancel()
	stopShowing()
	err = web.Shutdown(stopping)
	if errors.Is(err, context.DeadlineExceeded) {
		// A file that comes slowly. Nothing that was answered is lost, and it is sent again.
		fl.log.Warn("some requests were not answered to their end: they are cut off, and nothing that was answered is lost", "after", stopIn)
		if err := web.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			return fmt.Errorf("stopping: %w", err)
		}
		srv.UploadsEnded()
		return nil
	}
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return errors.Join(fmt.Errorf("stopping: %w", err), web.Close())
	}
	return nil
}

// announce says where the server is to the other commands and in the file of links.
func (fl *floor) announce(keys server.Keys, at bases, addr net.Addr, o serveFlags) error {
	ids := make([]string, len(fl.debates))
	for i, d := range fl.debates {
		ids[i] = d.Room.State().Debate.ID
	}
	if err := remember(o.data, running{URL: at.officers[0], Room: at.room[0], Local: localURL(addr), Debates: ids, Unopened: reasons(fl.unopened)}); err != nil {
		return err
	}
	if o.links == "" {
		return nil
	}
	return writeLinks(o.links, fl.links(keys, at))
}

// links are the links of the debates as they are now.
func (fl *floor) links(keys server.Keys, at bases) map[string]server.Links {
	all := make(map[string]server.Links)
	for _, d := range fl.debates {
		state := d.Room.State()
		all[state.Debate.ID] = at.apart(keys.LinksOf(at.officers[0], state))
	}
	return all
}

// print says to the technician where the server is.
func (fl *floor) print(keys server.Keys, at bases, certificates certificates, o serveFlags, e env) {
	// In one piece: who waits for the first line gets all of it.
	var out bytes.Buffer
	fmt.Fprintf(&out, "Rostrum is ready at %s\n", at.room[0])
	for _, other := range at.room[1:] {
		fmt.Fprintf(&out, "          also at %s\n", other)
	}
	if fl.rehearsal != nil {
		fmt.Fprintln(&out, "          REHEARSAL: nothing of it is kept")
	}
	if a := certificates.authority; a != nil {
		fmt.Fprintf(&out, "\nThe officers come by HTTPS, to %s. First, on each of their devices, install this server's\ncertificate as %s/certificate says. It is the right one if its SHA-256 fingerprint is\n%s\n",
			at.officers[0], at.room[0], a.Fingerprint())
	}
	if o.network.noLimits {
		fmt.Fprintf(&out, "\nThe limits on rates are off (--limits off): for rehearsals and load tests on a closed network.\n")
	}
	printUnopened(&out, fl.unopened)
	all := fl.links(keys, at)
	for _, d := range fl.debates {
		about := d.Room.State().Debate
		printLinks(&out, about.Title, all[about.ID])
	}
	if _, err := e.stdout.Write(out.Bytes()); err != nil {
		fl.log.Warn("the links could not be printed", "err", err)
	}
}
