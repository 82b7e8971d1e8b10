package server

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// A screen that comes back after a newer server was started must not go on from what the older one
// showed: a change of the views needs another format, and with it another epoch.
func TestOtherViewsHaveAnotherFormat(t *testing.T) {
	name := filepath.Join("testdata", fmt.Sprintf("views-%d.txt", viewFormat))
	is := strings.Join(membersOf(reflect.TypeFor[view](), ""), "\n") + "\n"
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v: write there\n%s", err, is)
	}
	if string(want) != is {
		t.Errorf("the views are not those of format %d any more: raise viewFormat, and put the members into testdata/views-%d.txt:\n%s", viewFormat, viewFormat+1, is)
	}
}

// membersOf are the paths of the members of a type as JSON has them, * for any id.
func membersOf(t reflect.Type, path string) []string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		return membersOf(t.Elem(), path)
	case reflect.Map:
		return membersOf(t.Elem(), path+".*")
	case reflect.Struct:
	default:
		return []string{strings.TrimPrefix(path, ".") + " " + t.Kind().String()}
	}
	var all []string
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case name == "-" || !f.IsExported():
		case name == "":
			all = append(all, membersOf(f.Type, path)...)
		default:
			all = append(all, membersOf(f.Type, path+"."+name)...)
		}
	}
	return all
}
