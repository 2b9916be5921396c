package shifttable

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// FuzzRead holds that nothing makes Read panic, that every row it gives can stand, and that what was read and written
// again reads the same.
func FuzzRead(f *testing.F) {
	names, err := filepath.Glob("testdata/*.*")
	if err != nil || len(names) < 8 {
		f.Fatalf("no seeds: %v, %v", names, err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("Bắt đầu ca;Kết thúc ca;Đạt;Giờ công;Ghi chú\n02/03/2026 06:00;02/03/2026 14:00;5;12,5;'=_x0041_\n"))
	zone := hanoi(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := Read("log", data, zone)
		if err != nil {
			return
		}
		again(t, table.Rows, zone)
	})
}

// FuzzSheet is FuzzRead for what stands in a workbook, which the fuzzer would hardly reach through its compression.
func FuzzSheet(f *testing.F) {
	for _, rows := range []string{
		`<row><c t="str"><v>shift_start</v></c><c t="str"><v>shift_end</v></c><c t="str"><v>product</v></c><c t="str"><v>energy_kwh</v></c></row><row><c><v>46083.25</v></c><c><v>46083.5</v></c><c t="str"><v>_x0041_</v></c><c><v>1.5</v></c></row>`,
		`<row r="3"><c r="B3" t="inlineStr"><is><t>Bắt đầu ca</t></is></c><c r="C3" t="inlineStr"><is><r><t>Kết thúc</t></r><r><t> ca</t></r></is></c></row><row r="5"><c r="B5" s="1" t="d"><v>2026-03-02T06:00</v></c><c r="C5" t="s"><v>0</v></c><c t="b"><v>1</v></c><c t="e"><v>#REF!</v></c><c><f>A1</f></c></row>`,
	} {
		f.Add(rows, `<mergeCell ref="A1:B2"/>`)
	}
	zone := hanoi(f)
	f.Fuzz(func(t *testing.T, rows, merged string) {
		sheet := "<worksheet><sheetData>" + rows + "</sheetData><mergeCells>" + merged + "</mergeCells></worksheet>"
		table, err := Read("log", zipped(t, "xl/worksheets/sheet1.xml", strings.NewReader(sheet)), zone)
		if err != nil {
			return
		}
		again(t, table.Rows, zone)
	})
}

// again writes rows in every way and reads them.
func again(t *testing.T, rows []Row, zone *time.Location) {
	if len(rows) == 0 {
		return // a template, which takes its time to write and is always the same
	}
	for _, row := range rows {
		if m := Check(row.Start, row.Entry); m != nil {
			t.Fatalf("row %d was read with %v", row.Number, m)
		}
	}
	for name, write := range written(zone) {
		var out bytes.Buffer
		if err := write(&out, rows); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := Read("log", out.Bytes(), zone)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(rows, got.Rows, sameRows); diff != "" || len(got.Problems) != 0 {
			t.Errorf("%s: %v; rows (-want +got):\n%s", name, got.Problems, diff)
		}
	}
}
