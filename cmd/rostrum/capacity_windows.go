package main

// openFiles is how many files and connections the system lets this program have at once:
// Windows has no number for it.
func openFiles() int { return mostConnections }
