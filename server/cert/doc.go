// Package cert has the certificates of a server that speaks TLS: from files, which may be
// replaced while it runs, and from an authority of its own, for a room without a name on the
// internet.
package cert
