package queue

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"rostrum/timer"
)

// The longest texts, in characters.
const (
	maxLine = 200
	maxNote = 2_000
	maxID   = 64
)

// ValidID says whether an id is well-formed: 1 to 64 of A-Za-z0-9._-
func ValidID(id string) bool {
	if id == "" || len(id) > maxID {
		return false
	}
	for i := range len(id) {
		c := id[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '_', c == '-':
		default:
			return false
		}
	}
	return true
}

// first is the first refusal among several checks.
func first(refusals ...*Error) *Error {
	for _, r := range refusals {
		if r != nil {
			return r
		}
	}
	return nil
}

func idField(field, id string) *Error {
	if !ValidID(id) {
		return malformed(field, "An id is 1 to 64 of the characters A-Z a-z 0-9 . _ -")
	}
	return nil
}

// madeID checks the id of what a sender makes. It is going to stand in addresses, where a browser
// takes "." and ".." for folders: nobody could take it away from a page.
func madeID(id string) *Error {
	if id == "." || id == ".." {
		return malformed("id", "An id is neither . nor .., which have another meaning in addresses.")
	}
	return idField("id", id)
}

func optionalID(field, id string) *Error {
	if id == "" {
		return nil
	}
	return idField(field, id)
}

func kindField(k Kind) *Error {
	if k != "" && !k.valid() {
		return malformed("kind", "The kind is one of intervention, response, right_of_reply, point_of_order, address.")
	}
	return nil
}

// lineField checks a short text that is shown on one line: without control
// characters, and without those that turn the direction of the text around them.
func lineField(field, text string) *Error {
	if utf8.RuneCountInString(text) > maxLine {
		return malformed(field, "At most %d characters.", maxLine)
	}
	return plainText(field, text, "")
}

// noteField checks a text of several lines.
func noteField(field, text string) *Error {
	if utf8.RuneCountInString(text) > maxNote {
		return malformed(field, "At most %d characters.", maxNote)
	}
	return plainText(field, text, "\n\r\t")
}

func plainText(field, text, allowed string) *Error {
	if !utf8.ValidString(text) {
		return malformed(field, "The text is not UTF-8.")
	}
	for _, r := range text {
		if Harmful(r) && !strings.ContainsRune(allowed, r) {
			return malformed(field, "The text holds the character U+%04X, which cannot be shown. Remove it.", r)
		}
	}
	return nil
}

// Harmful says whether a character breaks a line or turns the direction of the
// text around it. No name holds one.
func Harmful(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp) ||
		'\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069'
}

// Visible says whether a character leaves a mark. Some letters and a symbol are
// blank. Every name holds one.
func Visible(r rune) bool {
	return unicode.In(r, unicode.L, unicode.N, unicode.P, unicode.S) &&
		!strings.ContainsRune("\u115f\u1160\u2800\u3164\uffa0", r)
}

// nameField checks a name: a line that shows something.
func nameField(field, name string) *Error {
	if !strings.ContainsFunc(name, Visible) {
		return malformed(field, "The name is empty.")
	}
	return lineField(field, name)
}

// languageField checks that a language looks like a BCP 47 tag.
func languageField(language string) *Error {
	if language == "" {
		return nil
	}
	if len(language) > 35 || strings.ContainsAny(language, "._") || !ValidID(language) {
		return malformed("language", "The language is a tag such as en, fr or zh-Hans.")
	}
	return nil
}

// limitField checks a limit in milliseconds.
func limitField(l Limit) *Error {
	if !l.Set || l.MS == 0 && l.None {
		return nil
	}
	if l.MS < timer.MinLimit || l.MS > timer.MaxLimit {
		return malformed("limit_ms", "A limit is %d to %d milliseconds, or null for none.", timer.MinLimit, timer.MaxLimit)
	}
	return nil
}

// deref is what a pointer points to, the zero value where it is nil.
func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}
