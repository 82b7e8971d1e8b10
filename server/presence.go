package server

import (
	"cmp"
	"slices"
)

// presenceFrame tells the officers who is there.
type presenceFrame struct {
	Type     string `json:"type"`
	Screens  int    `json:"screens"`
	Phones   int    `json:"phones"`
	Officers int    `json:"officers"`
	// Sessions are the browsers on which officers' links and the display's are open.
	Sessions []sessionView `json:"sessions,omitempty"`
	// Disk is there while the server's disk is nearly full.
	Disk *diskView `json:"disk,omitempty"`
	// Lost are the written statements whose files are missing or damaged.
	Lost []string `json:"lost,omitempty"`
	// Badges is how many phones are on by the badge of a participant.
	Badges map[string]int `json:"badges,omitempty"`
}

type sessionView struct {
	Role    string `json:"role"`
	Session string `json:"session,omitempty"` // none for a program that bears the link itself
	Since   int64  `json:"since_ms"`
}

// sessions are those of a channel's screens, each once, since it has been there without
// a break. They are sorted by their beginning.
func (c *channel) sessions() []sessionView {
	type key struct{ role, session string }
	first := make(map[key]int64)
	c.mu.Lock()
	for _, s := range c.screens {
		at := s.at()
		if at.grant == nil {
			continue
		}
		k := key{string(at.grant.Role), at.grant.Session}
		if since, ok := first[k]; !ok || at.since < since {
			first[k] = at.since
		}
	}
	c.mu.Unlock()
	out := make([]sessionView, 0, len(first))
	for k, since := range first {
		out = append(out, sessionView{k.role, k.session, since})
	}
	slices.SortFunc(out, func(a, b sessionView) int {
		return cmp.Or(cmp.Compare(a.Since, b.Since), cmp.Compare(a.Role, b.Role), cmp.Compare(a.Session, b.Session))
	})
	return out
}
