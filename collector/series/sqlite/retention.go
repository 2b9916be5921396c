package sqlite

import (
	"context"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/collector/series"
)

// dropAtOnce bounds how many readings one transaction drops, so that writers wait only for moments.
const dropAtOnce = 10_000

// DropReadings lets go of the readings from before that time, and of their buckets, and says how many readings there
// were. Their space in the file is used again. It may be stopped and taken up again at any time; intervals are not
// touched.
func (s *Store) DropReadings(ctx context.Context, before time.Time) (int64, error) {
	var dropped int64
	signals, err := s.signals(ctx)
	for _, of := range signals {
		for n := int64(dropAtOnce); n == dropAtOnce && err == nil; dropped += n {
			n, err = s.drop(ctx, of, before)
		}
	}
	if err != nil {
		return dropped, fmt.Errorf("drop readings: %w", err)
	}
	return dropped, nil
}

func (s *Store) signals(ctx context.Context) (all []series.Placed, err error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT name, site, line, machine, device FROM signal ORDER BY id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var of series.Placed
		if err := rows.Scan(&of.Signal, &of.Place.Site, &of.Place.Line, &of.Place.Machine, &of.Place.Device); err != nil {
			return nil, err
		}
		all = append(all, of)
	}
	return all, rows.Err()
}

// drop lets go of one signal's oldest readings, at most dropAtOnce.
func (s *Store) drop(ctx context.Context, of series.Placed, before time.Time) (dropped int64, err error) {
	err = s.change(ctx, func(w writer) error {
		dropped, err = w.drop(ctx, of, before)
		return err
	})
	return dropped, err
}

func (w writer) drop(ctx context.Context, of series.Placed, before time.Time) (dropped int64, err error) {
	id, err := w.signal(of)
	if err != nil {
		return 0, err
	}
	var bound int64
	err = w.tx.QueryRowContext(ctx, `SELECT min(?2, coalesce((SELECT t_ms FROM reading WHERE signal_id = ?1 ORDER BY t_ms LIMIT 1 OFFSET ?3), ?2))`,
		id, ceilMilli(before), dropAtOnce).Scan(&bound)
	if err != nil {
		return 0, err
	}
	result, err := w.tx.ExecContext(ctx, "DELETE FROM reading WHERE signal_id = ? AND t_ms < ?", id, bound)
	if err != nil {
		return 0, err
	}
	if dropped, err = result.RowsAffected(); err != nil || dropped == 0 {
		return 0, err
	}
	return dropped, w.cut(ctx, id, of, time.UnixMilli(bound))
}

// cut makes the buckets of a signal agree with its readings, of which those before a time are gone.
func (w writer) cut(ctx context.Context, id int64, of series.Placed, before time.Time) error {
	w.roller.Doubt()
	start := series.BucketStart(before)
	kept, err := w.dropBuckets(ctx, id, series.BucketSpan, start)
	if err != nil {
		return err
	}
	if kept {
		b, err := series.SumUp(start, w.ReadingsOf(ctx, of, start, start.Add(series.BucketSpan)))
		if err != nil {
			return err
		}
		if b.Count > 0 {
			if err := w.Keep(ctx, []series.PlacedBucket{{Placed: of, Bucket: b}}); err != nil {
				return err
			}
		}
	}
	hour := before.UTC().Truncate(series.LongSpan)
	if kept, err = w.dropBuckets(ctx, id, series.LongSpan, hour); err != nil || !kept {
		return err
	}
	return series.KeepLong(ctx, w, of, hour, hour.Add(series.LongSpan))
}

// dropBuckets drops those of a length that begin up to a time, that time included, and says whether one began there.
func (w writer) dropBuckets(ctx context.Context, id int64, span time.Duration, to time.Time) (kept bool, err error) {
	const own = "FROM bucket WHERE signal_id = ? AND span_ms = ? AND start_ms"
	if err := w.tx.QueryRowContext(ctx, "SELECT count(*) "+own+" = ?", id, span.Milliseconds(), to.UnixMilli()).Scan(&kept); err != nil {
		return false, err
	}
	_, err = w.tx.ExecContext(ctx, "DELETE "+own+" <= ?", id, span.Milliseconds(), to.UnixMilli())
	return kept, err
}

// Drop removes all readings and intervals.
func (s *Store) Drop(ctx context.Context) error {
	if err := s.dropAll(ctx); err != nil {
		return fmt.Errorf("drop series: %w", err)
	}
	return nil
}

func (s *Store) dropAll(ctx context.Context) error {
	conn, err := s.writer.Conn(ctx) // who holds it may change ids
	if err != nil {
		return err
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for _, table := range []string{"reading", "bucket", "signal", "interval"} {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	s.forget()
	return nil
}
