package queue

import "maps"

// table is a map that is copied before the first write after it was shared, so
// that a published state never changes. Its values are plain values.
type table[V any] struct {
	m     map[string]V
	owned bool
}

func (t *table[V]) get(id string) (V, bool) {
	v, ok := t.m[id]
	return v, ok
}

func (t *table[V]) set(id string, v V) {
	t.own()
	t.m[id] = v
}

func (t *table[V]) remove(id string) {
	t.own()
	delete(t.m, id)
}

func (t *table[V]) own() {
	if t.owned {
		return
	}
	if t.m == nil {
		t.m = make(map[string]V)
	} else {
		t.m = maps.Clone(t.m)
	}
	t.owned = true
}

// share gives up the right to write the map in place.
func (t *table[V]) share() { t.owned = false }
