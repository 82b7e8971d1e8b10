package queue_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"rostrum/queue"
	"rostrum/timer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// Who sends commands in the tests.
var (
	chair      = queue.Actor{Role: queue.Chair}
	rapporteur = queue.Actor{Role: queue.Rapporteur}
	server     = queue.Actor{Role: queue.Server}
	kenya      = badge("ken")
	brazil     = badge("bra")
)

func badge(participant string) queue.Actor {
	return queue.Actor{Role: queue.Delegate, Participant: participant}
}

// phone acts for a participant after it came by the join code.
func phone(participant, session string) queue.Actor {
	return queue.Actor{Role: queue.Delegate, Participant: participant, Session: session}
}

const (
	second = int64(1_000)
	minute = 60 * second
	// tenOClock is when the debates of the tests begin.
	tenOClock = int64(1_212_487_200_000)
)

// thematicDebate is a debate as its file gives it: an opening without a list, and two
// panels of three minutes an intervention.
func thematicDebate() queue.Programme {
	return queue.Programme{
		Debate: queue.Debate{ID: "trafficking", Title: "Human trafficking", Languages: []string{"en", "fr"}},
		Panels: []queue.Panel{
			{ID: "opening", Title: "Opening addresses", NoList: true},
			{ID: "morning", Title: "Enhancing multilateral cooperation", Moderator: "unodc", Panellists: []string{"iom"}, Limit: 3 * minute, Warn: 30 * second},
			{ID: "afternoon", Title: "Protecting victims", Limit: 3 * minute, Warn: 30 * second},
		},
		Participants: []queue.Participant{
			member("bra", "Brazil"), member("fra", "France"), member("ken", "Kenya"), member("phl", "Philippines"),
			{ID: "unodc", Names: map[string]string{"en": "UNODC"}, Category: "un_system"},
			{ID: "iom", Names: map[string]string{"en": "IOM"}, Category: "international_organization"},
		},
	}
}

func member(id, name string) queue.Participant {
	return queue.Participant{ID: id, Names: map[string]string{"en": name}, Category: "member_state"}
}

// debate is a real room over a journal in memory, and the time in it.
type debate struct {
	tb
	room    *queue.Room
	journal *memory
	now     int64
	stop    func()
}

// tb is what *testing.T and *rapid.T have in common.
type tb interface {
	rapid.TB
	Cleanup(func())
}

