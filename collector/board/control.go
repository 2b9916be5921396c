package board

import (
	"context"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/spc"
	"github.com/lineproof/lineproof/record"
)

// Control is a control chart: points in order of time, each with the limits that hold for it.
type Control struct {
	Chart      string          `json:"chart" enum:"p,p_prime,individuals" doc:"p: scrap as binomial samples vary; p_prime: Laney's, where the baseline varies by more; individuals: means of a measured variable"`
	Unit       string          `json:"unit" doc:"of values, centre and limits; 1 for a ratio"`
	Baseline   Baseline        `json:"baseline"`
	Points     []ControlPoint  `json:"points" nullable:"false"`
	Capability *spc.Capability `json:"capability,omitempty" doc:"of a measured variable's points against its specification; they are means, single values vary more"`
}

// Baseline is what centre and limits come from.
type Baseline struct {
	From       time.Time   `json:"from"`
	To         time.Time   `json:"to"`
	Points     int         `json:"points" doc:"known ones; limits of fewer than 20 are provisional"`
	Centre     *float64    `json:"centre" doc:"null where there are no limits: fewer than two points, or no scrap at all"`
	Dispersion *Dispersion `json:"dispersion,omitempty" doc:"of scrap"`
	MeanRange  *float64    `json:"mean_moving_range,omitempty" doc:"of a measured variable"`
	UpperRange *float64    `json:"moving_range_limit,omitempty" doc:"upper limit of moving ranges; the lower one is 0"`
}

// Dispersion is by how much scrap varies beyond binomial samples. Laney's p' chart is taken where the p-value
// is under 0.05 and sigma z over 1.
type Dispersion struct {
	SigmaZ           float64 `json:"sigma_z" doc:"mean moving range of z-scores / 1.128; 1 for binomial samples"`
	ChiSquare        float64 `json:"chi_square" doc:"sum of squared z-scores"`
	DegreesOfFreedom int     `json:"degrees_of_freedom"`
	PValue           float64 `json:"p_value" doc:"chance of such a chi-square or a larger one among binomial samples"`
}

// ControlPoint is one hour, shift or day. Null means not known, never 0.
type ControlPoint struct {
	From        time.Time  `json:"from"`
	To          time.Time  `json:"to"`
	Shift       string     `json:"shift,omitempty"`
	Coverage    *float64   `json:"coverage" doc:"observed PBT / PBT; null where no time was planned"`
	Produced    *int64     `json:"produced_quantity,omitempty" doc:"PQ, for scrap"`
	Scrap       *int64     `json:"scrap_quantity,omitempty" doc:"SQ, for scrap"`
	Value       *float64   `json:"value" doc:"SQ / PQ, or the time-weighted mean of a measured variable while its machine ran"`
	Lower       *float64   `json:"lower_limit"`
	Upper       *float64   `json:"upper_limit"`
	Rules       []spc.Rule `json:"rules,omitempty" nullable:"false" enum:"beyond_3_sigma,two_of_three,four_of_five,eight_in_a_row" doc:"of Western Electric, that the point breaks"`
	MovingRange *float64   `json:"moving_range,omitempty" doc:"distance to the known point before, for a measured variable"`
	RangeBeyond bool       `json:"moving_range_beyond,omitempty" doc:"whether the moving range is over its limit"`
}

// ControlQuery asks for a chart of scrap or, by name, of a measured variable.
type ControlQuery struct {
	From, To time.Time
	By       kpi.By       // hour, shift or day
	Measure  string       // machine.name; "": scrap
	Frozen   *record.Span // baseline of the limits; nil: From to To
}

// Control computes a control chart. Points that nobody observed are holes.
func (b *Board) Control(ctx context.Context, line string, q ControlQuery) (Control, error) {
	p, err := b.find(line)
	if err != nil {
		return Control{}, err
	}
	var m *Measure
	if q.Measure != "" {
		if m, err = p.measure(q.Measure); err != nil {
			return Control{}, err
		}
	}
	c := Control{Baseline: Baseline{From: q.From.UTC(), To: q.To.UTC()}}
	if c.Points, err = b.points(ctx, p, m, KPIQuery{From: q.From, To: q.To, By: q.By}); err != nil {
		return Control{}, err
	}
	baseline := c.Points
	if q.Frozen != nil {
		c.Baseline.From, c.Baseline.To = q.Frozen.From.UTC(), q.Frozen.To.UTC()
		if baseline, err = b.points(ctx, p, m, KPIQuery{From: q.Frozen.From, To: q.Frozen.To, By: q.By}); err != nil {
			return Control{}, err
		}
	}
	if m == nil {
		c.proportions(baseline)
	} else {
		c.individuals(baseline, *m)
	}
	return c, nil
}

