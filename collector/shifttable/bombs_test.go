//go:build !race

package shifttable

import (
	"errors"
	"runtime"
	"testing"

	"github.com/lineproof/lineproof/collector/cells"
)

// TestZipBombs takes millions of cells from files of a few kilobytes, in one goroutine.
func TestZipBombs(t *testing.T) {
	const head = `<row r="1"><c t="inlineStr"><is><t>shift_start</t></is></c><c t="inlineStr"><is><t>shift_end</t></is></c></row>`
	for _, c := range []struct {
		name, part        string
		begin, again, end string
		times             int
		want              Code
	}{
		{"empty rows", "xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + head, "<row/>", "</sheetData></worksheet>", 1_100_000, cells.BadWorkbook},
		{"empty cells", "xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + head + `<row r="2">`, "<c/>", "</row></sheetData></worksheet>", 2_100_000, cells.TooLarge},
		{"cells in one row", "xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + head + `<row r="2">`, "<c><v>1</v></c>", "</row></sheetData></worksheet>", 100_000, cells.TooWide},
		{"rows", "xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + head, "<row><c><v>1</v></c></row>", "</sheetData></worksheet>", 100_000, cells.TooManyRows},
		{"merged cells", "xl/worksheets/sheet1.xml", "<worksheet><sheetData>" + head + "</sheetData><mergeCells>", `<mergeCell ref="A1:B9"/>`, "</mergeCells></worksheet>", 250_000, cells.TooLarge},
		{"texts", "xl/sharedStrings.xml", "<sst>", "<si/>", "</sst>", 1_100_000, cells.TooLarge},
		{"one text", "xl/sharedStrings.xml", "<sst><si><t>", "xxxxxxxxxx", "</t></si></sst>", 7_000_000, cells.TooLarge},
		{"styles", "xl/styles.xml", "<styleSheet><cellXfs>", "<xf/>", "</cellXfs></styleSheet>", 1_000_000, cells.TooLarge},
		{"sheets", "xl/workbook.xml", "<workbook><sheets>", "<sheet/>", "</sheets></workbook>", 700_000, cells.TooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := zipped(t, c.part, endless(c.begin, c.again, c.end, c.times))
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			_, err := Read("bomb.xlsx", data, hanoi(t))
			runtime.ReadMemStats(&after)
			var got *Unreadable
			if !errors.As(err, &got) || got.Code != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
			// HeapSys grows with the heap's peak and is not given back.
			if grown := (int64(after.HeapSys) - int64(before.HeapSys)) >> 20; grown > 300 {
				t.Errorf("%d bytes of file made the heap grow by %d MB", len(data), grown)
			}
		})
	}
}
