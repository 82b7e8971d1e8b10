package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// acmeAuthority is an authority that speaks as much of ACME (RFC 8555) as one certificate
// needs, and proves with tls-alpn-01 (RFC 8737) that the server has the name.
type acmeAuthority struct {
	testing.TB
	*httptest.Server
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	text []byte // the authority's certificate, PEM

	mu     sync.Mutex
	prove  string // address of the server that has the name
	agreed bool   // to the terms of service
	valid  bool
	issued int
	leaf   []byte
}

func newACMEAuthority(t testing.TB) *acmeAuthority {
	t.Helper()
	a := &acmeAuthority{TB: t}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, a.key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.text = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	a.Server = httptest.NewServer(a)
	t.Cleanup(a.Close)
	return a
}

func (a *acmeAuthority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w.Header().Set("Replay-Nonce", fmt.Sprint(time.Now().UnixNano()))
	if r.URL.Path == "/" {
		a.answer(w, http.StatusOK, map[string]any{
			"newNonce": a.URL + "/nonce", "newAccount": a.URL + "/account", "newOrder": a.URL + "/order",
			"meta": map[string]any{"termsOfService": a.URL + "/terms"},
		})
		return
	}
	var signed struct{ Payload string }
	var payload struct {
		Agreed bool   `json:"termsOfServiceAgreed"`
		CSR    string `json:"csr"`
	}
	if r.Method == http.MethodPost {
		if err := json.NewDecoder(r.Body).Decode(&signed); err != nil {
			a.Errorf("%s: %v", r.URL, err)
		}
		text, _ := base64.RawURLEncoding.DecodeString(signed.Payload)
		_ = json.Unmarshal(text, &payload) // empty in a POST-as-GET
	}
	order := map[string]any{
		"status": "pending", "identifiers": []map[string]string{{"type": "dns", "value": "rostrum.test"}},
		"authorizations": []string{a.URL + "/authorization"}, "finalize": a.URL + "/finalize",
	}
	challenge := map[string]any{"type": "tls-alpn-01", "url": a.URL + "/challenge", "token": "token", "status": "pending"}
	if a.valid {
		order["status"], challenge["status"] = "ready", "valid"
	}
	switch r.URL.Path {
	case "/nonce":
	case "/account":
		a.agreed = a.agreed || payload.Agreed
		w.Header().Set("Location", a.URL+"/account/1")
		a.answer(w, http.StatusCreated, map[string]any{"status": "valid"})
	case "/order":
		w.Header().Set("Location", a.URL+"/order/1")
		a.answer(w, http.StatusCreated, order)
	case "/order/1":
		a.answer(w, http.StatusOK, order)
	case "/authorization":
		a.answer(w, http.StatusOK, map[string]any{
			"status": challenge["status"], "identifier": map[string]string{"type": "dns", "value": "rostrum.test"}, "challenges": []any{challenge},
		})
	case "/challenge":
		if err := a.proved(); err != nil {
			a.Errorf("the server does not prove that it has the name: %v", err)
		}
		a.valid = true
		challenge["status"] = "valid"
		a.answer(w, http.StatusOK, challenge)
	case "/finalize":
		if err := a.sign(payload.CSR); err != nil {
			a.Error(err)
		}
		order["status"], order["certificate"] = "valid", a.URL+"/certificate"
		w.Header().Set("Location", a.URL+"/order/1")
		a.answer(w, http.StatusOK, order)
	case "/certificate":
		w.Header().Set("Content-Type", "application/pem-certificate-chain")
		_, _ = w.Write(append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.leaf}), a.text...))
	default:
		a.Errorf("the authority is asked for %s", r.URL)
	}
}

func (a *acmeAuthority) answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		a.Error(err)
	}
}

// proved asks the server for the certificate of the challenge, on the port on which it
// speaks plain HTTP too.
func (a *acmeAuthority) proved() error {
	conn, err := tls.Dial("tcp", a.prove, &tls.Config{ServerName: "rostrum.test", NextProtos: []string{"acme-tls/1"}, InsecureSkipVerify: true})
	if err != nil {
		return err
	}
	defer conn.Close()
	state := conn.ConnectionState()
	if state.NegotiatedProtocol != "acme-tls/1" {
		return fmt.Errorf("the protocol is %q", state.NegotiatedProtocol)
	}
	for _, extension := range state.PeerCertificates[0].Extensions {
		if extension.Id.String() == "1.3.6.1.5.5.7.1.31" {
			return nil
		}
	}
	return errors.New("the certificate has no proof")
}

func (a *acmeAuthority) sign(request string) error {
	der, err := base64.RawURLEncoding.DecodeString(request)
	if err != nil {
		return err
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return err
	}
	a.issued++
	a.leaf, err = x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(int64(1 + a.issued)), DNSNames: csr.DNSNames, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, a.cert, csr.PublicKey, a.key)
	return err
}

// done says whether the server agreed to the terms, and how many certificates it got.
func (a *acmeAuthority) done() (agreed bool, issued int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.agreed, a.issued
}

func TestACertificateByACME(t *testing.T) {
	t.Parallel()
	a := newACMEAuthority(t)
	data, file := t.TempDir(), filepath.Join(t.TempDir(), "links.json")
	args := []string{"--addr", "127.0.0.1:0", "--data", data, "--links", file, "--acme", "rostrum.test", "--acme-directory", a.URL}
	s := serveIn(t, nil, args...)
	if !strings.HasPrefix(s.url, "https://rostrum.test:") {
		t.Fatalf("the address is %s", s.url)
	}
	a.mu.Lock()
	a.prove = strings.TrimPrefix(localOf(t, s.url), "http://")
	a.mu.Unlock()
	if answer := fetch(t, browser(t, a.text), readLinks(t, file)[example].Join); answer.StatusCode != http.StatusOK || answer.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%s, %s", answer.Status, answer.Header)
	}
	if agreed, issued := a.done(); !agreed || issued != 1 {
		t.Errorf("agreed to the terms: %v; certificates: %d", agreed, issued)
	}
	if kept, err := os.ReadDir(filepath.Join(data, "acme")); err != nil || len(kept) == 0 {
		t.Errorf("nothing is kept: %v", err)
	}
	s.stop()
	// After a restart it is the same certificate.
	s = serveIn(t, nil, args...)
	answer := fetch(t, browser(t, a.text), s.url+"/healthz")
	if _, issued := a.done(); answer.StatusCode != http.StatusOK || issued != 1 {
		t.Errorf("after a restart: %s, certificates: %d", answer.Status, issued)
	}
	// Nobody makes it ask for a certificate of another name.
	conn, err := tls.Dial("tcp", strings.TrimPrefix(localOf(t, s.url), "http://"), &tls.Config{ServerName: "evil.test", InsecureSkipVerify: true})
	if err == nil {
		conn.Close()
		t.Error("it has a certificate for another name")
	}
}