// points gives a point for each row: the scrap ratio, or the mean of a measured variable where there is one.
func (b *Board) points(ctx context.Context, p place, m *Measure, q KPIQuery) ([]ControlPoint, error) {
	model := p.kpiModel()
	if m != nil {
		model.Output = []string{m.Machine}
	}
	rows, err := b.kpi(ctx, p, model, q)
	if err != nil {
		return nil, err
	}
	points := make([]ControlPoint, 0, len(rows))
	for _, r := range rows {
		if q.By == kpi.ByShift && r.Shift == "" {
			continue // work outside every shift is no stretch of time
		}
		point := ControlPoint{From: r.From, To: r.To, Shift: r.Shift, Coverage: r.Coverage}
		if m == nil && p.seen(r) {
			point.Produced, point.Scrap, point.Value = r.ProducedQuantity, r.ScrapQuantity, r.ScrapRatio
		}
		points = append(points, point)
	}
	if m != nil {
		err = b.means(ctx, p, *m, points)
	}
	return points, err
}

// seen tells whether a row's counts are of time that somebody observed. Of a line none of whose machines says
// a state, coverage is never known: its counts stand for themselves.
func (p place) seen(r kpi.Row) bool {
	covered := r.Coverage != nil && *r.Coverage > 0
	return covered || !slices.ContainsFunc(p.output(), func(id string) bool { return p.model.Machines[id].State != "" })
}

// proportions makes it a p or p' chart.
func (c *Control) proportions(baseline []ControlPoint) {
	var samples []spc.Sample
	for _, p := range baseline {
		if p.Value != nil {
			samples = append(samples, spc.Sample{Units: *p.Produced, Scrap: *p.Scrap})
		}
	}
	c.Chart, c.Unit, c.Baseline.Points = "p", "1", len(samples)
	fit, ok := spc.FitProportion(samples)
	if !ok {
		return
	}
	if fit.Overdispersed() {
		c.Chart = "p_prime"
	}
	c.Baseline.Centre = &fit.Centre
	c.Baseline.Dispersion = &Dispersion{
		SigmaZ: fit.SigmaZ, ChiSquare: fit.ChiSquare, DegreesOfFreedom: fit.Samples - 1, PValue: fit.PValue,
	}
	c.judge(func(p ControlPoint) (spc.Limits, bool) { return fit.Limits(*p.Produced) })
}

// individuals makes it a chart of single values and moving ranges.
func (c *Control) individuals(baseline []ControlPoint, m Measure) {
	shown, at := known(c.Points)
	values, _ := known(baseline)
	capability := spc.CapabilityOf(shown, m.Spec)
	c.Chart, c.Unit, c.Baseline.Points, c.Capability = "individuals", m.Unit, len(values), &capability
	fit, ok := spc.FitIndividuals(values)
	if !ok {
		return
	}
	c.Baseline.Centre, c.Baseline.MeanRange = &fit.Mean, &fit.MeanRange
	upper, limited := fit.UpperRange()
	if limited {
		c.Baseline.UpperRange = &upper
	}
	for n, r := range spc.MovingRanges(shown) {
		point := &c.Points[at[n+1]]
		point.MovingRange, point.RangeBeyond = &r, limited && r > upper
	}
	c.judge(func(ControlPoint) (spc.Limits, bool) { return fit.Limits() })
}

// known gives the values of the points that have one, and which points these are.
func known(points []ControlPoint) (values []float64, at []int) {
	for i, p := range points {
		if p.Value != nil {
			values, at = append(values, *p.Value), append(at, i)
		}
	}
	return values, at
}

// judge gives the known points their limits and the rules that they break.
func (c *Control) judge(limits func(ControlPoint) (spc.Limits, bool)) {
	var z []float64
	values, at := known(c.Points)
	for n, i := range at {
		l, ok := limits(c.Points[i])
		if !ok {
			return
		}
		c.Points[i].Lower, c.Points[i].Upper = &l.Lower, &l.Upper
		z = append(z, l.Z(values[n]))
	}
	for n, rules := range spc.Broken(z) {
		c.Points[at[n]].Rules = rules
	}
}
