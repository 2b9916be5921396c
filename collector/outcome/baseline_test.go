package outcome_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/lineproof/lineproof/collector/outcome"
)

// works are shifts of 300 kWh, 0.1 for each of some 1,000 units and 4 for each degree over 0, less what is saved.
func works(from time.Time, n int, saved float64, random *rand.Rand) outcome.Period {
	p := outcome.Period{Grade: outcome.Metered}
	for i := range n {
		made, warm, full := math.Round(1000+200*random.NormFloat64()), 28+4*random.NormFloat64(), 1.
		used := (300 + .1*made + 4*warm + 8*random.NormFloat64()) * (1 - saved)
		p.Shifts = append(p.Shifts, outcome.Shift{Start: from.Add(time.Duration(i) * 12 * time.Hour), Hours: 8, Pair: outcome.Pair{Y: used, X: made}, Known: true, Coverage: &full, Energy: &used, Covariate: &warm})
	}
	return p
}

// saves is a study of a tenth saved, of sixty shifts a side.
func saves(t *testing.T, saved, target float64, covariate string) outcome.Study {
	random := rand.New(rand.NewPCG(7, 7))
	begin := time.Date(2026, 1, 5, 6, 0, 0, 0, time.UTC)
	return outcome.Study{
		Metric: metric(t, "avoided_energy").With(covariate), Target: outcome.Target{Kind: outcome.Change, AtLeast: &target}, Comparator: outcome.OwnBefore, Confidence: .95, Method: outcome.Auto,
		Before: works(begin, 60, 0, random), After: works(begin.AddDate(0, 0, 30), 60, saved, random),
	}
}

func TestEnergyIsSavedAgainstABaseline(t *testing.T) {
	unseen := func(n int, do func(*outcome.Shift)) func(*outcome.Study) {
		return func(s *outcome.Study) {
			for i := range n {
				do(&s.After.Shifts[i])
			}
		}
	}
	for _, tt := range []struct {
		name      string
		saved     float64
		target    float64
		covariate string
		change    func(*outcome.Study)
		verdict   outcome.Verdict
		reasons   string
	}{
		{"a tenth of what was promised to be less", .10, .05, outcome.Temperature, nil, outcome.Achieved, "whole_interval"},
		{"output alone explains less, but enough", .10, .05, "", nil, outcome.Achieved, "whole_interval"},
		{"not as much as was promised", .10, .15, outcome.Temperature, nil, outcome.NotAchieved, "wrong_side"},
		{"too near to what was promised", .10, .0995, outcome.Temperature, nil, outcome.NotAchieved, "reaches_over"},
		{"nothing", 0, .05, outcome.Temperature, nil, outcome.NotAchieved, "uncertain_savings no_step"},
		{"less output is no saving", 0, 0, outcome.Temperature, func(s *outcome.Study) {
			for i := range s.After.Shifts {
				shift := &s.After.Shifts[i]
				shift.Y, shift.X = shift.Y-.1*shift.X/2, shift.X/2
			}
		}, outcome.NotAchieved, "no_step"},
		{"nobody knows the output", .10, .05, "", func(s *outcome.Study) {
			for _, p := range []*outcome.Period{&s.Before, &s.After} {
				for i := range p.Shifts {
					p.Shifts[i].Pair, p.Shifts[i].Known = outcome.Pair{}, false
				}
			}
		}, outcome.NotAchieved, "no_production"},
		{"output never varies", .10, .05, "", func(s *outcome.Study) {
			for i := range s.Before.Shifts {
				s.Before.Shifts[i].X = 1000
			}
		}, outcome.NotEnoughData, "no_baseline"},
		{"shifts seen in part are left out", .10, .05, outcome.Temperature, unseen(45, func(s *outcome.Shift) { part := .8; s.Coverage = &part }), outcome.NotEnoughData, "few_shifts low_coverage"},
		{"shifts of unknown temperature are left out", .10, .05, outcome.Temperature, unseen(7, func(s *outcome.Shift) { s.Covariate, s.Known = nil, false }), outcome.NotEnoughData, "low_coverage"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := saves(t, tt.saved, tt.target, tt.covariate)
			if tt.change != nil {
				tt.change(&s)
			}
			r := outcome.Evaluate(s)
			if got := strings.ReplaceAll(strings.Join(keys(outcome.Result{Reasons: r.Reasons}), " "), "study.", ""); r.Verdict != tt.verdict || got != tt.reasons || r.Method != outcome.Baseline {
				t.Errorf("%s by %s: %s, want %s: %s", r.Verdict, r.Method, got, tt.verdict, tt.reasons)
			}
		})
	}
}

// TestABaselineExpects what its coefficients say, and the change is what they leave.
func TestABaselineExpects(t *testing.T) {
	s := saves(t, .10, .05, outcome.Temperature)
	part := .5
	s.After.Shifts[0].Coverage = &part
	s.After.Shifts[1].X = 4000
	r := outcome.Evaluate(s)
	f := r.Baseline
	for i, c := range f.Coefficients {
		if want := []string{"constant", "produced", "temperature"}[i]; c.Name != want {
			t.Errorf("coefficient %d is %s, want %s", i, c.Name, want)
		}
		near(t, c.Name, c.Value, []float64{300, .1, 4}[i], 4*c.SE)
	}
	expected, used := 0., 0.
	for _, shift := range s.After.Shifts[1:] {
		kWh, ok := f.Expect(shift)
		if !ok {
			t.Fatal("not known")
		}
		expected, used = expected+kWh, used+shift.Y
	}
	near(t, "expected", *f.Expected, expected, 1e-6)
	near(t, "used", *f.Used, used, 1e-6)
	near(t, "change", *r.RelativeChange.Estimate, used/expected-1, 1e-12)
	if len(f.Gates) != 5 || r.After.Shifts != 59 || r.Difference != nil || r.PValue == nil {
		t.Errorf("%+v", r)
	}
	said := ""
	for _, w := range r.Warnings {
		said += w.Key() + " "
	}
	if !strings.HasPrefix(said, "study.partial_shifts ") || !strings.Contains(said, "study.outside_baseline ") {
		t.Errorf("warnings: %s", said)
	}
	if _, ok := f.Expect(outcome.Shift{Known: true}); ok {
		t.Error("a shift of unknown temperature")
	}
}
