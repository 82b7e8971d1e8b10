package cert

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var quiet = slog.New(slog.DiscardHandler)

// shake shakes hands with a server that has a certificate, as a client that trusts the
// authority, and returns the server's leaf.
func shake(t *testing.T, get func(*tls.ClientHelloInfo) (*tls.Certificate, error), authority []byte, name string) (*x509.Certificate, error) {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority) {
		t.Fatalf("no certificate in %q", authority)
	}
	here, there := net.Pipe()
	defer here.Close()
	go func() {
		server := tls.Server(there, &tls.Config{GetCertificate: get, MinVersion: tls.VersionTLS12})
		_ = server.Handshake()
		_, _ = io.Copy(io.Discard, there)
	}()
	client := tls.Client(here, &tls.Config{RootCAs: roots, ServerName: name, Time: time.Now})
	if err := client.Handshake(); err != nil {
		return nil, err
	}
	return client.ConnectionState().PeerCertificates[0], nil
}

func TestTheServersOwnCertificateIsTrustedWhereItsAuthorityIs(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tls")
	hosts := []string{"venue", "venue.local", "localhost", "10.0.0.5", "203.0.113.7", "::1"}
	a, err := OpenAuthority(dir, hosts)
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewSelf(a, func() []string { return hosts }, quiet)
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range hosts {
		if _, err := shake(t, s.GetCertificate, a.PEM(), host); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
	for _, host := range []string{"example.org", "10.0.0.6"} {
		if _, err := shake(t, s.GetCertificate, a.PEM(), host); err == nil {
			t.Errorf("%s, which is another, is trusted", host)
		}
	}
	for _, name := range []string{authorityKey, leafKey} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s is %v, want 0600: %v", name, info.Mode(), err)
		}
	}
	// Opened again, both are the same.
	before := s.current.Leaf
	again, err := OpenAuthority(dir, hosts)
	if err != nil || !bytes.Equal(again.PEM(), a.PEM()) || again.Fingerprint() != a.Fingerprint() {
		t.Fatalf("another authority: %v", err)
	}
	s, err = NewSelf(again, func() []string { return hosts }, quiet)
	if err != nil || !s.current.Leaf.Equal(before) {
		t.Errorf("another certificate: %v", err)
	}
}

// Whoever has the authority's key can vouch for no name of the internet: browsers look at
// the constraints.
func TestTheAuthorityCannotVouchForTheInternet(t *testing.T) {
	a, err := OpenAuthority(filepath.Join(t.TempDir(), "tls"), []string{"venue", "10.0.0.5"})
	if err != nil {
		t.Fatal(err)
	}
	for host, permitted := range map[string]bool{
		"venue": true, "x.venue": true, "printer.local": true, "192.168.1.1": true, "fd00::1": true,
		"bank.example": false, "203.0.113.7": false, "notvenue": false, "2001:db8::1": false,
	} {
		if a.permits(host) != permitted {
			t.Errorf("permits(%s) is %v", host, !permitted)
		}
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		forged := &x509.Certificate{
			SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
			Subject: pkix.Name{CommonName: host}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		}
		if ip := net.ParseIP(host); ip != nil {
			forged.IPAddresses = []net.IP{ip}
		} else {
			forged.DNSNames = []string{host}
		}
		der, err := x509.CreateCertificate(rand.Reader, forged, a.cert, key.Public(), a.key)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		roots := x509.NewCertPool()
		roots.AddCert(a.cert)
		if _, err := leaf.Verify(x509.VerifyOptions{DNSName: host, Roots: roots}); (err == nil) != permitted {
			t.Errorf("a certificate for %s: %v", host, err)
		}
	}
}

func TestTheServersOwnCertificateIsMadeAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hosts := []string{"localhost", "10.0.0.5"}
		a, err := OpenAuthority(filepath.Join(t.TempDir(), "tls"), hosts)
		if err != nil {
			t.Fatal(err)
		}
		var said bytes.Buffer
		s, err := NewSelf(a, func() []string { return hosts }, slog.New(slog.NewTextHandler(&said, nil)))
		if err != nil {
			t.Fatal(err)
		}
		serial := func(name string) string {
			t.Helper()
			leaf, err := shake(t, s.GetCertificate, a.PEM(), name)
			if err != nil {
				t.Fatal(err)
			}
			return leaf.SerialNumber.String()
		}
		first := serial("10.0.0.5")
		hosts = append(hosts, "192.168.7.7", "198.51.100.9") // another network, and one of the internet
		time.Sleep(2 * checkEvery)
		second := serial("192.168.7.7")
		if second == first {
			t.Error("the machine has another address, and the same certificate")
		}
		if !strings.Contains(said.String(), "198.51.100.9") {
			t.Errorf("nothing says that an address cannot be vouched for:\n%s", &said)
		}
		time.Sleep(2 * checkEvery)
		if serial("10.0.0.5") != second {
			t.Error("a new certificate though nothing changed")
		}
		time.Sleep(leafFor - renewBefore)
		if serial("10.0.0.5") == second {
			t.Error("the certificate ends soon and is not made anew")
		}
	})
}

func TestADamagedAuthorityIsNotReplaced(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tls")
	if _, err := OpenAuthority(dir, []string{"venue"}); err != nil {
		t.Fatal(err)
	}
	for _, damage := range []func() error{
		func() error { return os.WriteFile(filepath.Join(dir, authorityKey), []byte("no key"), 0o600) },
		func() error { return os.Remove(filepath.Join(dir, authorityKey)) },
	} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenAuthority(dir, []string{"venue"}); err == nil || !strings.Contains(err.Error(), authorityKey) && !strings.Contains(err.Error(), "key") {
			t.Errorf("opened, or refused without a reason: %v", err)
		}
	}
}

// pair writes a certificate that vouches for itself, as of an instant.
func pair(t *testing.T, dir, name string, modified time.Time) (certFile, keyFile string, text []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, DNSNames: []string{name},
	}
	_, _, text, err = writePair(dir, "c.pem", "k.pem", template, key, template, key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(dir, "c.pem"), filepath.Join(dir, "k.pem")
	for _, file := range []string{certFile, keyFile} {
		if err := os.Chtimes(file, modified, modified); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile, text
}

func TestFilesAreReadAgainWhenTheyChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir, now := t.TempDir(), time.Now()
		certFile, keyFile, first := pair(t, dir, "one.test", now)
		f, err := Open(certFile, keyFile, quiet)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := shake(t, f.GetCertificate, first, "one.test"); err != nil {
			t.Error(err)
		}
		// Only the certificate is there yet: the old one goes on.
		oldKey, err := os.ReadFile(keyFile)
		if err != nil {
			t.Fatal(err)
		}
		_, _, second := pair(t, dir, "two.test", now.Add(time.Minute))
		newKey, err := os.ReadFile(keyFile)
		if err != nil {
			t.Fatal(err)
		}
		write := func(key []byte, modified time.Time) {
			if err := os.WriteFile(keyFile, key, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(keyFile, modified, modified); err != nil {
				t.Fatal(err)
			}
		}
		write(oldKey, now)
		time.Sleep(2 * lookEvery)
		if _, err := shake(t, f.GetCertificate, first, "one.test"); err != nil {
			t.Errorf("between the two files: %v", err)
		}
		write(newKey, now.Add(2*time.Minute))
		time.Sleep(2 * lookEvery)
		if _, err := shake(t, f.GetCertificate, second, "two.test"); err != nil {
			t.Errorf("after both: %v", err)
		}
		if err := os.Remove(certFile); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * lookEvery)
		if _, err := shake(t, f.GetCertificate, second, "two.test"); err != nil {
			t.Errorf("while it is away: %v", err)
		}
	})
}

func TestAKeyOfAnotherCertificateIsRefused(t *testing.T) {
	one, other := t.TempDir(), t.TempDir()
	certFile, _, _ := pair(t, one, "one.test", time.Now())
	_, keyFile, _ := pair(t, other, "two.test", time.Now())
	if _, err := Open(certFile, keyFile, quiet); err == nil {
		t.Error("taken")
	}
	if _, err := Open(filepath.Join(one, "none"), keyFile, quiet); err == nil {
		t.Error("a certificate that is not there is taken")
	}
}
