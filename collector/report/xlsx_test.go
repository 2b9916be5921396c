package report_test

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/lineproof/lineproof/collector/report"
)

// TestFiguresAreNumbers in the workbook, unrounded, and what could be a formula is a text.
func TestFiguresAreNumbers(t *testing.T) {
	r := good(t)
	content, err := report.XLSX(document(t, r, report.Acceptance, "vi"))
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("Văn bản", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]float64{
		"Trước hỗ trợ": {*r.Result.Before.Value, *r.Result.Before.Low, *r.Result.Before.High},
		"Sau hỗ trợ":   {*r.Result.After.Value, *r.Result.After.Low, *r.Result.After.High},
		"Chênh lệch":   {100 * *r.Result.Difference.Estimate, 100 * *r.Result.Difference.Low, 100 * *r.Result.Difference.High},
		"Thay đổi":     {*r.Result.RelativeChange.Estimate, *r.Result.RelativeChange.Low, *r.Result.RelativeChange.High},
	}
	found := 0
	for _, row := range rows {
		figures, ok := want[strings.TrimSpace(strings.Join(row[:min(1, len(row))], ""))]
		if !ok || len(row) < 4 {
			continue
		}
		found++
		var got []float64
		for _, cell := range row[1:] {
			if cell != "" {
				v, err := strconv.ParseFloat(cell, 64)
				if err != nil {
					t.Errorf("%s: %q is no number", row[0], cell)
				}
				got = append(got, v)
			}
		}
		for i, v := range figures {
			if i >= len(got) || math.Abs(got[i]-v) > 1e-12 {
				t.Errorf("%s: %v, want %v", row[0], got, figures)
				break
			}
		}
	}
	if found != len(want) {
		t.Errorf("%d of %d rows found", found, len(want))
	}
	if cells, err := book.SearchSheet("Văn bản", "=QT10-15"); err != nil || len(cells) != 1 {
		t.Errorf("a model that looks like a formula: %v, %v", cells, err)
	} else if formula, _ := book.GetCellFormula("Văn bản", cells[0]); formula != "" {
		t.Errorf("formula %q", formula)
	}
}

// TestAnotherProgramOpensTheWorkbook: it has the chart, the code and the page of A4, and the sum that is not known is empty.
func TestAnotherProgramOpensTheWorkbook(t *testing.T) {
	every(t, func(t *testing.T, kind report.Kind, lang string) {
		content, err := report.XLSX(document(t, good(t), kind, lang))
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "report.xlsx")
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		got := run(t, "/usr/bin/python3", "-W", "ignore", "-c", `
import sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
sheet, data = book.worksheets
print(len(data._charts), len(data._charts[0].series), sheet.page_setup.paperSize, data.max_row)
for row in sheet.iter_rows(values_only=True):
    if row[0] in ("Tổng cộng", "Total"):
        print([v for v in row if isinstance(v, (int, float))])
`, file)
		if want := "1 4 9 111\n[1300000000]\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
