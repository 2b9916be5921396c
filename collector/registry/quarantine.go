package registry

import (
	"context"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/record"
)

const (
	// keepRefused is how many refused messages are kept of each gateway, the newest. Those of names that nobody
	// configured count as one gateway.
	keepRefused = 100
	// keepPoison is how much of what the views cannot hold is listed, the newest.
	keepPoison = 200
)

// Refusal is a message that was not let in.
type Refusal struct {
	Gateway string // "" for a name that nobody configured
	Time    time.Time
	Kind    verify.Kind
	Reason  string
	Times   int // that it came
}

// Poison is a point that the views cannot hold. The ledger has it.
type Poison struct {
	Time   time.Time
	Point  string
	Reason string
}

// Refuse keeps a message that was not let in, with the reason, and gives the refusal as it stands: one that came
// before is counted. Of one that is larger than any sealed batch the beginning is enough to tell what it was.
func (r *Registry) Refuse(ctx context.Context, refusal Refusal, sealed []byte) (Refusal, error) {
	kept, err := r.refuse(ctx, refusal, sealed)
	if err != nil {
		return refusal, fmt.Errorf("keep refused message of %s: %w", refusal.Gateway, err)
	}
	return kept, nil
}

func (r *Registry) refuse(ctx context.Context, refusal Refusal, sealed []byte) (Refusal, error) {
	hash := record.HashOf(sealed)
	kept := append([]byte{}, sealed[:min(len(sealed), record.MaxSealed)]...) // never nil, which would be NULL
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return refusal, err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to roll back
	refusal.Times = 1
	var before int
	if tx.QueryRowContext(ctx, `SELECT times FROM refused WHERE gateway = ? AND hash = ? AND reason = ?`, refusal.Gateway, hash[:], refusal.Reason).Scan(&before) == nil {
		refusal.Times += before
		if _, err := tx.ExecContext(ctx, `DELETE FROM refused WHERE gateway = ? AND hash = ? AND reason = ?`, refusal.Gateway, hash[:], refusal.Reason); err != nil {
			return refusal, err
		}
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO refused (gateway, time, kind, reason, sealed, hash, times) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		refusal.Gateway, refusal.Time.UnixMilli(), refusal.Kind, refusal.Reason, kept, hash[:], refusal.Times); err != nil {
		return refusal, err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM refused WHERE gateway = ? AND id <= (
		SELECT id FROM refused WHERE gateway = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`, refusal.Gateway, refusal.Gateway, keepRefused); err != nil {
		return refusal, err
	}
	return refusal, tx.Commit()
}

// Refused gives the refused messages, newest first.
func (r *Registry) Refused(ctx context.Context) (all []Refusal, err error) {
	rows, err := r.db.QueryContext(ctx, `SELECT gateway, time, kind, reason, times FROM refused ORDER BY id DESC`)
	if err != nil {
		return nil, fmt.Errorf("read refused messages: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var f Refusal
		var ms int64
		if err := rows.Scan(&f.Gateway, &ms, &f.Kind, &f.Reason, &f.Times); err != nil {
			return nil, fmt.Errorf("read refused messages: %w", err)
		}
		f.Time = time.UnixMilli(ms).UTC()
		all = append(all, f)
	}
	return all, rows.Err()
}

// Isolate lists a point that the views cannot hold.
func (r *Registry) Isolate(ctx context.Context, p Poison) error {
	_, err := r.db.ExecContext(ctx, `INSERT INTO poison (time, point, reason) VALUES (?, ?, ?)`, p.Time.UnixMilli(), p.Point, p.Reason)
	if err == nil {
		_, err = r.db.ExecContext(ctx, `DELETE FROM poison WHERE id <= (SELECT id FROM poison ORDER BY id DESC LIMIT 1 OFFSET ?)`, keepPoison)
	}
	if err != nil {
		return fmt.Errorf("list what the views cannot hold: %w", err)
	}
	return nil
}

// Poisoned gives what the views cannot hold, newest first.
func (r *Registry) Poisoned(ctx context.Context) (all []Poison, err error) {
	rows, err := r.db.QueryContext(ctx, `SELECT time, point, reason FROM poison ORDER BY id DESC`)
	if err != nil {
		return nil, fmt.Errorf("read what the views cannot hold: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var p Poison
		var ms int64
		if err := rows.Scan(&ms, &p.Point, &p.Reason); err != nil {
			return nil, fmt.Errorf("read what the views cannot hold: %w", err)
		}
		p.Time = time.UnixMilli(ms).UTC()
		all = append(all, p)
	}
	return all, rows.Err()
}
