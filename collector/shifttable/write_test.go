package shifttable

import (
	"bytes"
	"io"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/xuri/excelize/v2"

	"github.com/lineproof/lineproof/collector/cells/cellstest"
	"github.com/lineproof/lineproof/record"
)

// written are all ways to write rows.
func written(zone *time.Location) map[string]func(io.Writer, []Row) error {
	return map[string]func(io.Writer, []Row) error{
		"csv":     func(w io.Writer, rows []Row) error { return WriteCSV(w, rows, zone) },
		"xlsx vi": func(w io.Writer, rows []Row) error { return WriteXLSX(w, rows, zone, "vi") },
		"xlsx en": func(w io.Writer, rows []Row) error { return WriteXLSX(w, rows, zone, "en") },
	}
}

// sameRows looks past what a log does not hold.
var sameRows = cmp.Options{cmpopts.IgnoreFields(Row{}, "Number"), cmpopts.IgnoreFields(record.ShiftEntry{}, "Source", "Replaces"), cmpopts.EquateEmpty()}

// hardRows are those that a file could bend.
func hardRows(zone *time.Location) []Row {
	start := time.Date(2026, 3, 2, 6, 0, 0, 0, zone)
	row := func(n int, change func(e *record.ShiftEntry)) Row {
		at := start.Add(time.Duration(n) * 24 * time.Hour)
		e := record.ShiftEntry{ShiftEnd: at.Add(7*time.Hour + 20*time.Minute)}
		change(&e)
		return Row{Start: at, Entry: e}
	}
	return []Row{
		row(0, func(e *record.ShiftEntry) {}),
		row(1, func(e *record.ShiftEntry) {
			e.Machine, e.Product, e.Order, e.Cluster, e.Comment = "=cmd()", "_x0041_x0042_", "3-4", "'=x", "_x0041_ \"a\",\n\n'b;"
		}),
		row(2, func(e *record.ShiftEntry) {
			e.Produced, e.Good, e.Scrap, e.Rework = known[int64](1e15), known[int64](1e15-1), known[int64](1), known[int64](0)
		}),
		row(3, func(e *record.ShiftEntry) {
			e.EnergyKWh, e.MaterialInKg, e.ProductOutKg, e.Coverage = known(1.234), known(1./3), known(1e-9), known(0.07)
		}),
		row(4, func(e *record.ShiftEntry) {
			e.Workers, e.AttendedHours, e.WorkedHours = known[int64](3), known(22.), known(math.Copysign(0, -1))
		}),
		row(5, func(e *record.ShiftEntry) { e.Product, e.Order, e.Machine = "_x005F_x0041_", "''@", "1e5" }),
		{Start: start.Add(240*time.Hour + 123*time.Millisecond), Entry: record.ShiftEntry{ShiftEnd: start.Add(241*time.Hour + time.Millisecond)}},
	}
}

func TestReadGivesBackWhatWasWritten(t *testing.T) {
	berlin := zoneOf(t, "Europe/Berlin")
	for _, c := range []struct {
		name string
		zone *time.Location
		rows []Row
	}{
		{"the template", hanoi(t), nil},
		{"hard rows", hanoi(t), hardRows(hanoi(t))},
		{"while the clock is set back", berlin, []Row{
			{Start: time.Date(2026, 10, 24, 22, 0, 0, 0, berlin), Entry: record.ShiftEntry{ShiftEnd: time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)}},
			{Start: time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC), Entry: record.ShiftEntry{ShiftEnd: time.Date(2026, 10, 25, 6, 0, 0, 0, berlin)}},
		}},
	} {
		for name, write := range written(c.zone) {
			t.Run(c.name+", "+name, func(t *testing.T) {
				var out bytes.Buffer
				if err := write(&out, c.rows); err != nil {
					t.Fatal(err)
				}
				got, err := Read("log", out.Bytes(), c.zone)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(c.rows, got.Rows, sameRows); diff != "" || len(got.Problems) != 0 {
					t.Errorf("%v; rows (-want +got):\n%s", got.Problems, diff)
				}
			})
		}
	}
}

func TestWriteRefusesWhatCheckDoes(t *testing.T) {
	rows := []Row{{Start: time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)}}
	for name, write := range written(time.UTC) {
		var out bytes.Buffer
		err := write(&out, rows)
		if err == nil || err.Error() != "write shift log: entry 1: shift_end: The time is missing." || out.Len() != 0 {
			t.Errorf("%s: got %v and %d bytes", name, err, out.Len())
		}
	}
	if err := WriteXLSX(io.Discard, nil, time.UTC, "fr"); err == nil || err.Error() != `write shift log: language "fr": there are vi and en` {
		t.Errorf("got %v", err)
	}
}

// TestWorkbookIsForPeople opens it as another program does.
func TestWorkbookIsForPeople(t *testing.T) {
	var out bytes.Buffer
	if err := WriteXLSX(&out, hardRows(hanoi(t)), hanoi(t), "vi"); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if diff := cmp.Diff([]string{"Nhật ký ca", "Giải thích"}, f.GetSheetList()); diff != "" {
		t.Fatal(diff)
	}
	for cell, want := range map[string]string{"A1": "Bắt đầu ca", "A2": "02/03/2026 06:00", "D3": "_x0041_x0042_", "C3": "=cmd()", "R5": "7.00%"} {
		if got, err := f.GetCellValue("Nhật ký ca", cell); got != want || err != nil {
			t.Errorf("%s: got %q, %v; want %q", cell, got, err, want)
		}
	}
	if kind, err := f.GetCellFormula("Nhật ký ca", "C3"); kind != "" || err != nil {
		t.Errorf("a name became the formula %q, %v", kind, err)
	}
	if panes, err := f.GetPanes("Nhật ký ca"); !panes.Freeze || panes.YSplit != 1 || err != nil {
		t.Errorf("the header is not frozen: %+v, %v", panes, err)
	}
	help, err := f.GetRows("Giải thích")
	if err != nil || len(help) < len(columns)+2 {
		t.Errorf("%d rows that explain, %v", len(help), err)
	}
}

func TestBothLanguagesSayTheSame(t *testing.T) { cellstest.Words(t, form) }
