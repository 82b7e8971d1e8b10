package server

import (
	"context"
	"io"

	"rostrum/queue"
)

// WriteRecord writes the record of a debate as "json" or "csv", or the President's
// summary of it as "md" or "docx", with names in a language ("" for the debate's first).
func WriteRecord(ctx context.Context, w io.Writer, s *queue.State, epoch, format, lang string) error {
	if lang == "" && len(s.Debate.Languages) > 0 {
		lang = s.Debate.Languages[0]
	}
	return viewer{epoch: viewEpoch(epoch), zones: new(zones)}.writeRecord(ctx, w, s, format, lang)
}
