package outcome_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/record"
)

func metric(t *testing.T, name string) outcome.Metric {
	t.Helper()
	m, ok := outcome.MetricNamed(name)
	if !ok {
		t.Fatalf("no metric %s", name)
	}
	return m
}

func of[T any](v T) *T { return &v }

// days are n shifts of some 1,000 units from a day on, one a day, with a share of y that varies by sd.
func days(from string, n int, share, sd float64) outcome.Period {
	random := rand.New(rand.NewPCG(uint64(n), 1))
	day, err := time.Parse(time.DateOnly, from)
	if err != nil {
		panic(err)
	}
	p := outcome.Period{Grade: outcome.Metered}
	for range n {
		units := 1000 + 50*random.NormFloat64()
		p.Shifts = append(p.Shifts, outcome.Shift{
			Start: day, Hours: 8, Known: true, Coverage: of(1.), Pair: outcome.Pair{Y: units * (share + sd*random.NormFloat64()), X: units},
		})
		day = day.AddDate(0, 0, 1)
	}
	return p
}

func study(t *testing.T, name string, target outcome.Target, before, after outcome.Period) outcome.Study {
	t.Helper()
	return outcome.Study{
		Metric: metric(t, name), Target: target, Comparator: outcome.OwnBefore, Confidence: .95, Method: outcome.Auto, Before: before, After: after,
	}
}

func keys(r outcome.Result) (said []string) {
	for _, m := range slices.Concat(r.Reasons, r.Warnings) {
		said = append(said, m.Key())
	}
	return said
}

