package queue

// Group is a group of participants that has a name of its own, such as the Group of
// 77 and China. A participant speaks for it where what it says in BehalfOf is the group's id.
type Group struct {
	ID    string            `json:"id"`
	Names map[string]string `json:"names"` // by language, at least one
}

// Name is the group's name in a language, or in the first of the others that there
// is.
func (g Group) Name(language string, others ...string) string {
	return nameIn(g.Names, g.ID, language, others)
}

// Group is the debate's group of an id, and whether there is one.
func (d Debate) Group(id string) (Group, bool) {
	for _, g := range d.Groups {
		if g.ID == id {
			return g, true
		}
	}
	return Group{}, false
}
