package queue_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"rostrum/queue"
)

// Whatever the chair has moved, a point of order stands before all that are none (rule 71), a
// right of reply stands last (rule 73), who asks for an intervention stands behind all
// whom the chair left in their turn, and what is moved stands where it was moved to.
func TestRules71And73WhateverTheChairHasMoved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := gather(t, 8)
		moved, ever := make(map[string]bool), make(map[string]bool)
		list := func() []string { return c.state().List("morning") }
		kind := func(id string) queue.Kind { return c.state().Requests()[id].Kind }
		someone := func(t *rapid.T) string {
			if len(list()) == 0 {
				t.Skip("nobody is on the list")
			}
			return rapid.SampledFrom(list()).Draw(t, "request")
		}
		ask := func(t *rapid.T) {
			before := list()
			c.ask(rapid.SampledFrom(c.roster).Draw(t, "who"), someKindOfPlace.Draw(t, "kind"), "")
			after := list()
			if len(after) == len(before) {
				t.Skip("asks already")
			}
			id := fmt.Sprint("r", c.asked)
			at := slices.Index(after, id)
			wrong := ""
			for i, other := range after {
				switch k := kind(id); {
				case k == queue.PointOfOrder && i < at && kind(other) != k,
					k == queue.RightOfReply && i > at,
					inTurn(k) && i < at && kind(other) == queue.RightOfReply && !moved[other],
					inTurn(k) && i > at && kind(other) != queue.RightOfReply && !moved[other]:
					wrong = other
				}
			}
			if wrong != "" {
				t.Fatalf("%s, %s, asks and stands in %q as it does to %s, %s", id, kind(id), after, wrong, kind(wrong))
			}
			c.wantList("morning", slices.Insert(before, at, id)...)
		}
		move := func(t *rapid.T, id, before string) {
			want := slices.DeleteFunc(list(), func(other string) bool { return other == id })
			if id == before {
				want = list()
			} else if at := slices.Index(want, before); at >= 0 {
				want = slices.Insert(want, at, id)
			} else {
				want = append(want, id)
			}
			if !slices.Equal(want, list()) {
				moved[id], ever[id] = true, true
			}
			c.move(id, before)
			c.wantList("morning", want...)
		}
		t.Repeat(map[string]func(*rapid.T){
			"ask":  ask,
			"ask2": ask,
			"ask3": ask,
			"places": func(t *rapid.T) { // who asks and withdraws leaves a place behind
				for range rapid.SampledFrom([]int{1, 30, 70}).Draw(t, "times") {
					c.ask("p0", queue.Address, "")
					if id := fmt.Sprint("r", c.asked); kind(id) == queue.Address {
						c.do(badge("p0"), &queue.Withdraw{Request: id})
					}
				}
			},
			"move":       func(t *rapid.T) { move(t, someone(t), someone(t)) },
			"to the end": func(t *rapid.T) { move(t, someone(t), "") },
			"to the front": func(t *rapid.T) {
				for range rapid.IntRange(1, 12).Draw(t, "times") {
					move(t, someone(t), list()[0])
				}
			},
			"in front of one": func(t *rapid.T) {
				before := someone(t)
				for range rapid.IntRange(1, 12).Draw(t, "times") {
					move(t, someone(t), before)
				}
			},
			"leave": func(t *rapid.T) { c.do(chair, &queue.Withdraw{Request: someone(t)}) },
			"call":  func(t *rapid.T) { c.callFirst(queue.ByAsking); clear(moved) },
			"order": func(t *rapid.T) { c.apply(someOrdering.Draw(t, "by")); clear(moved) },
			"undo": func(t *rapid.T) {
				last := c.state().Undoable()
				if last == nil || last.What != "moved" && last.What != "removed" {
					t.Skip("nothing to undo")
				}
				c.asked++
				c.do(chair, &queue.Undo{ID: fmt.Sprint("r", c.asked), Of: last.ID})
				c.wantList("morning", list()...)
				// Who comes back, or goes back, stands where the chair had moved them, also before
				// an order that found nothing to change.
				maps.Copy(moved, ever)
			},
		})
	})
}

var someKindOfPlace = rapid.SampledFrom([]queue.Kind{queue.Regular, queue.Response, queue.PointOfOrder, queue.RightOfReply})

func inTurn(k queue.Kind) bool { return k == queue.Regular || k == queue.Response }
