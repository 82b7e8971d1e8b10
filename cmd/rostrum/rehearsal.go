package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"

	"rostrum/queue"
	"rostrum/queue/bolt"
	"rostrum/queue/programme"
	"rostrum/server"
)

// rehearsal is a data directory that is gone at the end, for the debates of a real one. Nothing but
// what makes links, badges and join codes is taken from that, and nothing is written
// into it but the secret, where it had none.
type rehearsal struct {
	dir        string
	secret     []byte
	real       map[string]*queue.State // by debate
	programmes []queue.Programme
	unopened   []unopened // those of the real data that cannot be opened, and are not rehearsed
}

// rehearse makes a rehearsal of the debates of files and of a data directory, which must not be in use.
func rehearse(ctx context.Context, data string, files *programme.Files, example bool, log *slog.Logger) (r *rehearsal, err error) {
	open := bolt.OpenToRead
	if !bolt.Exists(data) {
		open = bolt.Open // the debate is going to have the same links
	}
	store, err := open(data, bolt.Options{Logger: log})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	r = &rehearsal{secret: store.Secret(), real: make(map[string]*queue.State)}
	ids, err := store.Debates()
	if err != nil {
		return nil, fmt.Errorf("listing the debates: %w", err)
	}
	programmes, err := programmesFor(store, files, log)
	if err != nil {
		return nil, err
	}
	if r.programmes, err = orExample(programmes, ids, example); err != nil {
		return nil, err
	}
	rehearsed := make(map[string]bool)
	for _, p := range r.programmes {
		rehearsed[p.Debate.ID] = true
	}
	for _, id := range ids {
		_, room, err := openDebate(ctx, store, id, log.With("debate", id))
		if shut := new(unopened); errors.As(err, shut) {
			r.leaveOut(*shut)
			continue
		}
		if err != nil {
			return nil, err
		}
		s := room.State()
		if s.Seq == 0 {
			continue // its first programme was never loaded
		}
		r.real[id] = s
		if !rehearsed[id] {
			r.programmes = append(r.programmes, s.Programme())
		}
	}
	r.dir, err = os.MkdirTemp("", "rostrum-rehearsal-*")
	return r, err
}

// leaveOut keeps a debate out of the rehearsal whose links and badges are not known.
func (r *rehearsal) leaveOut(shut unopened) {
	r.programmes = slices.DeleteFunc(r.programmes, func(p queue.Programme) bool {
		if p.Debate.ID == shut.ID {
			shut = shut.of(p)
			return true
		}
		return false
	})
	r.unopened = append(r.unopened, shut)
}

// end takes away what was rehearsed.
func (r *rehearsal) end() error { return os.RemoveAll(r.dir) }

// begin gives the debates of a rehearsal the links, badges and codes of the real ones.
func (r *rehearsal) begin(id string) queue.Command {
	if r == nil || r.real[id] == nil {
		return nil
	}
	return &queue.Rehearse{From: r.real[id]}
}

// mark says of a debate that it is a rehearsal.
func (r *rehearsal) mark(d server.Debate) server.Debate {
	d.Rehearsal = r != nil
	return d
}
