package cells

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/lineproof/lineproof/record"
)

// clockLayouts are times without an offset; the day stands before the month, as in Vietnam.
var clockLayouts = []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04", "2/1/2006 15:04:05", "2/1/2006 15:04"}

var dayLayouts = []string{"2006-01-02", "2/1/2006", "2-1-2006", "2.1.2006"}

// slashed are the two numbers before the year. One past 12 in the second place shows that months stand first.
var slashed = regexp.MustCompile(`^([0-9]{1,2})/([0-9]{1,2})/[0-9]{4}`)

// monthFirst tells whether the table has a date that has its month first, so that 03/02/2026 of the same table can be
// either.
func (r *reading[R]) monthFirst() bool {
	for _, l := range r.lines {
		for _, p := range r.header.placed {
			if c := r.form.Columns[p.order]; c.Moment == nil && c.Day == nil {
				continue
			}
			if found := slashed.FindStringSubmatch(l.at(p.at).text); found != nil && dayNumber(found[1]) <= 12 && dayNumber(found[2]) > 12 {
				return true
			}
		}
	}
	return false
}

func dayNumber(digits string) int {
	n, _ := strconv.Atoi(digits) // two digits
	return n
}

// momentOf reads a time. A number is a serial date of the system, 1900 or 1904, as workbooks keep them.
func momentOf(c cell, system int, zone *time.Location) (time.Time, mark) {
	if c.kind == numeric || c.kind == dated {
		return serialTime(c.text, system, zone)
	}
	if at, err := time.Parse(time.RFC3339, c.text); err == nil {
		return at.In(zone), mark{}
	}
	text := strings.Join(strings.Fields(c.text), " ")
	for _, layout := range clockLayouts {
		if wall, err := time.Parse(layout, text); err == nil {
			return atClock(wall, zone)
		}
	}
	for _, layout := range dayLayouts {
		if _, err := time.Parse(layout, text); err == nil {
			return time.Time{}, mark{TimeMissing, c.text + " is a date without a time of day."}
		}
	}
	return time.Time{}, mark{NotATime, c.text + " is not a date and time that can be read."}
}

// serialTime reads days since the system's first. Programs keep them with some ten digits, hence the milliseconds.
func serialTime(text string, system int, zone *time.Location) (time.Time, mark) {
	days, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(days) {
		return time.Time{}, mark{NotATime, text + " is not a date and time."}
	}
	first := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC) // from 1 March 1900 on; Excel has a 29 February 1900
	if system == 1904 {
		first = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if days < 0 || days > 100_000 {
		return time.Time{}, mark{NotATime, text + " is not the number of a day."}
	}
	const msPerDay = 24 * 60 * 60 * 1000
	return atClock(first.Add(time.Duration(math.Round(days*msPerDay))*time.Millisecond), zone)
}

// atClock finds when the zone's clock showed what wall says in UTC: never, once or, when it was set back, twice.
func atClock(wall time.Time, zone *time.Location) (at time.Time, m mark) {
	found := 0
	for _, near := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		_, offset := wall.Add(near).In(zone).Zone()
		t := wall.Add(-time.Duration(offset) * time.Second).In(zone)
		_, there := t.Zone()
		if there == offset && (found == 0 || !t.Equal(at)) {
			at = t
			found++
		}
	}
	switch found {
	case 0:
		return time.Time{}, mark{TimeSkipped, "The clock never showed " + Shown(wall) + " in " + zone.String() + "."}
	case 1:
		return at, mark{}
	}
	return time.Time{}, mark{TimeTwice, "The clock showed " + Shown(wall) + " twice in " + zone.String() + "."}
}

// dayOf reads a day. A number is a serial date of the system.
func dayOf(c cell, system int) (record.Date, mark) {
	if c.kind == numeric || c.kind == dated {
		at, m := serialTime(c.text, system, time.UTC)
		if m.code == "" && at.Truncate(24*time.Hour).Equal(at) {
			return dateOf(at), mark{}
		}
		return record.Date{}, mark{NotADay, c.text + " is not the number of a day."}
	}
	for _, layout := range dayLayouts {
		if at, err := time.Parse(layout, c.text); err == nil {
			return dateOf(at), mark{}
		}
	}
	return record.Date{}, mark{NotADay, c.text + " is not a day that can be read."}
}

func dateOf(t time.Time) (d record.Date) {
	d.Year, d.Month, d.Day = t.Date()
	return d
}
