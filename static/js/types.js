// The wire, version 1, as types. Nothing here runs.
// `_ms` ending an instant: milliseconds since 1970-01-01 UTC on the server's clock. `_ms` ending a duration: milliseconds.
// What is not there is absent, never null.

/** @typedef {'chair' | 'rapporteur' | 'display' | 'delegate'} Role */
/** @typedef {'intervention' | 'response' | 'right_of_reply' | 'point_of_order' | 'address'} Kind */
/** @typedef {'head_of_state' | 'head_of_government' | 'minister'} Level the rank of who is going to speak, for precedence */

/**
 * @typedef {object} Timer A countdown: remaining = limit_ms - used_ms - (running ? now - since_ms : 0).
 * @property {'ready' | 'running' | 'paused'} state
 * @property {number} [limit_ms] absent: no limit
 * @property {number} used_ms used up to since_ms, or in all when not running
 * @property {number} [since_ms] only while running
 */

/**
 * @typedef {object} Floor Who has the floor, or had it when a point of order interrupted.
 * @property {string} id the intervention's id
 * @property {string} participant
 * @property {Kind} kind
 * @property {string} [behalf_of]
 * @property {string} [speaker]
 * @property {string} [language]
 * @property {Level} [level]
 * @property {string} panel
 * @property {Timer} timer
 */

/**
 * @typedef {object} Panel
 * @property {string} title
 * @property {string} [theme]
 * @property {number} order
 * @property {string} [moderator]
 * @property {string[]} [panellists]
 * @property {'open' | 'suspended' | 'closed'} status
 * @property {'open' | 'closed'} list
 * @property {boolean} [no_list] a programme item without a list
 * @property {number} [limit_ms]
 * @property {number} [response_limit_ms] of responses, where they have a limit of their own; 0: none
 * @property {number} warn_ms remaining time at which the warning begins
 * @property {number} [starts_ms]
 * @property {number} [ends_ms]
 */

/**
 * @typedef {object} Request A participant's place on a panel's list. `speaker` is in the officers' and the display's view, `note` in the officers' only.
 * @property {string} panel
 * @property {string} participant
 * @property {Kind} kind
 * @property {string} [behalf_of]
 * @property {string} [language]
 * @property {string} rank sorts the list, bytewise
 * @property {number} at_ms
 * @property {Level} [level]
 * @property {number} [absent] 1: was not in the room when called, and went to the end
 * @property {string} [exchange] id of the request that it offers to change places with
 * @property {string} [speaker]
 * @property {string} [note]
 */

/** @typedef {Request & {id: string}} ListedRequest a request with its id, as lists hand it out */

/**
 * @typedef {object} RecordEntry One intervention of the record (officers' view). No ended_ms: it has the floor now.
 * @property {string} panel
 * @property {string} participant
 * @property {Kind} kind
 * @property {string} [behalf_of]
 * @property {string} [speaker]
 * @property {string} [language]
 * @property {number} [asked_ms]
 * @property {number} recognised_ms
 * @property {number} [started_ms]
 * @property {number} [ended_ms]
 * @property {number} [limit_ms]
 * @property {number} used_ms
 * @property {'ended' | 'yielded' | 'replaced'} [end]
 * @property {'sustained' | 'overruled'} [ruling] on a point of order
 * @property {StreamedNote} [note]
 * @property {Correction[]} [corrections] late ones, in their order
 */

/** @typedef {{text: string, revision: number, tags?: string[], quote?: boolean}} StreamedNote a rapporteur's note; quote: its text is what was said, word for word */

/** @typedef {{participant?: string, kind?: Kind, behalf_of?: string, speaker?: string, language?: string, started_ms?: number, ended_ms?: number, used_ms?: number}} Entered what of an entry can be corrected */

/**
 * @typedef {object} Correction A late change of an entry of the record.
 * @property {number} at_ms
 * @property {Role} by
 * @property {string} [reason]
 * @property {Entered} was what it changed, as it was; "" and 0: there was nothing
 * @property {boolean} [void] nothing of it is left: it was of an end that the chair took back
 */

/** @typedef {{from_ms?: number, until_ms?: number, utc_offset_ms: number}} Offset how far a place is ahead of UTC from an instant until before another */

/**
 * @typedef {object} Debate
 * @property {string} id
 * @property {string} title
 * @property {string} [venue]
 * @property {string} [date] YYYY-MM-DD
 * @property {string[]} languages
 * @property {string} roster changes when the roster has changed
 * @property {{title: string, url: string}[]} [papers]
 * @property {string} [timezone] IANA: times of day are shown in it
 * @property {Offset[]} [utc_offsets] of that place, in order; none where the server does not know it
 * @property {Record<string, Record<string, string>>} [groups] id -> language -> name: on whose behalf one may speak
 * @property {{first_ms: number, second_ms: number, at_most: number}} [right_of_reply] per participant and panel
 */

/**
 * @typedef {object} Message The chair's words to the room.
 * @property {string} text
 * @property {number} at_ms
 * @property {'limit'} [kind] a new limit was announced: pages say it in their own words
 * @property {number} [limit_ms] of kind limit
 * @property {string} [preset] a sentence that pages know in every language
 */

