// Package server is Rostrum's wire: commands come in by HTTP, state goes out by
// push, and the pages are served beside them.
//
// It decides nothing about the debate: every command goes to a queue.Room, and every
// screen is shown what the room has made durable. What an audience sees is computed
// and encoded once per change and written to all its screens.
package server
