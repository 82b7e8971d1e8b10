package server

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestOnlyABelievedProxySpeaksForItsClient(t *testing.T) {
	type seen struct {
		remote, host string
		secure       bool
	}
	for _, tt := range []struct {
		name    string
		proxies string
		remote  string
		headers http.Header
		want    seen
	}{
		{"nobody is believed", "", "10.0.0.9:4711",
			http.Header{"X-Forwarded-For": {"203.0.113.7"}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-Host": {"evil.example"}},
			seen{"10.0.0.9:4711", "room.test", false}},
		{"a stranger says that it is a proxy", "10.0.0.1", "10.0.0.9:4711",
			http.Header{"X-Forwarded-For": {"203.0.113.7"}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-Host": {"evil.example"}},
			seen{"10.0.0.9:4711", "room.test", false}},
		{"the proxy", "10.0.0.1", "10.0.0.1:4711",
			http.Header{"X-Forwarded-For": {"203.0.113.7"}, "X-Forwarded-Proto": {"https"}, "X-Forwarded-Host": {"rostrum.example"}},
			seen{"203.0.113.7:0", "rostrum.example", true}},
		{"the client has invented addresses before its own", "10.0.0.0/8", "10.0.0.1:4711",
			http.Header{"X-Forwarded-For": {"198.51.100.1, 10.1.1.1, 203.0.113.7"}},
			seen{"203.0.113.7:0", "room.test", false}},
		{"two proxies, in two headers", "10.0.0.0/8, ::1", "[::1]:4711",
			http.Header{"X-Forwarded-For": {"198.51.100.1, 203.0.113.7", "10.2.2.2"}, "X-Forwarded-Proto": {"https"}},
			seen{"203.0.113.7:0", "room.test", true}},
		{"everyone is a proxy", "0.0.0.0/0", "10.0.0.1:4711",
			http.Header{"X-Forwarded-For": {"198.51.100.1, 10.1.1.1"}},
			seen{"198.51.100.1:0", "room.test", false}},
		{"addresses with ports, and of version 6", "10.0.0.1", "10.0.0.1:4711",
			http.Header{"X-Forwarded-For": {"[2001:db8::7]:9999"}},
			seen{"[2001:db8::7]:0", "room.test", false}},
		{"version 4 in version 6", "10.0.0.1", "[::ffff:10.0.0.1]:4711",
			http.Header{"X-Forwarded-For": {"203.0.113.7:80"}},
			seen{"203.0.113.7:0", "room.test", false}},
		{"what is no address ends the list", "10.0.0.0/8", "10.0.0.1:4711",
			http.Header{"X-Forwarded-For": {"203.0.113.7, unknown, 10.0.0.2"}},
			seen{"10.0.0.2:0", "room.test", false}},
		{"the proxy says nothing", "10.0.0.1", "10.0.0.1:4711", nil, seen{"10.0.0.1:4711", "room.test", false}},
		{"the client has invented a scheme and a host", "10.0.0.1", "10.0.0.1:4711",
			http.Header{"X-Forwarded-For": {"203.0.113.7"}, "X-Forwarded-Proto": {"https, http"}, "X-Forwarded-Host": {"evil.example, rostrum.example"}},
			seen{"203.0.113.7:0", "rostrum.example", false}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			proxies, err := ParseProxies(tt.proxies)
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest("GET", "http://room.test/", nil)
			r.RemoteAddr = tt.remote
			for name, values := range tt.headers {
				r.Header[name] = values
			}
			r = proxies.unwrap(r)
			if got := (seen{r.RemoteAddr, r.Host, overTLS(r)}); got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestParseProxies(t *testing.T) {
	for _, wrong := range []string{"proxy.example", "10.0.0.0/33", "10.0.0", "10.0.0.1;10.0.0.2"} {
		if p, err := ParseProxies(wrong); err == nil {
			t.Errorf("%q is read as %v", wrong, p)
		}
	}
	p, err := ParseProxies("10.1.2.3/8, ,192.0.2.1,fd00::/8")
	if err != nil || len(p) != 3 || p[0].String() != "10.0.0.0/8" || p[1].String() != "192.0.2.1/32" || p[2].String() != "fd00::/8" {
		t.Errorf("%v, %v", p, err)
	}
}
