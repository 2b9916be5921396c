package calendar

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/record"
)

// hanoi reads "03-01 15:04" of 2027, whose 1 March is a Monday.
func hanoi(t *testing.T, text string) time.Time {
	t.Helper()
	v, err := time.ParseInLocation("01-02 15:04 2006", text+" 2027", zone(t, "Asia/Ho_Chi_Minh"))
	if err != nil {
		t.Fatal(err)
	}
	return v.UTC()
}

func TestEras(t *testing.T) {
	z := zone(t, "Asia/Ho_Chi_Minh")
	pattern := func(texts ...string) *record.Calendar {
		cal := &record.Calendar{}
		for _, text := range texts {
			cal.Shifts = append(cal.Shifts, shift(t, text))
		}
		return cal
	}
	overtime := func(cal *record.Calendar, from, to string) *record.Calendar {
		cal.Extra = append(cal.Extra, record.ExtraShift{Name: "extra", From: hanoi(t, from), To: hanoi(t, to)})
		return cal
	}
	early, night := "early 06:00-14:00 break 10:00-10:30", "night 22:00-06:00 break 02:00-02:30"
	for _, test := range []struct {
		name     string
		eras     []Era
		from, to string
		want     string
		planned  string
	}{
		{"between shifts", []Era{{Calendar: pattern(early)}, {From: hanoi(t, "03-02 00:00"), Calendar: pattern("late 14:00-22:00")}},
			"03-01 00:00", "03-03 00:00", "early of 03-01 03-01 06:00..14:00, late of 03-02 03-02 14:00..22:00",
			"03-01 06:00..10:00, 03-01 10:30..14:00, 03-02 14:00..22:00"},
		{"a night runs on with its break", []Era{{Calendar: pattern(night)}, {From: hanoi(t, "03-02 00:00"), Calendar: pattern("day 08:00-16:00")}},
			"03-01 12:00", "03-02 12:00", "night of 03-01 03-01 22:00..06:00, day of 03-02 03-02 08:00..16:00",
			"03-01 22:00..02:00, 03-02 02:30..06:00, 03-02 08:00..12:00"},
		{"the new shift begins when the old one ends", []Era{{Calendar: pattern(night)}, {From: hanoi(t, "03-02 00:00"), Calendar: pattern("day 05:00-16:00 break 05:30-06:30 break 12:00-12:30")}},
			"03-02 00:00", "03-03 00:00", "night of 03-01 03-01 22:00..06:00, day of 03-02 03-02 06:00..16:00",
			"03-02 00:00..02:00, 03-02 02:30..06:00, 03-02 06:30..12:00, 03-02 12:30..16:00"},
		{"a new shift within an old one is none", []Era{{Calendar: pattern(night)}, {From: hanoi(t, "03-02 00:00"), Calendar: pattern("short 01:00-05:00 tue", "day 08:00-16:00")}},
			"03-02 00:00", "03-03 00:00", "night of 03-01 03-01 22:00..06:00, day of 03-02 03-02 08:00..16:00",
			"03-02 00:00..02:00, 03-02 02:30..06:00, 03-02 08:00..16:00"},
		{"as a shift begins", []Era{{Calendar: pattern(early)}, {From: hanoi(t, "03-02 06:00"), Calendar: pattern("day 06:00-15:00")}},
			"03-02 00:00", "03-03 00:00", "day of 03-02 03-02 06:00..15:00", "03-02 06:00..15:00"},
		{"in the middle of a shift of both", []Era{{Calendar: pattern(early)}, {From: hanoi(t, "03-02 09:00"), Calendar: pattern("early 06:00-15:00")}},
			"03-02 00:00", "03-04 00:00", "early of 03-02 03-02 06:00..14:00, early of 03-03 03-03 06:00..15:00",
			"03-02 06:00..10:00, 03-02 10:30..14:00, 03-03 06:00..15:00"},
		{"overtime that was planned goes with its calendar", []Era{{Calendar: overtime(pattern(early), "03-02 15:00", "03-02 17:00")}, {From: hanoi(t, "03-02 00:00"), Calendar: pattern(early)}},
			"03-02 12:00", "03-03 00:00", "early of 03-02 03-02 06:00..14:00", "03-02 12:00..14:00"},
		{"a shift that gave way to overtime after the change does not come back", []Era{{Calendar: overtime(pattern(night), "03-02 04:00", "03-02 06:00")}, {From: hanoi(t, "03-02 00:00"), Calendar: pattern(early)}},
			"03-01 20:00", "03-02 08:00", "early of 03-02 03-02 06:00..14:00", "03-02 06:00..08:00"},
		{"overtime that runs on", []Era{{Calendar: overtime(pattern(), "03-01 20:00", "03-02 04:00")}, {From: hanoi(t, "03-02 00:00"), Calendar: overtime(pattern(), "03-01 23:00", "03-02 05:00")}},
			"03-01 00:00", "03-03 00:00", "extra of 03-01 03-01 20:00..04:00", "03-01 20:00..04:00"},
		{"around the clock once the shift is over", []Era{{Calendar: pattern(early)}, {From: hanoi(t, "03-01 09:00")}},
			"03-01 00:00", "03-02 00:00", "early of 03-01 03-01 06:00..14:00", "03-01 06:00..10:00, 03-01 10:30..14:00, 03-01 14:00..00:00"},
		{"no longer around the clock", []Era{{}, {From: hanoi(t, "03-01 09:00"), Calendar: pattern(early)}},
			"03-01 00:00", "03-02 12:00", "early of 03-02 03-02 06:00..14:00", "03-01 00:00..09:00, 03-02 06:00..10:00, 03-02 10:30..12:00"},
		{"before it, people's word", []Era{{Logged: true}, {From: hanoi(t, "03-01 09:00"), Calendar: pattern(early)}},
			"03-01 00:00", "03-02 12:00", "early of 03-02 03-02 06:00..14:00", "03-02 06:00..10:00, 03-02 10:30..12:00"},
		{"two changes within one shift", []Era{{Calendar: pattern(early)}, {From: hanoi(t, "03-01 08:00"), Calendar: pattern("a 09:00-20:00")}, {From: hanoi(t, "03-01 12:00"), Calendar: pattern("b 13:00-21:00")}},
			"03-01 00:00", "03-02 00:00", "early of 03-01 03-01 06:00..14:00, b of 03-01 03-01 14:00..21:00",
			"03-01 06:00..10:00, 03-01 10:30..14:00, 03-01 14:00..21:00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			l, window := Of(z, test.eras...), record.Span{From: hanoi(t, test.from), To: hanoi(t, test.to)}
			if got := named(l.Shifts(window), z); got != test.want {
				t.Errorf("shifts\n got %s\nwant %s", got, test.want)
			}
			if got := times(l.Planned(window), z); got != test.planned {
				t.Errorf("planned\n got %s\nwant %s", got, test.planned)
			}
		})
	}
}

