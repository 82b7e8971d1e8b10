package queue_test

import "rostrum/queue"

// journalCarry are the commands of the golden journal of levels, and of requests that
// go to another panel.
var journalCarry = []sent{
	{by: server, c: &queue.Load{Programme: thematicDebate()}},
	{by: chair, key: "k1", c: &queue.SwitchPanel{Panel: "afternoon"}},
	{by: chair, key: "k2", c: &queue.SetPanel{Panel: "afternoon", Status: queue.Open, List: queue.Open}},
	{by: badge("fra"), c: &queue.Ask{ID: "r1", Level: queue.Minister}},
	{by: chair, key: "k3", c: &queue.SwitchPanel{Panel: "morning"}},
	{by: chair, key: "k4", c: &queue.SetPanel{Panel: "morning", Status: queue.Open, List: queue.Open}},
	{by: badge("ken"), c: &queue.Ask{ID: "r2", Speaker: "H.E. Ms. Otieno", Level: queue.HeadOfGovernment}},
	{by: badge("bra"), c: &queue.Ask{ID: "r3"}},
	{by: badge("fra"), c: &queue.Ask{ID: "r4"}},
	{by: badge("bra"), key: "k5", c: &queue.Amend{Request: "r3", Level: new(queue.HeadOfState)}},
	{by: chair, c: &queue.Carry{ID: "c1", Panel: "morning", To: "afternoon"}},
	{by: badge("phl"), c: &queue.Ask{ID: "r5"}},
	{by: chair, c: &queue.Carry{ID: "c2", Panel: "morning", To: "afternoon"}},
	{by: chair, c: &queue.Undo{ID: "u1", Of: "c2"}},
}

// journalOrder are the commands of the golden journal of orders.
var journalOrder = []sent{
	{by: server, c: &queue.Load{Programme: thematicDebate()}},
	{by: chair, key: "k1", c: &queue.SwitchPanel{Panel: "morning"}},
	{by: chair, key: "k2", c: &queue.SetPanel{Panel: "morning", Status: queue.Open, List: queue.Open}},
	{by: badge("ken"), c: &queue.Ask{ID: "r1"}},
	{by: badge("bra"), c: &queue.Ask{ID: "r2"}},
	{by: badge("iom"), c: &queue.Ask{ID: "r3"}},
	{by: badge("fra"), c: &queue.Ask{ID: "r4", Kind: queue.PointOfOrder}},
	{by: chair, key: "k3", c: &queue.Amend{Request: "r4", Before: queue.Before{Set: true, ID: "r2"}}},
	{by: chair, key: "k4", c: &queue.Reorder{Panel: "morning", By: queue.ByCategories, Order: []string{"gone", "r2", "r3"}}},
	{by: chair, key: "k5", c: &queue.Reorder{Panel: "morning", Order: []string{"r1"}}},
	{by: chair, c: &queue.Undo{ID: "u1", Of: "k5"}},
}

// journalAbsent are the commands of the golden journal of those who are not in the room.
var journalAbsent = []sent{
	{by: server, c: &queue.Load{Programme: thematicDebate()}},
	{by: chair, key: "k1", c: &queue.SwitchPanel{Panel: "morning"}},
	{by: chair, key: "k2", c: &queue.SetPanel{Panel: "morning", Status: queue.Open, List: queue.Open}},
	{by: phone("ken", "a"), c: &queue.Ask{ID: "r1", Note: "on victims", BehalfOf: "African Group", Speaker: "H.E. Ms. Otieno", Language: "fr", Level: queue.Minister}},
	{by: badge("bra"), c: &queue.Ask{ID: "r2"}},
	{by: badge("fra"), c: &queue.Ask{ID: "r3"}},
	{by: chair, c: &queue.Recognise{ID: "i1", Request: "r1"}},
	{by: chair, key: "k3", c: &queue.NotInRoom{OnFloor: true, Floor: "i1"}},
	{by: chair, key: "k4", c: &queue.NotInRoom{Request: "r2"}},
	{by: chair, key: "k5", c: &queue.NotInRoom{Request: "r2"}},
	{by: chair, key: "k6", c: &queue.NotInRoom{Request: "r3"}},
	{by: chair, c: &queue.Undo{ID: "u1", Of: "k6"}},
	{by: chair, c: &queue.Recognise{ID: "i2", Request: "r1"}},
	{by: chair, key: "k7", c: &queue.NotInRoom{OnFloor: true}},
	{by: chair, c: &queue.Undo{ID: "u2", Of: "k7"}},
}

