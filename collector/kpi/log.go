package kpi

import (
	"math"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/record"
)

// Logged is what a person wrote down of a shift: nil is not known. People's hours count beside what was metered.
// Quantities count where nothing of the shift was metered, for then they are all there is.
type Logged struct {
	Start, End              time.Time
	Machine, Product, Order string

	Produced, Good, Scrap, Rework         *int64
	AttendedHours, WorkedHours            *float64
	EnergyKWh, MaterialInKg, ProductOutKg *float64
	Coverage                              *float64 // part of the shift that the quantities are of; all of it when nil
	Signed                                bool     // a second person agrees
}

func (l Logged) span() record.Span { return record.Span{From: l.Start, To: l.End} }

// derive fills in what follows from what was written down.
func (l Logged) derive() Logged {
	sum := func(a, b *int64, sign int64) *int64 {
		if a == nil || b == nil {
			return nil
		}
		n := *a + sign**b
		return &n
	}
	switch {
	case l.Produced == nil:
		l.Produced = sum(l.Good, l.Scrap, 1)
	case l.Good == nil:
		l.Good = sum(l.Produced, l.Scrap, -1)
	case l.Scrap == nil:
		l.Scrap = sum(l.Produced, l.Good, -1)
	}
	return l
}

// log holds a line's entries against its intervals.
type log struct {
	entries []Logged // in order of their beginnings
	metered []bool   // whether something of the shift was
	open    int      // entries before it are over for the interval at hand
}

func newLog(entries []Logged) *log {
	l := &log{entries: slices.Clone(entries), metered: make([]bool, len(entries))}
	slices.SortStableFunc(l.entries, func(a, b Logged) int { return a.Start.Compare(b.Start) })
	return l
}

// see notes an interval, which come in order of time; attended tells whether a shift of which the hours are known
// holds it.
func (l *log) see(i account.Interval) (attended bool) {
	for l.open < len(l.entries) && i.Start.Sub(l.entries[l.open].Start) > record.LongestShift {
		l.open++
	}
	for n := l.open; n < len(l.entries) && !l.entries[n].Start.After(i.Start); n++ {
		e := l.entries[n]
		if !i.Start.Before(e.End) {
			continue
		}
		attended = attended || e.AttendedHours != nil
		if (e.Machine == "" || e.Machine == i.Machine) && (i.Observed() > 0 || i.Produced != 0) {
			l.metered[n] = true
		}
	}
	return attended
}

// people adds the hours of those who attended shifts that were metered to the rows by time, spread evenly over each shift.
func (l *log) people(g *groups) {
	if g.field(&Row{}) != nil {
		return // nobody wrote down who was at which machine, with which product
	}
	for n, e := range l.entries {
		if !l.metered[n] || !e.Start.Before(e.End) {
			continue
		}
		rest := e.span().Overlap(g.window)
		for _, s := range g.all {
			if part := e.span().Overlap(record.Span{From: s.row.From, To: s.row.To}); part > 0 {
				s.attend(e, part.Seconds()/e.span().Duration().Seconds())
				rest -= part
			}
		}
		if g.by == ByShift && rest > 0 {
			g.outside().attend(e, rest.Seconds()/e.span().Duration().Seconds())
		}
	}
}

// attend adds a share of the hours of a shift.
func (s *sum) attend(e Logged, share float64) {
	if e.AttendedHours == nil {
		return
	}
	s.attended = true
	s.attendedH += *e.AttendedHours * share
	if e.WorkedHours != nil {
		s.workedH += *e.WorkedHours * share
		s.workedOfH += *e.AttendedHours * share
	}
}

// quantities adds what was made in shifts of which nothing was metered.
func (l *log) quantities(g *groups, m Model) {
	if g.by == ByHour {
		return // nobody wrote down in which hour
	}
	for n, e := range l.entries {
		if l.metered[n] || !g.window.Holds(e.Start) {
			continue
		}
		if s := g.of(e); s != nil {
			e = e.derive()
			s.log(e, m)
			if g.field(&Row{}) == nil {
				s.attendLogged(e)
			}
		}
	}
}

// attendLogged adds the hours of a shift of which nothing was metered, and the good units made in them.
func (s *sum) attendLogged(e Logged) {
	if e.AttendedHours == nil {
		return
	}
	s.attend(e, 1)
	if e.Good == nil {
		s.attendedGoodUnknown = true
		return
	}
	s.attendedGood += *e.Good
}

// plannedMs is the time that an entry's quantities are of: what is planned of the shift from a time on, as far as the
// entry covers it. openMs is the part of it that is planned because the entry says so. One that is of no machine is of
// all that count.
func (l Logged) plannedMs(m Model, from time.Time) (ms, openMs int64) {
	shift := record.Span{From: from, To: l.End}
	openMs = l.covered(m, m.Calendar.Logged(shift))
	return l.covered(m, m.Calendar.Planned(shift)) + openMs, openMs
}

func (l Logged) covered(m Model, spans []record.Span) (ms int64) {
	for _, s := range spans {
		ms += s.Duration().Milliseconds()
	}
	if l.Machine == "" {
		ms *= m.outputs()
	}
	if l.Coverage != nil {
		ms = int64(math.Round(float64(ms) * *l.Coverage))
	}
	return ms
}

// of is the row that an entry belongs to; nil where none is meant for it.
func (g *groups) of(e Logged) *sum {
	if g.by == ByMachine {
		return g.named[e.Machine]
	}
	if g.field(&Row{}) != nil {
		return g.find(account.Interval{Product: e.Product, Order: e.Order})
	}
	for _, s := range g.all {
		if !e.Start.Before(s.row.From) && e.Start.Before(s.row.To) {
			return s
		}
	}
	if g.by == ByShift {
		return g.outside()
	}
	return nil
}

// logged is what the log says of a row.
type logged struct {
	n        int                  // entries
	ms       int64                // planned time that they are of, once where several are of the same
	openMs   int64                // part of it that no calendar plans but they
	to       map[string]time.Time // up to when that is counted, by machine
	unsigned bool                 // one was not countersigned

	produced, good, scrap, rework tally
	energyJ, inG, outG            tally
}

// tally is a sum of what entries say, which is known as far as all of them say it.
type tally struct {
	sum     float64
	missing int // entries that do not say it
}

func (t *tally) add(v *float64, unit float64) {
	if v == nil {
		t.missing++
		return
	}
	t.sum += *v * unit
}

// with adds what was metered, where that is known too.
func (t tally) with(metered int64, known bool) *int64 {
	if t.missing > 0 || !known {
		return nil
	}
	n := metered + int64(math.Round(t.sum))
	return &n
}

func (s *sum) log(e Logged, m Model) {
	l := &s.logged
	l.n++
	from := e.Start
	if to := l.to[e.Machine]; to.After(from) {
		from = to
	}
	if from.Before(e.End) {
		ms, open := e.plannedMs(m, from)
		l.ms, l.openMs = l.ms+ms, l.openMs+open
		if l.to == nil {
			l.to = map[string]time.Time{}
		}
		l.to[e.Machine] = e.End
	}
	l.unsigned = l.unsigned || !e.Signed
	l.produced.add(known(e.Produced), 1)
	l.good.add(known(e.Good), 1)
	l.scrap.add(known(e.Scrap), 1)
	l.rework.add(known(e.Rework), 1)
	l.energyJ.add(e.EnergyKWh, joulesPerKWh)
	l.inG.add(e.MaterialInKg, gramsPerKg)
	l.outG.add(e.ProductOutKg, gramsPerKg)
}
