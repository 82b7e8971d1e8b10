package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// A record is what one Append writes, the value under one key of a journal's bucket:
//
//	version  1 byte    recordVersion
//	count    uvarint   at least 1
//	count times:
//	  length uvarint
//	  sum    4 bytes   little-endian, see sumEntry
//	  entry
const recordVersion = 1

var (
	errChecksum = errors.New("checksum mismatch")
	errRecord   = errors.New("the record is malformed")
)

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

func sum(b []byte) uint32 { return crc32.Checksum(b, castagnoli()) }

// sumEntry is the checksum of the n-th entry, given that of the entry before. That of
// entry 0, which does not exist, is the checksum of the journal's id.
func sumEntry(before uint32, n int64, entry []byte) uint32 {
	var num [8]byte
	binary.BigEndian.PutUint64(num[:], uint64(n))
	return crc32.Update(crc32.Update(before, castagnoli(), num[:]), castagnoli(), entry)
}

// appendRecord appends to dst the record of entries that begin at number first,
// and returns it with the checksum of the last.
func appendRecord(dst []byte, before uint32, first int64, entries [][]byte) ([]byte, uint32) {
	dst = append(dst, recordVersion)
	dst = binary.AppendUvarint(dst, uint64(len(entries)))
	for i, e := range entries {
		before = sumEntry(before, first+int64(i), e)
		dst = binary.AppendUvarint(dst, uint64(len(e)))
		dst = binary.LittleEndian.AppendUint32(dst, before)
		dst = append(dst, e...)
	}
	return dst, before
}

// link is an entry of a journal's chain.
type link struct {
	n   int64
	sum uint32
}

// splitRecord calls f for each entry of a record as it stands, its checksum unchecked.
func splitRecord(value []byte, f func(sum uint32, entry []byte) error) error {
	if len(value) < 2 {
		return errRecord
	}
	if value[0] != recordVersion {
		return fmt.Errorf("%w: version %d is unknown: %w", errRecord, value[0], ErrNewer)
	}
	count, k := binary.Uvarint(value[1:])
	if k <= 0 || count == 0 {
		return errRecord
	}
	rest := value[1+k:]
	for range count {
		size, k := binary.Uvarint(rest)
		if k <= 0 || len(rest)-k < 4 || size > uint64(len(rest)-k-4) {
			return errRecord
		}
		s := binary.LittleEndian.Uint32(rest[k:])
		rest = rest[k+4:]
		if err := f(s, rest[:size:size]); err != nil {
			return err
		}
		rest = rest[size:]
	}
	if len(rest) > 0 {
		return errRecord
	}
	return nil
}

// readRecord calls f for each entry of the record that follows before, verified, and returns
// the last. f may be nil.
func readRecord(value []byte, before link, f func(n int64, entry []byte) error) (link, error) {
	err := splitRecord(value, func(s uint32, entry []byte) error {
		n := before.n + 1
		if sumEntry(before.sum, n, entry) != s {
			return fmt.Errorf("entry %d: %w", n, errChecksum)
		}
		before = link{n, s}
		if f == nil {
			return nil
		}
		return f(n, entry)
	})
	return before, err
}

// lastOf gives the last entry of a record that begins with the number first, unverified.
func lastOf(value []byte, first int64) (link, error) {
	l := link{n: first - 1}
	err := splitRecord(value, func(s uint32, _ []byte) error {
		l = link{l.n + 1, s}
		return nil
	})
	return l, err
}

func recordKey(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

func recordNumber(key []byte) (int64, bool) {
	if len(key) != 8 {
		return 0, false
	}
	n := int64(binary.BigEndian.Uint64(key))
	return n, n > 0
}

// seal adds to a value of the bucket "about" a checksum over its key and itself.
func seal(key string, value []byte) []byte {
	s := crc32.Update(sum([]byte(key)), castagnoli(), value)
	return binary.LittleEndian.AppendUint32(append([]byte(nil), value...), s)
}

// unseal gives a copy of what was sealed.
func unseal(key string, sealed []byte) ([]byte, error) {
	n := len(sealed) - 4
	if n < 0 {
		return nil, errRecord
	}
	if crc32.Update(sum([]byte(key)), castagnoli(), sealed[:n]) != binary.LittleEndian.Uint32(sealed[n:]) {
		return nil, errChecksum
	}
	return append([]byte(nil), sealed[:n]...), nil
}