// begin opens a room that has decided nothing yet.
func begin(t tb, journal *memory, snapshots queue.Snapshots) *debate {
	t.Helper()
	room, err := queue.NewRoom(context.Background(), journal, snapshots, quiet())
	if err != nil {
		t.Fatalf("opening the room: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		room.Run(ctx)
	}()
	d := &debate{tb: t, room: room, journal: journal, now: tenOClock, stop: func() { cancel(); <-done }}
	t.Cleanup(d.stop)
	return d
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// convene begins the thematic debate: the morning panel and its list are open.
func convene(t tb) *debate {
	t.Helper()
	d := begin(t, new(memory), nil)
	d.load(thematicDebate())
	d.do(chair, &queue.SwitchPanel{Panel: "morning"})
	d.open("morning")
	return d
}

// in is the same debate in a part of a test.
func (d *debate) in(t tb) *debate {
	part := *d
	part.tb = t
	return &part
}

func (d *debate) state() *queue.State { return d.room.State() }

// wait lets time go by.
func (d *debate) wait(ms int64) { d.now += ms }

func (d *debate) submit(by queue.Actor, key string, c queue.Command) (queue.Answer, error) {
	return d.room.Submit(context.Background(), queue.Submission{At: d.now, By: by, Key: key, Command: c})
}

// do sends a command that is carried out.
func (d *debate) do(by queue.Actor, c queue.Command) queue.Answer {
	d.Helper()
	return d.doOnce(by, "", c)
}

// doOnce sends a command with a key.
func (d *debate) doOnce(by queue.Actor, key string, c queue.Command) queue.Answer {
	d.Helper()
	before := d.state().Seq
	answer, err := d.submit(by, key, c)
	if err != nil {
		d.Fatalf("%s: %T %+v is refused: %v", by, c, c, err)
	}
	if after := d.state().Seq; after != before && after != before+1 {
		d.Fatalf("%s: %T %+v: the state went from %d to %d", by, c, c, before, after)
	}
	return answer
}

// changesNothing sends a command that finds the state as it wants it.
func (d *debate) changesNothing(by queue.Actor, c queue.Command) {
	d.Helper()
	before := d.state()
	answer := d.do(by, c)
	if d.state() != before || answer.Seq != before.Seq {
		d.Fatalf("%T %+v changes the state %d to %d (answer %d)", c, c, before.Seq, d.state().Seq, answer.Seq)
	}
}

// refused sends a command that is refused, and says why.
func (d *debate) refused(code queue.Code, by queue.Actor, c queue.Command) *queue.Error {
	d.Helper()
	return d.refusedOnce(code, by, "", c)
}

func (d *debate) refusedOnce(code queue.Code, by queue.Actor, key string, c queue.Command) *queue.Error {
	d.Helper()
	before, entries := d.state(), d.journal.len()
	_, err := d.submit(by, key, c)
	var refusal *queue.Error
	if !errors.As(err, &refusal) || refusal.Code != code {
		d.Fatalf("%s: %T %+v gives %v, want the refusal %s", by, c, c, err, code)
	}
	if d.state() != before || d.journal.len() != entries {
		d.Fatalf("%T %+v is refused and changes the state all the same", c, c)
	}
	if refusal.Detail == "" {
		d.Errorf("the refusal %s does not say what is wrong", code)
	}
	return refusal
}

// The acts of the debate.

func (d *debate) load(p queue.Programme) { d.Helper(); d.do(server, &queue.Load{Programme: p}) }

// open opens a panel and its list.
func (d *debate) open(panel string) {
	d.Helper()
	d.do(chair, &queue.SetPanel{Panel: panel, Status: queue.Open, List: queue.Open})
}

func (d *debate) suspend(panel string) {
	d.Helper()
	d.do(chair, &queue.SetPanel{Panel: panel, Status: queue.Suspended})
}

// asks puts participants on the list, each with its own id for the request's.
func (d *debate) asks(participants ...string) {
	d.Helper()
	for _, p := range participants {
		d.do(badge(p), &queue.Ask{ID: p + "-asks"})
	}
}

// recognise gives the floor to a participant.
func (d *debate) recognise(id, participant string) {
	d.Helper()
	d.do(chair, &queue.Recognise{ID: id, Participant: participant})
}

// interrupt gives the floor to a participant who rises to a point of order.
func (d *debate) interrupt(id, participant string) {
	d.Helper()
	d.do(chair, &queue.Recognise{ID: id, Participant: participant, Kind: queue.PointOfOrder})
}

func (d *debate) move(request, before string) {
	d.Helper()
	d.do(chair, &queue.Amend{Request: request, Before: queue.Before{Set: true, ID: before}})
}

func (d *debate) end() { d.Helper(); d.do(chair, &queue.EndFloor{}) }

// What the debate shows.

func (d *debate) wantList(panel string, want ...string) {
	d.Helper()
	if got := d.state().List(panel); !slices.Equal(got, want) {
		d.Fatalf("the list of %s is %q, want %q", panel, got, want)
	}
	for i := 1; i < len(want); i++ {
		if requests := d.state().Requests(); requests[want[i-1]].Rank >= requests[want[i]].Rank {
			d.Fatalf("%s and %s stand at %q and %q", want[i-1], want[i], requests[want[i-1]].Rank, requests[want[i]].Rank)
		}
	}
}

// wantFloor checks who has the floor, its countdown, and the time used now.
func (d *debate) wantFloor(id string, countdown timer.State, used int64) {
	d.Helper()
	f := d.state().Floor
	if f == nil {
		d.Fatalf("nobody has the floor, want %s", id)
	}
	if f.ID != id || f.Timer.State != countdown || f.Timer.UsedAt(d.now) != used {
		d.Fatalf("on the floor is %s, %s, after %d ms; want %s, %s, after %d ms", f.ID, f.Timer.State, f.Timer.UsedAt(d.now), id, countdown, used)
	}
}

func (d *debate) wantNobody() {
	d.Helper()
	if f := d.state().Floor; f != nil {
		d.Fatalf("%s has the floor, want nobody", f.ID)
	}
}

// wantRecord checks the record: id, end and time used of each intervention.
func (d *debate) wantRecord(want ...string) {
	d.Helper()
	var got []string
	for _, i := range d.state().Ended() {
		got = append(got, fmt.Sprintf("%s %s %d", i.ID, i.How, i.Used))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		d.Fatalf("the record (-want +got):\n%s", diff)
	}
}

func to[T any](v T) *T { return &v }

// memory is a journal that forgets at the end of the test.
type memory struct {
	mu      sync.Mutex
	entries [][]byte
	appends []int // how many entries each commit had

	appending func() verdict      // where set, says how a commit goes; it may block
	reading   func(n int64) error // where set, may fail the reading of the n-th entry
}

// verdict is how a commit goes. One that fails may be there all the same.
type verdict struct {
	err   error
	there bool
}

// onAppend sets how the commits from the next on go, nil for well.
func (m *memory) onAppend(f func() verdict) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.appending = f
}

// onRead sets what may fail the reading of an entry, nil for nothing.
func (m *memory) onRead(f func(n int64) error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reading = f
}

func (m *memory) len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.entries)
}

// first is a journal of the first n entries.
func (m *memory) first(n int) *memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &memory{entries: slices.Clone(m.entries[:n])}
}

func (m *memory) Append(_ context.Context, first int64, entries [][]byte) error {
	m.mu.Lock()
	appending := m.appending
	m.mu.Unlock()
	var v verdict
	if appending != nil {
		v = appending()
	}
	if v.err != nil && !v.there {
		return v.err
	}
	if err := m.add(first, entries); err != nil {
		return err
	}
	return v.err
}

func (m *memory) add(first int64, entries [][]byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if first != int64(len(m.entries))+1 {
		return fmt.Errorf("entry %d does not follow entry %d", first, len(m.entries))
	}
	for _, e := range entries {
		m.entries = append(m.entries, slices.Clone(e))
	}
	m.appends = append(m.appends, len(entries))
	return nil
}

func (m *memory) Read(_ context.Context, after int64, f func(n int64, entry []byte) error) error {
	m.mu.Lock()
	entries, reading := m.entries[min(after, int64(len(m.entries))):], m.reading
	m.mu.Unlock()
	for i, e := range entries {
		n := after + int64(i) + 1
		if reading != nil {
			if err := reading(n); err != nil {
				return err
			}
		}
		if err := f(n, slices.Clone(e)); err != nil {
			return err
		}
	}
	return nil
}

// reopened is the same debate in a room that starts again from the journal.
func (d *debate) reopened() *debate {
	d.Helper()
	d.stop()
	again := begin(d.tb, d.journal, nil)
	again.now = d.now
	if diff := queue.Diff(d.room.State(), again.state()); diff != "" {
		d.Fatalf("the replay gives another state (-before +after):\n%s", diff)
	}
	return again
}