func TestLogged(t *testing.T) {
	z := zone(t, "Asia/Ho_Chi_Minh")
	l := Of(z, Era{Logged: true}, Era{From: hanoi(t, "03-01 09:00"), Calendar: &record.Calendar{}}, Era{From: hanoi(t, "03-02 09:00")})
	window := record.Span{From: hanoi(t, "03-01 00:00"), To: hanoi(t, "03-03 00:00")}
	if got, want := times(l.Logged(window), z), "03-01 00:00..09:00"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestPublicHolidaysAreOff works through Tết of 2027, which is on 6 February, a Saturday.
func TestPublicHolidaysAreOff(t *testing.T) {
	cal := &record.Calendar{Shifts: []record.Shift{shift(t, "night 22:00-06:00")}, Public: "vn", Working: []record.Date{{Year: 2027, Month: 2, Day: 9}}}
	z := zone(t, "Asia/Ho_Chi_Minh")
	got := named(New(cal, z).Shifts(record.Span{From: hanoi(t, "02-04 12:00"), To: hanoi(t, "02-11 12:00")}), z)
	want := "night of 02-04 02-04 22:00..06:00, night of 02-09 02-09 22:00..06:00, night of 02-10 02-10 22:00..06:00"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestAChangeChangesNothingBefore tries calendars and times of change at random: what was planned up to a change stays so,
// what begins once nothing runs on is as the new calendar plans it, and no minute belongs to two shifts.
func TestAChangeChangesNothingBefore(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 19))
	z := zone(t, "Asia/Ho_Chi_Minh")
	some := func() *record.Calendar {
		cal := &record.Calendar{}
		at := rng.IntN(600)
		for n := range 1 + rng.IntN(3) { // shifts of one day, the last of which may go over midnight
			length := 60 + rng.IntN(420)
			to := (at + length) % 1440
			cal.Shifts = append(cal.Shifts, record.Shift{Name: fmt.Sprint(n), From: record.ClockTime(at % 1440), To: record.ClockTime(to),
				Breaks: []record.Break{{From: record.ClockTime((at + 20) % 1440), To: record.ClockTime((at + 40) % 1440)}}})
			at += length
		}
		return cal
	}
	monday := hanoi(t, "03-01 00:00")
	at := func(minute int) time.Time { return monday.Add(time.Duration(minute) * time.Minute) }
	for range 300 {
		first, second := some(), some()
		change := at(rng.IntN(5 * 1440))
		before, after, both := New(first, z), New(second, z), Of(z, Era{Calendar: first}, Era{From: change, Calendar: second})
		week := record.Span{From: monday, To: at(7 * 1440)}
		past := record.Span{From: monday, To: change}
		if diff := cmp.Diff(before.Planned(past), both.Planned(past)); diff != "" {
			t.Fatalf("before %s (-was +is):\n%s", change, diff)
		}
		shifts := both.Shifts(week)
		over := change
		for _, s := range shifts {
			if s.From.Before(change) {
				over = later(over, s.To)
			}
		}
		free := func(all []Shift) []Shift {
			return slices.DeleteFunc(slices.Clone(all), func(s Shift) bool { return s.From.Before(over) || s.From.Equal(over) })
		}
		if diff := cmp.Diff(free(after.Shifts(week)), free(shifts)); diff != "" {
			t.Fatalf("after %s (-new calendar +line):\n%s", over, diff)
		}
		for n, s := range shifts[1:] {
			if s.From.Before(shifts[n].To) {
				t.Fatalf("%s begins at %s, before %s ends at %s", s.Name, s.From, shifts[n].Name, shifts[n].To)
			}
		}
	}
}
