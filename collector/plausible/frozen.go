package plausible

// frozen looks for measured variables that stand still over hours in which their machine runs, and move in nearly all of
// its other ones. One that never moves is not judged: it may be a setting.
func frozen(m *machine) (r result) {
	for _, name := range sortedKeys(m.model.Measures) {
		ask := func(h hour) answer {
			measure := h.Measures[name]
			switch {
			case h.run < m.limits.FrozenRun.Hours() || measure.Weight == 0:
				return silent
			case measure.Min == measure.Max:
				return wrong
			}
			return fine
		}
		moved := sum(m.hours, func(h hour) float64 { return count(ask(h) == fine) })
		still := sum(m.hours, func(h hour) float64 { return count(ask(h) == wrong) })
		if moved < float64(m.limits.ManyHours) {
			continue
		}
		r.hours = max(r.hours, moved+still)
		for run := range runs(m.hours, ask) {
			if others := moved + still - float64(len(run)); len(run) < m.limits.FrozenHours || moved < m.limits.FrozenUsual*others {
				continue
			}
			f := over(run, Improbable)
			f.Measure, f.Observed = name, run[0].Measures[name].Min
			r.findings = append(r.findings, f)
		}
	}
	return r
}

func count(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
