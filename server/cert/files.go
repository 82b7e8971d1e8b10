package cert

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// lookEvery is how often the files are looked at, at the most.
const lookEvery = time.Second

// Files is a certificate from two files, PEM. When they change the new one is used, for
// new connections, without a restart. Its methods may be called concurrently.
type Files struct {
	cert, key string
	log       *slog.Logger

	mu     sync.Mutex
	loaded *tls.Certificate
	as     [2]version // when loaded was read
	looked time.Time
}

// version tells a file from what it was.
type version struct {
	modified time.Time
	size     int64
}

// Open reads a certificate, with those of the authorities behind it, and its key.
func Open(cert, key string, log *slog.Logger) (*Files, error) {
	f := &Files{cert: cert, key: key, log: log, looked: time.Now()}
	var err error
	if f.as, err = f.versions(); err != nil {
		return nil, fmt.Errorf("reading the certificate: %w", err)
	}
	if f.loaded, err = f.load(); err != nil {
		return nil, err
	}
	return f, nil
}

func (f *Files) load() (*tls.Certificate, error) {
	loaded, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil {
		return nil, fmt.Errorf("reading the certificate %s with the key %s: %w", f.cert, f.key, err)
	}
	return &loaded, nil
}

func (f *Files) versions() (out [2]version, err error) {
	for i, name := range []string{f.cert, f.key} {
		info, err := os.Stat(name)
		if err != nil {
			return out, err
		}
		out[i] = version{info.ModTime(), info.Size()}
	}
	return out, nil
}

// GetCertificate is for a [tls.Config]. While new files do not fit together, as
// between the writing of one and of the other, the old certificate goes on.
func (f *Files) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	if now.Sub(f.looked) < lookEvery {
		return f.loaded, nil
	}
	f.looked = now
	as, err := f.versions()
	if err != nil || as == f.as {
		return f.loaded, nil // a file that is away for now is being replaced
	}
	loaded, err := f.load()
	if err != nil {
		f.log.Warn("the new certificate cannot be used, the old one goes on", "err", err)
		return f.loaded, nil
	}
	f.loaded, f.as = loaded, as
	f.log.Info("a new certificate is used", "until", loaded.Leaf.NotAfter)
	return f.loaded, nil
}

// Leaf is the certificate in use.
func (f *Files) Leaf() *x509.Certificate {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.loaded.Leaf
}
