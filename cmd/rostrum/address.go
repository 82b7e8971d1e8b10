package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"rostrum/server"
)

// listen opens the addresses that a flag lists, with commas between.
func listen(list string) ([]net.Listener, error) {
	var out []net.Listener
	for address := range strings.SplitSeq(list, ",") {
		l, err := net.Listen("tcp", strings.TrimSpace(address))
		if err != nil {
			return nil, errors.Join(fmt.Errorf("listening on %s: %w (another address: --addr)", address, err), closeAll(out))
		}
		out = append(out, l)
	}
	return out, nil
}

func closeAll(listeners []net.Listener) error {
	var err error
	for _, l := range listeners {
		if failed := l.Close(); !errors.Is(failed, net.ErrClosed) {
			err = errors.Join(err, failed)
		}
	}
	return err
}

func addressesOf(listeners []net.Listener) []net.Addr {
	out := make([]net.Addr, len(listeners))
	for i, l := range listeners {
		out[i] = l.Addr()
	}
	return out
}

// bases are the addresses under which a server is reached, the best first. The two
// are the same, unless the server has a certificate of its own authority: then the
// officers' devices trust it, and the delegates come without TLS.
type bases struct {
	officers, room []string
}

// basesOf finds them: the technician's word, the certificate's name, or the machine's
// addresses in its networks.
func basesOf(said string, addresses []net.Addr, c certificates) bases {
	said = strings.TrimRight(said, "/")
	switch {
	case c.config == nil:
		plain := baseURLs(said, at("http", addresses))
		return bases{plain, plain}
	case c.authority != nil:
		b := bases{baseURLs(said, at("https", addresses)), baseURLs(said, at("http", addresses))}
		for i := range b.officers {
			b.officers[i], b.room[i] = with("https", b.officers[i]), with("http", b.room[i])
		}
		return b
	}
	secure := baseURLs(said, at("https", addresses))
	switch {
	case said != "":
	case c.name != "":
		secure = []string{with("https", "http://"+net.JoinHostPort(c.name, portOf(at("https", addresses))))}
	default:
		for i := range secure {
			secure[i] = with("https", secure[i])
		}
	}
	return bases{secure, secure}
}

// ports are those that an address need not name.
var ports = map[string]string{"http": "80", "https": "443"}

// at is the address to come to with a scheme: the one that has its port, or else the
// first. Every one speaks both.
func at(scheme string, addresses []net.Addr) net.Addr {
	for _, a := range addresses {
		if portOf(a) == ports[scheme] {
			return a
		}
	}
	return addresses[0]
}

func portOf(a net.Addr) string {
	_, port, _ := net.SplitHostPort(a.String())
	return port
}

// with is a URL with another scheme, and without the port which that scheme means anyway.
func with(scheme, url string) string {
	_, rest, _ := strings.Cut(url, "://")
	return scheme + "://" + strings.TrimSuffix(rest, ":"+ports[scheme])
}

// baseURLs are the addresses under which the room can reach a server without TLS, the best
// first.
func baseURLs(said string, addr net.Addr) []string {
	if said != "" {
		return []string{strings.TrimRight(said, "/")}
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

// localURL is the address under which this machine reaches a server. It needs no
// certificate: what comes from the machine itself is answered without TLS.
func localURL(addr net.Addr) string {
	at, err := netip.ParseAddrPort(addr.String())
	if err == nil && at.Addr().IsUnspecified() {
		return fmt.Sprintf("http://localhost:%d", at.Port())
	}
	return "http://" + addr.String()
}

// likely are the addresses of a server that does not run: of one that is started without
// flags on this machine.
func likely() bases {
	plain := baseURLs("", &net.TCPAddr{IP: net.IPv4zero, Port: 8080})
	return bases{plain, plain}
}

// moved are the addresses of a server as the technician says them.
func (b bases) moved(said string) bases {
	said = strings.TrimRight(said, "/")
	if said == "" {
		return b
	}
	if b.officers[0] == b.room[0] {
		return bases{[]string{said}, []string{said}}
	}
	return bases{[]string{with("https", said)}, []string{with("http", said)}}
}

// apart gives the links that were made for the officers' address with the delegates'
// under the room's.
func (b bases) apart(l server.Links) server.Links {
	l.Join = b.room[0] + strings.TrimPrefix(l.Join, b.officers[0])
	return l
}
