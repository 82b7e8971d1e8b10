// Package programme reads a debate file into a [queue.Programme]. It holds the
// built-in roster "un" and the example debate, and knows neither state nor HTTP.
//
// # The debate file
//
// A debate file is one YAML document in UTF-8 of at most 1 MiB:
//
//	id: ga-2008-trafficking        # required, an id: 1 to 64 of A-Za-z0-9._-, see WrongID
//	title: On human trafficking    # required, at most 300 characters
//	venue: Conference Room 4       # at most 300 characters
//	date: 2008-06-03               # required
//	timezone: America/New_York     # IANA name, required where a schedule says HH:MM
//	languages: [en, fr]            # of en fr es ru ar zh; default all six; the first is the default
//	private: true                  # only those with a token see the state; default false
//	public_record: true            # the record is open to all; default false
//	join:
//	  every: 30m                   # how long a join code is valid, 1m to 24h, or never; default 30m
//	  claims: confirm              # the chair confirms each delegation's first claim; default open
//	roster: un                     # starts from the Member States and Observer States
//	names:                         # other names for participants of the roster
//	  ken: {en: Republic of Kenya} # by language, or one text for all languages
//	papers:
//	  - title: Background paper    # required, at most 300 characters
//	    url: https://example.org/  # required, http or https
//	groups:                        # for whom a participant may speak
//	  - id: g77                    # required, an id
//	    name: {en: Group of 77 and China} # required, as a participant's
//	limits:                        # of some, instead of the panel's
//	  - category: member_state     # or participant: ken
//	    first: 3m                  # required, of the first intervention in the debate
//	    later: 2m                  # of each later one; default as the first
//	right_of_reply:                # for each participant and panel
//	  first: 3m                    # default 3m
//	  second: 2m                   # at most as much; default 2m
//	  at_most: 2                   # default 2
//	wifi:                          # shown in the room
//	  name: Conference             # required, at most 32 bytes
//	  password: welcome            # at most 63 characters
//	  security: wpa                # wpa, wep or none; default wpa where there is a password
//	participants:                  # added to the roster's
//	  - id: unodc                  # required, an id that the roster does not have
//	    name: {en: UNODC, fr: ONUDC} # required, by language, or one text for all languages
//	    category: un_system        # required, see below
//	    group: Vienna              # at most 64 characters
//	panels:                        # required, at least one
//	  - id: morning                # required, an id
//	    title: Morning panel       # required, at most 300 characters
//	    theme: Prevention          # at most 500 characters
//	    moderator: unodc           # a participant
//	    panellists: [ken, unodc]   # participants
//	    limit: 3m                  # of an intervention: 3m, 2m30s, 180s, 1s to 24h, or none; default 3m
//	    response_limit: none       # of a panellist's response; default the limit
//	    warn: 30s                  # time remaining at which a speaker is warned, 0s to 24h; default 30s
//	    starts: "10:00"            # on the debate's date in its timezone, or RFC 3339 in full
//	    ends: "13:00"
//	    list: none                 # an item without a list, such as an opening address
//
// The known categories are member_state, observer, un_system,
// international_organization, civil_society, private_sector, law_enforcement and
// media. Any other text of 1 to 64 characters is a category of the debate's own.
//
// The participants of the roster "un" have their lower-case ISO 3166 alpha-3 code as
// id (ken), the category member_state or observer, and their regional group.
// A name has at most 200 characters. A participant named by language needs a name in the
// debate's first language, which stands in for those that are missing, so that every
// participant of a programme has a name in each of the debate's languages.
//
// Texts are one line (fold a long one with ">-"), show something, and hold neither
// control characters nor those that turn the direction of the text around them. Of
// YAML, a debate file may not use anchors, aliases, merge keys, tags, directives and
// "?" keys. Numbers where a text is expected count as they are written.
package programme
