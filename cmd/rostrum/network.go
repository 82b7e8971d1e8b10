package main

import (
	"flag"
	"fmt"

	"rostrum/server"
)

const (
	// mostConnections is how many connections a server has at the most, whatever the system
	// allows: a room of 5,000 needs a fifth.
	mostConnections = 50_000
	// ownFiles is how many files the program needs beside its connections.
	ownFiles = 64
)

// connections is how many connections this machine can hold for a server.
func connections() int { return max(ownFiles, openFiles()-ownFiles) }

// networkFlags say what is between the server and those who use it.
type networkFlags struct {
	proxies   server.Proxies
	ancestors server.FrameAncestors
	noLimits  bool
}

func (o *networkFlags) add(f *flag.FlagSet) {
	f.Func("trusted-proxy", "`networks` of the proxies whose X-Forwarded-For, -Proto and -Host are believed, such as 10.0.0.0/8,::1", func(list string) (err error) {
		o.proxies, err = server.ParseProxies(list)
		return err
	})
	f.Func("frame-ancestors", "`sites` that may show the display in a frame, such as https://venue.example.org", func(list string) (err error) {
		o.ancestors, err = server.ParseFrameAncestors(list)
		return err
	})
	f.Func("limits", "`on` or off: the limits on rates, which may be off for rehearsals and load tests on a closed network (default on)", func(value string) error {
		if value != "on" && value != "off" {
			return fmt.Errorf("%q is neither on nor off", value)
		}
		o.noLimits = value == "off"
		return nil
	})
}
