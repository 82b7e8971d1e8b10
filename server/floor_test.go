package server_test

import (
	"net/http"
	"strings"
	"testing"

	"rostrum/queue"
	"rostrum/queue/programme"
	"rostrum/server"
)

// What the chair says to the room, and how the debate's file limits replies, is in every view;
// the wireless network is for the screens of the room and the officers.
func TestTheRoomIsTold(t *testing.T) {
	p := thematicDebate(programme.UN())
	p.Debate.Timezone = "America/New_York"
	p.Debate.Groups = []queue.Group{{ID: "g77", Names: map[string]string{"en": "Group of 77 and China", "fr": "Groupe des 77 et Chine"}}}
	p.Debate.WiFi = &queue.WiFi{Name: "Room; 4", Password: `p:a\ss`, Security: "wpa"}
	h := conveneOn(t, p)
	h.do(h.chair(), "PUT", "/message", `{"text":"Please be brief"}`)
	for _, token := range []string{"", h.link(queue.Display), h.chair()} {
		state := h.do(token, "GET", "", nil).body["state"].(map[string]any)
		if m := state["message"].(map[string]any); m["text"] != "Please be brief" || m["at_ms"] == nil {
			t.Errorf("the message is %v", m)
		}
		debate := state["debate"].(map[string]any)
		reply := debate["right_of_reply"].(map[string]any)
		if debate["timezone"] != "America/New_York" || reply["first_ms"] != 180_000.0 || reply["second_ms"] != 120_000.0 || reply["at_most"] != 2.0 {
			t.Errorf("the debate is %v", debate)
		}
		if name := debate["groups"].(map[string]any)["g77"].(map[string]any)["fr"]; name != "Groupe des 77 et Chine" {
			t.Errorf("the group is %v", name)
		}
		wifi, shown := state["wifi"].(map[string]any)
		if shown != (token != "") || shown && (wifi["name"] != "Room; 4" || wifi["password"] != `p:a\ss`) {
			t.Errorf("the network is %v", wifi)
		}
	}
	h.send(h.badge("ken"), "PUT", "/message", `{"text":"Hello"}`).wants(403, "role_forbidden")
	h.send(h.chair(), "PUT", "/message", `{"text":""}`).wants(400, "malformed")
}

func TestTheRecordNamesGroupsAndRulings(t *testing.T) {
	p := thematicDebate(programme.UN())
	p.Debate.Groups = []queue.Group{{ID: "g77", Names: map[string]string{"en": "Group of 77 and China", "fr": "Groupe des 77 et Chine"}}}
	h := conveneOn(t, p)
	h.do(h.badge("ken"), "POST", "/requests", `{"id":"r","behalf_of":"g77","level":"minister"}`)
	h.do(h.chair(), "PUT", "/floor", `{"id":"i","request":"r"}`)
	seen := func() map[string]any { return h.send("", "GET", "", nil).body["state"].(map[string]any) }
	if floor := seen()["floor"].(map[string]any); floor["level"] != "minister" {
		t.Errorf("on the floor is %v, a minister", floor)
	}
	h.do(h.chair(), "PUT", "/floor", `{"id":"p","participant":"bra","kind":"point_of_order"}`)
	h.send(h.badge("bra"), "DELETE", "/floor?ruling=sustained", nil).wants(403, "not_yours")
	h.send(h.chair(), "DELETE", "/floor?ruling=perhaps", nil).wants(400, "malformed")
	h.do(h.chair(), "DELETE", "/floor?floor=p&ruling=sustained", nil)
	h.send(h.chair(), "DELETE", "/floor?ruling=sustained", nil).wants(409, "no_point_of_order")
	ruled, _ := seen()["ruled"].(map[string]any)
	if ruled["id"] != "p" || ruled["participant"] != "bra" || ruled["ruling"] != "sustained" || ruled["at_ms"] == nil {
		t.Errorf("the room is told of %v", ruled)
	}
	h.do(h.chair(), "DELETE", "/floor", nil)
	if ruled := seen()["ruled"]; ruled != nil {
		t.Errorf("after the next end the room is still told of %v", ruled)
	}

	entries := make(map[string]map[string]any) // the two may be recognised in one millisecond, and stand in either order
	for _, e := range h.do(h.chair(), "GET", "/record.json?lang=fr", nil).body["interventions"].([]any) {
		entry := e.(map[string]any)
		entries[entry["id"].(string)] = entry
	}
	first, second := entries["i"], entries["p"]
	if first["behalf_of"] != "g77" || first["behalf_of_name"] != "Groupe des 77 et Chine" || first["ruling"] != nil {
		t.Errorf("the intervention is %v", first)
	}
	if second["ruling"] != "sustained" {
		t.Errorf("the point of order is %v", second)
	}
	if csv := string(h.do(h.chair(), "GET", "/record.csv?lang=fr", nil).raw); !strings.Contains(csv, "Groupe des 77 et Chine") || !strings.Contains(csv, ",sustained") {
		t.Errorf("the table is\n%s", csv)
	}
}

func TestTheNetworkIsAQRCode(t *testing.T) {
	p := thematicDebate(programme.UN())
	p.Debate.WiFi = &queue.WiFi{Name: "Conference", Security: "none"}
	with, without := conveneOn(t, p), convene(t)
	a := with.sendTo("/trafficking/wifi.svg", with.link(queue.Display), "GET", nil)
	if a.status != http.StatusOK || a.header.Get("Content-Type") != "image/svg+xml" {
		t.Errorf("%d %s", a.status, a.header.Get("Content-Type"))
	}
	with.sendTo("/trafficking/wifi.svg", "", "GET", nil).wants(401, "no_token")
	without.sendTo("/trafficking/wifi.svg", without.link(queue.Display), "GET", nil).wants(404, "not_found")
}

func TestANetworkAsPhonesReadIt(t *testing.T) {
	for _, tt := range []struct {
		of   queue.WiFi
		want string
	}{
		{queue.WiFi{Name: "Conference", Password: "secret", Security: "wpa"}, "WIFI:T:WPA;S:Conference;P:secret;;"},
		{queue.WiFi{Name: "Open", Security: "none"}, "WIFI:T:nopass;S:Open;;"},
		{queue.WiFi{Name: `a;b,c:d"e\f`, Password: ";", Security: "wep"}, `WIFI:T:WEP;S:a\;b\,c\:d\"e\\f;P:\;;;`},
	} {
		if got := server.WiFiText(tt.of); got != tt.want {
			t.Errorf("%+v is %s, want %s", tt.of, got, tt.want)
		}
	}
}
