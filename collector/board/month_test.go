//go:build !race

package board_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/record"
)

// piece is a stretch of one machine's time that nothing divides, or a moment (from = to) at which something was
// counted.
type piece struct {
	machine, product, order, shift string
	from, to                       time.Time
	planned                        bool
	cycle                          time.Duration // planned, a unit's
	n                              figures
}

// figures are what pieces add up to: milliseconds, units, grams, watt-hours.
type figures struct {
	Run, Setup, Delay, Repair, Idle, Busy, Overtime             int64
	Produced, Good, Weld, Paint, Rework, Late, In, Out, WattHrs int64
	Stops, MicroStops, MicroMs, Failures                        int64
	IdealNs                                                     int64
}

func (f *figures) add(o figures) {
	for _, each := range []struct{ to, n *int64 }{
		{&f.Run, &o.Run}, {&f.Setup, &o.Setup}, {&f.Delay, &o.Delay}, {&f.Repair, &o.Repair}, {&f.Idle, &o.Idle}, {&f.Busy, &o.Busy},
		{&f.Overtime, &o.Overtime}, {&f.Produced, &o.Produced}, {&f.Good, &o.Good}, {&f.Weld, &o.Weld}, {&f.Paint, &o.Paint},
		{&f.Rework, &o.Rework}, {&f.Late, &o.Late}, {&f.In, &o.In}, {&f.Out, &o.Out}, {&f.WattHrs, &o.WattHrs}, {&f.Stops, &o.Stops},
		{&f.MicroStops, &o.MicroStops}, {&f.MicroMs, &o.MicroMs}, {&f.Failures, &o.Failures}, {&f.IdealNs, &o.IdealNs},
	} {
		*each.to += *each.n
	}
}

// bookkeeper works the month out from the plant's books, by other rules than the account: it knows neither readings
// nor minutes.
type bookkeeper struct {
	*collectortest.Month
	pieces []piece
}

func (k *bookkeeper) machine(m *collectortest.MonthMachine) {
	edges := []time.Time{k.From, k.To}
	for _, s := range m.States {
		edges = append(edges, s.At)
	}
	for _, made := range m.Made {
		edges = append(edges, made.At)
	}
	for _, g := range m.Gaps {
		edges = append(edges, g.From, g.To)
	}
	for at := k.From; at.Before(k.To); at = at.Add(15 * time.Minute) { // every shift and break begins at a quarter
		edges = append(edges, at)
	}
	slices.SortFunc(edges, time.Time.Compare)
	edges = slices.CompactFunc(edges, time.Time.Equal)
	for n, from := range edges[:len(edges)-1] {
		if to := edges[n+1]; to.After(k.From) && !to.After(k.To) && !in(m.Gaps, from) {
			k.time(m, from, to)
		}
	}
	k.counts(m)
	k.stops(m)
}

// in tells whether a time lies in one of the gaps.
func in(gaps []record.Span, t time.Time) bool {
	return slices.ContainsFunc(gaps, func(g record.Span) bool { return !t.Before(g.From) && t.Before(g.To) })
}

// last is the last of a list that began at a time, or before it.
func last[T any](all []T, t time.Time, at func(T) time.Time) T {
	n := 0
	for n+1 < len(all) && !at(all[n+1]).After(t) {
		n++
	}
	return all[n]
}

func (k *bookkeeper) at(m *collectortest.MonthMachine, t time.Time) piece {
	made := last(m.Made, t, func(m collectortest.MonthMade) time.Time { return m.At })
	product := collectortest.MonthProduct(made.Product)
	p := piece{machine: m.ID, product: product.Code, order: fmt.Sprint(made.Order), from: t, to: t, cycle: product.PlannedCycle.D() / time.Duration(product.Units())}
	p.shift, p.planned = k.Shift(t.Truncate(time.Minute))
	return p
}

func state(m *collectortest.MonthMachine, t time.Time) record.State {
	return last(m.States, t, func(s collectortest.MonthState) time.Time { return s.At }).State
}

func (k *bookkeeper) time(m *collectortest.MonthMachine, from, to time.Time) {
	p := k.at(m, from)
	p.to = to
	ms := to.Sub(from).Milliseconds()
	s := state(m, from)
	switch {
	case s == record.Execute:
		p.n.Run, p.n.Busy = ms, ms
		if !p.planned {
			p.n.Overtime = ms
		}
	case !p.planned:
		return
	default:
		p.n.Busy = ms
		switch s {
		case record.Resetting:
			p.n.Setup = ms
		case record.Idle:
			p.n.Idle = ms
		case record.Aborted, record.Clearing:
			p.n.Delay, p.n.Repair = ms, ms
		default:
			p.n.Delay = ms
		}
	}
	k.pieces = append(k.pieces, p)
}

