package shifttable

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/cells"
	"github.com/lineproof/lineproof/record"
)

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func hanoi(t testing.TB) *time.Location { return zoneOf(t, "Asia/Ho_Chi_Minh") }

func known[T any](v T) *T { return &v }

// march are the rows of the files that other programs wrote.
func march(t *testing.T) []Row {
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, hanoi(t)) }
	return []Row{
		{Number: 5, Start: at(2, 6, 0), Entry: record.ShiftEntry{
			ShiftEnd: at(2, 14, 0), Machine: "may-ep-1", Product: "GACH-10", Order: "LSX-031",
			Produced: known[int64](6250), Good: known[int64](6080), Scrap: known[int64](170), Rework: known[int64](40),
			Workers: known[int64](10), AttendedHours: known(80.), WorkedHours: known(76.5), EnergyKWh: known(412.5),
			MaterialInKg: known(18750.25), ProductOutKg: known(18240.), Coverage: known(0.98), Comment: "thay khuôn lúc 9 giờ",
		}},
		{Number: 6, Start: at(2, 14, 0), Entry: record.ShiftEntry{
			ShiftEnd: at(2, 22, 20), Machine: "may-ep-1", Product: "GACH-10", Order: "LSX-031", Produced: known[int64](5900),
			Workers: known[int64](9), AttendedHours: known(72.), EnergyKWh: known(398.75), Coverage: known(1.),
		}},
		{Number: 7, Start: at(2, 22, 20), Entry: record.ShiftEntry{
			ShiftEnd: at(3, 6, 0), Machine: "may-ep-1", Product: "101", Produced: known[int64](0), Good: known[int64](0), Scrap: known[int64](0),
			Comment: "mất điện, \"cúp\" từ 23 giờ\nđến sáng",
		}},
	}
}

func TestFilesOfOtherPrograms(t *testing.T) {
	for _, name := range []string{
		"openpyxl.xlsx", "openpyxl-1904.xlsx", "calc.xlsx", "calc-comma.csv", "calc-semicolon.csv", "calc-utf16.txt",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Read(name, file(t, name), hanoi(t))
			if err != nil {
				t.Fatal(err)
			}
			want := march(t)
			for n := range want {
				want[n].Entry.Source = fmt.Sprintf("%s:%d", name, want[n].Number)
			}
			if diff := cmp.Diff(want, got.Rows); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{"warning A8 ignored_total"}, told(got)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMonthsFirst is of a log that an American program wrote: its 2 March reads as 3 February.
func TestMonthsFirst(t *testing.T) {
	got, err := Read("log.csv", file(t, "calc-month-first.csv"), hanoi(t))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"error A5 shift_start day_or_month", "error B5 shift_end day_or_month", "error A6 shift_start day_or_month", "error B6 shift_end day_or_month",
		"error A7 shift_start day_or_month", "error B7 shift_end day_or_month", "error A8 shift_start day_or_month", "error B8 shift_end day_or_month",
		"warning A9 ignored_total",
	}
	if diff := cmp.Diff(want, told(got)); diff != "" || len(got.Rows) != 0 {
		t.Errorf("%d rows; problems (-want +got):\n%s", len(got.Rows), diff)
	}
}

// TestWorkbookTraps is of what a spreadsheet makes of what people type.
func TestWorkbookTraps(t *testing.T) {
	got, err := Read("bad.xlsx", file(t, "openpyxl-bad.xlsx"), hanoi(t))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"warning H1 unknown_column", "warning  ignored_sheet",
		"error D2 product became_date", "error F2 good no_result", "error G2 energy_kwh became_date",
		"error E3 produced ambiguous", "error F3 good not_a_number", "error G3 energy_kwh ambiguous",
		"error C4 machine merged_cells", "error E4 produced not_whole", "error F4 good negative",
		"error C5 machine merged_cells",
		"error D6 product digits_lost", "error E6 produced not_a_number", "error G6 energy_kwh no_result",
	}
	if diff := cmp.Diff(want, told(got)); diff != "" || len(got.Rows) != 0 {
		t.Errorf("%d rows; problems (-want +got):\n%s", len(got.Rows), diff)
	}
}

