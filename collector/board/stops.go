package board

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/registry"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

// ErrUnknown is part of an error about what a caller named and there is not.
var ErrUnknown = errors.New("unknown")

// Stop is a stretch of time in which a machine was seen not to run, or in which nobody looked.
type Stop struct {
	Machine  string       `json:"machine"`
	Kind     string       `json:"kind" enum:"stop,micro,unobserved" doc:"micro: shorter than the line's limit; unobserved: nobody looked, whatever reason is given"`
	From     time.Time    `json:"from"`
	To       time.Time    `json:"to" doc:"up to when it is known to last"`
	Goes     bool         `json:"goes_on"`
	PlannedS float64      `json:"planned_s" doc:"part of it in planned time"`
	State    record.State `json:"state" enum:"undefined,clearing,stopped,starting,idle,suspended,execute,stopping,aborting,aborted,holding,held,unholding,suspending,unsuspending,resetting,completing,complete" doc:"the state of most of it"`
	Code     *int64       `json:"code,omitempty" doc:"what the PLC gave as its reason"`
	Original string       `json:"original,omitempty" doc:"the reason that the PLC's code stands for, GROUP/REASON"`
	Reason   string       `json:"reason,omitempty" doc:"what a person said last, else the original; GROUP/REASON"`
	Notes    []StopNote   `json:"notes" nullable:"false" doc:"what people said, oldest first; none is ever removed"`
}

// StopNote is what a person said of a stop.
type StopNote struct {
	Time    time.Time `json:"time"`
	Reason  string    `json:"reason,omitempty" doc:"GROUP/REASON; empty for a comment alone"`
	Comment string    `json:"comment,omitempty"`
	Author  string    `json:"author"`
}

// Stops is the stops of a window with what they add up to.
type Stops struct {
	Stops  []Stop      `json:"stops" nullable:"false" doc:"those that meet the window, newest first"`
	Pareto []StopShare `json:"pareto" nullable:"false" doc:"by reason, the longest first"`
}

// StopShare is what the stops of one reason add up to, as far as they lie in the window and in planned time.
type StopShare struct {
	Kind     string  `json:"kind" enum:"stop,micro,unobserved"`
	Reason   string  `json:"reason,omitempty" doc:"GROUP/REASON; empty: none is known"`
	PlannedS float64 `json:"planned_s"`
	Count    int     `json:"count"`
}

// lookBack is how long before a window a stop is looked for that reaches into it.
const lookBack = 24 * time.Hour

// Stops lists the stops of a line's machines that meet a window and planned time; machine "" stands for all.
func (b *Board) Stops(ctx context.Context, line, machine string, window record.Span) (s Stops, err error) {
	b.mu.RLock()
	p, err := b.place(line)
	b.mu.RUnlock()
	if err != nil {
		return s, err
	}
	states, err := b.states(ctx, p, window.From.Add(-lookBack), window.To)
	if err != nil {
		return s, err
	}
	now := b.clock.Now()
	for _, m := range states {
		if machine == "" || m.ID == machine {
			s.Stops = append(s.Stops, p.stops(m, now)...)
		}
	}
	s.Stops = slices.DeleteFunc(s.Stops, func(s Stop) bool { return !s.To.After(window.From) })
	if err := b.explain(ctx, p, s.Stops, record.Span{From: window.From.Add(-lookBack), To: window.To}); err != nil {
		return s, err
	}
	slices.SortStableFunc(s.Stops, func(a, b Stop) int { return b.From.Compare(a.From) })
	s.Pareto = p.pareto(s.Stops, window)
	return s, nil
}

// stops finds the stops in what a machine did. Time before anything was known of it is none.
func (p place) stops(m MachineStates, now time.Time) (all []Stop) {
	limit := cmp.Or(p.model.MicroStop.D(), account.DefaultMicroStop)
	whole := false // somebody saw it begin
	lasted := map[record.State]time.Duration{}
	var open *Stop
	end := func() {
		if open == nil {
			return
		}
		for state, d := range lasted {
			if d > lasted[open.State] || d == lasted[open.State] && state < open.State {
				open.State = state
			}
		}
		if open.Kind == "stop" && whole && !open.Goes && open.To.Sub(open.From) < limit {
			open.Kind = "micro"
		}
		if open.PlannedS = p.planned(record.Span{From: open.From, To: open.To}).Seconds(); open.PlannedS > 0 {
			all = append(all, *open)
		}
		open = nil
		clear(lasted)
	}
	for n, span := range m.Spans {
		kind := "stop"
		switch {
		case span.State == nil && n == 0: // not known yet
			continue
		case span.State == nil:
			kind = "unobserved"
		case *span.State == record.Execute || *span.State == record.Completing:
			end()
			continue
		}
		if open != nil && open.Kind != kind {
			whole = false // or nobody saw it end
			end()
		}
		if open == nil {
			whole = n > 0 && m.Spans[n-1].State != nil
			open = &Stop{Machine: m.ID, Kind: kind, From: span.From, Notes: []StopNote{}}
		}
		open.To = span.To
		if span.State != nil {
			lasted[*span.State] += span.To.Sub(span.From)
		}
		open.Goes = n == len(m.Spans)-1 && now.Sub(span.To) < lateAfter
	}
	end()
	return all
}

func (p place) planned(span record.Span) (d time.Duration) {
	for _, s := range p.calendar.Planned(span) {
		d += s.Duration()
	}
	return d
}

