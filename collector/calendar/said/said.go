// Package said makes a line's calendar of what was said of when the line is meant to run, by gateways' catalogues and by
// people, in the order of the ledger (docs/decisions/0019-calendars-take-effect.md). It is pure: the same words give the
// same calendar, to the pages, to an evidence bundle and to whoever verifies one.
//
// It guarantees that no word governs a time before it was said. It does not check who said it: that is for seals and
// chains.
package said

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/record"
)

// Of gives the words on one line. calendars are in the order of the ledger, and so are people's statements, of which other
// kinds are passed over. declared tells that people declared the line before any gateway read it.
func Of(calendars []Calendar, people iter.Seq[entries.Statement], declared bool) (w Words, err error) {
	catalogues := func(before uint64) {
		for ; len(calendars) > 0 && calendars[0].Ledger < before; calendars = calendars[1:] {
			w = w.Add(calendars[0].era(), declared)
		}
	}
	for s := range people {
		if s.Kind != record.StatementCalendar {
			continue
		}
		catalogues(s.Ledger)
		next, err := stated(s)
		if err != nil {
			return nil, err
		}
		next.Logged = declared && next.Calendar == nil
		w = w.Add(next, declared)
	}
	catalogues(^uint64(0))
	return w, nil
}

// Sealed is when a line is meant to run by a stretch of the ledger: what catalogues say in it, and all that people said to
// the office. model is the line as its gateway's last catalogue has it.
func Sealed(line string, model record.Line, zone *time.Location, calendars []Calendar, people []entries.Statement) (calendar.Line, error) {
	base, declared := CalendarEra{Calendar: model.Calendar}, false
	for s := range entries.Line(people, line) {
		if s.Kind != record.StatementLine {
			continue
		}
		var d record.DeclaredLine
		if err := s.Decode(&d); err != nil {
			return calendar.Line{}, err
		}
		base, declared = Declared(d), true
	}
	calendars = slices.DeleteFunc(slices.Clone(calendars), func(c Calendar) bool { return c.Line != line })
	slices.SortStableFunc(calendars, func(a, b Calendar) int { return cmp.Compare(a.Ledger, b.Ledger) })
	w, err := Of(calendars, entries.Line(people, line), declared)
	return w.From(base).Line(zone), err
}

// Declared is the first era of a line that people declared.
func Declared(d record.DeclaredLine) CalendarEra {
	return CalendarEra{Calendar: d.Line.Calendar, Logged: d.Line.Calendar == nil}
}

// Early tells of a statement that wants to govern a time before it was said, and from when on it does govern.
func Early(s entries.Statement) (from time.Time, early bool) {
	from = begins(s)
	return from, s.Kind == record.StatementCalendar && from.After(WholeMinute(s.About))
}

// begins is from when on a statement governs: not before it was said, whatever it says.
func begins(s entries.Statement) time.Time {
	from := WholeMinute(s.About)
	if said := WholeMinute(s.Said); said.After(from) {
		return said
	}
	return from
}

// stated is the era that a statement begins.
func stated(s entries.Statement) (CalendarEra, error) {
	var c record.CalendarChange
	if err := s.Decode(&c); err != nil {
		return CalendarEra{}, err
	}
	from := begins(s)
	return CalendarEra{From: &from, Calendar: c.Calendar, By: s.By, Said: &s.Said, Comment: c.Comment, Ledger: &s.Ledger}, nil
}

// WholeMinute is the next whole minute, or the time itself where it is one.
func WholeMinute(t time.Time) time.Time {
	if whole := t.Truncate(time.Minute); !whole.Equal(t) {
		return whole.Add(time.Minute).UTC()
	}
	return t.UTC()
}
