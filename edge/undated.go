package edge

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/internal/durable"
	"github.com/lineproof/lineproof/record"
)

// asideMost bounds one content that is put aside, in plain bytes, so that it fits into one sealed batch whatever
// packing does to it.
const asideMost = record.MaxSealed - 12<<10

var errTooLarge = errors.New("too large to be put aside")

// undated keeps on disk what was read while the time was not known, by the time since boot. When the time is
// known it is dated, in the order in which it was read: exactly where the gateway ran on until then, else
// somewhere between the last time known before and the first known after.
type undated struct {
	dir     string
	gateway string
	spool   *spool.Spool
	done    uint64 // number of the last content that was sealed
	garbled uint64 // number of the last content that could not be read
	plan    plan
	log     *slog.Logger
}

// plan says what is being sealed, so that an agent that dies over it goes on behind it and seals nothing twice:
// Count contents from number First on become the batches from Batch on.
type plan struct {
	First, Batch uint64
	Count        uint64
	Runs         []run // of earlier boots
}

// run is what was read under one boot, and where on true time it is put.
type run struct {
	Boot          record.Boot
	From, To      time.Duration // since that boot
	After, Before time.Time     // the known times around it
	Zero          time.Time     // true time of Monotonic 0
	Bound         time.Duration // how far Zero may be wrong; 0 when unknown
	Known         bool          // the time became known under this boot: nothing is guessed
}

// openUndated opens what earlier lives of the agent put aside; head is the last batch that was sealed.
func openUndated(dir, gateway string, opts spool.Options, head uint64, log *slog.Logger) (*undated, []record.Gap, error) {
	opts.KeepReceived = -1 // what is sealed is in the other spool
	u := &undated{dir: dir, gateway: gateway, log: log}
	var gaps []record.Gap
	var err error
	if u.spool, gaps, err = spool.Open(dir, opts); err != nil {
		return nil, nil, err
	}
	text, err := durable.ReadChecked(u.planFile())
	if err == nil {
		err = json.Unmarshal(text, &u.plan)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Warn("what was being dated cannot be read", "error", err)
	}
	if u.plan.First > 0 {
		sealed := min(head+1-min(u.plan.Batch, head+1), u.plan.Count)
		u.done = u.plan.First - 1 + sealed
	}
	last, _ := u.spool.Head()
	u.done = max(min(u.done, last), u.spool.Received())
	return u, unsealed(gaps), u.forget()
}

// unsealed is what is told of contents that are gone before they were sealed: they never had a number.
func unsealed(gaps []record.Gap) (told []record.Gap) {
	for _, g := range gaps {
		told = append(told, record.Gap{Why: fmt.Sprintf("%d contents were never dated nor sealed: %s", g.Last-g.First+1, g.Why)})
	}
	return told
}

func (u *undated) planFile() string { return filepath.Join(u.dir, "plan") }

// len is how many contents wait.
func (u *undated) len() uint64 {
	last, _ := u.spool.Head()
	return last - min(u.done, last)
}

// add puts a content aside that was read before m; after is the last time known.
func (u *undated) add(c content, m moment, after time.Time) (gaps []record.Gap, err error) {
	last, _ := u.spool.Head()
	c = c.shift(func(t time.Time) time.Time { return sinceEpoch(m.sinceBoot(t)) })
	plain, err := record.EncodePlain(record.Batch{
		Gateway: u.gateway, Seq: 1, Observed: c.observed, Readings: c.readings,
		Dated: &record.Dated{Boot: m.Boot, Monotonic: m.Monotonic, After: after},
	})
	if err != nil {
		return nil, err
	}
	if len(plain) > asideMost {
		return nil, errTooLarge
	}
	_, gaps, err = u.spool.Append(spool.Record{Seq: last + 1, At: sinceEpoch(m.Monotonic), Sealed: plain})
	return unsealed(gaps), err
}

// sinceEpoch writes a time since boot where a time is wanted.
func sinceEpoch(d time.Duration) time.Time {
	return time.UnixMilli(0).UTC().Add(d.Truncate(time.Millisecond))
}

func untilEpoch(t time.Time) time.Duration { return t.Sub(time.UnixMilli(0)) }

// dated is a content with its time.
type dated struct {
	content
	clock record.Clock
	dated *record.Dated
}

// take gives the oldest contents that wait, at most n, with the times that they have by what is known at m, and
// notes that they become the batches from seq on. What cannot be read is told once, as a gap.
func (u *undated) take(m moment, n int, seq uint64) (all []dated, gaps []record.Gap, err error) {
	u.place(m)
	first := uint64(0)
	for at := u.done; len(all) < n; {
		r, ok := u.spool.Next(at)
		if !ok {
			break
		}
		at = r.Seq
		b, err := record.DecodePlain(r.Sealed)
		if err != nil || b.Dated == nil {
			u.log.Error("what was put aside cannot be read", "error", err)
			if r.Seq > u.garbled {
				u.garbled = r.Seq
				gaps = append(gaps, record.Gap{First: r.Seq, Last: r.Seq, Why: "it cannot be read"})
			}
			continue
		}
		if first == 0 {
			first = r.Seq
		}
		if r.Seq != first+uint64(len(all)) {
			break // some are missing in between: the plan is of a row without holes
		}
		all = append(all, u.date(b, m))
	}
	if len(all) == 0 {
		u.done, _ = u.spool.Head()
		u.plan.Runs = nil
		return nil, unsealed(gaps), u.forget()
	}
	u.plan.First, u.plan.Batch, u.plan.Count = first, seq, uint64(len(all))
	return all, unsealed(gaps), u.keepPlan()
}

