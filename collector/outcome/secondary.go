package outcome

import "github.com/lineproof/lineproof/internal/tongue"

// Comparison is a secondary metric of a study: it has no target and no verdict.
type Comparison struct {
	Metric         string   `json:"metric"`
	Before         Side     `json:"before"`
	After          Side     `json:"after"`
	Difference     *Bounded `json:"difference"`
	RelativeChange *Bounded `json:"relative_change"`
	PValue         *float64 `json:"p_value"`
	Adjusted       *float64 `json:"p_adjusted"` // Holm's, for so many secondary metrics
}

// Secondary compares the sides of studies of further metrics, with p-values corrected by Holm for their number: of
// twenty metrics one would be found by chance. Targets are not looked at. A metric that lacks shifts or coverage is shown
// without a comparison.
func Secondary(studies []Study) []Comparison {
	all := []Comparison{}
	var p []float64
	var of []int
	for _, s := range studies {
		c := s.compare()
		if c.PValue != nil {
			p, of = append(p, *c.PValue), append(of, len(all))
		}
		all = append(all, c)
	}
	for i, adjusted := range Holm(p) {
		all[of[i]].Adjusted = &adjusted
	}
	return all
}

func (s Study) compare() Comparison {
	before, _ := s.Before.pairs()
	after, _ := s.After.pairs()
	j := judged{}
	j.method, j.before, j.after, j.ok = Estimates(before, after, s.Method, Draws, seed)
	c := Comparison{Metric: s.Metric.Name, Before: s.Before.side(j.before, s.Confidence, j.ok), After: s.After.side(j.after, s.Confidence, j.ok)}
	if !j.ok || len(before) == 0 || len(s.Before.lacks(tongue.Message{}))+len(s.After.lacks(tongue.Message{})) > 0 {
		return c
	}
	c.Difference, c.RelativeChange = s.difference(j), s.change(j)
	if p, ok := Difference(j.before, j.after).PValue(0); ok {
		c.PValue = &p
	}
	return c
}
