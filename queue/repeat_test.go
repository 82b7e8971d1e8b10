package queue_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rostrum/queue"
)

func TestSeqRisesByOneForEachChange(t *testing.T) {
	d := convene(t)
	seq := d.state().Seq
	for _, act := range []func(){
		func() { d.do(kenya, &queue.Ask{ID: "a"}) },
		func() { d.do(brazil, &queue.Ask{ID: "b"}) },
		func() { d.move("b", "a") },
		func() { d.do(kenya, &queue.Amend{Request: "a", Note: to("n")}) },
		func() { d.do(chair, &queue.Recognise{ID: "i", Request: "b"}) },
		func() { d.interrupt("order", "fra") },
		func() { d.do(chair, &queue.Recognise{ID: "next", Request: "a"}) }, // three facts, one change
		func() { d.suspend("morning") },
		func() { d.do(kenya, &queue.EndFloor{}) },
		func() { d.do(rapporteur, &queue.WriteNote{Intervention: "i", Text: new("n")}) },
		func() { d.do(chair, &queue.SwitchPanel{Panel: "afternoon"}) },
		func() {
			d.do(chair, &queue.AddParticipant{ID: "ngo", Name: queue.Names{"": "NGO"}, Category: "civil_society"})
		},
	} {
		act()
		seq++
		if got := d.state().Seq; got != seq {
			t.Fatalf("seq is %d, want %d", got, seq)
		}
	}
}

// again sends a command that was sent before: it changes nothing and gets the first
// answer.
func (d *debate) again(by queue.Actor, key string, c queue.Command, first queue.Answer) {
	d.Helper()
	before, entries := d.state(), d.journal.len()
	answer := d.doOnce(by, key, c)
	first.Repeated, first.Written = true, 0 // nothing more is kept of it
	if diff := cmp.Diff(first, answer); diff != "" {
		d.Fatalf("the repeat gets another answer (-first +again):\n%s", diff)
	}
	if d.state() != before || d.journal.len() != entries {
		d.Fatalf("the repeat of %T changes the state", c)
	}
}

func TestARepeatChangesNothingAndGetsTheFirstAnswer(t *testing.T) {
	for _, tt := range []struct {
		name    string
		by      queue.Actor
		key     string
		command func() queue.Command // a new one each time, as after decoding
	}{
		{"asking", phone("ken", "a"), "", func() queue.Command { return &queue.Ask{ID: "k", Note: "n"} }},
		{"amending", brazil, "k", func() queue.Command { return &queue.Amend{Request: "bra-asks", Note: to("n")} }},
		{"moving", chair, "k", func() queue.Command {
			return &queue.Amend{Request: "phl-asks", Before: queue.Before{Set: true, ID: "bra-asks"}}
		}},
		{"withdrawing", brazil, "k", func() queue.Command { return &queue.Withdraw{Request: "bra-asks"} }},
		{"recognising", chair, "", func() queue.Command {
			return &queue.Recognise{ID: "k", Request: "bra-asks", Limit: queue.Limit{Set: true, None: true}, InsteadOf: to("i")}
		}},
		{"setting the time", chair, "k", func() queue.Command { return &queue.SetTime{Add: to(minute)} }},
		{"ending", chair, "k", func() queue.Command { return &queue.EndFloor{} }},
		{"yielding", badge("fra"), "k", func() queue.Command { return &queue.EndFloor{Floor: "i"} }},
		{"suspending", chair, "k", func() queue.Command {
			return &queue.SetPanel{Panel: "morning", Status: queue.Suspended}
		}},
		{"writing a note", rapporteur, "k", func() queue.Command { return &queue.WriteNote{Intervention: "i", Text: new("n")} }},
		{"adding a participant", chair, "", func() queue.Command {
			return &queue.AddParticipant{ID: "ngo", Name: queue.Names{"": "NGO"}, Category: "civil_society"}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := convene(t)
			d.asks("bra", "phl")
			d.recognise("i", "fra")
			first := d.doOnce(tt.by, tt.key, tt.command())
			d.again(tt.by, tt.key, tt.command(), first)

			// Whatever happens since:
			d.wait(minute)
			d.do(chair, &queue.SetPanel{Panel: "morning", Status: queue.Open, List: queue.Open})
			d.recognise("later", "unodc")
			d.end()
			d.do(chair, &queue.SetPanel{Panel: "morning", Status: queue.Closed, List: queue.Closed})
			d.again(tt.by, tt.key, tt.command(), first)
			d.reopened().again(tt.by, tt.key, tt.command(), first)
		})
	}
}

