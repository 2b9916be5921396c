// Package series says what a store of readings and intervals can do. sqlite and influx are the two that
// there are; seriestest holds both to the same behaviour. A store is a view: it can be dropped and made
// again from the ledger.
package series

import (
	"context"
	"iter"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/record"
)

// Store keeps what verified batches say.
type Store interface {
	// Write keeps the batch's readings and the intervals that it changed. Writing the same again changes
	// nothing. When it returns nil everything is stored for good.
	Write(ctx context.Context, v verify.Verified, intervals []account.Interval) error
	// Readings gives readings in order of time, then signal. Query.Machine is not looked at; Query.Signals is.
	Readings(ctx context.Context, q Query) iter.Seq2[record.Reading, error]
	// Intervals gives intervals in order of time, then machine, then product. Query.Signals is not looked at.
	Intervals(ctx context.Context, q Query) iter.Seq2[account.Interval, error]
	// Buckets gives the kept buckets of the signals that q selects by Site, Line and Signals and that begin in its
	// window, in order of time; with Long those of LongSpan instead of BucketSpan. Of each signal at each of its places
	// all are kept that hold a reading, but the newest: Look sums up that one from its readings.
	Buckets(ctx context.Context, q Query) iter.Seq2[Bucket, error]
	Close() error
}

// Query selects. An empty field selects all, a zero time is no bound.
type Query struct {
	Site, Line, Machine string
	Signals             []string  // device.signal
	From                time.Time // included
	To                  time.Time // not included
	Sums                bool      // of intervals only what KPIs need: no timeline, measures and counters
	Long                bool      // of buckets the long ones
}
