// Command rostrum runs the floor of interactive debates: it serves the pages
// for chair, delegates, display and rapporteur, and keeps the record.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"rostrum/queue/bolt"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(run(ctx, os.Args[1:], env{lookup: os.LookupEnv, stdout: os.Stdout, stderr: os.Stderr}))
}

// env is what a command has of the world around it.
type env struct {
	lookup func(string) (string, bool)
	stdout io.Writer
	stderr io.Writer
	// machine is another than the real one, in tests.
	machine *machine
}

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

const usage = `rostrum runs the floor of an interactive debate.

  rostrum serve    serve debates to the room
  rostrum check    say what is wrong with a debate file, or with the data
  rostrum links    print the links of chair, rapporteur, display and delegates
  rostrum cards    print nameplate cards with the delegations' badges
  rostrum record   write the record of a debate
  rostrum backup   copy the data, also while the server runs
  rostrum version  print the version

"rostrum COMMAND -h" tells the flags of a command. Every flag can also be given
in the environment: --addr as ROSTRUM_ADDR, and so on.
`

// errUsage says that a command was called wrongly, and has said how already.
var errUsage = errors.New("usage")

// run carries out a command and returns its exit code.
func run(ctx context.Context, args []string, e env) int {
	commands := map[string]func(context.Context, []string, env) error{
		"serve": serve, "check": check, "links": links, "cards": cards, "record": record, "backup": backup, "version": version,
	}
	if len(args) == 0 {
		fmt.Fprint(e.stderr, usage)
		return exitUsage
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		fmt.Fprint(e.stdout, usage)
		return exitOK
	}
	command, ok := commands[args[0]]
	if !ok {
		fmt.Fprintf(e.stderr, "rostrum: there is no command %q\n\n%s", args[0], usage)
		return exitUsage
	}
	err := command(ctx, args[1:], e)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.Is(err, errUsage):
		return exitUsage
	default:
		fmt.Fprintf(e.stderr, "rostrum: %v\n", err)
		if damage := new(bolt.CorruptError); errors.As(err, &damage) {
			fmt.Fprintln(e.stderr, "rostrum: to go on with what is sound: rostrum serve --accept-loss")
		}
		return exitFailed
	}
}

func version(_ context.Context, args []string, e env) error {
	if err := parse(flags("version", "", e), args, 0, e); err != nil {
		return err
	}
	fmt.Fprintln(e.stdout, "rostrum", buildVersion())
	return nil
}

// buildVersion is the module's version, or the commit it was built from.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return info.Main.Version
}
