//go:build linux

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// screens is how many screens the benchmarks of the stream have.
const screens = 5_000

// benchHall is a server in a process of its own, with a crowd of screens on
// WebSockets in this one.
type benchHall struct {
	testing.TB
	*process
	client *http.Client
	stream string           // path
	floor  func(n int) *act // the command that makes change n of the benchmark
	seq    atomic.Int64     // the change that is waited for
	left   atomic.Int64     // how many screens do not have it yet
	all    chan time.Time   // when the last one has it
	size   atomic.Int64     // of the last frame
	conns  []net.Conn
	broken atomic.Pointer[error]
}

// rostrumHall is the program with the example debate.
func rostrumHall(b *testing.B) *benchHall {
	dir := b.TempDir()
	links := filepath.Join(dir, "links.json")
	h := &benchHall{TB: b, process: start(b, child("serve", "serve", "--addr", "127.0.0.1:0", "--data", filepath.Join(dir, "data"), "--links", links))}
	h.client = &http.Client{Timeout: time.Minute}
	for id, l := range readLinks(b, links) {
		debate, chair := "/api/v1/debates/"+id, tokenOf(b, l.Chair)
		h.stream = debate + "/stream"
		v, err := look(h.client, h.url+debate, chair)
		if err != nil {
			b.Fatal(err)
		}
		panel := ""
		for id := range v.State.Panels {
			if strings.Contains(id, "morning") {
				panel = id
			}
		}
		h.floor = func(n int) *act {
			return &act{method: http.MethodPut, path: debate + "/floor", token: chair, body: fmt.Sprintf(`{"id":"i%d","participant":%q}`, n, delegations[n%len(delegations)])}
		}
		h.do(&act{method: http.MethodPut, path: debate + "/panel", token: chair, body: fmt.Sprintf(`{"panel":%q}`, panel)})
		h.do(&act{method: http.MethodPatch, path: debate + "/panels/" + panel, token: chair, body: `{"status":"open","list":"open"}`})
		if v, err = look(h.client, h.url+debate, chair); err != nil {
			b.Fatal(err)
		}
		h.seq.Store(v.Seq)
	}
	return h
}

// bareHall is a bare hub, whose frames are as large as those of another hall.
func bareHall(b *testing.B, like *benchHall) *benchHall {
	h := &benchHall{TB: b, process: start(b, child("bare", filepath.Join(b.TempDir(), "log"))), stream: "/stream", client: &http.Client{Timeout: time.Minute}}
	h.floor = func(int) *act {
		return &act{method: http.MethodPut, path: fmt.Sprintf("/floor?size=%d", like.size.Load()), body: "{}"}
	}
	return h
}

func (h *benchHall) do(a *act) {
	h.Helper()
	status, body, err := send(h.client, h.url, a)
	if err != nil || status != http.StatusOK {
		h.Fatalf("%s: %d %s %v", a, status, body, err)
	}
}

// seat opens screens, and waits until each has its first frame if there is one.
func (h *benchHall) seat(n int, first bool) {
	h.Helper()
	h.all = make(chan time.Time, 1)
	for range n {
		conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "http://"))
		if errors.Is(err, syscall.EMFILE) {
			h.Fatalf("%v: the benchmark needs %d open files: ulimit -Hn", err, 2*screens+100)
		}
		if err != nil {
			h.Fatal(err)
		}
		h.conns = append(h.conns, conn)
		fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: rostrum.v1\r\n\r\n", h.stream, conn.RemoteAddr())
		in := bufio.NewReaderSize(conn, 1<<10)
		answer, err := http.ReadResponse(in, nil)
		if err != nil || answer.StatusCode != http.StatusSwitchingProtocols {
			h.Fatalf("opening a stream: %v %v", answer, err)
		}
		if first {
			if _, err := readFrame(conn, in); err != nil {
				h.Fatal(err)
			}
		}
		go h.watch(conn, in)
	}
	h.Cleanup(func() {
		for _, conn := range h.conns {
			conn.Close()
		}
	})
}

// watch reads a screen's frames.
func (h *benchHall) watch(conn net.Conn, in *bufio.Reader) {
	for {
		frame, err := readFrame(conn, in)
		if err != nil {
			if !errors.Is(err, net.ErrClosed) {
				h.broken.CompareAndSwap(nil, &err)
			}
			return
		}
		_, rest, _ := bytes.Cut(frame[:min(len(frame), 128)], []byte(`"seq":`))
		number, _, _ := bytes.Cut(rest, []byte(","))
		if seq, err := strconv.ParseInt(string(number), 10, 64); err != nil || seq != h.seq.Load() {
			err = fmt.Errorf("a frame of another change than %d: %.200s", h.seq.Load(), frame)
			h.broken.CompareAndSwap(nil, &err)
			return
		}
		h.size.Store(int64(len(frame)))
		if h.left.Add(-1) == 0 {
			h.all <- time.Now()
		}
	}
}

// readFrame reads the next text frame of a server into a buffer that is valid until the
// next call, and answers pings.
func readFrame(conn net.Conn, in *bufio.Reader) ([]byte, error) {
	for {
		head, err := in.Peek(2)
		if err != nil {
			return nil, err
		}
		opcode, size, skip := head[0]&0x0f, int(head[1]), 2
		switch size {
		case 126:
			if head, err = in.Peek(4); err != nil {
				return nil, err
			}
			size, skip = int(head[2])<<8|int(head[3]), 4
		case 127:
			if head, err = in.Peek(10); err != nil {
				return nil, err
			}
			size, skip = int(head[6])<<24|int(head[7])<<16|int(head[8])<<8|int(head[9]), 10
		}
		if _, err := in.Discard(skip); err != nil {
			return nil, err
		}
		var body []byte
		if size <= in.Size() {
			body, err = in.Peek(size)
			if err == nil {
				_, err = in.Discard(size)
			}
		} else {
			body = make([]byte, size)
			_, err = io.ReadFull(in, body)
		}
		switch {
		case err != nil:
			return nil, err
		case opcode == 1:
			return body, nil
		case opcode == 9:
			if _, err := conn.Write([]byte{0x8a, 0x80, 0, 0, 0, 0}); err != nil {
				return nil, err
			}
		}
	}
}

