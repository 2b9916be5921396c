package series

import "context"

// Dropper is the optional ability to let go of everything, so that it can be made again from the ledger.
type Dropper interface {
	// Drop removes all readings and intervals. Once it returns nil the store is as new.
	Drop(ctx context.Context) error
}
