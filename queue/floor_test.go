package queue_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rostrum/queue"
	"rostrum/timer"
)

func TestRecognisingStartsTheCountdown(t *testing.T) {
	d := convene(t)
	d.do(phone("ken", "a"), &queue.Ask{ID: "r", BehalfOf: "African Group", Speaker: "H.E. Ms. Otieno", Language: "fr"})
	d.wait(5 * second)
	answer := d.do(chair, &queue.Recognise{ID: "i", Request: "r"})
	want := &queue.Floor{
		ID: "i", Participant: "ken", Kind: queue.Regular, BehalfOf: "African Group", Speaker: "H.E. Ms. Otieno", Language: "fr",
		Panel: "morning", Timer: timer.New(3 * minute).Start(tenOClock + 5*second), Session: "a", Request: "r",
		Asked: tenOClock, Recognised: tenOClock + 5*second, Started: tenOClock + 5*second,
	}
	if diff := cmp.Diff(want, answer.Floor); diff != "" || answer.ID != "i" {
		t.Errorf("the answer for %q (-want +got):\n%s", answer.ID, diff)
	}
	if diff := cmp.Diff(want, d.state().Floor); diff != "" {
		t.Errorf("the floor (-want +got):\n%s", diff)
	}
	d.wantList("morning") // the request is used up
	d.wait(minute)
	d.wantFloor("i", timer.Running, minute)
}

func TestRecognisingByParticipant(t *testing.T) {
	d := convene(t)
	d.asks("ken", "bra")
	d.do(brazil, &queue.Ask{ID: "reply", Kind: queue.RightOfReply})

	d.recognise("i1", "bra")
	d.wantList("morning", "ken-asks", "reply") // the request of that kind, and no other
	d.recognise("i2", "fra")
	d.wantList("morning", "ken-asks", "reply") // France never asked
	d.do(chair, &queue.Recognise{ID: "i3", Participant: "bra", Kind: queue.RightOfReply})
	d.wantList("morning", "ken-asks")
	if f := d.state().Floor; f.Kind != queue.RightOfReply || f.Asked != tenOClock {
		t.Errorf("the floor is %+v", f)
	}
}

func TestOnlyRecognisedIsNotStarted(t *testing.T) {
	d := convene(t)
	d.do(chair, &queue.Recognise{ID: "i", Participant: "ken", Start: to(false)})
	d.wait(minute)
	d.wantFloor("i", timer.Ready, 0)
	if d.state().Floor.Started != 0 {
		t.Error("the intervention has a start before it was started")
	}
	d.changesNothing(chair, &queue.SetTime{Timer: "pause"})
	d.do(chair, &queue.SetTime{Timer: "start"})
	d.wait(10 * second)
	d.wantFloor("i", timer.Running, 10*second)
	if got := d.state().Floor.Started; got != tenOClock+minute {
		t.Errorf("started at %d, want %d", got, tenOClock+minute)
	}
	d.do(chair, &queue.SetTime{Timer: "pause"})
	d.wait(minute)
	d.do(chair, &queue.SetTime{Timer: "start"})
	if got := d.state().Floor.Started; got != tenOClock+minute {
		t.Errorf("after a pause it says that it started at %d, want %d", got, tenOClock+minute)
	}
}

func TestWhoeverHadTheFloorHasEnded(t *testing.T) {
	d := convene(t)
	d.recognise("i1", "ken")
	d.wait(50 * second)
	d.recognise("i2", "bra")
	d.wait(20 * second)
	d.end()
	d.wantNobody()
	d.wantRecord("i1 replaced 50000", "i2 ended 20000")
}

func TestWhatComesFirstWhenRecognisingIsRefused(t *testing.T) {
	d := convene(t)
	d.asks("ken")
	d.do(chair, &queue.SwitchPanel{Panel: "afternoon"}) // not open
	for _, tt := range []struct {
		name      string
		recognise queue.Recognise
		want      queue.Code
	}{
		{"an unknown request before all", queue.Recognise{Request: "x", InsteadOf: to("other")}, queue.NoSuchRequest},
		{"an unknown participant before all", queue.Recognise{Participant: "x", InsteadOf: to("other")}, queue.NoSuchParticipant},
		{"a request of another panel", queue.Recognise{Request: "ken-asks"}, queue.PanelChanged},
		{"another floor before a panel that is not open", queue.Recognise{Participant: "ken", InsteadOf: to("other")}, queue.FloorChanged},
		{"a panel that is not open", queue.Recognise{Participant: "ken", InsteadOf: to("")}, queue.PanelNotOpen},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.recognise.ID = "i"
			d.in(t).refused(tt.want, chair, &tt.recognise)
		})
	}
	d.do(chair, &queue.SetPanel{Panel: "afternoon", Status: queue.Suspended})
	d.refused(queue.PanelNotOpen, chair, &queue.Recognise{ID: "i", Participant: "ken"})
}

