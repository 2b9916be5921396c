package audit

import (
	"errors"
	"iter"
	"sync"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/plausible"
	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/evidence/bundle"
)

// answers are what the minutes that were computed say: rows of figures, and what speaks against the minutes, judged by
// these alone.
type answers struct {
	rows     map[bundle.Grouping][]kpi.Row
	rowsErr  error               // why there are none
	found    []plausible.Finding // none where the bundle says nothing of them
	foundErr error
}

// answers walks through the minutes once, for all that asks them.
func (a *auditor) answers() (all answers) {
	line, err := a.line()
	if err != nil {
		return answers{rowsErr: err, foundErr: err}
	}
	all.rows = map[bundle.Grouping][]kpi.Row{}
	var mu sync.Mutex
	var asking []func(iter.Seq2[account.Interval, error])
	for _, g := range bundle.Groupings() {
		asking = append(asking, func(minutes iter.Seq2[account.Interval, error]) {
			rows, err := kpi.Compute(minutes, line.model, a.window(), by(g))
			mu.Lock()
			defer mu.Unlock()
			all.rows[g], all.rowsErr = rows, errors.Join(all.rowsErr, err)
		})
	}
	if a.bundle.HasFindings() {
		asking = append(asking, func(minutes iter.Seq2[account.Interval, error]) { all.found, all.foundErr = a.questions(line, minutes) })
	}
	a.minutes.days.each(asking)
	return all
}

// questions are what speaks against minutes.
func (a *auditor) questions(line told, minutes iter.Seq2[account.Interval, error]) ([]plausible.Finding, error) {
	counts, err := entries.Counts(entries.Line(a.said, a.bundle.Manifest.Line), a.window())
	if err != nil {
		return nil, err
	}
	checks := plausible.New(plausible.ModelOf(line.line, line.signals, kpi.Planned(line.model.Calendar, a.window())))
	for _, c := range counts {
		checks.Count(plausible.Hand(c.From, c.HandCount))
	}
	for i := range minutes {
		checks.Add(i)
	}
	found, _ := checks.Findings()
	return found, nil
}

// each gives the minutes, in order of time, to all who ask, beside each other.
func (d *days) each(asking []func(iter.Seq2[account.Interval, error])) {
	var work sync.WaitGroup
	defer work.Wait()
	var feeds []chan []account.Interval
	for _, ask := range asking {
		feed := make(chan []account.Interval, 1)
		feeds = append(feeds, feed)
		work.Go(func() {
			ask(drain(feed))
			for range feed { // what it did not want
			}
		})
	}
	for day := range d.inOrder {
		for _, feed := range feeds {
			feed <- day
		}
	}
	for _, feed := range feeds {
		close(feed)
	}
}

func drain(feed <-chan []account.Interval) iter.Seq2[account.Interval, error] {
	return func(yield func(account.Interval, error) bool) {
		for day := range feed {
			for _, i := range day {
				if !yield(i, nil) {
					return
				}
			}
		}
	}
}
