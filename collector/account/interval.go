package account

import (
	"time"

	"github.com/lineproof/lineproof/record"
)

// Minute is the length of an interval.
const Minute = time.Minute

// Interval is one minute of one machine with one product and one order: what it made, how long it did what, and what
// it used. All figures are sums, so that any window's KPIs are sums over its intervals. Stores write an
// interval whole and over an older one of the same Key: it grows while its minute is open.
type Interval struct {
	Site, Line, Machine string
	Product             string    // code; "" where the line model names none
	Order               string    // production order; "" where none is known
	Start               time.Time // whole minute, UTC

	PlannedCycle  time.Duration // of the product, at that time; 0: unknown
	UnitsPerCycle int64         // of the product, at that time

	Produced int64            // PQ, units
	Good     int64            // GQ; without a counter of its own Produced - Scrap, so negative where rejects come a minute late
	Scrap    int64            // SQ
	Rework   int64            // RQ
	ScrapBy  map[string]int64 // SQ by reason; nil when there is none
	Late     int64            // part of Produced that was made while nobody looked, and found at the next look
	Suspect  int64            // units by which a counter rose faster than its machine can, in none of the above
	Resets   int64            // times that a counter began anew other than by rolling over

	States   [record.NumStates]int64 // milliseconds by state
	Timeline []Step                  // what the machine did from when on, in order; the minute begins unobserved

	UncertainMs int64 // part of the milliseconds by state that nobody can date but within TimeErrorMs
	TimeErrorMs int64 // how far the times in this minute may be wrong at the most, as its gateway admitted; 0: not known

	Failures    int64 // stops that became failures in this minute
	Stops       int64 // stops that ended in this minute and were no micro-stops
	MicroStops  int64 // micro-stops that ended in this minute
	MicroStopMs int64 // how long these were, also before this minute

	Weighed   bool  // whether a scale was read, so that MaterialG and OutputG are known
	MaterialG int64 // grams of material that went in
	OutputG   int64 // grams of product that came out

	Metered     bool               // whether the energy counter was read, so that EnergyJ is known
	EnergyJ     int64              // joules used
	LateEnergyJ int64              // part of EnergyJ that was used while nobody looked
	Measures    map[string]Measure // by the name that the line model gives
	Counters    map[string]Ends    // by signal, counter readings at both ends, as on a meter
}

// Key is what one stored interval is known by.
type Key struct {
	Site, Line, Machine, Product, Order string
	Start                               int64 // Unix milliseconds
}

// Key is the interval's own.
func (i Interval) Key() Key {
	return Key{i.Site, i.Line, i.Machine, i.Product, i.Order, i.Start.UnixMilli()}
}

// Observed is how long somebody looked, at most a minute.
func (i Interval) Observed() time.Duration {
	var ms int64
	for _, s := range i.States {
		ms += s
	}
	return time.Duration(ms) * time.Millisecond
}

// Step is a change of state within a minute.
type Step struct {
	At         int64        `json:"at"`    // milliseconds into the minute
	State      record.State `json:"state"` // from then on; without meaning when Unobserved
	Unobserved bool         `json:"unobserved,omitempty"`
}

// Measure sums up a variable, weighted by the time for which each value held.
type Measure struct {
	Count  int64   `json:"n"` // samples reported
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
	Sum    float64 `json:"sum"` // value * milliseconds
	Weight int64   `json:"ms"`  // milliseconds for which the value is known
}

// Mean is the time-weighted mean; ok is false where nothing is known.
func (m Measure) Mean() (mean float64, ok bool) {
	if m.Weight == 0 {
		return 0, false
	}
	return m.Sum / float64(m.Weight), true
}

// Ends is a counter's reading at the first and last look within the minute, in its signal's unit.
type Ends struct {
	First float64 `json:"first"`
	Last  float64 `json:"last"`
}
