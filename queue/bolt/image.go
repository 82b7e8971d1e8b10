package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// The parts of bbolt's file format (version 2) that image reads. Numbers are in the
// machine's byte order.
const (
	boltMagic   = 0xED0CDAED
	boltVersion = 2

	pageHeader = 16 // id 8, flags 2, count 2, overflow 4
	metaSize   = 64
	elemSize   = 16 // leaf: flags 4, pos 4, key size 4, value size 4; branch: pos 4, key size 4, page 8
	bucketSize = 16 // root 8, sequence 8

	branchPage   = 0x01
	leafPage     = 0x02
	freelistPage = 0x10

	noFreelist = 1<<64 - 1
	maxDepth   = 64
)

var order = binary.NativeEndian

// damage says where a file does not hold together.
type damage struct {
	where string
	err   error
}

func (d *damage) Error() string { return d.where + ": " + d.err.Error() }
func (d *damage) Unwrap() error { return d.err }

// image reads the pages of a bbolt file and believes nothing: it fails with a *damage where bbolt
// would panic or fault, and where bbolt would go on without noticing.
type image struct {
	r        io.ReaderAt
	size     int64
	pageSize int
	root     uint64
	freelist uint64
	high     uint64   // pages are 0 to high-1
	owned    []bool   // which of them have been found
	bufs     [][]byte // one for each depth of a tree
	metaErr  *damage  // one of the two meta pages is not valid
}

// element is an element of a leaf: a value or, nested, a bucket.
type element struct {
	key, value []byte
	bucket     bool
	page       uint64
	at         int64 // its key's place in the file
}

// openImage reads the two meta pages.
func openImage(r io.ReaderAt, size int64) (*image, error) {
	im := &image{r: r, size: size}
	im.pageSize = im.findPageSize()
	var txid [2]uint64
	var bad [2]error
	for i := range 2 {
		m, err := im.meta(int64(i) * int64(im.pageSize))
		if err != nil {
			bad[i] = err
			continue
		}
		if txid[i] = order.Uint64(m[48:]); im.high == 0 || txid[i] > txid[0] {
			im.root, im.freelist, im.high = order.Uint64(m[16:]), order.Uint64(m[32:]), order.Uint64(m[40:])
		}
	}
	for i, err := range bad {
		if err != nil {
			im.metaErr = &damage{fmt.Sprintf("meta page %d, byte %d", i, i*im.pageSize), err}
		}
	}
	if bad[0] != nil && bad[1] != nil {
		return nil, im.metaErr
	}
	if im.metaErr == nil && txid[0] == txid[1] {
		im.metaErr = &damage{"meta pages 0 and 1", errors.New("both are of the same commit: the newest may be lost")}
	}
	if im.high > uint64(size)/uint64(im.pageSize) {
		return nil, &damage{fmt.Sprintf("byte %d", size), fmt.Errorf("the file ends after %d bytes, but had at least %d", size, im.high*uint64(im.pageSize))}
	}
	im.owned = make([]bool, im.high)
	im.owned[0], im.owned[1] = true, true
	return im, nil
}

// findPageSize takes it from the first meta page or, as bbolt does, wherever the second
// one may be.
func (im *image) findPageSize() int {
	for _, at := range append([]int64{0}, pageSizes()...) {
		if m, err := im.meta(at); err == nil {
			if size := int64(order.Uint32(m[8:])); at == 0 || at == size {
				return int(size)
			}
		}
	}
	return os.Getpagesize()
}

func pageSizes() []int64 {
	var sizes []int64
	for i := range 15 {
		sizes = append(sizes, 1024<<i)
	}
	return sizes
}

// meta reads the meta of the page at a byte of the file.
func (im *image) meta(at int64) ([]byte, error) {
	m := make([]byte, metaSize)
	if _, err := im.r.ReadAt(m, at+pageHeader); err != nil {
		if errors.Is(err, io.EOF) {
			err = fmt.Errorf("the file ends after %d bytes", im.size)
		}
		return nil, err
	}
	h := fnv.New64a()
	_, _ = h.Write(m[:56])
	size := order.Uint32(m[8:])
	switch {
	case order.Uint32(m) != boltMagic:
		return nil, errors.New("not a rostrum journal (no bbolt meta page)")
	case order.Uint32(m[4:]) != boltVersion:
		return nil, fmt.Errorf("version %d of the bbolt format is unknown", order.Uint32(m[4:]))
	case order.Uint64(m[56:]) != h.Sum64():
		return nil, fmt.Errorf("meta page: %w: the newest commit may be lost", errChecksum)
	case size < 1024 || size > 1024<<14 || size&(size-1) != 0:
		return nil, fmt.Errorf("a page size of %d is impossible", size)
	case order.Uint64(m[40:]) < 4:
		return nil, errors.New("the meta page counts too few pages")
	}
	return m, nil
}

