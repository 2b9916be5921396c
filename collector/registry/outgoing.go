package registry

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/lineproof/lineproof/collector/account"
)

// Outgoing is a finished interval that is to be published.
type Outgoing struct {
	ID       int64 // rises
	Interval account.Interval
}

func saveOutgoing(ctx context.Context, tx *sql.Tx, finished []account.Interval) error {
	for _, i := range finished {
		text, err := json.Marshal(i)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO outgoing (interval) VALUES (?)`, text); err != nil {
			return fmt.Errorf("outgoing interval: %w", err)
		}
	}
	return nil
}

// Told is the index in the ledger from which on no batch's finished intervals were committed. Reset leaves it.
func (r *Registry) Told(ctx context.Context) (told uint64, err error) {
	if err := r.db.QueryRowContext(ctx, `SELECT told FROM position`).Scan(&told); err != nil {
		return 0, fmt.Errorf("read position of intervals: %w", err)
	}
	return told, nil
}

// Outgoing gives at most n of the intervals that were not Sent, in the order in which they were committed.
func (r *Registry) Outgoing(ctx context.Context, n int) (all []Outgoing, err error) {
	rows, err := r.db.QueryContext(ctx, `SELECT id, interval FROM outgoing ORDER BY id LIMIT ?`, n)
	if err != nil {
		return nil, fmt.Errorf("read outgoing intervals: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var text []byte
		var o Outgoing
		if err := rows.Scan(&o.ID, &text); err != nil {
			return nil, fmt.Errorf("read outgoing intervals: %w", err)
		}
		if err := json.Unmarshal(text, &o.Interval); err != nil {
			return nil, fmt.Errorf("read outgoing interval: %w", err)
		}
		all = append(all, o)
	}
	return all, rows.Err()
}

// Sent lets go of all intervals up to one.
func (r *Registry) Sent(ctx context.Context, id int64) error {
	if _, err := r.db.ExecContext(ctx, `DELETE FROM outgoing WHERE id <= ?`, id); err != nil {
		return fmt.Errorf("let go of sent intervals: %w", err)
	}
	return nil
}
