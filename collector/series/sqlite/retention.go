package sqlite

import (
	"context"
	"fmt"
	"time"
)

// dropAtOnce bounds how many readings one transaction drops, so that writers wait only for moments.
const dropAtOnce = 10_000

// DropReadings lets go of the readings from before that time and says how many there were. Their space in
// the file is used again. It may be stopped and taken up again at any time; intervals are not touched.
func (s *Store) DropReadings(ctx context.Context, before time.Time) (int64, error) {
	var dropped int64
	ids, err := s.signalIDs(ctx)
	for _, id := range ids {
		for n := int64(dropAtOnce); n == dropAtOnce && err == nil; dropped += n {
			n, err = s.drop(ctx, id, before)
		}
	}
	if err != nil {
		return dropped, fmt.Errorf("drop readings: %w", err)
	}
	return dropped, nil
}

func (s *Store) signalIDs(ctx context.Context) ([]int64, error) {
	rows, err := s.reader.QueryContext(ctx, "SELECT id FROM signal")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// drop lets go of one signal's oldest readings, at most dropAtOnce.
func (s *Store) drop(ctx context.Context, signal int64, before time.Time) (int64, error) {
	result, err := s.writer.ExecContext(ctx, `DELETE FROM reading WHERE signal_id = ?1 AND t_ms < ?2 AND t_ms < coalesce(
		(SELECT t_ms FROM reading WHERE signal_id = ?1 ORDER BY t_ms LIMIT 1 OFFSET ?3), ?2)`,
		signal, ceilMilli(before), dropAtOnce)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
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
	for _, table := range []string{"reading", "signal", "interval"} {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	clear(s.ids)
	return nil
}
