package programme

import (
	"maps"

	"rostrum/queue"
)

const wantNames = "a name, or names by language such as {en: …, fr: …}"

func (b *builder) readRoster(v value) {
	b.roster, b.own = make(map[string]int), make(map[string]value)
	name, ok := b.text(v, "the name of a roster: un")
	switch {
	case v.absent():
	case !ok || name != "un":
		b.unsure = true
		if ok {
			b.mistake(v, "%s is not a roster; expected un, or no roster", quote(name))
		}
	default:
		b.programme.Participants = UN()
		for i, p := range b.programme.Participants {
			b.roster[p.ID] = i
			b.known = append(b.known, p.ID)
		}
	}
}

// participants adds those of the file's own to the roster's.
func (b *builder) participants(v value) {
	const want = "a participant with id, name and category"
	for _, v := range b.list(v, 0, maxParticipants, "a list of participants, each with id, name and category") {
		o := b.object(v, want, "id", "name", "category", "group")
		p := queue.Participant{
			Names:    b.name(o.need("name", wantNames), true),
			Category: b.line(o.need("category", "a category such as un_system or civil_society"), maxCategory),
			Group:    b.line(o.get("group"), maxCategory),
		}
		at := o.need("id", wantID)
		id, ok := b.id(at)
		if !ok {
			continue
		}
		if i, ok := b.roster[id]; ok {
			b.mistake(at, "%s is %s in the roster; expected another id, or names.%s to give it another name",
				id, b.programme.Participants[i].Names["en"], id)
			continue
		}
		b.claim(b.own, at, id, "participant")
		b.known = append(b.known, id)
		p.ID = id
		b.programme.Participants = append(b.programme.Participants, p)
	}
}

// names gives participants of the roster other names.
func (b *builder) names(v value) {
	for _, e := range b.entries(v, "names by id, such as ken: {en: …}") {
		names := b.name(e.value, false)
		if at, ok := b.own[e.name]; ok {
			b.mistake(e.key, "%s stands on line %d of this file; expected its name there", e.name, at.place().line)
			continue
		}
		i, ok := b.roster[e.name]
		switch {
		case ok:
			maps.Copy(b.programme.Participants[i].Names, names)
		case len(b.roster) > 0:
			b.mistake(e.key, "%s is not in the roster; %s", quote(e.name),
				b.suggest(e.name, b.known[:len(b.roster)], "expected the id of a participant of the roster"))
		case !b.unsure:
			b.mistake(e.key, "%s is not in a roster; expected roster: un in this file", quote(e.name))
		}
	}
}

// name reads a name for all languages, or names by language. A whole one has a name
// in the debate's first language, which stands in for those that are missing.
func (b *builder) name(v value, whole bool) map[string]string {
	if v.absent() {
		return nil
	}
	names, before := make(map[string]string), len(b.mistakes)
	first := b.programme.Debate.Languages[0]
	if _, ok := scalar(v); ok {
		names[first], whole = b.line(v, maxName), true
	} else {
		for _, e := range b.entries(v, wantNames) {
			if name := b.line(e.value, maxName); b.isLanguage(e.key, e.name) {
				names[e.name] = name
			}
		}
	}
	if !whole {
		return names
	}
	standIn, ok := names[first]
	if !ok && len(b.mistakes) == before {
		b.mistake(v, "has no name in %s; expected one in the debate's first language", first)
	}
	for _, language := range b.programme.Debate.Languages {
		if _, ok := names[language]; !ok {
			names[language] = standIn
		}
	}
	return names
}

// participant reads the id of one who is in the debate.
func (b *builder) participant(v value) (string, bool) {
	id, ok := b.text(v, "the id of a participant")
	if !ok {
		return "", false
	}
	_, inRoster := b.roster[id]
	_, inFile := b.own[id]
	if !inRoster && !inFile && !b.unsure {
		b.mistake(v, "%s is not a participant; %s", quote(id),
			b.suggest(id, b.known, "expected an id from participants or the roster"))
	}
	return id, true
}
