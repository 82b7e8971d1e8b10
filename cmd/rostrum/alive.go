package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"rostrum/queue"
	"rostrum/server"
	"rostrum/timer"
)

// counting says whether a countdown runs in any of the debates.
func counting(debates []server.Debate) bool {
	return slices.ContainsFunc(debates, func(d server.Debate) bool { return runs(d.Room.State()) })
}

func runs(s *queue.State) bool { return s.Floor != nil && s.Floor.Timer.State == timer.Running }

// away says when the server was last there for debates that it could not open since, by debate, 0 where it is not
// known: of what it says while it is there for the others, nothing is theirs.
type away map[string]int64

func awayFile(data string) string { return filepath.Join(data, "unopened.json") }

// awayIn reads what an earlier server has noted. It may be lost, like the file alive.
func awayIn(data string) away {
	var noted away
	if text, err := os.ReadFile(awayFile(data)); err != nil || json.Unmarshal(text, &noted) != nil {
		return nil
	}
	return noted
}

// noteAway notes since when the debates that are not open are without a server, before this one says that it
// is there.
func (fl *floor) noteAway(data string) error {
	noted := make(away)
	for _, u := range fl.unopened {
		last, before := fl.away[u.ID]
		if !before {
			last = fl.absence.last
		}
		noted[u.ID] = last
	}
	if len(noted) == 0 {
		if err := os.Remove(awayFile(data)); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	text, err := json.Marshal(noted)
	if err != nil {
		return err
	}
	return writeFile(awayFile(data), text)
}
