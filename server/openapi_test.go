package server

import (
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"rostrum/queue"
	"rostrum/timer"
)

// description is what is served at /api/v1/openapi.yaml, and the server that serves
// it.
func description(t *testing.T) (*Server, map[string]any) {
	t.Helper()
	keys, err := NewKeys(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	s := New(Config{Clock: timer.NewClock(0), Keys: keys, Log: slog.New(slog.DiscardHandler)})
	answer := httptest.NewRecorder()
	s.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/api/v1/openapi.yaml", nil))
	if answer.Code != http.StatusOK || answer.Header().Get("Content-Type") != "application/yaml" {
		t.Fatalf("got %d %s: %s", answer.Code, answer.Header().Get("Content-Type"), answer.Body)
	}
	var doc map[string]any
	if err := yaml.UnmarshalWithOptions(answer.Body.Bytes(), &doc, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	return s, doc
}

// at is what a JSON pointer names, nil where there is nothing.
func at(doc any, pointer string) any {
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "#/"), "/") {
		object, _ := doc.(map[string]any)
		doc = object[strings.NewReplacer("~1", "/", "~0", "~").Replace(part)]
	}
	return doc
}

// resolved is a value, or what its $ref names.
func resolved(doc map[string]any, v any) map[string]any {
	object, _ := v.(map[string]any)
	if ref, ok := object["$ref"].(string); ok {
		object, _ = at(doc, ref).(map[string]any)
	}
	return object
}

func TestOpenAPIDescribesEveryRoute(t *testing.T) {
	s, doc := description(t)
	var served []string
	parameter := regexp.MustCompile(`:(\w+)`)
	for _, route := range s.echo.Routes() {
		if strings.HasPrefix(route.Path, "/api/v1/") {
			served = append(served, route.Method+" "+parameter.ReplaceAllString(route.Path, "{$1}"))
		}
	}
	var described []string
	for path, item := range doc["paths"].(map[string]any) {
		if !strings.HasPrefix(path, "/api/v1/") {
			continue
		}
		for key := range item.(map[string]any) {
			if key != "parameters" {
				described = append(described, strings.ToUpper(key)+" "+path)
			}
		}
	}
	slices.Sort(served)
	slices.Sort(described)
	if diff := cmp.Diff(served, described); diff != "" {
		t.Errorf("served and described (+):\n%s", diff)
	}
}

func TestOpenAPINamesEveryPathParameter(t *testing.T) {
	_, doc := description(t)
	for path, item := range doc["paths"].(map[string]any) {
		var want, got []string
		for _, match := range regexp.MustCompile(`{(\w+)}`).FindAllStringSubmatch(path, -1) {
			want = append(want, match[1])
		}
		parameters, _ := item.(map[string]any)["parameters"].([]any)
		for _, p := range parameters {
			if p := resolved(doc, p); p["in"] == "path" {
				got = append(got, p["name"].(string))
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: path and parameters (+):\n%s", path, diff)
		}
	}
}

func TestOpenAPINamesEveryCode(t *testing.T) {
	_, doc := description(t)
	codes := make(map[string]string) // where each stands
	for _, dir := range []string{".", "../queue"} {
		collectCodes(t, dir, codes)
	}
	for code, where := range codes {
		if status, _ := statusOf(queue.Code(code)); status == http.StatusInternalServerError && code != string(internal) && code != "statement_damaged" {
			t.Errorf("%s (%s) has no status", code, where)
		}
	}
	var described []string
	for _, code := range at(doc, "#/components/schemas/Code/enum").([]any) {
		described = append(described, code.(string))
	}
	slices.Sort(described)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(codes)), described); diff != "" {
		t.Errorf("in use and described (+):\n%s", diff)
	}
}

// collectCodes finds the constants of type queue.Code in the package in a directory.
func collectCodes(t *testing.T, dir string, codes map[string]string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no sources in %s: %v", dir, err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || !isCode(spec.Type) {
				return true
			}
			for _, value := range spec.Values {
				if literal, ok := value.(*ast.BasicLit); ok {
					code, err := strconv.Unquote(literal.Value)
					if err != nil {
						t.Fatal(err)
					}
					codes[code] = name
				}
			}
			return true
		})
	}
}

func isCode(e ast.Expr) bool {
	if selector, ok := e.(*ast.SelectorExpr); ok {
		e = selector.Sel
	}
	name, ok := e.(*ast.Ident)
	return ok && name.Name == "Code"
}

func TestOpenAPIRefersToWhatIsThere(t *testing.T) {
	_, doc := description(t)
	used := make(map[string]bool)
	var visit func(v any)
	visit = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok {
				used[ref] = true
				if at(doc, ref) == nil {
					t.Errorf("nothing at %s", ref)
				}
			}
			for _, inner := range v {
				visit(inner)
			}
		case []any:
			for _, inner := range v {
				visit(inner)
			}
		}
	}
	visit(doc)
	for kind, components := range doc["components"].(map[string]any) {
		if kind == "securitySchemes" {
			continue
		}
		for name := range components.(map[string]any) {
			if ref := "#/components/" + kind + "/" + name; !used[ref] {
				t.Errorf("%s is not used", ref)
			}
		}
	}
}
