package queue_test

import (
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"rostrum/queue"
)

func TestStatisticsSayHowADebateWasSharedOut(t *testing.T) {
	programme := thematicDebate()
	for i, group := range []string{"GRULAC", "WEOG", "African", "Asia-Pacific"} {
		programme.Participants[i].Group = group
	}
	d := begin(t, new(memory), nil)
	d.load(programme)
	none := d.state().Statistics()
	if diff := gocmp.Diff(queue.Statistics{Panels: map[string]queue.Share{}, Categories: map[string]queue.Share{}, Groups: map[string]queue.Share{}}, none); diff != "" {
		t.Errorf("before it begins (-want +got):\n%s", diff)
	}

	d.do(chair, &queue.SwitchPanel{Panel: "morning"})
	d.open("morning")
	d.asks("ken", "bra", "fra", "phl")
	d.wait(minute)
	d.recognise("i1", "ken") // waited 1 min
	d.wait(2 * minute)
	d.recognise("i2", "iom") // never asked
	d.wait(minute)
	d.recognise("i3", "bra") // waited 4 min, speaks 4 of 3 min
	d.wait(4 * minute)
	d.do(badge("ken"), &queue.Ask{ID: "order", Kind: queue.PointOfOrder})
	d.wait(20 * second)
	d.interrupt("i4", "ken") // does not wait for its turn
	d.wait(10 * second)
	d.end()
	d.end()
	d.do(chair, &queue.SetPanel{Panel: "morning", Status: queue.Closed})
	ms := func(ms int64) *int64 { return &ms }
	kenya := queue.Share{Interventions: 2, Participants: 1, Used: 2*minute + 10*second, WaitedMedian: ms(minute), WaitedLongest: ms(minute)}
	brazil := queue.Share{Interventions: 1, Participants: 1, Used: 4*minute + 20*second, Overtime: minute + 20*second, WaitedMedian: ms(4 * minute), WaitedLongest: ms(4 * minute)}
	all := queue.Share{
		Interventions: 4, Participants: 3, Used: 7*minute + 30*second, Overtime: minute + 20*second,
		WaitedMedian: ms(150 * second), WaitedLongest: ms(4 * minute), NotReached: 2,
	}
	members := all
	members.Interventions, members.Participants, members.Used = 3, 2, 6*minute+30*second
	want := queue.Statistics{
		Total: all, Panels: map[string]queue.Share{"morning": all},
		Categories: map[string]queue.Share{
			"member_state":               members,
			"international_organization": {Interventions: 1, Participants: 1, Used: minute},
		},
		Groups: map[string]queue.Share{"African": kenya, "GRULAC": brazil, "WEOG": {NotReached: 1}, "Asia-Pacific": {NotReached: 1}},
	}
	if diff := gocmp.Diff(want, d.state().Statistics()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Who still may be called is not among those who were not reached.
func TestNotReachedAreTheRequestsOfAPanelThatIsOver(t *testing.T) {
	d := convene(t)
	d.asks("ken", "bra")
	notReached := func(want int, when string) {
		t.Helper()
		if got := d.state().Statistics().Total.NotReached; got != want {
			t.Errorf("%s %d were not reached, want %d", when, got, want)
		}
	}
	notReached(0, "while the panel is open")
	d.do(chair, &queue.SetPanel{Panel: "morning", Status: queue.Closed})
	notReached(0, "before anybody spoke")
	d.open("morning")
	d.recognise("i", "ken")
	d.end()
	notReached(0, "while the panel goes on")
	d.suspend("morning")
	notReached(0, "while it is suspended")
	d.do(chair, &queue.SetPanel{Panel: "morning", Status: queue.Closed})
	notReached(1, "after the panel")
	d.do(chair, &queue.Carry{ID: "c", Panel: "morning", To: "afternoon"})
	notReached(0, "carried to a panel that is still to come")
	d.do(chair, &queue.SwitchPanel{Panel: "afternoon"})
	d.open("afternoon")
	notReached(0, "in the next panel")
	d.do(chair, &queue.SwitchPanel{Panel: "opening"})
	notReached(0, "back in an item before")
}
