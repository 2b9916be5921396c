package blockpress

import (
	"cmp"
	"slices"
	"time"

	"github.com/lineproof/lineproof/record"
)

// horizon is how many days ahead work is looked for.
const horizon = 400

// section is a stretch of planned work without a break, in Unix milliseconds.
type section struct {
	from, to    int64
	shift       int64 // when its shift begins
	first, last bool  // of its shift
}

// worktime finds the sections of a calendar.
type worktime struct {
	cal record.Calendar
	loc *time.Location

	asked int64   // when found was looked for
	found section // good for every time from asked until it ends
}

// set puts another calendar in force.
func (w *worktime) set(c record.Calendar) { w.cal, w.found = c, section{} }

// at is the section that t lies in, or else the next one. Where there is none within the horizon, it is
// an empty section at the horizon's end.
func (w *worktime) at(t int64) section {
	if t < w.asked || t >= w.found.to {
		w.asked, w.found = t, w.find(time.UnixMilli(t).In(w.loc))
	}
	return w.found
}

func (w *worktime) find(t time.Time) section {
	var best section
	consider := func(s section) {
		if s.to > t.UnixMilli() && (best.to == 0 || s.from < best.from) {
			best = s
		}
	}
	for _, x := range w.cal.Extra {
		from := x.From.UnixMilli()
		consider(section{from: from, to: x.To.UnixMilli(), shift: from, first: true, last: true})
	}
	year, month, day := t.Date()
	for n := -1; n < horizon; n++ { // from yesterday on, whose last shift may run yet
		date := time.Date(year, month, day+n, 0, 0, 0, 0, w.loc)
		if best.to != 0 && best.from <= date.UnixMilli() {
			break
		}
		for _, s := range w.day(date) {
			consider(s)
		}
	}
	if best.to == 0 {
		end := t.AddDate(0, 0, horizon).UnixMilli()
		return section{from: end, to: end}
	}
	return best
}

// day lists the sections of the weekly pattern's shifts that begin on a date.
func (w *worktime) day(date time.Time) []section {
	if slices.ContainsFunc(w.cal.Holidays, func(h record.Holiday) bool { return onDate(h.Date, date) }) {
		return nil
	}
	var sections []section
	for _, s := range w.cal.Shifts {
		if len(s.Days) > 0 && !slices.Contains(s.Days, record.Weekday(date.Weekday())) {
			continue
		}
		from, to := w.clock(date, s.From, 0), w.clock(date, s.To, s.From+1)
		if w.givesWay(from, to) {
			continue
		}
		sections = append(sections, w.cut(date, s, from, to)...)
	}
	return sections
}

// cut takes a shift's breaks out of it.
func (w *worktime) cut(date time.Time, s record.Shift, from, to int64) []section {
	breaks := slices.Clone(s.Breaks)
	slices.SortFunc(breaks, func(a, b record.Break) int {
		return cmp.Compare(w.clock(date, a.From, s.From), w.clock(date, b.From, s.From))
	})
	var sections []section
	add := func(from, to int64) {
		if from < to {
			sections = append(sections, section{from: from, to: to})
		}
	}
	at := from
	for _, b := range breaks {
		start := w.clock(date, b.From, s.From)
		end := w.clock(date, b.To, s.From)
		add(at, min(start, to))
		at = max(at, end)
	}
	add(at, to)
	for i := range sections {
		sections[i].shift = from
		sections[i].first, sections[i].last = i == 0, i == len(sections)-1
	}
	return sections
}

// clock is a time of day on a date, or on the next one where it is earlier than earliest.
func (w *worktime) clock(date time.Time, c, earliest record.ClockTime) int64 {
	day := date.Day()
	if c < earliest {
		day++
	}
	return time.Date(date.Year(), date.Month(), day, 0, int(c), 0, 0, w.loc).UnixMilli()
}

// givesWay tells whether a shift of the pattern meets an extra one.
func (w *worktime) givesWay(from, to int64) bool {
	return slices.ContainsFunc(w.cal.Extra, func(x record.ExtraShift) bool {
		return x.From.UnixMilli() < to && from < x.To.UnixMilli()
	})
}

func onDate(d record.Date, date time.Time) bool {
	return d.Year == date.Year() && d.Month == date.Month() && d.Day == date.Day()
}
