package record

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// CalendarMistake is something in a calendar that cannot be.
type CalendarMistake struct {
	Path    []string     `json:"path" nullable:"false" doc:"where, such as shifts, 0, breaks, 1, from; counted from 0"`
	Code    CalendarCode `json:"code" enum:"no_name,too_long,too_many,from_24,shifts_meet,no_break,break_outside,breaks_meet,reversed,long_shift,seconds,no_date,twice,country,not_public,off_and_worked,frozen" doc:"what kind of mistake it is"`
	Value   string       `json:"value,omitempty" doc:"what is wrong, as far as Path does not say it"`
	Message string       `json:"message"`
	Hint    string       `json:"hint,omitempty" doc:"what to do"`
}

// CalendarCode names a kind of mistake, so that a page can tell it in its reader's language.
type CalendarCode string

// The kinds of mistakes.
const (
	CalendarNoName       CalendarCode = "no_name"
	CalendarTooLong      CalendarCode = "too_long"       // a text
	CalendarTooMany      CalendarCode = "too_many"       // entries of a list
	CalendarFrom24       CalendarCode = "from_24"        // a shift that begins at the end of its day
	CalendarShiftsMeet   CalendarCode = "shifts_meet"    // Value is the other's name
	CalendarNoBreak      CalendarCode = "no_break"       // it ends when it begins
	CalendarBreakOutside CalendarCode = "break_outside"  // of its shift, whose name Value is
	CalendarBreaksMeet   CalendarCode = "breaks_meet"    //
	CalendarReversed     CalendarCode = "reversed"       // an extra shift
	CalendarLongShift    CalendarCode = "long_shift"     // an extra shift
	CalendarSeconds      CalendarCode = "seconds"        // a time that is no whole minute
	CalendarNoDate       CalendarCode = "no_date"        //
	CalendarTwice        CalendarCode = "twice"          // a date
	CalendarCountry      CalendarCode = "country"        // it is none of Countries
	CalendarNotPublic    CalendarCode = "not_public"     // a working date that is no public holiday
	CalendarOffAndWorked CalendarCode = "off_and_worked" // a date
	CalendarFrozen       CalendarCode = "frozen"         // a change that would be of what has begun; Value is when it can be
)

// A calendar is sealed in one batch, and a day has so many hours.
const (
	mostShifts, mostBreaks = 24, 12
	mostDates              = 200
	longestText            = 100 // characters
)

// Mistakes finds all that is wrong with a calendar: that each minute belongs to one shift of the weekly pattern at the
// most, that breaks lie within their shifts, that dates say something.
func (c Calendar) Mistakes() []CalendarMistake {
	var m mistakes
	m.many(len(c.Shifts), mostShifts, "shifts")
	for i, s := range c.Shifts {
		m.shift(s, i)
	}
	m.overlaps(c.Shifts)
	m.dates(c)
	m.many(len(c.Extra), mostDates, "extra")
	for i, e := range c.Extra {
		m.extra(e, strconv.Itoa(i))
	}
	return m
}

type mistakes []CalendarMistake

func (m *mistakes) add(code CalendarCode, value, message, hint string, path ...string) {
	*m = append(*m, CalendarMistake{Path: path, Code: code, Value: value, Message: message, Hint: hint})
}

func (m *mistakes) many(n, most int, path ...string) {
	if n > most {
		m.add(CalendarTooMany, strconv.Itoa(most), fmt.Sprintf("%d entries in `%s`", n, path[len(path)-1]), fmt.Sprintf("use %d at most", most), path...)
	}
}

func (m *mistakes) text(text string, path ...string) {
	if utf8.RuneCountInString(text) > longestText {
		m.add(CalendarTooLong, strconv.Itoa(longestText), "the text is too long", fmt.Sprintf("use %d characters at most", longestText), path...)
	}
}

func (m *mistakes) shift(s Shift, i int) {
	n := strconv.Itoa(i)
	if strings.TrimSpace(s.Name) == "" {
		m.add(CalendarNoName, "", "the shift has no `name`", "", "shifts", n)
	}
	m.text(s.Name, "shifts", n, "name")
	if s.From >= day {
		m.add(CalendarFrom24, "", fmt.Sprintf("shift `%s` begins at 24:00", s.Name), "use 00:00 of the next day", "shifts", n, "from")
		return
	}
	m.many(len(s.Breaks), mostBreaks, "shifts", n, "breaks")
	taken := make([]bool, length(s.From, s.To))
	for i, b := range s.Breaks {
		m.pause(s, b, taken, "shifts", n, "breaks", strconv.Itoa(i), "from")
	}
}

