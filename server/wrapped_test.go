package server

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
)

func TestWhatIsSharedIsCompressedOnceAndReadsBack(t *testing.T) {
	for _, text := range []string{"", "{}", strings.Repeat(`{"panel":"morning"},`, 20_000)} {
		s, err := newShared([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, before := range []string{"", `{"seq":1,"state":`, strings.Repeat("x", 65_535)} {
			packed := bytes.Join(s.gzipped([]byte(before), []byte("}")), nil)
			r, err := gzip.NewReader(bytes.NewReader(packed))
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			if err != nil || string(got) != before+text+"}" {
				t.Errorf("%d bytes between %d and one read back as %d: %v", len(text), len(before), len(got), err)
			}
			if len(text) > 1_000 && len(packed) > len(before)+len(text)/20 {
				t.Errorf("%d bytes are %d compressed", len(text), len(packed))
			}
		}
	}
}
