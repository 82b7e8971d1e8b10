package main

import (
	"crypto/tls"
	"errors"
	"flag"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"

	"rostrum/server/cert"
)

// tlsFlags say where the server has its certificate from.
type tlsFlags struct {
	cert, key     string
	self          bool
	acme          words
	acmeDirectory string
	acmeEmail     string
}

// words is a flag that is a list, with commas between.
type words []string

func (w *words) String() string { return strings.Join(*w, ",") }

func (w *words) Set(value string) error {
	*w = strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })
	return nil
}

func (o *tlsFlags) add(f *flag.FlagSet) {
	f.StringVar(&o.cert, "tls-cert", "", "`file` of the certificate for HTTPS, PEM, with those of the authorities behind it; read again when it changes")
	f.StringVar(&o.key, "tls-key", "", "`file` of the certificate's key, PEM")
	f.BoolVar(&o.self, "tls-self", false, "have an own certificate authority, for the officers' own devices; delegates come without TLS")
	f.Var(&o.acme, "acme", "get certificates for these public `names` by ACME; whoever says so agrees to the authority's terms of service (Let's Encrypt: https://letsencrypt.org/repository/)")
	f.StringVar(&o.acmeDirectory, "acme-directory", "", "`URL` of the ACME authority (default Let's Encrypt)")
	f.StringVar(&o.acmeEmail, "acme-email", "", "`address` at which the ACME authority warns of what goes wrong")
}

// check says what does not go together.
func (o *tlsFlags) check() error {
	ways := 0
	for _, way := range []bool{o.cert != "" || o.key != "", o.self, len(o.acme) > 0} {
		if way {
			ways++
		}
	}
	switch {
	case (o.cert == "") != (o.key == ""):
		return errors.New("--tls-cert and --tls-key go together")
	case ways > 1:
		return errors.New("--tls-cert, --tls-self and --acme are three ways to a certificate: choose one")
	case (o.acmeDirectory != "" || o.acmeEmail != "") && len(o.acme) == 0:
		return errors.New("--acme-directory and --acme-email go with --acme")
	}
	return nil
}

// certificates are how a server speaks TLS. The zero value is a server that does not.
type certificates struct {
	config *tls.Config // nil: plain HTTP alone
	// certified is true for those that every browser trusts.
	certified bool
	// name is a name that they are for, "" where none is known.
	name string
	// authority is the server's own, nil where it has none.
	authority *cert.Authority
	// before stands before the server, to answer the ACME authority.
	before func(http.Handler) http.Handler
}

// authorityDir is where the server's own certificate authority is in a data directory.
func authorityDir(data string) string { return filepath.Join(data, "tls") }

// open gets the certificates ready. Those that are made by the server itself, or by
// ACME, are kept with the data.
func (o *tlsFlags) open(data string, hosts func() []string, log *slog.Logger) (certificates, error) {
	c := certificates{before: func(h http.Handler) http.Handler { return h }}
	switch {
	case o.cert != "":
		files, err := cert.Open(o.cert, o.key, log)
		if err != nil {
			return c, err
		}
		c.config, c.certified = &tls.Config{GetCertificate: files.GetCertificate, MinVersion: tls.VersionTLS12}, true
		for _, name := range files.Leaf().DNSNames {
			if !strings.Contains(name, "*") {
				c.name = name
				break
			}
		}
	case len(o.acme) > 0:
		m := &autocert.Manager{
			Prompt:     autocert.AcceptTOS, // said by the flag
			Cache:      autocert.DirCache(filepath.Join(data, "acme")),
			HostPolicy: autocert.HostWhitelist(o.acme...),
			Email:      o.acmeEmail,
		}
		if o.acmeDirectory != "" {
			m.Client = &acme.Client{DirectoryURL: o.acmeDirectory}
		}
		c.config, c.certified, c.name = m.TLSConfig(), true, o.acme[0]
		c.config.MinVersion = tls.VersionTLS12
		c.before = m.HTTPHandler
	case o.self:
		var err error
		if c.authority, err = cert.OpenAuthority(authorityDir(data), hosts()); err != nil {
			return c, err
		}
		own, err := cert.NewSelf(c.authority, hosts, log)
		if err != nil {
			return c, err
		}
		c.config = &tls.Config{GetCertificate: own.GetCertificate, MinVersion: tls.VersionTLS12}
	}
	return c, nil
}

// hostName is a name that DNS can have.
var hostName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)

// hostsOf are the names and addresses by which a machine is reached: its own, and that
// of the address which the technician has given, if any.
func hostsOf(base string) []string {
	var out []string
	add := func(name string) {
		if name = strings.ToLower(name); hostName.MatchString(name) {
			out = append(out, name)
		}
	}
	if u, err := url.Parse(base); err == nil {
		if address, err := netip.ParseAddr(u.Hostname()); err == nil {
			out = append(out, address.Unmap().WithZone("").String())
		} else {
			add(u.Hostname())
		}
	}
	if name, err := os.Hostname(); err == nil {
		add(name)
		if !strings.Contains(name, ".") {
			add(name + ".local") // as multicast DNS has it
		}
	}
	add("localhost")
	addresses, _ := net.InterfaceAddrs() // none known is none named
	for _, a := range addresses {
		prefix, err := netip.ParsePrefix(a.String())
		if err != nil || prefix.Addr().Is6() && prefix.Addr().IsLinkLocalUnicast() {
			continue // no browser can go to one without its zone
		}
		out = append(out, prefix.Addr().Unmap().String())
	}
	return out
}
