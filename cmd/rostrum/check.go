package main

import (
	"context"
	"fmt"
)

// check says what is wrong with a debate file.
func check(_ context.Context, args []string, e env) error {
	f := flags("check", "FILE", e)
	if err := parse(f, args, 1, e); err != nil {
		return err
	}
	p, err := readProgramme(f.Arg(0))
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "%s: %s: %d panels, %d participants, no mistakes\n", f.Arg(0), p.Debate.ID, len(p.Panels), len(p.Participants))
	return nil
}
