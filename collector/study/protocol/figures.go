package protocol

import (
	"math"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// Figures are what is known of the line of one side.
type Figures struct {
	Calendar calendar.Line
	Rows     []kpi.Row         // by shift, over Window, of the machines that Model lets count
	Log      []entries.Entry   // of shifts that begin in Window; replaced ones are passed over
	Records  []Row             // of the file that the side names
	Means    map[int64]float64 // of a metered side's covariate, by Means; nil: the protocol names none
	Until    time.Time         // a shift that ends later is not over, or can still grow
}

// Window is the time over which figures of a side are needed. It is longer than the side, for shifts reach over its edges.
func Window(s record.StudySide) record.Span {
	return record.Span{From: s.From.Add(-record.LongestShift).UTC(), To: s.To.Add(record.LongestShift).UTC()}
}

// Model is a line's model as a protocol counts it: the line as it is, or one of its machines.
func Model(m kpi.Model, machine string) kpi.Model {
	if machine != "" {
		m.Output = []string{machine}
	}
	return m
}

// Side is what one side of a study has so far.
type Side struct {
	Rows    []Row    // of shifts that are over and that no exclusion leaves out, in order of time
	Names   []string // of the shift of each row, as the calendar has it; empty where there is none
	Flags   [][]string
	Planned int // shifts that the calendar has in the whole period, without those left out; 0 where the line has no shifts
	Grade   outcome.Grade
	Notes   []tongue.Message
}

// sideOf finds the shifts of one side.
func (v Version) sideOf(s record.StudySide, f Figures, name tongue.Message) Side {
	side := Side{Grade: outcome.Declared}
	left := make([]int, len(v.Exclude))
	keeps := func(start time.Time) bool {
		i := Excluded(v.Exclude, start, f.Calendar.Zone())
		if i >= 0 {
			left[i]++
		}
		return i < 0
	}
	var shifts []calendar.Shift
	for _, shift := range f.Calendar.Shifts(record.Span{From: s.From, To: s.To}) {
		if begins(s, shift.From) && Excluded(v.Exclude, shift.From, f.Calendar.Zone()) < 0 {
			side.Planned++
		}
		if begins(s, shift.From) && !shift.To.After(f.Until) {
			shifts = append(shifts, shift)
		}
	}
	switch s.Source {
	case record.StudyMetered:
		side.metered(shifts, f, keeps)
		if slices.Contains(v.metric().Needs, attended) {
			side.grade(f.logOf(s, "", hasHours), name)
		}
	case record.StudyLog:
		said := f.logOf(s, v.Machine, nil)
		said = slices.DeleteFunc(said, func(e entries.Entry) bool { return !keeps(e.Start) })
		side.log(said, shifts)
		side.grade(said, name)
	case record.StudyImported:
		side.Grade = outcome.Imported
		for _, r := range f.Records {
			if begins(s, r.Start) && !r.Entry.ShiftEnd.After(f.Until) && keeps(r.Start) {
				side.add(r, "", nil)
			}
		}
	}
	for i, n := range left {
		if n > 0 {
			e := v.Exclude[i]
			side.Notes = append(side.Notes, tongue.M("study.left_out", "side", name, "shifts", n, "from", e.From, "to", e.To, "why", e.Why))
		}
	}
	return side
}

const attended = "attended_hours"

// begins tells whether a shift belongs to a side, which is by its beginning.
func begins(s record.StudySide, start time.Time) bool {
	return record.Span{From: s.From, To: s.To}.Holds(start)
}

func (s *Side) add(r Row, name string, flags []string) {
	s.Rows, s.Names, s.Flags = append(s.Rows, r), append(s.Names, name), append(s.Flags, flags)
}

// metered takes the shifts of the calendar with what was metered in each.
func (s *Side) metered(shifts []calendar.Shift, f Figures, keeps func(time.Time) bool) {
	s.Grade = outcome.Metered
	at := map[int64]kpi.Row{}
	for _, r := range f.Rows {
		at[r.From.UnixMilli()] = r
	}
	for _, shift := range shifts {
		if keeps(shift.From) {
			r := at[shift.From.UnixMilli()]
			e := entryOf(r, shift)
			if mean, ok := f.Means[shift.From.UnixMilli()]; ok {
				e.Temperature = &mean
			}
			s.add(Row{shift.From, e}, shift.Name, r.Flags)
		}
	}
}

// entryOf is a row of metered figures in the columns of the shift log. What people wrote down of a shift is not metered:
// quantities that hold any of it are not known, and its time is not covered. The hours of those who attended are people's
// word anyway.
func entryOf(r kpi.Row, shift calendar.Shift) record.ShiftEntry {
	coverage := 0.
	if r.PlannedBusyTimeS > 0 {
		coverage = min(r.ObservedBusyTimeS/r.PlannedBusyTimeS, 1)
	}
	e := record.ShiftEntry{ShiftEnd: shift.To, PlannedHours: plannedHours(r, shift), AttendedHours: r.AttendedHours, WorkedHours: r.WorkedHours, Coverage: &coverage}
	if r.LoggedBusyTimeS > 0 {
		return e
	}
	e.Produced, e.Good, e.Scrap, e.Rework = r.ProducedQuantity, r.GoodQuantity, r.ScrapQuantity, r.ReworkQuantity
	e.EnergyKWh, e.MaterialInKg, e.ProductOutKg = r.EnergyKWh, r.MaterialInKg, r.ProductOutKg
	return e
}

// plannedHours are those of the key performance indicators, so that output per hour and OEE are theirs: without breaks, with
// work outside the plan, of one machine where several count. nil: none, the shift's length is taken.
func plannedHours(r kpi.Row, shift calendar.Shift) *float64 {
	planned := shift.Planned(record.Span{From: shift.From, To: shift.To}).Seconds()
	if planned <= 0 || r.PlannedBusyTimeS <= r.OvertimeS {
		return nil
	}
	machines := math.Round((r.PlannedBusyTimeS - r.OvertimeS) / planned)
	hours := r.PlannedBusyTimeS / max(machines, 1) / 3600
	return &hours
}

// logOf are the standing entries of shifts of a side that are over, of one machine where one is named.
func (f Figures) logOf(s record.StudySide, machine string, also func(entries.Entry) bool) []entries.Entry {
	return slices.DeleteFunc(entries.Standing(f.Log), func(e entries.Entry) bool {
		return !begins(s, e.Start) || e.ShiftEnd.After(f.Until) || machine != "" && e.Machine != machine || also != nil && !also(e)
	})
}

func hasHours(e entries.Entry) bool { return e.AttendedHours != nil }

// log takes what people wrote down. An entry bears the name of the shift that begins when its own does.
func (s *Side) log(said []entries.Entry, shifts []calendar.Shift) {
	names := map[int64]string{}
	for _, shift := range shifts {
		names[shift.From.UnixMilli()] = shift.Name
	}
	for _, e := range said {
		s.add(Row{e.Start, e.ShiftEntry}, names[e.Start.UnixMilli()], nil)
	}
}

// grade is that of what people wrote down: typed where a second person agrees with all of it, else declared. What was
// metered beside it makes it no better.
func (s *Side) grade(said []entries.Entry, name tongue.Message) {
	unsigned := 0
	for _, e := range said {
		if e.Status != entries.Signed {
			unsigned++
		}
	}
	if unsigned > 0 {
		s.Notes = append(s.Notes, tongue.M("study.not_countersigned", "side", name, "entries", unsigned, "of", len(said)))
		s.Grade = outcome.Declared
		return
	}
	if len(said) > 0 {
		s.Grade = outcome.Typed
	}
}
