package calendar

import (
	"slices"
	"time"

	"github.com/lineproof/lineproof/record"
)

// Era is a calendar with the time from which on it governs.
type Era struct {
	From     time.Time        // a whole minute; zero: from ever
	Calendar *record.Calendar // nil: the line is meant to run around the clock
	Logged   bool             // without a calendar: it is meant to run whenever people wrote down that it did
}

// era is one that knows those before it.
type era struct {
	Era
	over time.Time // when the last shift is over that began before it and runs on
}

// Of prepares calendars that follow each other, in order. A change of calendar changes nothing that has begun: a shift
// that began before an era runs on as it was planned, and the era governs what begins from then on. Where one of its
// shifts would begin while an earlier era's runs on, it begins when that one ends.
func Of(zone *time.Location, eras ...Era) Line {
	l := Line{zone: zone}
	for _, e := range eras {
		over := e.From
		for _, s := range l.Shifts(record.Span{From: e.From, To: e.From.Add(time.Millisecond)}) {
			if s.From.Before(e.From) {
				over = later(over, s.To)
			}
		}
		l.eras = append(l.eras, era{e, over})
	}
	return l
}

// Eras gives what the line was made of.
func (l Line) Eras() []Era {
	all := make([]Era, 0, len(l.eras))
	for _, e := range l.eras {
		all = append(all, e.Era)
	}
	return all
}

// end is when the n-th era ends, or to, whichever comes first.
func (l Line) end(n int, to time.Time) time.Time {
	if n+1 < len(l.eras) {
		return earlier(to, l.eras[n+1].From)
	}
	return to
}

// open lists the stretches of a window in which no calendar governs: those in which people's word does, or the others.
func (l Line) open(window record.Span, logged bool) (spans []record.Span) {
	for n, e := range l.eras {
		s := record.Span{From: later(e.over, window.From), To: l.end(n, window.To)}
		if e.Calendar == nil && e.Logged == logged && s.From.Before(s.To) {
			spans = append(spans, s)
		}
	}
	return spans
}

// Logged lists the stretches of the window in which the line is meant to run whenever people wrote down that it did.
func (l Line) Logged(window record.Span) []record.Span { return l.open(window, true) }

// after cuts off what of a shift lies before a time; ok is false where nothing is left.
func (s Shift) after(t time.Time) (left Shift, ok bool) {
	if !s.From.Before(t) {
		return s, true
	}
	s.From = t
	s.Breaks = slices.Clone(s.Breaks)
	for i := range s.Breaks {
		s.Breaks[i].From = later(s.Breaks[i].From, t)
	}
	s.Breaks = slices.DeleteFunc(s.Breaks, func(b record.Span) bool { return !b.From.Before(b.To) })
	return s, s.From.Before(s.To)
}
