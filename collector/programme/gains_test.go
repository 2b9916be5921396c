package programme_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/programme"
)

// evaluated is a study of a site whose output rose by a gain, from so many shifts a side.
func evaluated(t *testing.T, name string, gain float64, shifts int, r *rand.Rand) programme.SiteStudy {
	t.Helper()
	metric, ok := outcome.MetricNamed("output_per_hour")
	if !ok {
		t.Fatal("no such metric")
	}
	side := func(mean float64) (p outcome.Period) {
		p.Grade = outcome.Metered
		for n := range shifts {
			y := mean * (1 + .1*r.NormFloat64()) * 8
			one := 1.
			p.Shifts = append(p.Shifts, outcome.Shift{Start: time.Date(2026, 1, 1+n, 6, 0, 0, 0, time.UTC), Hours: 8, Pair: outcome.Pair{Y: y, X: 8}, Known: true, Coverage: &one})
		}
		return p
	}
	least := .0
	result := outcome.Evaluate(outcome.Study{
		Metric: metric, Target: outcome.Target{Kind: outcome.Change, AtLeast: &least}, Comparator: outcome.OwnBefore, Confidence: .95, Method: outcome.ClusterRatio,
		Before: side(100), After: side(100 * (1 + gain)),
	})
	return programme.StudyOf(name, metric, result)
}

func TestAForestOfStudies(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	var studies []programme.SiteStudy
	for n, gain := range []float64{.10, .25, .05, .18, .12} {
		studies = append(studies, evaluated(t, string(rune('a'+n)), gain, 40, r))
	}
	withdrawn := evaluated(t, "y", -.5, 40, r)
	withdrawn.Withdrawn = true
	studies = append(studies, withdrawn, evaluated(t, "z", .5, 10, r)) // too few shifts
	all := programme.Forests(studies, .95)
	if len(all) != 1 {
		t.Fatalf("%d forests", len(all))
	}
	f := all[0]
	if len(f.Sites) != 5 || !cmp.Equal(f.Left, []string{"y", "z"}) || f.Method != "REML" {
		t.Fatalf("%d sites, left %v, %s", len(f.Sites), f.Left, f.Method)
	}
	weights := 0.
	for _, s := range f.Sites {
		weights += s.Weight
		if c := s.Change; !(*c.Low < *c.Estimate && *c.Estimate < *c.High) || math.Abs(math.Log1p(*c.Estimate)-*s.LogRatio) > 1e-12 {
			t.Errorf("%s: %v %v %v, log %v", s.Study, *c.Low, *c.Estimate, *c.High, *s.LogRatio)
		}
	}
	if math.Abs(weights-1) > 1e-12 {
		t.Errorf("weights add up to %v", weights)
	}
	if m, p := f.Mean, f.Prediction; !(*p.Low < *m.Low && *m.Low < .14 && .14 < *m.High && *m.High < *p.High) || *m.Low < 0 {
		t.Errorf("mean %v..%v, prediction %v..%v", *m.Low, *m.High, *p.Low, *p.High)
	}
	if one := programme.Forests(studies[:1], .95)[0]; one.Mean != nil || one.Sites[0].Weight != 1 {
		t.Errorf("one site alone: %+v", one)
	}
}

// TestPublishedForest holds the whole way against metafor's rma(yi, vi, data=dat.bcg, test="knha").
func TestPublishedForest(t *testing.T) {
	var studies []programme.SiteStudy
	for n, c := range [][4]float64{ // vaccinated: ill, well; others: ill, well
		{4, 119, 11, 128}, {6, 300, 29, 274}, {3, 228, 11, 209}, {62, 13536, 248, 12619}, {33, 5036, 47, 5761}, {180, 1361, 372, 1079}, {8, 2537, 10, 619},
		{505, 87886, 499, 87892}, {29, 7470, 45, 7232}, {17, 1699, 65, 1600}, {186, 50448, 141, 27197}, {5, 2493, 3, 2338}, {27, 16886, 29, 17825},
	} {
		log := math.Log(c[0] / (c[0] + c[1]) / (c[2] / (c[2] + c[3])))
		se := math.Sqrt(1/c[0] - 1/(c[0]+c[1]) + 1/c[2] - 1/(c[2]+c[3]))
		studies = append(studies, programme.SiteStudy{Study: string(rune('a' + n)), Metric: "scrap_ratio", LogRatio: &log, SE: &se, Verdict: outcome.Achieved})
	}
	f := programme.Forests(studies, .95)[0]
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"tau2", *f.Tau2, .3132}, {"I2", *f.I2, .9212}, {"mean", math.Log1p(*f.Mean.Estimate), -.7145}, {"low", math.Log1p(*f.Mean.Low), -1.1084}, {"high", math.Log1p(*f.Mean.High), -.3206},
	} {
		if math.Abs(c.got-c.want) > 1e-4 {
			t.Errorf("%s: %.4f, want %.4f", c.name, c.got, c.want)
		}
	}
}

