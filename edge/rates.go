package edge

import (
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
			if m.Product == nil || m.Product.PlannedCycle <= 0 {
				continue
			}
			var counts []record.Count
			for _, one := range []*record.Count{m.Produced, m.Good} {
				if one != nil {
					counts = append(counts, *one)
				}
			}
			for _, count := range append(append(counts, m.Scrap...), m.Rework...) {
				rates[count.From] = max(rates[count.From], stepRate(count, *m.Product))
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
