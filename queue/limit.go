package queue

import "encoding/json"

// Limit is a time limit in a command, which may leave it as it is, take it
// away or set it. The zero value leaves it as it is.
type Limit struct {
	Set  bool
	None bool  // no limit; MS is then 0
	MS   int64 // milliseconds
}

// UnmarshalJSON reads a number of milliseconds, or null for no limit.
func (l *Limit) UnmarshalJSON(data []byte) error {
	*l = Limit{Set: true}
	if string(data) == "null" {
		l.None = true
		return nil
	}
	return json.Unmarshal(data, &l.MS)
}

// MarshalJSON writes what UnmarshalJSON reads.
func (l Limit) MarshalJSON() ([]byte, error) {
	if l.None {
		return []byte("null"), nil
	}
	return json.Marshal(l.MS)
}
