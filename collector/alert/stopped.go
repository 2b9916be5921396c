package alert

import (
	"context"
	"time"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/record"
)

// microStop is up to when a stop is none: it neither is said nor makes a line that runs again count as standing.
const microStop = time.Minute

// stretch is a stretch of time in which a line was seen to stand still.
type stretch struct{ since, until time.Time }

// stopped finds the lines that stand still. A line does when each of its machines is seen and none is in state
// execute: one that nobody sees may be running. Only planned time counts.
func (l looking) stopped(context.Context) (all []finding, _ error) {
	rule := l.cfg.Rules.Stopped
	if rule == nil {
		return nil, nil
	}
	for _, w := range l.lines {
		if len(w.Machines) == 0 {
			continue // none says what it does
		}
		most := rule.For.D()
		if own := rule.Lines[w.ID].For; own != 0 {
			most = own.D()
		}
		f := finding{rule: RuleStopped, subject: w.ID, facts: factsOf(w), counts: plannedTime(w.Calendar)}
		f.facts.Machine, f.facts.MachineName = w.Machines[0].ID, w.Machines[0].Name
		f.verdict, f.since = l.standing(w, most)
		all = append(all, f)
	}
	return all, nil
}

func plannedTime(cal calendar.Line) func(from, to time.Time) time.Duration {
	return func(from, to time.Time) (sum time.Duration) {
		for _, s := range cal.Planned(record.Span{From: from, To: to}) {
			sum += s.Duration()
		}
		return sum
	}
}

func (l looking) standing(w board.Watched, most time.Duration) (verdict, time.Time) {
	running, since, seen := look(w.Machines)
	if running {
		delete(l.stops, w.ID)
		return inOrder, since
	}
	if seen.IsZero() {
		return unknown, time.Time{}
	}
	// A machine that goes from one kind of standing still to another stands still since the first. What nobody saw
	// for a while may have run.
	own, ok := l.stops[w.ID]
	if !ok || since.Sub(own.until) > microStop {
		own.since = since
	}
	own.until = seen
	l.stops[w.ID] = own
	planned := w.Calendar.Planned(record.Span{From: own.since, To: l.now})
	var stood time.Duration
	for _, s := range planned {
		stood += s.Duration()
	}
	switch {
	case stood >= most:
		return holds, planned[0].From
	case l.now.Sub(own.since) <= microStop:
		return unknown, time.Time{}
	}
	return pending, time.Time{}
}

// look tells whether one of a line's machines runs, and since when the first of them does; else since when all stand
// still and when they were seen to, which is never where one of them is not seen.
func look(machines []board.Machine) (running bool, since, seen time.Time) {
	blind := false
	for _, m := range machines {
		switch {
		case m.State == nil:
			blind = true
		case *m.State == record.Execute:
			if !running || m.Since.Before(since) {
				since = *m.Since
			}
			running = true
		case running:
		default:
			if m.Since.After(since) {
				since = *m.Since
			}
			if seen.IsZero() || m.Observed.Before(seen) {
				seen = *m.Observed
			}
		}
	}
	if blind {
		seen = time.Time{}
	}
	return running, since, seen
}
