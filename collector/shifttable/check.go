package shifttable

import (
	"time"

	"github.com/lineproof/lineproof/collector/cells"
	"github.com/lineproof/lineproof/record"
)

// Check finds all that cannot be in an entry of a shift that began at start: nil when it can stand. Rules between two
// figures hold only where both are known. Whether another entry is of the same shift it cannot tell.
func Check(start time.Time, e record.ShiftEntry) []Mistake {
	m := mistakes{cells.Each(columns, Row{Start: start, Entry: e})}
	m.times(start, e.ShiftEnd)
	m.quantities(e)
	m.hours(start, e)
	m.planned(start, e)
	return m.Mistakes
}

// mistakes are those between cells.
type mistakes struct{ cells.Mistakes }

func (m *mistakes) times(start, end time.Time) {
	if start.IsZero() {
		m.Add(shiftStart, cells.Missing, "The time is missing.")
	}
	if end.IsZero() {
		m.Add(shiftEnd, cells.Missing, "The time is missing.")
	}
	if start.IsZero() || end.IsZero() {
		return
	}
	switch length := end.Sub(start); {
	case length <= 0:
		m.Add(shiftEnd, EndNotAfter, "The shift ends at %s, which is not after its start.", cells.Shown(end))
	case length > record.LongestShift:
		m.Add(shiftEnd, ShiftTooLong, "The shift would last %s.", length)
	}
}

func (m *mistakes) quantities(e record.ShiftEntry) {
	if e.Produced == nil {
		return
	}
	part := func(column string, n *int64) bool {
		if n == nil || *n <= *e.Produced {
			return true
		}
		m.Add(column, MoreThanMade, "%d are more than the %d produced.", *n, *e.Produced)
		return false
	}
	apart := part(good, e.Good)
	apart = part(scrap, e.Scrap) && apart
	part(rework, e.Rework)
	// Subtracting keeps within the numbers that there are.
	if apart && e.Good != nil && e.Scrap != nil && *e.Scrap >= 0 && *e.Good > *e.Produced-*e.Scrap {
		m.Add(scrap, SumTooLarge, "%d good and %d scrap are more than the %d produced.", *e.Good, *e.Scrap, *e.Produced)
	}
}

// rounding is how far the attended hours of one worker may lie off, for people write hours with two decimals.
const rounding = 0.005

func (m *mistakes) hours(start time.Time, e record.ShiftEntry) {
	if e.AttendedHours == nil {
		return
	}
	if e.WorkedHours != nil && *e.WorkedHours > *e.AttendedHours {
		m.Add(workedHours, WorkedTooLong, "%v hours worked are more than the %v attended.", *e.WorkedHours, *e.AttendedHours)
	}
	length := e.ShiftEnd.Sub(start)
	if e.Workers == nil || *e.Workers < 0 || start.IsZero() || e.ShiftEnd.IsZero() || length <= 0 || length > record.LongestShift {
		return
	}
	most := float64(*e.Workers) * length.Hours()
	if *e.AttendedHours > most+float64(*e.Workers)*rounding+1e-9 {
		m.Add(attendedHours, AttendedTooMuch, "%v hours attended are more than the %.4g that %d workers can attend in %s.", *e.AttendedHours, most, *e.Workers, length)
	}
}

// planned hours are within the shift.
func (m *mistakes) planned(start time.Time, e record.ShiftEntry) {
	length := e.ShiftEnd.Sub(start)
	if p := e.PlannedHours; p != nil && length > 0 && *p > length.Hours()+rounding {
		m.Add(plannedHours, cells.NumberTooLarge, "%v planned hours are more than the %s of the shift.", *p, length)
	}
}
