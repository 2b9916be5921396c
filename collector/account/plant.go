package account

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/lineproof/lineproof/record"
)

// Plant is a catalogue as the fold reads it: made once for all batches that the catalogue is in force for.
type Plant struct {
	site     string
	signals  map[string]*record.Signal
	machines []roles // in the order in which they are booked
}

// roles are one machine's part of a catalogue.
type roles struct {
	key, lineID, id string
	line            record.Line
	record.Machine
	signals   []string // that it has a role for
	devices   []string // that these are read from
	measures  []string // names, in order
	microStop time.Duration
}

// PlantOf reads a catalogue.
func PlantOf(cat record.Catalogue) *Plant {
	p := &Plant{site: cat.Site, signals: map[string]*record.Signal{}}
	for name, s := range cat.Signals {
		p.signals[name] = &s
	}
	for _, lineID := range slices.Sorted(maps.Keys(cat.Lines)) {
		line := cat.Lines[lineID]
		for _, id := range slices.Sorted(maps.Keys(line.Machines)) {
			m := line.Machines[id]
			signals, devices := m.Signals(), []string(nil)
			for _, signal := range signals {
				devices = append(devices, p.signal(signal).Device)
			}
			slices.Sort(devices)
			p.machines = append(p.machines, roles{
				key: lineID + "/" + id, lineID: lineID, id: id, line: line, Machine: m, signals: signals, devices: slices.Compact(devices),
				measures: slices.Sorted(maps.Keys(m.Measures)), microStop: cmp.Or(line.MicroStop.D(), DefaultMicroStop),
			})
		}
	}
	return p
}

// unknown is a signal of which the catalogue says nothing.
var unknown record.Signal

func (p *Plant) signal(name string) *record.Signal {
	if s := p.signals[name]; s != nil {
		return s
	}
	return &unknown
}
