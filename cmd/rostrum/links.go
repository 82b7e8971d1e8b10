package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"sync"

	"rsc.io/qr"

	"rostrum/queue"
	"rostrum/server"
)

// links prints the links of the debates in a data directory, and renews those of a
// role where it is told to.
func links(ctx context.Context, args []string, e env) error {
	f := flags("links", "", e)
	data := addDataFlags(f, e)
	under := f.String("url", "", "`address` of the server for those in the room (default that of the running server)")
	role := f.String("renew", "", "replace the link of a `role` (chair, rapporteur or display) and end the sessions that used it")
	debate := f.String("id", "", "`id` of the one debate (default all)")
	asJSON := f.Bool("json", false, "print them as JSON")
	if err := parse(f, args, 0, e); err != nil {
		return err
	}
	if *role != "" && !slices.Contains([]string{"chair", "rapporteur", "display"}, *role) {
		fmt.Fprintf(e.stderr, "rostrum links: --renew is chair, rapporteur or display, not %q\n", *role)
		return errUsage
	}
	d, err := data.openFor(ctx, *role, e)
	if err != nil {
		return err
	}
	defer d.close()
	at := d.at.moved(*under)
	if d.store != nil && *under == "" {
		fmt.Fprintf(e.stderr, "rostrum: no server runs on these data: the links are for one at %s (another address: --url)\n", at.room[0])
	}
	debates, err := d.debates()
	if err != nil {
		return err
	}
	if len(debates) == 0 {
		return errors.New("there are no debates yet: run rostrum serve once")
	}
	if *debate != "" {
		id, err := choose(*debate, debates, d.Unopened)
		if err != nil {
			return err
		}
		debates = []string{id}
	}
	for _, id := range debates {
		if *role == "" {
			break
		}
		if err := d.renewLink(ctx, id, queue.Role(*role)); err != nil && !d.passOver(err, debates, e) {
			return fmt.Errorf("renewing the %s's link of %q: %w", *role, id, err)
		}
	}
	all, err := d.links(ctx, at, debates, e)
	if err != nil {
		return fmt.Errorf("the links: %w", err)
	}
	if len(d.told) == len(debates) {
		return errors.New("none of the debates can be opened")
	}
	if *asJSON {
		out := json.NewEncoder(e.stdout)
		out.SetIndent("", "  ")
		return out.Encode(all)
	}
	for _, id := range debates {
		if l, ok := all[id]; ok {
			printLinks(e.stdout, id, l)
		}
	}
	return nil
}

// openFor opens the data to look at links, or to renew those of a role.
func (o dataFlags) openFor(ctx context.Context, renewed string, e env) (*data, error) {
	d, err := o.openToRead(ctx, e)
	if err != nil || renewed == "" || d.store == nil {
		return d, err // a server writes for us
	}
	if err := d.close(); err != nil {
		return nil, err
	}
	if d, err = o.openToWrite(ctx, e); err != nil {
		return nil, fmt.Errorf("renewing links, which is written into the data: %w", err)
	}
	return d, nil
}

// renewLink replaces the link of a role in a debate: through the server that runs, or
// in the journal itself.
func (d *data) renewLink(ctx context.Context, debate string, role queue.Role) error {
	command := &queue.RenewLink{ID: "cli-" + rand.Text(), Role: role}
	if d.store != nil {
		return d.submit(ctx, debate, command)
	}
	return d.post(ctx, "/api/v1/debates/"+url.PathEscape(debate)+"/links/renew", command)
}

// passOver says whether a debate that cannot be opened is one of several, so that the
// others are not kept from who asks for all of them. It tells why.
func (d *data) passOver(err error, debates []string, e env) bool {
	shut := new(unopened)
	if len(debates) < 2 || !errors.As(err, shut) {
		return false
	}
	if !d.told[shut.ID] {
		fmt.Fprintf(e.stderr, "rostrum: %v. What to do: %s\n", shut, shut.todo())
	}
	d.told[shut.ID] = true
	return true
}

// links are the links of debates under the addresses of a server.
func (d *data) links(ctx context.Context, at bases, debates []string, e env) (map[string]server.Links, error) {
	all := make(map[string]server.Links)
	if d.store == nil {
		var text bytes.Buffer
		if err := d.get(ctx, "/api/v1/links?"+url.Values{"base": {at.officers[0]}}.Encode(), &text); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(text.Bytes(), &all); err != nil {
			return nil, fmt.Errorf("reading the server's answer: %w", err)
		}
		maps.DeleteFunc(all, func(id string, _ server.Links) bool { return !slices.Contains(debates, id) })
		for id, l := range all {
			all[id] = at.apart(l)
		}
		return all, nil
	}
	for _, id := range debates {
		state, err := d.state(ctx, id)
		if err != nil && d.passOver(err, debates, e) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if state.Debate.ID != "" { // its first programme was loaded
			all[id] = at.apart(d.keys.LinksOf(at.officers[0], state))
		}
	}
	return all, nil
}

// writeLinks writes the links of debates to a file that only the user may read.
func writeLinks(file string, all map[string]server.Links) error {
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the links: %w", err)
	}
	if err := writeFile(file, append(text, '\n')); err != nil {
		return fmt.Errorf("writing the links: %w", err)
	}
	return nil
}

// keepLinks writes the file of links again whenever a link or a join code has
// changed, until the context ends.
func (fl *floor) keepLinks(ctx context.Context, keys server.Keys, at bases, file string) {
	changed := make(chan struct{}, 1)
	var watching sync.WaitGroup
	defer watching.Wait()
	for _, d := range fl.debates {
		watch := d.Room.Watch()
		watching.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case <-watch:
				}
				select {
				case changed <- struct{}{}:
				default:
				}
			}
		})
	}
	var written map[string]server.Links // nothing, should a link have changed before the watch
	for {
		if all := fl.links(keys, at); !maps.Equal(all, written) {
			if err := writeLinks(file, all); err != nil {
				fl.log.Warn("the file of links could not be written again", "err", err)
			}
			written = all
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
	}
}

// printLinks prints the links of a debate, with the delegates' as a QR code.
func printLinks(w io.Writer, title string, l server.Links) {
	fmt.Fprintf(w, "\n%s\n\n", title)
	fmt.Fprintf(w, "  Chair       %s\n  Rapporteur  %s\n  Display     %s\n", l.Chair, l.Rapporteur, l.Display)
	fmt.Fprintf(w, "  Delegates   %s   join code %s\n\n", l.Join, cmp.Or(l.JoinCode, "off"))
	code, err := qr.Encode(l.Join, qr.L)
	if err != nil {
		return // an address too long for a code can still be typed
	}
	const quiet = 2
	for y := -quiet; y < code.Size+quiet; y += 2 {
		fmt.Fprint(w, "  ")
		for x := -quiet; x < code.Size+quiet; x++ {
			// The light modules are drawn: most terminals are dark.
			upper, lower := !code.Black(x, y), !code.Black(x, y+1)
			switch {
			case upper && lower:
				fmt.Fprint(w, "█")
			case upper:
				fmt.Fprint(w, "▀")
			case lower:
				fmt.Fprint(w, "▄")
			default:
				fmt.Fprint(w, " ")
			}
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
}
