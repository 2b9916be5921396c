package kpi

import (
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/record"
)

// hanoi has no daylight saving: UTC+7.
func hanoi(t testing.TB) *time.Location {
	t.Helper()
	return location(t, "Asia/Ho_Chi_Minh")
}

func location(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// monday is 1 March 2027, 06:00 in Vietnam.
var monday = time.Date(2027, 2, 28, 23, 0, 0, 0, time.UTC)

func hours(from, to float64) record.Span {
	at := func(h float64) time.Time { return monday.Add(time.Duration(h * float64(time.Hour))) }
	return record.Span{From: at(from), To: at(to)}
}

// dayShift is 06:00 to 14:00 with two breaks of 30 minutes.
func dayShift() *record.Calendar {
	return &record.Calendar{Shifts: []record.Shift{{Name: "day", From: 6 * 60, To: 14 * 60, Breaks: []record.Break{
		{From: 9 * 60, To: 9*60 + 30}, {From: 11 * 60, To: 11*60 + 30},
	}}}}
}

// model is a line of machines that all count.
func model(t testing.TB, cal *record.Calendar, machines ...string) Model {
	return Model{Calendar: calendar.New(cal, hanoi(t)), Machines: machines, Output: machines}
}

// minute is an interval of one press, at so many minutes after monday 06:00, wholly in one state.
func minute(n int, state record.State) account.Interval {
	i := account.Interval{
		Machine: "press", Product: "GB-390", Start: monday.Add(time.Duration(n) * time.Minute),
		PlannedCycle: time.Second, UnitsPerCycle: 1,
	}
	i.States[state] = 60_000
	return i
}

func compute(t testing.TB, m Model, window record.Span, by By, intervals ...account.Interval) []Row {
	t.Helper()
	rows, err := Compute(each(intervals), m, window, by)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// whole is the one row of the line.
func whole(t testing.TB, m Model, window record.Span, intervals ...account.Interval) Row {
	t.Helper()
	rows := compute(t, m, window, Whole, intervals...)
	if len(rows) != 1 {
		t.Fatalf("%d rows, want 1", len(rows))
	}
	return rows[0]
}

func each(intervals []account.Interval) iter.Seq2[account.Interval, error] {
	return func(yield func(account.Interval, error) bool) {
		for _, i := range intervals {
			if !yield(i, nil) {
				return
			}
		}
	}
}

// percent writes a ratio as a person reads it, null where it is undefined.
func percent(f *float64) string {
	if f == nil {
		return "null"
	}
	return fmt.Sprintf("%.2f %%", *f*100)
}

func number[T int64 | float64](n *T) string {
	if n == nil {
		return "null"
	}
	return fmt.Sprint(*n)
}

func sorted(intervals []account.Interval) []account.Interval {
	slices.SortStableFunc(intervals, func(a, b account.Interval) int { return a.Start.Compare(b.Start) })
	return intervals
}
