package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"rostrum/queue"
	"rostrum/server/statements"
)

// check says what is wrong with debate files, or with the data in a directory.
func check(ctx context.Context, args []string, e env) error {
	f := flags("check", "FILE…, or --data DIRECTORY alone", e)
	data := addDataFlags(f, e)
	if err := parseAny(f, args, e); err != nil {
		return err
	}
	switch {
	case f.NArg() == 0 && *data.dir != "":
		return checkData(ctx, data, e)
	case f.NArg() == 0:
		return usageError(f, errors.New("0 arguments, want debate files, or --data to check the data"), e)
	}
	files, err := readFiles(f.Args())
	if err != nil {
		return err
	}
	programmes, err := files.Programmes(nil)
	if err != nil {
		return err
	}
	for i, p := range programmes {
		fmt.Fprintf(e.stdout, "%s: %s: %s, %s, no mistakes\n", f.Arg(i), p.Debate.ID, count(len(p.Panels), "panel"), count(len(p.Participants), "participant"))
	}
	return nil
}

// checkData reads all debates of a data directory, and their written statements. It is an
// error where something is lost. What a running server has open was read by that when it started.
func checkData(ctx context.Context, data dataFlags, e env) error {
	d, err := data.openToRead(ctx, e)
	if err != nil {
		return err
	}
	defer d.close()
	var sound []string
	var wrong []error
	if d.store == nil {
		for _, id := range d.Debates {
			sound = append(sound, fmt.Sprintf("%s: a server has it open", id))
		}
		for _, id := range slices.Sorted(maps.Keys(d.Unopened)) {
			wrong = append(wrong, fmt.Errorf("the debate %q is not open: %s", id, d.Unopened[id]))
		}
	} else {
		ids, err := d.store.Debates()
		if err != nil {
			return err
		}
		for _, id := range ids {
			state, err := d.state(ctx, id)
			if err == nil {
				err = checkStatements(*data.dir, id, state)
			}
			if err != nil {
				wrong = append(wrong, err)
				continue
			}
			sound = append(sound, fmt.Sprintf("%s: %s, %s, no damage", id, counted(state.Entries, "entry", "entries"), count(len(state.Statements()), "written statement")))
		}
	}
	if len(wrong) > 0 {
		for _, line := range sound {
			fmt.Fprintln(e.stderr, line)
		}
		return errors.Join(wrong...)
	}
	for _, line := range sound {
		fmt.Fprintln(e.stdout, line)
	}
	return nil
}

// checkStatements reads the files of a debate's written statements.
func checkStatements(dir, id string, state *queue.State) error {
	files := statements.Open(statementsDir(dir))
	var wrong []error
	for _, statement := range slices.Sorted(maps.Keys(state.Statements())) {
		is := state.Statements()[statement]
		file, err := files.Open(id, statement, is.SHA256)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("the debate %q: the written statement %q of %s: %w. Restore it from a backup, or ask for it again", id, is.Name, is.Participant, err))
			continue
		}
		_ = file.Close() // it was only read
	}
	return errors.Join(wrong...)
}

func count(n int, what string) string { return counted(int64(n), what, what+"s") }

func counted(n int64, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
