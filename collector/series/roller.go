package series

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/lineproof/lineproof/record"
)

// Placed is one signal at its place: what a store keeps readings and buckets by.
type Placed struct {
	Signal string // device.signal
	Place  Place
}

// PlacedBucket is a bucket with what it is of.
type PlacedBucket struct {
	Placed
	Bucket
}

// Ground is where a Roller finds readings and keeps buckets.
type Ground interface {
	// Rolled gives the end of the newest bucket that is kept of a signal, and the time of its newest reading; zero
	// where there is none.
	Rolled(ctx context.Context, of Placed) (to, newest time.Time, err error)
	// ReadingsOf gives one signal's readings in order of time; a zero time is no bound.
	ReadingsOf(ctx context.Context, of Placed, from, to time.Time) iter.Seq2[record.Reading, error]
	// BucketsOf gives the kept buckets of BucketSpan of one signal that begin in a stretch, in order of time.
	BucketsOf(ctx context.Context, of Placed, from, to time.Time) iter.Seq2[Bucket, error]
	// Keep writes buckets of either length over what is there.
	Keep(ctx context.Context, buckets []PlacedBucket) error
}

// Roller keeps buckets of readings as they are written, so that a look at months reads few rows. It sums up the
// bucket that each signal is in, and keeps it when the signal has gone on to the next: of every signal all buckets are
// kept but the newest; and where four of an hour are, the hour's. A bucket that it did not see from its beginning, or into which readings came out of order or
// once more, is summed up from the stored readings instead; so writing the same again changes nothing.
//
// The zero Roller is ready. One goroutine at a time may use it.
type Roller struct {
	signals map[Placed]*rolling
}

// rolling is what a Roller knows of one signal: all buckets before newest are kept.
type rolling struct {
	newest *rolled   // that a reading fell into
	behind *rolled   // an older one that a reading fell into last; nil: none did
	hour   Bucket    // the long one of the newest kept bucket, as far as it goes
	seen   time.Time // the hours from then on are whole in hour: none of their buckets was kept before, or again
}

// rolled is a bucket that grows.
type rolled struct {
	Bucket
	last  time.Time // reading in it
	whole bool      // whether it holds all that is stored of it
}

func newRolled(t time.Time, whole bool) *rolled {
	start := BucketStart(t)
	return &rolled{Bucket: Bucket{Start: start, End: start.Add(BucketSpan)}, whole: whole}
}

func (b *rolled) add(r record.Reading) {
	b.whole = b.whole && r.Time.After(b.last)
	if b.last = r.Time; b.whole {
		b.Add(r)
	}
}

// Stored is a batch's readings, which have been stored: those of one signal stand together, in order of time.
type Stored struct {
	Readings []record.Reading
	Places   *Places // of their signals
}

// Roll takes batches in their order. When it returns an error the caller has to Forget, and to write the same again.
func (r *Roller) Roll(ctx context.Context, g Ground, batches ...Stored) error {
	due, caught := due{}, map[Placed]time.Time{}
	for _, b := range batches {
		for run := range runs(b.Readings) {
			of := Placed{run[0].Signal, b.Places.Of(run[0].Signal)}
			if _, known := r.signals[of]; !known {
				from, err := r.find(ctx, g, of)
				if err != nil {
					return fmt.Errorf("buckets of %s: %w", of.Signal, err)
				}
				caught[of] = from
			}
			if s := r.signals[of]; s != nil { // nil: none of its readings could be stored
				from, found := caught[of]
				s.take(run, func(t time.Time) bool { return found && !t.Before(from) }, func(b *rolled) { due.add(of, b) })
			}
		}
	}
	return r.settle(ctx, g, due)
}

// Doubt makes the Roller look again at what it took for whole: the store refused some of the readings.
func (r *Roller) Doubt() {
	for _, s := range r.signals {
		s.newest.whole, s.behind = false, nil
	}
}

// Forget lets go of all that the Roller remembers; it finds out again.
func (r *Roller) Forget() { clear(r.signals) }

// take adds readings; due is told of the buckets that are to be kept for it, and caught knows of what times all that is
// stored was summed up just now.
func (s *rolling) take(run []record.Reading, caught func(time.Time) bool, due func(*rolled)) {
	for _, r := range run {
		switch {
		case caught(r.Time):
		case r.Time.Before(s.newest.Start):
			if s.behind == nil || !s.behind.Start.Equal(BucketStart(r.Time)) {
				s.behind = newRolled(r.Time, false)
			}
			s.seen = nextHour(s.newest.Start)
			s.behind.add(r)
			due(s.behind)
		case r.Time.Before(s.newest.End):
			s.newest.add(r)
		default:
			due(s.newest)
			s.newest = newRolled(r.Time, true)
			s.newest.add(r)
		}
	}
}

// find looks up a signal of which something is stored, and keeps what buckets are missing before its newest: those from
// a time on.
func (r *Roller) find(ctx context.Context, g Ground, of Placed) (from time.Time, err error) {
	from, newest, err := g.Rolled(ctx, of)
	if err != nil || newest.IsZero() {
		return from, err
	}
	s := &rolling{newest: newRolled(newest, false), seen: nextHour(newest)}
	if s.newest.Start.After(from) {
		if err := catchUp(ctx, g, of, from, s.newest.Start); err != nil {
			return from, err
		}
	}
	// Whoever kept the newest bucket may not have come to the hour that it ended.
	if long := longStart(s.newest.Start); from.Before(long.Add(BucketSpan)) {
		begin := from
		if !from.IsZero() {
			begin = longStart(from.Add(-BucketSpan))
		}
		if err := KeepLong(ctx, g, of, begin, long); err != nil {
			return from, err
		}
	}
	if r.signals == nil {
		r.signals = map[Placed]*rolling{}
	}
	r.signals[of] = s
	return from, nil
}

// keptAtOnce bounds how many buckets are gathered while a signal's past is summed up.
const keptAtOnce = 1000

// catchUp keeps the buckets of a stretch that begins and ends between two.
func catchUp(ctx context.Context, g Ground, of Placed, from, to time.Time) error {
	var all []PlacedBucket
	for r, err := range g.ReadingsOf(ctx, of, from, to) {
		if err != nil {
			return err
		}
		if n := len(all); n == 0 || !r.Time.Before(all[n-1].End) {
			if n == keptAtOnce {
				if err := g.Keep(ctx, all); err != nil {
					return err
				}
				all = all[:0]
			}
			all = append(all, PlacedBucket{of, newRolled(r.Time, true).Bucket})
		}
		all[len(all)-1].Add(r)
	}
	return g.Keep(ctx, all)
}

// runs gives the readings of one signal after those of another.
func runs(batch []record.Reading) iter.Seq[[]record.Reading] {
	return func(yield func([]record.Reading) bool) {
		for len(batch) > 0 {
			n := 1
			for n < len(batch) && batch[n].Signal == batch[0].Signal {
				n++
			}
			if !yield(batch[:n]) {
				return
			}
			batch = batch[n:]
		}
	}
}