func TestTwoOfficersNeverCallTwice(t *testing.T) {
	d := convene(t)
	d.do(chair, &queue.Recognise{ID: "i1", Participant: "ken", InsteadOf: to("")})
	d.refused(queue.FloorChanged, chair, &queue.Recognise{ID: "i2", Participant: "bra", InsteadOf: to("")})
	d.do(chair, &queue.Recognise{ID: "i3", Participant: "bra", InsteadOf: to("i1")})
	d.end()
	d.refused(queue.FloorChanged, chair, &queue.Recognise{ID: "i4", Participant: "fra", InsteadOf: to("i3")})
	d.wantNobody()
}

func TestEnding(t *testing.T) {
	for _, tt := range []struct {
		name    string
		asked   queue.Actor
		by      queue.Actor
		floor   string
		want    queue.Code
		wantEnd string
	}{
		{"the chair ends", kenya, chair, "", "", "i ended 30000"},
		{"the chair ends what they see", kenya, chair, "i", "", "i ended 30000"},
		{"the chair saw another", kenya, chair, "earlier", queue.FloorChanged, ""},
		{"the speaker yields with the badge", phone("ken", "a"), kenya, "i", "", "i yielded 30000"},
		{"the speaker yields from the phone that asked", phone("ken", "a"), phone("ken", "a"), "", "", "i yielded 30000"},
		{"another phone of the delegation does not", phone("ken", "a"), phone("ken", "b"), "i", queue.NotYours, ""},
		{"a phone does not yield what the badge asked", kenya, phone("ken", "a"), "i", queue.NotYours, ""},
		{"another delegation does not", kenya, brazil, "i", queue.NotYours, ""},
		{"not yours before another floor", kenya, brazil, "earlier", queue.NotYours, ""},
		{"the speaker saw another", kenya, kenya, "earlier", queue.FloorChanged, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := convene(t)
			d.do(tt.asked, &queue.Ask{ID: "r"})
			d.do(chair, &queue.Recognise{ID: "i", Request: "r"})
			d.wait(30 * second)
			if tt.want != "" {
				d.refused(tt.want, tt.by, &queue.EndFloor{Floor: tt.floor})
				d.wantFloor("i", timer.Running, 30*second)
				return
			}
			d.do(tt.by, &queue.EndFloor{Floor: tt.floor})
			d.wantNobody()
			d.wantRecord(tt.wantEnd)
		})
	}
}

func TestAnEmptyFloor(t *testing.T) {
	d := convene(t)
	d.refused(queue.FloorEmpty, chair, &queue.EndFloor{})
	d.refused(queue.FloorEmpty, chair, &queue.EndFloor{Floor: "earlier"})
	d.refused(queue.FloorEmpty, kenya, &queue.EndFloor{})
	d.refused(queue.FloorEmpty, chair, &queue.SetTime{Timer: "start"})
}

func TestPausesAreLeftOutOfTheTimeUsed(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.wait(40 * second)
	d.do(chair, &queue.SetTime{Timer: "pause"})
	d.changesNothing(chair, &queue.SetTime{Timer: "pause"})
	d.wait(10 * minute)
	d.wantFloor("i", timer.Paused, 40*second)
	d.do(chair, &queue.SetTime{Timer: "start"})
	d.changesNothing(chair, &queue.SetTime{Timer: "start"})
	d.wait(20 * second)
	d.end()
	d.wantRecord("i ended 60000")
}

