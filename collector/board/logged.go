package board

import (
	"context"

	"github.com/lineproof/lineproof/collector/kpi"
	"github.com/lineproof/lineproof/collector/shiftlog"
	"github.com/lineproof/lineproof/collector/shiftlog/entries"
	"github.com/lineproof/lineproof/record"
)

// Logs is what an entry of a line's shift log is held against.
func (b *Board) Logs(line string) (shiftlog.Line, error) {
	p, err := b.find(line)
	if err != nil {
		return shiftlog.Line{}, err
	}
	return shiftlog.Line{ID: p.id, Zone: p.zone, Machines: p.machines(), Products: p.products()}, nil
}

// products lists the codes of all that the line makes.
func (p place) products() (codes []string) {
	for _, product := range p.makes() {
		codes = append(codes, product.Code)
	}
	return codes
}

// logged is what people wrote down of a line's shifts that meet a window.
func (b *Board) logged(ctx context.Context, p place, window record.Span) (all []kpi.Logged, err error) {
	if b.registry == nil {
		return nil, nil
	}
	written, err := shiftlog.Entries(ctx, b.registry, p.id, entries.Within(window))
	if err != nil {
		return nil, err
	}
	return entries.Logged(written), nil
}
