package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"rostrum/queue"
	"rostrum/queue/bolt"
	"rostrum/server"
)

// unopened is a debate of the data that cannot be opened, as an error that says why. Nothing of
// it is written, and the others go on.
type unopened struct {
	server.Unopened
	err error
}

func (u unopened) Error() string { return fmt.Sprintf("opening the debate %q: %v", u.ID, u.err) }
func (u unopened) Unwrap() error { return u.err }

// of adds what its file says of a debate.
func (u unopened) of(p queue.Programme) unopened {
	u.Title, u.Date = p.Debate.Title, p.Debate.Date
	return u
}

// todo is what the technician can do.
func (u unopened) todo() string {
	if u.Newer {
		return "start the version of rostrum that wrote it; nothing of it is lost"
	}
	return "restore a backup, or stop the server and run: rostrum serve --accept-loss"
}

// openDebate opens a debate of the data. It returns an unopened where its journal is
// damaged, or of a newer version; other errors are of the store as a whole.
func openDebate(ctx context.Context, store *bolt.Store, id string, log *slog.Logger) (*bolt.Journal, *queue.Room, error) {
	shut := unopened{Unopened: server.Unopened{ID: id}}
	journal, err := store.Journal(id)
	if damage := new(bolt.CorruptError); errors.As(err, &damage) {
		shut.err, shut.Newer = err, errors.Is(err, bolt.ErrNewer)
		return nil, nil, shut
	}
	if err != nil {
		return nil, nil, err
	}
	room, err := queue.NewRoom(ctx, journal, journal.Snapshots(), log)
	switch {
	case err == nil:
		return journal, room, nil
	case ctx.Err() != nil:
		return nil, nil, ctx.Err()
	}
	shut.err, shut.Newer = err, errors.Is(err, queue.ErrNewer)
	return nil, nil, shut
}

// tellUnopened logs which debates cannot be opened. Where no other can, that is an error: a
// server without a debate would look like one that runs.
func (fl *floor) tellUnopened() error {
	var all []error
	for _, u := range fl.unopened {
		all = append(all, u)
	}
	if len(fl.debates) == 0 {
		return errors.Join(all...)
	}
	for _, u := range fl.unopened {
		fl.log.Error("a debate cannot be opened, the others go on", "debate", u.ID, "err", u.err, "do", u.todo())
	}
	return nil
}

// printUnopened tells the technician before the links.
func printUnopened(w io.Writer, all []unopened) {
	for _, u := range all {
		fmt.Fprintf(w, "\nNOT OPEN: the debate %q\n  %v\n  Nothing of it is changed. What to do: %s.\n  The debates below go on without it.\n", u.ID, u.err, u.todo())
	}
}

// unopenedFor are those that the server answers for.
func unopenedFor(all []unopened) []server.Unopened {
	var out []server.Unopened
	for _, u := range all {
		out = append(out, u.Unopened)
	}
	return out
}

// reasons are why debates are not open, by debate.
func reasons(all []unopened) map[string]string {
	why := make(map[string]string)
	for _, u := range all {
		why[u.ID] = fmt.Sprintf("%v. What to do: %s", u.err, u.todo())
	}
	return why
}
