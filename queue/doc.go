// Package queue is the debate: its panels, its roster, the list of those who ask
// for the floor, the floor itself and the record.
//
// A debate is a pure state machine. A [Command] and the [State] give events or an
// error; an event and the state give the next state. There is no clock, no
// input or output and no randomness inside: the time, the sender and the ids come
// in with the [Submission].
//
// A [Room] runs one debate: it decides what waits, makes it durable in its
// [Journal], and only then answers and shows the new state. The journal is the
// only source of truth: replaying it gives the same state again.
//
// The package knows nothing of HTTP, of streams or of files. Instants are integer
// milliseconds since 1970-01-01 UTC, durations are integer milliseconds.
package queue
