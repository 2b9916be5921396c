package influx

import (
	"time"

	"github.com/influxdata/line-protocol/v2/lineprotocol"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/record"
)

// addends adds the fields that follow from an interval's others and from its line's plan: the terms of the ratios of
// collector/kpi, for queries that then add up one field a term. InfluxQL reads an interval once more for each sum of
// several fields, and for each condition on one.
func (l *lines) addends(i account.Interval, planned func(line string, minute time.Time) bool) {
	number := func(name string, n int64) { l.line.AddField(name, lineprotocol.IntValue(n)) }
	observed := i.Observed().Milliseconds()
	ideal, paced := idealMs(i)
	v, _ := lineprotocol.FloatValue(ideal) // a quotient of whole numbers is finite
	l.line.AddField("ideal_ms", v)
	number("unpaced_n", one(!paced))
	number("metered_n", one(i.Metered))
	number("observed_ms", observed)
	if planned == nil {
		return
	}
	busy, meant := i.States[record.Execute], planned(i.Line, i.Start)
	if meant {
		busy = observed
	}
	l.line.AddField("planned", lineprotocol.BoolValue(meant))
	number("busy_ms", busy)
}

// idealMs is the time that the units made in observed time were meant to take; paced is false where nobody knows.
func idealMs(i account.Interval) (ms float64, paced bool) {
	units := i.Produced - i.Late
	switch {
	case units == 0:
		return 0, true
	case i.PlannedCycle <= 0 || i.UnitsPerCycle <= 0:
		return 0, false
	}
	return i.PlannedCycle.Seconds() * 1000 * float64(units) / float64(i.UnitsPerCycle), true
}

func one(is bool) int64 {
	if is {
		return 1
	}
	return 0
}
