package queue_test

import (
	"testing"
	"testing/synctest"

	"rostrum/queue"
)

// Who got no certain answer learns what became of the command: also of one whose commit failed and is in the journal all the same.
func TestWhatIsSettledHoldsAllThatTheJournalDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := convene(t)
		letGo := d.journal.gate()
		asked := d.ask(t.Context(), kenya, "r")
		synctest.Wait()
		settled := make(chan *queue.State, 1)
		go func() {
			s, err := d.room.Settled(t.Context())
			if err != nil {
				t.Error(err)
			}
			settled <- s
		}()
		synctest.Wait()
		select {
		case <-settled:
			t.Error("it is settled before the commit")
		default:
		}
		letGo <- verdict{errDisk, true}
		wantUnavailable(t, (<-asked).err)
		if s := <-settled; len(s.List("morning")) != 1 {
			t.Errorf("the list is %v", s.List("morning"))
		}
	})
}
