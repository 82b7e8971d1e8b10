package main

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// record writes the record of a debate, from the data or through the server that
// has them open.
func record(ctx context.Context, args []string, e env) error {
	f := flags("record", "", e)
	data := addDataFlags(f, e)
	debate := f.String("id", "", "`id` of the debate (default the only one)")
	format := f.String("format", "json", "json or csv; md or docx for the President's summary")
	lang := f.String("lang", "", "`language` of the names (default the debate's first)")
	out := f.String("out", "", "`file` to write (default standard output)")
	if err := parse(f, args, 0, e); err != nil {
		return err
	}
	if !slices.Contains([]string{"json", "csv", "md", "docx"}, *format) {
		fmt.Fprintf(e.stderr, "rostrum record: --format is json, csv, md or docx, not %q\n", *format)
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
	var text bytes.Buffer
	if d.store == nil {
		path := "/api/v1/debates/" + url.PathEscape(id) + "/record." + *format + "?" + url.Values{"lang": {*lang}}.Encode()
		err = d.get(ctx, path, &text)
	} else {
		err = d.writeRecord(ctx, &text, id, *format, *lang)
	}
	if err != nil {
		return fmt.Errorf("the record of %q: %w", id, err)
	}
	if *out != "" {
		return writeOut(*out, text.Bytes())
	}
	_, err = e.stdout.Write(text.Bytes())
	return err
}

// choose is the debate that was named, or the only one there is. Those that a server
// has not opened come with why.
func choose(id string, debates []string, unopened map[string]string) (string, error) {
	switch {
	case unopened[id] != "":
		return "", fmt.Errorf("the debate %q is not open: %s", id, unopened[id])
	case id == "" && len(debates) == 1:
		return debates[0], nil
	case id == "" && len(debates) == 0:
		return "", fmt.Errorf("there are no debates yet")
	case id == "":
		return "", fmt.Errorf("there are several debates: name one with --id: %s", strings.Join(debates, ", "))
	case !slices.Contains(debates, id):
		return "", fmt.Errorf("there is no debate %q; there are: %s", id, strings.Join(debates, ", "))
	}
	return id, nil
}
