// Package bolt is the embedded journal: it keeps the entries of many debates in
// one bbolt file, the newest snapshot of each beside it, and the server's secret.
//
//	DIR/                        0700
//	DIR/rostrum.db              0600  the journals; locked by the server that has it open
//	DIR/secret                  0600  32 bytes that sign tokens
//	DIR/snapshots/DEBATE.snap   0600  a cache
//
// # What is promised
//
// When Append returns nil, the entries survive the loss of power. What was
// acknowledged is never skipped in silence: a file that is shorter than it
// was, whose pages do not hold together, or whose entries do not agree with their
// checksums is reported as a [CorruptError] that names what is lost and where.
// It is opened after all with [Options.AcceptLoss], which saves what can be saved
// into a new file, keeps the damaged one, and gives each journal a new epoch.
//
// # The file
//
// The bucket "about" holds the format, the secret, and for each debate its
// journal's id and epoch, each value with a checksum over its key and itself. The bucket
// "journal/DEBATE" holds the records of a debate: the key is the number of the
// record's first entry (8 bytes, big-endian), the value one or more entries, each with
// a CRC-32C over the one before it, its number and its bytes. The chain begins with the
// journal's id, so that an entry proves the whole history before it. The bucket's
// sequence is the number of the last entry: a lost tail shows. An empty bucket before the records keeps
// bbolt from storing a short journal within the page of its parent, where the disk could lose the
// records together with the sequence by losing one write.
//
// bbolt checks the checksums of its two meta pages and little else, and panics or faults on
// much of the rest. Open therefore reads the whole file with plain bounds-checked code
// before bbolt may map it: every page must be in exactly one place (the tree, the
// free list), every key in order. Where only the tree of one debate does not hold together, that debate alone
// is closed: bbolt is never asked for its bucket, and what the free list does not name is not written to.
package bolt