// seen is when something that happened at t is read: at the end of the gap it fell into.
func seen(m *collectortest.MonthMachine, t time.Time) (at time.Time, late bool) {
	for _, g := range m.Gaps {
		if t.After(g.From) && !t.After(g.To) {
			return g.To, true
		}
	}
	return t, false
}

const instant = time.Millisecond // what is seen at a moment happened in the one before

func (k *bookkeeper) counts(m *collectortest.MonthMachine) {
	for _, c := range m.Cycles {
		at, late := seen(m, c.At)
		if at.After(k.To) {
			continue
		}
		p := k.at(m, at.Add(-instant))
		p.n = figures{Produced: c.Units, Good: c.Units - c.Weld - c.Paint, Weld: c.Weld, Paint: c.Paint, Rework: c.Reworks, In: c.MaterialG, Out: c.OutputG}
		if late {
			p.n.Late = c.Units
		} else {
			p.n.IdealNs = int64(p.cycle) * c.Units
		}
		k.pieces = append(k.pieces, p)
	}
	for n, meter := range m.Meter[1:] {
		p := k.at(m, meter.At.Add(-instant))
		p.n.WattHrs = meter.Wh - m.Meter[n].Wh
		k.pieces = append(k.pieces, p)
	}
}

// stops walks through what was seen of the states.
func (k *bookkeeper) stops(m *collectortest.MonthMachine) {
	type look struct {
		at    time.Time
		state record.State
		after bool // a gap
	}
	looks := []look{{k.From, state(m, k.From), true}}
	for _, s := range m.States {
		if !in(m.Gaps, s.At.Add(-instant)) && s.At.After(k.From) && !s.At.After(k.To) {
			looks = append(looks, look{s.At, s.State, false})
		}
	}
	for _, g := range m.Gaps {
		looks = append(looks, look{g.To, state(m, g.To), true})
	}
	slices.SortStableFunc(looks, func(a, b look) int { return cmp.Or(a.at.Compare(b.at), map[bool]int{true: -1, false: 1}[a.after]) })
	looks = slices.CompactFunc(looks, func(a, b look) bool { return a.at.Equal(b.at) })
	var began *time.Time // of the stop; zero: not seen
	failed := false
	for _, l := range looks {
		if began != nil && l.after {
			began = &time.Time{}
		}
		if l.state == record.Execute {
			if began != nil {
				p := k.at(m, l.at.Add(-instant))
				if length := l.at.Sub(*began); !began.IsZero() && length < 2*time.Minute {
					p.n.MicroStops, p.n.MicroMs = 1, length.Milliseconds()
				} else {
					p.n.Stops = 1
				}
				k.pieces = append(k.pieces, p)
			}
			began, failed = nil, false
			continue
		}
		if began == nil {
			at := l.at
			if l.after {
				at = time.Time{}
			}
			began = &at
		}
		if !failed && (l.state == record.Aborted || l.state == record.Clearing) {
			failed = true
			p := k.at(m, l.at)
			p.n.Failures = 1
			k.pieces = append(k.pieces, p)
		}
	}
}

// sum adds up the pieces that a row is of.
func (k *bookkeeper) sum(r kpi.Row, by kpi.By) (f figures) {
	for _, p := range k.pieces {
		output := by == kpi.ByMachine || p.machine == "station-11" || p.machine == "station-12"
		named := by != kpi.ByShift && (r.Machine == "" || r.Machine == p.machine) && (by != kpi.ByProduct || r.Product == p.product) && (by != kpi.ByOrder || r.Order == p.order)
		if by == kpi.ByShift {
			named = r.Shift == p.shift
		}
		if output && named && !p.from.Before(r.From) && p.from.Before(r.To) {
			f.add(p.n)
		}
	}
	return f
}

// plannedMs is counted minute by minute.
func (k *bookkeeper) plannedMs(r kpi.Row) (ms int64) {
	for at := r.From; at.Before(r.To); at = at.Add(time.Minute) {
		if k.Planned(at) {
			ms += time.Minute.Milliseconds()
		}
	}
	return ms
}

