package server_test

import (
	"bytes"
	"testing"

	"rostrum/queue"
	"rostrum/server"
)

// FuzzReadBadge changes the short tokens of badges: one that the server did not make for the debate grants
// nothing, and one that it made grants what it was made for.
func FuzzReadBadge(f *testing.F) {
	keys, err := server.NewKeys(bytes.Repeat([]byte("k"), 32))
	if err != nil {
		f.Fatal(err)
	}
	for _, participant := range []string{"ken", "a.b_c-d"} {
		for _, generation := range []int64{0, 1, 1 << 40} {
			f.Add(keys.Badge(trafficking, participant, generation), participant, generation)
			f.Add(keys.Badge(climate, participant, generation), participant, generation)
		}
	}
	f.Add("~ken~~", "ken", int64(0))
	f.Add("~~~", "", int64(-1))
	f.Add("~ken~00~x", "~", int64(36))
	f.Fuzz(func(t *testing.T, token, participant string, generation int64) {
		got, err := keys.ReadFor(trafficking, token, 1)
		if err == nil && (got.Role != queue.Delegate || token != keys.Badge(trafficking, got.Participant, got.Generation)) {
			t.Errorf("%q grants %+v", token, got)
		}
		if !queue.ValidID(participant) {
			return
		}
		want := server.Grant{Debate: trafficking, Role: queue.Delegate, Participant: participant, Generation: generation}
		made := keys.Badge(trafficking, participant, generation)
		if got, err := keys.ReadFor(trafficking, made, 1); err != nil || got != want {
			t.Errorf("%q grants %+v, %v; want %+v", made, got, err, want)
		}
	})
}