// pause checks that a break lies within its shift and apart from those before it, which have taken their minutes.
func (m *mistakes) pause(s Shift, b Break, taken []bool, path ...string) {
	from := (int(b.From-s.From) + day) % day
	to := from + length(b.From, b.To)
	switch {
	case b.From%day == b.To%day:
		m.add(CalendarNoBreak, "", "the break ends when it begins", "", path...)
	case to > len(taken):
		m.add(CalendarBreakOutside, s.Name, fmt.Sprintf("the break is not within shift `%s`", s.Name), "", path...)
	case slices.Contains(taken[from:to], true):
		m.add(CalendarBreaksMeet, "", "the break overlaps another one", "", path...)
	default:
		for minute := from; minute < to; minute++ {
			taken[minute] = true
		}
	}
}

const (
	day  = 24 * 60 // minutes
	week = 7 * day
)

// length is how long a shift or break is, in minutes: one whose end is not after its beginning ends on the next day.
func length(from, to ClockTime) int {
	if to > from {
		return int(to - from)
	}
	return int(to-from) + day
}

// stretch is one shift of one weekday, in minutes from Sunday 00:00 on; to may lie in the next week.
type stretch struct{ from, to, shift int }

// overlaps finds each pair of shifts that meet, once.
func (m *mistakes) overlaps(shifts []Shift) {
	var all []stretch
	for i, s := range shifts {
		for d := range 7 {
			if len(s.Days) == 0 || slices.Contains(s.Days, Weekday(d)) {
				all = append(all, stretch{d*day + int(s.From), d*day + int(s.From) + length(s.From, s.To), i})
			}
		}
	}
	seen := map[[2]int]bool{}
	for i, a := range all {
		for _, b := range all[i+1:] {
			first, second := min(a.shift, b.shift), max(a.shift, b.shift)
			if first == second || seen[[2]int{first, second}] || !meet(a, b) {
				continue
			}
			seen[[2]int{first, second}] = true
			m.add(CalendarShiftsMeet, shifts[first].Name, fmt.Sprintf("shift `%s` overlaps shift `%s`", shifts[second].Name, shifts[first].Name), "",
				"shifts", strconv.Itoa(second), "from")
		}
	}
}

// meet tells whether two stretches of the repeating week share a minute.
func meet(a, b stretch) bool {
	for _, turn := range []int{-week, 0, week} {
		if a.from < b.to+turn && b.from+turn < a.to {
			return true
		}
	}
	return false
}

// dates checks the days on which the pattern is not worked, or is.
func (m *mistakes) dates(c Calendar) {
	if c.Public != "" && !slices.Contains(Countries(), c.Public) {
		m.add(CalendarCountry, c.Public, fmt.Sprintf("public holidays of `%s` are not known", c.Public), "use one of "+strings.Join(Countries(), ", "), "public")
	}
	m.many(len(c.Holidays), mostDates, "holidays")
	off := map[Date]bool{}
	for i, h := range c.Holidays {
		path := []string{"holidays", strconv.Itoa(i), "date"}
		m.text(h.Why, "holidays", strconv.Itoa(i), "why")
		switch {
		case h.Date == Date{}:
			m.add(CalendarNoDate, "", "the holiday has no `date`", "such as 2027-02-05", path[:2]...)
		case off[h.Date]:
			m.add(CalendarTwice, h.Date.String(), fmt.Sprintf("%s is there twice", h.Date), "leave one out", path...)
		}
		off[h.Date] = true
	}
	m.many(len(c.Working), mostDates, "working")
	worked := map[Date]bool{}
	for i, d := range c.Working {
		m.working(c, d, off[d], worked[d], "working", strconv.Itoa(i))
		worked[d] = true
	}
}

func (m *mistakes) working(c Calendar, d Date, off, twice bool, path ...string) {
	public := func(h PublicHoliday) bool { return h.Date == d }
	switch {
	case twice:
		m.add(CalendarTwice, d.String(), fmt.Sprintf("%s is there twice", d), "leave one out", path...)
	case off:
		m.add(CalendarOffAndWorked, d.String(), fmt.Sprintf("%s is both a holiday and worked", d), "leave it out of `holidays` or of `working`", path...)
	case !slices.ContainsFunc(PublicHolidays(c.Public, d.Year), public):
		m.add(CalendarNotPublic, d.String(), fmt.Sprintf("%s is no public holiday", d), "`working` is for public holidays that are worked; other days need nothing", path...)
	}
}

func (m *mistakes) extra(e ExtraShift, n string) {
	m.text(e.Name, "extra", n, "name")
	m.whole(e.From, "extra", n, "from")
	m.whole(e.To, "extra", n, "to")
	switch length := e.To.Sub(e.From); {
	case length <= 0:
		m.add(CalendarReversed, "", "the extra shift ends before it begins", "", "extra", n, "to")
	case length > LongestShift:
		m.add(CalendarLongShift, length.String(), fmt.Sprintf("the extra shift is %s long", length), "use one for each day, of 24 hours at most", "extra", n, "to")
	}
}

func (m *mistakes) whole(t time.Time, path ...string) {
	if !t.Equal(t.Truncate(time.Minute)) {
		text := t.Format(time.RFC3339Nano)
		m.add(CalendarSeconds, text, fmt.Sprintf("%s is no whole minute", text), "leave the seconds out", path...)
	}
}
