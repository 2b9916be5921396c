package record

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Calendar says when a line is meant to run. All its times are whole minutes, in the catalogue's time
// zone, so that a minute is either planned or not.
type Calendar struct {
	Shifts   []Shift      `json:"shifts,omitempty"`
	Holidays []Holiday    `json:"holidays,omitempty"`
	Extra    []ExtraShift `json:"extra,omitempty"`
	Public   string       `json:"public,omitempty"`  // the country whose public holidays are days off too, such as vn
	Working  []Date       `json:"working,omitempty"` // public holidays that are worked all the same
}

// Shift is one shift of the weekly pattern. One whose To is not after From ends on the next day.
type Shift struct {
	Name   string    `json:"name"`
	From   ClockTime `json:"from"`
	To     ClockTime `json:"to"`
	Days   []Weekday `json:"days,omitempty"` // on which it begins; every day when empty
	Breaks []Break   `json:"breaks,omitempty"`
}

// Break is planned downtime within a shift.
type Break struct {
	From ClockTime `json:"from"`
	To   ClockTime `json:"to"`
}

// Holiday is a day on which no shift of the weekly pattern begins.
type Holiday struct {
	Date Date   `json:"date,omitzero"`
	Why  string `json:"why,omitempty"`
}

// ExtraShift is planned work outside the weekly pattern. Where it meets one of the pattern, that one gives way.
type ExtraShift struct {
	Name string    `json:"name"`
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// ClockTime is a time of day in minutes after midnight, written "06:00".
type ClockTime int

// MarshalText writes hh:mm.
func (c ClockTime) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%02d:%02d", int(c)/60, int(c)%60), nil
}

// UnmarshalText reads hh:mm, 00:00 to 24:00.
func (c *ClockTime) UnmarshalText(text []byte) error {
	hours, minutes, _ := strings.Cut(string(text), ":")
	h, errH := strconv.ParseUint(hours, 10, 8)
	m, errM := strconv.ParseUint(minutes, 10, 8)
	if errH != nil || errM != nil || len(minutes) != 2 || m > 59 || h*60+m > 24*60 {
		return fmt.Errorf("time of day %q: use hh:mm, such as 06:00", text)
	}
	*c = ClockTime(h*60 + m)
	return nil
}

// Date is a day, written 2027-02-05.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// Compare is -1 where d is before o, 1 where it is after it, and 0 where they are the same.
func (d Date) Compare(o Date) int {
	return cmp.Or(cmp.Compare(d.Year, o.Year), cmp.Compare(d.Month, o.Month), cmp.Compare(d.Day, o.Day))
}

// plus is the date so many days later.
func (d Date) plus(days int) Date {
	y, m, day := time.Date(d.Year, d.Month, d.Day+days, 0, 0, 0, 0, time.UTC).Date()
	return Date{y, m, day}
}

// String is yyyy-mm-dd.
func (d Date) String() string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }

// MarshalText writes yyyy-mm-dd.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads yyyy-mm-dd.
func (d *Date) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return fmt.Errorf("date %q: use yyyy-mm-dd, such as 2027-02-05", text)
	}
	d.Year, d.Month, d.Day = t.Date()
	return nil
}

// Weekday is a day of the week, written mon, tue, ...
type Weekday time.Weekday

var weekdays = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// MarshalText writes the first three letters.
func (w Weekday) MarshalText() ([]byte, error) { return []byte(weekdays[w]), nil }

// UnmarshalText reads mon, tue, wed, thu, fri, sat or sun.
func (w *Weekday) UnmarshalText(text []byte) error {
	i := slices.Index(weekdays[:], string(text))
	if i < 0 {
		return fmt.Errorf("day %q: use mon, tue, wed, thu, fri, sat or sun", text)
	}
	*w = Weekday(i)
	return nil
}
