package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/record"
)

// Write keeps one batch, in one transaction.
func (s *Store) Write(ctx context.Context, v verify.Verified, intervals []account.Interval) error {
	return s.WriteAll(ctx, []series.Write{{Verified: v, Intervals: intervals}})
}

// WriteAll keeps all of the batches or, when it returns an error, none of them.
func (s *Store) WriteAll(ctx context.Context, writes []series.Write) error {
	if err := s.change(ctx, func(w writer) error { return w.writeAll(ctx, writes) }); err != nil {
		return fmt.Errorf("write series: %w", err)
	}
	return nil
}

// change runs one transaction, whole or not at all.
func (s *Store) change(ctx context.Context, change func(writer) error) error {
	conn, err := s.writer.Conn(ctx) // waits for its turn
	if err != nil {
		return err
	}
	defer conn.Close()
	// The driver starts a goroutine for each statement whose context can end, which costs more than the
	// statement. ctx is looked at between the statements instead.
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return err
	}
	w := writer{s, tx, tx.Stmt(s.putSignal), tx.Stmt(s.putReading), tx.Stmt(s.putInterval), tx.Stmt(s.putBucket)}
	if err := change(w); err != nil {
		tx.Rollback() // the first error is the one to tell
		s.forget()
		return err
	}
	if err := tx.Commit(); err != nil {
		s.forget()
		return err
	}
	return nil
}

// forget lets go of what may have been true in a transaction only.
func (s *Store) forget() {
	clear(s.ids)
	s.roller.Forget()
}

// writer is the store within one transaction.
type writer struct {
	*Store
	tx                                            *sql.Tx
	putSignal, putReading, putInterval, putBucket *sql.Stmt
}

func (w writer) writeAll(ctx context.Context, writes []series.Write) error {
	for _, write := range writes {
		if err := w.readings(ctx, write.Verified); err != nil {
			return fmt.Errorf("readings of %s: %w", write.Verified.Batch().Gateway, err)
		}
		if err := w.roller.Roll(ctx, w, series.Stored{Readings: write.Verified.Batch().Readings, Places: w.places.Of(write.Verified)}); err != nil {
			return fmt.Errorf("readings of %s: %w", write.Verified.Batch().Gateway, err)
		}
		for _, i := range write.Intervals {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := w.interval(i); err != nil {
				return fmt.Errorf("interval of %s at %s: %w", i.Machine, i.Start.Format(time.RFC3339), err)
			}
		}
	}
	return ctx.Err()
}

func (w writer) readings(ctx context.Context, v verify.Verified) error {
	places := w.places.Of(v)
	var last string
	var id int64
	for n, r := range v.Batch().Readings {
		if n == 0 || r.Signal != last { // a batch holds each signal's readings together
			if err := ctx.Err(); err != nil {
				return err
			}
			var err error
			if id, err = w.signal(series.Placed{Signal: r.Signal, Place: places.Of(r.Signal)}); err != nil {
				return err
			}
			last = r.Signal
		}
		var count, low, high, span any
		if win := r.Window; win != nil {
			count, low, high, span = win.Count, win.Min, win.Max, win.Span.Milliseconds()
		}
		_, err := w.putReading.Exec(id, r.Time.UnixMilli(), int64(r.Value.Kind()), column(r.Value), int64(r.Quality), count, low, high, span)
		if err != nil {
			return fmt.Errorf("signal %q: %w", r.Signal, err)
		}
	}
	return nil
}

// signal finds the id of a signal at its place.
func (w writer) signal(of series.Placed) (int64, error) {
	if id, ok := w.ids[of]; ok {
		return id, nil
	}
	var id int64
	p := of.Place
	if err := w.putSignal.QueryRow(of.Signal, p.Site, p.Line, p.Machine, p.Device).Scan(&id); err != nil {
		return 0, fmt.Errorf("signal %q: %w", of.Signal, err)
	}
	w.ids[of] = id
	return id, nil
}

func (w writer) interval(i account.Interval) error {
	texts, err := series.EncodeTexts(i)
	if err != nil {
		return err
	}
	args := []any{i.Site, i.Line, i.Machine, i.Product, i.Order, i.Start.UnixMilli()}
	for _, n := range series.Numbers(&i) {
		args = append(args, *n)
	}
	for _, f := range series.Flags(&i) {
		args = append(args, *f)
	}
	for _, text := range texts {
		args = append(args, text)
	}
	_, err = w.putInterval.Exec(args...)
	return err
}

// column is the value as the table keeps it: a uint64 by its bits, a switch as 0 or 1.
func column(v record.Value) any {
	switch v.Kind() {
	case record.Uint, record.Bool:
		return v.Int()
	}
	return v.Any()
}

// intervalColumns are those of the table interval; the first five are its key.
func intervalColumns() []string {
	columns := []string{"site", "line", "machine", "product", "production_order", "start_ms"}
	return slices.Concat(columns, series.NumberColumns(), series.FlagColumns(), series.TextColumns())
}

func (s *Store) prepare(ctx context.Context) error {
	columns := intervalColumns()
	var updates []string
	for _, c := range columns[6:] {
		updates = append(updates, c+" = excluded."+c)
	}
	for _, p := range []struct {
		stmt **sql.Stmt
		text string
	}{
		{&s.putSignal, `INSERT INTO signal (name, site, line, machine, device) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET name = excluded.name RETURNING id`},
		{&s.putReading, `INSERT OR REPLACE INTO reading VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`},
		{&s.putBucket, "INSERT OR REPLACE INTO bucket VALUES (?, ?, ?" + strings.Repeat(", ?", len(bucketColumns())) + ")"},
		{&s.putInterval, fmt.Sprintf("INSERT INTO interval (%s) VALUES (?%s) ON CONFLICT DO UPDATE SET %s",
			strings.Join(columns, ", "), strings.Repeat(", ?", len(columns)-1), strings.Join(updates, ", "))},
	} {
		var err error
		if *p.stmt, err = s.writer.PrepareContext(ctx, p.text); err != nil {
			return fmt.Errorf("prepare: %w", err)
		}
	}
	return nil
}
