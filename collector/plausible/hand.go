package plausible

import (
	"math"
	"time"

	"github.com/lineproof/lineproof/collector/account"
)

// Counted is what a person counted at a machine, in whole minutes.
type Counted struct {
	Machine  string
	From, To time.Time
	Produced int64
}

// comparison is a count by hand with what the meter counted in the same time.
type comparison struct {
	Counted
	metered  int64
	units    int64
	product  string
	observed time.Duration
}

// Count takes what a person counted, before the intervals of that time are added.
func (l *Lines) Count(c Counted) {
	if m := l.machines[c.Machine]; m != nil {
		m.counts = append(m.counts, comparison{Counted: c, units: 1})
	}
}

func (c *comparison) add(i account.Interval) {
	if i.Start.Before(c.From) || !i.Start.Before(c.To) {
		return
	}
	c.metered += i.Produced
	c.units = max(c.units, i.UnitsPerCycle)
	c.product = i.Product
	c.observed += i.Observed()
}

// handCounts tells which counts by hand differ from the meter by more than can be: a cycle at each end, which one of them
// has and the other has not, and what people miscount. One in whose time somebody did not look all along is not judged.
func handCounts(m *machine) (r result) {
	for _, c := range m.counts {
		length := c.To.Sub(c.From)
		if c.observed < length*99/100 { // polls at the edges may lack a little
			continue
		}
		r.hours += length.Hours()
		limit := float64(2*c.units) + m.limits.MiscountShare*float64(c.Produced)
		if math.Abs(float64(c.metered-c.Produced)) > limit {
			r.findings = append(r.findings, Finding{
				Severity: Improbable, Product: c.product, From: c.From, To: c.To, Unit: "units",
				Observed: float64(c.metered), Expected: known(float64(c.Produced)), Limit: limit,
			})
		}
	}
	return r
}
