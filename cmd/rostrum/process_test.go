package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"rostrum/server"
)

// readyIn is how long a server may take to start, and anything else, before a test says that it does not happen. It ends
// tests that hang: a machine that is busy with other work takes many times as long as one that is not.
const readyIn = 3 * time.Minute

// builtIn is where TestMain lets the program be built.
var builtIn string

// The test binary runs itself as another process, in these roles.
const childEnv = "ROSTRUM_CHILD"

var children = make(map[string]func(args []string) int)

func TestMain(m *testing.M) {
	if child, ok := children[os.Getenv(childEnv)]; ok {
		os.Exit(child(os.Args[1:]))
	}
	var err error
	if builtIn, err = os.MkdirTemp("", "rostrum-built-"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(builtIn)
	os.Exit(code)
}

// program is the real program, built once, with the race detector where the
// tests have it.
func program(t testing.TB) string {
	t.Helper()
	name, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return name
}

var build = sync.OnceValues(func() (string, error) {
	name := filepath.Join(builtIn, "rostrum")
	args := []string{"build", "-o", name}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "-race" && s.Value == "true" {
				args = append(args, "-race")
			}
		}
	}
	if out, err := exec.Command("go", append(args, ".")...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return name, nil
})

// child is the test binary in a role.
func child(role string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), childEnv+"="+role)
	return cmd
}

// process is a running server.
type process struct {
	testing.TB
	cmd    *exec.Cmd
	url    string
	stdout *bytes.Buffer // complete when read is closed
	stderr *bytes.Buffer // complete when the process has ended
	read   chan struct{}
	ended  bool
}

// serveCommand is the program as a server on any free port.
func serveCommand(t testing.TB, data string, args ...string) *exec.Cmd {
	return command(t, append([]string{"serve", "--addr", "127.0.0.1:0", "--data", data}, args...)...)
}

func command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	return exec.Command(program(t), args...)
}

// launch starts the program without waiting for it to be ready.
func launch(t testing.TB, cmd *exec.Cmd) (*process, *bufio.Reader) {
	t.Helper()
	p := &process{TB: t, cmd: cmd, stdout: new(bytes.Buffer), stderr: new(bytes.Buffer), read: make(chan struct{})}
	cmd.Stderr = p.stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p, bufio.NewReader(out)
}

var readyLine = regexp.MustCompile(`^Rostrum is ready at (http://\S+)\n$`)

// start starts a server and waits until it says that it is ready.
func start(t testing.TB, cmd *exec.Cmd) *process {
	t.Helper()
	p, out := launch(t, cmd)
	first := make(chan string, 1)
	go func() {
		line, _ := out.ReadString('\n')
		first <- line
		_, _ = io.Copy(p.stdout, out)
		close(p.read)
	}()
	select {
	case line := <-first:
		ready := readyLine.FindStringSubmatch(line)
		if ready == nil {
			p.kill()
			t.Fatalf("the server says %q, want that it is ready; its log:\n%s", line, p.stderr)
		}
		p.url = ready[1]
	case <-time.After(readyIn):
		p.kill()
		t.Fatalf("the server is not ready after %v; its log:\n%s", readyIn, p.stderr)
	}
	return p
}

// kill ends the process with SIGKILL, and looks at what it has logged.
func (p *process) kill() {
	if p.ended {
		return
	}
	p.ended = true
	_ = p.cmd.Process.Kill()
	if p.url != "" {
		<-p.read
	}
	_ = p.cmd.Wait()
	for _, bad := range []string{"level=ERROR", "panic", "DATA RACE"} {
		if strings.Contains(p.stderr.String(), bad) {
			p.Errorf("the server logged:\n%s", p.stderr)
			return
		}
	}
}

func readLinks(t testing.TB, file string) map[string]server.Links {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var links map[string]server.Links
	if err := json.Unmarshal(text, &links); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return links
}
