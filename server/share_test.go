package server

import (
	"testing"

	"pgregory.net/rapid"
)

// The heaps find what a plain count finds, whatever comes and goes.
func TestTheFullestShareIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s share[int]
		type owned struct {
			held held[int]
			path []string
		}
		var all []*owned
		counts := map[string]int{}
		for n := range rapid.IntRange(1, 200).Draw(t, "steps") {
			if len(all) > 0 && rapid.IntRange(0, 2).Draw(t, "act") == 0 {
				i := rapid.IntRange(0, len(all)-1).Draw(t, "which")
				all[i].held.remove()
				all[i].held.remove() // once is enough
				counts[all[i].path[0]]--
				all = append(all[:i], all[i+1:]...)
			} else {
				path := []string{rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "who"), rapid.SampledFrom([]string{"x", "y"}).Draw(t, "where")}
				all = append(all, &owned{s.add(n, path...), path})
				counts[path[0]]++
			}
			most := 0
			for _, n := range counts {
				most = max(most, n)
			}
			if s.size() != len(all) || len(s.order) > 0 && s.order[0].count != most || len(s.order) == 0 && most > 0 {
				t.Fatalf("of %d, the fullest has another number than %d", s.size(), most)
			}
			for who, n := range counts {
				if s.of(who).size() != n {
					t.Fatalf("%s has %d, want %d", who, s.of(who).size(), n)
				}
			}
		}
		for _, o := range all {
			o.held.remove()
		}
		if s.size() != 0 || len(s.within) != 0 || len(s.order) != 0 {
			t.Errorf("%d stay", s.size())
		}
	})
}
