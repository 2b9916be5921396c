package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

// Readings gives readings in order of time, then signal.
func (s *Store) Readings(ctx context.Context, q series.Query) iter.Seq2[record.Reading, error] {
	text, args := selectReadings(q)
	return query(ctx, s.reader, "readings", text, args, scanReading)
}

// Intervals gives intervals in order of time, then machine, then product.
func (s *Store) Intervals(ctx context.Context, q series.Query) iter.Seq2[account.Interval, error] {
	text, args := selectIntervals(q)
	return query(ctx, s.reader, "intervals", text, args, scanInterval)
}

// readingColumns are those of the table reading that scanReading takes after the signal's name.
const readingColumns = "t_ms, kind, value, quality, window_n, window_min, window_max, window_span_ms"

func selectReadings(q series.Query) (string, []any) {
	var readings where
	ids, args := signalsOf(q)
	readings.add("signal_id IN ("+ids+")", args...)
	readings.between("t_ms", q.From, q.To)
	return "SELECT name, " + readingColumns + " FROM reading JOIN signal ON id = signal_id" + readings.String() +
		" ORDER BY t_ms, name, site, line, machine", readings.args
}

// signalsOf selects the ids of the signals that a query names.
func signalsOf(q series.Query) (string, []any) {
	var w where
	w.equal("site", q.Site)
	w.equal("line", q.Line)
	if len(q.Signals) > 0 {
		w.add("name IN (?"+strings.Repeat(", ?", len(q.Signals)-1)+")", anys(q.Signals)...)
	}
	return "SELECT id FROM signal" + w.String(), w.args
}

func selectIntervals(q series.Query) (string, []any) {
	var w where
	w.equal("site", q.Site)
	w.equal("line", q.Line)
	w.equal("machine", q.Machine)
	w.between("start_ms", q.From, q.To)
	columns := intervalColumns()
	for i, c := range columns {
		if q.Sums && slices.Contains(series.TextColumns(), c) && !slices.Contains(series.SumColumns(), c) {
			columns[i] = "''"
		}
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM interval" + w.String() +
		" ORDER BY start_ms, machine, product, production_order, site, line", w.args
}

// asker is a database or a transaction.
type asker interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// query runs a query as its rows are asked for.
func query[T any](ctx context.Context, db asker, what, text string, args []any, scan func(*sql.Rows) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		fail := func(err error) {
			var none T
			yield(none, fmt.Errorf("read %s: %w", what, err))
		}
		rows, err := db.QueryContext(ctx, text, args...)
		if err != nil {
			fail(err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			v, err := scan(rows)
			if err != nil {
				fail(err)
				return
			}
			if !yield(v, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			fail(err)
		}
	}
}

func scanReading(rows *sql.Rows) (record.Reading, error) {
	var (
		r         record.Reading
		at        int64
		kind      record.Kind
		value     any
		count     sql.Null[uint32]
		low, high sql.Null[float64]
		span      sql.Null[int64]
	)
	if err := rows.Scan(&r.Signal, &at, &kind, &value, &r.Quality, &count, &low, &high, &span); err != nil {
		return r, err
	}
	r.Time = time.UnixMilli(at).UTC()
	if count.Valid {
		r.Window = &record.Window{
			Count: count.V, Min: low.V, Max: high.V, Span: time.Duration(span.V) * time.Millisecond,
		}
	}
	var err error
	if r.Value, err = valueOf(kind, value); err != nil {
		return r, fmt.Errorf("signal %q at %s: %w", r.Signal, r.Time, err)
	}
	return r, nil
}

func valueOf(kind record.Kind, column any) (record.Value, error) {
	switch c := column.(type) {
	case nil:
		if kind == record.None {
			return record.Value{}, nil
		}
	case int64:
		switch kind {
		case record.Int:
			return record.IntValue(c), nil
		case record.Uint:
			return record.UintValue(uint64(c)), nil
		case record.Bool:
			return record.BoolValue(c != 0), nil
		}
	case float64:
		if kind == record.Float {
			return record.FloatValue(c), nil
		}
	case string:
		if kind == record.Text {
			return record.TextValue(c), nil
		}
	}
	return record.Value{}, fmt.Errorf("a value of kind %d stored as %T", kind, column)
}

func scanInterval(rows *sql.Rows) (account.Interval, error) {
	var i account.Interval
	var start int64
	columns := []any{&i.Site, &i.Line, &i.Machine, &i.Product, &i.Order, &start}
	for _, n := range series.Numbers(&i) {
		columns = append(columns, n)
	}
	for _, f := range series.Flags(&i) {
		columns = append(columns, f)
	}
	texts := make([]string, len(series.TextColumns()))
	for n := range texts {
		columns = append(columns, &texts[n])
	}
	if err := rows.Scan(columns...); err != nil {
		return i, err
	}
	i.Start = time.UnixMilli(start).UTC()
	return i, series.DecodeTexts(&i, texts)
}

// where gathers the conditions of a query.
type where struct {
	terms []string
	args  []any
}

func (w *where) add(term string, args ...any) {
	w.terms = append(w.terms, term)
	w.args = append(w.args, args...)
}

func (w *where) equal(column, value string) {
	if value != "" {
		w.add(column+" = ?", value)
	}
}

func (w *where) between(column string, from, to time.Time) {
	if !from.IsZero() {
		w.add(column+" >= ?", ceilMilli(from))
	}
	if !to.IsZero() {
		w.add(column+" < ?", ceilMilli(to))
	}
}

// ceilMilli is the first whole millisecond not before t.
func ceilMilli(t time.Time) int64 { return t.Add(time.Millisecond - time.Nanosecond).UnixMilli() }

// String is the WHERE clause, empty without conditions.
func (w *where) String() string {
	if len(w.terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.terms, " AND ")
}

func anys[T any](some []T) []any {
	all := make([]any, len(some))
	for i, one := range some {
		all[i] = one
	}
	return all
}
