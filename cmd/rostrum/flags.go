package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// flags makes the flags of a command, with its arguments as the usage tells
// them.
func flags(name, arguments string, e env) *flag.FlagSet {
	f := flag.NewFlagSet(name, flag.ContinueOnError)
	f.SetOutput(e.stderr)
	f.Usage = func() {
		fmt.Fprintf(e.stderr, "usage: rostrum %s [flags] %s\n", name, arguments)
		f.PrintDefaults()
	}
	return f
}

// parse reads the flags from the arguments and, for those that are not there,
// from the environment. It wants n arguments beside them.
func parse(f *flag.FlagSet, args []string, n int, e env) error {
	if err := parseAny(f, args, e); err != nil {
		return err
	}
	if f.NArg() != n {
		return usageError(f, fmt.Errorf("%d arguments, want %d", f.NArg(), n), e)
	}
	return nil
}

// parseAny is parse for any number of arguments.
func parseAny(f *flag.FlagSet, args []string, e env) error {
	var rest []string // flags may stand before and behind them
	for {
		if err := f.Parse(args); err != nil {
			if err == flag.ErrHelp {
				return err
			}
			return errUsage // the flag set has said what is wrong
		}
		if f.NArg() == 0 {
			break
		}
		rest, args = append(rest, f.Arg(0)), f.Args()[1:]
	}
	if err := f.Parse(append([]string{"--"}, rest...)); err != nil {
		return errUsage
	}
	given := make(map[string]bool)
	f.Visit(func(set *flag.Flag) { given[set.Name] = true })
	var wrong error
	f.VisitAll(func(set *flag.Flag) {
		name := "ROSTRUM_" + strings.ToUpper(strings.ReplaceAll(set.Name, "-", "_"))
		value, ok := e.lookup(name)
		if !ok || value == "" || given[set.Name] {
			return
		}
		if err := f.Set(set.Name, value); err != nil {
			wrong = fmt.Errorf("%s=%s: %w", name, value, err)
		}
	})
	if wrong != nil {
		return usageError(f, wrong, e)
	}
	return nil
}

// usageError says what is wrong with how a command was called.
func usageError(f *flag.FlagSet, err error, e env) error {
	fmt.Fprintf(e.stderr, "rostrum %s: %v\n", f.Name(), err)
	f.Usage()
	return errUsage
}

// paths is a flag that may be given several times, or once as a list.
type paths []string

func (p *paths) String() string { return strings.Join(*p, string(os.PathListSeparator)) }

func (p *paths) Set(value string) error {
	*p = append(*p, filepath.SplitList(value)...)
	return nil
}

func dataFlag(f *flag.FlagSet, e env) *string {
	return f.String("data", "", "`directory` of the data (default "+defaultData(e)+")")
}

// defaultData is the user's directory for an application's data.
func defaultData(e env) string {
	get := func(name string) string { value, _ := e.lookup(name); return value }
	home := get("HOME")
	switch {
	case runtime.GOOS == "windows" && get("LOCALAPPDATA") != "":
		return filepath.Join(get("LOCALAPPDATA"), "rostrum")
	case runtime.GOOS == "darwin" && home != "":
		return filepath.Join(home, "Library", "Application Support", "rostrum")
	case get("XDG_DATA_HOME") != "":
		return filepath.Join(get("XDG_DATA_HOME"), "rostrum")
	case home != "":
		return filepath.Join(home, ".local", "share", "rostrum")
	default:
		return "rostrum-data"
	}
}

// dataDir is the data directory of a command.
func dataDir(flag string, e env) string {
	if flag != "" {
		return flag
	}
	return defaultData(e)
}
