//go:build !race

package board_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strconv"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/lineproof/lineproof/collector/export"
	"github.com/lineproof/lineproof/collector/kpi"
)

// filesSay holds the files that people save against rows that the books have confirmed, cell by cell: the interface
// sends the rows as they are encoded here.
func filesSay(t *testing.T, rows []kpi.Row, zone *time.Location) (cells int) {
	t.Helper()
	var sent []map[string]any
	decode := json.NewDecoder(bytes.NewReader(must(json.Marshal(rows))))
	decode.UseNumber()
	if err := decode.Decode(&sent); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := export.CSV(&file, rows, zone); err != nil {
		t.Fatal(err)
	}
	lines := must(csv.NewReader(&file).ReadAll())
	file.Reset()
	if err := export.XLSX(&file, rows, export.Sheet{Title: "Assembly", Zone: zone, Lang: "en"}); err != nil {
		t.Fatal(err)
	}
	book := must(excelize.OpenReader(&file))
	defer book.Close()
	sheet := must(book.GetRows(book.GetSheetName(0), excelize.Options{RawCellValue: true}))
	const above = 3 // title, time zone and headings
	if len(lines) != 1+len(rows) || len(sheet) != above+len(rows) {
		t.Fatalf("%d rows of CSV and %d of XLSX for %d", len(lines)-1, len(sheet)-above, len(rows))
	}
	for n, row := range sent {
		for i, name := range lines[0] {
			var inSheet string
			if i < len(sheet[above+n]) { // empty cells at the end are not there
				inSheet = sheet[above+n][i]
			}
			for kind, cell := range map[string]string{"CSV": lines[n+1][i], "XLSX": inSheet} {
				if !same(cell, row[name], zone) {
					t.Errorf("%s, row %d: %s is %q, the interface says %v", kind, n, name, cell, row[name])
				}
				cells++
			}
		}
	}
	return cells
}

// same tells whether a cell holds what the interface says: nothing where that is unknown, and a number to its last
// bit. A spreadsheet counts time in days since 1899, on the wall.
func same(cell string, sent any, zone *time.Location) bool {
	switch v := sent.(type) {
	case nil:
		return cell == ""
	case json.Number:
		got, err := strconv.ParseFloat(cell, 64)
		want := must(v.Float64())
		return err == nil && got == want
	case string:
		at, err := time.Parse(time.RFC3339, v)
		if err != nil {
			return cell == v
		}
		if got, err := time.Parse(time.RFC3339, cell); err == nil {
			return got.Equal(at)
		}
		days, err := strconv.ParseFloat(cell, 64)
		_, ahead := at.In(zone).Zone()
		wall := at.Add(time.Duration(ahead) * time.Second)
		return err == nil && excelTime(days).Sub(wall).Abs() < time.Millisecond
	case []any:
		for _, flag := range v {
			if !bytes.Contains([]byte(cell), []byte(flag.(string))) {
				return false
			}
		}
		return true
	}
	return false
}

func excelTime(days float64) time.Time {
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Add(time.Duration(days * 24 * float64(time.Hour)))
}
