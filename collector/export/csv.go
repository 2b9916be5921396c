package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/lineproof/lineproof/collector/kpi"
)

// CSV writes rows by the names and in the units of the interface, times in RFC 3339 with the zone's offset.
func CSV(w io.Writer, rows []kpi.Row, zone *time.Location) error {
	t, err := tableOf(rows, zone)
	if err != nil {
		return err
	}
	out := csv.NewWriter(w)
	var head []string
	for _, c := range t.columns {
		head = append(head, c.name)
	}
	_ = out.Write(head) // Flush's error is the one to look at
	for _, cells := range t.cells {
		line := make([]string, len(cells))
		for n, cell := range cells {
			switch v := cell.(type) {
			case nil:
			case time.Time:
				line[n] = v.Format(time.RFC3339Nano)
			default:
				line[n] = harmless(fmt.Sprint(v), t.columns[n].kind)
			}
		}
		_ = out.Write(line)
	}
	out.Flush()
	return out.Error()
}

// harmless keeps a spreadsheet from taking a name for a formula.
func harmless(cell string, k kind) string {
	if k == text && strings.IndexAny(cell, "=+-@\t\r") == 0 {
		return "'" + cell
	}
	return cell
}
