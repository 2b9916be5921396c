package sqlite

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/series"
)

func openInternal(t *testing.T) *Store {
	t.Helper()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "series.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestTableHoldsTheColumns fails when account.Interval grew and no migration did.
func TestTableHoldsTheColumns(t *testing.T) {
	s := openInternal(t)
	rows, err := s.reader.QueryContext(t.Context(), "SELECT name FROM pragma_table_info('interval')")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var got []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		got = append(got, name)
	}
	want := intervalColumns()
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}

// TestPragmas: the promise that what Write returned for is on disk rests on these.
func TestPragmas(t *testing.T) {
	s := openInternal(t)
	for _, c := range []struct{ name, pragma, want string }{
		{"log", "journal_mode", "wal"},
		{"full synchronisation", "synchronous", "2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got string
			if err := s.writer.QueryRowContext(t.Context(), "PRAGMA "+c.pragma).Scan(&got); err != nil || got != c.want {
				t.Errorf("%s is %q, %v, want %q", c.pragma, got, err, c.want)
			}
		})
	}
	if _, err := s.reader.ExecContext(t.Context(), "DELETE FROM reading"); err == nil {
		t.Error("a reader writes")
	}
}

// TestPlans: a page must not read other lines, signals or times than its own.
func TestPlans(t *testing.T) {
	s := openInternal(t)
	from, to := time.UnixMilli(1), time.UnixMilli(2)
	readings := func(q series.Query) func() (string, []any) {
		return func() (string, []any) { return selectReadings(q) }
	}
	intervals := func(q series.Query) func() (string, []any) {
		return func() (string, []any) { return selectIntervals(q) }
	}
	buckets := func(signals ...int64) func() (string, []any) {
		return func() (string, []any) { return selectBuckets(signals, series.Query{From: from, To: to}) }
	}
	const bySignal = "SEARCH reading USING PRIMARY KEY (signal_id=? AND t_ms>? AND t_ms<?)"
	const byBucket = "SEARCH bucket USING PRIMARY KEY (signal_id=? AND span_ms=? AND start_ms>? AND start_ms<?)"
	for _, c := range []struct {
		name  string
		query func() (string, []any)
		want  string
	}{
		{"a line's intervals", intervals(series.Query{Line: "l", From: from, To: to}), "SEARCH interval USING PRIMARY KEY (line=? AND start_ms>? AND start_ms<?)"},
		{"a site's line's intervals", intervals(series.Query{Site: "s", Line: "l", From: from, To: to}), "SEARCH interval USING PRIMARY KEY (line=? AND start_ms>? AND start_ms<?)"},
		{"all intervals of a time", intervals(series.Query{From: from, To: to}), "SEARCH interval USING INDEX interval_by_time (start_ms>? AND start_ms<?)"},
		{"a signal's readings", readings(series.Query{Signals: []string{"a.b"}, From: from, To: to}), bySignal},
		{"a line's readings", readings(series.Query{Line: "l", From: from, To: to}), bySignal},
		{"a signal's buckets", buckets(1), byBucket},
		{"buckets of a signal that has moved", buckets(1, 2), byBucket},
		{"all readings of a time", readings(series.Query{From: from, To: to}), bySignal},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, args := c.query()
			rows, err := s.reader.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, args...)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			var plan []string
			for rows.Next() {
				var id, parent, unused int
				var step string
				if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
					t.Fatal(err)
				}
				plan = append(plan, step)
			}
			if !slices.Contains(plan, c.want) {
				t.Errorf("got %q, want %q in it", plan, c.want)
			}
		})
	}
}
