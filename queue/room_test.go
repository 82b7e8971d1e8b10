package queue_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"rostrum/queue"
)

// gate holds every commit until it is let go, and says how it goes. Once the gate is closed
// all commits go well.
func (m *memory) gate() (letGo chan<- verdict) {
	gate := make(chan verdict)
	m.onAppend(func() verdict { return <-gate })
	return gate
}

type reply struct {
	queue.Answer
	err error
}

// ask submits a request in the background.
func (d *debate) ask(ctx context.Context, by queue.Actor, id string) <-chan reply {
	replies := make(chan reply, 1)
	go func() {
		a, err := d.room.Submit(ctx, queue.Submission{At: d.now, By: by, Command: &queue.Ask{ID: id}})
		replies <- reply{a, err}
	}()
	return replies
}

// crowd is a debate with n participants of its own, p0, p1, …
func crowd(t tb, n int) *debate {
	p := thematicDebate()
	for i := range n {
		p.Participants = append(p.Participants, member(fmt.Sprint("p", i), "P"))
	}
	d := begin(t, new(memory), nil)
	d.load(p)
	d.do(chair, &queue.SwitchPanel{Panel: "morning"})
	d.open("morning")
	d.journal.appends = nil
	return d
}

func wantUnavailable(t tb, err error) {
	t.Helper()
	var refusal *queue.Error
	if !errors.As(err, &refusal) || refusal.Code != queue.Unavailable {
		t.Errorf("the answer is %v, want %s", err, queue.Unavailable)
	}
}

func TestCommandsThatWaitAreCommittedTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := crowd(t, 10)
		letGo := d.journal.gate()
		first := d.ask(t.Context(), badge("p0"), "r0")
		synctest.Wait() // the first is being committed
		var waiting []<-chan reply
		for i := range 9 {
			waiting = append(waiting, d.ask(t.Context(), badge(fmt.Sprint("p", i+1)), fmt.Sprint("r", i+1)))
			synctest.Wait()
		}
		letGo <- verdict{}
		seq := (<-first).Seq
		letGo <- verdict{}
		for i, replies := range waiting {
			if r := <-replies; r.err != nil || r.Seq != seq+int64(i)+1 {
				t.Errorf("request %d gets %+v, want seq %d", i+1, r, seq+int64(i)+1)
			}
		}
		if !slices.Equal(d.journal.appends, []int{1, 9}) {
			t.Errorf("the commits have %v entries, want 1 and 9", d.journal.appends)
		}
		d.wantList("morning", "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9")
	})
}

func TestACommitHasABound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const callers = 2_500 // more than may wait in the room
		d := crowd(t, callers)
		letGo := d.journal.gate()
		var waiting []<-chan reply
		for i := range callers {
			waiting = append(waiting, d.ask(t.Context(), badge(fmt.Sprint("p", i)), fmt.Sprint("r", i)))
		}
		synctest.Wait()
		close(letGo)
		for _, replies := range waiting {
			if r := <-replies; r.err != nil {
				t.Fatal(r.err)
			}
		}
		if largest := slices.Max(d.journal.appends); largest > 1_024 || len(d.journal.appends) > 100 {
			t.Errorf("%d commits, the largest with %d entries", len(d.journal.appends), largest)
		}
	})
}

func TestNothingIsAnsweredOrShownBeforeItIsDurable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := convene(t)
		letGo := d.journal.gate()
		changed := d.room.Watch()
		before, dump := d.state(), queue.Dump(d.state())
		replies := d.ask(t.Context(), kenya, "r")
		// One that changes nothing waits as well: its answer rests on what is not durable yet.
		synctest.Wait()
		twice := d.ask(t.Context(), kenya, "r")
		synctest.Wait()
		select {
		case r := <-replies:
			t.Errorf("answered %+v before the commit", r)
		case r := <-twice:
			t.Errorf("the repeat is answered %+v before the commit", r)
		case <-changed:
			t.Error("told of a change before the commit")
		default:
		}
		if d.state() != before || queue.Dump(d.state()) != dump {
			t.Error("shown before the commit")
		}
		letGo <- verdict{}
		if r := <-replies; r.err != nil || r.Seq != before.Seq+1 {
			t.Errorf("the answer is %+v", r)
		}
		if r := <-twice; r.err != nil || r.Seq != before.Seq+1 || !r.Repeated {
			t.Errorf("the answer to the repeat is %+v", r)
		}
		<-changed
		d.wantList("morning", "r")
	})
}

func TestTheAnswersOfOneCommitAreEachTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := convene(t)
		letGo := d.journal.gate()
		first := d.ask(t.Context(), brazil, "b")
		synctest.Wait()
		asked := d.ask(t.Context(), kenya, "k")
		synctest.Wait()
		repeated := d.ask(t.Context(), kenya, "k")
		synctest.Wait()
		listed := d.ask(t.Context(), kenya, "k2")
		synctest.Wait()
		reused := d.ask(t.Context(), badge("fra"), "k")
		synctest.Wait()
		close(letGo)
		var refusal *queue.Error
		if r := <-first; r.err != nil {
			t.Error(r.err)
		}
		a, b := <-asked, <-repeated
		if a.err != nil || b.err != nil || a.Seq != b.Seq || !b.Repeated {
			t.Errorf("a command and its repeat in one commit get %+v and %+v", a, b)
		}
		if r := <-listed; !errors.As(r.err, &refusal) || refusal.Code != queue.AlreadyListed {
			t.Errorf("the second request gets %+v", r)
		}
		if r := <-reused; !errors.As(r.err, &refusal) || refusal.Code != queue.IDReused {
			t.Errorf("another's id gets %+v", r)
		}
	})
}

var errDisk = errors.New("no space left on device")

func TestACommitThatFailsChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := convene(t)
		d.asks("phl")
		before, dump := d.state(), queue.Dump(d.state())
		changed := d.room.Watch()
		letGo := d.journal.gate()
		first := d.ask(t.Context(), kenya, "k")
		synctest.Wait()
		second := d.ask(t.Context(), brazil, "b")
		synctest.Wait()
		repeat := d.ask(t.Context(), badge("phl"), "phl-asks")
		synctest.Wait()
		letGo <- verdict{err: errDisk}
		r := <-first
		wantUnavailable(t, r.err)
		if !errors.Is(r.err, errDisk) {
			t.Errorf("the cause is not in %v", r.err)
		}
		letGo <- verdict{err: errDisk}
		wantUnavailable(t, (<-second).err)
		wantUnavailable(t, (<-repeat).err)
		if d.state() != before || queue.Dump(d.state()) != dump {
			t.Error("the state has changed")
		}
		select {
		case <-changed:
			t.Error("told of a change")
		default:
		}

		// The room goes on, and what was refused was forgotten.
		d.journal.onAppend(nil)
		d.do(badge("fra"), &queue.Ask{ID: "k"})
		answer := d.do(brazil, &queue.Ask{ID: "b"})
		if answer.Repeated || answer.Seq != before.Seq+2 {
			t.Errorf("the refused command gets %+v when it is sent again", answer)
		}
		d.again(badge("phl"), "", &queue.Ask{ID: "phl-asks"}, answerOf(before, "phl-asks"))
		d.wantList("morning", "phl-asks", "k", "b")
		d.reopened()
	})
}

// answerOf is what the one who made the last request of a state was told.
func answerOf(s *queue.State, id string) queue.Answer {
	r := s.Requests()[id]
	return queue.Answer{Seq: s.Seq, ID: id, Request: &r}
}

func TestACommitThatFailedAndIsThereAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := convene(t)
		before := d.state()
		changed := d.room.Watch()
		d.journal.onAppend(func() verdict { return verdict{errDisk, true} })
		r := <-d.ask(t.Context(), kenya, "k")
		wantUnavailable(t, r.err)
		d.journal.onAppend(nil)

		// Sent again, it has the first answer, and nothing happened twice.
		answer := d.do(kenya, &queue.Ask{ID: "k"})
		if answer.Seq != before.Seq+1 || !answer.Repeated {
			t.Errorf("sent again it gets %+v", answer)
		}
		<-changed
		d.asks("bra")
		d.wantList("morning", "k", "bra-asks")
		d.reopened()
	})
}

func TestWhatFailedButIsThereIsShownWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := convene(t)
		letGo := d.journal.gate()
		first := d.ask(t.Context(), brazil, "b")
		synctest.Wait()
		kenyas, frances := d.ask(t.Context(), kenya, "k"), d.ask(t.Context(), badge("fra"), "f")
		synctest.Wait()
		// The journal cannot be read to its end at first.
		last := int64(d.journal.len()) + 3
		d.journal.onRead(func(n int64) error {
			if n == last {
				return errDisk
			}
			return nil
		})
		letGo <- verdict{}
		letGo <- verdict{errDisk, true} // for both together
		if r := <-first; r.err != nil {
			t.Error(r.err)
		}
		wantUnavailable(t, (<-kenyas).err)
		wantUnavailable(t, (<-frances).err)
		d.wantList("morning", "b")
		_, err := d.submit(badge("phl"), "", &queue.Ask{ID: "p"})
		wantUnavailable(t, err)
		d.wantList("morning", "b")
		d.journal.onRead(nil)
		_, err = d.submit(kenya, "", &queue.Ask{ID: "again"})
		var refusal *queue.Error
		if !errors.As(err, &refusal) || refusal.Code != queue.AlreadyListed {
			t.Errorf("Kenya gets %v", err)
		}
		if got := d.state().Seq; got != last || len(d.state().List("morning")) != 3 {
			t.Errorf("state %d is shown with the list %q, want state %d and three requests", got, d.state().List("morning"), last)
		}
		close(letGo)
		d.asks("phl")
		d.reopened()
	})
}

func TestARoomThatStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := convene(t)
		letGo := d.journal.gate()
		atHand := d.ask(t.Context(), kenya, "k")
		synctest.Wait()
		waiting := d.ask(t.Context(), brazil, "b")
		synctest.Wait()
		go d.stop()
		synctest.Wait()
		select {
		case r := <-atHand:
			t.Errorf("answered %+v before the commit", r)
		default:
		}
		close(letGo)
		if r := <-atHand; r.err != nil {
			t.Errorf("the commit at hand is not finished: %v", r.err)
		}
		// The one that waited is carried out or refused, but never left without an answer.
		if r := <-waiting; r.err != nil {
			wantUnavailable(t, r.err)
			d.wantList("morning", "k")
		} else {
			d.wantList("morning", "k", "b")
		}
		_, err := d.submit(chair, "", &queue.SetPanel{Panel: "morning", List: queue.Closed})
		wantUnavailable(t, err)
		d.reopened()
	})
}

func TestACallerWhoDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := convene(t)
		letGo := d.journal.gate()
		ctx, leave := context.WithCancel(t.Context())
		replies := d.ask(ctx, kenya, "k")
		synctest.Wait()
		leave()
		if r := <-replies; !errors.Is(r.err, context.Canceled) {
			t.Errorf("the caller gets %+v", r)
		}
		letGo <- verdict{}
		synctest.Wait()
		d.wantList("morning", "k") // carried out all the same
		d.journal.onAppend(nil)
		if answer := d.do(kenya, &queue.Ask{ID: "k"}); !answer.Repeated {
			t.Errorf("sent again it gets %+v", answer)
		}
	})
}

func TestACallerWhoLeavesAFullRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const callers = 2_500 // more than may wait in the room
		d := crowd(t, callers)
		letGo := d.journal.gate()
		ctx, leave := context.WithCancel(t.Context())
		var replies []<-chan reply
		for i := range callers {
			replies = append(replies, d.ask(ctx, badge(fmt.Sprint("p", i)), fmt.Sprint("r", i)))
		}
		synctest.Wait()
		leave()
		for _, r := range replies {
			if r := <-r; !errors.Is(r.err, context.Canceled) {
				t.Fatalf("a caller gets %+v", r)
			}
		}
		close(letGo)
		synctest.Wait()
		if got := len(d.state().List("morning")); got >= callers {
			t.Errorf("%d of %d are on the list, also those who never came in", got, callers)
		}
	})
}

func TestARoomDecidesNothingBeforeItRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room, err := queue.NewRoom(t.Context(), new(memory), nil, quiet())
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		loaded := make(chan error, 1)
		go func() {
			_, err := room.Submit(ctx, queue.Submission{At: 1, By: server, Command: &queue.Load{Programme: thematicDebate()}})
			loaded <- err
		}()
		synctest.Wait()
		if room.State().Seq != 0 {
			t.Error("something has changed")
		}
		go room.Run(ctx)
		if err := <-loaded; err != nil || room.State().Seq != 1 {
			t.Errorf("seq is %d, the answer %v", room.State().Seq, err)
		}
		stop()
	})
}

func TestWatchersAreToldOnceForWhatTheyMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := convene(t)
		quick, slow := d.room.Watch(), d.room.Watch()
		for _, p := range []string{"ken", "bra", "fra"} {
			d.asks(p)
			<-quick
		}
		<-slow
		select {
		case <-quick:
			t.Error("told of a change that there was not")
		case <-slow:
			t.Error("told twice")
		default:
		}
		// Neither a command that changes nothing nor a refusal tells anybody.
		d.changesNothing(chair, &queue.SwitchPanel{Panel: "morning"})
		d.refused(queue.AlreadyListed, kenya, &queue.Ask{ID: "r"})
		select {
		case <-quick:
			t.Error("told of a change that there was not")
		default:
		}
		d.asks("phl")
		<-slow
		d.wantList("morning", "ken-asks", "bra-asks", "fra-asks", "phl-asks")
	})
}

func TestOneWhoIsToldSeesTheChange(t *testing.T) {
	d := convene(t)
	start := d.state().Seq
	const changes = 300
	seen := make(chan error, 1)
	changed := d.room.Watch()
	go func() {
		var last int64
		for range changed {
			s := d.room.State()
			if s.Seq < last {
				seen <- fmt.Errorf("told of state %d after state %d", s.Seq, last)
				return
			}
			last = s.Seq
			if last == start+changes {
				seen <- nil
				return
			}
		}
	}()
	d.recognise("i", "ken")
	for range changes - 1 {
		d.do(chair, &queue.SetTime{Add: to(second)})
	}
	if err := <-seen; err != nil {
		t.Error(err)
	}
}

func TestEachChangeOfACommitIsShownByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := convene(t)
		seq := d.state().Seq
		letGo := d.journal.gate()
		first := d.ask(t.Context(), brazil, "b")
		synctest.Wait()
		kenyas, frances := d.ask(t.Context(), kenya, "k"), d.ask(t.Context(), badge("fra"), "f")
		synctest.Wait()
		close(letGo)
		for _, asked := range []<-chan reply{first, kenyas, frances} {
			if r := <-asked; r.err != nil {
				t.Error(r.err)
			}
		}
		states := d.room.Since(seq)
		if len(states) != 3 {
			t.Fatalf("%d states were shown, want 3", len(states))
		}
		for i, s := range states {
			if s.Seq != seq+int64(i)+1 || len(s.List("morning")) != i+1 {
				t.Errorf("state %d has the list %q", s.Seq, s.List("morning"))
			}
		}
		if later := d.room.Since(seq + 3); len(later) != 0 {
			t.Errorf("after the last state come %d", len(later))
		}
	})
}