func TestVerdicts(t *testing.T) {
	level := func(v float64) outcome.Target { return outcome.Target{Kind: outcome.Level, AtLeast: of(v)} }
	change := func(v float64) outcome.Target { return outcome.Target{Kind: outcome.Change, AtLeast: of(v)} }
	lost := days("2024-03-01", 40, .975, .01)
	for i := range 8 {
		lost.Shifts[i].Known = false
	}
	half := days("2024-03-01", 40, .975, .01)
	for i := range half.Shifts {
		half.Shifts[i].Coverage = of(.89)
	}
	clustered := days("2024-03-01", 40, .975, .01)
	for i := range clustered.Shifts {
		clustered.Shifts[i].Cluster = fmt.Sprint("week ", i/8)
	}
	enough := days("2024-03-01", 43, .975, .01)
	for i := range enough.Shifts {
		enough.Shifts[i].Coverage = of(.90)
	}
	idle := days("2024-03-01", 25, .975, .01)
	for i := range 6 {
		idle.Shifts[i].Pair = outcome.Pair{}
	}
	before := days("2024-01-01", 40, .93, .01)
	tests := map[string]struct {
		metric string
		target outcome.Target
		before outcome.Period
		after  outcome.Period
		want   outcome.Verdict
		key    string
	}{
		"the whole interval is over":      {"quality_ratio", level(.97), before, days("2024-03-01", 40, .975, .01), outcome.Achieved, "study.whole_interval"},
		"the interval reaches under":      {"quality_ratio", level(.974), before, days("2024-03-01", 40, .975, .01), outcome.NotAchieved, "study.more_shifts"},
		"the estimate is under":           {"quality_ratio", level(.98), before, days("2024-03-01", 40, .975, .01), outcome.NotAchieved, "study.wrong_side"},
		"19 shifts":                       {"quality_ratio", level(.90), before, days("2024-03-01", 19, .975, .01), outcome.NotEnoughData, "study.few_shifts"},
		"20 shifts":                       {"quality_ratio", level(.90), before, days("2024-03-01", 20, .975, .01), outcome.Achieved, "study.whole_interval"},
		"19 shifts before":                {"quality_ratio", level(.90), days("2024-01-01", 19, .93, .01), days("2024-03-01", 40, .975, .01), outcome.NotEnoughData, "study.few_shifts"},
		"a level without before":          {"quality_ratio", level(.97), outcome.Period{}, days("2024-03-01", 40, .975, .01), outcome.Achieved, "study.whole_interval"},
		"8 of 40 shifts unknown":          {"quality_ratio", level(.90), before, lost, outcome.NotEnoughData, "study.low_coverage"},
		"89 % of each shift":              {"quality_ratio", level(.90), before, half, outcome.NotEnoughData, "study.low_coverage"},
		"90 % of each shift":              {"quality_ratio", level(.90), before, enough, outcome.Achieved, "study.whole_interval"},
		"6 of 25 shifts without power":    {"quality_ratio", level(.90), before, idle, outcome.NotEnoughData, "study.few_shifts"},
		"no shift":                        {"quality_ratio", level(.90), before, outcome.Period{Shifts: []outcome.Shift{}}, outcome.NotEnoughData, "study.few_shifts"},
		"figures that never vary":         {"quality_ratio", level(.90), before, days("2024-03-01", 40, 1, 0), outcome.NotEnoughData, "study.no_variation"},
		"always 97 of 100":                {"quality_ratio", level(.90), before, days("2024-03-01", 40, .97, 0), outcome.NotEnoughData, "study.no_variation"},
		"all good":                        {"quality_ratio", level(.90), before, days("2024-03-01", 40, 1, 0), outcome.NotEnoughData, "study.no_rejects"},
		"a rise":                          {"quality_ratio", change(.03), before, days("2024-03-01", 40, .975, .01), outcome.Achieved, "study.whole_interval"},
		"scrap falls by a half":           {"scrap_ratio", change(.40), days("2024-01-01", 40, .08, .01), days("2024-03-01", 40, .04, .01), outcome.Achieved, "study.whole_interval"},
		"scrap rises by a half":           {"scrap_ratio", change(.40), days("2024-01-01", 40, .04, .01), days("2024-03-01", 40, .06, .01), outcome.NotAchieved, "study.wrong_side"},
		"energy at most":                  {"energy_per_unit", outcome.Target{Kind: outcome.Level, AtMost: of(.05)}, days("2024-01-01", 40, .06, .002), days("2024-03-01", 40, .045, .002), outcome.Achieved, "study.whole_interval"},
		"a difference of less scrap":      {"scrap_ratio", outcome.Target{Kind: outcome.Gap, AtMost: of(-.03)}, days("2024-01-01", 40, .08, .01), days("2024-03-01", 40, .04, .01), outcome.Achieved, "study.whole_interval"},
		"few clusters":                    {"quality_ratio", level(.90), before, clustered, outcome.Achieved, "study.few_clusters"},
		"a change from nothing":           {"scrap_ratio", change(.40), days("2024-01-01", 40, 0, 0), days("2024-03-01", 40, .06, .01), outcome.NotEnoughData, "study.undefined"},
		"more good than made":             {"quality_ratio", level(.97), before, days("2024-03-01", 40, 1.02, .01), outcome.Achieved, "study.over_all"},
		"units that share their luck":     {"quality_ratio", level(.97), before, days("2024-03-01", 40, .975, .01), outcome.Achieved, "study.overdispersed"},
		"coverage that nobody wrote down": {"quality_ratio", level(.97), before, untold(days("2024-03-01", 40, .975, .01)), outcome.Achieved, "study.coverage_untold"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := outcome.Evaluate(study(t, tt.metric, tt.target, tt.before, tt.after))
			if r.Verdict != tt.want || !slices.Contains(keys(r), tt.key) {
				t.Errorf("%s with %v, want %s with %s", r.Verdict, keys(r), tt.want, tt.key)
			}
		})
	}
}

func untold(p outcome.Period) outcome.Period {
	for i := range p.Shifts {
		p.Shifts[i].Coverage = nil
	}
	return p
}

// TestMoreShifts: so many more do bring the interval to the right side.
func TestMoreShifts(t *testing.T) {
	target := outcome.Target{Kind: outcome.Level, AtLeast: of(.974)}
	before := days("2024-01-01", 40, .93, .01)
	r := outcome.Evaluate(study(t, "quality_ratio", target, before, days("2024-03-01", 40, .975, .01)))
	if r.MoreShifts == nil {
		t.Fatalf("no number of shifts: %s, %v", r.Verdict, keys(r))
	}
	after := days("2024-03-01", 40, .975, .01)
	again := days("2024-05-01", 40, .975, .01)
	for len(after.Shifts) < 40+*r.MoreShifts {
		next := again.Shifts[len(after.Shifts)%40]
		after.Shifts = append(after.Shifts, next)
	}
	if r := outcome.Evaluate(study(t, "quality_ratio", target, before, after)); r.Verdict != outcome.Achieved {
		t.Errorf("with %d more shifts of the same kind: %s, %v", len(after.Shifts)-40, r.Verdict, keys(r))
	}
}

