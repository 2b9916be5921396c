package record

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Interval is one finished minute of one machine with one product and order, as the collector publishes it for other programs. It
// can no longer grow: what belongs there and comes later is counted in a later minute.
type Interval struct {
	Site    string `json:"site"`
	Line    string `json:"line"`
	Machine string `json:"machine"`
	Product string `json:"product,omitempty"` // code; absent where the line model names none

	Order string `json:"order,omitempty"` // production order; absent where none is known

	Start time.Time `json:"start"` // whole minute, UTC
	End   time.Time `json:"end"`   // the next one

	PlannedCycleMs int64 `json:"planned_cycle_ms,omitempty"` // of the product; absent where nobody knows it
	UnitsPerCycle  int64 `json:"units_per_cycle"`            // of the product

	Produced int64            `json:"produced"`           // PQ, units
	Good     int64            `json:"good"`               // GQ; below 0 where rejects come a minute late
	Scrap    int64            `json:"scrap"`              // SQ
	Rework   int64            `json:"rework"`             // RQ
	ScrapBy  map[string]int64 `json:"scrap_by,omitempty"` // SQ by reason
	Late     int64            `json:"late,omitempty"`     // part of PQ that was made while nobody looked
	Suspect  int64            `json:"suspect,omitempty"`  // units by which a counter rose faster than its machine can, in none of the above
	Resets   int64            `json:"resets,omitempty"`   // times that a counter began anew

	ObservedMs  int64            `json:"observed_ms"`             // how long somebody looked, 60000 at the most; the rest is neither running nor stopped
	StateMs     map[string]int64 `json:"state_ms"`                // those by PackML state; a state that is not here had none
	UncertainMs int64            `json:"uncertain_ms,omitempty"`  // part of those whose date is a guess
	TimeErrorMs int64            `json:"time_error_ms,omitempty"` // how far the times may be wrong at the most

	Failures    int64 `json:"failures,omitempty"`      // stops that became failures
	Stops       int64 `json:"stops,omitempty"`         // stops that ended, micro-stops not counted
	MicroStops  int64 `json:"micro_stops,omitempty"`   // micro-stops that ended
	MicroStopMs int64 `json:"micro_stop_ms,omitempty"` // how long these were, also before this minute

	MaterialG   *int64 `json:"material_g,omitempty"`    // grams that went in; absent where no scale was read
	OutputG     *int64 `json:"output_g,omitempty"`      // grams that came out
	EnergyJ     *int64 `json:"energy_j"`                // joules used; null where no meter was read
	LateEnergyJ int64  `json:"late_energy_j,omitempty"` // part of them that was used while nobody looked
}

// Topic is where the interval is published.
func (i Interval) Topic() string { return intervalTopic(i.Site, i.Line, i.Machine) }

// Encode is the interval as it is published.
func (i Interval) Encode() ([]byte, error) { return json.Marshal(i) }

const intervalEnd = "interval"

func intervalTopic(site, line, machine string) string {
	return topicRoot + site + "/" + line + "/" + machine + "/" + intervalEnd
}

// IntervalFilter is the subscription for the intervals of every machine.
func IntervalFilter() string { return intervalTopic("+", "+", "+") }

// OnlyIntervals tells whether a topic, or a subscription with + for names, is of nothing but intervals.
func OnlyIntervals(filter string) bool {
	rest, ok := strings.CutPrefix(filter, topicRoot)
	levels := strings.Split(rest, "/")
	return ok && len(levels) == 4 && levels[3] == intervalEnd && !slices.ContainsFunc(levels[:3], func(name string) bool {
		return name != "+" && CheckName(name) != nil
	})
}
