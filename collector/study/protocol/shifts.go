package protocol

import (
	"time"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/record"
)

// Row is what is known of one shift, or of one machine or product of it, in the columns of the shift log.
type Row struct {
	Start time.Time
	Entry record.ShiftEntry
}

// Shifts takes the rows of each shift together, those with the same beginning and end, in the order of the first of each.
// planned is the time that one unit is meant to take, for OEE.
func Shifts(rows []Row, m outcome.Metric, planned time.Duration, zone *time.Location) []outcome.Shift {
	type times struct{ start, end int64 }
	var order []times
	byShift := map[times][]Row{}
	for _, row := range rows {
		k := times{row.Start.UnixMilli(), row.Entry.ShiftEnd.UnixMilli()}
		if byShift[k] == nil {
			order = append(order, k)
		}
		byShift[k] = append(byShift[k], row)
	}
	shifts := []outcome.Shift{}
	for _, k := range order {
		shifts = append(shifts, shift(byShift[k], m, planned, zone))
	}
	return shifts
}

// shift is what the rows of one shift are together. Its coverage is the least that a row says.
func shift(rows []Row, m outcome.Metric, planned time.Duration, zone *time.Location) outcome.Shift {
	first := rows[0]
	length := running(first)
	s := outcome.Shift{Start: first.Start.In(zone), Hours: length.Hours(), Cluster: first.Entry.Cluster}
	var entries []record.ShiftEntry
	for _, row := range rows {
		entries = append(entries, row.Entry)
		if c := row.Entry.Coverage; c != nil && (s.Coverage == nil || *c < *s.Coverage) {
			s.Coverage = c
		}
	}
	coverage := 1.
	if s.Coverage != nil {
		coverage = *s.Coverage
	}
	if m.Name != "" {
		s.Pair, s.Known = m.Of(entries, length, coverage, planned)
	}
	if m.Baseline {
		s.Energy = m.Energy(entries)
	}
	if m.Covariate != "" {
		s.Covariate = covariate(rows)
		s.Known = s.Known && s.Covariate != nil
	}
	return s
}

// covariate is that of a shift, which all of its rows agree on that say it; nil where none does, or two differ.
func covariate(rows []Row) (value *float64) {
	for _, row := range rows {
		if v := row.Entry.Temperature; v != nil && value != nil && *v != *value {
			return nil
		} else if v != nil {
			value = v
		}
	}
	return value
}

// running is how long the line was meant to run in a row's shift: without breaks, where that is known.
func running(r Row) time.Duration {
	if p := r.Entry.PlannedHours; p != nil && *p > 0 {
		return time.Duration(*p * float64(time.Hour))
	}
	return r.Entry.ShiftEnd.Sub(r.Start)
}

// Excluded is the index of the exclusion that a shift falls under, by the day on which it begins; else -1.
func Excluded(all []record.StudyExclusion, start time.Time, zone *time.Location) int {
	y, m, d := start.In(zone).Date()
	on := record.Date{Year: y, Month: m, Day: d}
	for i, e := range all {
		if on.Compare(e.From) >= 0 && on.Compare(e.To) <= 0 {
			return i
		}
	}
	return -1
}
