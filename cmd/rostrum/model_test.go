package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"
)

// act is a command that a test sends, and what became of it.
type act struct {
	method, path, body, key, token string
	// apply does to a model what the command does.
	apply func(m *model, a *act)
	// idle says whether the command changes nothing of a model; nil: it always does.
	idle func(m *model) bool
	// refusals are the codes with which others may have made it be refused, and
	// hindered says whether a state is such.
	refusals []string
	hindered func(v viewed) bool

	began, ended time.Time
	status       int
	answer       []byte
	err          error // it is not known whether it was done
	seq          int64 // of the answer
	idled        bool  // it changed nothing
}

func (a *act) String() string {
	return fmt.Sprintf("%s %s %s (key %s)", a.method, a.path, a.body, a.key)
}

func ask(id, token, participant, note string) *act {
	return &act{
		method: http.MethodPost, path: "/requests", token: token,
		body: fmt.Sprintf(`{"id":%q,"participant":%q,"note":%q}`, id, participant, note),
		apply: func(m *model, a *act) {
			var made struct {
				Request struct {
					At int64 `json:"at_ms"`
				}
			}
			_ = json.Unmarshal(a.answer, &made)
			m.requests[id] = &request{Participant: participant, Note: note, At: made.Request.At}
			m.list = append(m.list, id)
		},
	}
}

func withdraw(key, token, id string) *act {
	return &act{
		method: http.MethodDelete, path: "/requests/" + id, key: key, token: token,
		apply:    func(m *model, _ *act) { m.remove(id) },
		refusals: []string{"no_such_request"},
		hindered: func(v viewed) bool { return !v.lists(id) },
	}
}

func amend(key, token, id, note string) *act {
	return &act{
		method: http.MethodPatch, path: "/requests/" + id, key: key, token: token, body: fmt.Sprintf(`{"note":%q}`, note),
		apply:    func(m *model, _ *act) { m.requests[id].Note = note },
		refusals: []string{"no_such_request"},
		hindered: func(v viewed) bool { return !v.lists(id) },
	}
}

// move puts a request before another, or at the end ("").
func move(key, token, id, before string) *act {
	body := `{"before":null}`
	if before != "" {
		body = fmt.Sprintf(`{"before":%q}`, before)
	}
	moved := func(m *model) []string {
		if id == before {
			return m.list
		}
		rest := slices.DeleteFunc(slices.Clone(m.list), func(other string) bool { return other == id })
		if before == "" {
			return append(rest, id)
		}
		return slices.Insert(rest, slices.Index(rest, before), id)
	}
	return &act{
		method: http.MethodPatch, path: "/requests/" + id, key: key, token: token, body: body,
		apply: func(m *model, _ *act) { m.list = moved(m) },
		idle: func(m *model) bool {
			return m.requests[id] != nil && (before == "" || m.requests[before] != nil) && slices.Equal(m.list, moved(m))
		},
		refusals: []string{"no_such_request"},
		hindered: func(v viewed) bool { return !v.lists(id) || before != "" && !v.lists(before) },
	}
}

func recognise(id, token, request, insteadOf string) *act {
	return &act{
		method: http.MethodPut, path: "/floor", token: token,
		body: fmt.Sprintf(`{"id":%q,"request":%q,"instead_of":%q}`, id, request, insteadOf),
		apply: func(m *model, a *act) {
			if m.floor != nil {
				m.end("replaced")
			}
			var made struct {
				Floor struct {
					Timer struct {
						Since int64 `json:"since_ms"`
					}
				}
			}
			_ = json.Unmarshal(a.answer, &made)
			r := m.requests[request]
			m.floor = &intervention{id: id, participant: r.Participant, asked: r.At, limit: m.limit, recognised: made.Floor.Timer.Since}
			m.remove(request)
		},
		refusals: []string{"no_such_request", "floor_changed"},
		hindered: func(v viewed) bool { return !v.lists(request) || v.floor() != insteadOf },
	}
}

func lengthen(key, token, floor string, by int64) *act {
	return &act{
		method: http.MethodPatch, path: "/floor?floor=" + floor, key: key, token: token, body: fmt.Sprintf(`{"add_ms":%d}`, by),
		apply:    func(m *model, _ *act) { m.floor.limit += by },
		refusals: []string{"floor_changed", "floor_empty"},
		hindered: func(v viewed) bool { return v.floor() != floor },
	}
}

func end(key, token, floor, how string) *act {
	return &act{
		method: http.MethodDelete, path: "/floor?floor=" + floor, key: key, token: token,
		apply:    func(m *model, _ *act) { m.end(how) },
		refusals: []string{"floor_changed", "floor_empty", "not_yours"},
		hindered: func(v viewed) bool { return v.floor() != floor },
	}
}

func annotate(key, token, id, text string, base int) *act {
	return &act{
		method: http.MethodPut, path: "/interventions/" + id + "/note", key: key, token: token,
		body:  fmt.Sprintf(`{"text":%q,"base":%d}`, text, base),
		apply: func(m *model, _ *act) { m.notes[id] = note{text, base + 1} },
	}
}

// viewed is what the test reads of the state as the server shows it.
type viewed struct {
	Seq   int64
	Epoch string
	State struct {
		Panels map[string]struct {
			Limit int64 `json:"limit_ms"`
		}
		Requests map[string]request
		Floor    *struct {
			ID, Participant string
			Timer           struct {
				Limit int64 `json:"limit_ms"`
			}
		}
		Spoken map[string]struct {
			Times int
			Used  int64 `json:"used_ms"`
		}
		Record map[string]entry
		Outage *outage
	}
}

// outage is how long the server was away while a countdown ran.
type outage struct {
	To int64 `json:"to_ms"`
}

type request struct {
	Participant, Rank, Note string
	At                      int64 `json:"at_ms"`
}