// explain adds what PLC and people said.
func (b *Board) explain(ctx context.Context, p place, stops []Stop, window record.Span) error {
	if err := b.codes(ctx, p, stops, window); err != nil {
		return err
	}
	if b.registry == nil {
		return nil
	}
	notes, err := b.stopNotes(ctx, p.id, window)
	if err != nil {
		return err
	}
	for i := range stops {
		s := &stops[i]
		for _, n := range notes {
			if n.machine != s.Machine || !s.holds(n.began) {
				continue
			}
			s.Notes = append(s.Notes, n.StopNote)
			s.Reason = cmp.Or(n.Reason, s.Reason)
		}
	}
	return nil
}

// vague is how far the beginning of a stop may move when the batch comes that says what was live before.
const vague = time.Second

// holds tells whether a note on a stop that began then is on this one, however short it is.
func (s Stop) holds(began time.Time) bool {
	return began.Equal(s.From) || !began.Before(s.From.Add(-vague)) && began.Before(s.To.Add(-vague))
}

// codes adds the PLC's reasons: the first code but 0 that was read while the machine stood.
func (b *Board) codes(ctx context.Context, p place, stops []Stop, window record.Span) error {
	for id, m := range p.model.Machines {
		if m.ReasonFrom == "" {
			continue
		}
		q := series.Query{Site: p.site, Line: p.id, Signals: []string{m.ReasonFrom}, From: window.From, To: window.To}
		for r, err := range b.store.Readings(ctx, q) {
			if err != nil {
				return fmt.Errorf("reasons of %s: %w", id, err)
			}
			code := r.Value.Int()
			if r.Quality == record.Missing || code == 0 {
				continue
			}
			at := slices.IndexFunc(stops, func(s Stop) bool {
				return s.Machine == id && s.Kind != "unobserved" && s.Code == nil && !r.Time.Before(s.From) && r.Time.Before(s.To)
			})
			if at >= 0 {
				stops[at].Code, stops[at].Original = &code, p.model.ReasonOf(code)
				stops[at].Reason = stops[at].Original
			}
		}
	}
	return nil
}

func (p place) pareto(stops []Stop, window record.Span) []StopShare {
	all := []StopShare{}
	for _, s := range stops {
		at := slices.IndexFunc(all, func(o StopShare) bool { return o.Kind == s.Kind && o.Reason == s.Reason })
		if at < 0 {
			at, all = len(all), append(all, StopShare{Kind: s.Kind, Reason: s.Reason})
		}
		if s.From.Before(window.From) {
			s.From = window.From
		}
		if s.To.After(window.To) {
			s.To = window.To
		}
		all[at].Count++
		all[at].PlannedS += p.planned(record.Span{From: s.From, To: s.To}).Seconds()
	}
	slices.SortStableFunc(all, func(a, b StopShare) int {
		return cmp.Or(cmp.Compare(b.PlannedS, a.PlannedS), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
	return all
}

// NoteStop keeps what a person says of a stop of a machine that began at a time.
func (b *Board) NoteStop(ctx context.Context, line, machine string, began time.Time, n StopNote) error {
	b.mu.RLock()
	p, err := b.place(line)
	b.mu.RUnlock()
	if err != nil {
		return err
	}
	n.Author, n.Comment = strings.TrimSpace(n.Author), strings.TrimSpace(n.Comment)
	switch {
	case n.Reason != "" && !p.lists(n.Reason):
		return fmt.Errorf("reason %q: %w; the line's tree does not list it", n.Reason, ErrUnknown)
	case n.Reason == "" && n.Comment == "":
		return fmt.Errorf("note: %w; give a reason, a comment or both", ErrUnknown)
	case n.Author == "":
		return fmt.Errorf("author: %w; say who gives the reason", ErrUnknown)
	}
	s, err := b.Stops(ctx, line, machine, record.Span{From: began, To: began.Add(lookBack)}) // to its end: its beginning may lie in a break
	if err != nil {
		return err
	}
	at := slices.IndexFunc(s.Stops, func(s Stop) bool { return s.Machine == machine && s.holds(began) })
	if at < 0 {
		return fmt.Errorf("stop of %s at %s: %w", machine, began.Format(time.RFC3339Nano), ErrNotFound)
	}
	if group, _, _ := strings.Cut(n.Reason, "/"); n.Reason != "" && (group == unobservedGroup) != (s.Stops[at].Kind == "unobserved") {
		return fmt.Errorf("reason %q: %w for a stretch of that kind", n.Reason, ErrUnknown)
	}
	return b.state(ctx, statement{Kind: record.StatementStop, Line: line, About: began, By: n.Author},
		record.StopNote{Machine: machine, Reason: n.Reason, Comment: n.Comment})
}

// noted is a note with the stop that it is on.
type noted struct {
	StopNote
	machine string
	began   time.Time
}

// stopNotes gives what people said of stops that began in a window, oldest first.
func (b *Board) stopNotes(ctx context.Context, line string, window record.Span) (all []noted, err error) {
	said, err := b.registry.Statements(ctx, registry.Said{Kinds: []record.StatementKind{record.StatementStop}, Line: line, From: window.From, To: window.To})
	if err != nil {
		return nil, fmt.Errorf("notes on stops of %s: %w", line, err)
	}
	for _, s := range said {
		var n record.StopNote
		if err := s.Decode(&n); err != nil {
			return nil, err
		}
		all = append(all, noted{StopNote{Time: s.Said, Reason: n.Reason, Comment: n.Comment, Author: s.By}, n.Machine, s.About})
	}
	return all, nil
}
