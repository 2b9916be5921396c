package account

import "maps"

// Add sums another interval of the same machine, product and order into i, which keeps its Start. What belongs to
// one minute alone, its timeline and its counters' readings, is left out, and so are measures.
func (i *Interval) Add(o Interval) {
	i.Produced += o.Produced
	i.Good += o.Good
	i.Scrap += o.Scrap
	i.Rework += o.Rework
	i.Late += o.Late
	i.Suspect += o.Suspect
	i.Resets += o.Resets
	i.Failures += o.Failures
	i.Stops += o.Stops
	i.MicroStops += o.MicroStops
	i.MicroStopMs += o.MicroStopMs
	i.MaterialG += o.MaterialG
	i.OutputG += o.OutputG
	i.Weighed = i.Weighed || o.Weighed
	i.EnergyJ += o.EnergyJ
	i.LateEnergyJ += o.LateEnergyJ
	i.UncertainMs += o.UncertainMs
	i.TimeErrorMs = max(i.TimeErrorMs, o.TimeErrorMs)
	i.Metered = i.Metered || o.Metered
	for state, ms := range o.States {
		i.States[state] += ms
	}
	if i.ScrapBy == nil {
		i.ScrapBy = maps.Clone(o.ScrapBy)
		return
	}
	for reason, n := range o.ScrapBy {
		i.ScrapBy[reason] += n
	}
}

// Add gives the measure of both; the zero Measure is of nothing.
func (m Measure) Add(o Measure) Measure {
	if m == (Measure{}) {
		return o
	}
	return Measure{
		Count: m.Count + o.Count, Min: min(m.Min, o.Min), Max: max(m.Max, o.Max),
		Sum: finite(m.Sum + o.Sum), Weight: m.Weight + o.Weight,
	}
}
