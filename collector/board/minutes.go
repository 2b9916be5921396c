package board

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

// ErrTooMuch is part of an error about a question whose answer would be too large.
var ErrTooMuch = errors.New("too much")

// mostMinutes bounds an answer: three machines for a day, or a longer one where clocks are put back.
const (
	mostMinutes  = 3 * 1440
	longestClock = 25 * time.Hour
)

// Minutes is what a window's figures are summed up from, and the sum.
type Minutes struct {
	Minutes []Minute `json:"minutes" nullable:"false" doc:"in order of time, then machine; those of which something is known"`
	Sum     kpi.Row  `json:"sum" doc:"the same minutes as the figures see them, with the arithmetic"`
}

// Minute is one minute of one machine with one product and one order.
type Minute struct {
	Start   time.Time `json:"start"`
	Machine string    `json:"machine"`
	Product string    `json:"product,omitempty" doc:"its code"`
	Order   string    `json:"order,omitempty"`
	Planned bool      `json:"planned" doc:"whether the calendar planned it"`

	ProducedQuantity int64            `json:"produced_quantity"`
	GoodQuantity     int64            `json:"good_quantity" doc:"less than 0 where rejects are counted after their minute"`
	ScrapQuantity    int64            `json:"scrap_quantity"`
	ReworkQuantity   int64            `json:"rework_quantity"`
	ScrapByReason    map[string]int64 `json:"scrap_by_reason,omitempty"`
	LateQuantity     int64            `json:"late_quantity" doc:"part of produced that was made while nobody looked"`
	SuspectQuantity  int64            `json:"suspect_quantity"`
	Resets           int64            `json:"counter_resets"`

	StateS      map[string]float64 `json:"state_s" doc:"observed seconds by PackML state"`
	UnobservedS float64            `json:"unobserved_s" doc:"seconds of the minute in which nobody looked; at its last row where it has several"`

	EnergyKWh    *float64 `json:"energy_kwh" doc:"null where no meter was read"`
	LateKWh      float64  `json:"late_energy_kwh" doc:"part of it that was used while nobody looked"`
	MaterialInKg *float64 `json:"material_in_kg" doc:"null where no scale was read"`
	ProductOutKg *float64 `json:"product_out_kg"`

	Counters map[string]CounterEnds   `json:"counters,omitempty" doc:"by signal, as on a meter"`
	Measures map[string]MinuteMeasure `json:"measures,omitempty" doc:"by the name in the line model"`

	UncertainS float64 `json:"uncertain_time_s" doc:"observed seconds whose date is a guess"`
	TimeErrorS float64 `json:"time_error_s" doc:"how far the times may be wrong at the most"`
}

// CounterEnds is a counter's reading at the first and the last look.
type CounterEnds struct {
	First float64 `json:"first"`
	Last  float64 `json:"last"`
}

// MinuteMeasure sums up a measured variable.
type MinuteMeasure struct {
	Count int64    `json:"count" doc:"readings; 0 where a value from before held"`
	Min   float64  `json:"min"`
	Mean  *float64 `json:"mean" doc:"weighted by the time for which each value held; null where none did"`
	Max   float64  `json:"max"`
}

// MinutesQuery asks for minutes.
type MinutesQuery struct {
	From, To time.Time
	Machines []string // those whose counts are the line's where there are none
}

// Minutes lists the minutes behind the figures of a line, or of some of its machines.
func (b *Board) Minutes(ctx context.Context, line string, q MinutesQuery) (Minutes, error) {
	p, err := b.find(line)
	if err != nil {
		return Minutes{}, err
	}
	if len(q.Machines) == 0 {
		q.Machines = p.output()
	}
	if err := q.check(p); err != nil {
		return Minutes{}, err
	}
	model := p.kpiModel()
	model.Output = q.Machines
	rows, err := b.kpi(ctx, p, model, KPIQuery{From: q.From, To: q.To, Explain: true})
	if err != nil {
		return Minutes{}, err
	}
	m := Minutes{Minutes: []Minute{}, Sum: rows[0]}
	window := record.Span{From: m.Sum.From, To: m.Sum.To}
	planned := kpi.Planned(model.Calendar, window)
	for i, err := range b.store.Intervals(ctx, series.Query{Site: p.site, Line: p.id, From: window.From, To: window.To}) {
		if err != nil {
			return m, fmt.Errorf("minutes of line %s: %w", p.id, err)
		}
		if slices.Contains(q.Machines, i.Machine) {
			m.add(i, planned(i.Start))
		}
	}
	return m, nil
}

func (q MinutesQuery) check(p place) error {
	for _, id := range q.Machines {
		if _, ok := p.model.Machines[id]; !ok {
			return fmt.Errorf("machine %q of line %s: %w", id, p.id, ErrNotFound)
		}
	}
	length := q.To.Sub(q.From)
	if length > longestClock || int(length/account.Minute)*len(q.Machines) > mostMinutes+60 {
		return fmt.Errorf("minutes of %d machines over %s: %w; ask for a day and three machines at most", len(q.Machines), length, ErrTooMuch)
	}
	return nil
}

func (m *Minutes) add(i account.Interval, planned bool) {
	one := Minute{
		Start: i.Start, Machine: i.Machine, Product: i.Product, Order: i.Order, Planned: planned,
		ProducedQuantity: i.Produced, GoodQuantity: i.Good, ScrapQuantity: i.Scrap, ReworkQuantity: i.Rework, ScrapByReason: i.ScrapBy,
		LateQuantity: i.Late, SuspectQuantity: i.Suspect, Resets: i.Resets, StateS: map[string]float64{},
		UnobservedS: (account.Minute - i.Observed()).Seconds(), UncertainS: kpi.Seconds(i.UncertainMs), TimeErrorS: kpi.Seconds(i.TimeErrorMs),
	}
	for state, ms := range i.States {
		if ms != 0 {
			one.StateS[record.State(state).String()] = kpi.Seconds(ms)
		}
	}
	if i.Metered {
		kwh := kpi.KWh(i.EnergyJ)
		one.EnergyKWh, one.LateKWh = &kwh, kpi.KWh(i.LateEnergyJ)
	}
	if i.Weighed {
		in, out := kpi.Kg(i.MaterialG), kpi.Kg(i.OutputG)
		one.MaterialInKg, one.ProductOutKg = &in, &out
	}
	for signal, ends := range i.Counters {
		if one.Counters == nil {
			one.Counters = map[string]CounterEnds{}
		}
		one.Counters[signal] = CounterEnds(ends)
	}
	for name, sum := range i.Measures {
		if one.Measures == nil {
			one.Measures = map[string]MinuteMeasure{}
		}
		measure := MinuteMeasure{Count: sum.Count, Min: sum.Min, Max: sum.Max}
		if mean, ok := sum.Mean(); ok {
			measure.Mean = &mean
		}
		one.Measures[name] = measure
	}
	m.share(&one)
	m.Minutes = append(m.Minutes, one)
}

// share takes from the unobserved time of a minute what an earlier row of it observed, and leaves the rest to the
// last row.
func (m *Minutes) share(one *Minute) {
	for n := len(m.Minutes) - 1; n >= 0 && m.Minutes[n].Start.Equal(one.Start); n-- {
		if before := &m.Minutes[n]; before.Machine == one.Machine && before.UnobservedS > 0 {
			one.UnobservedS = max(0, before.UnobservedS-(account.Minute.Seconds()-one.UnobservedS))
			before.UnobservedS = 0
		}
	}
}
