package series

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/lineproof/lineproof/record"
)

// settle keeps the buckets that are due, the oldest first: of what is kept when it is broken off, nothing is missing
// before.
func settle(ctx context.Context, g Ground, due map[Placed]map[time.Time]*rolled) error {
	var all []PlacedBucket
	for of, buckets := range due {
		for _, b := range buckets {
			if !b.whole {
				if err := b.readBack(ctx, g, of); err != nil {
					return fmt.Errorf("buckets of %s: %w", of.Signal, err)
				}
			}
			all = append(all, PlacedBucket{of, b.Bucket})
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortFunc(all, func(a, b PlacedBucket) int { return a.Start.Compare(b.Start) })
	return g.Keep(ctx, all)
}

// readBack sums a bucket up from what is stored.
func (b *rolled) readBack(ctx context.Context, g Ground, of Placed) (err error) {
	b.whole = true
	b.Bucket, err = SumUp(b.Start, func(yield func(record.Reading, error) bool) {
		for r, err := range g.ReadingsOf(ctx, of, b.Start, b.End) {
			b.last = r.Time
			if !yield(r, err) {
				return
			}
		}
	})
	return err
}

// SumUp makes the bucket of readings, which come in order of time, that begins at a time.
func SumUp(start time.Time, readings iter.Seq2[record.Reading, error]) (Bucket, error) {
	b := Bucket{Start: start, End: start.Add(BucketSpan)}
	for r, err := range readings {
		if err != nil {
			return b, err
		}
		b.Add(r)
	}
	return b, nil
}
