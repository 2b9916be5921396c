package kpi

import (
	"maps"
	"slices"

	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/record"
)

// ModelOf is what a line's own model says: which machines count; with when the line is meant to run.
func ModelOf(line record.Line, meant calendar.Line) Model {
	m := Model{Calendar: meant, Machines: slices.Sorted(maps.Keys(line.Machines)), Output: line.Output}
	if len(m.Output) == 0 {
		m.Output = m.Machines
	}
	for _, id := range m.Machines {
		if len(line.Machines[id].Rework) > 0 {
			m.Reworked = append(m.Reworked, id)
		}
	}
	return m
}