// journalExchange are the commands of the golden journal of places that are exchanged.
var journalExchange = []sent{
	{by: server, c: &queue.Load{Programme: thematicDebate()}},
	{by: chair, key: "k1", c: &queue.SwitchPanel{Panel: "morning"}},
	{by: chair, key: "k2", c: &queue.SetPanel{Panel: "morning", Status: queue.Open, List: queue.Open}},
	{by: badge("ken"), c: &queue.Ask{ID: "r1"}},
	{by: badge("bra"), c: &queue.Ask{ID: "r2"}},
	{by: badge("fra"), c: &queue.Ask{ID: "r3"}},
	{by: badge("ken"), key: "k3", c: &queue.Exchange{Request: "r1", With: "r2"}},
	{by: badge("bra"), key: "k4", c: &queue.DropExchange{Request: "r1"}},
	{by: badge("ken"), key: "k5", c: &queue.Exchange{Request: "r1", With: "r3"}},
	{by: badge("fra"), key: "k6", c: &queue.Exchange{Request: "r3", With: "r1"}},
	{by: badge("bra"), key: "k7", c: &queue.Exchange{Request: "r2", With: "r3"}},
	{by: chair, key: "k8", c: &queue.Exchange{Request: "r2", With: "r1"}},
	{by: chair, key: "k9", c: &queue.Withdraw{Request: "r2"}},
	{by: chair, c: &queue.Undo{ID: "u1", Of: "k9"}},
	{by: chair, c: &queue.Undo{ID: "u2", Of: "k8"}},
}

// journalOutage are the commands of the golden journal of outages.
var journalOutage = []sent{
	{by: server, c: &queue.Load{Programme: thematicDebate()}},
	{by: chair, key: "k1", c: &queue.SwitchPanel{Panel: "morning"}},
	{by: chair, key: "k2", c: &queue.SetPanel{Panel: "morning", Status: queue.Open, List: queue.Open}},
	{by: chair, c: &queue.Recognise{ID: "i1", Participant: "ken"}},
	{by: server, c: &queue.TellOutage{From: tenOClock + 30*second, To: tenOClock + 35*second}},
	{by: chair, c: &queue.Recognise{ID: "i2", Participant: "bra"}},
	{by: chair, c: &queue.Undo{ID: "u1", Of: "i2"}},
	{by: server, c: &queue.TellOutage{From: tenOClock + 60*second, To: tenOClock + 63*second}},
}

// journalClock are the commands of the golden journal of the machine's clock.
var journalClock = []sent{
	{by: server, c: &queue.Load{Programme: thematicDebate()}},
	{by: chair, key: "k1", c: &queue.SwitchPanel{Panel: "morning"}},
	{by: chair, key: "k2", c: &queue.SetPanel{Panel: "morning", Status: queue.Open, List: queue.Open}},
	{by: badge("fra"), c: &queue.Ask{ID: "r1"}},
	{by: chair, c: &queue.Recognise{ID: "i1", Participant: "ken"}},
	{by: chair, key: "k3", c: &queue.SetTime{Floor: "i1", Add: to(minute)}},
	{by: server, c: &queue.TellClock{Occasion: 1, Slept: tenOClock + 55*second, Forward: 5 * second}},
	{by: chair, c: &queue.Undo{ID: "u1", Of: "k3"}},
	{by: chair, key: "k4", c: &queue.SetTime{Charge: to(5 * second)}},
	{by: server, c: &queue.TellClock{Occasion: 2, Set: -90 * minute}},
	{by: server, c: &queue.TellClock{Occasion: 3, Set: 120 * minute}},
	{by: chair, key: "k5", c: &queue.SetTime{Timer: "pause"}},
	{by: server, c: &queue.TellClock{Occasion: 4, Forward: 30 * minute, Follows: true}},
	{by: chair, key: "k6", c: &queue.SetTime{Timer: "start"}},
	{by: server, c: &queue.TellClock{Occasion: 5, Slept: tenOClock + 135*second, Forward: 5 * second}},
	{by: server, c: &queue.TellClock{Occasion: 6, Set: -minute}},
}
