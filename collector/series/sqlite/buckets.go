package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

// Buckets gives kept buckets in order of time.
func (s *Store) Buckets(ctx context.Context, q series.Query) iter.Seq2[series.Bucket, error] {
	return func(yield func(series.Bucket, error) bool) {
		ids, args := signalsOf(q)
		var signals []int64
		for id, err := range query(ctx, s.reader, "signals", ids, args, scanID) {
			if err != nil {
				yield(series.Bucket{}, err)
				return
			}
			signals = append(signals, id)
		}
		text, args := selectBuckets(signals, q)
		query(ctx, s.reader, "buckets", text, args, scanBucket)(yield)
	}
}

func scanID(rows *sql.Rows) (id int64, err error) { return id, rows.Scan(&id) }

// bucketColumns are those of the table bucket after its key.
func bucketColumns() []string {
	return slices.Concat(series.BucketWhole(), series.BucketNumbers(), series.BucketTexts())
}

// selectBuckets takes the table's own order where there is one signal: to sort a year of rows takes a third of the time.
func selectBuckets(signals []int64, q series.Query) (string, []any) {
	var w where
	span := series.BucketSpan
	if q.Long {
		span = series.LongSpan
	}
	if len(signals) == 1 {
		w.add("signal_id = ?", signals[0])
		return selectSpan(w, span, q.From, q.To)
	}
	w.add("signal_id IN ("+strings.TrimSuffix(strings.Repeat("?, ", len(signals)), ", ")+")", anys(signals)...)
	text, args := selectSpan(w, span, q.From, q.To)
	return text + ", first_ms", args
}

func selectSpan(w where, span time.Duration, from, to time.Time) (string, []any) {
	w.add("span_ms = ?", span.Milliseconds())
	w.between("start_ms", from, to)
	return "SELECT start_ms, span_ms, " + strings.Join(bucketColumns(), ", ") + " FROM bucket" + w.String() + " ORDER BY start_ms", w.args
}

func scanBucket(rows *sql.Rows) (series.Bucket, error) {
	var start, span int64
	var row series.BucketRow
	columns := []any{&start, &span}
	for n := range row.Whole {
		columns = append(columns, &row.Whole[n])
	}
	for n := range row.Numbers {
		columns = append(columns, &row.Numbers[n])
	}
	for n := range row.Texts {
		columns = append(columns, &row.Texts[n])
	}
	if err := rows.Scan(columns...); err != nil {
		return series.Bucket{}, err
	}
	return row.Bucket(start, time.Duration(span)*time.Millisecond)
}

var _ series.Ground = writer{}

// Rolled looks at the ends of both tables.
func (w writer) Rolled(_ context.Context, of series.Placed) (to, newest time.Time, err error) {
	id, err := w.signal(of)
	if err != nil {
		return to, newest, err
	}
	var start, last sql.Null[int64]
	err = w.tx.QueryRow(`SELECT (SELECT max(start_ms) FROM bucket WHERE signal_id = ?1 AND span_ms = ?2), (SELECT max(t_ms) FROM reading WHERE signal_id = ?1)`, id, series.BucketSpan.Milliseconds()).Scan(&start, &last)
	if start.Valid {
		to = time.UnixMilli(start.V).UTC().Add(series.BucketSpan)
	}
	if last.Valid {
		newest = time.UnixMilli(last.V).UTC()
	}
	return to, newest, err
}

// ReadingsOf reads what the transaction sees.
func (w writer) ReadingsOf(_ context.Context, of series.Placed, from, to time.Time) iter.Seq2[record.Reading, error] {
	id, err := w.signal(of)
	if err != nil {
		return func(yield func(record.Reading, error) bool) { yield(record.Reading{}, err) }
	}
	var own where
	own.add("signal_id = ?", id)
	own.between("t_ms", from, to)
	text := "SELECT ?, " + readingColumns + " FROM reading" + own.String() + " ORDER BY t_ms"
	return query(context.Background(), w.tx, "readings", text, append([]any{of.Signal}, own.args...), scanReading)
}

// BucketsOf reads what the transaction sees.
func (w writer) BucketsOf(_ context.Context, of series.Placed, from, to time.Time) iter.Seq2[series.Bucket, error] {
	id, err := w.signal(of)
	if err != nil {
		return func(yield func(series.Bucket, error) bool) { yield(series.Bucket{}, err) }
	}
	var own where
	own.add("signal_id = ?", id)
	text, args := selectSpan(own, series.BucketSpan, from, to)
	return query(context.Background(), w.tx, "buckets", text, args, scanBucket)
}

// Keep writes buckets over what is there.
func (w writer) Keep(ctx context.Context, buckets []series.PlacedBucket) error {
	for _, b := range buckets {
		if err := ctx.Err(); err != nil {
			return err
		}
		id, err := w.signal(b.Placed)
		if err != nil {
			return err
		}
		row := b.Row()
		args := []any{id, b.End.Sub(b.Start).Milliseconds(), b.Start.UnixMilli()}
		for _, n := range row.Whole {
			args = append(args, n)
		}
		for _, n := range row.Numbers {
			args = append(args, n)
		}
		for _, text := range row.Texts {
			args = append(args, text)
		}
		if _, err := w.putBucket.Exec(args...); err != nil {
			return fmt.Errorf("keep a bucket of %s: %w", b.Signal, err)
		}
	}
	return nil
}
