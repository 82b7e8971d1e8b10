package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"rostrum/queue"
)

// object is a JSON object of members that are encoded already, or a part of a
// merge patch.
type object map[string]json.RawMessage

// glance is a state and what an audience sees of it, the record left out: it is
// compared by itself.
type glance struct {
	state *queue.State
	view  view
}

func (v viewer) glance(s *queue.State, a audience) glance {
	return glance{s, v.withoutRecord(s, a)}
}

// patch is the JSON Merge Patch (RFC 7396) that makes what an audience saw of an
// older state into what it sees of a newer one. It is {} where the audience sees
// nothing of the change.
func patch(old, new glance, a audience) ([]byte, error) {
	before, after := old.view, new.view
	out := make(object)
	err := firstError(
		putChange(out, "debate", &before.Debate, &after.Debate),
		putChange(out, "floor", before.Floor, after.Floor),
		putChange(out, "interrupted", before.Interrupted, after.Interrupted),
		putChange(out, "message", before.Message, after.Message),
		putChange(out, "ruled", before.Ruled, after.Ruled),
		putChange(out, "join", before.Join, after.Join),
		putChange(out, "wifi", before.WiFi, after.WiFi),
		putChange(out, "clock", before.Clock, after.Clock),
		putChange(out, "outage", before.Outage, after.Outage),
		putChange(out, "sleep", before.Sleep, after.Sleep),
		putChange(out, "clock_ahead_ms", orAbsent(before.ClockAhead), orAbsent(after.ClockAhead)),
		putChange(out, "clock_steps", orNoList(before.ClockSteps), orNoList(after.ClockSteps)),
		putChange(out, "undo", before.Undo, after.Undo),
		putChange(out, "claims", orNone(before.Claims), orNone(after.Claims)),
		putChanges(out, "panels", before.Panels, after.Panels, samePanel),
		putChanges(out, "requests", before.Requests, after.Requests, same),
		putAll(out, "statements", before.Statements, after.Statements, same),
		putChanges(out, "spoken", before.Spoken, after.Spoken, same),
		putAll(out, "absent", before.Absent, after.Absent, same),
	)
	if err == nil && before.Panel != after.Panel {
		out["panel"], err = json.Marshal(after.Panel)
	}
	if err == nil && a == officers {
		was, is := recordChange(old.state, new.state)
		err = putChanges(out, "record", was, is, sameEntry)
	}
	if err != nil {
		return nil, fmt.Errorf("patching the %s view: %w", a, err)
	}
	return json.Marshal(out)
}

// recordChange is those entries of the record that may differ between two
// states. But for notes and corrections, of which there are few, the record changes at its
// end only, so that the rest need not be looked at.
func recordChange(old, new *queue.State) (was, is map[string]entryView) {
	was, is = make(map[string]entryView), make(map[string]entryView)
	touched := make(map[string]bool)
	for id, note := range new.Notes() {
		if old.Notes()[id].Revision != note.Revision {
			touched[id] = true
		}
	}
	for id, corrections := range new.Corrections() {
		if !reflect.DeepEqual(old.Corrections()[id], corrections) {
			touched[id] = true
		}
	}
	put := func(into map[string]entryView, s *queue.State, from int) {
		for i, ended := range s.Ended() {
			if i >= from || touched[ended.ID] {
				into[ended.ID] = endedView(s, ended)
			}
		}
		for _, f := range []*queue.Floor{s.Floor, s.Interrupted} {
			if f != nil {
				into[f.ID] = liveView(s, f)
			}
		}
	}
	common := min(len(old.Ended()), len(new.Ended()))
	for common > 0 && old.Ended()[common-1] != new.Ended()[common-1] {
		common--
	}
	put(was, old, common)
	put(is, new, common)
	return was, is
}

// putChanges puts the change of a map of values into a patch.
func putChanges[V any](out object, name string, old, new map[string]V, same func(a, b V) bool) error {
	changes := make(object)
	for id, is := range new {
		was, ok := old[id]
		if !ok {
			if err := putChange(changes, id, nil, &is); err != nil {
				return err
			}
		} else if !same(was, is) {
			if err := putChange(changes, id, &was, &is); err != nil {
				return err
			}
		}
	}
	for id := range old {
		if _, ok := new[id]; !ok {
			changes[id] = null()
		}
	}
	if len(changes) == 0 {
		return nil
	}
	var err error
	out[name], err = json.Marshal(changes)
	return err
}

// putAll is putChanges for a map that is absent when it is empty.
func putAll[V any](out object, name string, old, new map[string]V, same func(a, b V) bool) error {
	if len(new) == 0 && len(old) > 0 {
		out[name] = null()
		return nil
	}
	return putChanges(out, name, old, new, same)
}

func same[V comparable](a, b V) bool { return a == b }

func sameEntry(a, b entryView) bool { return reflect.DeepEqual(a, b) }

func samePanel(a, b panelView) bool { return reflect.DeepEqual(a, b) }

// orNone is a map that is not there while it is empty.
func orNone[V any](m map[string]V) *map[string]V {
	if len(m) == 0 {
		return nil
	}
	return &m
}

// orAbsent is a number that is not there while it is 0.
func orAbsent(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}

// orNoList is a list that is not there while it is empty.
func orNoList[V any](list []V) *[]V {
	if len(list) == 0 {
		return nil
	}
	return &list
}

// putChange puts the change of a value into a patch, where nil is none.
func putChange[V any](out object, name string, old, new *V) error {
	switch {
	case reflect.DeepEqual(old, new):
		return nil
	case new == nil:
		out[name] = null()
		return nil
	}
	is, err := json.Marshal(new)
	if err != nil || old == nil {
		out[name] = is
		return err
	}
	was, err := json.Marshal(old)
	if err != nil {
		return err
	}
	change, err := mergePatch(was, is)
	if change != nil {
		out[name] = change
	}
	return err
}

// mergePatch is the merge patch from one JSON value to another, nil where they
// are equal.
func mergePatch(was, is []byte) ([]byte, error) {
	if bytes.Equal(was, is) {
		return nil, nil
	}
	var before, after object
	if json.Unmarshal(was, &before) != nil || json.Unmarshal(is, &after) != nil {
		return is, nil // not two objects: the new one takes the old one's place
	}
	out := make(object)
	for name, value := range after {
		earlier, ok := before[name]
		if !ok {
			out[name] = value
			continue
		}
		change, err := mergePatch(earlier, value)
		if err != nil {
			return nil, err
		}
		if change != nil {
			out[name] = change
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			out[name] = null()
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	return json.Marshal(out)
}

func null() json.RawMessage { return json.RawMessage("null") }

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
