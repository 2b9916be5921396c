package board

import (
	"context"
	"fmt"

	"github.com/lineproof/lineproof/collector/study/protocol"
)

// StudyReport is the version of a study that stands, with its figures and what it came to: sealed, or so far.
func (b *Board) StudyReport(ctx context.Context, name string) (a protocol.Asked, r protocol.Report, err error) {
	s, err := b.study(name)
	if err != nil {
		return a, r, err
	}
	v := s.Current()
	if v.Draft {
		return a, r, fmt.Errorf("study %s: %w: it is a draft", name, ErrOpen)
	}
	summary, err := b.summary(ctx, v)
	if err != nil {
		return a, r, err
	}
	held, err := b.ask(ctx, v)
	if err != nil {
		return a, r, err
	}
	return held.Asked, *summary.Report, nil
}
