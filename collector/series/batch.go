package series

import (
	"context"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/verify"
)

// BatchWriter is the optional ability to keep many batches at the price of one: a rebuild from the
// ledger and a collector that catches up use it.
type BatchWriter interface {
	// WriteAll does what Store.Write does for each of the writes, in their order. When it returns an error
	// all of them are to be written again.
	WriteAll(ctx context.Context, writes []Write) error
}

// Write is one batch with the intervals that it changed.
type Write struct {
	Verified  verify.Verified
	Intervals []account.Interval
}
