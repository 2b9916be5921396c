package calendar

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/record"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// shift reads "early 06:00-14:00 mon,tue break 09:00-09:15 break ...".
func shift(t *testing.T, text string) (s record.Shift) {
	t.Helper()
	fields := strings.Fields(text)
	s.Name = fields[0]
	s.From, s.To = clockSpan(t, fields[1])
	for i := 2; i < len(fields); i++ {
		if fields[i] == "break" {
			i++
			from, to := clockSpan(t, fields[i])
			s.Breaks = append(s.Breaks, record.Break{From: from, To: to})
			continue
		}
		for day := range strings.SplitSeq(fields[i], ",") {
			var w record.Weekday
			if err := w.UnmarshalText([]byte(day)); err != nil {
				t.Fatal(err)
			}
			s.Days = append(s.Days, w)
		}
	}
	return s
}

func clockSpan(t *testing.T, text string) (from, to record.ClockTime) {
	t.Helper()
	a, b, _ := strings.Cut(text, "-")
	for _, each := range []struct {
		c    *record.ClockTime
		text string
	}{{&from, a}, {&to, b}} {
		if err := each.c.UnmarshalText([]byte(each.text)); err != nil {
			t.Fatal(err)
		}
	}
	return from, to
}

// times writes spans in a zone: "03-01 06:00..14:00".
func times(spans []record.Span, z *time.Location) string {
	var all []string
	for _, s := range spans {
		all = append(all, s.From.In(z).Format("01-02 15:04")+".."+s.To.In(z).Format("15:04"))
	}
	return strings.Join(all, ", ")
}

func named(shifts []Shift, z *time.Location) string {
	var all []string
	for _, s := range shifts {
		all = append(all, fmt.Sprintf("%s of %s %s", s.Name, s.Day[5:], times([]record.Span{{From: s.From, To: s.To}}, z)))
	}
	return strings.Join(all, ", ")
}

