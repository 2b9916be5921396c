package series

import (
	"context"
	"slices"
	"time"

	"github.com/lineproof/lineproof/record"
)

// summing makes buckets of a width, cut to a window.
type summing struct {
	width  time.Duration
	window Query
	hole   time.Duration

	all   []Bucket
	total Bucket
	holes []record.Span
	last  time.Time // up to where there were values
	lost  time.Time // since when readings were missing; zero while they are not
}

// buckets joins kept buckets. Those that the window cuts, and what is newer than them, it sums up from readings.
func (s *summing) buckets(ctx context.Context, store Store, kept []Bucket) error {
	q := s.window
	whole := slices.DeleteFunc(kept, func(b Bucket) bool { return b.Start.Before(q.From) || b.End.After(q.To) })
	if len(whole) == 0 {
		return s.readings(ctx, store, q.From, q.To)
	}
	cut := BucketStart(q.From).Add(BucketSpan)
	if first := whole[0].Start; first.Before(cut) {
		cut = first
	}
	if err := s.readings(ctx, store, q.From, cut); err != nil {
		return err
	}
	for _, b := range whole {
		s.bucket(b)
	}
	return s.readings(ctx, store, whole[len(whole)-1].End, q.To)
}

func (s *summing) readings(ctx context.Context, store Store, from, to time.Time) error {
	if !from.Before(to) {
		return nil
	}
	q := s.window
	q.From, q.To = from, to
	for r, err := range store.Readings(ctx, q) {
		if err != nil {
			return err
		}
		s.reading(r)
	}
	return nil
}

func (s *summing) reading(r record.Reading) {
	one := Bucket{Start: r.Time}
	one.Add(r)
	s.bucket(one)
	if r.Value.IsNone() && s.lost.IsZero() {
		s.lost = r.Time
	}
}

// bucket takes one that lies within one of the width.
func (s *summing) bucket(b Bucket) {
	s.at(b.Start).Merge(b)
	s.total.Merge(b)
	if !b.First.IsNone() {
		s.seen(b.FirstAt, b.LastAt)
	}
}

// seen notes that there were values from a time to another.
func (s *summing) seen(from, to time.Time) {
	s.blank(from)
	if to.After(s.last) {
		s.last = to
	}
}

// blank notes a hole up to a time, if there is one: since the last value, or since readings were missing that came in
// time.
func (s *summing) blank(to time.Time) {
	switch {
	case !s.lost.IsZero() && s.lost.Sub(s.last) <= s.hole && s.lost.Before(to):
		s.holes = append(s.holes, record.Span{From: s.lost, To: to})
	case to.Sub(s.last) > s.hole:
		s.holes = append(s.holes, record.Span{From: s.last, To: to})
	}
	s.lost = time.Time{}
}

// at is the bucket that a time belongs to.
func (s *summing) at(t time.Time) *Bucket {
	if n := len(s.all); n > 0 && t.Before(s.all[n-1].End) {
		return &s.all[n-1]
	}
	start := t.UTC().Truncate(s.width)
	b := Bucket{Start: start, End: start.Add(s.width)}
	if b.Start.Before(s.window.From) {
		b.Start = s.window.From
	}
	if b.End.After(s.window.To) {
		b.End = s.window.To
	}
	s.all = append(s.all, b)
	return &s.all[len(s.all)-1]
}

// view ends the summing.
func (s *summing) view() View {
	s.blank(s.window.To)
	s.total.Start, s.total.End = s.window.From, s.window.To
	long := slices.DeleteFunc(slices.Clone(s.holes), func(h record.Span) bool { return h.Duration() < s.width/4 })
	return View{Buckets: s.all, Width: s.width, Sum: s.total, Holes: long}
}
