package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// The worker's list must be of the very files that are served, or nothing would be kept.
func TestTheWorkerKnowsEveryFileByItsTag(t *testing.T) {
	h := conveneSmall(t)
	fetch := func(path string) (*http.Response, string) {
		a := h.sendTo(path, "", http.MethodGet, nil)
		return &http.Response{StatusCode: a.status, Header: a.header}, string(a.raw)
	}
	script, text := fetch("/sw.js")
	if script.StatusCode != http.StatusOK || script.Header.Get("Content-Type") != "text/javascript" || script.Header.Get("Cache-Control") != "no-cache" {
		t.Fatalf("the worker: %d %v", script.StatusCode, script.Header)
	}
	list, code, _ := strings.Cut(strings.TrimPrefix(text, "self.SHELL="), ";\n")
	var shell struct {
		Version string            `json:"version"`
		Files   map[string]string `json:"files"`
	}
	if err := json.Unmarshal([]byte(list), &shell); err != nil {
		t.Fatalf("the list is %q: %v", list, err)
	}
	if shell.Version == "" || !strings.Contains(code, "self.SHELL.version") {
		t.Errorf("version %q, script %q", shell.Version, code)
	}
	if _, ok := shell.Files["/static/floor.html"]; !ok {
		t.Errorf("the delegate's page is not in the list: %v", shell.Files)
	}
	if _, ok := shell.Files["/static/LICENSE"]; ok {
		t.Error("a licence is no part of a page")
	}
	for path, tag := range shell.Files {
		if f, _ := fetch(path); f.Header.Get("ETag") != tag {
			t.Errorf("%s is listed as %s and served as %s", path, tag, f.Header.Get("ETag"))
		}
	}
}