// TestShiftsAndPlanned asks for a window of March 2027, whose first is a Monday, in Vietnam.
func TestShiftsAndPlanned(t *testing.T) {
	z := zone(t, "Asia/Ho_Chi_Minh")
	at := func(text string) time.Time {
		v, err := time.ParseInLocation("01-02 15:04 2006", text+" 2027", z)
		if err != nil {
			t.Fatal(err)
		}
		return v.UTC()
	}
	extra := func(name, from, to string) record.ExtraShift {
		return record.ExtraShift{Name: name, From: at(from), To: at(to)}
	}
	holiday := record.Holiday{Date: record.Date{Year: 2027, Month: time.March, Day: 2}, Why: "Tết"}
	const night = "night 22:00-06:00 break 00:00-00:30"
	for _, test := range []struct {
		name     string
		shifts   []string
		holidays []record.Holiday
		extra    []record.ExtraShift
		from, to string
		want     string // shifts
		planned  string
	}{
		{name: "day shift with breaks", shifts: []string{"day 06:00-14:00 break 09:00-09:15 break 11:30-12:00"}, from: "03-01 00:00", to: "03-02 00:00",
			want: "day of 03-01 03-01 06:00..14:00", planned: "03-01 06:00..09:00, 03-01 09:15..11:30, 03-01 12:00..14:00"},
		{name: "breaks in any order", shifts: []string{"day 06:00-14:00 break 11:30-12:00 break 09:00-09:15"}, from: "03-01 00:00", to: "03-02 00:00",
			want: "day of 03-01 03-01 06:00..14:00", planned: "03-01 06:00..09:00, 03-01 09:15..11:30, 03-01 12:00..14:00"},
		{name: "over midnight", shifts: []string{night}, from: "03-02 00:00", to: "03-03 00:00",
			want:    "night of 03-01 03-01 22:00..06:00, night of 03-02 03-02 22:00..06:00",
			planned: "03-02 00:30..06:00, 03-02 22:00..00:00"},
		{name: "break over midnight", shifts: []string{"night 22:00-06:00 break 23:45-00:15"}, from: "03-01 12:00", to: "03-02 12:00",
			want: "night of 03-01 03-01 22:00..06:00", planned: "03-01 22:00..23:45, 03-02 00:15..06:00"},
		{name: "break at both ends", shifts: []string{"day 06:00-14:00 break 06:00-06:10 break 13:50-14:00"}, from: "03-01 00:00", to: "03-02 00:00",
			want: "day of 03-01 03-01 06:00..14:00", planned: "03-01 06:10..13:50"},
		{name: "to midnight", shifts: []string{"late 16:00-24:00"}, from: "03-01 00:00", to: "03-02 12:00",
			want: "late of 03-01 03-01 16:00..00:00", planned: "03-01 16:00..00:00"},
		{name: "around the clock", shifts: []string{"all 06:00-06:00"}, from: "03-01 12:00", to: "03-02 12:00",
			want:    "all of 03-01 03-01 06:00..06:00, all of 03-02 03-02 06:00..06:00",
			planned: "03-01 12:00..06:00, 03-02 06:00..12:00"},
		{name: "only on its days", shifts: []string{"day 06:00-14:00 mon,wed"}, from: "03-01 00:00", to: "03-05 00:00",
			want:    "day of 03-01 03-01 06:00..14:00, day of 03-03 03-03 06:00..14:00",
			planned: "03-01 06:00..14:00, 03-03 06:00..14:00"},
		{name: "holiday ends no shift that began before it", shifts: []string{night, "day 06:00-14:00"}, holidays: []record.Holiday{holiday},
			from: "03-01 20:00", to: "03-03 08:00",
			want:    "night of 03-01 03-01 22:00..06:00, day of 03-03 03-03 06:00..14:00",
			planned: "03-01 22:00..00:00, 03-02 00:30..06:00, 03-03 06:00..08:00"},
		{name: "extra shift on a holiday", shifts: []string{"day 06:00-14:00"}, holidays: []record.Holiday{holiday},
			extra: []record.ExtraShift{extra("extra", "03-02 08:00", "03-02 12:00")}, from: "03-02 00:00", to: "03-03 00:00",
			want: "extra of 03-02 03-02 08:00..12:00", planned: "03-02 08:00..12:00"},
		{name: "the pattern gives way to an extra shift", shifts: []string{"early 06:00-14:00", "late 14:00-22:00"},
			extra: []record.ExtraShift{extra("inventory", "03-01 13:00", "03-01 14:00")}, from: "03-01 00:00", to: "03-02 00:00",
			want:    "inventory of 03-01 03-01 13:00..14:00, late of 03-01 03-01 14:00..22:00",
			planned: "03-01 13:00..14:00, 03-01 14:00..22:00"},
		{name: "an extra shift outside the window still displaces", shifts: []string{"day 06:00-14:00"},
			extra: []record.ExtraShift{extra("inventory", "03-01 06:00", "03-01 07:00")}, from: "03-01 10:00", to: "03-01 12:00"},
		{name: "extra shifts that overlap", extra: []record.ExtraShift{extra("a", "03-01 06:00", "03-01 10:00"), extra("b", "03-01 08:00", "03-01 12:00")},
			from: "03-01 00:00", to: "03-02 00:00",
			want: "a of 03-01 03-01 06:00..10:00, b of 03-01 03-01 08:00..12:00", planned: "03-01 06:00..10:00, 03-01 10:00..12:00"},
		{name: "window within a break", shifts: []string{"day 06:00-14:00 break 09:00-09:15"}, from: "03-01 09:05", to: "03-01 09:10",
			want: "day of 03-01 03-01 06:00..14:00"},
		{name: "window that cuts on both sides", shifts: []string{"day 06:00-14:00 break 09:00-09:15"}, from: "03-01 09:10", to: "03-01 10:00",
			want: "day of 03-01 03-01 06:00..14:00", planned: "03-01 09:15..10:00"},
		{name: "window that only touches", shifts: []string{"day 06:00-14:00"}, from: "03-01 14:00", to: "03-02 06:00"},
		{name: "empty window", shifts: []string{"day 06:00-14:00"}, from: "03-01 08:00", to: "03-01 08:00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			cal := record.Calendar{Holidays: test.holidays, Extra: test.extra}
			for _, text := range test.shifts {
				cal.Shifts = append(cal.Shifts, shift(t, text))
			}
			l, window := New(&cal, z), record.Span{From: at(test.from), To: at(test.to)}
			shifts := l.Shifts(window)
			if got := named(shifts, z); got != test.want {
				t.Errorf("shifts\n got %s\nwant %s", got, test.want)
			}
			planned := l.Planned(window)
			if got := times(planned, z); got != test.planned {
				t.Errorf("planned\n got %s\nwant %s", got, test.planned)
			}
			if len(test.extra) == 2 {
				return // overlapping shifts have more time than the line
			}
			var sum, each time.Duration
			for _, s := range planned {
				sum += s.Duration()
			}
			for _, s := range shifts {
				each += s.Planned(window)
			}
			if sum != each {
				t.Errorf("planned %s, by shift %s", sum, each)
			}
		})
	}
}

func TestWithoutCalendar(t *testing.T) {
	l := New(nil, time.UTC)
	window := record.Span{From: time.Unix(0, 0).UTC(), To: time.Unix(90, 0).UTC()}
	if got := l.Planned(window); !slices.Equal(got, []record.Span{window}) {
		t.Errorf("planned %v, want all of %v", got, window)
	}
	if got := l.Planned(record.Span{From: window.To, To: window.From}); got != nil {
		t.Errorf("planned in a window that runs backwards: %v", got)
	}
	if got := l.Shifts(window); got != nil {
		t.Errorf("shifts %v, want none", got)
	}
	if _, ok := l.At(window.From); ok {
		t.Error("a shift runs, and there are none")
	}
}

