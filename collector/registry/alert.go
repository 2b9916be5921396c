package registry

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// keepAlerts is how long alerts are kept that are over.
const keepAlerts = 90 * 24 * time.Hour

// Alert is something that was found out of order.
type Alert struct {
	ID      int64
	Rule    string
	Subject string // unique within the rule while open
	Began   time.Time
	Raised  time.Time     // when it had lasted long enough
	Ended   time.Time     // zero while open
	Closed  time.Time     // when it had been over for long enough; zero while open
	Lasted  time.Duration // of the time that counts
	Facts   []byte        // the alert room's own, as JSON

	Messages []AlertMessage
}

// AlertMessage is one thing to say of an alert on one channel.
type AlertMessage struct {
	Channel string
	Kind    string // raised or over
	State   string // waiting, sent, dropped or failed
	Due     time.Time
	At      time.Time // when it came into its state
	Error   string
}

// SaveAlert keeps an alert with its messages as they are, in one step, and gives its id: a new one where it had none.
// Alerts that have been over for a long time are forgotten.
func (r *Registry) SaveAlert(ctx context.Context, a Alert) (id int64, err error) {
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("save alert: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to roll back
	if id, err = saveAlert(ctx, tx, a); err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return 0, fmt.Errorf("save alert %s of %s: %w", a.Rule, a.Subject, err)
	}
	return id, nil
}

func saveAlert(ctx context.Context, tx *sql.Tx, a Alert) (id int64, err error) {
	own := sql.NullInt64{Int64: a.ID, Valid: a.ID != 0}
	err = tx.QueryRowContext(ctx, `INSERT INTO alert (id, rule, subject, began, raised, ended, closed, lasted, facts)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, closed = excluded.closed, lasted = excluded.lasted, facts = excluded.facts
		RETURNING id`,
		own, a.Rule, a.Subject, a.Began.UnixMilli(), a.Raised.UnixMilli(), orNull(a.Ended), orNull(a.Closed), a.Lasted.Milliseconds(), a.Facts).Scan(&id)
	if err != nil {
		return 0, err
	}
	for _, m := range a.Messages {
		_, err := tx.ExecContext(ctx, `INSERT INTO alert_message (alert, channel, kind, state, due, at, error) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (alert, channel, kind) DO UPDATE SET state = excluded.state, due = excluded.due, at = excluded.at, error = excluded.error`,
			id, m.Channel, m.Kind, m.State, m.Due.UnixMilli(), m.At.UnixMilli(), m.Error)
		if err != nil {
			return 0, err
		}
	}
	if !a.Closed.IsZero() {
		_, err = tx.ExecContext(ctx, `DELETE FROM alert WHERE closed < ?`, a.Closed.Add(-keepAlerts).UnixMilli())
	}
	return id, err
}

// Alerts gives those that are open and those that were closed since a time, newest first.
func (r *Registry) Alerts(ctx context.Context, since time.Time) ([]Alert, error) {
	all, err := r.alerts(ctx, since)
	if err != nil {
		return nil, fmt.Errorf("read alerts: %w", err)
	}
	return all, nil
}

func (r *Registry) alerts(ctx context.Context, since time.Time) ([]Alert, error) {
	rows, err := r.db.QueryContext(ctx, `
		SELECT id, rule, subject, began, raised, ended, closed, lasted, facts, channel, kind, state, due, at, error
		FROM alert LEFT JOIN alert_message ON alert_message.alert = alert.id
		WHERE closed IS NULL OR closed >= ? ORDER BY raised DESC, id DESC, channel, kind DESC`, since.UnixMilli())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Alert
	for rows.Next() {
		var a Alert
		var began, raised, lasted int64
		var ended, closed, due, at sql.NullInt64
		var channel, kind, state, fault sql.NullString
		if err := rows.Scan(&a.ID, &a.Rule, &a.Subject, &began, &raised, &ended, &closed, &lasted, &a.Facts, &channel, &kind, &state, &due, &at, &fault); err != nil {
			return nil, err
		}
		if n := len(all); n == 0 || all[n-1].ID != a.ID {
			a.Began, a.Raised, a.Lasted = milli(began), milli(raised), time.Duration(lasted)*time.Millisecond
			if closed.Valid {
				a.Ended, a.Closed = milli(ended.Int64), milli(closed.Int64)
			}
			all = append(all, a)
		}
		if channel.Valid {
			last := &all[len(all)-1]
			last.Messages = append(last.Messages, AlertMessage{
				Channel: channel.String, Kind: kind.String, State: state.String, Due: milli(due.Int64), At: milli(at.Int64), Error: fault.String,
			})
		}
	}
	return all, rows.Err()
}

func milli(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

func orNull(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: t.UnixMilli(), Valid: !t.IsZero()}
}