func TestTheLimitOfTheFloor(t *testing.T) {
	limit := func(ms int64) queue.Limit { return queue.Limit{Set: true, MS: ms} }
	none := queue.Limit{Set: true, None: true}
	for _, tt := range []struct {
		name      string
		first     queue.Limit // of the recognition
		set       queue.SetTime
		wantLimit int64
		wantOver  int64 // after one minute
		want      queue.Code
	}{
		{name: "lengthened", set: queue.SetTime{Add: to(30 * second)}, wantLimit: 210 * second},
		{name: "shortened below what is used: overtime at once", set: queue.SetTime{Add: to(-150 * second)}, wantLimit: 30 * second, wantOver: 30 * second},
		{name: "never shorter than a second", set: queue.SetTime{Add: to(-10 * minute)}, wantLimit: second, wantOver: 59 * second},
		{name: "never longer than a day", set: queue.SetTime{Add: to(timer.MaxLimit)}, wantLimit: timer.MaxLimit},
		{name: "set", set: queue.SetTime{Limit: limit(5 * minute)}, wantLimit: 5 * minute},
		{name: "set below what is used: overtime at once", set: queue.SetTime{Limit: limit(20 * second)}, wantLimit: 20 * second, wantOver: 40 * second},
		{name: "taken away", set: queue.SetTime{Limit: none}, wantLimit: 0},
		{name: "recognised with another than the panel's", first: limit(2 * minute), set: queue.SetTime{Add: to(second)}, wantLimit: 121 * second},
		{name: "without a limit nothing is added", first: none, set: queue.SetTime{Add: to(second)}, want: queue.NoLimit},
		{name: "without a limit one can be set", first: none, set: queue.SetTime{Limit: limit(90 * second)}, wantLimit: 90 * second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := convene(t)
			d.do(chair, &queue.Recognise{ID: "i", Participant: "ken", Limit: tt.first})
			d.wait(minute)
			if tt.want != "" {
				d.refused(tt.want, chair, &tt.set)
				return
			}
			d.do(chair, &tt.set)
			d.wantFloor("i", timer.Running, minute)
			countdown := d.state().Floor.Timer
			if countdown.Limit != tt.wantLimit || countdown.OvertimeAt(d.now) != tt.wantOver {
				t.Errorf("limit %d, overtime %d; want %d, %d", countdown.Limit, countdown.OvertimeAt(d.now), tt.wantLimit, tt.wantOver)
			}
		})
	}
}

func TestTheTimeIsSetForTheFloorThatTheSenderSaw(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.refused(queue.FloorChanged, chair, &queue.SetTime{Floor: "earlier", Timer: "pause"})
	d.do(chair, &queue.SetTime{Floor: "i", Timer: "pause", Add: to(minute)})
	d.wantFloor("i", timer.Paused, 0)
	d.changesNothing(chair, &queue.SetTime{Floor: "i"})
	d.changesNothing(chair, &queue.SetTime{Add: to(int64(0))})
}

func TestOvertimeIsInTheRecord(t *testing.T) {
	d := convene(t)
	d.recognise("i1", "ken")
	d.wait(200 * second)
	d.do(chair, &queue.Recognise{ID: "i2", Participant: "bra", Limit: queue.Limit{Set: true, None: true}})
	d.wait(10 * minute)
	d.end()
	d.wantRecord("i1 replaced 200000", "i2 ended 600000")
	for i, want := range []int64{20 * second, 0} {
		if got := d.state().Ended()[i].Overtime(); got != want {
			t.Errorf("intervention %d is %d ms over its limit, want %d", i+1, got, want)
		}
	}
}

func TestSpokenCountsEndedInterventions(t *testing.T) {
	d := convene(t)
	d.recognise("i1", "ken")
	d.wait(10 * second)
	if got := d.state().Spoken()["ken"]; got != (queue.Spoken{}) {
		t.Errorf("before the first has ended Kenya has spoken %+v", got)
	}
	d.recognise("i2", "bra")
	d.wait(20 * second)
	d.end()
	d.do(chair, &queue.SwitchPanel{Panel: "afternoon"})
	d.open("afternoon")
	d.recognise("i3", "ken")
	d.wait(5 * second)
	d.do(kenya, &queue.EndFloor{})
	want := map[string]queue.Spoken{"ken": {Times: 2, Used: 15 * second}, "bra": {Times: 1, Used: 20 * second}}
	if diff := cmp.Diff(want, d.state().Spoken()); diff != "" {
		t.Error(diff)
	}
}

func TestPointOfOrderHoldsTheCountdown(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.wait(minute)
	d.interrupt("order", "bra")
	if held := d.state().Interrupted; held == nil || held.ID != "i" || held.Timer.State != timer.Paused || held.Timer.Used != minute {
		t.Fatalf("interrupted is %+v", held)
	}
	d.wait(20 * second)
	d.wantFloor("order", timer.Running, 20*second)
	d.end()
	d.wantFloor("i", timer.Paused, minute) // back, and held until the chair goes on
	if d.state().Interrupted != nil {
		t.Error("somebody is interrupted after the point of order")
	}
	d.do(chair, &queue.SetTime{Timer: "start"})
	d.wait(minute)
	d.end()
	d.wantRecord("order ended 20000", "i ended 120000")
}

func TestTheOneWhoRoseYieldsBackToTheSpeaker(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.interrupt("order", "bra")
	d.refused(queue.NotYours, kenya, &queue.EndFloor{})
	d.do(brazil, &queue.EndFloor{})
	d.wantFloor("i", timer.Paused, 0)
}

