package shifttable

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/record"
)

func TestHeadings(t *testing.T) {
	all, err := headings()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text, want string
		code       Code
	}{
		{"Bắt đầu ca", shiftStart, ""},
		{"  KẾT_THÚC  ca ", shiftEnd, ""},
		{"Máy", machine, ""},
		{"Sản phẩm", product, ""},
		{"Lệnh sản xuất", order, ""},
		{"Sản xuất", produced, ""},
		{"Tổng sản lượng (viên)", produced, ""},
		{"Đạt", good, ""},
		{"Không đạt", scrap, ""},
		{"Làm lại", rework, ""},
		{"Số người", workers, ""},
		{"Giờ công [h]", attendedHours, ""},
		{"Giờ làm việc", workedHours, ""},
		{"Điện kWh", energyKWh, ""},
		{"điện năng (KWH)", energyKWh, ""},
		{"Điện", energyKWh, UnitMissing},
		{"Điện (đồng)", energyKWh, UnitWrong},
		{"Nguyên liệu (kg)", materialInKg, ""},
		{"material_in_kg", materialInKg, ""},
		{"material_in_kg (t)", materialInKg, UnitWrong},
		{"Thành phẩm (kg)", productOutKg, ""},
		{"Coverage (%)", coverage, UnitWrong},
		{"GHI CHÚ", comment, ""},
		{"Thời tiết", "", ""},
		{"", "", ""},
	} {
		if got, m := headed(all, c.text); got != c.want || m.code != c.code {
			t.Errorf("%q: got %q %q, want %q %q", c.text, got, m.code, c.want, c.code)
		}
	}
	named := map[string]string{}
	for _, c := range columns {
		for _, name := range append([]string{fold(c.name)}, all[c.name].Names...) {
			if other, twice := named[name]; twice || name != fold(name) {
				t.Errorf("%q heads %s and %q, or is not folded", name, c.name, other)
			}
			named[name] = c.name
		}
	}
}

func TestNumbers(t *testing.T) {
	const whole, real, share = "whole", "real", "share"
	for _, c := range []struct {
		text  string
		as    string
		kind  cellKind
		point bool // the file is delimited by commas
		want  float64
		code  Code
	}{
		{"1234", whole, typed, true, 1234, ""},
		{"12.0", whole, typed, true, 12, ""},
		{"12,0", whole, typed, true, 12, ""},
		{"1.234", whole, typed, true, 0, Ambiguous},
		{"1,234", whole, typed, false, 0, Ambiguous},
		{"1.5", whole, typed, true, 0, NotWhole},
		{"1.234.567", whole, typed, true, 0, Thousands},
		{"1 234", whole, typed, true, 0, Thousands},
		{"1.234", whole, numeric, true, 0, NotWhole},
		{"-5", whole, typed, true, 0, Negative},
		{"99999999999999999999", whole, typed, true, 0, NumberTooLarge},
		{"1E+3", whole, numeric, true, 1000, ""},
		{"12,5", real, typed, true, 12.5, ""},
		{"12,5", real, typed, false, 12.5, ""},
		{"12.5", real, typed, false, 12.5, ""},
		{"1.234", real, typed, true, 1.234, ""},
		{"1.234", real, typed, false, 0, Ambiguous},
		{"1,234", real, typed, true, 0, Ambiguous},
		{"0,125", real, typed, false, 0.125, ""},
		{"1234,567", real, typed, false, 1234.567, ""},
		{"1.234.567", real, typed, true, 0, Thousands},
		{"1,234.5", real, typed, true, 0, Thousands},
		{"1.234", real, numeric, false, 1.234, ""},
		{"-0", real, numeric, false, 0, ""},
		{"NaN", real, numeric, false, 0, NotANumber},
		{"0x1p3", real, typed, false, 0, NotANumber},
		{"12h", real, typed, true, 0, NotANumber},
		{"abc", real, typed, true, 0, NotANumber},
		{"-", real, typed, true, 0, NotANumber},
		{"95%", share, typed, true, 0.95, ""},
		{"97,5 %", share, typed, false, 0.975, ""},
		{"7%", share, typed, true, 0.07, ""},
		{"95%", real, typed, true, 0, NotANumber},
	} {
		var got float64
		var m mark
		if c.as == whole {
			var n int64
			n, m = wholeNumber(cell{c.text, c.kind})
			got = float64(n)
		} else {
			got, m = realNumber(cell{c.text, c.kind}, c.point, c.as == share)
		}
		if got != c.want || m.code != c.code || math.Signbit(got) {
			t.Errorf("%s as %s: got %v %q, want %v %q", c.text, c.as, got, m.code, c.want, c.code)
		}
	}
}

