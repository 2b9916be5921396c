package board

import (
	"context"
	"time"

	"github.com/lineproof/lineproof/collector/spc"
)

// Scrap is what was scrapped in a window, by reason.
type Scrap struct {
	From     time.Time   `json:"from"`
	To       time.Time   `json:"to"`
	Produced *int64      `json:"produced_quantity" doc:"PQ"`
	Quantity *int64      `json:"scrap_quantity" doc:"SQ"`
	Ratio    *float64    `json:"scrap_ratio" doc:"SQ / PQ"`
	Coverage *float64    `json:"coverage" doc:"observed PBT / PBT"`
	Reasons  []spc.Cause `json:"reasons" nullable:"false" doc:"most units first"`
}

// Scrap gives a line's reasons for scrap in the order of Pareto.
func (b *Board) Scrap(ctx context.Context, line string, from, to time.Time) (Scrap, error) {
	rows, err := b.KPI(ctx, line, KPIQuery{From: from, To: to})
	if err != nil {
		return Scrap{}, err
	}
	r := rows[0]
	return Scrap{
		From: r.From, To: r.To, Produced: r.ProducedQuantity, Quantity: r.ScrapQuantity, Ratio: r.ScrapRatio, Coverage: r.Coverage,
		Reasons: append([]spc.Cause{}, spc.Pareto(r.ScrapByReason)...),
	}, nil
}
