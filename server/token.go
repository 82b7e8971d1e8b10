package server

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"rostrum/queue"
)

// Keys signs and reads the tokens of a server, and derives its join codes, from
// the secret that is kept with the data. A token is a short JSON text and its HMAC:
// short, because it is printed as a QR code, and without choices of algorithm,
// because there is one reader.
type Keys struct {
	secret []byte
}

// NewKeys uses a secret of at least 32 bytes.
func NewKeys(secret []byte) (Keys, error) {
	if len(secret) < 32 {
		return Keys{}, fmt.Errorf("the secret has %d bytes, want at least 32", len(secret))
	}
	return Keys{secret}, nil
}

// Operator is the role of who runs the server and can read its data: the command
// line. Its tokens are for the whole server, with no debate.
const Operator queue.Role = "operator"

// Grant is what a token says: who its bearer is to a debate.
type Grant struct {
	Debate      string     `json:"d,omitempty"`
	Role        queue.Role `json:"r"`
	Participant string     `json:"p,omitempty"`
	// Session tells apart those who came by the join code.
	Session string `json:"s,omitempty"`
	// Expires is the instant in milliseconds from which the token is not valid, 0 for never.
	Expires int64 `json:"x,omitempty"`
}

func (g Grant) actor() queue.Actor {
	return queue.Actor{Role: g.Role, Participant: g.Participant, Session: g.Session}
}

// Sign makes a token. The same grant gives the same token, so that links stay
// the same over restarts.
func (k Keys) Sign(g Grant) string {
	payload, err := json.Marshal(g)
	if err != nil {
		panic(err) // a struct of strings and a number
	}
	text := base64.RawURLEncoding.EncodeToString(payload)
	return text + "." + base64.RawURLEncoding.EncodeToString(k.mac("token", text))
}

var errToken = errors.New("not a token of this server")

// Read returns what a token says. It refuses one that was not signed with the
// secret, and one that has expired at the instant now.
func (k Keys) Read(token string, now int64) (Grant, error) {
	text, mac, ok := strings.Cut(token, ".")
	if !ok {
		return Grant{}, errToken
	}
	sum, err := base64.RawURLEncoding.Strict().DecodeString(mac)
	if err != nil || !hmac.Equal(sum, k.mac("token", text)) {
		return Grant{}, errToken
	}
	payload, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return Grant{}, errToken
	}
	var g Grant
	if err := json.Unmarshal(payload, &g); err != nil {
		return Grant{}, errToken
	}
	if g.Expires != 0 && now >= g.Expires {
		return Grant{}, errors.New("the token has expired")
	}
	return g, nil
}

// JoinCode is the code that lets those in the room of a debate in: six digits.
func (k Keys) JoinCode(debate string) string {
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(k.mac("join code", debate))%1_000_000)
}

func (k Keys) mac(purpose, text string) []byte {
	h := hmac.New(sha256.New, k.secret)
	h.Write([]byte(purpose + "\n" + text))
	return h.Sum(nil)[:20]
}

// newSession makes the name of a session that came by the join code.
func newSession() string {
	return rand.Text()[:16]
}
