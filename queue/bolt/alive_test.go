package bolt_test

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"

	"rostrum/queue/bolt"
)

// lastAlive is what a server that starts finds in the data directory.
func lastAlive(t *testing.T, store *bolt.Store) int64 {
	t.Helper()
	a, err := store.Alive()
	if err != nil {
		t.Fatal(err)
	}
	return a.Last().At
}

func TestTheServerIsKnownToHaveBeenThere(t *testing.T) {
	dir := t.TempDir()
	store, err := bolt.Open(dir, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	a, err := store.Alive()
	if err != nil {
		t.Fatal(err)
	}
	if a.Last() != (bolt.There{}) {
		t.Errorf("before it was ever said, the last that was said is %+v", a.Last())
	}
	if _, err := os.Stat(filepath.Join(dir, "alive")); err == nil {
		t.Error("there is a file though nothing was said")
	}
	for now := int64(1_000); now <= 5_000; now += 1_000 {
		said := bolt.There{At: now, Wall: now + 1, Awake: now + 2, Boot: now + 3, Start: "b8c5d1f0-6f5e-4a39-9d0f-9a3b2f1e7c11"}
		if err := a.Say(said); err != nil {
			t.Fatal(err)
		}
		again, err := store.Alive()
		if err != nil {
			t.Fatal(err)
		}
		if again.Last() != said || a.Last() != said {
			t.Errorf("said %+v, found %+v", said, again.Last())
		}
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := store.Alive()
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Say(bolt.There{At: 6_000}); err != nil {
		t.Fatal(err)
	}
	defer again.Close()

	// Whatever is torn, damaged or cut off: the one before is found, or none.
	text, err := os.ReadFile(filepath.Join(dir, "alive"))
	if err != nil {
		t.Fatal(err)
	}
	damaged := func(want int64, damage func([]byte) []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "alive"), damage(append([]byte{}, text...)), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := lastAlive(t, store); got != want {
			t.Errorf("found %d, want %d", got, want)
		}
	}
	const second = 4096 // the second place, in which 6,000 was said
	for i := range 20 {
		damaged(5_000, func(b []byte) []byte { b[second+i] ^= 1; return b })
		damaged(6_000, func(b []byte) []byte { b[i] ^= 1; return b })
		damaged(0, func(b []byte) []byte { b[i] ^= 1; b[second+i] ^= 1; return b })
	}
	for _, size := range []int{0, 1, 9, 19} {
		damaged(0, func(b []byte) []byte { return b[:size] })
	}
	damaged(5_000, func(b []byte) []byte { return b[:second+10] })
}

func TestWhatAnEarlierVersionSaidIsFound(t *testing.T) {
	dir := t.TempDir()
	store, err := bolt.Open(dir, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	said := binary.BigEndian.AppendUint64([]byte("rostrum1"), 5_000)
	said = binary.BigEndian.AppendUint32(said, crc32.ChecksumIEEE(said))
	if err := os.WriteFile(filepath.Join(dir, "alive"), said, 0o600); err != nil {
		t.Fatal(err)
	}
	a, err := store.Alive()
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if a.Last() != (bolt.There{At: 5_000}) {
		t.Errorf("found %+v, want the instant 5000", a.Last())
	}
	if err := a.Say(bolt.There{At: 6_000}); err != nil {
		t.Fatal(err)
	}
	if got := lastAlive(t, store); got != 6_000 {
		t.Errorf("found %d after 6000 was said", got)
	}
}
