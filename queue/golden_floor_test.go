package queue_test

import "rostrum/queue"

// journalFloor are the commands of the golden journal of rulings, messages, limits by
// rule and rights of reply.
var journalFloor = func() []sent {
	p := thematicDebate()
	p.Debate.Timezone = "America/New_York"
	p.Debate.Groups = []queue.Group{{ID: "g77", Names: map[string]string{"en": "Group of 77 and China"}}}
	p.Debate.Limits = []queue.LimitRule{{Category: "member_state", First: 2 * minute, Later: minute}}
	p.Debate.RightOfReply = queue.Replies{First: minute, Second: 30 * second, AtMost: 1}
	p.Debate.WiFi = &queue.WiFi{Name: "Conference", Password: "pass word", Security: "wpa"}
	p.Panels[1].ResponseLimit = queue.Limit{Set: true, None: true}
	return []sent{
		{by: server, c: &queue.Load{Programme: p}},
		{by: chair, key: "k1", c: &queue.SwitchPanel{Panel: "morning"}},
		{by: chair, key: "k2", c: &queue.SetPanel{Panel: "morning", Status: queue.Open, List: queue.Open}},
		{by: badge("bra"), c: &queue.Ask{ID: "r1", Kind: queue.RightOfReply}},
		{by: badge("ken"), c: &queue.Ask{ID: "r2", BehalfOf: "g77"}},
		{by: badge("fra"), c: &queue.Ask{ID: "r3", Kind: queue.PointOfOrder}},
		{by: chair, c: &queue.Recognise{ID: "i1", Request: "r2"}},
		{by: chair, c: &queue.Recognise{ID: "i2", Request: "r3"}},
		{by: chair, key: "k3", c: &queue.EndFloor{Floor: "i2", Ruling: queue.Overruled}},
		{by: chair, c: &queue.Undo{ID: "u1", Of: "k3"}},
		{by: chair, key: "k4", c: &queue.EndFloor{Floor: "i2", Ruling: queue.Sustained}},
		{by: chair, key: "k5", c: &queue.SetTime{Floor: "i1", Back: to(5 * second), Timer: "start"}},
		{by: chair, key: "k6", c: &queue.SetPanel{Panel: "morning", Limit: queue.Limit{Set: true, MS: minute}, Announce: true}},
		{by: chair, key: "k7", c: &queue.Tell{Text: "Please be brief."}},
		{by: chair, c: &queue.Undo{ID: "u2", Of: "k7"}},
		{by: chair, c: &queue.Recognise{ID: "i3", Participant: "iom", Kind: queue.Response}},
		{by: chair, c: &queue.Recognise{ID: "i4", Request: "r1"}},
		{by: chair, key: "k8", c: new(queue.Untell)},
		{by: chair, key: "k9", c: &queue.EndFloor{Floor: "i4"}},
		{by: chair, key: "k10", c: &queue.SetPanel{Panel: "morning", Limit: queue.Limit{Set: true, MS: 2 * minute}, Announce: true}},
		{by: chair, key: "k11", c: &queue.SwitchPanel{Panel: "afternoon"}},
	}
}()
