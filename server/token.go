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
	"strconv"
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
	// Session tells apart those who came by the join code, and the browsers on which an
	// officer's link was opened.
	Session string `json:"s,omitempty"`
	// Generation is that of what the token stands for: see [queue.State.Generation].
	Generation int64 `json:"g,omitempty"`
	// Pass is the pass that a link for another tablet opens. A token with one is good for that alone.
	Pass string `json:"o,omitempty"`
	// Expires is the instant in milliseconds from which the token is not valid, 0 for never.
	Expires int64 `json:"x,omitempty"`
}

func (g Grant) actor() queue.Actor {
	return queue.Actor{Role: g.Role, Participant: g.Participant, Session: g.Session}
}

// by says how somebody came: by a link, a badge or the join code.
func (g Grant) by() string {
	switch {
	case g.Role != queue.Delegate:
		return "link"
	case g.Session == "":
		return "badge"
	default:
		return "code"
	}
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

// A badge is printed as a QR code, and a short one is read from further away: it
// says neither the debate, which stands in the link, nor what all badges are.
const (
	badgeMark = "~"
	badgeMAC  = 12 // bytes
)

// Badge makes the short token of a participant's badge. [Keys.ReadFor] reads it.
func (k Keys) Badge(debate, participant string, generation int64) string {
	text := badgeMark + participant + badgeMark
	if generation != 0 {
		text += strconv.FormatInt(generation, 36)
	}
	return text + badgeMark + base64.RawURLEncoding.EncodeToString(k.mac("badge", debate+"\n"+text)[:badgeMAC])
}

// ReadFor returns what a token says that somebody shows to a debate: that of a
// badge, of this debate, or of the whole server.
func (k Keys) ReadFor(debate, token string, now int64) (Grant, error) {
	if parts := strings.Split(token, badgeMark); len(parts) == 4 && parts[0] == "" {
		var generation int64
		if parts[2] != "" {
			var err error
			if generation, err = strconv.ParseInt(parts[2], 36, 64); err != nil {
				return Grant{}, errToken
			}
		}
		if !hmac.Equal([]byte(token), []byte(k.Badge(debate, parts[1], generation))) {
			return Grant{}, errToken
		}
		return Grant{Debate: debate, Role: queue.Delegate, Participant: parts[1], Generation: generation}, nil
	}
	grant, err := k.Read(token, now)
	if err == nil && grant.Debate != debate && grant.Role != Operator {
		err = errToken
	}
	return grant, err
}

// JoinCode is the code that lets those in the room of a debate in: six digits,
// others for each number.
func (k Keys) JoinCode(debate string, number int64) string {
	text := debate
	if number != 0 {
		text += "\n" + strconv.FormatInt(number, 10)
	}
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(k.mac("join code", text))%1_000_000)
}

// JoinToken lets in who has scanned the QR code on the display of a debate, as the code of the
// same number lets in who has typed that. Nobody guesses it.
func (k Keys) JoinToken(debate string, number int64) string {
	text := debate + "\n" + strconv.FormatInt(number, 10)
	return joinMark + base64.RawURLEncoding.EncodeToString(k.mac("join token", text)[:badgeMAC])
}

// joinMark begins a join token and no join code.
const joinMark = "~"

func (k Keys) mac(purpose, text string) []byte {
	h := hmac.New(sha256.New, k.secret)
	h.Write([]byte(purpose + "\n" + text))
	return h.Sum(nil)[:20]
}

// newSession makes the name of a session.
func newSession() string {
	return rand.Text()[:16]
}
