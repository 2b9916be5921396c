package protocol_test

import (
	"errors"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/collector/study/protocol"
	"github.com/lineproof/lineproof/record"
)

// TestMeansAreOfWhatWasKnown: weighted by time, of one machine's measure, of shifts of which half is known at least.
func TestMeansAreOfWhatWasKnown(t *testing.T) {
	type minutes []account.Interval
	of := record.StudyCovariate{Column: "temperature", Machine: "oven", Measure: "air"}
	at := func(all *minutes, from time.Time, n int, value float64, ms int64) {
		for i := range n {
			*all = append(*all, account.Interval{Machine: "oven", Start: from.Add(time.Duration(i) * time.Minute), Measures: map[string]account.Measure{
				"air": {Count: 1, Sum: value * float64(ms), Weight: ms}, "other": {Count: 1, Sum: 1e9, Weight: ms}}})
		}
	}
	day := before // two shifts of 8 hours, from 06:00 and 22:00
	first, second := day.Add(6*time.Hour), day.Add(22*time.Hour)
	var all minutes
	at(&all, first.Add(-time.Hour), 60, 99, 60_000) // of no shift
	at(&all, first, 120, 20, 60_000)
	at(&all, first.Add(2*time.Hour), 240, 30, 30_000) // half of each minute
	all = append(all, account.Interval{Machine: "press", Start: first.Add(7 * time.Hour), Measures: map[string]account.Measure{"air": {Sum: 1e9, Weight: 60_000}}})
	at(&all, second, 239, 25, 60_000) // a minute less than half of the shift
	yield := func(yield func(account.Interval, error) bool) {
		for _, i := range all {
			if !yield(i, nil) {
				return
			}
		}
	}
	side := record.StudySide{From: day, To: day.AddDate(0, 0, 1)}
	means, err := protocol.Means(yield, calendar.New(&shifts, hanoi), side, of)
	if err != nil || len(means) != 1 || means[first.UnixMilli()] != 25 {
		t.Errorf("%v, %v", means, err)
	}
	lost := errors.New("the disk is gone")
	if _, err := protocol.Means(func(yield func(account.Interval, error) bool) { yield(account.Interval{}, lost) }, calendar.New(&shifts, hanoi), side, of); !errors.Is(err, lost) {
		t.Errorf("%v", err)
	}
}
