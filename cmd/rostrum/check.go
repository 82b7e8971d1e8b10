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
	fmt.Fprintf(e.stdout, "%s: %s: %s, %s, no mistakes\n", f.Arg(0), p.Debate.ID, count(len(p.Panels), "panel"), count(len(p.Participants), "participant"))
	return nil
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
