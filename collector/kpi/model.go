package kpi

import (
	"maps"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/calendar"
	"github.com/lineproof/lineproof/record"
)

// ModelOf is what a line's own model says: the calendar, and which machines count.
func ModelOf(line record.Line, zone *time.Location) Model {
	m := Model{Calendar: calendar.New(line.Calendar, zone), Machines: slices.Sorted(maps.Keys(line.Machines)), Output: line.Output}
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
