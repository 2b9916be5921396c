package series

import (
	"context"
	"errors"

	"github.com/lineproof/lineproof/collector/account"
)

// Overwriter is what a store has to be able to do that is elsewhere.
type Overwriter interface {
	// Overwrite writes intervals alone, over what is there.
	Overwrite(ctx context.Context, intervals []account.Interval) error
}

// ErrUnanswered is part of the error of a write of which nobody can say whether it was done, or will be yet,
// after others that come later.
var ErrUnanswered = errors.New("it may be written all the same")
