package chaos

import (
	"context"
	"math"
	"time"

	"github.com/lineproof/lineproof/collector/series"
	blockpress "github.com/lineproof/lineproof/lines/block-press"
	"github.com/lineproof/lineproof/record"
)

// counter is a register that counts, and what the books have of it.
type counter struct {
	signal, machine string
	width           float64 // it begins anew there; 0: not in any run
	steps           func(value float64) float64
	book            func(blockpress.Totals) int64
}

func whole(v float64) float64 { return v }

var counters = []counter{
	{"press.cycles", "press", 0, whole, func(t blockpress.Totals) int64 { return t.Cycles }},
	{"press.rejects", "press", 1 << 16, whole, func(t blockpress.Totals) int64 { return t.Rejects }},
	{"mixer.batches", "mixer", 1 << 16, whole, func(t blockpress.Totals) int64 { return t.Cycles }},
	{"meter.energy_import", "press", 0, func(kWh float64) float64 { return kWh * 3.6e6 }, func(t blockpress.Totals) int64 { return t.EnergyJ }},
}

// pollMost is how long a poll may take whose device had to be found again.
const pollMost = 2 * time.Second

// readings holds every reading of every counter against the books: the register showed that from the time
// of the reading until the poll was over.
func (r *rig) readings(ctx context.Context, o *outcome, store series.Store, truth *books) error {
	for _, c := range counters {
		var first record.Value
		for got, err := range store.Readings(ctx, series.Query{Signals: []string{c.signal}}) {
			if err != nil {
				return err
			}
			if got.Quality == record.Missing {
				continue
			}
			if first.IsNone() {
				first = got.Value // of a plant that stands still
			}
			if got.Time.Before(r.free) {
				continue
			}
			up := c.steps(got.Value.Float()) - c.steps(first.Float())
			if up < 0 {
				up += c.width
			}
			doubt := r.doubt(got.Time)
			least, most := c.book(truth.of(c.machine, r.begin, got.Time.Add(-doubt))), c.book(truth.of(c.machine, r.begin, got.Time.Add(pollMost+doubt)))
			if n := int64(math.Round(up)); n < least || n > most {
				r.t.Errorf("%s at %s: risen by %d, the books say %d to %d", c.signal, got.Time.Format(stamp), n, least, most)
			}
			o.readings++
		}
	}
	return nil
}
