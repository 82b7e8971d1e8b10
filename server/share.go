package server

import (
	"container/heap"
	"container/list"
)

// share is what somebody holds of what there is only so much of: connections, or streams. Shares
// hold narrower shares, such as an address those of its sessions, and the narrowest hold the things
// themselves. At each level the fullest share is found at once. The zero value holds nothing.
type share[T any] struct {
	name  string
	above *share[T] // nil at the top
	at    int       // in above.order
	count int       // of the things in it

	within map[string]*share[T]
	order  fullest[T] // those within, the fullest first
	things list.List  // in their order, the oldest first; at the narrowest level alone
}

// held is the place of a thing in a share. The zero value is of a thing that is in none.
type held[T any] struct {
	in      *share[T]
	element *list.Element
}

// add puts a thing behind the others in the share that the path leads to.
func (s *share[T]) add(thing T, path ...string) held[T] {
	for _, name := range path {
		next, ok := s.within[name]
		if !ok {
			if s.within == nil {
				s.within = make(map[string]*share[T])
			}
			next = &share[T]{name: name, above: s}
			s.within[name] = next
			heap.Push(&s.order, next)
		}
		s = next
	}
	h := held[T]{s, s.things.PushBack(thing)}
	s.counted(1)
	return h
}

// remove takes a thing out of its share, if it is in one.
func (h *held[T]) remove() {
	if h.in == nil {
		return
	}
	h.in.things.Remove(h.element)
	h.in.counted(-1)
	*h = held[T]{}
}

// counted counts in a share and in those that it is in. Empty ones are forgotten.
func (s *share[T]) counted(by int) {
	for ; s != nil; s = s.above {
		s.count += by
		switch {
		case s.above == nil:
		case s.count == 0:
			delete(s.above.within, s.name)
			heap.Remove(&s.above.order, s.at)
		default:
			heap.Fix(&s.above.order, s.at)
		}
	}
}

// of is the share that a path leads to, nil where nothing is held there.
func (s *share[T]) of(path ...string) *share[T] {
	for _, name := range path {
		if s == nil {
			return nil
		}
		s = s.within[name]
	}
	return s
}

// size is how many things are in a share; none are in nil.
func (s *share[T]) size() int {
	if s == nil {
		return 0
	}
	return s.count
}

// narrowest goes to the fullest share at each level, down to the last. Something must be held.
func (s *share[T]) narrowest() *share[T] {
	for len(s.order) > 0 {
		s = s.order[0]
	}
	return s
}

// newest and oldest are the last and the first thing of the fullest share, if there is any.
func (s *share[T]) newest() (thing T, ok bool) { return valueOf[T](s.narrowest().things.Back()) }
func (s *share[T]) oldest() (thing T, ok bool) { return valueOf[T](s.narrowest().things.Front()) }

func valueOf[T any](e *list.Element) (thing T, ok bool) {
	if e == nil {
		return thing, false
	}
	return e.Value.(T), true
}

// fuller is the newest thing of somebody who holds more than the one that a path leads to would hold with one
// thing more. It looks at each level in turn: so whoever takes most gives first.
func (s *share[T]) fuller(path ...string) (thing T, ok bool) {
	for _, name := range path {
		if len(s.order) == 0 {
			break
		}
		own, most := s.within[name], s.order[0]
		if most != own && most.count > own.size()+1 {
			return most.newest()
		}
		if own == nil {
			break
		}
		s = own
	}
	return thing, false
}

// fullest is a heap of shares.
type fullest[T any] []*share[T]

func (f fullest[T]) Len() int           { return len(f) }
func (f fullest[T]) Less(i, j int) bool { return f[i].count > f[j].count }
func (f fullest[T]) Swap(i, j int) {
	f[i], f[j] = f[j], f[i]
	f[i].at, f[j].at = i, j
}

func (f *fullest[T]) Push(x any) {
	s := x.(*share[T])
	s.at = len(*f)
	*f = append(*f, s)
}

func (f *fullest[T]) Pop() any {
	last := len(*f) - 1
	s := (*f)[last]
	(*f)[last] = nil
	*f = (*f)[:last]
	return s
}