/** @typedef {{id: string, participant: string, ruling: 'sustained' | 'overruled', at_ms: number}} Ruled the chair's ruling on a participant's point of order, until the debate goes on */

/**
 * @typedef {object} Join How the room joins (display and officers).
 * @property {string} [code] absent while joining is off
 * @property {string} url
 * @property {number} [until_ms] when the code changes
 * @property {boolean} [off]
 * @property {number} [every_ms]
 */

/** @typedef {{id: string, participant: string, panel?: string, name: string, type: string, bytes: number, sha256: string, at_ms: number}} Statement a written statement */

/**
 * @typedef {object} State One audience's view of a debate.
 * @property {Debate} debate
 * @property {string} panel id of the current panel
 * @property {Record<string, Panel>} panels
 * @property {Record<string, Request>} requests
 * @property {Floor} [floor] absent: nobody has the floor
 * @property {Floor} [interrupted]
 * @property {Record<string, {times: number, used_ms: number}>} spoken
 * @property {Message} [message]
 * @property {Ruled} [ruled]
 * @property {boolean} [rehearsal]
 * @property {Record<string, {panel: string, at_ms: number}>} [absent] participant -> taken off the list, since it was not in the room
 * @property {Join} [join] display and officers
 * @property {{name: string, password?: string}} [wifi] display and officers
 * @property {Record<string, {at_ms: number, session: string}>} [claims] officers: participant -> the session that waits to be confirmed
 * @property {Record<string, Statement>} [statements] officers
 * @property {{floor: string, from_ms: number, to_ms: number}} [outage] officers: a countdown ran on while the server was away
 * @property {{floor: string, from_ms: number, to_ms: number}} [sleep] officers: the server's machine slept, and the countdown was held
 * @property {number} [clock_ahead_ms] by how much the machine's clock is ahead of the debate's instants; absent: they are the same
 * @property {ClockStep[]} [clock_steps] officers: settings of the machine's clock
 * @property {Record<string, RecordEntry>} [record] officers
 * @property {{held_at_ms: number}} [clock] officers: after a restart the countdown is held until the chair starts it
 * @property {{id: string, what: string, participant?: string, panel?: string}} [undo] officers: what an undo takes back
 */

/**
 * @typedef {object} Participant
 * @property {string} id
 * @property {string} name nameplate name in the language asked for
 * @property {number} sort order in that language
 * @property {string} category
 * @property {string} [group] regional group
 */

/**
 * @typedef {object} Problem A refusal (RFC 9457) with a stable code.
 * @property {string} code
 * @property {number} [status]
 * @property {string} [type]
 * @property {string} [title]
 * @property {string} [detail]
 * @property {string} [field]
 * @property {string} [text] note_changed: the note as it is now
 * @property {number} [revision] note_changed: its revision
 * @property {string[]} [tags] note_changed: its tags
 * @property {boolean} [quote] note_changed: whether it is a quote
 * @property {number} [retry_ms] how long to wait before another try (Retry-After)
 */

/**
 * @typedef {object} Answer A command that was done.
 * @property {number} seq the stream has shown the change once it reaches this
 * @property {string} [id]
 * @property {Request} [request]
 * @property {Floor} [floor]
 * @property {number} [revision]
 * @property {string} [token]
 * @property {boolean} [exchanged] whether the two requests have changed places
 * @property {Statement} [statement]
 * @property {string} [url] a link that was made
 * @property {number} [until_ms] when that link ends
 * @property {string} [qr] the link as a data: URL of an image
 */

/** @typedef {{role: Role, participant?: string, claim?: 'pending', session?: string, by?: 'badge' | 'code' | 'link'}} Me */
/** @typedef {{at_ms: number, by_ms: number, followed_ms?: number}} ClockStep followed_ms: the first instant by the clock as it was set; absent: none yet */
/** @typedef {{type: 'clock', now_ms: number}} ClockFrame what was known of the server's clock does not hold any more */
/** @typedef {{type: 'snapshot', seq: number, epoch: string, release?: string, now_ms: number, state: State}} SnapshotFrame */
/** @typedef {{type: 'patch', from: number, seq: number, now_ms: number, patch: object}} PatchFrame */
/** @typedef {{type: 'pong', t0: number, t1: number, t2: number}} PongFrame */
/**
 * @typedef {object} PresenceFrame
 * @property {'presence'} type
 * @property {number} screens
 * @property {number} phones
 * @property {number} officers
 * @property {{role: Role, session: string, since_ms: number}[]} [sessions] officers: who else is on
 * @property {{level: 'nearly' | 'low', free_bytes: number, reserve_bytes: number}} [disk] while the server's disk is nearly full
 * @property {string[]} [lost] statements whose files are missing or damaged
 * @property {Record<string, number>} [badges] participant -> streams by badge
 */
/** @typedef {SnapshotFrame | PatchFrame | PongFrame | PresenceFrame | ClockFrame} Frame */

export {};
