package queue

import "cmp"

// Replies says how rights of reply are limited, for each participant and panel.
// Delegations "should exercise their right of reply at the end of the day", at most twice on an item,
// the first time ten minutes and the second five (General Assembly decision 34/401, paragraphs
// 8 to 10). A debate of three minutes an intervention has shorter ones.
type Replies struct {
	First  int64 `json:"first_ms"`  // milliseconds
	Second int64 `json:"second_ms"` // milliseconds, also of those beyond the second
	AtMost int   `json:"at_most"`
}

// The limits of rights of reply where the debate's file sets none.
const (
	defaultFirstReply  = 3 * 60_000 // milliseconds
	defaultSecondReply = 2 * 60_000 // milliseconds
	defaultReplies     = 2
)

// Replies are the limits of the debate's rights of reply.
func (d Debate) Replies() Replies {
	r := d.RightOfReply
	first := cmp.Or(r.First, defaultFirstReply)
	return Replies{
		First:  first,
		Second: cmp.Or(r.Second, min(first, defaultSecondReply)),
		AtMost: cmp.Or(r.AtMost, defaultReplies),
	}
}
