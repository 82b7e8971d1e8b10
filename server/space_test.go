package server_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"rostrum/queue"
	"rostrum/server/disk"
)

const mib = int64(1 << 20)

// tight convenes a small debate on a disk of which the test says how much is free.
func tight(t *testing.T, test func(h *hall, free *atomic.Int64, ballast string)) {
	free := new(atomic.Int64)
	free.Store(10_000 * mib)
	ballast := filepath.Join(t.TempDir(), "reserve")
	space := disk.New(func() (int64, error) { return free.Load(), nil }, 256*mib, &disk.Ballast{Path: ballast, Size: mib})
	inBubbleWith(t, new(storage), space, func(h *hall) { test(h, free, ballast) })
}

// passes lets the server look at its disk, and the officers be told.
func (h *hall) passes() {
	time.Sleep(5 * time.Second)
	synctest.Wait()
}

// Below the reserve the officers act, and nothing else is written; above it all is as before.
func TestTheReserveOfTheDiskIsForTheOfficers(t *testing.T) {
	tight(t, func(h *hall, free *atomic.Int64, _ string) {
		h.do(h.badge("unodc"), "POST", "/requests", `{"id":"r"}`)
		h.state(h.badge("unodc"), "id=s&name=a.txt", "text/plain", strings.NewReader("every word")).wants(201, "")
		half, w := io.Pipe()
		told := make(chan answer, 1)
		go func() { told <- h.state(h.phone("markup", "p"), "id=half&name=a.txt", "text/plain", half) }()
		_, err := io.WriteString(w, "the beginning")
		h.must(err)
		synctest.Wait()

		free.Store(255 * mib)
		h.passes()
		go func() { _, _ = io.WriteString(w, "and more"); _ = w.Close() }()
		a := <-told
		a.wants(507, "disk_low") // what was on its way stays out
		h.send(h.badge("unodc"), "PATCH", "/requests/r", `{"note":"x"}`).wants(507, "disk_low")
		h.send(h.badge("unodc"), "DELETE", "/requests/r", nil).wants(507, "disk_low")
		h.state(h.badge("unodc"), "id=t&name=a.txt", "text/plain", strings.NewReader("x")).wants(507, "disk_low")
		h.state(h.chair(), "id=t&participant=unodc&name=a.txt", "text/plain", strings.NewReader("x")).wants(507, "disk_low")
		h.do(h.chair(), "PUT", "/floor", `{"id":"f","request":"r"}`)
		h.do(h.chair(), "PATCH", "/floor", `{"timer":"pause"}`)
		h.do(h.link(queue.Rapporteur), "PUT", "/interventions/f/note", `{"text":"point","base":0}`)
		h.do(h.chair(), "DELETE", "/floor", nil)
		h.do(h.badge("unodc"), "GET", "", nil)
		if files := h.files(); len(files) != 1 {
			t.Errorf("the files are %v", files)
		}

		free.Store(1_000 * mib)
		h.passes()
		h.do(h.badge("unodc"), "POST", "/requests", `{"id":"r2"}`)
		h.state(h.badge("unodc"), "id=t&name=a.txt", "text/plain", strings.NewReader("x")).wants(201, "")
	})
}

// presences are what a stream was told of the disk, "" where nothing was.
func (s *heard) disks() (levels []string) {
	for _, raw := range s.presence {
		var frame struct {
			Disk struct {
				Level string `json:"level"`
				Free  int64  `json:"free_bytes"`
			} `json:"disk"`
		}
		if json.Unmarshal(raw, &frame) == nil {
			levels = append(levels, frame.Disk.Level)
		}
	}
	return levels
}

// The officers and the metrics tell before the disk is full, once for each change, and when it has room again.
func TestTheOfficersAreToldBeforeTheDiskIsFull(t *testing.T) {
	tight(t, func(h *hall, free *atomic.Int64, _ string) {
		officer, public := h.hear(h.chair()), h.hear("")
		h.passes()
		for _, mibs := range []int64{407, 401, 103, 97, 2_000} {
			free.Store(mibs * mib)
			h.passes()
			metrics := string(h.sendTo("/metrics", "", "GET", nil).raw)
			for _, want := range []string{"rostrum_disk_free_bytes", "rostrum_disk_reserve_bytes 2.68435456e+08", "rostrum_disk_level", "rostrum_journal_bytes", "rostrum_statements_bytes 0"} {
				if !strings.Contains(metrics, "\n"+want) {
					t.Errorf("the metrics do not tell %s", want)
				}
			}
		}
		synctest.Wait()
		if got := strings.Join(officer.disks(), " "); strings.TrimSpace(got) != "nearly low" {
			t.Errorf("the officers are told %q", got)
		}
		if got := officer.disks(); got[len(got)-1] != "" {
			t.Errorf("the officers are not told that there is room again: %q", got)
		}
		if got := public.disks(); len(got) > 0 {
			t.Errorf("the public is told %q", got)
		}
	})
}

// When the journal cannot be written the ballast is thrown off, nothing that was answered is lost, and the next
// command goes through once there is room, without a restart.
func TestADebateGoesOnOnceTheDiskHasRoomAgain(t *testing.T) {
	tight(t, func(h *hall, _ *atomic.Int64, ballast string) {
		h.do(h.badge("unodc"), "POST", "/requests", `{"id":"r"}`)
		h.passes()
		h.disk.set(nil, errors.New("no space left on device"), false)
		h.send(h.chair(), "PUT", "/floor", `{"id":"f","request":"r"}`).wants(503, "journal_unavailable")
		h.passes()
		if _, err := os.Stat(ballast); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the ballast is kept: %v", err)
		}
		if list := h.room.State().List("morning"); len(list) != 1 {
			t.Errorf("the list is %v", list)
		}
		h.disk.set(nil, nil, false)
		h.do(h.chair(), "PUT", "/floor", `{"id":"f","request":"r"}`)
		h.passes()
		if _, err := os.Stat(ballast); err != nil {
			t.Errorf("no ballast is taken on again: %v", err)
		}
		h.log.taken() // it says that the disk failed
	})
}
