package kpi

import (
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/record"
)

// By says what gets a row of its own.
type By string

const (
	Whole     By = ""        // one row for the line
	ByMachine By = "machine" // one for each machine, those that are not the line's output included
	ByProduct By = "product" // one for each product that there are intervals of; its PBT is what was observed
	ByShift   By = "shift"   // one for each shift of the calendar, and one for work outside them
	ByHour    By = "hour"    // one for each hour of the line's time zone
	ByDay     By = "day"     // one for each day, midnight to midnight
	ByWeek    By = "week"    // one for each week, Monday to Monday
	ByOrder   By = "order"   // one for each production order; its PBT is what was observed
)

// Model is what a line's intervals are held against.
type Model struct {
	Calendar calendar.Line
	Machines []string // all of the line
	Output   []string // those whose counts are the line's
	Reworked []string // those whose rework is counted
	Log      []Logged // what people wrote down
}

// Compute sums up intervals, which come in order of time, over a window. The window ends no later than
// now: what has not happened yet is not planned time. Times of the window that are not whole minutes are
// taken as they are for planned time; an interval belongs to the window in which its minute begins.
func Compute(intervals iter.Seq2[account.Interval, error], m Model, window record.Span, by By) ([]Row, error) {
	groups, err := newGroups(m, window, by)
	if err != nil {
		return nil, err
	}
	planned := Planned(m.Calendar, window)
	log := newLog(m.Log)
	for i, err := range intervals {
		if err != nil {
			return nil, err
		}
		if by != ByMachine && !slices.Contains(m.Output, i.Machine) {
			continue
		}
		attended := log.see(i)
		if s := groups.find(i); s != nil {
			s.add(i, planned(i.Start))
			if attended {
				s.attendedGood += i.Good
			}
		}
	}
	log.people(groups)
	log.quantities(groups, m)
	return groups.rows(m), nil
}

// groups are the rows to be, in order. Those that follow from time alone exist from the start, so that an
// hour without data is a row with coverage 0 and not a hole.
type groups struct {
	by     By
	window record.Span
	all    []*sum
	named  map[string]*sum
	at     int // groups before it are over
	rest   *sum
}

func newGroups(m Model, window record.Span, by By) (*groups, error) {
	g := &groups{by: by, window: window, named: map[string]*sum{}}
	zone := m.Calendar.Zone()
	switch by {
	case Whole:
		g.open(Row{From: window.From, To: window.To})
	case ByMachine:
		for _, machine := range m.Machines {
			g.open(Row{From: window.From, To: window.To, Machine: machine})
		}
	case ByProduct, ByOrder:
	case ByShift:
		for _, s := range m.Calendar.Shifts(window) {
			g.open(Row{From: s.From, To: s.To, Shift: s.Name})
		}
	case ByHour:
		g.cut(func(t time.Time) time.Time {
			t = t.In(zone)
			return t.Add(time.Hour - time.Duration(t.Minute())*time.Minute - time.Duration(t.Second())*time.Second - time.Duration(t.Nanosecond()))
		})
	case ByDay:
		g.cut(func(t time.Time) time.Time {
			return calendar.NextDay(t.In(zone))
		})
	case ByWeek:
		g.cut(func(t time.Time) time.Time {
			next := calendar.NextDay(t.In(zone))
			for next.Weekday() != time.Monday {
				next = calendar.NextDay(next)
			}
			return next
		})
	default:
		return nil, fmt.Errorf("kpi by %q: is none of machine, product, order, shift, hour, day, week", by)
	}
	return g, nil
}

func (g *groups) open(r Row) *sum {
	if r.From.Before(g.window.From) {
		r.From = g.window.From
	}
	if r.To.After(g.window.To) {
		r.To = g.window.To
	}
	s := &sum{row: r}
	g.all = append(g.all, s)
	if name := g.field(&r); name != nil {
		g.named[*name] = s
	}
	return s
}

// field is what names a row of its own; nil where that is time.
func (g *groups) field(r *Row) *string {
	switch g.by {
	case ByMachine:
		return &r.Machine
	case ByProduct:
		return &r.Product
	case ByOrder:
		return &r.Order
	}
	return nil
}

// name is that of an interval's row; nil where that is time.
func (g *groups) name(i account.Interval) *string {
	return g.field(&Row{Machine: i.Machine, Product: i.Product, Order: i.Order})
}

func (g *groups) cut(next func(time.Time) time.Time) {
	for from := g.window.From; from.Before(g.window.To); {
		to := next(from).UTC()
		g.open(Row{From: from, To: to})
		from = to
	}
}

func (g *groups) find(i account.Interval) *sum {
	if name := g.name(i); name != nil {
		s := g.named[*name]
		if s == nil {
			row := Row{From: g.window.From, To: g.window.To}
			*g.field(&row) = *name
			s = g.open(row)
		}
		return s
	}
	for g.at < len(g.all) && !i.Start.Before(g.all[g.at].row.To) {
		g.at++
	}
	if g.at < len(g.all) && !i.Start.Before(g.all[g.at].row.From) {
		return g.all[g.at]
	}
	if g.by != ByShift {
		return nil
	}
	return g.outside()
}

// outside is the row of what lies in no shift.
func (g *groups) outside() *sum {
	if g.rest == nil {
		g.rest = &sum{row: Row{From: g.window.From, To: g.window.To}, outside: true}
	}
	return g.rest
}

func (g *groups) rows(m Model) []Row {
	all := g.all
	if g.rest != nil && g.rest.made() {
		all = append(all, g.rest)
	}
	rows := make([]Row, 0, len(all))
	for _, s := range all {
		machines := m.outputs()
		if g.by == ByMachine {
			machines = 1
		}
		switch {
		case s.outside:
			s.plannedMs = s.logged.openMs
		case g.by == ByProduct || g.by == ByOrder:
			s.plannedMs = s.busyMs - s.overtimeMs + s.logged.ms
		default:
			for _, span := range m.Calendar.Planned(record.Span{From: s.row.From, To: s.row.To}) {
				s.plannedMs += span.Duration().Milliseconds() * machines
			}
			s.plannedMs += s.logged.openMs
		}
		rows = append(rows, s.finish(g.by, m.reworked(s.row.Machine)))
	}
	return rows
}

// outputs is how many machines' time a line's is: one where people declared a line without naming any.
func (m Model) outputs() int64 { return int64(max(len(m.Output), 1)) }

// reworked tells whether the rework of a machine is counted; that of the line, if it is of all its output.
func (m Model) reworked(machine string) bool {
	counted := func(id string) bool { return slices.Contains(m.Reworked, id) }
	if machine != "" {
		return counted(machine)
	}
	return len(m.Output) > 0 && !slices.ContainsFunc(m.Output, func(id string) bool { return !counted(id) })
}

// Planned answers for rising times whether the minutes that begin then are planned, as Compute takes them.
func Planned(c calendar.Line, window record.Span) func(minute time.Time) bool {
	return newPlan(c.Planned(window)).contains
}

// plan answers for rising times whether they are planned.
type plan struct {
	spans []record.Span
	at    int
}

func newPlan(spans []record.Span) *plan { return &plan{spans: spans} }

func (p *plan) contains(t time.Time) bool {
	for p.at < len(p.spans) && !t.Before(p.spans[p.at].To) {
		p.at++
	}
	return p.at < len(p.spans) && !t.Before(p.spans[p.at].From)
}
