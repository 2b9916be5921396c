package shifttable

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/lineproof/lineproof/record"
)

// Mistake is something in an entry that cannot be.
type Mistake struct {
	Column  string // our name
	Code    Code
	Message string // in plain English
}

// What a row may hold at most.
const (
	longestName    = 100   // characters
	longestComment = 1_000 // characters
	largestNumber  = 1e15  // a spreadsheet keeps 15 digits
	firstYear      = 1990
	lastYear       = 2099
)

// mistakes gathers them.
type mistakes []Mistake

func (m *mistakes) add(column string, code Code, format string, values ...any) {
	*m = append(*m, Mistake{Column: column, Code: code, Message: fmt.Sprintf(format, values...)})
}

// Check finds all that cannot be in an entry of a shift that began at start: nil when it can stand. Rules between two
// figures hold only where both are known. Whether another entry is of the same shift it cannot tell.
func Check(start time.Time, e record.ShiftEntry) []Mistake {
	var m mistakes
	m.times(start, e.ShiftEnd)
	row := Row{Start: start, Entry: e}
	for _, c := range columns {
		switch {
		case c.text != nil:
			m.text(c.name, *c.text(&row.Entry))
		case c.whole != nil:
			if n := *c.whole(&row.Entry); n != nil {
				m.figure(c.name, float64(*n))
			}
		case c.number != nil:
			if n := *c.number(&row.Entry); n != nil {
				m.figure(c.name, *n)
			}
		}
	}
	m.quantities(e)
	m.hours(start, e)
	m.planned(start, e)
	return m
}

func (m *mistakes) times(start, end time.Time) {
	m.moment(shiftStart, start)
	m.moment(shiftEnd, end)
	if start.IsZero() || end.IsZero() {
		return
	}
	switch length := end.Sub(start); {
	case length <= 0:
		m.add(shiftEnd, EndNotAfter, "The shift ends at %s, which is not after its start.", shown(end))
	case length > record.LongestShift:
		m.add(shiftEnd, ShiftTooLong, "The shift would last %s.", length)
	}
}

func (m *mistakes) moment(column string, at time.Time) {
	switch {
	case at.IsZero():
		m.add(column, Missing, "The time is missing.")
	case at.Year() < firstYear || at.Year() > lastYear:
		m.add(column, DateFarOff, "The year %d cannot be.", at.Year())
	case at.Nanosecond()%int(time.Millisecond) != 0:
		m.add(column, TimeTooFine, "The time is finer than a millisecond.")
	}
}

func (m *mistakes) figure(column string, v float64) {
	switch {
	case math.IsNaN(v):
		m.add(column, NotANumber, "This is no number.")
	case v < 0:
		m.add(column, Negative, "%v is less than 0.", v)
	case column == coverage && v > 1:
		m.add(column, NotARatio, "%v is not between 0 and 1.", v)
	case v > largestNumber:
		m.add(column, NumberTooLarge, "%v is more than can be.", v)
	}
}

func (m *mistakes) text(column, s string) {
	longest := longestName
	if column == comment {
		longest = longestComment
	}
	if n := utf8.RuneCountInString(s); n > longest {
		m.add(column, TextTooLong, "The text has %d characters; at most %d are kept.", n, longest)
	}
	if s != strings.TrimSpace(s) || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unkept(column, r) }) {
		m.add(column, TextUntidy, "The text has spaces around it, or characters that cannot be seen.")
	}
}

// unkept tells of what XML or CSV would not give back. A comment may have lines.
func unkept(column string, r rune) bool {
	if r == '\n' {
		return column != comment
	}
	return unicode.IsControl(r) || r == '\ufeff' || r == '\ufffe' || r == '\uffff'
}

func (m *mistakes) quantities(e record.ShiftEntry) {
	if e.Produced == nil {
		return
	}
	part := func(column string, n *int64) bool {
		if n == nil || *n <= *e.Produced {
			return true
		}
		m.add(column, MoreThanMade, "%d are more than the %d produced.", *n, *e.Produced)
		return false
	}
	apart := part(good, e.Good)
	apart = part(scrap, e.Scrap) && apart
	part(rework, e.Rework)
	// Subtracting keeps within the numbers that there are.
	if apart && e.Good != nil && e.Scrap != nil && *e.Scrap >= 0 && *e.Good > *e.Produced-*e.Scrap {
		m.add(scrap, SumTooLarge, "%d good and %d scrap are more than the %d produced.", *e.Good, *e.Scrap, *e.Produced)
	}
}

// rounding is how far the attended hours of one worker may lie off, for people write hours with two decimals.
const rounding = 0.005

func (m *mistakes) hours(start time.Time, e record.ShiftEntry) {
	if e.AttendedHours == nil {
		return
	}
	if e.WorkedHours != nil && *e.WorkedHours > *e.AttendedHours {
		m.add(workedHours, WorkedTooLong, "%v hours worked are more than the %v attended.", *e.WorkedHours, *e.AttendedHours)
	}
	length := e.ShiftEnd.Sub(start)
	if e.Workers == nil || *e.Workers < 0 || start.IsZero() || e.ShiftEnd.IsZero() || length <= 0 || length > record.LongestShift {
		return
	}
	most := float64(*e.Workers) * length.Hours()
	if *e.AttendedHours > most+float64(*e.Workers)*rounding+1e-9 {
		m.add(attendedHours, AttendedTooMuch, "%v hours attended are more than the %.4g that %d workers can attend in %s.", *e.AttendedHours, most, *e.Workers, length)
	}
}

// planned hours are within the shift.
func (m *mistakes) planned(start time.Time, e record.ShiftEntry) {
	length := e.ShiftEnd.Sub(start)
	if p := e.PlannedHours; p != nil && length > 0 && *p > length.Hours()+rounding {
		m.add(plannedHours, NumberTooLarge, "%v planned hours are more than the %s of the shift.", *p, length)
	}
}

// shown is a time as a person reads it.
func shown(t time.Time) string { return t.Format("2006-01-02 15:04") }