// TestAt has a shift's first moment in it and its last one not.
func TestAt(t *testing.T) {
	z := zone(t, "Asia/Ho_Chi_Minh")
	l := New(&record.Calendar{Shifts: []record.Shift{shift(t, "early 06:00-14:00"), shift(t, "late 14:00-22:00 break 18:00-18:30")}}, z)
	for _, test := range []struct {
		name string
		at   time.Time
		want string
	}{
		{"before", time.Date(2027, 3, 1, 5, 59, 59, 999e6, z), ""},
		{"from", time.Date(2027, 3, 1, 6, 0, 0, 0, z), "early"},
		{"last millisecond", time.Date(2027, 3, 1, 13, 59, 59, 999e6, z), "early"},
		{"handover", time.Date(2027, 3, 1, 14, 0, 0, 0, z), "late"},
		{"in a break", time.Date(2027, 3, 1, 18, 15, 0, 0, z), "late"},
		{"to", time.Date(2027, 3, 1, 22, 0, 0, 0, z), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, ok := l.At(test.at)
			if s.Name != test.want || ok != (test.want != "") {
				t.Errorf("got %q, %t, want %q", s.Name, ok, test.want)
			}
		})
	}
}

// TestClocksThatChange has days of 23 and 25 hours, and places where a day does not begin at midnight.
func TestClocksThatChange(t *testing.T) {
	for _, test := range []struct {
		name, zone, shift string
		day               time.Time // any time of that day in UTC
		planned           time.Duration
		want              string
	}{
		{"23 hours", "Europe/Berlin", "all 00:00-24:00", time.Date(2027, 3, 28, 12, 0, 0, 0, time.UTC), 23 * time.Hour, "03-28 00:00..00:00"},
		{"25 hours", "Europe/Berlin", "all 00:00-24:00", time.Date(2027, 10, 31, 12, 0, 0, 0, time.UTC), 25 * time.Hour, "10-31 00:00..00:00"},
		{"a night of 7 hours", "Europe/Berlin", "night 22:00-06:00", time.Date(2027, 3, 28, 12, 0, 0, 0, time.UTC), 7 * time.Hour, "03-28 00:00..06:00, 03-28 22:00..00:00"},
		{"a night of 9 hours", "Europe/Berlin", "night 22:00-06:00", time.Date(2027, 10, 31, 12, 0, 0, 0, time.UTC), 9 * time.Hour, "10-31 00:00..06:00, 10-31 22:00..00:00"},
		{"a day shift as ever", "Europe/Berlin", "day 06:00-14:00", time.Date(2027, 3, 28, 12, 0, 0, 0, time.UTC), 8 * time.Hour, "03-28 06:00..14:00"},
		{"no midnight", "America/Santiago", "day 06:00-14:00", time.Date(2024, 9, 8, 12, 0, 0, 0, time.UTC), 8 * time.Hour, "09-08 06:00..14:00"},
		{"no midnight, east", "Africa/Cairo", "day 06:00-14:00", time.Date(2024, 4, 26, 12, 0, 0, 0, time.UTC), 8 * time.Hour, "04-26 06:00..14:00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			z := zone(t, test.zone)
			l := New(&record.Calendar{Shifts: []record.Shift{shift(t, test.shift)}}, z)
			before := test.day.In(z).AddDate(0, 0, -1)
			window := record.Span{From: NextDay(before).UTC(), To: NextDay(test.day.In(z)).UTC()}
			planned := l.Planned(window)
			var sum time.Duration
			for _, s := range planned {
				sum += s.Duration()
			}
			if sum != test.planned || times(planned, z) != test.want {
				t.Errorf("got %s in %s, want %s in %s", sum, times(planned, z), test.planned, test.want)
			}
		})
	}
}

func TestNextDay(t *testing.T) {
	for _, test := range []struct{ name, zone, from, want string }{
		{"plain", "Asia/Ho_Chi_Minh", "2027-03-01T23:59:59+07:00", "2027-03-02T00:00:00+07:00"},
		{"25 hours", "Europe/Berlin", "2027-10-31T00:00:00+02:00", "2027-11-01T00:00:00+01:00"},
		{"into a day without midnight", "America/Santiago", "2024-09-07T00:00:00-04:00", "2024-09-08T01:00:00-03:00"},
		{"from just before it", "America/Santiago", "2024-09-07T23:30:00-04:00", "2024-09-08T01:00:00-03:00"},
		{"out of it", "America/Santiago", "2024-09-08T01:00:00-03:00", "2024-09-09T00:00:00-03:00"},
		{"into one, east", "Africa/Cairo", "2024-04-25T10:00:00+02:00", "2024-04-26T01:00:00+03:00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			from, err := time.Parse(time.RFC3339, test.from)
			if err != nil {
				t.Fatal(err)
			}
			if got := NextDay(from.In(zone(t, test.zone))).Format(time.RFC3339); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