func file(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// told are problems in short: severity, cell, column, code.
func told(table Table) (all []string) {
	for _, p := range table.Problems {
		parts := []string{string(p.Severity), p.Cell}
		if p.Column != "" {
			parts = append(parts, p.Column)
		}
		all = append(all, strings.Join(append(parts, string(p.Code)), " "))
	}
	return all
}

func TestTables(t *testing.T) {
	for _, c := range []struct {
		name, text string
		rows       int
		problems   []string
	}{
		{"empty cells are unknown", "shift_start,shift_end,produced\n2026-03-02 06:00,2026-03-02 14:00,\n", 1, nil},
		{"no rows", "shift_start,shift_end\n", 0, nil},
		{"a header without marks, in capitals", "BAT DAU CA;KET_THUC_CA;DIEN KWH\n02/03/2026 06:00;02/03/2026 14:00;12,5\n", 1, nil},
		{"letters with marks of their own", "Ba\u0306\u0301t đa\u0302\u0300u ca,Ke\u0302\u0301t thu\u0301c ca\n2026-03-02 06:00,2026-03-02 14:00\n", 1, nil},
		{"classic line ends", "shift_start,shift_end\r2026-03-02 06:00,2026-03-02 14:00\r", 1, nil},
		{"titles and empty lines above", "NHẬT KÝ\r\n\r\nTháng 3,\r\nBắt đầu ca,Kết thúc ca,Đạt\r\n2026-03-02 06:00,2026-03-02 14:00,x\r\n", 0, []string{"error C5 good not_a_number"}},
		{
			"all at once",
			"shift_start,shift_end,produced,good,scrap,coverage\n" +
				"2026-03-02 06:00,2026-03-02 05:00,100,101,-3,95\nyesterday,2026-03-03,1.5,abc,12h,-\n2026-03-04 06:00,2026-03-04 14:00,100,90,10,\"97,5%\"\n",
			1,
			[]string{
				"error B2 shift_end end_not_after_start", "error D2 good more_than_produced", "error E2 scrap negative", "error F2 coverage not_a_ratio",
				"error A3 shift_start not_a_time", "error B3 shift_end time_missing", "error C3 produced not_whole", "error D3 good not_a_number", "error E3 scrap not_a_number", "error F3 coverage not_a_number",
			},
		},
		{"an unknown column stops nothing", "shift_start,shift_end,Thời tiết\n2026-03-02 06:00,2026-03-02 14:00,mưa\n", 1, []string{"warning C1 unknown_column"}},
		{"a column without a heading", "shift_start,,shift_end\n2026-03-02 06:00,x,2026-03-02 14:00\n2026-03-03 06:00,x,2026-03-03 14:00\n", 2, []string{"warning B2 unnamed_column"}},
		{"the same column twice", "shift_start,shift_end,good,Đạt\n2026-03-02 06:00,2026-03-02 05:00,1,2\n", 0, []string{"error D1 good same_column", "error B2 shift_end end_not_after_start"}},
		{"no start", "Ngày,Máy,Đạt\n02/03/2026,m,x\n", 0, []string{"warning A1 unknown_column", "error A1 shift_start missing_column", "error A1 shift_end missing_column", "error C2 good not_a_number"}},
		{"kg or tonnes", "shift_start,shift_end,Nguyên liệu,Thành phẩm (tấn),Điện (MWh),Giờ công (phút),Đạt (nghìn viên),Phế phẩm (viên)\n2026-03-02 06:00,2026-03-02 14:00,1,1,1,1,1,1\n", 0,
			[]string{"error C1 material_in_kg unit_missing", "error D1 product_out_kg unit_wrong", "error E1 energy_kwh unit_wrong", "error F1 attended_hours unit_wrong", "error G1 good unit_wrong"}},
		{"totals", "Máy,shift_start,shift_end,good\nm,2026-03-02 06:00,2026-03-02 14:00,5\nTổng cộng,,,5\nCộng ca 1,,,5\nCông ty A,,,5\nTOTAL:,,,5\n", 1,
			[]string{"warning A3 ignored_total", "warning A4 ignored_total", "error B5 shift_start missing", "error C5 shift_end missing", "warning A6 ignored_total"}},
		{"twice the same shift", "shift_start,shift_end,machine\n2026-03-02 06:00,2026-03-02 14:00,m\n2026-03-02T06:00:00+07:00,2026-03-02 15:00,m\n2026-03-02 06:00,2026-03-02 14:00,n\n", 2, []string{"error A3 shift_start same_shift"}},
		{"a comma without quotes", "shift_start,shift_end,energy_kwh\n2026-03-02 06:00,2026-03-02 14:00,12,5\n", 0, []string{"error D2 too_many_cells"}},
		{"quotes that do not match hide nothing", "shift_start,shift_end,comment,good\n2026-03-02 06:00,2026-03-02 14:00,12\" block,5\n2026-03-03 06:00,2026-03-03 14:00,,x\n", 0, []string{"error A2 torn_row", "error D3 good not_a_number"}},
		{"rows are counted as a spreadsheet does", "shift_start,shift_end,comment,good\n\n2026-03-02 06:00,2026-03-02 14:00,\"a\n\nb\",5\n\n2026-03-03 06:00,2026-03-03 14:00,,x\n", 1, []string{"error D5 good not_a_number"}},
		{"a text that looks like a formula", "shift_start,shift_end,machine,comment\n2026-03-02 06:00,2026-03-02 14:00,=1+1,a\u0001b\n", 0, []string{"error D2 comment text_untidy"}},
		{"hours", "shift_start,shift_end,workers,attended_hours,worked_hours\n2026-03-02 06:00,2026-03-02 14:00,3,24.5,25\n2026-03-03 06:00,2026-03-03 13:40,2,15.34,\n", 1,
			[]string{"error D2 attended_hours attended_more_than_possible", "error E2 worked_hours worked_more_than_attended"}},
		{"a date alone is told from a serial day", "shift_start,shift_end\n46083.25,46083.5\n", 0, []string{"error A2 shift_start not_a_time", "error B2 shift_end not_a_time"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Read("log.csv", []byte(c.text), hanoi(t))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.problems, told(got)); diff != "" || len(got.Rows) != c.rows {
				t.Errorf("%d rows, want %d; problems (-want +got):\n%s", len(got.Rows), c.rows, diff)
			}
			for _, p := range got.Problems {
				if p.Message == "" || p.Hint == "" || p.Row == 0 {
					t.Errorf("a problem without a message, a hint or a row: %+v", p)
				}
			}
		})
	}
}

