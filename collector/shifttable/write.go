package shifttable

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/lineproof/lineproof/internal/sheet"
)

// WriteCSV writes rows by our names, with times in RFC 3339 with the zone's offset; without rows it is a template.
// Read gives back what was written, but Replaces and Source, which are not of the log. A row that Check finds a
// mistake in is an error, before anything is written.
func WriteCSV(w io.Writer, rows []Row, zone *time.Location) error {
	if err := checkAll(rows); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	head := make([]string, len(columns))
	for n, c := range columns {
		head[n] = c.name
	}
	_ = out.Write(head) // Flush's error is the one to look at
	for _, row := range rows {
		cells := make([]string, len(columns))
		for n, c := range columns {
			cells[n] = csvText(c.value(&row), zone)
		}
		_ = out.Write(cells)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write shift log: %w", err)
	}
	return nil
}

func csvText(v any, zone *time.Location) string {
	switch v := v.(type) {
	case time.Time:
		return v.In(zone).Format(time.RFC3339Nano)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case string:
		return sheet.Harmless(v)
	}
	return ""
}

// value is what a row has in a column: a time.Time, string, int64 or float64, or nil where nothing is known.
func (c column) value(r *Row) any {
	switch {
	case c.moment != nil:
		return *c.moment(r)
	case c.text != nil:
		if s := *c.text(&r.Entry); s != "" {
			return s
		}
	case c.whole != nil:
		if n := *c.whole(&r.Entry); n != nil {
			return *n
		}
	default:
		if n := *c.number(&r.Entry); n != nil {
			return *n + 0 // a -0 would be written with its sign
		}
	}
	return nil
}

func checkAll(rows []Row) error {
	for n, row := range rows {
		for _, m := range Check(row.Start, row.Entry) {
			return fmt.Errorf("write shift log: entry %d: %s: %s", n+1, m.Column, m.Message)
		}
	}
	return nil
}
