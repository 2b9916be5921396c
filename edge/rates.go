package edge

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/lineproof/lineproof/record"
)

// fastest is how many times its planned speed a machine is believed to run at the most.
const fastest = 4

// fillRates gives each counter of units without a max_rate one that follows from the product it counts,
// so that the collector can tell a rollover from a reset and a jump from production.
func (c *Config) fillRates() {
	rates := map[string]float64{} // by signal; the highest of all its roles
	for _, line := range c.Lines {
		for _, m := range line.Machines {
			products := made(line, m)
			var counts []record.Count
			for _, one := range []*record.Count{m.Produced, m.Good} {
				if one != nil {
					counts = append(counts, *one)
				}
			}
			for _, count := range append(append(counts, m.Scrap...), m.Rework...) {
				for _, p := range products {
					rates[count.From] = max(rates[count.From], stepRate(count, p))
				}
			}
		}
	}
	for _, d := range c.Devices {
		for name, s := range d.Signals {
			rate, counts := rates[d.Name+"."+name]
			if !counts || !s.Counter || s.MaxRate > 0 {
				continue
			}
			s.MaxRate = rate
			if s.Scale != 0 {
				s.MaxRate *= s.Scale
			}
			d.Signals[name] = s
		}
	}
}

// made lists the products that a machine can make, none where one has no planned cycle.
func made(line record.Line, m record.Machine) (all []record.Product) {
	if m.Product != nil {
		all = append(all, *m.Product)
	}
	if m.ProductFrom != "" {
		all = slices.AppendSeq(all, maps.Values(line.Products))
	}
	if slices.ContainsFunc(all, func(p record.Product) bool { return p.PlannedCycle <= 0 }) {
		return nil
	}
	return all
}

// stepRate is the most steps a second of a counter that stands for so many units each.
func stepRate(c record.Count, p record.Product) float64 {
	unitsPerStep := 1.0
	switch times := strings.TrimSpace(c.Times); times {
	case "":
	case record.UnitsPerCycle:
		unitsPerStep = float64(p.Units())
	default:
		unitsPerStep, _ = strconv.ParseFloat(times, 64) // it was validated
	}
	return fastest * max(float64(p.Units())/unitsPerStep, 1) / p.PlannedCycle.D().Seconds()
}
