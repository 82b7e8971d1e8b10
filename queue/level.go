package queue

import "slices"

// Level is the rank of who is going to speak, where protocol gives precedence: in the
// general debate of the General Assembly Heads of State speak before Heads of Government,
// and these before ministers. Everybody else has none.
type Level string

// The levels, the highest first.
const (
	HeadOfState      Level = "head_of_state"
	HeadOfGovernment Level = "head_of_government"
	Minister         Level = "minister"
)

var levels = []Level{HeadOfState, HeadOfGovernment, Minister}

// precedence is the place of a level before others: the lower comes first.
func (l Level) precedence() int64 {
	if i := slices.Index(levels, l); i >= 0 {
		return int64(i)
	}
	return int64(len(levels))
}

func levelField(l Level) *Error {
	if l != "" && !slices.Contains(levels, l) {
		return malformed("level", "The level is head_of_state, head_of_government or minister.")
	}
	return nil
}
