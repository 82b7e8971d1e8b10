//go:build linux

package bolt_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"go.etcd.io/bbolt"

	"rostrum/queue/bolt"
)

// BenchmarkAppend shows one Append beside what it cannot do without: the same bytes put into a bare
// bbolt file in one transaction, and appended to a bare file with one fdatasync.
//
//	go test -run '^$' -bench Append ./queue/bolt/
func BenchmarkAppend(b *testing.B) {
	for _, count := range []int64{1, 20, 200} {
		entries := make([][]byte, count)
		for i := range entries {
			entries[i] = fmt.Appendf(nil, "%-200s", text(int64(i)))
		}
		run := func(name string, start func(b *testing.B, dir string) func(n int64) error) {
			b.Run(fmt.Sprintf("%s/%d", name, count), func(b *testing.B) {
				act := start(b, b.TempDir())
				n := int64(1)
				b.ResetTimer()
				for b.Loop() {
					if err := act(n); err != nil {
						b.Fatal(err)
					}
					n += count
				}
				b.ReportMetric(float64(b.N)*float64(count)/b.Elapsed().Seconds(), "entries/s")
			})
		}
		run("journal", func(b *testing.B, dir string) func(int64) error {
			j := journal(b, open(b, dir), debate)
			return func(n int64) error { return j.Append(context.Background(), n, entries) }
		})
		run("bbolt", func(b *testing.B, dir string) func(int64) error { return bareBolt(b, dir, entries) })
		run("file", func(b *testing.B, dir string) func(int64) error { return bareFile(b, dir, entries) })
	}
}

func joined(entries [][]byte) []byte {
	var all []byte
	for _, e := range entries {
		all = append(all, e...)
	}
	return all
}

// bareBolt puts all entries as one value.
func bareBolt(b *testing.B, dir string, entries [][]byte) func(int64) error {
	db, err := bbolt.Open(filepath.Join(dir, "bare.db"), 0o600, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	value := joined(entries)
	return func(n int64) error {
		return db.Update(func(tx *bbolt.Tx) error {
			bucket, err := tx.CreateBucketIfNotExists([]byte("b"))
			if err != nil {
				return err
			}
			bucket.FillPercent = 1
			return bucket.Put(binary.BigEndian.AppendUint64(nil, uint64(n)), value)
		})
	}
}

func bareFile(b *testing.B, dir string, entries [][]byte) func(int64) error {
	f, err := os.OpenFile(filepath.Join(dir, "bare.log"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() })
	value := joined(entries)
	return func(int64) error {
		if _, err := f.Write(value); err != nil {
			return err
		}
		return syscall.Fdatasync(int(f.Fd()))
	}
}

// BenchmarkOpen starts with a debate of 100,000 entries: open, verify, read all.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	j := journal(b, open(b, dir), debate)
	entry := fmt.Appendf(nil, "%-200s", text(1))
	for j.Last() < 100_000 {
		entries := make([][]byte, 20)
		for i := range entries {
			entries[i] = entry
		}
		if err := j.Append(context.Background(), j.Last()+1, entries); err != nil {
			b.Fatal(err)
		}
	}
	copied := filepath.Join(b.TempDir(), "data")
	if err := os.CopyFS(copied, os.DirFS(dir)); err != nil {
		b.Fatal(err)
	}
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			s, err := bolt.Open(copied, bolt.Options{})
			if err != nil {
				b.Fatal(err)
			}
			_ = s.Close()
		}
	})
	b.Run("read", func(b *testing.B) {
		j := journal(b, open(b, copied), debate)
		for b.Loop() {
			if err := j.Read(context.Background(), 0, func(int64, []byte) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
	})
}
