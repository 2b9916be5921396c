package shifttable

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/cells"
	"github.com/lineproof/lineproof/record"
)

func TestHeadings(t *testing.T) {
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
		{"Điện", energyKWh, cells.UnitMissing},
		{"Điện (đồng)", energyKWh, cells.UnitWrong},
		{"Nguyên liệu (kg)", materialInKg, ""},
		{"material_in_kg", materialInKg, ""},
		{"material_in_kg (t)", materialInKg, cells.UnitWrong},
		{"Thành phẩm (kg)", productOutKg, ""},
		{"Coverage (%)", coverage, cells.UnitWrong},
		{"GHI CHÚ", comment, ""},
		{"Thời tiết", "", ""},
		{"", "", ""},
	} {
		if got, unit, err := form.Heading(c.text); got != c.want || unit != c.code || err != nil {
			t.Errorf("%q: got %q %q %v, want %q %q", c.text, got, unit, err, c.want, c.code)
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
