package plausible

import "slices"

// metered are the hours whose energy can be compared.
func (m *machine) metered() []hour {
	return where(m.hours, func(h hour) bool { return h.Metered && h.whole() && h.Suspect == 0 })
}

// levels are what a machine usually uses in an hour: at rest, and at work with how many cycles.
type levels struct {
	rest, work float64 // J
	cycles     float64
	idle, busy []hour
}

// levels of the hours of one kind of work; all are those of any. An upper quartile is what is usual at work, since hours with
// stops use less, and an hour of invented output too. Without hours at rest, nothing is used there.
func (m *machine) levels(all, hours []hour) (l levels, ok bool) {
	l.idle = where(all, func(h hour) bool { return h.Produced == 0 && h.run == 0 })
	l.busy = where(hours, func(h hour) bool { return h.cycles() >= m.limits.FewCycles })
	if len(l.busy) < m.limits.ManyHours {
		return l, false
	}
	if len(l.idle) >= m.limits.ManyHours {
		l.rest = quantile(l.idle, 0.5, energy)
	}
	l.work, l.cycles = quantile(l.busy, 0.75, energy), quantile(l.busy, 0.75, hour.cycles)
	return l, true
}

// tells is whether energy shows that the machine works.
func (l levels) tells(limits Limits) bool { return l.work > limits.BlindRatio*l.rest }

func energy(h hour) float64 { return float64(h.EnergyJ) / h.observed }

// energyIdle looks for hours with output that used little more than the machine does at rest: less than half of what so
// many cycles usually take more than that.
func energyIdle(m *machine) (r result) {
	all := m.metered()
	for _, work := range works(all) {
		made := where(all, func(h hour) bool { return h.work() == work })
		l, ok := m.levels(all, made)
		if !ok || !l.tells(m.limits) {
			continue
		}
		at := func(h hour, part float64) float64 {
			return h.observed * (l.rest + part*(l.work-l.rest)*min(h.cycles()/l.cycles, 1))
		}
		ask := func(h hour) answer {
			switch {
			case h.cycles() < m.limits.FewCycles:
				return silent
			case float64(h.EnergyJ) < at(h, m.limits.IdleEnergy):
				return wrong
			}
			return fine
		}
		for run := range runs(made, ask) {
			f := over(run, Impossible)
			f.Unit = "kWh"
			f.Observed = kWh(sum(run, func(h hour) float64 { return float64(h.EnergyJ) }))
			f.Expected = known(kWh(sum(run, func(h hour) float64 { return at(h, 1) })))
			f.Limit = kWh(sum(run, func(h hour) float64 { return at(h, m.limits.IdleEnergy) }))
			r.findings = append(r.findings, f)
		}
		r.hours += sum(l.busy, observed)
	}
	return r
}

// energyBlind tells that a machine uses as much with output as without: either the meter sees something else, or the
// output was not made here.
func energyBlind(m *machine) (r result) {
	all := m.metered()
	l, ok := m.levels(all, all)
	if !ok || len(l.idle) < m.limits.BlindHours || len(l.busy) < m.limits.BlindHours {
		return r
	}
	r.hours = sum(l.idle, observed) + sum(l.busy, observed)
	if !l.tells(m.limits) {
		f := over(l.busy, Ask)
		f.Unit, f.Observed, f.Limit = "kWh", kWh(l.work), kWh(m.limits.BlindRatio*l.rest)
		r.findings = append(r.findings, f)
	}
	return r
}

// energyWithoutOutput looks for hours on end that use the energy of production, and nothing is counted.
func energyWithoutOutput(m *machine) (r result) {
	all := m.metered()
	l, ok := m.levels(all, all)
	if !ok || !l.tells(m.limits) {
		return r
	}
	limit := l.rest + m.limits.BusyEnergy*(l.work-l.rest)
	ask := func(h hour) answer {
		if h.Produced == 0 && energy(h) >= limit {
			return wrong
		}
		return fine
	}
	for run := range runs(all, ask) {
		if len(run) < m.limits.BusyHours {
			continue
		}
		f := over(run, Ask)
		f.Unit, f.Observed, f.Expected = "kWh", kWh(sum(run, energy)), known(kWh(l.rest*float64(len(run))))
		f.Limit = kWh(limit * float64(len(run)))
		r.findings = append(r.findings, f)
	}
	r.hours = sum(all, observed)
	return r
}

// works are the kinds of work that hours did, in order of time.
func works(hours []hour) (all []making) {
	for _, h := range hours {
		if !slices.Contains(all, h.work()) {
			all = append(all, h.work())
		}
	}
	return all
}

func kWh(joules float64) float64 { return joules / 3.6e6 }
