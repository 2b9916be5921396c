package registry

import (
	"context"
	"fmt"
	"time"
)

// StopNote is what a person said of a stop.
type StopNote struct {
	Line, Machine string
	Stop          time.Time // when it began
	Time          time.Time // of the note
	Reason        string    // GROUP/REASON; "" for a comment alone
	Comment       string
	Author        string
}

// NoteStop keeps a note. What was noted before stays.
func (r *Registry) NoteStop(ctx context.Context, n StopNote) error {
	_, err := r.db.ExecContext(ctx, `INSERT INTO stop_note (line, machine, stop, time, reason, comment, author) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		n.Line, n.Machine, n.Stop.UnixMilli(), n.Time.UnixMilli(), n.Reason, n.Comment, n.Author)
	if err != nil {
		return fmt.Errorf("keep note on a stop of %s: %w", n.Machine, err)
	}
	return nil
}

// StopNotes gives the notes on stops of a line that began in a stretch of time, oldest first.
func (r *Registry) StopNotes(ctx context.Context, line string, from, to time.Time) ([]StopNote, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT machine, stop, time, reason, comment, author FROM stop_note
		WHERE line = ? AND stop >= ? AND stop < ? ORDER BY id`, line, from.UnixMilli(), to.UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("read notes on stops: %w", err)
	}
	defer rows.Close()
	var all []StopNote
	for rows.Next() {
		n := StopNote{Line: line}
		var stop, at int64
		if err := rows.Scan(&n.Machine, &stop, &at, &n.Reason, &n.Comment, &n.Author); err != nil {
			return nil, fmt.Errorf("read notes on stops: %w", err)
		}
		n.Stop, n.Time = time.UnixMilli(stop).UTC(), time.UnixMilli(at).UTC()
		all = append(all, n)
	}
	return all, rows.Err()
}
