package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/collector/calendar/said"
)

func saveCalendars(ctx context.Context, tx *sql.Tx, all []said.Calendar) error {
	for _, c := range all {
		var text []byte
		if c.Calendar != nil {
			var err error
			if text, err = json.Marshal(c.Calendar); err != nil {
				return fmt.Errorf("calendar of line %s: %w", c.Line, err)
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO line_calendar (line, ledger, gateway, since, calendar) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			c.Line, c.Ledger, c.Gateway, c.Since.UnixMilli(), text)
		if err != nil {
			return fmt.Errorf("calendar of line %s: %w", c.Line, err)
		}
	}
	return nil
}

// Calendars gives those of all lines, in the order of the ledger.
func (r *Registry) Calendars(ctx context.Context) (all []said.Calendar, err error) {
	rows, err := r.db.QueryContext(ctx, `SELECT line, ledger, gateway, since, calendar FROM line_calendar ORDER BY ledger, line`)
	if err != nil {
		return nil, fmt.Errorf("read calendars: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c said.Calendar
		var since int64
		var text []byte
		if err := rows.Scan(&c.Line, &c.Ledger, &c.Gateway, &since, &text); err != nil {
			return nil, fmt.Errorf("read calendars: %w", err)
		}
		c.Since = time.UnixMilli(since).UTC()
		if text != nil {
			if err := json.Unmarshal(text, &c.Calendar); err != nil {
				return nil, fmt.Errorf("read calendar of line %s: %w", c.Line, err)
			}
		}
		all = append(all, c)
	}
	return all, rows.Err()
}
