package audit

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/lineproof/lineproof/internal/tongue"
	"github.com/lineproof/lineproof/record"
)

// mostCalibrations is how many of a chain a report lists. Who has a gateway's key may seal another with each batch.
const mostCalibrations = 100

// calibration is one of a signal of the line, from when on a chain says it.
type calibration struct {
	signal string
	record.Calibration
	from    time.Time // the first batch that is read by it
	already bool      // it was in force when the bundle's stretch of the chain began
}

// calibrations are those of the line's signals in a chain.
type calibrations struct {
	now  map[string]calibration // by signal
	past []calibration          // that were in force in the period
	more int                    // beyond mostCalibrations
}

// calibrated takes the calibrations of a catalogue that begins to be in force.
func (c *chain) calibrated(cat record.Catalogue, from time.Time) {
	of, first := &c.calibrations, c.calibrations.now == nil
	said := map[string]calibration{}
	for _, m := range cat.Lines[c.bundle.Manifest.Line].Machines {
		for _, signal := range m.Signals() {
			if s := cat.Signals[signal].Calibration; s != nil {
				said[signal] = calibration{signal, *s, from, first}
			}
		}
	}
	for signal, last := range of.now {
		if next, ok := said[signal]; ok && reflect.DeepEqual(next.Calibration, last.Calibration) {
			said[signal] = last
			continue
		}
		if from.After(c.bundle.Manifest.From) {
			of.keep(last)
		}
	}
	of.now = said
}

func (c *calibrations) keep(one calibration) {
	if len(c.past) >= mostCalibrations {
		c.more++
		return
	}
	c.past = append(c.past, one)
}

// listed says in the report which calibrations were in force in the period.
func (c *chain) listed() {
	of := &c.calibrations
	for _, signal := range slices.Sorted(maps.Keys(of.now)) {
		if last := of.now[signal]; last.from.Before(c.bundle.Manifest.To) {
			of.keep(last)
		}
	}
	slices.SortStableFunc(of.past, func(a, b calibration) int { return cmp.Or(cmp.Compare(a.signal, b.signal), a.from.Compare(b.from)) })
	for _, one := range of.past {
		note := tongue.M("verify.calibrated", "signal", one.signal, "day", tongue.Day(one.At), "by", one.By, "from", one.from.UTC())
		if one.already {
			note = tongue.M("verify.calibrated_before", "signal", one.signal, "day", tongue.Day(one.At), "by", one.By, "from", one.from.UTC())
		}
		c.report.notes(Catalogues, note)
	}
	if of.more > 0 {
		c.report.notes(Catalogues, tongue.M("verify.calibrated_more", "gateway", c.Gateway, "calibrations", of.more))
	}
}