func TestASpeakerWhoWasNotStartedComesBackAsTheyWere(t *testing.T) {
	d := convene(t)
	d.do(chair, &queue.Recognise{ID: "i", Participant: "ken", Start: to(false)})
	d.interrupt("order", "bra")
	d.end()
	d.wantFloor("i", timer.Ready, 0)
}

func TestAPointOfOrderOnAnEmptyFloorInterruptsNobody(t *testing.T) {
	d := convene(t)
	d.interrupt("order", "bra")
	d.end()
	d.wantNobody()
	d.wantRecord("order ended 0")
}

func TestASecondPointOfOrderReplacesTheFirst(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.wait(minute)
	d.interrupt("order1", "bra")
	d.wait(second)
	d.interrupt("order2", "fra")
	d.wait(second)
	d.end()
	d.wantFloor("i", timer.Paused, minute)
	d.wantRecord("order1 replaced 1000", "order2 ended 1000")
}

func TestRecognisingDuringAPointOfOrderEndsBoth(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.wait(minute)
	d.interrupt("order", "bra")
	d.wait(second)
	d.recognise("next", "fra")
	d.wantFloor("next", timer.Running, 0)
	if d.state().Interrupted != nil {
		t.Error("somebody is still interrupted")
	}
	d.wantRecord("order replaced 1000", "i replaced 60000")
}

func TestAHeldCountdownWaitsForTheChair(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	last := d.now
	d.wait(10 * minute)
	d.do(server, &queue.HoldCountdown{})
	d.wantFloor("i", timer.Paused, 0) // what went by since the last instant is not known
	if got := d.state().HeldAt; got != last {
		t.Errorf("held at %d, want the last instant %d", got, last)
	}
	d.changesNothing(server, &queue.HoldCountdown{})
	d.do(chair, &queue.SetTime{Add: to(minute)})
	if d.state().HeldAt == 0 {
		t.Error("a longer limit already ends the hold")
	}
	d.do(chair, &queue.SetTime{Timer: "start"})
	if d.state().HeldAt != 0 {
		t.Error("the chair has gone on, and the countdown is still held")
	}
	d.wait(second)
	d.wantFloor("i", timer.Running, second)
}

// The server has said that it was there for three seconds of the countdown.
func TestACountdownIsHeldWhereTheServerWasLastThere(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.wait(3 * second)
	d.do(server, &queue.HoldCountdown{At: d.now})
	d.wantFloor("i", timer.Paused, 3*second)
	if got := d.state().HeldAt; got != d.now {
		t.Errorf("held at %d, want %d", got, d.now)
	}

	d.do(chair, &queue.SetTime{Timer: "start"})
	d.wait(second)
	d.do(server, &queue.HoldCountdown{At: d.now - minute}) // known from an earlier countdown only
	d.wantFloor("i", timer.Paused, 3*second)
}

func TestAHoldEndsWithTheIntervention(t *testing.T) {
	for name, goOn := range map[string]func(*debate){
		"the chair ends":             (*debate).end,
		"the chair calls another":    func(d *debate) { d.recognise("next", "bra") },
		"another rises to an order":  func(d *debate) { d.interrupt("order", "bra") },
		"the speaker yields instead": func(d *debate) { d.do(kenya, &queue.EndFloor{}) },
	} {
		t.Run(name, func(t *testing.T) {
			d := convene(t)
			d.recognise("i", "ken")
			d.do(server, &queue.HoldCountdown{})
			goOn(d)
			if d.state().HeldAt != 0 {
				t.Error("the countdown is still held")
			}
		})
	}
}

func TestThereIsNothingToHold(t *testing.T) {
	d := convene(t)
	d.changesNothing(server, &queue.HoldCountdown{})
	d.do(chair, &queue.Recognise{ID: "i", Participant: "ken", Start: to(false)})
	d.changesNothing(server, &queue.HoldCountdown{})
}

func TestInstantsNeverGoBackwards(t *testing.T) {
	d := convene(t)
	d.wait(minute)
	d.recognise("i", "ken")
	d.now -= 30 * second // another phone's command was received earlier
	d.do(brazil, &queue.Ask{ID: "r"})
	if got := d.state().Requests()["r"].At; got != tenOClock+minute {
		t.Errorf("the request is of %d, want %d", got, tenOClock+minute)
	}
	d.end()
	d.wantRecord("i ended 0")
	if i := d.state().Ended()[0]; i.Ended < i.Recognised {
		t.Errorf("ended at %d, before %d", i.Ended, i.Recognised)
	}
	if got := d.state().Last; got != tenOClock+minute {
		t.Errorf("the last instant is %d, want %d", got, tenOClock+minute)
	}
}
