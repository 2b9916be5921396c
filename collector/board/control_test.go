package board_test

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/board"
	"github.com/lineproof/lineproof/collector/collectortest"
	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/spc"
	"github.com/lineproof/lineproof/record"
)

// Scrap of Montgomery's orange-juice cans, 50 an hour here: before the machine was adjusted, and after.
var (
	cansBefore = []uint64{12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6}
	cansAfter  = []uint64{9, 6, 12, 5, 6, 4, 6, 3, 7, 6, 2, 4, 3, 6, 5, 4, 8, 5, 6, 7, 5, 6, 3, 5}
)

// cans works five cycles of ten units each hour.
func (h *hall) cans(g *collectortest.Gateway, scrap []uint64) {
	h.t.Helper()
	var sealed [][]byte
	for _, n := range scrap {
		sealed = append(sealed, g.Work(h.t, time.Hour, collectortest.Execute, 5, n))
	}
	h.Take(g, sealed...)
	h.MoveTo(g.At)
}

func (h *hall) control(q board.ControlQuery) board.Control {
	h.t.Helper()
	c, err := h.Control(h.t.Context(), line, q)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

func near(t *testing.T, what string, got *float64, want, within float64) {
	t.Helper()
	if got == nil || !(math.Abs(*got-want) <= within) {
		t.Errorf("%s: %v, want %v", what, show(got), want)
	}
}

func show(v *float64) any {
	if v == nil {
		return nil
	}
	return *v
}

// TestControlOfScrap: from sealed counters to the published centre and limits, frozen before the change.
func TestControlOfScrap(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	h.cans(g, cansBefore)
	change := g.At
	h.cans(g, cansAfter)

	before := record.Span{From: collectortest.Morning, To: change}
	got := h.control(board.ControlQuery{From: change, To: g.At, By: kpi.ByHour, Frozen: &before})
	if got.Unit != "1" || got.Baseline.Points != 30 || len(got.Points) != 24 || got.Capability != nil {
		t.Fatalf("%d points of unit %s against %d, capability %v", len(got.Points), got.Unit, got.Baseline.Points, got.Capability)
	}
	near(t, "centre", got.Baseline.Centre, .231333, 5e-7)
	if got.Chart != "p_prime" || got.Baseline.Dispersion == nil {
		t.Fatalf("chart %s, dispersion %+v, want p'", got.Chart, got.Baseline.Dispersion)
	}
	sigmaZ := got.Baseline.Dispersion.SigmaZ
	near(t, "upper limit", got.Points[0].Upper, .231333+sigmaZ*(.410239-.231333), 1e-5)
	near(t, "lower limit", got.Points[0].Lower, max(0, .231333-sigmaZ*(.231333-.052428)), 1e-5)
	runs := 0
	for i, p := range got.Points {
		near(t, "value", p.Value, float64(cansAfter[i])/50, 1e-9)
		if slices.Contains(p.Rules, spc.EightInARow) {
			runs++
		}
	}
	if runs < 10 {
		t.Errorf("%d points end a run of eight below the old centre: %+v", runs, got.Points)
	}

	own := h.control(board.ControlQuery{From: before.From, To: before.To, By: kpi.ByHour})
	if own.Baseline.From != before.From || own.Baseline.To != before.To || own.Baseline.Points != 30 {
		t.Errorf("baseline %+v, want the window itself", own.Baseline)
	}
	near(t, "centre of the window itself", own.Baseline.Centre, .231333, 5e-7)
}

// TestHolesOfAControlChart: what nobody saw has no value and no limits, and makes no zero in a baseline.
func TestHolesOfAControlChart(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	h.cans(g, []uint64{5, 7})
	g.At = g.At.Add(2 * time.Hour) // nobody looks
	h.Take(g, g.Work(t, time.Hour, collectortest.Held, 0, 0))
	h.cans(g, []uint64{6})
	got := h.control(board.ControlQuery{From: collectortest.Morning, To: g.At.Add(time.Hour), By: kpi.ByHour})
	values := make([]any, len(got.Points))
	for i, p := range got.Points {
		values[i] = show(p.Value)
		if known := p.Value != nil; known != (p.Upper != nil) || known != (p.Lower != nil) {
			t.Errorf("hour %d: value %v, limits %v to %v", i, show(p.Value), show(p.Lower), show(p.Upper))
		}
	}
	if diff := cmp.Diff([]any{.1, .14, nil, nil, nil, .12}, values); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	if got.Baseline.Points != 3 || got.Chart != "p" {
		t.Errorf("%s chart of %d points, want p of 3", got.Chart, got.Baseline.Points)
	}
	near(t, "centre", got.Baseline.Centre, .12, 1e-12)

	one := record.Span{From: collectortest.Morning, To: collectortest.Morning.Add(time.Hour)}
	frozen := h.control(board.ControlQuery{From: one.From, To: g.At, By: kpi.ByHour, Frozen: &one})
	if p := frozen.Points[0]; frozen.Baseline.Centre != nil || frozen.Baseline.Dispersion != nil || p.Value == nil || p.Upper != nil || p.Rules != nil {
		t.Errorf("limits of one point: %+v, %+v", frozen.Baseline, p)
	}
}

// TestPointsOfShifts: work outside every shift is no point.
func TestPointsOfShifts(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	h.cans(g, slices.Repeat([]uint64{5}, 20))
	var names []string
	for _, p := range h.control(board.ControlQuery{From: collectortest.Morning, To: g.At, By: kpi.ByShift}).Points {
		names = append(names, p.Shift)
	}
	if !slices.Equal(names, []string{"early", "late"}) {
		t.Errorf("points of shifts %q", names)
	}
}

// TestScrapOfAMachineThatSaysNoState: its coverage is never known, its counts are.
func TestScrapOfAMachineThatSaysNoState(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	m := g.Catalogue.Lines[line].Machines["press"]
	m.State = ""
	g.Catalogue.Lines[line].Machines["press"] = m
	h.cans(g, []uint64{5, 7})
	for _, p := range h.control(board.ControlQuery{From: collectortest.Morning, To: g.At, By: kpi.ByHour}).Points {
		if p.Value == nil {
			t.Errorf("hour from %s is a hole", p.From)
		}
	}
}

// TestControlOfAMeasure: NIST's readings as the pressure of ten hours, and an hour in which the press was held.
func TestControlOfAMeasure(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	g.Gauge(46, 55)
	press := func(state int64, pressures ...float64) {
		var sealed [][]byte
		for _, g.Pressure = range pressures {
			sealed = append(sealed, g.Work(t, time.Hour, state, 5, 1))
		}
		h.Take(g, sealed...)
		h.MoveTo(g.At)
	}
	press(collectortest.Execute, 49.6, 47.6, 49.9, 51.3, 47.8)
	press(collectortest.Held, 99)
	press(collectortest.Execute, 51.2, 52.6, 52.4, 53.6, 52.1)
	nist := record.Span{From: collectortest.Morning, To: g.At}
	press(collectortest.Execute, 57.5)

	want := []board.Measure{{ID: "press.pressure", Machine: "press", Name: "pressure", Unit: "MPa", Spec: spc.Spec{Lower: ptr(46.), Upper: ptr(55.)}}}
	if diff := cmp.Diff(want, h.line(line).Measures); diff != "" {
		t.Errorf("measures of the line (-want +got):\n%s", diff)
	}
	q := board.ControlQuery{From: nist.From, To: g.At, By: kpi.ByHour, Measure: "press.pressure", Frozen: &nist}
	got := h.control(q)
	if got.Chart != "individuals" || got.Unit != "MPa" || got.Baseline.Points != 10 || len(got.Points) != 12 {
		t.Fatalf("%s chart in %s, %d points against %d", got.Chart, got.Unit, len(got.Points), got.Baseline.Points)
	}
	near(t, "mean", got.Baseline.Centre, 50.81, 1e-9)
	near(t, "mean moving range", got.Baseline.MeanRange, 1.877778, 5e-7)
	near(t, "lower limit", got.Points[0].Lower, 45.815910, 5e-7)
	near(t, "upper limit", got.Points[0].Upper, 55.804090, 5e-7)
	near(t, "limit of moving ranges", got.Baseline.UpperRange, 3.267*1.877778, 5e-6)
	near(t, "moving range over the hour held", got.Points[6].MovingRange, 51.2-47.8, 1e-9)
	if held, first := got.Points[5], got.Points[0]; held.Value != nil || first.MovingRange != nil {
		t.Errorf("held %+v, first %+v, want no value and no moving range", held, first)
	}
	if last := got.Points[11]; !slices.Contains(last.Rules, spc.Beyond3Sigma) || last.RangeBeyond {
		t.Errorf("57.5 MPa, 5.4 more than the hour before: %+v, moving range %v", last, show(last.MovingRange))
	}
	values := []float64{49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1, 57.5}
	capability := spc.CapabilityOf(values, want[0].Spec)
	near(t, "Cpk", got.Capability.Cpk, *capability.Cpk, 1e-9)
	near(t, "Ppk", got.Capability.Ppk, *capability.Ppk, 1e-9)

	if diff := cmp.Diff(got, h.control(q)); diff != "" {
		t.Errorf("from what is remembered (-read +remembered):\n%s", diff)
	}
	press(collectortest.Execute, 50)
	q.To = g.At
	if last := h.control(q).Points[12]; show(last.Value) != 50. || show(last.MovingRange) != 7.5 || !last.RangeBeyond {
		t.Errorf("an hour later: %+v", last)
	}
	_, err := h.Control(t.Context(), line, board.ControlQuery{Measure: "press.heat"})
	if !errors.Is(err, board.ErrNotFound) || err.Error() != `measure "press.heat" of line huu-lung-01-line: not found; there are press.pressure` {
		t.Errorf("unknown measure: %v", err)
	}
}

func TestScrapByReason(t *testing.T) {
	h := openHall(t, collectortest.Morning)
	g := collectortest.NewGateway(gateway, collectortest.Morning)
	m := g.Catalogue.Lines[line].Machines["press"]
	m.Scrap = append(m.Scrap, record.Count{From: "press.rejects", Times: "3", Reason: "edge"})
	g.Catalogue.Lines[line].Machines["press"] = m
	h.cans(g, []uint64{2, 3})
	got, err := h.Scrap(t.Context(), line, collectortest.Morning, g.At)
	if err != nil {
		t.Fatal(err)
	}
	want := board.Scrap{
		From: collectortest.Morning, To: g.At, Produced: ptr(int64(100)), Quantity: ptr(int64(20)), Ratio: ptr(.2), Coverage: ptr(1.),
		Reasons: []spc.Cause{
			{Reason: "edge", Units: 15, Share: .75, Cumulative: .75},
			{Reason: "after-compression", Units: 5, Share: .25, Cumulative: 1},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	none, err := h.Scrap(t.Context(), line, collectortest.Morning.Add(-time.Hour), collectortest.Morning)
	if err != nil || none.Quantity != nil || none.Ratio != nil || none.Reasons == nil || len(none.Reasons) != 0 {
		t.Errorf("before there was data: %+v, %v", none, err)
	}
}
