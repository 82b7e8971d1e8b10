package bolt

import (
	"context"
	"testing"

	"go.etcd.io/bbolt"
)

// A commit whose last fdatasync fails can be read, but may not be on the disk. What has been read is acted
// upon, so it must be made durable first.
func TestAfterAFailedCommitReadingMakesDurableFirst(t *testing.T) {
	s, err := Open(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	j, err := s.Journal("d")
	if err != nil {
		t.Fatal(err)
	}
	commits := func() (id int) {
		_ = s.view(func(tx *bbolt.Tx) error { id = tx.ID(); return nil })
		return id
	}
	ctx := context.Background()
	if err := j.Append(ctx, 1, [][]byte{{1}, {2}}); err != nil {
		t.Fatal(err)
	}
	// As if that had failed at its end.
	before := commits()
	j.last, j.unsure, s.unsure = start(j.id), true, true
	if got := j.Last(); got != 0 {
		t.Errorf("last is %d before it is known", got)
	}
	read := 0
	if err := j.Read(ctx, 0, func(int64, []byte) error { read++; return nil }); err != nil || read != 2 {
		t.Errorf("read %d entries: %v", read, err)
	}
	if got := commits(); got != before+1 {
		t.Errorf("%d commits, want one", got-before)
	}
	if s.unsure || j.unsure || j.Last() != 2 {
		t.Errorf("it is still not settled: last is %d", j.Last())
	}
	// As if another had failed before it was written.
	j.unsure = true
	if err := j.Append(ctx, 2, [][]byte{{3}}); err == nil {
		t.Error("an entry was written twice")
	}
	if err := j.Append(ctx, 3, [][]byte{{3}}); err != nil {
		t.Error(err)
	}
	if got := commits(); got != before+2 {
		t.Errorf("%d commits, want two", got-before)
	}
}
