package influx

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/series"
)

// intervalTags are those of the measurement interval, in the order in which an interval is read.
func intervalTags() []string {
	return []string{"site", "line", "machine", "product", "production_order"}
}

// Intervals gives intervals in order of time, then machine, then product.
func (s *Store) Intervals(ctx context.Context, q series.Query) iter.Seq2[account.Interval, error] {
	var w where
	w.equal("site", q.Site)
	w.equal("line", q.Line)
	w.equal("machine", q.Machine)
	w.between(q)
	texts := series.TextColumns()
	if q.Sums {
		texts = series.SumColumns()
	}
	columns := slices.Concat(intervalTags(), series.NumberColumns(), series.FlagColumns(), texts)
	statement := "SELECT " + idents(columns) + " FROM " + ident(intervalMeasurement) + w.String()
	intervals := decoded(s.rows(ctx, statement), "intervals", func(row []any) (account.Interval, error) { return intervalOf(row, texts) })
	return inOrder(intervals, func(i account.Interval) time.Time { return i.Start }, func(a, b account.Interval) int {
		return cmp.Or(cmp.Compare(a.Machine, b.Machine), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Order, b.Order),
			cmp.Compare(a.Site, b.Site), cmp.Compare(a.Line, b.Line))
	})
}

func intervalOf(row []any, names []string) (account.Interval, error) {
	var i account.Interval
	start, err := number(row[0])
	if err != nil {
		return i, err
	}
	i.Start = time.UnixMilli(start).UTC()
	row = row[1:]
	for n, tag := range []*string{&i.Site, &i.Line, &i.Machine, &i.Product, &i.Order} {
		*tag = text(row[n])
	}
	row = row[len(intervalTags()):]
	numbers := series.Numbers(&i)
	for n := range numbers {
		if *numbers[n], err = number(row[n]); err != nil {
			return i, fmt.Errorf("%s of %s at %s: %w", series.NumberColumns()[n], i.Machine, i.Start, err)
		}
	}
	row = row[len(numbers):]
	flags := series.Flags(&i)
	for n := range flags {
		*flags[n], _ = row[n].(bool)
	}
	row = row[len(flags):]
	texts := make([]string, len(series.TextColumns()))
	for n, name := range series.TextColumns() {
		if at := slices.Index(names, name); at >= 0 {
			texts[n] = text(row[at])
		}
	}
	return i, series.DecodeTexts(&i, texts)
}

// number is a column of whole numbers; 0 where it is empty.
func number(column any) (int64, error) {
	if column == nil {
		return 0, nil
	}
	n, ok := column.(json.Number)
	if !ok {
		return 0, fmt.Errorf("%v is no number", column)
	}
	return n.Int64()
}

// text is a column of texts; "" where it is empty.
func text(column any) string {
	t, _ := column.(string)
	return t
}

// decoded makes one thing of each row.
func decoded[T any](rows iter.Seq2[[]any, error], what string, of func(row []any) (T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for row, err := range rows {
			var one T
			if err == nil {
				one, err = of(row)
			}
			if err != nil {
				yield(one, fmt.Errorf("read %s: %w", what, err))
				return
			}
			if !yield(one, nil) {
				return
			}
		}
	}
}

// inOrder sorts what has the same time, for InfluxDB sorts by time only.
func inOrder[T any](all iter.Seq2[T, error], at func(T) time.Time, compare func(a, b T) int) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var tied []T
		flush := func() bool {
			slices.SortStableFunc(tied, compare)
			for _, v := range tied {
				if !yield(v, nil) {
					return false
				}
			}
			tied = tied[:0]
			return true
		}
		for v, err := range all {
			if err != nil {
				if flush() {
					yield(v, err)
				}
				return
			}
			if len(tied) > 0 && !at(tied[0]).Equal(at(v)) && !flush() {
				return
			}
			tied = append(tied, v)
		}
		flush()
	}
}
