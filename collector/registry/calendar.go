package registry

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/record"
)

// Calendar is when a line is meant to run, where a gateway's catalogue began to say so.
type Calendar struct {
	Line     string
	Ledger   uint64 // index of the batch that said it first
	Gateway  string
	Since    time.Time        // a whole minute; from then on the gateway's readings are
	Calendar *record.Calendar // nil: around the clock
}

// CalendarsOf are those of a batch's catalogue that are other than in the one before it of the same gateway.
func CalendarsOf(before record.Catalogue, v verify.Verified, ledger uint64) (all []Calendar, err error) {
	b, now := v.Batch(), v.Catalogue()
	for _, id := range slices.Sorted(maps.Keys(now.Lines)) {
		said := now.Lines[id].Calendar
		if last, ok := before.Lines[id]; ok {
			same, err := sameCalendar(last.Calendar, said)
			if err != nil {
				return nil, fmt.Errorf("calendar of line %s: %w", id, err)
			}
			if same {
				continue
			}
		}
		all = append(all, Calendar{Line: id, Ledger: ledger, Gateway: b.Gateway, Since: since(b), Calendar: said})
	}
	return all, nil
}

func sameCalendar(a, b *record.Calendar) (bool, error) {
	first, err := json.Marshal(a)
	if err != nil {
		return false, err
	}
	second, err := json.Marshal(b)
	return bytes.Equal(first, second), err
}

// since is the first whole minute of what a batch says; of one that says nothing, the one after it was sealed.
func since(b record.Batch) time.Time {
	first := b.SealedAt
	for _, o := range b.Observed {
		for _, s := range o.Spans {
			if s.From.Before(first) {
				first = s.From
			}
		}
	}
	for _, r := range b.Readings {
		if r.Time.Before(first) {
			first = r.Time
		}
	}
	return first.Add(account.Minute - time.Millisecond).Truncate(account.Minute).UTC()
}

func saveCalendars(ctx context.Context, tx *sql.Tx, all []Calendar) error {
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
func (r *Registry) Calendars(ctx context.Context) (all []Calendar, err error) {
	rows, err := r.db.QueryContext(ctx, `SELECT line, ledger, gateway, since, calendar FROM line_calendar ORDER BY ledger, line`)
	if err != nil {
		return nil, fmt.Errorf("read calendars: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c Calendar
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
