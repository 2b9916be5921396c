package blockpress

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/record"
)

// TestSections lists a calendar's working time as a person would write it.
func TestSections(t *testing.T) {
	clock := func(h, m int) record.ClockTime { return record.ClockTime(60*h + m) }
	date := func(d int) record.Date { return record.Date{Year: 2026, Month: time.March, Day: d} }
	instant := func(s string) time.Time {
		at, err := time.ParseInLocation("2006-01-02 15:04", s, monday.Location())
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	night := record.Shift{Name: "night", From: clock(22, 0), To: clock(6, 0), Breaks: []record.Break{
		{From: clock(2, 0), To: clock(2, 30)}, {From: clock(23, 45), To: clock(0, 15)}}}
	for _, tt := range []struct {
		name     string
		calendar record.Calendar
		from, to string
		want     []string
	}{
		{"shift over midnight, breaks out of order", record.Calendar{Shifts: []record.Shift{night}}, "2026-03-02 12:00", "2026-03-03 12:00",
			[]string{"02 22:00-23:45 first", "03 00:15-02:00", "03 02:30-06:00 last"}},
		{"begun yesterday", record.Calendar{Shifts: []record.Shift{night}}, "2026-03-02 03:00", "2026-03-02 12:00",
			[]string{"02 02:30-06:00 last"}},
		{"all day", record.Calendar{Shifts: []record.Shift{{From: 0, To: clock(24, 0)}}}, "2026-03-02 00:00", "2026-03-03 00:00",
			[]string{"02 00:00-00:00 first last"}},
		{"same end as start is a whole day", record.Calendar{Shifts: []record.Shift{{From: clock(6, 0), To: clock(6, 0)}}}, "2026-03-02 06:00", "2026-03-03 06:00",
			[]string{"02 06:00-06:00 first last"}},
		{"break at the end", record.Calendar{Shifts: []record.Shift{{From: clock(6, 0), To: clock(8, 0), Breaks: []record.Break{{From: clock(7, 30), To: clock(8, 0)}}}}},
			"2026-03-02 06:00", "2026-03-02 09:00", []string{"02 06:00-07:30 first last"}},
		{"only Sunday", record.Calendar{Shifts: []record.Shift{{From: clock(6, 0), To: clock(8, 0), Days: []record.Weekday{record.Weekday(time.Sunday)}}}},
			"2026-03-02 06:00", "2026-03-20 09:00", []string{"08 06:00-08:00 first last", "15 06:00-08:00 first last"}},
		{"holidays", record.Calendar{Shifts: []record.Shift{{From: clock(6, 0), To: clock(8, 0)}}, Holidays: []record.Holiday{{Date: date(3)}, {Date: date(4)}}},
			"2026-03-02 06:00", "2026-03-05 09:00", []string{"02 06:00-08:00 first last", "05 06:00-08:00 first last"}},
		{"extra shift on a holiday", record.Calendar{Holidays: []record.Holiday{{Date: date(3)}}, Extra: []record.ExtraShift{
			{From: instant("2026-03-03 10:00"), To: instant("2026-03-03 12:00")}}}, "2026-03-02 06:00", "2026-03-05 09:00", []string{"03 10:00-12:00 first last"}},
		{"nothing", record.Calendar{}, "2026-03-02 06:00", "2026-03-05 09:00", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := &worktime{cal: tt.calendar, loc: monday.Location()}
			var got []string
			for at := instant(tt.from).UnixMilli(); at < instant(tt.to).UnixMilli(); {
				s := w.at(at)
				if s.from < s.to && s.from < instant(tt.to).UnixMilli() {
					got = append(got, describe(s))
				}
				at = s.to
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func describe(s section) string {
	at := func(ms int64) time.Time { return time.UnixMilli(ms).In(monday.Location()) }
	text := at(s.from).Format("02 15:04") + "-" + at(s.to).Format("15:04")
	if s.first {
		text += " first"
	}
	if s.last {
		text += " last"
	}
	return text
}