func TestTheIndexLeavesOutWhatIsNotKnown(t *testing.T) {
	r := rules(t)
	made := []programme.Made{
		{Line: "a", Product: "x", Month: "2026-01", Good: 100}, {Line: "a", Product: "y", Month: "2026-01", Good: 50}, {Line: "b", Month: "2026-01", Good: 10},
		{Line: "a", Product: "x", Month: "2026-02", Good: 150}, {Line: "a", Product: "y", Month: "2026-02", Good: 50}, // nobody knows of b
		{Line: "a", Product: "x", Month: "2026-03", Good: 100}, {Line: "a", Product: "z", Month: "2026-03", Good: 9}, {Line: "b", Month: "2026-03", Good: 20},
	}
	prices, err := programme.Read(programme.Files{Prices: &programme.File{Name: "prices.yaml", Text: []byte("source: giá năm 2025\nlines:\n  a: {x: 1000, \"\": 2000}\n  b: {\"\": 5000}\n")}})
	if err != nil {
		t.Fatal(err)
	}
	x := prices.IndexOf(made, "2026-01")
	// January: 100*1000 + 50*2000 = 200,000 of a, 50,000 of b. February, of a alone: 250/200. March: (100 + 0 + 18 + 100)/250.
	for n, want := range []float64{1, 1.25, 218. / 250} {
		if m := x.Months[n]; m.Value == nil || math.Abs(*m.Value-want) > 1e-12 {
			t.Errorf("%s: %v, want %v", m.Month, m.Value, want)
		}
	}
	if got := x.Months[1]; got.Lines != 1 || !cmp.Equal(got.Left, []string{"b"}) {
		t.Errorf("%+v", got)
	}
	if x := r.IndexOf(made, "2026-01"); x.Months[0].Value != nil || len(x.Unpriced) != 2 {
		t.Errorf("without prices two lines cannot be added up: %+v", x)
	}
	if x := r.IndexOf(made[:2], "2026-01"); *x.Months[0].Value != 1 {
		t.Errorf("one line alone: %+v", x)
	}
}

func TestDoubts(t *testing.T) {
	r := rules(t)
	low, full, few := .8, .99, 3
	lines := map[string]programme.Watched{
		"good": {Line: "good", Health: "ok", Coverage: &full}, "weak": {Line: "weak", Health: "offline", Coverage: &low, Findings: &few},
		"gone": {Line: "gone", Health: "unknown"},
	}
	studies := map[string]programme.SiteStudy{
		"good": {Study: "good", Grade: outcome.Metered, Coverage: &full, Verdict: outcome.Achieved},
		"weak": {Study: "weak", Grade: outcome.Typed, Coverage: &low, Verdict: outcome.NotEnoughData, Late: true, Changed: true, Withdrawn: true},
	}
	for _, c := range []struct {
		name           string
		state          string
		lines, studies []string
		want           []string
	}{
		{"all well", "accepted", []string{"good"}, []string{"good"}, nil},
		{"a weak line", "contracted", []string{"good", "weak"}, nil, []string{"silent", "coverage", "findings"}},
		{"a weak study", "accepted", nil, []string{"weak"}, []string{"grade", "study_coverage", "not_enough_data", "late", "changed", "withdrawn"}},
		{"nothing there", "accepted", []string{"gone", "not looked at"}, []string{"gone"}, []string{"line_gone", "study_gone"}},
		{"done without a study", "settled", nil, nil, []string{"no_study"}},
		{"not done yet", "approved", nil, nil, nil},
		{"stopped", "stopped", []string{"weak"}, nil, nil},
	} {
		p := programme.Project{}
		p.State, p.Lines, p.Studies = c.state, c.lines, c.studies
		var got []string
		for _, d := range r.Doubts(p, lines, studies) {
			got = append(got, d.Code)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
