package plausible

// rejectSilent looks for hours without a reject over which the product's own rate, or the stated one, would have made
// many. What it is held against is what the product did outside these hours.
func rejectSilent(m *machine) (r result) {
	if len(m.model.Scrap) == 0 {
		return r
	}
	type units struct{ made, scrap float64 }
	all := map[string]units{}
	made := where(m.hours, func(h hour) bool { return h.Produced > 0 || h.Scrap > 0 })
	for _, h := range made {
		u := all[h.product]
		all[h.product] = units{u.made + float64(h.Produced), u.scrap + float64(h.Scrap)}
	}
	none := func(h hour) answer {
		switch {
		case h.Scrap > 0:
			return fine
		case h.Produced > 0:
			return wrong
		}
		return silent
	}
	for run := range runs(made, none) {
		within := map[string]float64{}
		for _, h := range run {
			within[h.product] += float64(h.Produced)
		}
		var own, stated float64
		for _, product := range sortedKeys(within) {
			if outside := all[product].made - within[product]; outside > 0 && all[product].scrap > 0 {
				own += within[product] * all[product].scrap / outside
			} else {
				stated += within[product] * m.scrap
			}
		}
		f := over(run, Improbable)
		f.Unit, f.Limit, f.Expected = "units", m.limits.SilentRejects, known(own)
		if own < m.limits.SilentRejects {
			f.Limit, f.Expected = m.limits.SilentStated, known(own+stated)
		}
		if *f.Expected >= f.Limit {
			r.findings = append(r.findings, f)
		}
	}
	r.hours = sum(made, observed)
	return r
}

// outputAtRest looks for hours in which the machine counted while it said that it stood.
func outputAtRest(m *machine) (r result) {
	if m.model.State == "" {
		return r
	}
	ask := func(h hour) answer {
		switch {
		case h.atRest >= m.limits.RestCycles:
			return wrong
		case h.run > 0 || h.observed < mostHour:
			return fine
		}
		return silent
	}
	for run := range runs(m.hours, ask) {
		f := over(run, Impossible)
		f.Unit, f.Observed, f.Expected = "cycles", sum(run, func(h hour) float64 { return h.atRest }), known(0)
		f.Limit = m.limits.RestCycles
		r.findings = append(r.findings, f)
	}
	r.hours = sum(m.hours, observed)
	return r
}

// countJump tells where a counter rose faster than its machine can. How fast that is, its signal says.
func countJump(m *machine) (r result) {
	ask := func(h hour) answer {
		if h.Suspect != 0 {
			return wrong
		}
		return fine
	}
	for run := range runs(m.hours, ask) {
		f := over(run, Impossible)
		f.Unit, f.Observed, f.Expected = "units", sum(run, func(h hour) float64 { return float64(h.Suspect) }), known(0)
		r.findings = append(r.findings, f)
	}
	if m.rated {
		r.hours = sum(m.hours, observed)
	}
	return r
}
