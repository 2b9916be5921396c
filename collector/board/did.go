package board

import (
	"context"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

// spell is observed time of a machine in one state, while it made one product.
type spell struct {
	from, to       time.Time
	state          record.State
	product, order string
}

// did is what the machines of a line did, each in order of time. Nobody may change it.
type did map[string][]spell

// mostDays bounds what days remembers, a few kilobytes each.
const mostDays = 20_000

// days remembers what machines did on closed days, as hours does for counts: weeks do not have to be read minute by
// minute for every look at them.
type days struct {
	mu   sync.Mutex
	kept map[day]did
}

// day is one of a line, in UTC.
type day struct {
	site, line string
	begins     int64 // Unix seconds
}

const dayLong = 24 * time.Hour

// did gives what the line's machines did in a window, piece by piece in order of time: closed days whole, even where
// the window begins or ends in them. The window's beginning must be a whole minute.
func (b *Board) did(ctx context.Context, p place, from, to time.Time) iter.Seq2[did, error] {
	return func(yield func(did, error) bool) {
		settled := p.settled()
		for from.Before(to) {
			begin := from.Truncate(dayLong)
			end := begin.Add(dayLong)
			var piece did
			var err error
			if closed := !end.After(settled); closed {
				piece, err = b.days.of(day{p.site, p.id, begin.Unix()}, func() (did, error) { return b.readDid(ctx, p, begin, end) })
			} else {
				if end.After(to) {
					end = to
				}
				piece, err = b.readDid(ctx, p, from, end)
			}
			if !yield(piece, err) || err != nil {
				return
			}
			from = end
		}
	}
}

func (d *days) of(key day, read func() (did, error)) (did, error) {
	d.mu.Lock()
	kept, ok := d.kept[key]
	d.mu.Unlock()
	if ok {
		return kept, nil
	}
	kept, err := read()
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kept == nil || len(d.kept) > mostDays {
		d.kept = map[day]did{}
	}
	d.kept[key] = kept
	return kept, nil
}

func (d *days) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kept = nil
}

// readDid joins the timelines of minutes.
func (b *Board) readDid(ctx context.Context, p place, from, to time.Time) (did, error) {
	all := did{}
	var open map[string][]spell // of the minute that is being read: it has several intervals where the product changed
	var of time.Time
	end := func() {
		for id, minute := range open {
			slices.SortFunc(minute, func(a, b spell) int { return a.from.Compare(b.from) })
			for _, s := range minute {
				all.add(id, s)
			}
		}
		open, of = map[string][]spell{}, time.Time{}
	}
	end()
	for i, err := range b.store.Intervals(ctx, series.Query{Site: p.site, Line: p.id, From: from, To: to}) {
		if err != nil {
			return nil, err
		}
		if !i.Start.Equal(of) {
			end()
			of = i.Start
		}
		for n, step := range i.Timeline {
			until := account.Minute.Milliseconds()
			if n+1 < len(i.Timeline) {
				until = i.Timeline[n+1].At
			}
			if !step.Unobserved {
				at := func(ms int64) time.Time { return i.Start.Add(time.Duration(ms) * time.Millisecond) }
				open[i.Machine] = append(open[i.Machine], spell{at(step.At), at(until), step.State, i.Product, i.Order})
			}
		}
	}
	end()
	return all, nil
}

// add takes the next spell of a machine, which may go on with the one before.
func (d did) add(machine string, s spell) {
	if n := len(d[machine]) - 1; n >= 0 {
		last := &d[machine][n]
		if last.to.Equal(s.from) && last.state == s.state && last.product == s.product && last.order == s.order {
			last.to = s.to
			return
		}
	}
	d[machine] = append(d[machine], s)
}
