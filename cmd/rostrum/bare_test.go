//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/gorilla/websocket"
)

func init() {
	children["serve"] = serveChild
	children["bare"] = bareChild
}

// serveChild is the program itself, in which SIGUSR1 also frees what memory can be freed.
func serveChild(args []string) int {
	freeOnSignal()
	return run(context.Background(), args, env{lookup: os.LookupEnv, stdout: os.Stdout, stderr: os.Stderr})
}

func freeOnSignal() {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGUSR1)
	go func() {
		for range told {
			debug.FreeOSMemory()
		}
	}()
}

// bareHub does only what cannot be left out between a command and the screens:
// one fdatasync, and one prepared message written to each. It uses gorilla/websocket with its
// defaults.
type bareHub struct {
	log   *os.File
	mu    sync.Mutex
	conns []*websocket.Conn
	seq   int
}

// bareChild serves a bare hub. Its argument is the file that it appends to.
func bareChild(args []string) int {
	freeOnSignal()
	log, err := os.Create(args[0])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFailed
	}
	h := &bareHub{log: log}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /stream", h.stream)
	mux.HandleFunc("PUT /floor", h.floor)
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		fmt.Fprintf(w, "go_memstats_heap_inuse_bytes %d\ngo_memstats_stack_inuse_bytes %d\n", m.HeapInuse, m.StackInuse)
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFailed
	}
	fmt.Printf("Rostrum is ready at http://%s\n", listener.Addr())
	fmt.Fprintln(os.Stderr, http.Serve(listener, mux))
	return exitFailed
}

func (h *bareHub) stream(w http.ResponseWriter, r *http.Request) {
	upgrader := websocket.Upgrader{}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	h.mu.Lock()
	h.conns = append(h.conns, conn)
	h.mu.Unlock()
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			conn.Close()
			return
		}
	}
}

// floor makes a command durable and writes a frame of ?size= bytes to all.
func (h *bareHub) floor(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	entry := make([]byte, 300)
	if _, err := h.log.Write(entry); err != nil {
		panic(err)
	}
	if err := syscall.Fdatasync(int(h.log.Fd())); err != nil {
		panic(err)
	}
	h.seq++
	size, _ := strconv.Atoi(r.URL.Query().Get("size"))
	frame := fmt.Sprintf(`{"type":"patch","from":%d,"seq":%d,"patch":{`, h.seq-1, h.seq)
	frame += strings.Repeat(" ", max(0, size-len(frame)-2)) + "}}"
	prepared, err := websocket.NewPreparedMessage(websocket.TextMessage, []byte(frame))
	if err != nil {
		panic(err)
	}
	for _, conn := range h.conns {
		if err := conn.WritePreparedMessage(prepared); err != nil {
			conn.Close()
		}
	}
	fmt.Fprintf(w, `{"seq":%d}`, h.seq)
}
