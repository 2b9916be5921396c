package export

import (
	"encoding/csv"
	"fmt"
	"io"
	"time"

	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/internal/sheet"
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
				line[n] = fmt.Sprint(v)
				if t.columns[n].kind == text {
					line[n] = sheet.Harmless(line[n])
				}
			}
		}
		_ = out.Write(line)
	}
	out.Flush()
	return out.Error()
}