func TestSayWhatIsThere(t *testing.T) {
	got, err := Read("log.csv", []byte("shift_start,shift_end,machine,good\n2026-03-02 06:00,2026-03-02 14:00,m,1\n2026-03-02 06:00,2026-03-02 14:00,m,\"1,234\"\n"), hanoi(t))
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range []string{"The same shift, machine, product and order stand in row 2.", "1234 or 1.234?"} {
		if got := got.Problems[n].Message; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	got, err = Read("log.csv", []byte("Ngày,Máy,Kết thúc ca\n"), hanoi(t))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := got.Problems[1].Message, "The column shift_start is missing. There are: Ngày, Máy, Kết thúc ca."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestUnreadable(t *testing.T) {
	wide := "shift_start,shift_end\n" + strings.Repeat(",", 5120+1)
	many := "shift_start,shift_end\n" + strings.Repeat("2026-03-02 06:00,2026-03-02 14:00\n", cells.MostRows+1)
	for _, c := range []struct {
		name string
		data string
		want Code
	}{
		{"nothing", "", cells.Empty},
		{"spaces alone", " \r\n\t", cells.Empty},
		{"a letter", "Kính gửi quý khách", NoHeader},
		{"a header in row 21", strings.Repeat("x\n", 20) + "shift_start,shift_end\n", NoHeader},
		{"Windows-1258", "shift_start,shift_end,M\xe1y\n", cells.NotUTF8},
		{"an old workbook", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", cells.OldWorkbook},
		{"half a workbook", string(file(t, "calc.xlsx")[:2000]), cells.BadWorkbook},
		{"a large file", strings.Repeat("x", MostBytes+1), cells.TooLarge},
		{"many rows", many, cells.TooManyRows},
		{"a wide row", wide, NoHeader},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read("log", []byte(c.data), hanoi(t))
			var got *Unreadable
			if !errors.As(err, &got) || got.Code != c.want || got.Hint == "" {
				t.Errorf("got %v, want %s with a hint", err, c.want)
			}
		})
	}
}

func TestManyProblems(t *testing.T) {
	got, err := Read("log.csv", []byte("shift_start,shift_end,good\n"+strings.Repeat("x,y,z\n", 5_000)), hanoi(t))
	if err != nil {
		t.Fatal(err)
	}
	last := got.Problems[len(got.Problems)-1]
	if len(got.Problems) != cells.MostProblems+1 || last.Code != cells.MoreProblems || last.Value != "5000" {
		t.Errorf("%d problems, the last %+v", len(got.Problems), last)
	}
}
