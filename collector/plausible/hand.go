package plausible

import (
	"math"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/record"
)

// Counted is what a person counted at a machine, in whole minutes.
type Counted struct {
	Machine  string
	From, To time.Time
	Produced int64
	Scrap    *int64 // part of Produced; nil: not counted
}

// Hand is a count by hand that somebody wrote down.
func Hand(from time.Time, c record.HandCount) Counted {
	return Counted{Machine: c.Machine, From: from, To: c.To, Produced: c.Produced, Scrap: c.Scrap}
}

// Compared is a count by hand with what the meters counted in the same time.
type Compared struct {
	Counted
	Product  string
	Metered  int64   // units
	Scrapped int64   // of them, by the meter of rejects
	Limit    float64 // by how much the two may differ
	Judged   bool    // somebody looked all along, so that they can be compared

	units    int64
	observed time.Duration
}

// Count takes what a person counted, before the intervals of that time are added.
func (l *Lines) Count(c Counted) {
	compared := &Compared{Counted: c, units: 1}
	l.counts = append(l.counts, compared)
	if m := l.machines[c.Machine]; m != nil {
		m.counts = append(m.counts, compared)
	}
}

// Compared gives what people counted beside what meters did, in the order in which it was taken.
func (l *Lines) Compared() []Compared {
	all := make([]Compared, 0, len(l.counts))
	for _, c := range l.counts {
		all = append(all, c.judge(l.model.Limits))
	}
	return all
}

func (c *Compared) add(i *account.Interval) {
	if i.Start.Before(c.From) || !i.Start.Before(c.To) {
		return
	}
	c.Metered += i.Produced
	c.Scrapped += i.Scrap
	c.units = max(c.units, i.UnitsPerCycle)
	c.Product = i.Product
	c.observed += i.Observed()
}

// judge works out by how much the two may differ: a cycle at each end, which one of them has and the other has not, and
// what people miscount.
func (c Compared) judge(l Limits) Compared {
	c.Limit = float64(2*c.units) + l.MiscountShare*float64(c.Produced)
	c.Judged = c.observed >= c.To.Sub(c.From)*99/100 // polls at the edges may lack a little
	return c
}

// Differs tells whether the two are further apart than can be.
func (c Compared) Differs() bool { return c.differ(c.Metered, c.Produced) || c.scrapDiffers() }

func (c Compared) scrapDiffers() bool { return c.Scrap != nil && c.differ(c.Scrapped, *c.Scrap) }

func (c Compared) differ(metered, counted int64) bool {
	return c.Judged && math.Abs(float64(metered-counted)) > c.Limit
}

// handCounts tells which counts by hand differ from the meter.
func handCounts(m *machine) (r result) {
	for _, count := range m.counts {
		c := count.judge(m.limits)
		if !c.Judged {
			continue
		}
		r.hours += c.To.Sub(c.From).Hours()
		found := func(measure string, metered, counted int64) {
			r.findings = append(r.findings, Finding{
				Severity: Improbable, Product: c.Product, Measure: measure, From: c.From, To: c.To, Unit: "units",
				Observed: float64(metered), Expected: known(float64(counted)), Limit: c.Limit,
			})
		}
		if c.differ(c.Metered, c.Produced) {
			found("produced", c.Metered, c.Produced)
		}
		if c.scrapDiffers() {
			found("scrap", c.Scrapped, *c.Scrap)
		}
	}
	return r
}