// TestClusters: shifts of one cluster are one, wherever they stand.
func TestClusters(t *testing.T) {
	p := days("2024-03-01", 40, .975, .01)
	for i := range p.Shifts {
		p.Shifts[i].Cluster = []string{"crew 1", "crew 2", "crew 3", ""}[i%4]
	}
	s := study(t, "quality_ratio", outcome.Target{Kind: outcome.Level, AtLeast: of(.9)}, outcome.Period{}, p)
	s.Method = outcome.ClusterRatio
	r := outcome.Evaluate(s)
	if r.After.Shifts != 40 || r.After.Clusters != 13 || *r.After.DF != 12 {
		t.Errorf("%d shifts in %d clusters, %v degrees of freedom; want 40, 13 and 12", r.After.Shifts, r.After.Clusters, *r.After.DF)
	}
}

// TestOneWeekDecides: a single splendid week carries the whole gain.
func TestOneWeekDecides(t *testing.T) {
	after := days("2024-03-04", 40, .9325, .002)
	for i := range 7 {
		after.Shifts[i].Y = after.Shifts[i].X * .945
	}
	target := outcome.Target{Kind: outcome.Gap, AtLeast: of(.002)}
	s := study(t, "quality_ratio", target, days("2024-01-01", 40, .93, .002), after)
	s.Method = outcome.ClusterRatio
	r := outcome.Evaluate(s)
	if r.Verdict != outcome.Achieved || !slices.Contains(keys(r), "study.week_decides") {
		t.Errorf("%s, %v", r.Verdict, keys(r))
	}
}

// TestTrendBefore: what was getting better anyway is said, on either scale.
func TestTrendBefore(t *testing.T) {
	for name, better := range map[string]float64{"quality_ratio": 1, "scrap_ratio": -1} {
		for _, direction := range []float64{1, -1} {
			before, after := days("2024-01-01", 40, .5, .01), days("2024-03-01", 40, .5+.06*direction, .01)
			for i := range before.Shifts {
				before.Shifts[i].Y += direction * before.Shifts[i].X * .0015 * float64(i-20)
			}
			target := outcome.Target{Kind: outcome.Gap, AtLeast: of(.01)}
			r := outcome.Evaluate(study(t, name, target, before, after))
			if got, want := slices.Contains(keys(r), "study.trend"), direction == better; got != want {
				t.Errorf("%s, direction %v: %v, %v", name, direction, got, keys(r))
			}
		}
	}
	r := outcome.Evaluate(study(t, "quality_ratio", outcome.Target{Kind: outcome.Gap, AtLeast: of(.01)}, days("2024-01-01", 40, .93, .01), days("2024-03-01", 41, .97, .01)))
	if slices.Contains(keys(r), "study.trend") {
		t.Errorf("a step is taken for a trend: %v", keys(r))
	}
}

func TestWorseGrade(t *testing.T) {
	before, after := days("2024-01-01", 40, .93, .01), days("2024-03-01", 40, .975, .01)
	before.Grade = outcome.Typed
	target := outcome.Target{Kind: outcome.Level, AtLeast: of(.97)}
	if r := outcome.Evaluate(study(t, "quality_ratio", target, before, after)); r.Grade != outcome.Typed {
		t.Errorf("grade %s", r.Grade)
	}
	s := study(t, "quality_ratio", outcome.Target{Kind: outcome.Change, AtLeast: of(.03)}, outcome.Period{Declared: of(.93), Grade: outcome.Declared}, after)
	s.Comparator = outcome.DeclaredValue
	r := outcome.Evaluate(s)
	if r.Grade != outcome.Declared || r.Verdict != outcome.Achieved || !slices.Contains(keys(r), "study.declared") || r.Before.SE != nil || *r.Before.Value != .93 {
		t.Errorf("grade %s, %s, %v, before %+v", r.Grade, r.Verdict, keys(r), r.Before)
	}
}

// TestAutoLooksAtTheCorrelation and is the same every time.
func TestAutoLooksAtTheCorrelation(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	quiet, restless := line{.93, 0, 4}, line{.93, .7, 4}
	method, _, _, _ := outcome.Estimates(quiet.shifts(200, random), quiet.shifts(200, random), outcome.Auto, draws, 1)
	if method != outcome.ClusterRatio {
		t.Errorf("independent shifts: %s", method)
	}
	before, after := restless.shifts(200, random), restless.shifts(200, random)
	method, _, a, _ := outcome.Estimates(before, after, outcome.Auto, draws, 1)
	_, _, again, _ := outcome.Estimates(before, after, outcome.Auto, draws, 1)
	if method != outcome.Block || a != again {
		t.Errorf("shifts that correlate: %s, %v and then %v", method, a, again)
	}
	rho, _ := outcome.Correlation(before, after)
	near(t, "correlation", rho, .7, .12)
	times, _ := outcome.Overdispersion(quiet.shifts(2000, random))
	near(t, "over-dispersion", times, 4, .4)
	if length := outcome.BlockLength(make([]float64, 40)); length != 1 {
		t.Errorf("blocks of nothing: %d", length)
	}
}

