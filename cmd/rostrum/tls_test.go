package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// browser is a client that trusts an authority and keeps cookies. Every name leads to this
// machine.
func browser(t testing.TB, authority []byte) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority) {
		t.Fatalf("no certificate in %q", authority)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			_, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
		},
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// fetch gets an address, and closes the body.
func fetch(t testing.TB, client *http.Client, address string) *http.Response {
	t.Helper()
	answer, err := client.Get(address)
	if err != nil {
		t.Fatalf("GET %s: %v", address, err)
	}
	answer.Body.Close()
	return answer
}

func TestOfficersComeByTLSAndDelegatesWithoutOnOnePort(t *testing.T) {
	t.Parallel()
	data, file := t.TempDir(), filepath.Join(t.TempDir(), "links.json")
	s := serveOn(t, data, "--tls-self", "--links", file)
	l := readLinks(t, file)[example]
	secure := "https" + strings.TrimPrefix(s.url, "http")
	for name, link := range map[string]string{"chair": l.Chair, "rapporteur": l.Rapporteur, "display": l.Display} {
		if !strings.HasPrefix(link, secure+"/") {
			t.Errorf("the %s's link is %s", name, link)
		}
	}
	if !strings.HasPrefix(l.Join, s.url+"/") {
		t.Errorf("delegates are to come to %s", l.Join)
	}
	r := rostrum(t, "links", "--data", data)
	r.exits(exitOK, l.Chair, l.Join)
	rostrum(t, "links", "--data", data, "--url", "http://venue.local:81").exits(exitOK, "https://venue.local:81/"+example+"/enter?", "http://venue.local:81/"+example+"/floor")

	status, authority := s.get("/ca.crt", "")
	if status != http.StatusOK {
		t.Fatalf("the authority's certificate: %d", status)
	}
	if answer, err := http.DefaultClient.Get(secure + "/healthz"); err == nil {
		answer.Body.Close()
		t.Error("a client that does not trust the authority trusts the server")
	}
	officer := browser(t, authority)
	entered := fetch(t, officer, l.Chair)
	if entered.StatusCode != http.StatusSeeOther || entered.ProtoMajor != 2 || entered.TLS == nil {
		t.Errorf("the chair's link is answered %s over %s", entered.Status, entered.Proto)
	}
	for _, cookie := range entered.Cookies() {
		if !cookie.Secure || !cookie.HttpOnly {
			t.Errorf("the chair's cookie is %s", cookie)
		}
	}
	if me := fetch(t, officer, secure+debateAt(example)+"/me?as=chair"); me.StatusCode != http.StatusOK {
		t.Errorf("the chair is told %s", me.Status)
	}
	if hsts := entered.Header.Get("Strict-Transport-Security"); hsts != "" {
		t.Errorf("browsers are told %q, which shuts the delegates out", hsts)
	}

	// A stream over TLS, as a browser opens one, and the command that it shows.
	wantsStream(t, officer, secure, "chair", func() {
		s.do(&act{method: http.MethodPut, path: debateAt(example) + "/panel", token: tokenOf(t, l.Chair), body: `{"panel":"morning"}`})
	})
	// And one without, on the same port.
	wantsStream(t, http.DefaultClient, s.url, "", func() {
		s.do(&act{method: http.MethodPut, path: debateAt(example) + "/panel", token: tokenOf(t, l.Chair), body: `{"panel":"afternoon"}`})
	})
	// A page that came without TLS, which the network may have written, opens none with it.
	dialer := dialerOf(officer)
	header := http.Header{"Origin": {s.url}}
	if conn, answer, err := dialer.Dial("wss"+strings.TrimPrefix(secure, "https")+debateAt(example)+"/stream", header); err == nil || answer.StatusCode != http.StatusForbidden {
		if err == nil {
			conn.Close()
		}
		t.Errorf("a page without TLS opens a stream with it: %v", err)
	}

	if code := s.stop(); code != exitOK {
		t.Errorf("exit %d:\n%s", code, s.stderr)
	}
	again := serveOn(t, data, "--tls-self")
	if _, now := again.get("/ca.crt", ""); string(now) != string(authority) {
		t.Error("another authority after a restart")
	}
}

