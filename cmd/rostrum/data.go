package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"

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

// data is a data directory: opened, or that of a server that has it open.
type data struct {
	store *bolt.Store // nil while a server runs
	keys  server.Keys
	at    bases
	told  map[string]bool // the debates that cannot be opened, once that was told
	running
}

func openData(dir string, e env) (*data, error) {
	if _, err := os.Stat(filepath.Join(dir, "rostrum.db")); err != nil {
		return nil, fmt.Errorf("there is no data: %w (another directory: --data)", err)
	}
	store, err := bolt.Open(dir, bolt.Options{Logger: slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))})
	d := &data{store: store, at: likely(), told: make(map[string]bool)}
	var secret []byte
	switch {
	case errors.Is(err, bolt.ErrLocked):
		text, err := os.ReadFile(runningFile(dir))
		if err == nil {
			err = json.Unmarshal(text, &d.running)
		}
		if err != nil {
			return nil, fmt.Errorf("a server has the data open but has not said where it is: %w", err)
		}
		d.at = bases{[]string{d.URL}, []string{d.Room}}
		if secret, err = os.ReadFile(filepath.Join(dir, "secret")); err != nil {
			return nil, fmt.Errorf("reading the secret: %w", err)
		}
	case err != nil:
		return nil, err
	default:
		secret = store.Secret()
	}
	d.keys, err = server.NewKeys(secret)
	return d, err
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
	return server.WriteRecord(w, room.State(), journal.Epoch(), format, lang)
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
		At: timer.NewClock(room.State().Last).Now(), By: queue.Actor{Role: server.Operator}, Command: c,
	})
	return err
}

// get asks the server that runs, as its operator.
func (d *data) get(ctx context.Context, path string, w io.Writer) error {
	return d.ask(ctx, http.MethodGet, path, nil, w)
}

// post sends a command to the server that runs, as its operator.
func (d *data) post(ctx context.Context, path string, command any) error {
	body, err := json.Marshal(command)
	if err != nil {
		return err
	}
	return d.ask(ctx, http.MethodPost, path, bytes.NewReader(body), io.Discard)
}

func (d *data) ask(ctx context.Context, method, path string, body io.Reader, w io.Writer) error {
	request, err := http.NewRequestWithContext(ctx, method, d.Local+path, body)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+d.keys.Sign(server.Grant{Role: server.Operator}))
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("asking the server: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		var problem struct {
			Detail string `json:"detail"`
		}
		if err := json.NewDecoder(answer.Body).Decode(&problem); err != nil || problem.Detail == "" {
			return fmt.Errorf("the server answered %s", answer.Status)
		}
		return errors.New(problem.Detail)
	}
	if _, err := io.Copy(w, answer.Body); err != nil {
		return fmt.Errorf("reading the server's answer: %w", err)
	}
	return nil
}
