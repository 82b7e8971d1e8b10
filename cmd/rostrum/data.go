package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"rostrum/queue"
	"rostrum/queue/bolt"
	"rostrum/server"
	"rostrum/timer"
)

// running is what a server leaves in its data directory for the other commands,
// which cannot open the data while it runs.
type running struct {
	URL     string   `json:"url"`   // for the officers
	Room    string   `json:"room"`  // for the delegates
	Local   string   `json:"local"` // for this machine
	Debates []string `json:"debates"`
	// Unopened are the debates that cannot be opened, with why.
	Unopened map[string]string `json:"unopened,omitempty"`
}

func runningFile(data string) string { return filepath.Join(data, "running.json") }

func remember(data string, r running) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := writeFile(runningFile(data), text); err != nil {
		return fmt.Errorf("noting the server's address: %w", err)
	}
	return nil
}

func forget(data string) { _ = os.Remove(runningFile(data)) }

// writeFile puts a file that only the user may read in the place of another,
// wholly or not at all.
func writeFile(name string, text []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(text)
	if err = errors.Join(err, temporary.Sync(), temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), name)
}

// writeOut puts what a command made where its user wants it: a file in the place of another, wholly or not at all, or
// behind a link; a device or a pipe is written to.
func writeOut(name string, text []byte) error {
	info, err := os.Stat(name)
	if err != nil || info.Mode().IsRegular() {
		if behind, err := filepath.EvalSymlinks(name); err == nil {
			name = behind
		}
		return writeFile(name, text)
	}
	out, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = out.Write(text)
	return errors.Join(err, out.Close())
}

// data is a data directory: opened, or that of a server that has it open.
type data struct {
	store *bolt.Store // nil while a server runs
	keys  server.Keys
	at    bases
	told  map[string]bool // the debates that cannot be opened, once that was told
	running
}

// dataFlags say which data a command is about.
type dataFlags struct {
	dir    *string
	server *string
}

// addDataFlags adds them to those of a command that a running server is asked by.
func addDataFlags(f *flag.FlagSet, e env) dataFlags {
	return dataFlags{dataFlag(f, e), f.String("server", "", "`address` of the server that has the data open (default the one that it has noted there)")}
}

// openToRead opens data without writing anything, or finds the server that has them open.
func (o dataFlags) openToRead(ctx context.Context, e env) (*data, error) {
	return o.open(ctx, e, bolt.OpenToRead)
}

// openToWrite is openToRead for a command that changes something.
func (o dataFlags) openToWrite(ctx context.Context, e env) (*data, error) {
	return o.open(ctx, e, bolt.Open)
}

// noteIn is how long a server that has the data open is given to say where it is: it may be starting.
const noteIn = 2 * time.Second

func (o dataFlags) open(ctx context.Context, e env, open func(string, bolt.Options) (*bolt.Store, error)) (*data, error) {
	dir := dataDir(*o.dir, e)
	if _, err := os.Stat(filepath.Join(dir, "rostrum.db")); err != nil {
		return nil, fmt.Errorf("there is no data: %w (another directory: --data)", err)
	}
	if *o.server != "" {
		return reach(ctx, dir, running{}, *o.server)
	}
	log := slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	for until := time.Now().Add(noteIn); ; {
		store, err := open(dir, bolt.Options{Logger: log})
		if err == nil {
			keys, err := server.NewKeys(store.Secret())
			return &data{store: store, keys: keys, at: likely(), told: make(map[string]bool)}, err
		}
		if !errors.Is(err, bolt.ErrLocked) {
			return nil, err
		}
		noted, err := whereIn(dir)
		if err == nil {
			d, err := reach(ctx, dir, noted, noted.Local)
			if !errors.As(err, new(*url.Error)) || time.Now().After(until) {
				return d, err
			}
			// One that starts, and has not taken away yet where the one before was; or one that ends.
		} else if time.Now().After(until) {
			return nil, fmt.Errorf("a server has the data open but has not said where it is: %w (say it with --server, such as --server http://localhost:8080)", err)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(noteIn / 20):
		}
	}
}

func (d *data) close() error {
	if d.store == nil {
		return nil
	}
	return d.store.Close()
}

func (d *data) debates() ([]string, error) {
	if d.store == nil {
		return d.Debates, nil
	}
	return d.store.Debates()
}

// writeRecord writes the record of a debate of data that no server has open.
func (d *data) writeRecord(ctx context.Context, w io.Writer, debate, format, lang string) error {
	journal, room, err := openDebate(ctx, d.store, debate, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return server.WriteRecord(ctx, w, room.State(), journal.Epoch(), format, lang)
}

// state is a debate of data that no server has open.
func (d *data) state(ctx context.Context, debate string) (*queue.State, error) {
	_, room, err := openDebate(ctx, d.store, debate, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	return room.State(), nil
}

// submit does a command of who runs the server to a debate of data that no server
// has open.
func (d *data) submit(ctx context.Context, debate string, c queue.Command) error {
	_, room, err := openDebate(ctx, d.store, debate, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	var wait sync.WaitGroup
	defer wait.Wait()
	defer stop()
	wait.Go(func() { room.Run(running) })
	_, err = room.Submit(ctx, queue.Submission{
		At: timer.Anchor(thisMachine(), room.State().Last).Now(), By: queue.Actor{Role: server.Operator}, Command: c,
	})
	return err
}
