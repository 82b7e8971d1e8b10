package queue

import "strings"

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

// zone tells the places before everything, those behind everything, and those between
// apart.
func zone(rank string) byte {
	if rank[0] == '0' || rank[0] == 'z' {
		return rank[0]
	}
	return '1'
}

// isReplyRank says whether a place is one of those behind everything.
func isReplyRank(rank string) bool { return strings.HasPrefix(rank, "z") }

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
