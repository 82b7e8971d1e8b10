package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// A server whose disk takes nothing more refuses what it cannot write, says why, leaves no half of anything, and goes on
// by itself once it can. A limit of the size of its files stands for the full disk.
func TestAServerGoesOnOnceItsDiskTakesMore(t *testing.T) {
	t.Parallel()
	data, links := t.TempDir(), filepath.Join(t.TempDir(), "links.json")
	p := start(t, serveCommand(t, data, "--links", links))
	var debate, chair string
	for id, of := range readLinks(t, links) {
		debate, chair = id, tokenOf(t, of.Chair)
	}
	tell := func(text string) int {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, p.url+debateAt(debate)+"/message", strings.NewReader(`{"text":"`+text+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+chair)
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		return answer.StatusCode
	}
	may := func(bytes uint64) {
		t.Helper()
		limit := unix.Rlimit{Cur: bytes, Max: unix.RLIM_INFINITY}
		var was unix.Rlimit
		if err := unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, nil, &was); err != nil {
			t.Fatal(err)
		}
		limit.Max = was.Max
		if err := unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, &limit, nil); err != nil {
			t.Fatal(err)
		}
	}
	add := func(id string, status int) {
		t.Helper()
		if got := state(t, p.url, chair, debate, id, strings.Repeat("every word ", 10_000)); got != status {
			t.Errorf("the file %s is answered with %d, want %d", id, got, status)
		}
	}
	if got := tell("before"); got != http.StatusOK {
		t.Fatalf("answered %d", got)
	}
	may(4096)
	add("full", http.StatusInsufficientStorage)
	if got := tell("while"); got != http.StatusServiceUnavailable {
		t.Errorf("a command on a full disk is answered with %d", got)
	}
	if files := statementFiles(t, data); len(files) > 0 {
		t.Errorf("%v stay of a file that did not fit", files)
	}
	may(unix.RLIM_INFINITY)
	if got := tell("after"); got != http.StatusOK {
		t.Errorf("a command is answered with %d once there is room", got)
	}
	add("fits", http.StatusCreated)
	if files := statementFiles(t, data); len(files) != 1 {
		t.Errorf("the files are %v", files)
	}

	_ = p.cmd.Process.Kill()
	<-p.read
	_ = p.cmd.Wait()
	p.ended = true // with the errors in its log that there are to be
	if log := p.stderr.String(); !strings.Contains(log, "code=disk_full") || strings.Contains(log, "code=internal") || !strings.Contains(log, "commit failed") || strings.Contains(log, "panic") {
		t.Errorf("the log is\n%s", log)
	}
}
