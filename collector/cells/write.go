package cells

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/lineproof/lineproof/internal/sheet"
	"github.com/lineproof/lineproof/record"
)

// WriteCSV writes rows by our names, with times in RFC 3339 with the zone's offset; without rows it is a template.
// Read gives back what was written. A row that Check finds a mistake in is an error, before anything is written.
func (f Form[R]) WriteCSV(w io.Writer, rows []R, zone *time.Location) error {
	if err := f.checkAll(rows); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	head := make([]string, len(f.Columns))
	for n, c := range f.Columns {
		head[n] = c.Name
	}
	_ = out.Write(head) // Flush's error is the one to look at
	for _, row := range rows {
		cells := make([]string, len(f.Columns))
		for n, c := range f.Columns {
			cells[n] = csvText(c.value(&row), zone)
		}
		_ = out.Write(cells)
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write %s: %w", f.Noun, err)
	}
	return nil
}

func csvText(v any, zone *time.Location) string {
	switch v := v.(type) {
	case time.Time:
		return v.In(zone).Format(time.RFC3339Nano)
	case record.Date:
		return v.String()
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case string:
		return sheet.Harmless(v)
	}
	return ""
}

func (f Form[R]) checkAll(rows []R) error {
	for n, row := range rows {
		for _, m := range f.Check(row) {
			return fmt.Errorf("write %s: entry %d: %s: %s", f.Noun, n+1, m.Column, m.Message)
		}
	}
	return nil
}
