package programme

import (
	_ "embed"
	"encoding/csv"
	"slices"
	"strings"

	"rostrum/queue"
)

// un.csv is derived from Unicode CLDR 48.2: see UN.md and UNICODE-LICENSE.txt.
//
//go:embed un.csv
var un string

//go:embed example.yaml
var example []byte

// UN is the roster "un": the 193 Member States and 2 Observer States with their
// nameplate names in the six official languages. The caller may change it.
func UN() []queue.Participant {
	rows, err := csv.NewReader(strings.NewReader(un)).ReadAll()
	if err != nil {
		panic(err) // the file is in the binary
	}
	categories := map[string]string{"member": "member_state", "observer_state": "observer"}
	roster := make([]queue.Participant, 0, len(rows)-1)
	for _, row := range rows[1:] { // iso2, iso3, status, regional_group, en, fr, es, ru, ar, zh
		names := make(map[string]string, len(languages))
		for i, language := range languages {
			names[language] = row[4+i]
		}
		roster = append(roster, queue.Participant{
			ID: strings.ToLower(row[1]), Names: names, Category: categories[row[2]], Group: row[3],
		})
	}
	return roster
}

// Example is the first debate that Rostrum was made for: the General Assembly's
// thematic debate on human trafficking of 3 June 2008.
func Example() (queue.Programme, error) { return Parse("example.yaml", example) }

// ExampleFile is the example's debate file, a template for others.
func ExampleFile() []byte { return slices.Clone(example) }
