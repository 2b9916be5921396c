package series

import (
	"context"
	"slices"
	"time"

	"github.com/lineproof/lineproof/record"
)

// View is how a signal looks over a stretch of time: its readings where they are few, else buckets of them.
type View struct {
	Readings []record.Reading
	Buckets  []Bucket      // those with a reading, in order; nil where Readings are all
	Width    time.Duration // of the buckets; 0 where Readings are all
	Sum      Bucket        // of all readings in the stretch
	Holes    []record.Span // in which there is no value, in order
}

// Sight is how closely a look looks.
type Sight struct {
	Points int           // most readings or buckets, and one or two at the ends
	Hole   time.Duration // from how long on without a value nobody looked; after a missing reading always
}

// mostRead bounds how many readings a look sums up by itself where it may read kept buckets instead.
const mostRead = 60_000

// widths are those of buckets: they divide BucketSpan, or are as long as kept ones or some of them.
func widths() []time.Duration {
	all := []time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second}
	for _, minutes := range []time.Duration{1, 3, 5, 15, 30, 60, 120, 240, 360, 480, 720, 1440} {
		all = append(all, minutes*time.Minute)
	}
	return all
}

// widthOf is the least width with which buckets over so long are no more than points.
func widthOf(d time.Duration, points int) time.Duration {
	for _, w := range widths() {
		if d <= w*time.Duration(points) {
			return w
		}
	}
	const day = 24 * time.Hour
	return (d/time.Duration(points) + day - 1) / day * day
}

// Look reads one signal of a line from a time to another. Of long stretches it reads the kept buckets and the few
// readings around them, so that months cost no more than days. Holes within a kept bucket show in its Gap alone, and
// of buckets, holes that are much shorter than one are left out.
func Look(ctx context.Context, s Store, q Query, sight Sight) (View, error) {
	width := widthOf(q.To.Sub(q.From), sight.Points)
	kept, err := keptIn(ctx, s, q, width)
	if err != nil {
		return View{}, err
	}
	var many int64
	for _, b := range kept {
		many += b.Count
	}
	sums := &summing{width: width, window: q, hole: sight.Hole, last: q.From}
	if many > int64(sight.Points) && (sums.width >= BucketSpan || many > mostRead) {
		sums.width = max(sums.width, BucketSpan)
		err := sums.buckets(ctx, s, kept)
		return sums.view(), err
	}
	var readings []record.Reading
	for r, err := range s.Readings(ctx, q) {
		if err != nil {
			return View{}, err
		}
		if len(readings) <= sight.Points {
			readings = append(readings, r)
		}
		sums.reading(r)
	}
	view := sums.view()
	if len(readings) <= sight.Points {
		view.Readings, view.Buckets, view.Width, view.Holes = readings, nil, 0, sums.holes
	}
	return view, nil
}

// keptIn reads the kept buckets that meet a stretch: long ones where the width allows, and those around them.
func keptIn(ctx context.Context, s Store, q Query, width time.Duration) ([]Bucket, error) {
	from, to := q.From, q.To
	q.From = BucketStart(from)
	if width < LongSpan {
		return bucketsOf(ctx, s, q)
	}
	long := q
	long.Long, long.From, long.To = true, longStart(from.Add(LongSpan-1)), longStart(to)
	kept, err := bucketsOf(ctx, s, long)
	if err != nil {
		return nil, err
	}
	if len(kept) == 0 {
		return bucketsOf(ctx, s, q)
	}
	before, after := q, q
	before.To, after.From = long.From, kept[len(kept)-1].End
	head, err := bucketsOf(ctx, s, before)
	if err != nil {
		return nil, err
	}
	tail, err := bucketsOf(ctx, s, after)
	return slices.Concat(head, kept, tail), err
}

func bucketsOf(ctx context.Context, s Store, q Query) (all []Bucket, err error) {
	if !q.From.Before(q.To) {
		return nil, nil
	}
	for b, err := range s.Buckets(ctx, q) {
		if err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return all, nil
}
