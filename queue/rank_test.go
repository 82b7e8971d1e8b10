package queue_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rostrum/queue"
)

const rankDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// inOrder checks that ranks rise and are made of their digits.
func inOrder(t rapid.TB, ranks []string) {
	t.Helper()
	for i, r := range ranks {
		if r == "" || strings.Trim(r, rankDigits) != "" {
			t.Fatalf("the rank %q is not made of digits", r)
		}
		if i > 0 && ranks[i-1] >= r {
			t.Fatalf("the rank %q is not in front of %q", ranks[i-1], r)
		}
	}
}

func TestPlacesAtTheEndRise(t *testing.T) {
	var ranks []string
	for n := int64(1); n < 300_000; n++ {
		ranks = append(ranks, queue.RankAt(n))
	}
	inOrder(t, ranks)
	inOrder(t, []string{queue.RankAt(300_000), queue.RankAt(1 << 40), queue.RankAt(1<<63 - 1)})
}

// A list on which places are given at the end, given up, and moved keeps its order
// by rank, whatever is done to it.
func TestThereIsAlwaysARankBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var ranks []string // in the order of the list
		var places int64
		insert := func(at int) {
			previous, next := "", ""
			if at > 0 {
				previous = ranks[at-1]
			}
			if at < len(ranks) {
				next = ranks[at]
				ranks = slices.Insert(ranks, at, queue.RankBetween(previous, next))
				return
			}
			places++
			ranks = append(ranks, queue.RankAt(places))
		}
		remove := func(t *rapid.T) int {
			if len(ranks) == 0 {
				t.Skip("nobody is on the list")
			}
			at := rapid.IntRange(0, len(ranks)-1).Draw(t, "at")
			ranks = slices.Delete(ranks, at, at+1)
			return at
		}
		places = rapid.Int64Range(0, 4_000).Draw(t, "places before")
		t.Repeat(map[string]func(*rapid.T){
			"":    func(t *rapid.T) { inOrder(t, ranks) },
			"ask": func(*rapid.T) { insert(len(ranks)) },
			"ask 70": func(*rapid.T) {
				for range 70 {
					insert(len(ranks))
				}
			},
			"leave": func(t *rapid.T) { remove(t) },
			"move": func(t *rapid.T) {
				remove(t)
				insert(rapid.IntRange(0, len(ranks)).Draw(t, "to"))
			},
			"always the first": func(t *rapid.T) {
				for range rapid.IntRange(1, 50).Draw(t, "times") {
					remove(t)
					insert(0)
				}
			},
			"always in front of one": func(t *rapid.T) {
				at := rapid.IntRange(0, len(ranks)).Draw(t, "at")
				for range rapid.IntRange(1, 50).Draw(t, "times") {
					insert(min(at, len(ranks)))
				}
			},
			"always behind one": func(t *rapid.T) {
				at := rapid.IntRange(0, len(ranks)).Draw(t, "at")
				for range rapid.IntRange(1, 50).Draw(t, "times") {
					at = min(at+1, len(ranks))
					insert(at)
				}
			},
		})
	})
}

// A hundred moves to the same place make a rank some tens of digits long, not more.
func TestRanksStayShort(t *testing.T) {
	rank := queue.RankAt(1)
	for range 100 {
		rank = queue.RankBetween("", rank)
	}
	if len(rank) > 30 {
		t.Errorf("after a hundred moves to the front the rank has %d digits", len(rank))
	}
	previous, next := queue.RankAt(1), queue.RankAt(2)
	for range 100 {
		previous = queue.RankBetween(previous, next)
	}
	if len(previous) > 30 {
		t.Errorf("after a hundred moves behind the first the rank has %d digits", len(previous))
	}
}