func dialerOf(client *http.Client) *websocket.Dialer {
	d := &websocket.Dialer{Subprotocols: []string{"rostrum.v1"}, HandshakeTimeout: readyIn, Jar: client.Jar}
	if transport, ok := client.Transport.(*http.Transport); ok {
		d.TLSClientConfig = transport.TLSClientConfig.Clone()
		d.TLSClientConfig.NextProtos = nil // as browsers do for a WebSocket
		d.NetDialContext = transport.DialContext
	}
	return d
}

// wantsStream opens a WebSocket and waits for the change that an act makes.
func wantsStream(t *testing.T, client *http.Client, base, role string, act func()) {
	t.Helper()
	address := "ws" + strings.TrimPrefix(base, "http") + debateAt(example) + "/stream"
	if role != "" {
		address += "?as=" + role
	}
	conn, _, err := dialerOf(client).Dial(address, http.Header{"Origin": {base}})
	if err != nil {
		t.Errorf("%s: %v", address, err)
		return
	}
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(readyIn))
	act()
	for _, want := range []string{`"snapshot"`, `"patch"`} {
		for {
			_, frame, err := conn.ReadMessage()
			if err != nil {
				t.Errorf("%s: no %s: %v", address, want, err)
				return
			}
			if strings.HasPrefix(string(frame), `{"type":`+want) {
				break
			}
		}
	}
}

// certificateFiles are a certificate for names, which vouches for itself.
func certificateFiles(t testing.TB, names ...string) (certFile, keyFile string, text []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, DNSNames: names,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	text = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for name, content := range map[string][]byte{certFile: text, keyFile: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile, text
}

func TestACertificateFromFiles(t *testing.T) {
	t.Parallel()
	certFile, keyFile, text := certificateFiles(t, "*.test", "rostrum.test")
	data, file := t.TempDir(), filepath.Join(t.TempDir(), "links.json")
	s := serveIn(t, nil, "--addr", "127.0.0.1:0", "--data", data, "--links", file, "--tls-cert", certFile, "--tls-key", keyFile)
	l := readLinks(t, file)[example]
	if !strings.HasPrefix(s.url, "https://rostrum.test:") || !strings.HasPrefix(l.Chair, s.url+"/") || !strings.HasPrefix(l.Join, s.url+"/") {
		t.Errorf("the addresses are %s, %s and %s", s.url, l.Chair, l.Join)
	}
	client := browser(t, text)
	answer := fetch(t, client, l.Join)
	if answer.StatusCode != http.StatusOK || !strings.HasPrefix(answer.Header.Get("Strict-Transport-Security"), "max-age=") {
		t.Errorf("%s, Strict-Transport-Security %q", answer.Status, answer.Header.Get("Strict-Transport-Security"))
	}
	wantsStream(t, client, s.url, "", func() {
		at := *s
		at.url = localOf(t, s.url)
		at.do(&act{method: http.MethodPut, path: debateAt(example) + "/panel", token: tokenOf(t, l.Chair), body: `{"panel":"morning"}`})
	})
	// The command line needs no certificate on the server's machine.
	rostrum(t, "links", "--data", data).exits(exitOK, l.Chair)
	rostrum(t, "record", "--data", data).exits(exitOK, `"interventions"`)
}

// localOf is an address without its name and without TLS.
func localOf(t testing.TB, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return "http://127.0.0.1:" + u.Port()
}

func TestWaysToACertificateThatDoNotGoTogether(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"--tls-cert", "x"}, {"--tls-key", "x"}, {"--tls-self", "--acme", "rostrum.test"}, {"--tls-self", "--tls-cert", "x", "--tls-key", "y"},
		{"--acme-email", "a@rostrum.test"}, {"--limits", "some"}, {"--trusted-proxy", "proxy"}, {"--frame-ancestors", "venue"},
		{"--frame-ancestors", "https://venue.test; script-src *"},
	} {
		rostrum(t, append([]string{"serve", "--data", t.TempDir()}, args...)...).exits(exitUsage, args[0][1:])
	}
	rostrumIn(t, map[string]string{"ROSTRUM_LIMITS": "none"}, "serve", "--data", t.TempDir()).exits(exitUsage, "ROSTRUM_LIMITS=none")
}

