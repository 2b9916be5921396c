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
func (r *Roller) settle(ctx context.Context, g Ground, due map[Placed]map[time.Time]*rolled) error {
	var all []PlacedBucket
	hours := map[Placed]map[time.Time]bool{}
	for of, buckets := range due {
		for _, b := range buckets {
			if !b.whole {
				if err := b.readBack(ctx, g, of); err != nil {
					return fmt.Errorf("buckets of %s: %w", of.Signal, err)
				}
			}
			all = append(all, PlacedBucket{of, b.Bucket})
			if long := longStart(b.Start); !long.Add(LongSpan).After(r.signals[of].newest.Start) {
				if hours[of] == nil {
					hours[of] = map[time.Time]bool{}
				}
				hours[of][long] = true
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortFunc(all, func(a, b PlacedBucket) int { return a.Start.Compare(b.Start) })
	if err := g.Keep(ctx, all); err != nil {
		return err
	}
	return keepHours(ctx, g, hours)
}

// keepHours keeps the long buckets of hours that are over.
func keepHours(ctx context.Context, g Ground, hours map[Placed]map[time.Time]bool) error {
	var all []PlacedBucket
	for of, starts := range hours {
		for start := range starts {
			long, err := longOf(ctx, g, of, start, start.Add(LongSpan))
			if err != nil {
				return err
			}
			all = append(all, long...)
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortFunc(all, func(a, b PlacedBucket) int { return a.Start.Compare(b.Start) })
	return g.Keep(ctx, all)
}

// KeepLong keeps the long buckets of a stretch of whole hours.
func KeepLong(ctx context.Context, g Ground, of Placed, from, to time.Time) error {
	all, err := longOf(ctx, g, of, from, to)
	if err != nil {
		return err
	}
	return g.Keep(ctx, all)
}

// longOf joins the kept buckets of a stretch of whole hours.
func longOf(ctx context.Context, g Ground, of Placed, from, to time.Time) (all []PlacedBucket, err error) {
	for b, err := range g.BucketsOf(ctx, of, from, to) {
		if err != nil {
			return nil, fmt.Errorf("hours of %s: %w", of.Signal, err)
		}
		if n := len(all); n == 0 || !b.Start.Before(all[n-1].End) {
			start := longStart(b.Start)
			all = append(all, PlacedBucket{of, Bucket{Start: start, End: start.Add(LongSpan)}})
		}
		all[len(all)-1].Merge(b)
	}
	return all, nil
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
