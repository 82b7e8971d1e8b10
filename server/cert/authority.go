package cert

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	// authorityFor is how long devices trust an authority that was installed on them: longer
	// than a server is kept.
	authorityFor = 10 * 365 * 24 * time.Hour
	// leafFor is how long a certificate is valid: not over what Apple's systems accept, 825
	// days, also from authorities that were installed by hand.
	leafFor = 397 * 24 * time.Hour
	// renewBefore is how long before its end a certificate is made anew.
	renewBefore = 30 * 24 * time.Hour
	// early is how much a device's clock may be behind.
	early = 24 * time.Hour
)

// The files of an authority, in a folder of their own with the data.
const (
	authorityFile = "ca.crt"
	authorityKey  = "ca.key"
	leafFile      = "server.crt"
	leafKey       = "server.key"
)

// Authority is a certificate authority that a server has for itself. Whoever
// installs its certificate trusts it for the machine's own names, for names that the internet does not have,
// and for private addresses, and for no others: a stolen key opens no bank.
type Authority struct {
	dir  string
	cert *x509.Certificate
	key  crypto.Signer
	pem  []byte
}

// OpenAuthority opens the authority in a folder, or makes one there for a machine that has
// these names and addresses.
func OpenAuthority(dir string, hosts []string) (*Authority, error) {
	cert, key, text, err := readPair(dir, authorityFile, authorityKey)
	if errors.Is(err, fs.ErrNotExist) {
		if cert, key, text, err = makeAuthority(dir, hosts); err != nil {
			return nil, fmt.Errorf("making the authority in %s: %w", dir, err)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("opening the authority: %w (to make a new one, remove %s; it has to be installed on every device again)", err, dir)
	}
	if time.Now().After(cert.NotAfter.Add(-renewBefore)) {
		return nil, fmt.Errorf("the authority in %s ends on %s: remove the folder to make a new one, and install it on every device", dir, cert.NotAfter.Format(time.DateOnly))
	}
	return &Authority{dir: dir, cert: cert, key: key, pem: text}, nil
}

// PEM is the authority's certificate, without its key.
func (a *Authority) PEM() []byte { return a.pem }

// Name is what devices call the authority.
func (a *Authority) Name() string { return a.cert.Subject.CommonName }

// Until is when the authority ends.
func (a *Authority) Until() time.Time { return a.cert.NotAfter }

// Fingerprint is by which a person tells that a certificate is this one: its SHA-256.
func (a *Authority) Fingerprint() string {
	sum := sha256.Sum256(a.cert.Raw)
	return strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")
}

// permits says whether the authority may vouch for a name or an address. The constraints
// are those of RFC 5280, section 4.2.1.10: a name, and all below it.
func (a *Authority) permits(host string) bool {
	if ip := net.ParseIP(host); ip != nil {
		for _, network := range a.cert.PermittedIPRanges {
			if network.Contains(ip) {
				return true
			}
		}
		return false
	}
	for _, domain := range a.cert.PermittedDNSDomains {
		if strings.EqualFold(host, domain) || strings.HasSuffix(strings.ToLower(host), "."+strings.ToLower(domain)) {
			return true
		}
	}
	return false
}

// closed are the domains that the internet does not have (RFC 6761, 6762, 8375, and
// ICANN's reservation of internal), and the usual one of small routers.
var closed = []string{"localhost", "local", "internal", "home.arpa", "lan"}

// private are the networks that the internet does not have (RFC 1918, 3927, 4193, 4291,
// and 6598).
var private = []string{
	"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8",
	"fc00::/7", "fe80::/10", "::1/128",
}

func makeAuthority(dir string, hosts []string) (*x509.Certificate, crypto.Signer, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, nil, err
	}
	now := time.Now()
	name := "this server"
	for _, host := range hosts {
		if net.ParseIP(host) == nil {
			name = host
			break
		}
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{Organization: []string{"Rostrum"}, CommonName: "Rostrum on " + name + ", " + now.Format(time.DateOnly)},
		NotBefore:             now.Add(-early),
		NotAfter:              now.Add(authorityFor),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true, // it vouches for servers, not for authorities
		KeyUsage:              x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},

		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         append([]string(nil), closed...),
	}
	for _, network := range private {
		_, permitted, err := net.ParseCIDR(network)
		if err != nil {
			return nil, nil, nil, err
		}
		template.PermittedIPRanges = append(template.PermittedIPRanges, permitted)
	}
	for _, host := range hosts {
		switch address, err := netip.ParseAddr(host); {
		case err == nil:
			template.PermittedIPRanges = append(template.PermittedIPRanges, &net.IPNet{
				IP: address.AsSlice(), Mask: net.CIDRMask(address.BitLen(), address.BitLen()),
			})
		default:
			template.PermittedDNSDomains = append(template.PermittedDNSDomains, host)
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, nil, err
	}
	return writePair(dir, authorityFile, authorityKey, template, key, template, key)
}