func TestLimitsThatAreOffAreSaid(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		environment map[string]string
		gauge       string
	}{{nil, "rostrum_limits_off 0"}, {map[string]string{"ROSTRUM_LIMITS": "off"}, "rostrum_limits_off 1"}} {
		s := serveIn(t, tt.environment, "--addr", "127.0.0.1:0", "--data", t.TempDir())
		if _, metrics := s.get("/metrics", ""); !strings.Contains(string(metrics), tt.gauge) {
			t.Errorf("no %q on /metrics", tt.gauge)
		}
		if said := strings.Contains(s.stdout.String(), "limits on rates are off") && strings.Contains(s.stderr.String(), "limits on rates are off"); said != (tt.environment != nil) {
			t.Errorf("it says so: %v\n%s%s", said, s.stdout, s.stderr)
		}
		s.stop()
	}
}

// TestNoTokenIsLogged uses every link as a person does and as a stranger would, and looks
// through all that the server has logged.
func TestNoTokenIsLogged(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "links.json")
	s := serveOn(t, t.TempDir(), "--links", file)
	l := readLinks(t, file)[example]
	client := browser(t, selfSigned(t))
	var secrets []string
	for _, link := range []string{l.Chair, l.Rapporteur, l.Display} {
		token := tokenOf(t, link)
		secrets = append(secrets, token)
		for _, address := range []string{link, link + "x", strings.Replace(link, example, "none", 1), link + "&lang=fr"} {
			answer := fetch(t, client, address)
			if location := answer.Header.Get("Location"); strings.Contains(location, token) || strings.Contains(location, "token") {
				t.Errorf("%s leads to %s", address, location)
			}
			if policy := answer.Header.Get("Referrer-Policy"); policy != "no-referrer" {
				t.Errorf("Referrer-Policy %q", policy)
			}
		}
		for _, path := range []string{"/me", "/stream?after=x", "/nowhere", "/requests/none"} {
			s.get(debateAt(example)+path, token)
			s.get(debateAt("none")+path, token)
			s.get(debateAt(example)+path, token+"x")
		}
		_, _, _ = send(http.DefaultClient, s.url, &act{method: http.MethodPost, path: debateAt(example) + "/requests", token: token, body: "{"})
	}
	s.stop()
	for _, secret := range secrets {
		half := secret[:len(secret)/2]
		if strings.Contains(s.stderr.String(), half) {
			t.Errorf("the log has a token:\n%s", s.stderr)
		}
	}
	if !strings.Contains(s.stdout.String(), secrets[0]) {
		t.Error("the links are not printed: this test looks for the wrong thing")
	}
}

func selfSigned(t testing.TB) []byte {
	_, _, text := certificateFiles(t, "unused.test")
	return text
}

// A device that trusts the server goes on trusting it when it is restored from a backup.
func TestABackupHasTheAuthorityThatDevicesTrust(t *testing.T) {
	t.Parallel()
	data, out := t.TempDir(), t.TempDir()
	file := filepath.Join(out, "copy.db")
	s := serveOn(t, data, "--tls-self")
	_, authority := s.get("/ca.crt", "")
	rostrum(t, "backup", "--data", data, file).exits(exitOK, file+".tls")
	s.stop()
	rostrum(t, "backup", "--data", data, filepath.Join(t.TempDir(), "stopped.db")).exits(exitOK, "stopped.db.tls")
	rostrum(t, "backup", "--data", data, file).exits(exitFailed, file, "choose another name")

	restored := filepath.Join(t.TempDir(), "restored")
	if err := os.Mkdir(restored, 0o700); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{file: "rostrum.db", file + ".tls": "tls"} {
		if err := os.Rename(from, filepath.Join(restored, to)); err != nil {
			t.Fatal(err)
		}
	}
	if kept, err := filepath.Glob(filepath.Join(restored, "tls", "*")); err != nil || len(kept) != 2 {
		t.Errorf("the backup has %v, want the authority's certificate and key: %v", kept, err)
	}
	links := filepath.Join(out, "links.json")
	serveOn(t, restored, "--tls-self", "--links", links)
	if answer := fetch(t, browser(t, authority), readLinks(t, links)[example].Chair); answer.StatusCode != http.StatusSeeOther {
		t.Errorf("the chair's link is answered %s", answer.Status)
	}
}