var month = sync.OnceValue(func() *collectortest.Month { return collectortest.NewMonth(20260301) })

// openMonth takes the month into a hall, and works it out from the books.
func openMonth(t *testing.T) (*collectortest.Hall, *bookkeeper) {
	t.Helper()
	m := month()
	k := &bookkeeper{Month: m}
	for _, machine := range m.Machines {
		k.machine(machine)
	}
	h := collectortest.OpenHall(t, m.From)
	g := collectortest.NewGateway("dk-viet-nhat-01", m.From)
	for each := range slices.Chunk(m.Batches(t, g), 24) {
		h.Take(g, each...)
	}
	h.MoveTo(m.To)
	return h, k
}

func TestAMonthOfTwelveMachinesAndEightyProducts(t *testing.T) {
	h, k := openMonth(t)
	rows, cells := 0, 0
	for _, by := range []kpi.By{kpi.Whole, kpi.ByMachine, kpi.ByProduct, kpi.ByOrder, kpi.ByShift, kpi.ByHour, kpi.ByDay, kpi.ByWeek} {
		t.Run(cmp.Or(string(by), "whole"), func(t *testing.T) {
			all, err := h.KPI(t.Context(), "assembly", board.KPIQuery{From: k.From, To: k.To, By: by, Explain: true})
			if err != nil {
				t.Fatal(err)
			}
			cells += filesSay(t, all, must(time.LoadLocation(collectortest.MonthZone)))
			var got, want figures
			for _, r := range all {
				f := k.sum(r, by)
				want.add(f)
				got.add(k.check(t, r, by, f))
				rows++
			}
			if diff := differing(got, want); diff != "" {
				t.Errorf("the sum of all rows: %s", diff)
			}
		})
	}
	if products := len(must(h.KPI(t.Context(), "assembly", board.KPIQuery{From: k.From, To: k.To, By: kpi.ByProduct}))); products < 50 {
		t.Errorf("the line made only %d products", products)
	}
	t.Logf("%d rows, %d cells of files, %d pieces of the books", rows, cells, len(k.pieces))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// check holds a row against the books, and gives its figures.
func (k *bookkeeper) check(t *testing.T, r kpi.Row, by kpi.By, want figures) (got figures) {
	t.Helper()
	name := fmt.Sprintf("%s%s%s%s %s", r.Machine, r.Product, r.Order, r.Shift, r.From.Format("02 15:04"))
	got = figuresOf(r)
	got.IdealNs = want.IdealNs // by way of the ratios
	if diff := differing(got, want); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
	ratio := func(what string, got *float64, a, b float64) {
		t.Helper()
		if b == 0 && got == nil {
			return
		}
		if got == nil || b == 0 || math.Abs(*got-a/b) > 1e-12*math.Abs(a/b) {
			t.Errorf("%s: %s is %v, the books say %v / %v", name, what, text(got), a, b)
		}
	}
	n := func(i int64) float64 { return float64(i) }
	if r.ProducedQuantity == nil {
		return got
	}
	ideal := n(want.IdealNs) / 1e6
	ratio("availability", r.Availability, n(want.Run), n(want.Busy))
	ratio("effectiveness", r.Effectiveness, ideal, n(want.Run))
	ratio("quality", r.QualityRatio, n(want.Good), n(want.Produced))
	ratio("scrap ratio", r.ScrapRatio, n(want.Weld+want.Paint), n(want.Produced))
	ratio("rework ratio", r.ReworkRatio, n(want.Rework), n(want.Produced))
	ratio("first pass", r.FirstPassYield, n(want.Produced-want.Weld-want.Paint-want.Rework), n(want.Produced))
	ratio("setup ratio", r.SetupRatio, n(want.Setup), n(want.Run+want.Setup))
	ratio("technical efficiency", r.TechnicalEfficiency, n(want.Run), n(want.Run+want.Delay))
	ratio("allocation efficiency", r.AllocationEfficiency, n(want.Run+want.Setup+want.Delay), n(want.Busy))
	ratio("utilisation efficiency", r.UtilisationEfficiency, n(want.Run), n(want.Run+want.Setup+want.Delay))
	ratio("throughput", r.ThroughputPerHour, n(want.Produced-want.Late)*3.6e6, n(want.Busy))
	ratio("mtbf", r.MTBFS, n(want.Run)/1000, n(want.Failures))
	ratio("mttr", r.MTTRS, n(want.Repair)/1000, n(want.Failures))
	if r.EnergyKWh != nil {
		ratio("energy per unit", r.EnergyPerUnitKWh, n(want.WattHrs)/1000, n(want.Produced))
		ratio("energy per good unit", r.EnergyPerGoodUnitKWh, n(want.WattHrs)/1000, n(want.Good))
	}
	if r.MaterialYield != nil || want.In > 0 {
		ratio("yield", r.MaterialYield, n(want.Out), n(want.In))
	}
	if want.Run > 0 && want.Produced > 0 {
		ratio("oee", r.OEE, ideal*n(want.Good), n(want.Busy)*n(want.Produced))
		ratio("nee", r.NEE, n(want.Run+want.Setup)*ideal*n(want.Good), n(want.Busy)*n(want.Run)*n(want.Produced))
	}
	k.checkPlan(t, r, by, name, ratio)
	return got
}

// checkPlan is for what follows from the calendar, and for the steps from planned time to good units.
func (k *bookkeeper) checkPlan(t *testing.T, r kpi.Row, by kpi.By, name string, ratio func(what string, got *float64, a, b float64)) {
	t.Helper()
	machines := int64(2)
	if by == kpi.ByMachine {
		machines = 1
	}
	planned := machines*k.plannedMs(r) + int64(math.Round(r.OvertimeS*1000))
	switch {
	case by == kpi.ByProduct || by == kpi.ByOrder:
		planned = int64(math.Round(r.ObservedBusyTimeS * 1000))
	case by == kpi.ByShift && r.Shift == "":
		planned = int64(math.Round(r.OvertimeS * 1000))
	}
	if got := int64(math.Round(r.PlannedBusyTimeS * 1000)); got != planned {
		t.Errorf("%s: planned for %d ms, the wall clock says %d", name, got, planned)
	}
	if by != kpi.ByProduct && by != kpi.ByOrder {
		ratio("coverage", r.Coverage, r.ObservedBusyTimeS*1000, float64(planned))
	}
	var sum float64
	for _, l := range r.Losses {
		sum += l.Seconds
	}
	if math.Abs(sum-r.PlannedBusyTimeS) > 1e-6 {
		t.Errorf("%s: the steps add up to %f s of %f", name, sum, r.PlannedBusyTimeS)
	}
}

// figuresOf reads a row back in whole units and milliseconds.
func figuresOf(r kpi.Row) (f figures) {
	whole := func(v float64) int64 { return int64(math.Round(v)) }
	f.Run, f.Busy, f.Overtime = whole(r.ActualProductionTimeS*1000), whole(r.ObservedBusyTimeS*1000), whole(r.OvertimeS*1000)
	f.Setup, f.Delay = whole(r.ActualUnitSetupTimeS*1000), whole(r.ActualUnitDelayTimeS*1000)
	f.Idle = f.Busy - f.Run - f.Setup - f.Delay
	f.Late, f.Stops, f.MicroStops, f.MicroMs, f.Failures = r.LateQuantity, r.Stops, r.MicroStops, whole(r.MicroStopS*1000), r.Failures
	for _, l := range r.Losses {
		if l.Name == "repair" {
			f.Repair = whole(l.Seconds * 1000)
		}
	}
	if r.ProducedQuantity == nil {
		return f
	}
	f.Produced, f.Good, f.Rework = *r.ProducedQuantity, *r.GoodQuantity, *r.ReworkQuantity
	f.Weld, f.Paint = r.ScrapByReason["weld"], r.ScrapByReason["paint"]
	for v, kilo := range map[*int64]*float64{&f.WattHrs: r.EnergyKWh, &f.In: r.MaterialInKg, &f.Out: r.ProductOutKg} {
		if kilo != nil {
			*v = whole(*kilo * 1000)
		}
	}
	return f
}

// differing names the figures that differ.
func differing(got, want figures) (text string) {
	fields := func(f figures) (m map[string]int64) {
		b := must(json.Marshal(f))
		if err := json.Unmarshal(b, &m); err != nil {
			panic(err)
		}
		return m
	}
	g, w := fields(got), fields(want)
	for _, name := range slices.Sorted(maps.Keys(w)) {
		if g[name] != w[name] {
			text += fmt.Sprintf("%s %d, the books say %d; ", name, g[name], w[name])
		}
	}
	return text
}

func text(v *float64) string {
	if v == nil {
		return "null"
	}
	return fmt.Sprint(*v)
}