// writePair signs a certificate for a key and keeps both: the key first, so that no
// certificate is ever without one.
func writePair(dir, certName, keyName string, template *x509.Certificate, key *ecdsa.PrivateKey, parent *x509.Certificate, signer crypto.Signer) (*x509.Certificate, crypto.Signer, []byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, nil, nil, err
	}
	template.SerialNumber = serial
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		return nil, nil, nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil, nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, nil, err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyText := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
	if err := writeFile(filepath.Join(dir, keyName), keyText, 0o600); err != nil {
		return nil, nil, nil, err
	}
	if err := writeFile(filepath.Join(dir, certName), text, 0o644); err != nil {
		return nil, nil, nil, err
	}
	return cert, key, text, nil
}

// CopyAuthority copies the authority of a directory, certificate and key, into a new one, and says
// whether there is one. The server's own certificate is not copied: each machine makes its own.
func CopyAuthority(from, to string) (copied bool, err error) {
	if _, _, _, err = readPair(from, authorityFile, authorityKey); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil {
		err = os.Mkdir(to, 0o700)
	}
	for _, name := range []string{authorityKey, authorityFile} {
		if err != nil {
			break
		}
		var text []byte
		if text, err = os.ReadFile(filepath.Join(from, name)); err == nil {
			err = writeFile(filepath.Join(to, name), text, 0o600)
		}
	}
	if err != nil {
		return false, fmt.Errorf("copying the authority of %s: %w", from, err)
	}
	return true, nil
}

// writeFile puts a file in the place of another, wholly or not at all.
func writeFile(name string, text []byte, mode os.FileMode) error {
	temporary, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*") // 0600
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(text)
	if err = errors.Join(err, temporary.Sync(), temporary.Close(), os.Chmod(temporary.Name(), mode)); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), name)
}

// readPair reads a certificate and its key. The error is [fs.ErrNotExist] only where
// there is no certificate.
func readPair(dir, certName, keyName string) (*x509.Certificate, crypto.Signer, []byte, error) {
	text, err := os.ReadFile(filepath.Join(dir, certName))
	if err != nil {
		return nil, nil, nil, err
	}
	wrong := func(name string) (*x509.Certificate, crypto.Signer, []byte, error) {
		return nil, nil, nil, fmt.Errorf("%s is damaged, or not of this pair", filepath.Join(dir, name))
	}
	keyText, err := os.ReadFile(filepath.Join(dir, keyName))
	if err != nil {
		return nil, nil, nil, fmt.Errorf("%s has no key: %v", filepath.Join(dir, certName), err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return wrong(certName)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return wrong(certName)
	}
	keyBlock, _ := pem.Decode(keyText)
	if keyBlock == nil {
		return wrong(keyName)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		return wrong(keyName)
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok || !key.PublicKey.Equal(cert.PublicKey) {
		return wrong(keyName)
	}
	return cert, key, text, nil
}
