package plausible

import (
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/record"
)

// hour is at most an hour of one machine, with one product under one definition of it.
type hour struct {
	start time.Time
	making
	account.Interval         // the sum of its minutes, with their measures
	observed         float64 // hours
	run              float64 // hours in state execute
	atRest           float64 // cycles counted while the machine said that it stood
}

// making is a product as it was defined.
type making struct {
	product string
	units   int64 // a cycle, at least 1
	planned time.Duration
}

// work is what decides over the energy of a cycle: the product and its pace, however many units are said to come of it. A
// press that is exchanged for a faster one does other work.
func (m making) work() making { return making{m.product, 0, m.planned} }

func makingOf(i *account.Interval) making {
	return making{i.Product, max(i.UnitsPerCycle, 1), i.PlannedCycle}
}

// cyclesOf is how many cycles made what an interval counted.
func cyclesOf(i *account.Interval) float64 {
	return float64(i.Produced) / float64(max(i.UnitsPerCycle, 1))
}

// hour is the one that an interval belongs to.
func (m *machine) hour(i *account.Interval) *hour {
	start, making := i.Start.Truncate(time.Hour), makingOf(i)
	if n := len(m.hours); n > 0 && m.hours[n-1].start.Equal(start) && m.hours[n-1].making == making {
		return &m.hours[n-1]
	}
	m.hours = append(m.hours, hour{start: start, making: making})
	return &m.hours[len(m.hours)-1]
}

func (h *hour) add(i *account.Interval) {
	h.observed += i.Observed().Hours()
	h.run += (time.Duration(i.States[record.Execute]) * time.Millisecond).Hours()
	h.Interval.Add(*i)
	for name, measure := range i.Measures {
		if h.Measures == nil {
			h.Measures = map[string]account.Measure{}
		}
		h.Measures[name] = h.Measures[name].Add(measure)
	}
}

func (h hour) end() time.Time { return h.start.Add(time.Hour) }

func (h hour) cycles() float64 { return float64(h.Produced) / float64(h.units) }

// mostHour is how much of an hour must be observed for its sums to be compared with other hours'.
const mostHour = 50. / 60

// whole tells whether the hour can be compared with others: nearly all of it was observed, and nothing came late.
func (h hour) whole() bool { return h.observed >= mostHour && h.Late == 0 && h.LateEnergyJ == 0 }

// answer is what a check says of one hour.
type answer int

const (
	silent answer = iota // nothing, as when nothing was made
	fine
	wrong
)

// runs gives the hours between two fine ones that are wrong, the silent ones among them left out.
func runs(hours []hour, ask func(hour) answer) iter.Seq[[]hour] {
	return func(yield func([]hour) bool) {
		var run []hour
		for _, h := range hours {
			switch ask(h) {
			case wrong:
				run = append(run, h)
			case fine:
				if len(run) > 0 && !yield(run) {
					return
				}
				run = nil
			}
		}
		if len(run) > 0 {
			yield(run)
		}
	}
}

// over is a finding without figures, of a run of hours.
func over(run []hour, s Severity) Finding {
	f := Finding{Severity: s, From: run[0].start, To: run[len(run)-1].end(), Product: run[0].product}
	for _, h := range run {
		if h.product != f.Product {
			f.Product = ""
		}
	}
	return f
}

func sum(hours []hour, of func(hour) float64) (sum float64) {
	for _, h := range hours {
		sum += of(h)
	}
	return sum
}

func observed(h hour) float64 { return h.observed }

// where picks hours.
func where(hours []hour, is func(hour) bool) (picked []hour) {
	for _, h := range hours {
		if is(h) {
			picked = append(picked, h)
		}
	}
	return picked
}

// quantile is the value below which a part of the hours lies; there must be one.
func quantile(hours []hour, part float64, of func(hour) float64) float64 {
	values := make([]float64, len(hours))
	for n, h := range hours {
		values[n] = of(h)
	}
	slices.Sort(values)
	return values[int(part*float64(len(values)-1))]
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// known makes a figure one that is expected.
func known(f float64) *float64 { return &f }