// TestAim against published answers: for a standardised difference d of two groups, power 80 % and 5 % on both sides,
// 393 (or 394), 64 and 26 in each for d of .2, .5 and .8 (Cohen 1988, table 2.4.1), 34 in one group alone for d of .5; and
// Chow, Shao and Wang's example of 3.2.4, a difference of 5 % with a standard deviation of 10 %: 63 by the normal distribution.
func TestAim(t *testing.T) {
	for _, tt := range []struct {
		distance, spread, rho float64
		sides, want           int
	}{
		{.2, 1, 0, 2, 394}, {.5, 1, 0, 2, 64}, {.8, 1, 0, 2, 26}, {.5, 1, 0, 1, 34}, {.05, .1, 0, 2, 64},
		{.5, 1, .5, 2, 192}, {.5, 1, -.5, 2, 64}, {5, 1, 0, 2, outcome.LeastShifts},
	} {
		a := outcome.Aim{Distance: tt.distance, Spread: tt.spread, Rho: tt.rho, Sides: tt.sides, Power: .8, Confidence: .95}
		n, ok := a.Shifts()
		if !ok || n != tt.want {
			t.Errorf("%+v: %d, %v, want %d", a, n, ok, tt.want)
		}
		if d, ok := a.Within(n); n > outcome.LeastShifts && (!ok || d > tt.distance || d < .97*tt.distance) {
			t.Errorf("%+v: %d shifts prove %v", a, n, d)
		}
	}
	chow := outcome.Aim{Distance: .05, Spread: .1, Sides: 2, Power: .8, Confidence: .95}
	if n, _ := chow.Shifts(); n-63 > 1 {
		t.Errorf("%d, want 63 or one more for Student's t", n)
	}
	for _, wrong := range []outcome.Aim{
		{0, 1, 0, 2, .8, .95}, {-.1, 1, 0, 2, .8, .95}, {.1, 0, 0, 2, .8, .95}, {.1, 1, 1, 2, .8, .95}, {.1, 1, 0, 0, .8, .95}, {.1, 1, 0, 2, 1, .95}, {.1, 1, 0, 2, .8, 95},
	} {
		if n, ok := wrong.Shifts(); ok {
			t.Errorf("%+v: %d", wrong, n)
		}
	}
}

// TestAimOfAStudy: the distance on the scale that the target is judged on, and back.
func TestAimOfAStudy(t *testing.T) {
	v := outcome.Variation{Value: 100, Spread: 12}
	for _, tt := range []struct {
		metric             string
		target             outcome.Target
		expected, distance float64
		spread             float64
		sides              int
	}{
		{"output_per_hour", outcome.Target{Kind: outcome.Change, AtLeast: of(.10)}, 121, math.Log(1.1), .12, 2},
		{"output_per_hour", outcome.Target{Kind: outcome.Level, AtLeast: of(110.)}, 121, 11, 12, 1},
		{"output_per_hour", outcome.Target{Kind: outcome.Gap, AtLeast: of(10.)}, 121, 11, 12, 2},
		{"energy_per_unit", outcome.Target{Kind: outcome.Change, AtLeast: of(.10)}, 81, math.Log(.9 / .81), .12, 2},
		{"energy_per_unit", outcome.Target{Kind: outcome.Gap, AtMost: of(-10.)}, 95, -5, 12, 2},
		{"energy_per_unit", outcome.Target{Kind: outcome.Level, AtMost: of(90.)}, 81, 9, 12, 1},
	} {
		s := outcome.Study{Metric: metric(t, tt.metric), Target: tt.target, Confidence: .95}
		a := s.Aim(v, .8)
		near(t, "spread", a.Spread, tt.spread, 1e-12)
		if a.Sides != tt.sides {
			t.Errorf("%+v: %d sides", tt, a.Sides)
		}
		near(t, "distance", s.Distance(v, tt.expected), tt.distance, 1e-12)
		near(t, "value", s.At(v, tt.distance), tt.expected, 1e-9)
	}
	declared := outcome.Study{Metric: metric(t, "output_per_hour"), Target: outcome.Target{Kind: outcome.Change, AtLeast: of(.10)}, Before: outcome.Period{Declared: of(110.)}}
	if a := declared.Aim(v, .8); a.Sides != 1 {
		t.Errorf("a declared value is not uncertain: %d sides", a.Sides)
	}
	near(t, "distance from a declared value", declared.Distance(v, 133.1), math.Log(1.1), 1e-12)
}

