package alert

import (
	"context"

	"github.com/lineproof/lineproof/collector/board"
)

// quality finds the lines whose share of good units is low. Below so many units there is no share to speak of.
func (l looking) quality(ctx context.Context) (all []finding, _ error) {
	rule := l.cfg.Rules.Quality
	if rule == nil {
		return nil, nil
	}
	for _, w := range l.lines {
		limit, minimum := rule.of(w)
		if limit == 0 {
			continue
		}
		rows, err := l.opts.Board.KPI(ctx, w.ID, board.KPIQuery{From: l.now.Add(-rule.Window.D()), To: l.now})
		if err != nil {
			return nil, err
		}
		f := finding{rule: RuleQuality, subject: w.ID, facts: factsOf(w)}
		f.facts.Limit, f.facts.WindowS = limit, rule.Window.D().Seconds()
		if r := rows[0]; r.QualityRatio != nil && *r.ProducedQuantity >= minimum {
			f.facts.Ratio, f.facts.Produced = *r.QualityRatio, *r.ProducedQuantity
			f.verdict = inOrder
			if *r.QualityRatio < limit {
				f.verdict = holds
			}
		}
		all = append(all, f)
	}
	return all, nil
}

// of gives what holds on one line; limit 0 means that it has none.
func (q *Quality) of(w board.Watched) (limit float64, minimum int64) {
	limit, minimum = q.Under, q.Minimum
	if limit == 0 {
		limit = w.Targets["quality_ratio"]
	}
	own := q.Lines[w.ID]
	if own.Under != 0 {
		limit = own.Under
	}
	if own.Minimum != 0 {
		minimum = own.Minimum
	}
	return limit, minimum
}