func TestAnIDStandsForOneCommandOfOneSender(t *testing.T) {
	d := convene(t)
	d.do(phone("ken", "a"), &queue.Ask{ID: "r", Note: "n"})
	d.doOnce(chair, "k", &queue.SetPanel{Panel: "afternoon", List: queue.Open})
	for _, tt := range []struct {
		name string
		by   queue.Actor
		key  string
		c    queue.Command
	}{
		{"other content", phone("ken", "a"), "", &queue.Ask{ID: "r", Note: "other"}},
		{"another phone of the delegation", phone("ken", "b"), "", &queue.Ask{ID: "r", Note: "n"}},
		{"the delegation's badge", kenya, "", &queue.Ask{ID: "r", Note: "n"}},
		{"another delegation", brazil, "", &queue.Ask{ID: "r", Note: "n"}},
		{"another object, named in the path", chair, "k", &queue.SetPanel{Panel: "morning", List: queue.Open}},
		{"another command of the same body", chair, "k", &queue.SwitchPanel{Panel: "afternoon"}},
		{"an intervention with the id of a request", chair, "", &queue.Recognise{ID: "r", Participant: "bra"}},
		{"a command that would be refused as well", chair, "k", &queue.EndFloor{}},
		{"an unknown object: what is remembered comes first", chair, "k", &queue.Withdraw{Request: "unknown"}},
	} {
		t.Run(tt.name, func(t *testing.T) { d.in(t).refusedOnce(queue.IDReused, tt.by, tt.key, tt.c) })
	}
}

func TestWhatMakesSomethingIsRememberedByItsID(t *testing.T) {
	d := convene(t)
	first := d.doOnce(kenya, "header", &queue.Ask{ID: "r"})
	d.again(kenya, "", &queue.Ask{ID: "r"}, first)
	d.again(kenya, "another header", &queue.Ask{ID: "r"}, first)
	d.doOnce(kenya, "header", &queue.Withdraw{Request: "r"}) // the key was not used
}

func TestACommandThatChangedNothingIsRememberedToo(t *testing.T) {
	d := convene(t)
	suspend := &queue.SetPanel{Panel: "morning", Status: queue.Suspended}
	d.do(chair, suspend)
	seq := d.state().Seq
	first := d.doOnce(chair, "k", suspend)
	if first.Seq != seq || d.state().Seq != seq {
		t.Fatalf("seq goes from %d to %d, the answer says %d", seq, d.state().Seq, first.Seq)
	}
	d.open("morning")
	d.again(chair, "k", suspend, first)
	if got := d.state().Panels()["morning"].Status; got != queue.Open {
		t.Errorf("a late repeat makes the panel %s again", got)
	}
	d.reopened().again(chair, "k", suspend, first)
}

func TestRefusalsAreNotRemembered(t *testing.T) {
	d := convene(t)
	d.do(chair, &queue.SetPanel{Panel: "morning", List: queue.Closed})
	d.refused(queue.ListClosed, kenya, &queue.Ask{ID: "r"})
	d.refusedOnce(queue.FloorEmpty, chair, "k", &queue.EndFloor{})
	d.do(chair, &queue.SetPanel{Panel: "morning", List: queue.Open})
	d.do(kenya, &queue.Ask{ID: "r"})
	d.do(chair, &queue.Recognise{ID: "i", Request: "r"})
	d.doOnce(chair, "k", &queue.EndFloor{})
	d.wantRecord("i ended 0")
}

func TestWithoutAKeyACommandIsCarriedOutEachTime(t *testing.T) {
	d := convene(t)
	d.recognise("i", "ken")
	d.do(chair, &queue.SetTime{Add: to(minute)})
	d.do(chair, &queue.SetTime{Add: to(minute)})
	if got := d.state().Floor.Timer.Limit; got != 5*minute {
		t.Errorf("the limit is %d, want five minutes", got)
	}
}
