package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"

	"rsc.io/qr"

	"rostrum/server"
)

// links prints the links of the debates in a data directory.
func links(ctx context.Context, args []string, e env) error {
	f := flags("links", "", e)
	data := dataFlag(f, e)
	url := f.String("url", "", "`address` of the server for those in the room (default that of the running server, or http://localhost:8080)")
	asJSON := f.Bool("json", false, "print them as JSON")
	if err := parse(f, args, 0, e); err != nil {
		return err
	}
	d, err := openData(dataDir(*data, e), e)
	if err != nil {
		return err
	}
	defer d.close()
	base := strings.TrimRight(*url, "/")
	if base == "" {
		base = d.url
	}
	debates, err := d.debates()
	if err != nil {
		return err
	}
	if len(debates) == 0 {
		return errors.New("there are no debates yet: run rostrum serve once")
	}
	all := make(map[string]server.Links)
	for _, id := range debates {
		all[id] = d.keys.LinksOf(base, id)
	}
	if *asJSON {
		out := json.NewEncoder(e.stdout)
		out.SetIndent("", "  ")
		return out.Encode(all)
	}
	for _, id := range debates {
		printLinks(e.stdout, id, all[id])
	}
	return nil
}

// printLinks prints the links of a debate, with the delegates' as a QR code.
func printLinks(w io.Writer, title string, l server.Links) {
	fmt.Fprintf(w, "\n%s\n\n", title)
	fmt.Fprintf(w, "  Chair       %s\n  Rapporteur  %s\n  Display     %s\n", l.Chair, l.Rapporteur, l.Display)
	fmt.Fprintf(w, "  Delegates   %s   join code %s\n\n", l.Join, l.JoinCode)
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

// baseURLs are the addresses under which the room can reach a server, the best
// first.
func baseURLs(url string, addr net.Addr) []string {
	if url != "" {
		return []string{strings.TrimRight(url, "/")}
	}
	at, err := netip.ParseAddrPort(addr.String())
	if err != nil || !at.Addr().IsUnspecified() {
		return []string{"http://" + addr.String()}
	}
	var out []string
	addresses, _ := net.InterfaceAddrs() // none known is none printed
	for _, a := range addresses {
		prefix, err := netip.ParsePrefix(a.String())
		if err != nil || !prefix.Addr().Is4() || !prefix.Addr().IsGlobalUnicast() {
			continue
		}
		out = append(out, "http://"+netip.AddrPortFrom(prefix.Addr(), at.Port()).String())
	}
	return append(out, fmt.Sprintf("http://localhost:%d", at.Port()))
}

// localURL is the address under which this machine reaches a server.
func localURL(addr net.Addr) string {
	at, err := netip.ParseAddrPort(addr.String())
	if err == nil && at.Addr().IsUnspecified() {
		return fmt.Sprintf("http://localhost:%d", at.Port())
	}
	return "http://" + addr.String()
}
