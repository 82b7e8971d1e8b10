package server_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"rostrum/queue"
	"rostrum/server"
)

// FuzzReadToken changes tokens: one that was not signed grants nothing.
func FuzzReadToken(f *testing.F) {
	keys, err := server.NewKeys(bytes.Repeat([]byte("k"), 32))
	if err != nil {
		f.Fatal(err)
	}
	stranger, err := server.NewKeys(bytes.Repeat([]byte("x"), 32))
	if err != nil {
		f.Fatal(err)
	}
	const now = 1_000
	signed := make(map[string]server.Grant)
	for _, g := range []server.Grant{
		{Debate: trafficking, Role: queue.Chair},
		{Debate: trafficking, Role: queue.Delegate, Participant: "ken", Session: "s", Expires: now + 1},
		{Role: server.Operator},
	} {
		token := keys.Sign(g)
		signed[token] = g
		f.Add(token)
		f.Add(stranger.Sign(g))
		f.Add(token + "=")
		f.Add(token[:len(token)-1])
		f.Add(token[1:])
		f.Add(strings.Replace(token, ".", "..", 1))
		f.Add(" " + token)
	}
	expired := keys.Sign(server.Grant{Debate: trafficking, Role: queue.Chair, Expires: now})
	f.Add(expired)
	f.Add("")
	f.Add(".")
	f.Add(base64.RawURLEncoding.EncodeToString([]byte(`{"d":"trafficking","r":"chair"}`)) + ".")
	f.Fuzz(func(t *testing.T, token string) {
		got, err := keys.Read(token, now)
		// The base64 of Go leaves out line ends, which no header or cookie carries.
		plain := strings.NewReplacer("\r", "", "\n", "").Replace(token)
		want, ok := signed[plain]
		if ok && plain == token && (err != nil || got != want) {
			t.Errorf("%q grants %+v, %v; want %+v", token, got, err, want)
		}
		if !ok && err == nil {
			t.Errorf("%q grants %+v", token, got)
		}
	})
}

// FuzzDecodeObject decodes bodies as encoding/json does, but stricter.
func FuzzDecodeObject(f *testing.F) {
	for _, body := range []string{
		`{}`, `{"id":"r","participant":"ken","note":"n"}`, `{"id":5}`, `{"ID":"r"}`, `{"id":null}`, `{"id":"r","id":"s"}`, `[]`, `null`, ``, `{"id":"r"}{}`,
		`{"id":"\ud800"}`, "{\"id\":\"\xff\"}", `{"kind":"point_of_order"}`, strings.Repeat(`{"id":`, 100), `{"id":"r",}`, "\ufeff{}", `{"speaker":"\u0000"}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got, want queue.Ask
		err := server.DecodeObject(body, &got)
		strict := json.NewDecoder(bytes.NewReader(body))
		strict.DisallowUnknownFields()
		if err == nil {
			if json := strict.Decode(&want); json != nil || got != want {
				t.Errorf("%q is %+v; encoding/json has %+v, %v", body, got, want, json)
			}
			if !json.Valid(body) {
				t.Errorf("%q is taken", body)
			}
			return
		}
		var refusal *queue.Error
		if refusal, _ = err.(*queue.Error); refusal == nil || refusal.Code != queue.Malformed || refusal.Detail == "" {
			t.Errorf("%q is refused with %v", body, err)
		}
	})
}

// FuzzPing reads frames: what is a ping is answered with its t0, in valid JSON.
func FuzzPing(f *testing.F) {
	for _, t0 := range []string{`1`, `-0`, `1e3`, `1.50`, `9007199254740993`, `null`, `"1"`, `[1]`, `{}`, `1e999`, `01`, `+1`, `.5`, `NaN`, ``} {
		f.Add(websocket.TextMessage, []byte(`{"type":"ping","t0":`+t0+`}`))
	}
	f.Add(websocket.BinaryMessage, []byte(`{"type":"ping","t0":1}`))
	f.Add(websocket.TextMessage, []byte(`{"type":"ping","t0":1,"x":2}`))
	f.Add(websocket.TextMessage, []byte("\x00"))
	f.Fuzz(func(t *testing.T, kind int, body []byte) {
		t0, ok := server.PingOf(kind, body)
		if !ok {
			return
		}
		var number json.Number
		pong := server.PongMessage(t0, 1.5, 2.25)
		var answer struct {
			Type string          `json:"type"`
			T0   json.RawMessage `json:"t0"`
			T1   float64         `json:"t1"`
			T2   float64         `json:"t2"`
		}
		if err := json.Unmarshal(pong, &answer); err != nil || answer.Type != "pong" || !bytes.Equal(answer.T0, t0) || answer.T1 != 1.5 || answer.T2 != 2.25 {
			t.Fatalf("%q is answered %q: %v", body, pong, err)
		}
		if err := json.Unmarshal(t0, &number); err != nil || kind != websocket.TextMessage || !bytes.Contains(body, t0) {
			t.Errorf("%q is taken for a ping with t0 %q", body, t0)
		}
	})
}
