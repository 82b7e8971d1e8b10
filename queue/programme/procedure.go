package programme

import (
	"slices"
	"strconv"
	"time"

	"rostrum/queue"
)

// The longest lists, in entries, and texts, in bytes.
const (
	maxGroups   = 100
	maxLimits   = 200
	maxReplies  = 100
	maxSSID     = 32 // IEEE 802.11
	maxPassword = 63 // WPA, in printable ASCII
)

const wantSpan = "3m, 2m30s, 180s or such, from 1s to 24h"

// span reads the time of an intervention, in milliseconds.
func (b *builder) span(v value) int64 {
	return b.duration(v, minDuration, maxDuration, wantSpan).Milliseconds()
}

// groups reads those for whom a participant may speak.
func (b *builder) groups(v value) {
	const want = "a group with id and name"
	taken := make(map[string]value)
	for _, v := range b.list(v, 0, maxGroups, "a list of groups, each with id and name") {
		o := b.object(v, want, "id", "name")
		at := o.need("id", wantID)
		id, ok := b.id(at)
		if ok {
			b.claim(taken, at, id, "group")
		}
		b.programme.Debate.Groups = append(b.programme.Debate.Groups, queue.Group{
			ID: id, Names: b.name(o.need("name", wantNames), true),
		})
	}
}

// limitRules reads the limits of some participants or categories.
func (b *builder) limitRules(v value) {
	const want = "a rule with participant or category, and first"
	var categories []string
	for _, p := range b.programme.Participants {
		if !slices.Contains(categories, p.Category) {
			categories = append(categories, p.Category)
		}
	}
	taken := make(map[string]value)
	for _, v := range b.list(v, 0, maxLimits, "a list of limits, each with participant or category, and first") {
		o := b.object(v, want, "participant", "category", "first", "later")
		rule := queue.LimitRule{First: b.span(o.need("first", "the time of the first intervention: "+wantSpan))}
		if rule.Later = rule.First; !o.get("later").absent() {
			rule.Later = b.span(o.get("later"))
		}
		of, at := "", o.get("participant")
		switch category := o.get("category"); {
		case at.absent() && category.absent():
			b.mistake(v, "is for nobody; expected participant or category")
			continue
		case at.absent():
			at = category
			rule.Category = b.line(category, maxCategory)
			of = "category " + rule.Category
			if rule.Category != "" && !slices.Contains(categories, rule.Category) && !b.unsure {
				b.mistake(category, "%s is the category of nobody; %s", quote(rule.Category),
					b.suggest(rule.Category, categories, "expected one that a participant has"))
			}
		case category.absent():
			rule.Participant, _ = b.participant(at)
			of = "participant " + rule.Participant
		default:
			b.mistake(v, "is for a participant and a category; expected one of them")
			continue
		}
		if first, ok := taken[of]; ok {
			b.mistake(at, "stands on line %d already; expected one rule for each", first.place().line)
			continue
		}
		taken[of] = at
		b.programme.Debate.Limits = append(b.programme.Debate.Limits, rule)
	}
}

// rightOfReply reads how rights of reply are limited.
func (b *builder) rightOfReply(v value) {
	o := b.object(v, "the limits of rights of reply, with first, second and at_most", "first", "second", "at_most")
	r := &b.programme.Debate.RightOfReply
	r.First, r.Second = b.span(o.get("first")), b.span(o.get("second"))
	if at := o.get("at_most"); !at.absent() {
		text, ok := b.text(at, "a number from 1 to "+strconv.Itoa(maxReplies))
		n, err := strconv.Atoi(text)
		if ok && (err != nil || n < 1 || n > maxReplies) {
			b.mistake(at, "%s is not a number of replies; expected 1 to %d", quote(text), maxReplies)
			return
		}
		r.AtMost = n
	}
	if full := b.programme.Debate.Replies(); full.Second > full.First && len(b.mistakes) == 0 {
		b.mistake(v, "the second reply has %s, more than the first, %s; expected at most as much",
			time.Duration(full.Second)*time.Millisecond, time.Duration(full.First)*time.Millisecond)
	}
}

// wifi reads the room's wireless network.
func (b *builder) wifi(v value) {
	if v.absent() {
		return
	}
	o := b.object(v, "a network with name, password and security", "name", "password", "security")
	w := queue.WiFi{Name: b.line(o.need("name", "the network's name"), maxSSID), Security: "wpa"}
	if len(w.Name) > maxSSID {
		b.mistake(o.get("name"), "has %d bytes; at most %d are expected", len(w.Name), maxSSID)
	}
	password := o.get("password")
	if w.Password = b.line(password, maxPassword); password.absent() {
		w.Security = "none"
	}
	if at := o.get("security"); !at.absent() {
		const want = "wpa, wep or none"
		text, ok := b.text(at, want)
		if ok && !slices.Contains([]string{"wpa", "wep", "none"}, text) {
			b.mistake(at, "%s is not known; expected %s", quote(text), want)
			return
		}
		w.Security = text
	}
	switch secret := w.Security != "none"; {
	case secret && password.absent():
		b.mistake(v, "has no password; expected one, or security: none")
	case !secret && !password.absent():
		b.mistake(password, "a network without security has no password; expected none, or security: wpa")
	}
	b.programme.Debate.WiFi = &w
}
