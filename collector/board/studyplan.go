package board

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/collector/study/protocol"
)

// StudyPlanning is how many shifts a study takes, by how the metric varied so far. Formula and source: package outcome, Aim.
type StudyPlanning struct {
	Value    float64      `json:"value" doc:"of the metric in the shifts that are known"`
	Spread   float64      `json:"spread" doc:"standard deviation of one shift, in the metric's unit"`
	Rho      float64      `json:"autocorrelation" doc:"of each shift with the next"`
	Shifts   int          `json:"shifts" doc:"that this was seen in"`
	Power    float64      `json:"power" doc:"the chance to prove a gain that there is"`
	Proves   []StudyProof `json:"proves" nullable:"false" doc:"what so many shifts a side prove"`
	Expected *float64     `json:"expected" doc:"value after that was asked about"`
	Needed   *int         `json:"needed" doc:"shifts a side that it takes to prove it; null where it would not meet the target"`
}

// StudyProof is what so many shifts a side prove.
type StudyProof struct {
	Shifts  int     `json:"shifts"`
	Value   float64 `json:"value" doc:"of the metric after, from which on they prove the target"`
	Planned bool    `json:"planned" doc:"whether these are the shifts that the calendar has in the periods"`
}

// seenOver is how far shifts are looked at for how a metric varies, where a study has none before: two months.
const seenOver = 60 * 24 * time.Hour

// someShifts are those that planning shows beside the planned ones.
var someShifts = [...]int{outcome.LeastShifts, 2 * outcome.LeastShifts, 4 * outcome.LeastShifts, 8 * outcome.LeastShifts}

// planning is how many shifts a study takes; nil where nothing is known of how the metric varies.
func (b *Board) planning(ctx context.Context, v protocol.Version, a protocol.Asked, power float64, expected *float64) (*StudyPlanning, error) {
	if a.Study.Metric.Baseline {
		return nil, nil // what a baseline proves hangs on how well it fits, which the figures show
	}
	seen, ok, err := b.variation(ctx, v, a)
	if err != nil || !ok {
		return nil, err
	}
	aim := a.Study.Aim(seen, power)
	p := &StudyPlanning{Value: seen.Value, Spread: seen.Spread, Rho: seen.Rho, Shifts: seen.Shifts, Power: power, Proves: []StudyProof{}, Expected: expected}
	have := a.After.Planned
	if aim.Sides == 2 && a.Before.Planned > 0 {
		have = min(have, a.Before.Planned)
	}
	all := append(slices.DeleteFunc(slices.Clone(someShifts[:]), func(n int) bool { return n == have }), have)
	slices.Sort(all)
	for _, n := range all {
		within, ok := aim.Within(n)
		if value := a.Study.At(seen, within); ok && !math.IsInf(value, 0) && !math.IsNaN(value) {
			p.Proves = append(p.Proves, StudyProof{n, value, n == have})
		}
	}
	if expected != nil {
		aim.Distance = a.Study.Distance(seen, *expected)
		if n, ok := aim.Shifts(); ok {
			p.Needed = &n
		}
	}
	return p, nil
}

// variation is that of the side before; where that is a value or has too few shifts yet, of the line's last two months.
func (b *Board) variation(ctx context.Context, v protocol.Version, a protocol.Asked) (outcome.Variation, bool, error) {
	seen, ok := a.Study.Before.Variation()
	if ok && seen.Shifts >= outcome.LeastShifts {
		return seen, seen.Value > 0, nil
	}
	now := b.clock.Now()
	v.After.From, v.After.To = now.Add(-seenOver), now
	v.Before, v.Exclude = nil, nil
	last, err := b.hold(ctx, v)
	if err != nil {
		return seen, false, err
	}
	if other, fine := last.Study.After.Variation(); fine && (!ok || other.Shifts > seen.Shifts) {
		seen, ok = other, true
	}
	return seen, ok && seen.Value > 0, nil
}
