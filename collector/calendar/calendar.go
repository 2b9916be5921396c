// Package calendar works out when a line is meant to run, from calendars that govern one after the other.
// It is pure: calendars, a time zone and a window in, shifts and planned time out. All edges are whole
// minutes, so a minute is either planned or not.
package calendar

import (
	"slices"
	"time"

	"github.com/lineproof/lineproof/record"
)

// Shift is one shift on one day.
type Shift struct {
	Name   string
	Day    string // the day on which it begins, yyyy-mm-dd in the line's time zone
	From   time.Time
	To     time.Time
	Breaks []record.Span
}

// Planned is the shift's time less its breaks, within the window.
func (s Shift) Planned(window record.Span) time.Duration {
	planned := record.Span{From: s.From, To: s.To}.Overlap(window)
	for _, b := range s.Breaks {
		planned -= b.Overlap(window)
	}
	return planned
}

// Line is when one line is meant to run, ready to be asked.
type Line struct {
	eras []era
	zone *time.Location
}

// New prepares one calendar for all time; nil means that the line is meant to run around the clock.
func New(cal *record.Calendar, zone *time.Location) Line { return Of(zone, Era{Calendar: cal}) }

// Zone is the line's time zone.
func (l Line) Zone() *time.Location { return l.zone }

// Shifts lists the shifts that meet the window, in order. Without a calendar there are none.
func (l Line) Shifts(window record.Span) []Shift {
	var shifts []Shift
	for n := range l.eras {
		for _, s := range l.planned(n, window) {
			s, ok := s.after(l.eras[n].over)
			if ok && s.From.Before(l.end(n, s.To)) && (record.Span{From: s.From, To: s.To}).Overlap(window) > 0 {
				shifts = append(shifts, s)
			}
		}
	}
	slices.SortFunc(shifts, func(a, b Shift) int { return a.From.Compare(b.From) })
	return shifts
}

// planned lists the shifts that the calendar of the n-th era has from its beginning on, as far as they may meet the window.
func (l Line) planned(n int, window record.Span) []Shift {
	cal := l.eras[n].Calendar
	if cal == nil {
		return nil
	}
	var shifts []Shift
	for _, x := range cal.Extra {
		shifts = append(shifts, Shift{Name: x.Name, Day: x.From.In(l.zone).Format(time.DateOnly), From: x.From.UTC(), To: x.To.UTC()})
	}
	extra := len(shifts)
	// A shift may begin on the day before the window and reach into it.
	off := daysOff{calendar: *cal}
	first, end := midnight(later(window.From, l.eras[n].From).In(l.zone).AddDate(0, 0, -1)), l.end(n, window.To)
	for day := first; day.Before(end); day = NextDay(day) {
		for _, pattern := range cal.Shifts {
			if s, ok := l.on(day, pattern); ok && !off.on(day) && !slices.ContainsFunc(shifts[:extra], s.meets) {
				shifts = append(shifts, s)
			}
		}
	}
	return slices.DeleteFunc(shifts, func(s Shift) bool { return s.From.Before(l.eras[n].From) })
}

// daysOff remembers those of a calendar's years that were asked for.
type daysOff struct {
	calendar record.Calendar
	years    map[int]map[record.Date]bool
}

func (o *daysOff) on(day time.Time) bool {
	y, m, d := day.Date()
	off, ok := o.years[y]
	if !ok {
		if o.years == nil {
			o.years = map[int]map[record.Date]bool{}
		}
		off = o.calendar.DaysOff(y)
		o.years[y] = off
	}
	return off[record.Date{Year: y, Month: m, Day: d}]
}

func (s Shift) meets(o Shift) bool { return s.From.Before(o.To) && o.From.Before(s.To) }

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// NextDay is the first moment of the day after t's in t's time zone: midnight, but for the places that set
// their clocks forward at midnight.
func NextDay(t time.Time) time.Time {
	next := midnight(t.AddDate(0, 0, 1))
	if next.Day() == t.Day() {
		_, next = next.ZoneBounds()
	}
	return next
}

// on gives the shift that the pattern makes begin on a day of its week, if it does.
func (l Line) on(day time.Time, pattern record.Shift) (Shift, bool) {
	if len(pattern.Days) > 0 && !slices.Contains(pattern.Days, record.Weekday(day.Weekday())) {
		return Shift{}, false
	}
	y, m, d := day.Date()
	at := func(c record.ClockTime, notBefore record.ClockTime) time.Time {
		days := 0
		if c <= notBefore {
			days = 1
		}
		return time.Date(y, m, d+days, 0, int(c), 0, 0, l.zone).UTC()
	}
	s := Shift{Name: pattern.Name, Day: day.Format(time.DateOnly), From: at(pattern.From, -1), To: at(pattern.To, pattern.From)}
	for _, b := range pattern.Breaks {
		from := at(b.From, pattern.From-1)
		to := at(b.To, pattern.From)
		if from.Before(to) {
			s.Breaks = append(s.Breaks, record.Span{From: from, To: to})
		}
	}
	slices.SortFunc(s.Breaks, func(a, b record.Span) int { return a.From.Compare(b.From) })
	return s, true
}

// Planned lists the stretches of planned busy time in the window, in order, breaks taken out. Where extra
// shifts overlap, the time counts once.
func (l Line) Planned(window record.Span) []record.Span {
	shifts := l.Shifts(window)
	for _, s := range l.open(window, false) {
		shifts = append(shifts, Shift{From: s.From, To: s.To})
	}
	slices.SortFunc(shifts, func(a, b Shift) int { return a.From.Compare(b.From) })
	var spans []record.Span
	var from time.Time
	for _, s := range shifts {
		from = later(from, s.From)
		for _, b := range append(slices.Clone(s.Breaks), record.Span{From: s.To, To: s.To}) {
			spans = append(spans, record.Span{From: later(from, window.From), To: earlier(b.From, window.To)})
			from = later(from, b.To)
		}
	}
	return slices.DeleteFunc(spans, func(s record.Span) bool { return !s.From.Before(s.To) })
}

// At gives the shift that runs at t.
func (l Line) At(t time.Time) (Shift, bool) {
	for _, s := range l.Shifts(record.Span{From: t, To: t.Add(time.Millisecond)}) {
		return s, true
	}
	return Shift{}, false
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
