package queue

import (
	"slices"
	"strings"
)

// A rank is the place of a request in its panel's list: ranks are compared
// bytewise, and between any two there is always another, so that a move changes
// one request only.

// rankDigits are the digits of a rank in bytewise order.
const rankDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// rankAt is the rank of the n-th place ever given at the end of a panel's list,
// n from 1: the number of digits, then the digits, so that a longer one sorts
// behind.
func rankAt(n int64) string {
	const base = int64(len(rankDigits))
	var digits []byte
	for ; n > 0; n /= base {
		digits = append([]byte{rankDigits[n%base]}, digits...)
	}
	return string(rankDigits[len(digits)]) + string(digits)
}

// placeRank is the rank of the n-th place for a kind: a point of order stands before
// everything (rule 71 of the rules of procedure of the General Assembly), a right of
// reply behind everything, also behind what is asked later (rule 73).
func placeRank(k Kind, n int64) string {
	switch k {
	case PointOfOrder:
		return "0" + rankAt(n)
	case RightOfReply:
		return "z" + rankAt(n)
	}
	return rankAt(n)
}

// borders part the places of a list: those of points of order; what was moved before all in turn;
// those in turn, whose first digit is at most B, since no number of places has more than eleven digits;
// what was moved between these and the replies; and the replies. What is moved keeps clear of the places that are
// given later, so that it neither takes one of them nor stands before a later point of order.
var borders = [...]string{"0C", "1", "C", "z"}

// zone tells between which borders a rank is.
func zone(rank string) int {
	n := 0
	for n < len(borders) && borders[n] <= rank {
		n++
	}
	return n
}

// nextPlace is the rank of one who asks now for a kind in a panel, or comes back to the
// end of its list.
func (s *State) nextPlace(panel string, k Kind) string {
	rank := placeRank(k, s.panels.m[panel].Places+1)
	if k != PointOfOrder {
		return rank
	}
	// The chair may have moved another kind before points of order; this one is before that.
	previous := ""
	for _, id := range s.List(panel) {
		r := s.requests.m[id]
		switch {
		case r.Kind == PointOfOrder:
			previous = r.Rank
		case r.Rank < rank:
			return rankBetween(previous, r.Rank)
		default:
			return rank
		}
	}
	return rank
}

// placeBetween is the rank of a request of a kind that is moved right behind one of its panel
// and in front of another, where "" is the beginning and the end of the list, and whether it is a
// new place. It is one where such a place is there, so that who asks later comes behind.
func (s *State) placeBetween(panel string, k Kind, before, after string) (rank string, given bool) {
	place := s.panels.m[panel].Places + 1
	places := []Kind{PointOfOrder, Regular, RightOfReply}
	if k.inTurn() {
		k = Regular
	}
	for _, k := range places[slices.Index(places, k):] {
		if rank := placeRank(k, place); before < rank && (after == "" || rank < after) {
			return rank, true
		}
	}
	for _, border := range []string{borders[0], borders[2]} {
		if before < border && border < after {
			before = border
		}
	}
	return rankBetween(before, after), false
}

// rankBetween is a rank behind before and in front of after, where "" is the
// beginning and the end of the list; otherwise before sorts below after.
func rankBetween(before, after string) string {
	// The common beginning stays.
	i := 0
	for i < len(after) && digitAt(before, i) == digitAt(after, i) {
		i++
	}
	prefix := after[:i]
	low, high := digitAt(before, i), len(rankDigits)
	if i < len(after) {
		high = digitAt(after, i)
	}
	if middle := (low + high) / 2; middle > low {
		return prefix + rankDigits[middle:middle+1]
	}
	// The two digits are neighbours: keep the lower one and go on behind the rest.
	rest := ""
	if i < len(before) {
		rest = before[i+1:]
	}
	return prefix + rankDigits[low:low+1] + rankBetween(rest, "")
}

// digitAt is the value of a rank's i-th digit, 0 past its end.
func digitAt(rank string, i int) int {
	if i >= len(rank) {
		return 0
	}
	return strings.IndexByte(rankDigits, rank[i])
}