func TestMoments(t *testing.T) {
	vn, berlin := hanoi(t), zoneOf(t, "Europe/Berlin")
	six := time.Date(2026, 3, 2, 6, 0, 0, 0, vn)
	for _, c := range []struct {
		text   string
		kind   cellKind
		system int
		zone   *time.Location
		want   time.Time
		code   Code
	}{
		{"2026-03-02T06:00:00+07:00", typed, 1900, vn, six, ""},
		{"2026-03-01T23:00:00Z", typed, 1900, vn, six, ""},
		{"2026-03-02 06:00", typed, 1900, vn, six, ""},
		{"2026-03-02 6:00:00", typed, 1900, vn, six, ""},
		{"02/03/2026  06:00", typed, 1900, vn, six, ""},
		{"2/3/2026 6:00", typed, 1900, vn, six, ""},
		{"46083.25", dated, 1900, vn, six, ""},
		{"44621.25", numeric, 1904, vn, six, ""},
		{"46083.249999999985", dated, 1900, vn, six, ""},
		{"13/13/2026 06:00", typed, 1900, vn, time.Time{}, NotATime},
		{"02/03/26 06:00", typed, 1900, vn, time.Time{}, NotATime},
		{"31/02/2026 06:00", typed, 1900, vn, time.Time{}, NotATime},
		{"02/03/2026", typed, 1900, vn, time.Time{}, TimeMissing},
		{"1e300", numeric, 1900, vn, time.Time{}, NotATime},
		{"2026-10-25 02:30", typed, 1900, berlin, time.Time{}, TimeTwice},
		{"2026-10-25T02:30:00+01:00", typed, 1900, berlin, time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC), ""},
		{"2026-03-29 02:30", typed, 1900, berlin, time.Time{}, TimeSkipped},
	} {
		got, m := momentOf(cell{c.text, c.kind}, c.system, c.zone)
		if !got.Equal(c.want) || m.code != c.code {
			t.Errorf("%s: got %v %q, want %v %q", c.text, got, m.code, c.want, c.code)
		}
	}
}

func TestDateFormats(t *testing.T) {
	for code, want := range map[string]bool{
		"dd/mm/yyyy hh:mm": true, "[$-42A]dd mmmm yyyy": true, "[h]:mm": true, "m/d/yy;@": true,
		"General": false, "0.00": false, `#,##0" days"`: false, `0\d`: false, "[Red]0": false, "@": false, "0.00E+00": false,
	} {
		if got := showsDate(code); got != want {
			t.Errorf("%s: got %t, want %t", code, got, want)
		}
	}
}

