package server

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// shared is a text that many answers hold, each with a few bytes of its own around it. It is compressed once, not for each answer.
type shared struct {
	plain []byte
	// deflated is the text in blocks of DEFLATE (RFC 1951) that end on a byte, none of them the last.
	deflated []byte
}

func newShared(plain []byte) (shared, error) {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.DefaultCompression)
	if err == nil {
		_, err = w.Write(plain)
	}
	if err == nil {
		err = w.Flush()
	}
	if err != nil {
		return shared{}, fmt.Errorf("compressing what is shared: %w", err)
	}
	return shared{plain, out.Bytes()}, nil
}

// stored is a block of DEFLATE that holds up to 65,535 bytes as they are.
func stored(text []byte, last bool) []byte {
	block := make([]byte, 5, 5+len(text))
	if last {
		block[0] = 1
	}
	binary.LittleEndian.PutUint16(block[1:], uint16(len(text)))
	binary.LittleEndian.PutUint16(block[3:], ^uint16(len(text)))
	return append(block, text...)
}

// gzipped is the text between two short ones as a file of gzip (RFC 1952), in parts to be written one after the
// other.
func (s shared) gzipped(before, after []byte) [][]byte {
	head := append([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff}, stored(before, false)...)
	sum := crc32.ChecksumIEEE(before)
	sum = crc32.Update(sum, crc32.IEEETable, s.plain)
	sum = crc32.Update(sum, crc32.IEEETable, after)
	tail := stored(after, true)
	tail = binary.LittleEndian.AppendUint32(tail, sum)
	tail = binary.LittleEndian.AppendUint32(tail, uint32(len(before)+len(s.plain)+len(after)))
	return [][]byte{head, s.deflated, tail}
}
