package bolt

import (
	"bytes"
	"errors"
	"fmt"
)

// walk goes through one tree.
type walk struct {
	*image
	visit func(element) error
	last  []byte // the key before
}

// node visits the page, whose keys are at least from and, unless it is nil, below to.
func (w *walk) node(id uint64, depth int, from, to []byte) error {
	p, err := w.page(id, depth)
	if err != nil {
		return err
	}
	at := int64(id) * int64(w.pageSize)
	switch flags := order.Uint16(p[8:]); flags {
	case leafPage:
		return w.leaf(p, id, at, from, to)
	case branchPage:
	default:
		return &damage{fmt.Sprintf("page %d, byte %d", id, at), fmt.Errorf("the page is of another kind (%#x)", flags)}
	}
	count := int(order.Uint16(p[10:]))
	if count == 0 {
		return &damage{fmt.Sprintf("page %d, byte %d", id, at), errors.New("the branch is empty")}
	}
	key, err := w.branchKey(p, at, 0, count)
	if err != nil {
		return err
	}
	for i := range count {
		next := to
		if i+1 < count {
			if next, err = w.branchKey(p, at, i+1, count); err != nil {
				return err
			}
		}
		if bytes.Compare(key, from) < 0 || next != nil && bytes.Compare(key, next) >= 0 {
			return &damage{fmt.Sprintf("page %d, byte %d", id, at), errors.New("the keys are not in order")}
		}
		child := order.Uint64(p[pageHeader+i*elemSize+8:])
		if err := w.node(child, depth+1, key, next); err != nil {
			return err
		}
		key = next
	}
	return nil
}

func (w *walk) branchKey(p []byte, at int64, i, count int) ([]byte, error) {
	head := pageHeader + i*elemSize
	if head+elemSize <= len(p) {
		start := uint64(head) + uint64(order.Uint32(p[head:]))
		end := start + uint64(order.Uint32(p[head+4:]))
		if start >= uint64(pageHeader+count*elemSize) && end > start && end <= uint64(len(p)) {
			return p[start:end:end], nil
		}
	}
	return nil, &damage{fmt.Sprintf("byte %d", at+int64(head)), errors.New("the branch points outside of its page")}
}

// leaf visits the elements of a leaf that lies at a byte of the file.
func (w *walk) leaf(p []byte, page uint64, at int64, from, to []byte) error {
	count := int(order.Uint16(p[10:]))
	bad := func(head int, text string) error {
		return &damage{fmt.Sprintf("page %d, byte %d", page, at+int64(head)), errors.New(text)}
	}
	if flags := order.Uint16(p[8:]); flags != leafPage {
		return bad(0, fmt.Sprintf("the page is of another kind (%#x)", flags))
	}
	for i := range count {
		e, head, ok := leafElement(p, i, count)
		if !ok {
			return bad(head, "an element points outside of its page")
		}
		if w.last != nil && bytes.Compare(e.key, w.last) <= 0 || bytes.Compare(e.key, from) < 0 || to != nil && bytes.Compare(e.key, to) >= 0 {
			return bad(head, "the keys are not in order")
		}
		w.last = append(w.last[:0], e.key...)
		e.page, e.at = page, at+e.at
		if err := w.visit(e); err != nil {
			return err
		}
	}
	return nil
}

// leafElement gives the i-th of count elements of a leaf; at is its key's place in p.
func leafElement(p []byte, i, count int) (e element, head int, ok bool) {
	head = pageHeader + i*elemSize
	if head+elemSize > len(p) {
		return e, head, false
	}
	flags := order.Uint32(p[head:])
	start := uint64(head) + uint64(order.Uint32(p[head+4:]))
	mid := start + uint64(order.Uint32(p[head+8:]))
	end := mid + uint64(order.Uint32(p[head+12:]))
	if flags > 1 || start < uint64(pageHeader+count*elemSize) || mid == start || end > uint64(len(p)) {
		return e, head, false
	}
	e = element{key: p[start:mid:mid], value: p[mid:end:end], bucket: flags == 1, at: int64(start)}
	return e, head, !e.bucket || len(e.value) >= bucketSize
}