// change sends the command that makes a change, and returns how long it took until the
// last screen had it.
func (h *benchHall) change(n int) time.Duration {
	h.Helper()
	h.left.Store(int64(len(h.conns)))
	h.seq.Add(1)
	a := h.floor(n)
	began := time.Now()
	h.do(a)
	select {
	case last := <-h.all:
		return last.Sub(began)
	case <-time.After(readyIn):
		if err := h.broken.Load(); err != nil {
			h.Fatal(*err)
		}
		h.Fatalf("%d screens do not have the change after %v", h.left.Load(), readyIn)
		return 0
	}
}

// cpu is the processor time that the server has used.
func (h *benchHall) cpu() time.Duration {
	h.Helper()
	return processorTime(h, h.cmd.Process.Pid)
}

// processorTime is what a process has used of the processors.
func processorTime(t testing.TB, pid int) time.Duration {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	return ticks(t, fields[11:13]...)
}

// ticks adds up times that /proc tells in ticks of 10 ms.
func ticks(t testing.TB, fields ...string) time.Duration {
	t.Helper()
	var all int64
	for _, field := range fields {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		all += n
	}
	return time.Duration(all) * 10 * time.Millisecond
}

func median(d []time.Duration) time.Duration { return slices.Sorted(slices.Values(d))[len(d)/2] }

func inMS(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// BenchmarkScreens is the time from the chair's command until the last of 5,000 screens
// on WebSockets has the change, beside that of a bare hub. The changes of the two
// alternate. The screens of both are in this process, the servers in their own.
//
//	go test -run '^$' -bench Screens -benchtime 50x ./cmd/rostrum/
func BenchmarkScreens(b *testing.B) {
	h := rostrumHall(b)
	h.seat(screens, true)
	bare := bareHall(b, h)
	bare.seat(screens, false)
	for n := range 3 {
		h.change(n)
		bare.change(n)
	}
	var ours, theirs []time.Duration
	cpu, cpuBare := h.cpu(), bare.cpu()
	b.ResetTimer()
	for n := range b.N {
		ours = append(ours, h.change(n+3))
		theirs = append(theirs, bare.change(n+3))
	}
	b.StopTimer()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(inMS(median(ours)), "ms/change")
	b.ReportMetric(inMS(median(theirs)), "ms/change-bare")
	b.ReportMetric(float64(median(ours))/float64(median(theirs)), "ratio")
	b.ReportMetric(inMS(h.cpu()-cpu)/float64(b.N), "cpu-ms/change")
	b.ReportMetric(inMS(bare.cpu()-cpuBare)/float64(b.N), "cpu-ms/change-bare")
	b.ReportMetric(float64(h.size.Load()), "bytes/frame")
}

// BenchmarkIdleStream is the memory of a server for an idle stream, with 5,000 of them,
// beside a bare gorilla server's: what the process has of the machine, and what
// the Go heap and stacks have of that. It is measured after a few changes and after
// the garbage is gone. The streams are opened once, whatever b.N is.
//
//	go test -run '^$' -bench IdleStream -benchtime 1x ./cmd/rostrum/
func BenchmarkIdleStream(b *testing.B) {
	measure := func(h *benchHall, first bool, suffix string) {
		rss, inuse := h.memory()
		h.seat(screens, first)
		for n := range 5 {
			h.change(n)
		}
		asItIs := h.rss()
		rssWith, inuseWith := h.memory()
		b.ReportMetric(float64(rssWith-rss)/screens/1024, "KiB/stream"+suffix)
		b.ReportMetric(float64(inuseWith-inuse)/screens/1024, "KiB-heap+stack/stream"+suffix)
		b.ReportMetric(float64(asItIs-rss)/screens/1024, "KiB-with-garbage/stream"+suffix)
	}
	h := rostrumHall(b)
	measure(h, true, "")
	measure(bareHall(b, h), false, "-bare")
	b.ReportMetric(0, "ns/op")
}

// memory is what the process has of the machine, and what its heap and stacks
// have, in bytes, when the garbage is gone.
func (h *benchHall) memory() (rss, inuse int64) {
	h.Helper()
	for range 3 {
		time.Sleep(time.Second)
		if err := h.cmd.Process.Signal(syscall.SIGUSR1); err != nil {
			h.Fatal(err)
		}
	}
	time.Sleep(time.Second)
	status, body, err := send(h.client, h.url, &act{method: http.MethodGet, path: "/metrics"})
	if err != nil || status != http.StatusOK {
		h.Fatalf("metrics: %d %v", status, err)
	}
	for line := range strings.Lines(string(body)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "go_memstats_heap_inuse_bytes" || name == "go_memstats_stack_inuse_bytes" {
			v, err := strconv.ParseFloat(value, 64)
			if err != nil {
				h.Fatal(err)
			}
			inuse += int64(v)
		}
	}
	return h.rss(), inuse
}

// rss is the resident memory of the process, in bytes.
func (h *benchHall) rss() int64 {
	h.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", h.cmd.Process.Pid))
	if err != nil {
		h.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	var kilobytes int64
	if _, err := fmt.Sscan(rest, &kilobytes); err != nil {
		h.Fatal(err)
	}
	return kilobytes * 1024
}
