package server

import (
	"fmt"
	"io"

	"rostrum/queue"
)

// WriteRecord writes the record of a debate as "json" or "csv", with names in a
// language ("" for the debate's first).
func WriteRecord(w io.Writer, s *queue.State, epoch, format, lang string) error {
	if lang == "" && len(s.Debate.Languages) > 0 {
		lang = s.Debate.Languages[0]
	}
	record := recordOf(viewer{epoch: viewEpoch(epoch)}, s, lang)
	switch format {
	case "json":
		return record.writeJSON(w)
	case "csv":
		return record.writeCSV(w)
	}
	return fmt.Errorf("a record is written as json or csv, not as %q", format)
}