// page reads the page with its overflow, and notes that it has been found.
func (im *image) page(id uint64, depth int) ([]byte, error) {
	at := int64(id) * int64(im.pageSize)
	bad := func(format string, args ...any) error {
		return &damage{fmt.Sprintf("page %d, byte %d", id, at), fmt.Errorf(format, args...)}
	}
	if id < 2 || id >= im.high {
		return nil, &damage{fmt.Sprintf("page %d", id), fmt.Errorf("a reference to this page, but there are %d", im.high)}
	}
	if depth >= maxDepth {
		return nil, bad("the tree is too deep")
	}
	for len(im.bufs) <= depth {
		im.bufs = append(im.bufs, make([]byte, im.pageSize))
	}
	p := im.bufs[depth][:im.pageSize]
	if _, err := im.r.ReadAt(p, at); err != nil {
		return nil, bad("%w", err)
	}
	if got := order.Uint64(p); got != id {
		return nil, bad("the page says that it is page %d", got)
	}
	overflow := uint64(order.Uint32(p[12:]))
	if overflow >= im.high-id {
		return nil, bad("the page goes on for %d pages, but there are %d", overflow, im.high)
	}
	for i := id; i <= id+overflow; i++ {
		if im.owned[i] {
			return nil, bad("page %d is in two places", i)
		}
		im.owned[i] = true
	}
	if overflow > 0 {
		whole := make([]byte, (overflow+1)*uint64(im.pageSize))
		if _, err := im.r.ReadAt(whole, at); err != nil {
			return nil, bad("%w", err)
		}
		im.bufs[depth], p = whole, whole
	}
	return p, nil
}

// tree calls visit for each element of a bucket, in order of their keys. The element is valid
// until visit returns. It stops at the first error.
func (im *image) tree(bucket element, depth int, visit func(element) error) error {
	root := order.Uint64(bucket.value)
	w := walk{image: im, visit: visit}
	if root != 0 {
		return w.node(root, depth, nil, nil)
	}
	p := bucket.value[bucketSize:]
	at := bucket.at + int64(len(bucket.key)) + bucketSize
	if len(p) < pageHeader {
		return &damage{fmt.Sprintf("page %d, byte %d", bucket.page, at), errors.New("an inline bucket is cut short")}
	}
	return w.leaf(p, bucket.page, at, nil, nil)
}

// sequence is the number that is kept with a bucket.
func sequence(bucket element) int64 { return int64(order.Uint64(bucket.value[8:])) }

// rootBucket is the bucket that holds all others.
func (im *image) rootBucket() element {
	return element{bucket: true, value: order.AppendUint64(order.AppendUint64(nil, im.root), 0)}
}

// free reads the free list, after all trees, and checks that every page has been found, but
// where a tree is broken: then those that are not found may be its own.
func (im *image) free(depth int, broken bool) error {
	if im.freelist == noFreelist {
		return &damage{"meta page", errors.New("there is no free list")}
	}
	p, err := im.page(im.freelist, depth)
	if err != nil {
		return err
	}
	bad := func(format string, args ...any) error {
		return &damage{fmt.Sprintf("page %d, byte %d (free list)", im.freelist, int64(im.freelist)*int64(im.pageSize)), fmt.Errorf(format, args...)}
	}
	if flags := order.Uint16(p[8:]); flags != freelistPage {
		return bad("the page is of another kind (%#x)", flags)
	}
	count, ids := uint64(order.Uint16(p[10:])), p[pageHeader:]
	if count == 0xFFFF {
		count, ids = order.Uint64(ids), ids[8:]
	}
	if count > uint64(len(ids)/8) {
		return bad("%d pages cannot be in it", count)
	}
	for i := range count {
		id := order.Uint64(ids[i*8:])
		if id < 2 || id >= im.high || im.owned[id] {
			return bad("page %d is free and in use", id)
		}
		im.owned[id] = true
	}
	for id, found := range im.owned {
		if !found && !broken {
			return &damage{fmt.Sprintf("page %d, byte %d", id, int64(id)*int64(im.pageSize)), errors.New("the page is neither in use nor free: what led to it is lost")}
		}
	}
	return nil
}
