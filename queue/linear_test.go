package queue_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"rostrum/queue"
)

// Many callers at once see the room as if it had carried out one command after the
// other, each of them once, between its sending and its answer, though the journal
// fails now and then and the callers send again what was not answered.
func TestManyCallersSeeOneOrder(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			d := convene(t)
			begun := meeting{seq: d.state().Seq}
			flaky := rand.New(rand.NewPCG(seed, 0))
			d.journal.onAppend(func() verdict { // called by the room alone
				switch flaky.IntN(8) {
				case 0:
					return verdict{errDisk, false}
				case 1:
					return verdict{errDisk, true}
				}
				return verdict{}
			})
			const callers, calls = 8, 25
			histories := make([][]porcupine.Operation, callers)
			start := time.Now()
			var wg sync.WaitGroup
			for caller := range callers {
				wg.Go(func() {
					random := rand.New(rand.NewPCG(seed, uint64(caller)+1))
					for n := range calls {
						c := someCall(random, d.state(), fmt.Sprintf("c%d-%d", caller, n))
						op := porcupine.Operation{ClientId: caller, Input: c, Call: int64(time.Since(start))}
						op.Output = c.carryOut(t, d)
						op.Return = int64(time.Since(start))
						histories[caller] = append(histories[caller], op)
					}
				})
			}
			wg.Wait()
			d.journal.onAppend(nil)
			if got := porcupine.CheckOperationsTimeout(oneAfterTheOther(begun), slices.Concat(histories...), time.Minute); got != porcupine.Ok {
				t.Errorf("the history is %s", got)
			}
			d.reopened()
		})
	}
}

// call is what a caller wants of the debate: to ask, withdraw, recognise or look.
type call struct {
	act, id     string
	participant string // who asks
	request     string // which is withdrawn or recognised
	insteadOf   string // the floor that the caller saw
}

// seen is what the caller is told.
type seen struct {
	refused     queue.Code
	seq         int64
	list, floor string // to one who looks
}

// someCall is about few participants and what is on the list now, so that callers meet.
func someCall(random *rand.Rand, s *queue.State, id string) call {
	c := call{id: id, act: []string{"ask", "ask", "ask", "withdraw", "recognise", "recognise", "look"}[random.IntN(7)]}
	c.participant = []string{"ken", "bra", "fra", "phl", "iom"}[random.IntN(5)]
	if list := s.List("morning"); len(list) > 0 {
		c.request = list[random.IntN(len(list))]
	} else if c.act != "look" {
		c.act = "ask"
	}
	c.insteadOf = floorOf(s)
	return c
}

func floorOf(s *queue.State) string {
	if s.Floor == nil {
		return ""
	}
	return s.Floor.ID
}

// listOfAll names the requests of the morning and who asked, in order.
func listOfAll(s *queue.State) string {
	var list strings.Builder
	for _, id := range s.List("morning") {
		fmt.Fprintf(&list, "%s:%s ", id, s.Requests()[id].Participant)
	}
	return list.String()
}

// carryOut sends the call, again and again where the journal failed.
func (c call) carryOut(t *testing.T, d *debate) seen {
	var command queue.Command
	switch c.act {
	case "ask":
		command = &queue.Ask{ID: c.id, Participant: c.participant}
	case "withdraw":
		command = &queue.Withdraw{Request: c.request}
	case "recognise":
		command = &queue.Recognise{ID: c.id, Request: c.request, InsteadOf: &c.insteadOf}
	default:
		s := d.state()
		return seen{seq: s.Seq, list: listOfAll(s), floor: floorOf(s)}
	}
	for range 100 {
		answer, err := d.room.Submit(context.Background(), queue.Submission{At: tenOClock, By: chair, Key: c.id, Command: command})
		var refusal *queue.Error
		switch {
		case err == nil:
			return seen{seq: answer.Seq}
		case !errors.As(err, &refusal):
			t.Errorf("%+v: %v", c, err)
			return seen{}
		case refusal.Code != queue.Unavailable:
			return seen{refused: refusal.Code}
		}
	}
	t.Errorf("%+v: the journal failed a hundred times", c)
	return seen{}
}

// meeting is the model of a debate: what somebody who looks at it sees.
type meeting struct {
	seq         int64
	list, floor string
}

func oneAfterTheOther(begun meeting) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return begun },
		Step: func(state, input, output any) (bool, any) {
			m, refused := state.(meeting).after(input.(call))
			out := output.(seen)
			if input.(call).act == "look" {
				return out == seen{seq: m.seq, list: m.list, floor: m.floor}, m
			}
			if refused != "" {
				return out == seen{refused: refused}, m
			}
			return out == seen{seq: m.seq}, m
		},
	}
}

// after is the debate after a call, or the reason why it is as before.
func (m meeting) after(c call) (meeting, queue.Code) {
	before, entry, rest := m.list, "", ""
	if i := strings.Index(m.list, c.request+":"); c.request != "" && i >= 0 {
		before = m.list[:i]
		entry, rest, _ = strings.Cut(m.list[i:], " ")
	}
	switch {
	case c.act == "look":
		return m, ""
	case c.act == "ask" && strings.Contains(m.list, ":"+c.participant+" "):
		return m, queue.AlreadyListed
	case c.act == "ask":
		m.list += c.id + ":" + c.participant + " "
	case entry == "":
		return m, queue.NoSuchRequest
	case c.act == "recognise" && c.insteadOf != m.floor:
		return m, queue.FloorChanged
	case c.act == "recognise":
		m.list, m.floor = before+rest, c.id
	default:
		m.list = before + rest
	}
	m.seq++
	return m, ""
}
