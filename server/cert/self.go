package cert

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

// checkEvery is how often the machine's addresses and the certificate's end are looked
// at, at the most.
const checkEvery = time.Minute

// Self is a server's certificate from its own authority, for the names and addresses that
// the machine has. It is made anew when those change, and before it ends. Its methods
// may be called concurrently.
type Self struct {
	authority *Authority
	hosts     func() []string
	log       *slog.Logger

	mu      sync.Mutex
	current *tls.Certificate
	checked time.Time
	left    []string // what the authority may not vouch for, as last told
}

// NewSelf opens the certificate beside the authority, or makes one. The function tells the
// names and addresses that the machine has at present.
func NewSelf(a *Authority, hosts func() []string, log *slog.Logger) (*Self, error) {
	s := &Self{authority: a, hosts: hosts, log: log, checked: time.Now()}
	cert, key, _, err := readPair(a.dir, leafFile, leafKey)
	switch {
	case err == nil:
		s.current = s.chain(cert, key)
	case !errors.Is(err, fs.ErrNotExist):
		log.Warn("the certificate is made anew", "err", err)
	}
	return s, s.check(hosts())
}

func (s *Self) chain(leaf *x509.Certificate, key any) *tls.Certificate {
	return &tls.Certificate{Certificate: [][]byte{leaf.Raw, s.authority.cert.Raw}, PrivateKey: key, Leaf: leaf}
}

// GetCertificate is for a [tls.Config].
func (s *Self) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// A client may have found the machine at an address that it got a moment ago.
	local, ok := localAddress(hello)
	found := ok && s.current.Leaf.VerifyHostname(local) != nil && s.authority.permits(local)
	if !found && time.Since(s.checked) < checkEvery {
		return s.current, nil
	}
	s.checked = time.Now()
	if err := s.check(s.hosts()); err != nil {
		s.log.Error("the certificate could not be made anew, the old one goes on", "err", err)
	}
	return s.current, nil
}

func localAddress(hello *tls.ClientHelloInfo) (string, bool) {
	if hello == nil || hello.Conn == nil {
		return "", false
	}
	at, err := netip.ParseAddrPort(hello.Conn.LocalAddr().String())
	return at.Addr().Unmap().WithZone("").String(), err == nil
}

// check makes a new certificate where the present one is not right for the hosts, or ends
// soon.
func (s *Self) check(hosts []string) error {
	var wanted, left []string
	for _, host := range hosts {
		switch {
		case slices.Contains(wanted, host) || slices.Contains(left, host):
		case s.authority.permits(host):
			wanted = append(wanted, host)
		default:
			left = append(left, host)
		}
	}
	slices.Sort(left)
	if len(left) > 0 && !slices.Equal(left, s.left) {
		s.log.Warn("the server's own authority was made before the machine had these, and may not vouch for them: "+
			"reach the server by another, or remove the authority's folder and install the new one", "hosts", strings.Join(left, " "), "folder", s.authority.dir)
	}
	s.left = left
	if s.right(wanted) {
		return nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	now := time.Now()
	until := now.Add(leafFor)
	if until.After(s.authority.cert.NotAfter) {
		until = s.authority.cert.NotAfter
	}
	template := &x509.Certificate{
		Subject:     pkix.Name{Organization: []string{"Rostrum"}},
		NotBefore:   now.Add(-early),
		NotAfter:    until,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, host := range wanted {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	leaf, signer, _, err := writePair(s.authority.dir, leafFile, leafKey, template, key, s.authority.cert, s.authority.key)
	if err != nil {
		return fmt.Errorf("making the server's certificate: %w", err)
	}
	s.current = s.chain(leaf, signer)
	s.log.Info("the server has a new certificate of its own authority", "hosts", strings.Join(wanted, " "), "until", until.Format(time.DateOnly))
	return nil
}

// right says whether the present certificate is of the authority, has every host, and
// does not end soon.
func (s *Self) right(hosts []string) bool {
	if s.current == nil {
		return false
	}
	leaf := s.current.Leaf
	if leaf.CheckSignatureFrom(s.authority.cert) != nil || time.Now().Add(renewBefore).After(leaf.NotAfter) || time.Now().Before(leaf.NotBefore) {
		return false
	}
	for _, host := range hosts {
		if leaf.VerifyHostname(host) != nil {
			return false
		}
	}
	return true
}