func (u *undated) keepPlan() error {
	text, err := json.Marshal(u.plan)
	if err != nil {
		return err
	}
	return durable.WriteChecked(u.planFile(), text)
}

// sealed says that the first n of what take gave last are sealed.
func (u *undated) sealed(n int) error {
	u.done = u.plan.First - 1 + uint64(n)
	if u.len() == 0 {
		u.plan.Runs = nil
	}
	return u.forget()
}

// forget lets go of what is sealed.
func (u *undated) forget() error {
	r, ok := u.spool.Next(u.done - min(u.done, 1))
	if u.done == 0 || !ok || r.Seq != u.done {
		return nil
	}
	return u.spool.Receive(u.done, record.HashOf(r.Sealed))
}

// date gives a content its time.
func (u *undated) date(b record.Batch, m moment) dated {
	d := dated{content: content{readings: b.Readings, observed: b.Observed}, clock: m.clock(), dated: b.Dated}
	zero := time.Time{}
	i := slices.IndexFunc(u.plan.Runs, func(r run) bool { return r.Boot == b.Dated.Boot })
	switch {
	case i < 0 || b.Dated.Boot == m.Boot:
		zero = m.anchor.Zero
		d.clock.ErrorBound = m.anchor.bound(b.Dated.Monotonic).Truncate(time.Microsecond)
	case u.plan.Runs[i].Known:
		zero = u.plan.Runs[i].Zero
		d.clock.State, d.clock.ErrorBound = record.ClockFreeRunning, u.plan.Runs[i].Bound
	default:
		r := u.plan.Runs[i]
		zero, d.dated.After, d.dated.Before = r.Zero, r.After, r.Before
		d.clock.State, d.clock.ErrorBound = record.ClockBetween, r.Bound
		doubt(d.readings)
	}
	d.content = d.shift(func(t time.Time) time.Time { return zero.Add(untilEpoch(t)).UTC().Truncate(time.Millisecond) })
	return d
}

// doubt marks readings whose time nobody knew.
func doubt(readings []record.Reading) {
	for n := range readings {
		if readings[n].Quality == record.Good {
			readings[n].Quality = record.Uncertain
		}
	}
}

// place finds the runs of earlier boots that wait and have no place yet. How long the gateway was without power
// between them nobody knows: all that time together is what lies between the last time known before and the
// boot under which the time is known again, less the runs. Half of it before them errs least.
func (u *undated) place(m moment) {
	u.know(m)
	runs := u.runs(m)
	if len(runs) == 0 {
		return
	}
	var ran time.Duration
	for _, r := range runs {
		ran += r.To - r.From
	}
	after, before := runs[0].After, m.anchor.Zero
	slack := max(before.Sub(after)-ran, 0)
	at := after.Add(slack / 2)
	if after.IsZero() { // nothing was known before: it was not long ago, and nobody can say how long
		slack, at = 0, before.Add(-ran)
	}
	for _, r := range runs {
		r.After, r.Before = after, before.UTC().Truncate(time.Millisecond)
		r.Zero, r.Bound = at.Add(-r.From), (slack - slack/2).Truncate(time.Microsecond)
		at = at.Add(r.To - r.From)
		u.plan.Runs = append(u.plan.Runs, r)
		u.log.Warn("readings of an earlier start without a clock are dated between two known times", "after", r.After, "before", r.Before, "bound", r.Bound)
	}
}

// know remembers what time it is under this boot, for an agent that dies over the dating.
func (u *undated) know(m moment) {
	u.plan.Runs = slices.DeleteFunc(u.plan.Runs, func(r run) bool { return r.Boot == m.Boot })
	u.plan.Runs = append(u.plan.Runs, run{Boot: m.Boot, Zero: m.anchor.Zero, Bound: m.anchor.bound(0).Truncate(time.Microsecond), Known: true})
}

// runs lists the earlier boots that have contents waiting and no place yet, in order.
func (u *undated) runs(m moment) (found []run) {
	for at := u.done; ; {
		r, ok := u.spool.Next(at)
		if !ok {
			return found
		}
		at = r.Seq
		b, err := record.DecodePlain(r.Sealed)
		if err != nil || b.Dated == nil {
			continue // take says so
		}
		boot := b.Dated.Boot
		if boot == m.Boot {
			return found // it is the last
		}
		if slices.ContainsFunc(u.plan.Runs, func(r run) bool { return r.Boot == boot }) {
			continue
		}
		if n := len(found); n == 0 || found[n-1].Boot != boot {
			found = append(found, run{Boot: boot, From: begin(b), After: b.Dated.After})
		}
		found[len(found)-1].To = b.Dated.Monotonic
	}
}

// begin is the first moment of a content that was put aside, since boot.
func begin(b record.Batch) time.Duration {
	first := b.Dated.Monotonic
	for _, o := range b.Observed {
		for _, s := range o.Spans {
			first = min(first, untilEpoch(s.From))
		}
	}
	for _, r := range b.Readings {
		first = min(first, untilEpoch(r.Time))
	}
	return first
}

// close lets go of the files.
func (u *undated) close() error { return u.spool.Close() }
