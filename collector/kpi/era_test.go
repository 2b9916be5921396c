package kpi

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/record"
)

// TestAChangedCalendarChangesNoPast runs a press from 06:00 to 16:00 for two weeks. From the second week on it is meant to
// run until 16:00, before only until 14:00.
func TestAChangedCalendarChangesNoPast(t *testing.T) {
	long := dayShift()
	long.Shifts[0].Name, long.Shifts[0].To = "long", 16*60
	change := monday.Add(7*24*time.Hour - 6*time.Hour) // Monday 00:00
	var all []account.Interval
	for day := range 14 {
		for n := range 600 {
			i := minute(day*1440+n, record.Execute)
			i.Produced, i.Good = 60, 59
			all = append(all, i)
		}
	}
	m := func(c calendar.Line) Model {
		return Model{Calendar: c, Machines: []string{"press"}, Output: []string{"press"}}
	}
	first, second := m(calendar.New(dayShift(), hanoi(t))), m(calendar.New(long, hanoi(t)))
	both := m(calendar.Of(hanoi(t), calendar.Era{Calendar: dayShift()}, calendar.Era{From: change, Calendar: long}))
	weeks := []record.Span{{From: hours(-6, 0).From, To: change}, {From: change, To: change.AddDate(0, 0, 7)}}
	for _, by := range []By{Whole, ByMachine, ByShift, ByHour, ByDay, ByWeek} {
		t.Run(string(by), func(t *testing.T) {
			week1, week2 := compute(t, both, weeks[0], by, all...), compute(t, both, weeks[1], by, all...)
			if diff := cmp.Diff(compute(t, first, weeks[0], by, all...), week1); diff != "" {
				t.Errorf("the first week (-before the change +after it):\n%s", diff)
			}
			if diff := cmp.Diff(compute(t, second, weeks[1], by, all...), week2); diff != "" {
				t.Errorf("the second week (-new calendar +line):\n%s", diff)
			}
			if by == Whole {
				if got, want := []float64{week1[0].PlannedBusyTimeS, week1[0].OvertimeS, week2[0].PlannedBusyTimeS, week2[0].OvertimeS},
					[]float64{7 * 10 * 3600, 7 * 3 * 3600, 7 * 10 * 3600, 7 * 3600}; !cmp.Equal(got, want) {
					t.Errorf("planned and overtime %v, want %v", got, want)
				}
			}
		})
	}
}

// TestALineThatGetsACalendar is one that people declared: until then it is meant to run when they say that it did.
func TestALineThatGetsACalendar(t *testing.T) {
	m := model(t, nil)
	m.Calendar = calendar.Of(hanoi(t), calendar.Era{Logged: true}, calendar.Era{From: hours(18, 0).From, Calendar: dayShift()})
	good := func(l *Logged) { l.Good, l.Scrap = ptr(int64(95)), ptr(int64(5)) }
	m.Log = []Logged{wrote(2, 10, good), wrote(24, 32, good)} // the second from 06:00 to 14:00 of the next day
	days := compute(t, m, hours(-6, 66), ByDay)
	want := []float64{8 * 3600, 7 * 3600, 7 * 3600} // the calendar has breaks, and plans what nobody wrote down
	for n, w := range want {
		if days[n].PlannedBusyTimeS != w {
			t.Errorf("day %d: planned %g s, want %g", n+1, days[n].PlannedBusyTimeS, w)
		}
	}
	if percent(days[0].Coverage) != "100.00 %" || percent(days[1].Coverage) != "100.00 %" || percent(days[2].Coverage) != "0.00 %" {
		t.Errorf("coverage %s, %s, %s", percent(days[0].Coverage), percent(days[1].Coverage), percent(days[2].Coverage))
	}
	var names []string
	for _, r := range compute(t, m, hours(-6, 66), ByShift) {
		names = append(names, r.Shift+" "+number(r.ProducedQuantity)+" "+percent(r.Coverage))
	}
	if diff := cmp.Diff([]string{"day 100 100.00 %", "day null 0.00 %", " 100 100.00 %"}, names); diff != "" {
		t.Errorf("by shift (-want +got):\n%s", diff)
	}
}
