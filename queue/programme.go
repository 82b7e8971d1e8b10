package queue

// Programme is a debate as its file gives it: what is known before it begins.
type Programme struct {
	Debate       Debate        `json:"debate"`
	Panels       []Panel       `json:"panels"`
	Participants []Participant `json:"participants"`
}

// Debate says what a debate is.
type Debate struct {
	ID        string   `json:"id"`
	Title     string   `json:"title"`
	Venue     string   `json:"venue,omitempty"`
	Date      string   `json:"date,omitempty"`     // as 2008-06-03
	Timezone  string   `json:"timezone,omitempty"` // IANA, where times of day are meant
	Languages []string `json:"languages"`          // BCP 47, the first is the default
	Papers    []Paper  `json:"papers,omitempty"`
	// Private debates show their state only to those with a token.
	Private bool `json:"private,omitempty"`
	// PublicRecord opens the record to all who may see the debate.
	PublicRecord bool `json:"public_record,omitempty"`
	// Join says how those in the room join.
	Join JoinRule `json:"join,omitzero"`
	// Groups are those on whose behalf a participant may speak.
	Groups []Group `json:"groups,omitempty"`
	// Limits are those of some participants or categories. The first that fits counts, those of
	// participants before those of categories.
	Limits []LimitRule `json:"limits,omitempty"`
	// RightOfReply says how rights of reply are limited; where it is zero, by the defaults.
	RightOfReply Replies `json:"right_of_reply,omitzero"`
	// WiFi is the network for those in the room, nil where it is not told.
	WiFi *WiFi `json:"wifi,omitempty"`
}

// WiFi is a wireless network.
type WiFi struct {
	Name     string `json:"name"`
	Password string `json:"password,omitempty"`
	Security string `json:"security"` // wpa, wep or none
}

// Paper is a document of the debate, one tap away for those in the room.
type Paper struct {
	Title string `json:"title"`
	URL   string `json:"url"`
}

// Panel is a part of a debate as planned: with its own theme, moderator,
// panellists, schedule and time limit.
type Panel struct {
	ID         string   `json:"id"`
	Title      string   `json:"title"`
	Theme      string   `json:"theme,omitempty"`
	Moderator  string   `json:"moderator,omitempty"`  // a participant
	Panellists []string `json:"panellists,omitempty"` // participants
	// Limit is the time of an intervention in milliseconds, 0 for none.
	Limit int64 `json:"limit_ms,omitempty"`
	// ResponseLimit is the time of a panellist's response; where it is not set, that of an
	// intervention.
	ResponseLimit Limit `json:"response_limit_ms,omitzero"`
	// Warn is the time remaining from which a speaker is warned, in milliseconds.
	Warn int64 `json:"warn_ms"`
	// Starts and Ends are the schedule, instants, 0 where it is not known.
	Starts int64 `json:"starts_ms,omitempty"`
	Ends   int64 `json:"ends_ms,omitempty"`
	// NoList is a programme item without a list, such as an opening address: its list
	// stays closed, unless the chair's program opens it all the same.
	NoList bool `json:"no_list,omitempty"`
}

// Participant is one who may ask for the floor: a delegation, or an organization
// or person of another category.
type Participant struct {
	ID string `json:"id"`
	// Names are the nameplate names by language. There is at least one.
	Names    map[string]string `json:"names"`
	Category string            `json:"category"`
	Group    string            `json:"group,omitempty"` // regional group
}
