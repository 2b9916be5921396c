package sheet

import (
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

func TestPlainTakesBackHarmless(t *testing.T) {
	for text, want := range map[string]string{
		"a": "a", "": "", "'a": "'a", "=1": "'=1", "-": "'-", "@x": "'@x", "'=1": "''=1", "''+": "'''+",
	} {
		got := Harmless(text)
		if got != want || Plain(got) != text {
			t.Errorf("%q: got %q, want %q; back %q", text, got, want, Plain(got))
		}
	}
}

// TestTextIsShownAsItIs, though workbooks write some characters as _x0041_.
func TestTextIsShownAsItIs(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	b := Book{File: f, Sheet: "Sheet1"}
	for n, want := range []string{"_x0041_", "_x0041_x0042_", "__x0041_", "_x004_", "=1+1"} {
		if err := b.Put(1, n+1, want, 0); err != nil {
			t.Fatal(err)
		}
		cell, err := excelize.CoordinatesToCellName(1, n+1)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := f.GetCellValue("Sheet1", cell); got != want || err != nil {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}
}

// TestTimesShareTheirStyle, of which a workbook holds 65,430, and keep their milliseconds.
func TestTimesShareTheirStyle(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	b := Book{File: f, Sheet: "Sheet1"}
	style, err := b.NewStyle(&excelize.Style{NumFmt: 22})
	if err != nil {
		t.Fatal(err)
	}
	before := len(f.Styles.CellXfs.Xf)
	hanoi := time.FixedZone("Hanoi", 7*60*60)
	for row := 1; row <= 3; row++ {
		if err := b.Put(1, row, time.Date(2026, 3, 2, 6, 0, 0, 0, hanoi), style); err != nil {
			t.Fatal(err)
		}
	}
	if after := len(f.Styles.CellXfs.Xf); after != before {
		t.Errorf("%d styles became %d", before, after)
	}
	if got, err := f.GetCellValue("Sheet1", "A3", excelize.Options{RawCellValue: true}); got != "46083.25" || err != nil {
		t.Errorf("got %s, %v; want the clock's time", got, err)
	}
}
