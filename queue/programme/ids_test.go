package programme_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rostrum/queue/programme"
)

// called is the shortest debate file of an id, which stands on line 2 from column 5 on.
func called(id string) []byte {
	return []byte("# a debate\n" + strings.Replace(least, "id: d", "id: "+id, 1) + panels)
}

func TestAnIDIsOneThatServerAndFileSystemsCanHave(t *testing.T) {
	reserved := []string{"api", "sw.js", "office"}
	for _, test := range []struct {
		id     string
		inData []string
		want   string // the mistake, "" for none
	}{
		{id: "budget"},
		{id: "sw.js", want: `"sw.js" is an address that the server needs for itself; expected another id, such as debate-sw.js`},
		{id: "SW.js", want: `"SW.js" is an address that the server needs for itself; expected another id, such as debate-SW.js`},
		{id: "sw.js.1"},
		{id: "apis"},
		{id: ".budget", want: `".budget" begins with a dot, and files of such names are hidden; expected another id, such as debate-budget`},
		{id: "budget.", want: `"budget." ends with a dot, which some file systems leave out; expected another id, such as debate-budget`},
		{id: "con", want: `"con" names the device CON, and on some systems no file can be called so; expected another id, such as debate-con`},
		{id: "Nul.2026", want: `"Nul.2026" names the device NUL, and on some systems no file can be called so; expected another id, such as debate-Nul.2026`},
		{id: "com1", want: `"com1" names the device COM1, and on some systems no file can be called so; expected another id, such as debate-com1`},
		{id: "lpt9.x", want: `"lpt9.x" names the device LPT9, and on some systems no file can be called so; expected another id, such as debate-lpt9.x`},
		{id: "com"}, {id: "com10"}, {id: "conference"}, {id: "lpt"}, {id: "lptx"},
		{id: "incoming-x"},
		{id: "Budget", inData: []string{"budget"}, want: `"Budget" differs from the debate "budget" only in capitals, and some file systems take them for one; expected another id, such as debate-Budget`},
		{id: "budget", inData: []string{"budget", "Budget"}},
		// What is in the data goes on, whatever it is called.
		{id: "sw.js", inData: []string{"sw.js"}},
		{id: "con", inData: []string{"con"}},
	} {
		files := programme.NewFiles(reserved)
		if err := files.Add("f", called(test.id)); err != nil {
			t.Errorf("%s: %v", test.id, err)
			continue
		}
		got, err := files.Programmes(test.inData)
		switch {
		case test.want == "" && (err != nil || len(got) != 1 || got[0].Debate.ID != test.id):
			t.Errorf("%s beside %v: %v, %v", test.id, test.inData, got, err)
		case test.want != "" && (err == nil || err.Error() != "f:2:5: id: "+test.want):
			t.Errorf("%s beside %v: %v, want %s", test.id, test.inData, err, test.want)
		}
	}
}

func TestDebatesOfOneServerHaveIDsOfTheirOwn(t *testing.T) {
	files := programme.NewFiles(nil)
	if err := files.Add("a.yaml", called("budget")); err != nil {
		t.Fatal(err)
	}
	if err := files.Add("b.yaml", called("BUDGET")); err != nil {
		t.Fatal(err)
	}
	if err := files.Add("c.yaml", called("budget")); err != nil {
		t.Fatal(err)
	}
	if err := files.Add("d.yaml", called("[]")); err == nil {
		t.Error("a file with a mistake is taken")
	}
	_, err := files.Programmes(nil)
	if err == nil {
		t.Fatal("three debates have one id")
	}
	want := `b.yaml:2:5: id: "BUDGET" differs from the debate "budget" only in capitals, and some file systems take them for one; expected another id, such as debate-BUDGET
c.yaml:2:5: id: the debate "budget" stands in a.yaml already; expected each debate once`
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Error(diff)
	}
	// The same files are no mistake beside data that have both.
	both := programme.NewFiles(nil)
	for name, id := range map[string]string{"a.yaml": "budget", "b.yaml": "BUDGET"} {
		if err := both.Add(name, called(id)); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := both.Programmes([]string{"BUDGET", "budget"}); err != nil || len(got) != 2 {
		t.Errorf("beside data with both: %v, %v", got, err)
	}
}

func TestAFileAloneKnowsWhatNoFileSystemTakes(t *testing.T) {
	_, err := programme.Parse("f", called("aux"))
	if err == nil || !strings.HasPrefix(err.Error(), `f:2:5: id: "aux" names the device AUX`) {
		t.Error(err)
	}
	// The id that a mistake advises is a good one.
	for _, id := range []string{".con", strings.Repeat("x", 63) + ".", "nul"} {
		_, err := programme.Parse("f", called(id))
		if err == nil {
			t.Errorf("%s is taken", id)
			continue
		}
		_, another, _ := strings.Cut(err.Error(), "such as ")
		if _, err := programme.Parse("f", called(another)); err != nil {
			t.Errorf("%s is advised for %s: %v", another, id, err)
		}
	}
}
