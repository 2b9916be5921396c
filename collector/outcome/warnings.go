package outcome

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lineproof/lineproof/internal/tongue"
)

// reasons say why the verdict is what it is.
func (s Study) reasons(j judged, more *int) []tongue.Message {
	if len(j.lacks) > 0 {
		return j.lacks
	}
	if s.Metric.Baseline {
		return s.baselineReasons(j)
	}
	switch d := j.decisive; {
	case !j.ok || d.Estimate == nil:
		return []tongue.Message{tongue.M("study.undefined")}
	case d.flat():
		return []tongue.Message{tongue.M("study.no_variation")}
	case j.verdict == Achieved:
		return []tongue.Message{tongue.M("study.whole_interval")}
	case s.Target.Distance(s.Metric, *d.Estimate) <= 0:
		return []tongue.Message{tongue.M("study.wrong_side")}
	case more != nil:
		return []tongue.Message{tongue.M("study.reaches_over"), tongue.M("study.more_shifts", "more", *more)}
	}
	return []tongue.Message{tongue.M("study.reaches_over"), tongue.M("study.no_shifts_help")}
}

// warnings say what a reader should know beside the verdict.
func (s Study) warnings(j judged, r Result) (w []tongue.Message) {
	switch s.Comparator {
	case LocalPeer:
		w = append(w, tongue.M("study.local_peer"))
	case DeclaredValue:
		w = append(w, tongue.M("study.declared"))
	}
	w = append(w, s.Before.warnings(s.Metric, tongue.M("study.before"))...)
	w = append(w, s.After.warnings(s.Metric, tongue.M("study.after"))...)
	if rho := r.Autocorrelation; rho != nil && *rho > correlates {
		if j.method == ClusterRatio {
			w = append(w, tongue.M("study.correlation_ignored", "rho", tongue.Number{Format: "%.2f", Value: *rho}))
		} else {
			w = append(w, tongue.M("study.correlation", "rho", tongue.Number{Format: "%.2f", Value: *rho}))
		}
	}
	if j.verdict == NotEnoughData {
		return w
	}
	if j.saved != nil {
		w = append(w, s.outside()...)
	}
	if s.improvedAnyway(j) {
		w = append(w, tongue.M("study.trend"))
	}
	return append(w, s.sensitivity(j)...)
}

func (p Period) warnings(m Metric, side tongue.Message) (w []tongue.Message) {
	pairs, shifts := p.pairs()
	value, _, ok := ratioOf(pairs)
	if unknown := p.unknown(); unknown > 0 {
		w = append(w, tongue.M("study.unknown", "side", side, "shifts", unknown, "of", len(p.Shifts), "columns", strings.Join(m.Needs, ", ")))
	}
	if _, told, known := p.coverage(); known && !told {
		w = append(w, tongue.M("study.coverage_untold", "side", side))
	}
	if len(pairs) < fewClusters && len(pairs) < shifts {
		w = append(w, tongue.M("study.few_clusters", "side", side, "clusters", len(pairs)))
	}
	switch {
	case !ok || !m.Share:
	case value > 1:
		w = append(w, tongue.M("study.over_all", "side", side))
	case value == 1 && m.Name == "quality_ratio", value == 0 && m.Name == "scrap_ratio":
		w = append(w, tongue.M("study.no_rejects", "side", side))
	default:
		if times, ok := Overdispersion(pairs); ok && times >= 2 && m.Name != "oee" && m.Name != "material_yield" {
			w = append(w, tongue.M("study.overdispersed", "side", side, "times", tongue.Number{Format: "%.0f", Value: times}))
		}
	}
	return w
}

// surelyBefore is under what p-value a trend before the change is taken for one.
const surelyBefore = .05

// improvedAnyway tells whether the metric was getting better before the change already, by the interrupted series.
func (s Study) improvedAnyway(j judged) bool {
	if j.saved != nil {
		p, ok := j.saved.Trend.PValue(0)
		return ok && p < surelyBefore && j.saved.Trend.Value < 0
	}
	before, _ := s.Before.pairs()
	after, _ := s.After.pairs()
	var y []float64
	for _, p := range slices.Concat(before, after) {
		y = append(y, p.Y/p.X)
	}
	if s.Comparator != OwnBefore || len(before) < LeastShifts || s.Metric.Baseline {
		return false
	}
	i, err := Interrupted(y, nil, len(before))
	if err != nil {
		return false
	}
	p, ok := i.Trend.PValue(0)
	return ok && p < surelyBefore && (i.Trend.Value < 0) == s.Metric.LowerIsBetter
}

// tries are the draws of a verdict that is only compared.
const tries = 400

// sensitivity says what the verdict hangs on: one week of either side, or the choice of the method.
func (s Study) sensitivity(j judged) (w []tongue.Message) {
	var weeks []string
	for _, week := range s.weeks() {
		left := s
		drop := func(shift Shift) bool { return weekOf(shift) == week }
		left.Before, left.After = s.Before.without(drop), s.After.without(drop)
		if other := left.judge(tries); other.verdict != j.verdict && len(other.lacks) == 0 {
			weeks = append(weeks, week)
		}
	}
	if len(weeks) > 0 {
		w = append(w, tongue.M("study.week_decides", "weeks", strings.Join(weeks, ", ")))
	}
	if s.Metric.Baseline {
		return w
	}
	for _, method := range []Method{Block, NeweyWestMethod} {
		other := s
		if other.Method = method; method != j.method && other.judge(tries).verdict != j.verdict {
			w = append(w, tongue.M("study.method_decides", "method", string(method)))
		}
	}
	return w
}

func (s Study) weeks() (weeks []string) {
	for _, shift := range slices.Concat(s.Before.Shifts, s.After.Shifts) {
		weeks = append(weeks, weekOf(shift))
	}
	slices.Sort(weeks)
	return slices.Compact(weeks)
}

func weekOf(s Shift) string {
	year, week := s.Start.ISOWeek()
	return fmt.Sprintf("%d-W%02d", year, week)
}
