package board

import (
	"context"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/plausible"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

// findingsHistory is how far before a window a line is read, so that a day is held against what is usual there.
const findingsHistory = 28 * 24 * time.Hour

// mostMachineDays bounds a question: every minute of all machines is read with its measures.
const mostMachineDays = 800

// Findings is what speaks against the figures of a window. That there is none is no proof of them.
type Findings struct {
	From     time.Time           `json:"from"`
	To       time.Time           `json:"to"`
	Since    time.Time           `json:"since" doc:"from when on minutes were read, for what is usual on the line"`
	Findings []plausible.Finding `json:"findings" nullable:"false" doc:"those that meet the window, in order of time"`
	Counts   []HandCount         `json:"counts" nullable:"false" doc:"by hand, of the window, those that none corrects"`
	Judged   []plausible.Judged  `json:"judged" nullable:"false" doc:"how much each check could judge of each machine since then"`
}

// Findings holds what a line's meters say against physics and against its own last weeks.
func (b *Board) Findings(ctx context.Context, line string, from, to time.Time) (Findings, error) {
	p, err := b.find(line)
	if err != nil {
		return Findings{}, err
	}
	f := Findings{From: from.UTC(), To: to.UTC(), Since: from.Add(-findingsHistory).UTC(), Findings: []plausible.Finding{}, Counts: []HandCount{}, Judged: []plausible.Judged{}}
	window := record.Span{From: f.Since, To: f.To}
	if machines := max(len(p.model.Machines), 1); window.Duration().Hours()/24*float64(machines) > mostMachineDays {
		most := time.Duration(mostMachineDays/machines)*24*time.Hour - findingsHistory
		return f, fmt.Errorf("findings of %d machines over %s: %w; ask for %d days at most", machines, to.Sub(from), ErrTooMuch, max(int(most.Hours()/24), 0))
	}
	b.judging.Lock()
	defer b.judging.Unlock()
	counts, err := b.counts(ctx, line, record.Span{From: f.From, To: f.To})
	if err != nil {
		return f, err
	}
	checks := plausible.New(p.plausible(window))
	for _, c := range counts {
		checks.Count(plausible.Hand(c.From, c.HandCount))
	}
	for i, err := range b.store.Intervals(ctx, series.Query{Site: p.site, Line: p.id, From: f.Since, To: f.To}) {
		if err != nil {
			return f, fmt.Errorf("findings of line %s: %w", p.id, err)
		}
		checks.Add(i)
	}
	for n, compared := range checks.Compared() {
		counts[n].compare(compared)
	}
	f.Counts = append(f.Counts, counts...)
	all, judged := checks.Findings()
	f.Judged = append(f.Judged, judged...)
	for _, one := range all {
		if one.From.Before(f.To) && one.To.After(f.From) {
			f.Findings = append(f.Findings, one)
		}
	}
	return f, nil
}

// plausible is what the checks need to know of a line.
func (p place) plausible(window record.Span) plausible.Model {
	return plausible.ModelOf(p.model, p.signals, kpi.Planned(p.calendar, window))
}
