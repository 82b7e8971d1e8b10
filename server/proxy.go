package server

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Proxies are the networks of the proxies that a server believes. What one of them
// says in X-Forwarded-For, -Proto and -Host is taken for what the client did; the same
// headers from anybody else are ignored.
type Proxies []netip.Prefix

// ParseProxies reads networks and single addresses, with commas between them, such as
// "10.0.0.0/8,::1".
func ParseProxies(list string) (Proxies, error) {
	var out Proxies
	for part := range strings.SplitSeq(list, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		network, err := netip.ParsePrefix(part)
		if err != nil {
			address, alone := netip.ParseAddr(part)
			if alone != nil {
				return nil, fmt.Errorf("%q is neither a network such as 10.0.0.0/8 nor an address", part)
			}
			network = netip.PrefixFrom(address, address.BitLen())
		}
		out = append(out, network.Masked())
	}
	return out, nil
}

func (p Proxies) has(a netip.Addr) bool {
	for _, network := range p {
		if network.Contains(a) {
			return true
		}
	}
	return false
}

// overTLSKey is the key in a request's context of what a believed proxy says of the client's
// connection.
type overTLSKey struct{}

// unwrap gives a request as its client made it: with the client's address, the host
// that it asked for, and whether it came over TLS. Of the addresses that the proxies have added to
// X-Forwarded-For, the client's is the last that is not a proxy's: what stands before it was
// written by who knows whom.
func (p Proxies) unwrap(r *http.Request) *http.Request {
	if len(p) == 0 || !p.has(addressOf(r.RemoteAddr)) {
		return r
	}
	secure := strings.EqualFold(last(r.Header, "X-Forwarded-Proto"), "https")
	out := r.WithContext(context.WithValue(r.Context(), overTLSKey{}, secure))
	if client := p.client(r); client.IsValid() {
		out.RemoteAddr = net.JoinHostPort(client.String(), "0")
	}
	if host := last(r.Header, "X-Forwarded-Host"); host != "" {
		out.Host = host
	}
	return out
}

// client is the address that a believed proxy names, invalid where it names none.
func (p Proxies) client(r *http.Request) netip.Addr {
	var client netip.Addr
	chain := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(chain) - 1; i >= 0; i-- {
		address := addressOf(strings.TrimSpace(chain[i]))
		if !address.IsValid() {
			break // a proxy would not have written it
		}
		client = address
		if !p.has(address) {
			break
		}
	}
	return client
}

// last is the last value of a header that may be a list: what the nearest proxy says.
func last(h http.Header, name string) string {
	values := h.Values(name)
	if len(values) == 0 {
		return ""
	}
	list := values[len(values)-1]
	return strings.TrimSpace(list[strings.LastIndexByte(list, ',')+1:])
}

// addressOf is the address in "10.0.0.1", "10.0.0.1:80", "::1" or "[::1]:80", invalid
// where there is none.
func addressOf(text string) netip.Addr {
	if at, err := netip.ParseAddrPort(text); err == nil {
		return at.Addr().Unmap().WithZone("")
	}
	address, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return address.Unmap().WithZone("")
}

// overTLS says whether a request's client came over TLS, to this server or to a
// believed proxy before it.
func overTLS(r *http.Request) bool {
	secure, _ := r.Context().Value(overTLSKey{}).(bool)
	return secure || r.TLS != nil
}

// secure says whether the cookies of a request's client are for TLS alone.
func (s *Server) secure(r *http.Request) bool { return overTLS(r) || s.secured }