// entry is an entry of the record as the server shows it.
type entry struct {
	Participant string
	Asked       int64 `json:"asked_ms"`
	Recognised  int64 `json:"recognised_ms"`
	Limit       int64 `json:"limit_ms"`
	Ended       int64 `json:"ended_ms"`
	Used        int64 `json:"used_ms"`
	End         string
	Note        note
}

type note struct {
	Text     string
	Revision int
}

// is says whether an entry is an intervention of the model. The countdowns run from the
// recognition to the end.
func (e entry) is(i *intervention) bool {
	return e.Participant == i.participant && e.Asked == i.asked && e.Recognised == i.recognised && e.Limit == i.limit &&
		e.End == i.how && e.Note == i.note && (i.how == "" || e.Ended-e.Recognised == e.Used)
}

func (v viewed) list() []string {
	var ids []string
	for id := range v.State.Requests {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Compare(v.State.Requests[a].Rank, v.State.Requests[b].Rank) })
	return ids
}

func (v viewed) lists(id string) bool { return v.State.Requests[id].Participant != "" }

func (v viewed) floor() string {
	if v.State.Floor == nil {
		return ""
	}
	return v.State.Floor.ID
}

// model is a debate as simply as it can be said.
type model struct {
	seq      int64
	limit    int64
	list     []string
	requests map[string]*request
	floor    *intervention
	record   []*intervention
	notes    map[string]note
	// served are the changes that the server made itself, at a start.
	served map[int64]bool
}

type intervention struct {
	id, participant          string
	asked, recognised, limit int64
	how                      string
	note                     note
}

func (m *model) remove(id string) {
	delete(m.requests, id)
	m.list = slices.DeleteFunc(m.list, func(other string) bool { return other == id })
}

func (m *model) end(how string) {
	m.floor.how = how
	m.record = append(m.record, m.floor)
	m.floor = nil
}

// entries are all interventions in the order in which they were recognised, with
// their notes.
func (m *model) entries() []*intervention {
	all := slices.Clone(m.record)
	if m.floor != nil {
		all = append(all, m.floor)
	}
	for _, i := range all {
		i.note = m.notes[i.id]
	}
	return all
}

// advance does the commands in the order of their answers. Each change is made
// by exactly one; others with its number changed nothing.
func (m *model) advance(t testing.TB, acts []*act) {
	t.Helper()
	by := make(map[int64][]*act)
	last := m.seq
	for _, a := range acts {
		by[a.seq] = append(by[a.seq], a)
		last = max(last, a.seq)
	}
	left := len(acts)
	idle := func(acts []*act) bool {
		return !slices.ContainsFunc(acts, func(a *act) bool { return a.idle == nil || !a.idle(m) })
	}
	for seq := m.seq; seq <= last; seq++ {
		same := by[seq]
		left -= len(same)
		if seq > m.seq {
			i := slices.IndexFunc(same, func(a *act) bool { return a.idle == nil })
			if i < 0 {
				i = slices.IndexFunc(same, func(a *act) bool { return !a.idle(m) })
			}
			m.seq = seq
			if i < 0 && m.served[seq] {
				continue
			}
			if i < 0 {
				t.Fatalf("change %d is nobody's: %v", seq, same)
			}
			m.do(t, same[i])
			same = slices.Delete(slices.Clone(same), i, i+1)
		}
		if !idle(same) {
			t.Fatalf("two commands have made change %d: %v", seq, by[seq])
		}
		for _, a := range same {
			a.idled = true
		}
	}
	if left != 0 {
		t.Fatalf("%d commands were answered with changes before %d, where the round began", left, m.seq)
	}
}

func (m *model) do(t testing.TB, a *act) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Fatalf("%s cannot have made change %d after the others: %v", a, m.seq, r)
		}
	}()
	a.apply(m, a)
}

// check compares the state that the server shows with the model.
func (m *model) check(t testing.TB, v viewed) {
	t.Helper()
	if v.Seq != m.seq {
		t.Fatalf("the state is of change %d, and the commands have made %d", v.Seq, m.seq)
	}
	if got := v.list(); !slices.Equal(got, m.list) {
		t.Fatalf("at %d the list is\n%q, want\n%q", m.seq, got, m.list)
	}
	for id, want := range m.requests {
		got := v.State.Requests[id]
		got.Rank = ""
		if got != *want {
			t.Fatalf("at %d the request %s is %+v, want %+v", m.seq, id, got, *want)
		}
	}
	if f := v.State.Floor; (f == nil) != (m.floor == nil) || f != nil && (f.ID != m.floor.id || f.Timer.Limit != m.floor.limit) {
		t.Fatalf("at %d the floor is %+v, want %+v", m.seq, f, m.floor)
	}
	want := m.entries()
	if len(v.State.Record) != len(want) {
		t.Fatalf("at %d the record has %d entries, want %d", m.seq, len(v.State.Record), len(want))
	}
	type spoken struct {
		times int
		used  int64
	}
	sums := make(map[string]spoken)
	for _, i := range want {
		e, ok := v.State.Record[i.id]
		if !ok || !e.is(i) {
			t.Fatalf("at %d the record has %+v, want %+v", m.seq, e, i)
		}
		if i.how != "" {
			sums[i.participant] = spoken{sums[i.participant].times + 1, sums[i.participant].used + e.Used}
		}
	}
	for p, s := range v.State.Spoken {
		if (spoken{s.Times, s.Used}) != sums[p] {
			t.Fatalf("at %d %s has spoken %+v, want %+v", m.seq, p, s, sums[p])
		}
	}
	if len(v.State.Spoken) != len(sums) {
		t.Fatalf("at %d %d have spoken, want %d", m.seq, len(v.State.Spoken), len(sums))
	}
}
