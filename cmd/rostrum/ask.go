package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"rostrum/server"
)

// whereIn reads where a server has noted that it is.
func whereIn(dir string) (noted running, err error) {
	text, err := os.ReadFile(runningFile(dir))
	if err == nil {
		err = json.Unmarshal(text, &noted)
	}
	if err == nil && noted.Local == "" {
		err = errors.New("no address is noted")
	}
	return noted, err
}

// reach finds the server at an address that has the data of a directory open, and which debates it has.
func reach(ctx context.Context, dir string, noted running, address string) (*data, error) {
	address = strings.TrimRight(address, "/")
	if err := safeToAsk(address); err != nil {
		return nil, err
	}
	secret, err := os.ReadFile(filepath.Join(dir, "secret"))
	if err != nil {
		return nil, fmt.Errorf("reading the secret, by which the server knows who asks: %w", err)
	}
	d := &data{told: make(map[string]bool), running: noted}
	d.Local = address
	if d.URL == "" {
		d.URL, d.Room = address, address
	}
	d.at = bases{[]string{d.URL}, []string{d.Room}}
	if d.keys, err = server.NewKeys(secret); err != nil {
		return nil, err
	}
	return d, d.listDebates(ctx)
}

// safeToAsk refuses an address to which the operator's token, which opens everything, would be sent in the clear
// over a network.
func safeToAsk(address string) error {
	at, err := url.Parse(address)
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" || at.Path != "" {
		return fmt.Errorf("%q is not the address of a server, such as http://localhost:8080", address)
	}
	if at.Scheme == "https" || at.Hostname() == "localhost" {
		return nil
	}
	host, err := netip.ParseAddr(at.Hostname())
	if err == nil && host.IsLoopback() {
		return nil
	}
	own, _ := net.InterfaceAddrs()
	if err == nil && slices.ContainsFunc(own, func(a net.Addr) bool {
		prefix, err := netip.ParsePrefix(a.String())
		return err == nil && prefix.Addr() == host
	}) {
		return nil
	}
	return fmt.Errorf("%s is on another machine and not HTTPS: whoever is on the network would read the token. Ask by https://, or on the server's own machine", address)
}

// listDebates asks the server which debates it has open, and which it could not open.
func (d *data) listDebates(ctx context.Context) error {
	var text bytes.Buffer
	if err := d.get(ctx, "/api/v1/debates", &text); err != nil {
		return err
	}
	var list struct {
		Debates  []struct{ ID string }
		Unopened []struct{ ID, Detail string }
	}
	if err := json.Unmarshal(text.Bytes(), &list); err != nil {
		return fmt.Errorf("reading the debates of the server: %w", err)
	}
	d.Debates = nil
	for _, debate := range list.Debates {
		d.Debates = append(d.Debates, debate.ID)
	}
	if d.Unopened == nil { // what the server has noted says more: where the damage is
		d.Unopened = make(map[string]string)
		for _, debate := range list.Unopened {
			d.Unopened[debate.ID] = debate.Detail
		}
	}
	return nil
}

// get asks the server that runs, as its operator.
func (d *data) get(ctx context.Context, path string, w io.Writer) error {
	return d.ask(ctx, http.MethodGet, path, nil, w)
}

// post sends a command to the server that runs, as its operator.
func (d *data) post(ctx context.Context, path string, command any) error {
	body, err := json.Marshal(command)
	if err != nil {
		return err
	}
	return d.ask(ctx, http.MethodPost, path, bytes.NewReader(body), io.Discard)
}

func (d *data) ask(ctx context.Context, method, path string, body io.Reader, w io.Writer) error {
	request, err := http.NewRequestWithContext(ctx, method, d.Local+path, body)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+d.keys.Sign(server.Grant{Role: server.Operator}))
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("asking the server that has the data open: %w (another address: --server)", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		var problem struct {
			Detail string `json:"detail"`
		}
		if err := json.NewDecoder(answer.Body).Decode(&problem); err != nil || problem.Detail == "" {
			return fmt.Errorf("the server answered %s", answer.Status)
		}
		return errors.New(problem.Detail)
	}
	if _, err := io.Copy(w, answer.Body); err != nil {
		return fmt.Errorf("reading the server's answer: %w", err)
	}
	return nil
}
