package chaos

import (
	"context"
	"net/url"
	"path/filepath"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/series/influx"
	"github.com/lineproof/lineproof/collector/series/sqlite"
	"github.com/lineproof/lineproof/record"
)

// machines are those of the line, with the products they make.
var machines = []struct{ name, product string }{{"press", "GB-390"}, {"mixer", "MIX"}}

// rows asks the collector's interface for the whole run.
func (r *rig) rows(by string) ([]kpi.Row, error) {
	var answer struct{ Rows []kpi.Row }
	query := url.Values{"by": {by}, "from": {r.begin.Add(-time.Hour).UTC().Format(time.RFC3339)}, "to": {time.Now().Add(time.Hour).UTC().Format(time.RFC3339)}}
	err := get(r.base+"/api/v1/lines/block-line/kpi?"+query.Encode(), &answer)
	return answer.Rows, err
}

// compare holds everything that the collector has against the books.
func (r *rig) compare(o *outcome) {
	r.ledger(o)
	ctx := context.Background()
	store, err := r.views(ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	var intervals []account.Interval
	for i, err := range store.Intervals(ctx, series.Query{}) {
		if err != nil {
			r.t.Fatal(err)
		}
		intervals = append(intervals, i)
	}
	truth := openBooks(r.t, r.plant, r.ended)
	if err := r.readings(ctx, o, store, truth); err != nil {
		r.t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		r.t.Error(err)
	}
	for _, m := range machines {
		own := slices.DeleteFunc(slices.Clone(intervals), func(i account.Interval) bool { return i.Machine != m.name })
		r.totals(o, m.name, m.product, own, truth)
		stretches := observed(own)
		r.edges(o, m.name, own, stretches, truth)
		r.states(o, m.name, stretches, truth)
		r.coverage(o, m.name, stretches)
	}
	batches, err := r.rebuild()
	if err != nil {
		r.t.Errorf("views made again from the ledger: %v", err)
	}
	o.batches = batches
}

// views opens the views as they were left, past everything that stood in between.
func (r *rig) views(ctx context.Context) (series.Store, error) {
	if r.influx == nil {
		return sqlite.Open(ctx, filepath.Join(r.collectorDir, "series.db"))
	}
	return influx.Open(influx.Options{URL: "http://" + r.toInflux.target, Database: bucket, RetentionPolicy: "autogen"})
}

// totals are equal to the unit: the plant stood still when counting began and when it ended.
func (r *rig) totals(o *outcome, machine, product string, own []account.Interval, truth *books) {
	want := truth.of(machine, r.begin, r.ended)
	got, sum := row{machine: machine, product: product, seed: r.seed, store: r.store}, account.Interval{}
	for _, i := range own {
		if i.Product != product {
			r.t.Errorf("%s makes %s", machine, i.Product)
		}
		sum.Produced, sum.Good, sum.Scrap, sum.EnergyJ = sum.Produced+i.Produced, sum.Good+i.Good, sum.Scrap+i.Scrap, sum.EnergyJ+i.EnergyJ
		sum.Late, sum.Suspect, sum.Resets = sum.Late+i.Late, sum.Suspect+i.Suspect, sum.Resets+i.Resets
	}
	got.produced, got.scrap, got.joules, got.late = pair{sum.Produced, want.Produced}, pair{sum.Scrap, want.Rejects}, pair{sum.EnergyJ, want.EnergyJ}, sum.Late
	good := pair{sum.Good, want.Good()}
	if machine == "mixer" { // it has no meter of its own
		got.joules = pair{}
		good = got.produced
	}
	for what, p := range map[string]pair{"produced": got.produced, "rejected": got.scrap, "good": good, "joules": got.joules} {
		if p.view != p.book {
			r.t.Errorf("%s: %d %s, the books say %d", machine, p.view, what, p.book)
		}
	}
	if sum.Suspect != 0 || sum.Resets != 0 {
		r.t.Errorf("%s: %d suspect, %d resets; there were none", machine, sum.Suspect, sum.Resets)
	}
	o.rows = append(o.rows, got)
}

// reach is how far apart what a machine did and the poll that saw it can be: two polls further apart than
// 2.5 periods are not one stretch of observation.
func reach(machine string) time.Duration { return polls[machine] * 5 / 2 }

// edges holds the sum of all counts up to each minute's end against the books: so every count of every
// minute lies between two figures that are known. A count is booked to the minute of the poll that saw it.
// So the sum is at least what had been made a poll before the last moment that was observed until then, and
// at most what had been made a poll after the minute's end.
func (r *rig) edges(o *outcome, machine string, own []account.Interval, stretches []stretch, truth *books) {
	sums := map[int64]account.Interval{} // by the minute's end
	var sum account.Interval
	for _, i := range own {
		sum.Produced, sum.Scrap, sum.EnergyJ = sum.Produced+i.Produced, sum.Scrap+i.Scrap, sum.EnergyJ+i.EnergyJ
		sums[i.Start.Add(account.Minute).Unix()] = sum
	}
	var got account.Interval
	for end := r.begin.Truncate(time.Minute).Add(time.Minute); end.Before(r.ended); end = end.Add(time.Minute) {
		if next, ok := sums[end.Unix()]; ok { // else nothing was booked in that minute
			got = next
		}
		seen := lastSeen(stretches, end)
		if seen.Before(r.free) {
			continue
		}
		doubt := max(r.doubt(end), r.doubt(seen))
		least, most := truth.of(machine, r.begin, seen.Add(-reach(machine)-doubt)), truth.of(machine, r.begin, end.Add(pollMost+doubt))
		check := func(what string, got, least, most int64) {
			if got < least || got > most {
				r.t.Errorf("%s: %d %s up to %s, last seen at %s: the books say %d to %d", machine, got, what, end.Format(stamp), seen.Format(stamp), least, most)
			}
		}
		check("produced", got.Produced, least.Produced, most.Produced)
		check("rejected", got.Scrap, least.Rejects, most.Rejects)
		if machine == "press" { // its meter is a device of its own, which may not have answered when the press did
			check("joules", got.EnergyJ, 0, most.EnergyJ)
		}
		o.edges++
		if end.Sub(seen) == 0 {
			o.sharp++
		}
	}
}

// lastSeen is the last observed moment up to a time.
func lastSeen(stretches []stretch, t time.Time) (seen time.Time) {
	for _, s := range stretches {
		if !s.From.Before(t) {
			break
		}
		if seen = s.To; seen.After(t) {
			seen = t
		}
	}
	return seen
}

// stretch is observed time in one state.
type stretch struct {
	record.Span
	state record.State
}

// observed lists what the timelines say, in order.
func observed(own []account.Interval) (all []stretch) {
	for _, i := range own {
		for n, step := range i.Timeline {
			end := account.Minute
			if n+1 < len(i.Timeline) {
				end = time.Duration(i.Timeline[n+1].At) * time.Millisecond
			}
			if step.Unobserved {
				continue
			}
			all = append(all, stretch{record.Span{From: i.Start.Add(time.Duration(step.At) * time.Millisecond), To: i.Start.Add(end)}, step.State})
		}
	}
	return all
}

// states holds every observed moment against the books: the machine was in that state then, or within a
// poll of it.
func (r *rig) states(o *outcome, machine string, stretches []stretch, truth *books) {
	const step = 50 * time.Millisecond
	for _, s := range stretches {
		for t := s.From; t.Before(s.To); t = t.Add(step) {
			if t.Before(r.free.Add(time.Second)) || t.After(r.ended.Add(-time.Second)) {
				continue // the plant stands still in the agent's eyes
			}
			o.moments++
			near := reach(machine) + r.doubt(t)
			if !truth.was(machine, s.state, t.Add(-near), t.Add(near)) {
				r.t.Errorf("%s: %s from %s to %s, but not at %s", machine, s.state, s.From.Format(stamp), s.To.Format(stamp), t.Format(stamp))
				break
			}
		}
	}
}

// coverage accounts for every moment from the first look to the last: it was observed, or a known fault
// explains that it was not.
func (r *rig) coverage(o *outcome, machine string, stretches []stretch) {
	if len(stretches) == 0 {
		r.t.Errorf("%s was never observed", machine)
		return
	}
	faults := r.windows.sorted(reach(machine) + 500*time.Millisecond)
	last := func(w window) bool { return w.cause == timeNotKnown || w.cause == noTime } // they explain what is left
	others := slices.DeleteFunc(slices.Clone(faults), func(w window) bool { return !last(w) })
	faults = slices.DeleteFunc(faults, last)
	at := stretches[0].From
	unobserved := func(to time.Time) {
		if !to.After(at) {
			return
		}
		for _, part := range explain(record.Span{From: at, To: to}, faults, o.causes()) {
			for _, left := range explain(part, others, o.causes()) {
				r.t.Errorf("%s: nobody looked from %s to %s, and nothing explains it", machine, left.From.Format(stamp), left.To.Format(stamp))
			}
		}
	}
	for _, s := range stretches {
		unobserved(s.From)
		o.seen += s.Duration()
		if s.From.Before(at) {
			r.t.Errorf("%s: %s is told twice", machine, s.From.Format(stamp))
		}
		at = s.To
	}
	unobserved(r.ended)
}
