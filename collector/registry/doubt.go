package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/collector/account"
)

// Doubt is what is to be remembered of intervals in a store that is elsewhere, which an older attempt to write
// them may still change.
type Doubt struct {
	Intervals []account.Interval // as they are
	Until     time.Time          // when no older attempt can be under way any more; zero: only those matter that were in doubt before
}

func saveDoubt(ctx context.Context, tx *sql.Tx, d Doubt) error {
	statement := `INSERT INTO doubt (key, until, interval) VALUES (?1, ?2, ?3)
		ON CONFLICT (key) DO UPDATE SET until = max(until, excluded.until), interval = excluded.interval`
	if d.Until.IsZero() {
		statement = `UPDATE doubt SET interval = ?3 WHERE key = ?1 AND ?2 <> 0`
	}
	for _, i := range d.Intervals {
		key, err := doubtKey(i)
		if err != nil {
			return err
		}
		text, err := json.Marshal(i)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, statement, key, d.Until.UnixMilli(), text); err != nil {
			return fmt.Errorf("interval in doubt %s: %w", key, err)
		}
	}
	return nil
}

func doubtKey(i account.Interval) (string, error) {
	key, err := json.Marshal(i.Key())
	return string(key), err
}

// Doubtful tells how many intervals are in doubt, and when the first of them no longer needs to be.
func (r *Registry) Doubtful(ctx context.Context) (n int, first time.Time, err error) {
	var until sql.NullInt64
	if err := r.db.QueryRowContext(ctx, `SELECT count(*), min(until) FROM doubt`).Scan(&n, &until); err != nil {
		return 0, first, fmt.Errorf("read intervals in doubt: %w", err)
	}
	return n, time.UnixMilli(until.Int64).UTC(), nil
}

// DoubtfulUntil gives at most n of the intervals that are in doubt up to a time.
func (r *Registry) DoubtfulUntil(ctx context.Context, until time.Time, n int) (all []account.Interval, err error) {
	rows, err := r.db.QueryContext(ctx, `SELECT interval FROM doubt WHERE until <= ? ORDER BY until LIMIT ?`, until.UnixMilli(), n)
	if err != nil {
		return nil, fmt.Errorf("read intervals in doubt: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var text []byte
		var i account.Interval
		if err := rows.Scan(&text); err != nil {
			return nil, fmt.Errorf("read intervals in doubt: %w", err)
		}
		if err := json.Unmarshal(text, &i); err != nil {
			return nil, fmt.Errorf("read interval in doubt: %w", err)
		}
		all = append(all, i)
	}
	return all, rows.Err()
}

// Affirm lets go of intervals that were written again.
func (r *Registry) Affirm(ctx context.Context, intervals []account.Interval) error {
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("affirm intervals: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to roll back
	for _, i := range intervals {
		key, err := doubtKey(i)
		if err == nil {
			_, err = tx.ExecContext(ctx, `DELETE FROM doubt WHERE key = ?`, key)
		}
		if err != nil {
			return fmt.Errorf("affirm intervals: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("affirm intervals: %w", err)
	}
	return nil
}