// TestCheck holds each rule, at its edge and past it.
func TestCheck(t *testing.T) {
	start := time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		change func(at *time.Time, e *record.ShiftEntry)
		want   []string
	}{
		{"times alone", func(*time.Time, *record.ShiftEntry) {}, nil},
		{"24 hours", func(at *time.Time, e *record.ShiftEntry) { e.ShiftEnd = at.Add(24 * time.Hour) }, nil},
		{"more", func(at *time.Time, e *record.ShiftEntry) { e.ShiftEnd = at.Add(24*time.Hour + time.Second) }, []string{"shift_end shift_too_long"}},
		{"no length", func(at *time.Time, e *record.ShiftEntry) { e.ShiftEnd = *at }, []string{"shift_end end_not_after_start"}},
		{"no times", func(at *time.Time, e *record.ShiftEntry) { *at, e.ShiftEnd = time.Time{}, time.Time{} }, []string{"shift_start missing", "shift_end missing"}},
		{"the year 226", func(at *time.Time, e *record.ShiftEntry) {
			*at = time.Date(226, 3, 2, 6, 0, 0, 0, time.UTC)
			e.ShiftEnd = at.Add(time.Hour)
		}, []string{"shift_start date_far_off", "shift_end date_far_off"}},
		{"microseconds", func(at *time.Time, e *record.ShiftEntry) { *at = at.Add(time.Microsecond) }, []string{"shift_start time_too_fine"}},
		{"good and scrap make all", func(_ *time.Time, e *record.ShiftEntry) {
			e.Produced, e.Good, e.Scrap, e.Rework = known[int64](10), known[int64](7), known[int64](3), known[int64](10)
		}, nil},
		{"good and scrap make more", func(_ *time.Time, e *record.ShiftEntry) {
			e.Produced, e.Good, e.Scrap = known[int64](10), known[int64](7), known[int64](4)
		}, []string{"scrap good_and_scrap_more_than_produced"}},
		{"each is more", func(_ *time.Time, e *record.ShiftEntry) {
			e.Produced, e.Good, e.Scrap, e.Rework = known[int64](1), known[int64](2), known[int64](2), known[int64](2)
		}, []string{"good more_than_produced", "scrap more_than_produced", "rework more_than_produced"}},
		{"what was produced is not known", func(_ *time.Time, e *record.ShiftEntry) { e.Good = known[int64](5) }, nil},
		{"numbers that would wrap", func(_ *time.Time, e *record.ShiftEntry) {
			e.Produced, e.Good, e.Scrap = known[int64](math.MaxInt64), known[int64](math.MaxInt64), known[int64](math.MaxInt64)
		}, []string{"produced number_too_large", "good number_too_large", "scrap number_too_large", "scrap good_and_scrap_more_than_produced"}},
		{"all hours", func(_ *time.Time, e *record.ShiftEntry) {
			e.Workers, e.AttendedHours, e.WorkedHours = known[int64](3), known(24.), known(24.)
		}, nil},
		{"more hours than there are", func(_ *time.Time, e *record.ShiftEntry) {
			e.Workers, e.AttendedHours, e.WorkedHours = known[int64](3), known(24.1), known(24.2)
		}, []string{"worked_hours worked_more_than_attended", "attended_hours attended_more_than_possible"}},
		{"no ratio", func(_ *time.Time, e *record.ShiftEntry) { e.Coverage = known(1.01) }, []string{"coverage not_a_ratio"}},
		{"no number", func(_ *time.Time, e *record.ShiftEntry) { e.EnergyKWh, e.Coverage = known(math.NaN()), known(-0.1) }, []string{"energy_kwh not_a_number", "coverage negative"}},
		{"lines in a comment alone", func(_ *time.Time, e *record.ShiftEntry) { e.Comment, e.Machine = "a\nb", "a\nb" }, []string{"machine text_untidy"}},
		{"spaces around", func(_ *time.Time, e *record.ShiftEntry) { e.Product = "a " }, []string{"product text_untidy"}},
		{"a long name", func(_ *time.Time, e *record.ShiftEntry) { e.Order = string(make([]byte, 101)) }, []string{"order text_too_long", "order text_untidy"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			at, e := start, record.ShiftEntry{ShiftEnd: start.Add(8 * time.Hour)}
			c.change(&at, &e)
			var got []string
			for _, m := range Check(at, e) {
				got = append(got, m.Column+" "+string(m.Code))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
