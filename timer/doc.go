// Package timer is the countdown of an intervention and the clock it is read
// against.
//
// A [Countdown] is a plain value: a limit, the time used, and since when it has
// been running. It holds no clock and starts no goroutine; whoever asks gives
// the instant. That is also how it travels to the screens, each of which draws
// the time itself.
//
// Instants are integer milliseconds since 1970-01-01 UTC, durations are integer
// milliseconds.
package timer
