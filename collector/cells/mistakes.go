package cells

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/lineproof/lineproof/record"
)

// Mistake is something in a row that cannot be.
type Mistake struct {
	Column  string // our name
	Code    Code
	Message string // in plain English
}

// What a row may hold at most.
const (
	LongestName   = 100   // characters
	LongestText   = 1_000 // characters
	LargestNumber = 1e15  // a spreadsheet keeps 15 digits
	firstYear     = 1990
	lastYear      = 2099
)

// Mistakes gathers them.
type Mistakes []Mistake

// Add adds one.
func (m *Mistakes) Add(column string, code Code, format string, values ...any) {
	*m = append(*m, Mistake{Column: column, Code: code, Message: fmt.Sprintf(format, values...)})
}

// Each finds what cannot be in a column of a row, whatever stands in the others. That a time, day, figure or text is
// absent is no mistake here.
func Each[R any](columns []Column[R], r R) (m Mistakes) {
	for _, c := range columns {
		switch v := c.value(&r).(type) {
		case time.Time:
			m.moment(c.Name, v)
		case record.Date:
			m.Year(c.Name, v.Year)
		case string:
			m.Text(c.Name, v, c.Long)
			if c.Choices != nil && !slices.ContainsFunc(c.Choices, func(o Choice) bool { return o.Value == v }) {
				m.Add(c.Name, NotAChoice, "%s is none of: %s.", clip(v), oneOf(c.Choices))
			}
		case int64:
			m.Figure(c.Name, float64(v), c.Share)
		case float64:
			m.Figure(c.Name, v, c.Share)
		}
	}
	return m
}

func (m *Mistakes) moment(column string, at time.Time) {
	switch {
	case at.IsZero():
	case at.Year() < firstYear || at.Year() > lastYear:
		m.Year(column, at.Year())
	case at.Nanosecond()%int(time.Millisecond) != 0:
		m.Add(column, TimeTooFine, "The time is finer than a millisecond.")
	}
}

// Figure finds what cannot be a figure of a table.
func (m *Mistakes) Figure(column string, v float64, share bool) {
	switch {
	case math.IsNaN(v):
		m.Add(column, NotANumber, "This is no number.")
	case v < 0:
		m.Add(column, Negative, "%v is less than 0.", v)
	case share && v > 1:
		m.Add(column, NotARatio, "%v is not between 0 and 1.", v)
	case v > LargestNumber:
		m.Add(column, NumberTooLarge, "%v is more than can be.", v)
	}
}

// Year finds a year that cannot be meant.
func (m *Mistakes) Year(column string, year int) {
	if year < firstYear || year > lastYear {
		m.Add(column, DateFarOff, "The year %d cannot be.", year)
	}
}

// Text finds what XML or CSV would not give back. A long text may have lines.
func (m *Mistakes) Text(column, s string, long bool) {
	longest := LongestName
	if long {
		longest = LongestText
	}
	if n := utf8.RuneCountInString(s); n > longest {
		m.Add(column, TextTooLong, "The text has %d characters; at most %d are kept.", n, longest)
	}
	if s != strings.TrimSpace(s) || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unkept(long, r) }) {
		m.Add(column, TextUntidy, "The text has spaces around it, or characters that cannot be seen.")
	}
}

func unkept(long bool, r rune) bool {
	if r == '\n' {
		return !long
	}
	return unicode.IsControl(r) || r == '\ufeff' || r == '\ufffe' || r == '\uffff'
}

// Shown is a time as a person reads it.
func Shown(t time.Time) string { return t.Format("2006-01-02 15:04") }
