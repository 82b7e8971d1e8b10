package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/labstack/echo/v4"

	"rostrum/queue"
)

// sheets is a journal in memory.
type sheets struct{ entries [][]byte }

func (p *sheets) Append(_ context.Context, first int64, entries [][]byte) error {
	if first != int64(len(p.entries))+1 {
		return errors.New("not the next number")
	}
	for _, e := range entries {
		p.entries = append(p.entries, bytes.Clone(e))
	}
	return nil
}

func (p *sheets) Read(_ context.Context, after int64, f func(int64, []byte) error) error {
	for i, e := range p.entries[after:] {
		if err := f(after+int64(i)+1, e); err != nil {
			return err
		}
	}
	return nil
}

// FuzzCommands sends every command, with any body, path and query, to a debate in which
// somebody has the floor, others are on the list and a point of order waits. Each is carried out or refused with a
// code; what it changed can be shown to everybody, and the journal gives the same state again.
func FuzzCommands(f *testing.F) {
	for i, c := range commands() {
		for _, body := range []string{
			`{}`, `{"id":"x"}`, `{"id":"x","request":"ken-1"}`, `{"id":"x","participant":"bra"}`, `{"timer":"pause"}`, `{"status":"suspended"}`, `{"panel":"two"}`,
			`{"text":"Five minutes","base":0}`, `{"before":null}`, `{"limit_ms":60000,"announce":true}`, `{"id":"x","role":"chair"}`, `{"order":["fra-1"],"by":"asked"}`,
			`{"with":"fra-1"}`, `{"id":"x","to":"two"}`, `{"accept":true}`, `{"on":false}`, `{"id":"u","of":"o"}`, `{"back_ms":1000}`,
		} {
			if c.body || body == `{}` {
				f.Add(uint8(i), uint8(0), "ken-1", "floor=on", []byte(body))
			}
		}
		f.Add(uint8(i), uint8(1), "fra-1", "", []byte(`{"id":"y"}`))
		f.Add(uint8(i), uint8(2), "one", "ruling=sustained", []byte(`{"status":"closed","list":"closed"}`))
	}
	senders := []queue.Actor{{Role: queue.Chair}, {Role: queue.Delegate, Participant: "ken"}, {Role: queue.Rapporteur}, {Role: queue.Delegate, Participant: "fra", Session: "s"}}
	keys, err := NewKeys(bytes.Repeat([]byte("k"), 32))
	if err != nil {
		f.Fatal(err)
	}
	routes, web, quiet := commands(), echo.New(), slog.New(slog.DiscardHandler)
	f.Fuzz(func(t *testing.T, route, sender uint8, id, query string, body []byte) {
		command, by := routes[int(route)%len(routes)], senders[int(sender)%len(senders)]
		if !slices.Contains(command.roles, by.Role) {
			return // refused before its body is read
		}
		r := httptest.NewRequest(command.method, "/", nil)
		r.URL.RawQuery = query
		c := web.NewContext(r, httptest.NewRecorder())
		c.SetParamNames("id", "participant")
		c.SetParamValues(id, id)
		cmd := command.new(c)
		if command.body {
			if err := decodeObject(body, cmd); err != nil {
				return // FuzzDecodeObject
			}
		}
		sheet := new(sheets)
		room, stop := debating(t, sheet, quiet)
		defer stop()
		_, err := room.Submit(t.Context(), queue.Submission{At: 5_000_000, By: by, Command: cmd})
		var refusal *queue.Error
		if err != nil {
			if !errors.As(err, &refusal) || refusal.Detail == "" {
				t.Fatalf("%T %s: %v", cmd, body, err)
			}
			if status, _ := statusOf(refusal.Code); status >= 500 {
				t.Fatalf("%T %s: refused with %v", cmd, body, err)
			}
		}
		again, err := queue.NewRoom(t.Context(), sheet, nil, quiet)
		if err != nil {
			t.Fatalf("%T %s: the journal cannot be read again: %v", cmd, body, err)
		}
		v := viewer{epoch: "e", keys: keys, join: "http://room.test", zones: new(zones)}
		for a := range audiences {
			shown, err := json.Marshal(v.of(room.State(), a))
			if err != nil {
				t.Fatalf("%T %s: cannot be shown: %v", cmd, body, err)
			}
			replayed, err := json.Marshal(v.of(again.State(), a))
			if err != nil || !bytes.Equal(shown, replayed) {
				t.Fatalf("%T %s: shown\n%s\nand, from the journal,\n%s\n%v", cmd, body, shown, replayed, err)
			}
		}
	})
}

// debating is a debate in the midst of its panel.
func debating(t *testing.T, sheet *sheets, log *slog.Logger) (*queue.Room, func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	room, err := queue.NewRoom(ctx, sheet, nil, log)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); room.Run(ctx) }()
	named := func(id string) queue.Participant {
		return queue.Participant{ID: id, Names: map[string]string{"en": id}, Category: "member_state"}
	}
	chair := queue.Actor{Role: queue.Chair}
	for n, act := range []struct {
		by  queue.Actor
		cmd queue.Command
	}{
		{queue.Actor{Role: queue.Server}, &queue.Load{Programme: queue.Programme{
			Debate:       queue.Debate{ID: "d", Title: "D", Languages: []string{"en"}},
			Panels:       []queue.Panel{{ID: "one", Title: "One", Limit: 180_000}, {ID: "two", Title: "Two"}},
			Participants: []queue.Participant{named("ken"), named("fra"), named("bra")},
		}}},
		{chair, &queue.SetPanel{Panel: "one", Status: queue.Open, List: queue.Open}},
		{chair, &queue.SetPanel{Panel: "two", List: queue.Open}},
		{chair, &queue.Ask{ID: "ken-1", Participant: "ken"}},
		{chair, &queue.Ask{ID: "fra-1", Participant: "fra"}},
		{chair, &queue.Ask{ID: "bra-1", Participant: "bra", Kind: queue.PointOfOrder}},
		{chair, &queue.Recognise{ID: "past", Participant: "fra"}},
		{chair, &queue.Recognise{ID: "on", Participant: "ken"}},
	} {
		if _, err := room.Submit(ctx, queue.Submission{At: 1_000_000 + int64(n)*1_000, By: act.by, Command: act.cmd}); err != nil {
			t.Fatalf("%T: %v", act.cmd, err)
		}
	}
	return room, func() { cancel(); <-ended }
}
