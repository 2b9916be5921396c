package outcome

import (
	"math"
	"slices"
	"time"

	"github.com/lineproof/lineproof/internal/tongue"
)

// What a side needs at least before anything is said.
const (
	LeastShifts   = 20
	LeastCoverage = .90
	fewClusters   = 10
)

// Shift is one shift as a study sees it.
type Shift struct {
	Start    time.Time
	Hours    float64
	Cluster  string // shifts of the same one are taken together; empty: by itself
	Pair            // of the metric
	Known    bool   // Pair, and the metric's covariate
	Coverage *float64

	Energy    *float64 // of a metric with a baseline, also where Pair is not known
	Covariate *float64 // of a metric that has one
}

// Grade is how good the evidence of a side is.
type Grade string

// Grades, from the best: metered by a sealed gateway, imported machine records, a typed and countersigned shift log,
// declared.
const (
	Metered  Grade = "A"
	Imported Grade = "B"
	Typed    Grade = "C"
	Declared Grade = "D"
)

// Worse of two grades.
func (g Grade) Worse(other Grade) Grade { return max(g, other) }

// Period is one side of a study. It has shifts, or else a value that somebody declared.
type Period struct {
	Shifts   []Shift
	Grade    Grade
	Declared *float64
}

// Absent tells of a side that a study does without.
func (p Period) Absent() bool { return p.Declared == nil && p.Shifts == nil }

// pairs are those of the clusters, in order of time, and the number of shifts in them. A shift that made and used nothing,
// as when the power was cut, is known, but says nothing of the metric.
func (p Period) pairs() (pairs []Pair, shifts int) {
	order := slices.Clone(p.Shifts)
	slices.SortStableFunc(order, func(a, b Shift) int { return a.Start.Compare(b.Start) })
	at := map[string]int{}
	for _, s := range order {
		if !s.Known || s.Pair == (Pair{}) {
			continue
		}
		shifts++
		i, there := at[s.Cluster]
		if !there || s.Cluster == "" {
			i = len(pairs)
			at[s.Cluster] = i
			pairs = append(pairs, Pair{})
		}
		pairs[i].Y += s.Y
		pairs[i].X += s.X
	}
	return pairs, shifts
}

// coverage is the part of the period's shift hours that its figures are of: a shift whose figures are not known counts
// with nothing, one that does not say its coverage as whole. told: any shift says it. Not ok without shifts.
func (p Period) coverage() (coverage float64, told, ok bool) {
	var seen, all float64
	for _, s := range p.Shifts {
		all += s.Hours
		part := 1.
		if s.Coverage != nil {
			part, told = *s.Coverage, true
		}
		if s.Known {
			seen += s.Hours * part
		}
	}
	return math.Round(seen/all*1e12) / 1e12, told, all > 0 // 40 times 0.9 of a shift are 0.9, not a little less
}

// unknown counts the shifts that do not know what the metric needs.
func (p Period) unknown() (n int) {
	for _, s := range p.Shifts {
		if !s.Known {
			n++
		}
	}
	return n
}

// lacks says what a side has too little of.
func (p Period) lacks(side tongue.Message) (why []tongue.Message) {
	if p.Declared != nil || p.Absent() {
		return nil
	}
	if _, shifts := p.pairs(); shifts < LeastShifts {
		why = append(why, tongue.M("study.few_shifts", "side", side, "shifts", shifts, "least", LeastShifts, "more", LeastShifts-shifts))
	}
	if coverage, _, ok := p.coverage(); ok && coverage < LeastCoverage {
		why = append(why, tongue.M("study.low_coverage", "side", side, "coverage", tongue.Percent(coverage), "least", tongue.Percent(LeastCoverage)))
	}
	return why
}

// without a part of the shifts.
func (p Period) without(drop func(Shift) bool) Period {
	p.Shifts = slices.DeleteFunc(slices.Clone(p.Shifts), drop)
	return p
}