// TestVariation: of shifts of the same length, the spread is the standard deviation of their outputs.
func TestVariation(t *testing.T) {
	var p outcome.Period
	for i, y := range []float64{90, 110, 100, 80, 120, 100} {
		p.Shifts = append(p.Shifts, outcome.Shift{Start: time.Unix(int64(i), 0), Pair: outcome.Pair{Y: 8 * y, X: 8}, Known: true})
	}
	v, ok := p.Variation()
	if !ok || v.Shifts != 6 {
		t.Errorf("%+v, %v", v, ok)
	}
	near(t, "value", v.Value, 100, 1e-12)
	near(t, "spread", v.Spread, math.Sqrt(1000./5), 1e-9)
	for i := range p.Shifts {
		p.Shifts[i].Pair = outcome.Pair{Y: 800, X: 8}
	}
	if v, ok := p.Variation(); ok {
		t.Errorf("what never varies: %+v", v)
	}
}

func TestTargetsThatCannotBeMeant(t *testing.T) {
	tests := map[string]struct {
		metric string
		target outcome.Target
		fine   bool
	}{
		"a fall of energy":           {"energy_per_unit", outcome.Target{Kind: outcome.Change, AtLeast: of(.1)}, true},
		"the same with its sign":     {"energy_per_unit", outcome.Target{Kind: outcome.Change, AtMost: of(-.1)}, true},
		"less than no fall":          {"energy_per_unit", outcome.Target{Kind: outcome.Change, AtLeast: of(-.1)}, false},
		"a level of at least":        {"energy_per_unit", outcome.Target{Kind: outcome.Level, AtLeast: of(.1)}, false},
		"quality of at most":         {"quality_ratio", outcome.Target{Kind: outcome.Level, AtMost: of(.97)}, false},
		"both":                       {"quality_ratio", outcome.Target{Kind: outcome.Level, AtLeast: of(.9), AtMost: of(.97)}, false},
		"neither":                    {"quality_ratio", outcome.Target{Kind: outcome.Level}, false},
		"all of the scrap and more":  {"scrap_ratio", outcome.Target{Kind: outcome.Change, AtLeast: of(1.)}, false},
		"a rise of output by a half": {"output_per_hour", outcome.Target{Kind: outcome.Change, AtLeast: of(.5)}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			wrong, is := tt.target.Wrong(metric(t, tt.metric))
			if is == tt.fine || is != (wrong.Why != "" && wrong.Hint != "") {
				t.Errorf("%+v", wrong)
			}
		})
	}
}

// TestMetrics of one shift of two machines, by hand. A row that does not know is not one of 0.
func TestMetrics(t *testing.T) {
	rows := []record.ShiftEntry{
		{Produced: of(int64(600)), Good: of(int64(570)), Scrap: of(int64(30)), AttendedHours: of(16.), EnergyKWh: of(40.), MaterialInKg: of(900.), ProductOutKg: of(810.)},
		{Produced: of(int64(400)), Good: of(int64(390)), Scrap: of(int64(10)), AttendedHours: of(8.), EnergyKWh: of(20.), MaterialInKg: of(600.), ProductOutKg: of(570.)},
	}
	want := map[string]float64{
		"quality_ratio": .96, "output_per_hour": 960 / (8 * .95), "labour_productivity": 40, "energy_per_unit": .06, "avoided_energy": .06,
		"material_yield": .92, "oee": 960 * 20 / (8 * 3600 * .95), "scrap_ratio": .04,
	}
	for _, m := range outcome.Metrics() {
		p, ok := m.Of(rows, 8*time.Hour, .95, 20*time.Second)
		if !ok {
			t.Errorf("%s: not known", m.Name)
		}
		near(t, m.Name, p.Y/p.X, want[m.Name], 1e-12)
		delete(want, m.Name)
		if p, ok := m.Of(append(slices.Clone(rows), record.ShiftEntry{}), 8*time.Hour, 1, time.Second); ok {
			t.Errorf("%s: %v with a row that knows nothing", m.Name, p)
		}
	}
	if len(want) > 0 {
		t.Errorf("no metrics %v", want)
	}
}
