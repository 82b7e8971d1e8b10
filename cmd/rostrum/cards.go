package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"rostrum/server"
	"rostrum/server/typeset"
	"rostrum/static"
	"rostrum/timer"
)

// cards writes nameplate cards with the badges of a debate to a file: a page to
// print from a browser, or a PDF.
func cards(ctx context.Context, args []string, e env) error {
	f := flags("cards", "", e)
	data := addDataFlags(f, e)
	debate := f.String("id", "", "`id` of the debate (default the only one)")
	lang := f.String("lang", "", "`languages` of the names, such as en,fr (default the debate's first)")
	paper := f.String("paper", "a4", "`paper`: a4 or letter")
	participant := f.String("participant", "", "only these `participants`, such as ken,bra")
	category := f.String("category", "", "only these `categories`, such as member_state,observer")
	pdf := f.Bool("pdf", false, "write a PDF, not a page for a browser")
	under := f.String("url", "", "`address` of the server for those in the room (default that of the running server)")
	out := f.String("out", "", "`file` to write (required: it holds secrets)")
	if err := parse(f, args, 0, e); err != nil {
		return err
	}
	if *out == "" {
		fmt.Fprintln(e.stderr, "rostrum cards: say with --out FILE where to write the cards")
		return errUsage
	}
	d, err := data.openToRead(ctx, e)
	if err != nil {
		return err
	}
	defer d.close()
	debates, err := d.debates()
	if err != nil {
		return err
	}
	id, err := choose(*debate, debates, d.Unopened)
	if err != nil {
		return err
	}
	if *under == "" && d.store != nil {
		return errors.New("no server runs: say with --url under which address those in the room will reach it, since it is printed on the cards")
	}
	base := d.at.moved(*under).room[0] // what is printed is for delegates
	list := func(text string) []string {
		return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	}
	var file bytes.Buffer
	if d.store == nil {
		query := url.Values{"lang": {*lang}, "paper": {*paper}, "participant": {*participant}, "category": {*category}, "base": {base}}
		name := "cards"
		if *pdf {
			name = "cards.pdf"
		}
		err = d.get(ctx, "/"+url.PathEscape(id)+"/"+name+"?"+query.Encode(), &file)
	} else {
		state, stateErr := d.state(ctx, id)
		if stateErr != nil {
			return fmt.Errorf("opening %q: %w", id, stateErr)
		}
		choice := server.CardChoice{Languages: list(*lang), Paper: *paper, Participants: list(*participant), Categories: list(*category)}
		err = server.WriteCards(&file, d.keys, base, state, choice, static.Files, *pdf, typeset.SystemDirs(), timer.NewClock(0).Now())
	}
	if err != nil {
		return fmt.Errorf("the cards of %q: %w", id, err)
	}
	if err := writeOut(*out, file.Bytes()); err != nil {
		return fmt.Errorf("writing the cards: %w", err)
	}
	fmt.Fprintf(e.stdout, "The cards are in %s. Who holds a card can act for its delegation.\n", *out)
	return nil
}
