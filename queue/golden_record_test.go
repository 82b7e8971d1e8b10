package queue_test

import "rostrum/queue"

// journalRecord are the commands of the golden journal of tags, quotes and corrections.
var journalRecord = []sent{
	{by: server, c: &queue.Load{Programme: thematicDebate()}},
	{by: chair, key: "k1", c: &queue.SwitchPanel{Panel: "morning"}},
	{by: chair, key: "k2", c: &queue.SetPanel{Panel: "morning", Status: queue.Open, List: queue.Open}},
	{by: badge("ken"), c: &queue.Ask{ID: "r1", Speaker: "H.E. Ms. Otieno"}},
	{by: chair, c: &queue.Recognise{ID: "i1", Request: "r1"}},
	{by: rapporteur, key: "k3", c: &queue.WriteNote{Intervention: "i1", Text: new("Protect first."), Tags: &[]string{"victims", "protection"}, Quote: new(true)}},
	{by: chair, key: "k4", c: &queue.EndFloor{Floor: "i1"}},
	{by: rapporteur, key: "k5", c: &queue.WriteNote{Intervention: "i1", Text: new("Protect them first."), Base: 1}},
	{by: rapporteur, key: "k6", c: &queue.WriteNote{Intervention: "i1", Text: new("Protect them first."), Tags: &[]string{}, Base: 2}},
	{by: chair, c: &queue.Recognise{ID: "i2", Participant: "bra"}},
	{by: chair, key: "k7", c: &queue.EndFloor{Floor: "i2"}},
	{by: rapporteur, key: "k8", c: &queue.Correct{Intervention: "i2", Participant: new("fra"), Used: new(5 * second), Reason: "another delegation spoke"}},
	{by: chair, key: "k9", c: &queue.Correct{
		Intervention: "i1", Kind: new(queue.Response), BehalfOf: new("G77"), Speaker: new(""), Language: new("fr"),
		Started: new(tenOClock + 45*second), Ended: new(tenOClock + 55*second), Used: new(10 * second),
	}},
}

// journalStatements are the commands of the golden journal of written statements.
var journalStatements = []sent{
	{by: server, c: &queue.Load{Programme: thematicDebate()}},
	{by: phone("ken", "a"), c: &queue.AddStatement{ID: "s1", Panel: "morning", Name: "Kenya.pdf", Type: queue.PDF, Bytes: 1234, SHA256: "00ff"}},
	{by: chair, c: &queue.AddStatement{ID: "s2", Participant: "bra", Name: "Brazil.txt", Type: queue.PlainText, Bytes: 12, SHA256: "aa"}},
	{by: chair, key: "k1", c: &queue.RemoveStatement{Statement: "s1"}},
	{by: chair, c: &queue.Undo{ID: "u1", Of: "k1"}},
	{by: phone("ken", "a"), key: "k2", c: &queue.RemoveStatement{Statement: "s1"}},
}

// journalHeld are the commands of the golden journal of corrections that outlive the undo of an end.
var journalHeld = []sent{
	{by: server, c: &queue.Load{Programme: thematicDebate()}},
	{by: chair, key: "k1", c: &queue.SwitchPanel{Panel: "morning"}},
	{by: chair, key: "k2", c: &queue.SetPanel{Panel: "morning", Status: queue.Open}},
	{by: chair, c: &queue.Recognise{ID: "i1", Participant: "bra"}},
	{by: chair, key: "k3", c: &queue.EndFloor{Floor: "i1"}},
	{by: rapporteur, key: "k4", c: &queue.Correct{Intervention: "i1", Participant: new("fra"), Used: new(second), Reason: "France spoke"}},
	{by: rapporteur, key: "k5", c: &queue.Correct{Intervention: "i1", Used: new(2 * second)}},
	{by: chair, c: &queue.Undo{ID: "u1", Of: "k3"}},
	{by: chair, key: "k6", c: &queue.EndFloor{Floor: "i1"}},
	{by: rapporteur, key: "k7", c: &queue.Correct{Intervention: "i1", Speaker: new("H.E. Ms. Martin")}},
	{by: chair, c: &queue.Undo{ID: "u2", Of: "k6"}},
}
