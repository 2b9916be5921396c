package board

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lineproof/lineproof/record"
)

// ErrForeign is part of an error about what only its author may do.
var ErrForeign = errors.New("only its author may")

// longestReason is what a reason may have, in characters.
const longestReason = 1000

// StudyWithdrawn is that a study was taken back.
type StudyWithdrawn struct {
	By     string    `json:"by"`
	Said   time.Time `json:"said"`
	Ledger uint64    `json:"ledger" doc:"index of the batch that holds it in the ledger"`
	Why    string    `json:"why"`
	Begun  bool      `json:"begun" doc:"a registered version's reporting period had begun, so that its answer may have been in sight"`
}

// StudyWithdrawal is a study that its author takes back.
type StudyWithdrawal struct {
	ID    string // chosen by the writer's device: what is sent twice is one
	Study string
	Why   string
}

// WithdrawStudy takes a draft or a registered study back for good. Its author is who said the version that stands. All
// that was said of it stays, and its name stays taken.
func (b *Board) WithdrawStudy(ctx context.Context, by string, w StudyWithdrawal) error {
	b.changing.Lock()
	defer b.changing.Unlock()
	s, err := b.study(w.Study)
	if err != nil {
		return err
	}
	v := s.Current()
	body := record.StudyWithdrawal{Study: w.Study, Protocol: v.Hash, Why: strings.TrimSpace(w.Why)}
	w.ID = cmp.Or(w.ID, rand.Text())
	head := statement{ID: w.ID, Kind: record.StatementWithdrawal, Line: v.Line, About: cmp.Or(v.After.From, b.clock.Now().UTC().Truncate(time.Millisecond)), By: by}
	if heard, err := b.heard(ctx, statement{ID: head.ID, Kind: head.Kind, Line: head.Line, By: by}, body); heard || err != nil {
		return err
	}
	switch why := len([]rune(body.Why)); {
	case v.Withdrawn != nil:
		return fmt.Errorf("study %s: %w: %s withdrew it", w.Study, ErrTaken, v.Withdrawn.By)
	case len(v.Verdicts) > 0:
		return fmt.Errorf("study %s: %w: %s concluded it", w.Study, ErrTaken, v.Verdicts[0].By)
	case !s.Withdrawable(by):
		return fmt.Errorf("study %s: %w withdraw it: %s", w.Study, ErrForeign, v.By)
	case why == 0 || why > longestReason:
		return fmt.Errorf("study %s: a reason of %d characters %w; use 1 to %d", w.Study, why, ErrCannotBe, longestReason)
	}
	return b.state(ctx, head, body)
}
