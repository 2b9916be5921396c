package series

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/lineproof/lineproof/record"
)

// due are buckets that are to be kept, of each signal by their start.
type due map[Placed]map[time.Time]*rolled

func (d due) add(of Placed, b *rolled) {
	if d[of] == nil {
		d[of] = map[time.Time]*rolled{}
	}
	d[of][b.Start] = b
}

// settle keeps the buckets that are due, the oldest first: of what is kept when it is broken off, nothing is missing
// before. Then it keeps the hours that are over.
func (r *Roller) settle(ctx context.Context, g Ground, due due) error {
	var kept, hours []PlacedBucket
	unseen := map[Placed][]time.Time{}
	for of, buckets := range due {
		all, err := summedUp(ctx, g, of, buckets)
		if err != nil {
			return fmt.Errorf("buckets of %s: %w", of.Signal, err)
		}
		var seen []Bucket
		seen, unseen[of] = r.signals[of].over(all)
		kept, hours = append(kept, placedAt(of, all)...), append(hours, placedAt(of, seen)...)
	}
	if err := keep(ctx, g, kept); err != nil {
		return err
	}
	for of, starts := range unseen {
		for _, start := range starts {
			long, err := longOf(ctx, g, of, start, start.Add(LongSpan))
			if err != nil {
				return err
			}
			hours = append(hours, long...)
		}
	}
	return keep(ctx, g, hours)
}

// summedUp gives buckets in order of time, whole.
func summedUp(ctx context.Context, g Ground, of Placed, buckets map[time.Time]*rolled) (all []Bucket, err error) {
	for _, start := range slices.SortedFunc(maps.Keys(buckets), time.Time.Compare) {
		b := buckets[start]
		if !b.whole {
			if err := b.readBack(ctx, g, of); err != nil {
				return nil, err
			}
		}
		all = append(all, b.Bucket)
	}
	return all, nil
}

// over joins buckets into their hours, as far as it sees these whole, and gives the hours that are over; unseen are the
// starts of the others.
func (s *rolling) over(buckets []Bucket) (seen []Bucket, unseen []time.Time) {
	for n, b := range buckets {
		start, end := longStart(b.Start), nextHour(b.Start)
		if !start.Before(s.seen) {
			if !s.hour.Start.Equal(start) {
				s.hour = Bucket{Start: start, End: end}
			}
			s.hour.Merge(b)
		}
		switch more := n+1 < len(buckets) && buckets[n+1].Start.Before(end); {
		case more || s.newest.Start.Before(end):
		case start.Before(s.seen):
			unseen = append(unseen, start)
		default:
			seen = append(seen, s.hour)
		}
	}
	return seen, unseen
}

func placedAt(of Placed, buckets []Bucket) (all []PlacedBucket) {
	for _, b := range buckets {
		all = append(all, PlacedBucket{of, b})
	}
	return all
}

// keep keeps buckets, the oldest first.
func keep(ctx context.Context, g Ground, all []PlacedBucket) error {
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
