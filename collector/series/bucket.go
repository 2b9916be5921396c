package series

import (
	"math"
	"time"

	"github.com/lineproof/lineproof/record"
)

// BucketSpan is how long the buckets are that stores keep, and LongSpan how long those are that they keep of four such.
// Each begins at a whole multiple of its length since 1970.
const (
	BucketSpan = 15 * time.Minute
	LongSpan   = time.Hour
)

// Bucket sums up the readings of one signal over a stretch of time, and nothing but them: whoever sums up the same
// readings in order of time gets the same bucket. The zero Bucket is of no reading.
type Bucket struct {
	Start time.Time // of the stretch, included
	End   time.Time // not included

	Count   int64 // readings
	Bad     int64 // of these, with another quality than good
	Numbers int64 // of these, with a value that is a number or a switch

	First, Last   record.Value // none where no reading has a value; whole numbers are record.Int where they fit
	FirstAt       time.Time    // when First was read; of a window, when that began; zero where there is none
	LastAt        time.Time    // when Last was read
	Mixed         bool         // whether the values are not all the same
	Gap           time.Duration
	Min, Max, Sum float64 // of the numbers; Min and Max are those of windows where readings have one
	Rise          float64 // by how much the numbers rose from one to the next, without the steps down
	Falls         int64   // how often a number was less than the one before
}

// Mean is that of the numbers, each of the same weight; ok is false where there are none.
func (b Bucket) Mean() (mean float64, ok bool) {
	if b.Numbers == 0 {
		return 0, false
	}
	return b.Sum / float64(b.Numbers), true
}

// BucketStart is the first moment of the kept bucket that a time belongs to.
func BucketStart(t time.Time) time.Time { return t.UTC().Truncate(BucketSpan) }

// longStart is the first moment of the long one.
func longStart(t time.Time) time.Time { return t.UTC().Truncate(LongSpan) }

// nextHour is that of the one after.
func nextHour(t time.Time) time.Time { return longStart(t).Add(LongSpan) }

// Add takes the next reading, which is no older than those before it.
func (b *Bucket) Add(r record.Reading) {
	one := Bucket{Count: 1}
	if r.Quality != record.Good {
		one.Bad = 1
	}
	if !r.Value.IsNone() {
		v := whole(r.Value)
		one.First, one.Last, one.FirstAt, one.LastAt = v, v, r.Time, r.Time
		if r.Window != nil {
			one.FirstAt = r.Time.Add(-r.Window.Span)
		}
		if v.Kind() != record.Text {
			f := v.Float()
			one.Numbers, one.Min, one.Max, one.Sum = 1, f, f, f
			if r.Window != nil {
				one.Min, one.Max = r.Window.Min, r.Window.Max
			}
		}
	}
	b.Merge(one)
}

// Merge takes a bucket of later readings. Start and End stay as they are.
func (b *Bucket) Merge(o Bucket) {
	b.Count += o.Count
	b.Bad += o.Bad
	if o.First.IsNone() {
		return
	}
	if b.First.IsNone() {
		start, end, count, bad := b.Start, b.End, b.Count, b.Bad
		*b = o
		b.Start, b.End, b.Count, b.Bad = start, end, count, bad
		return
	}
	b.Mixed = b.Mixed || o.Mixed || b.Last != o.First
	b.Gap = max(b.Gap, o.Gap, o.FirstAt.Sub(b.LastAt))
	if b.Numbers > 0 && o.Numbers > 0 {
		b.numbers(o)
	} else if o.Numbers > 0 {
		b.Numbers, b.Min, b.Max, b.Sum, b.Rise, b.Falls = o.Numbers, o.Min, o.Max, o.Sum, o.Rise, o.Falls
	}
	b.Last, b.LastAt = o.Last, o.LastAt
}

func (b *Bucket) numbers(o Bucket) {
	b.Numbers += o.Numbers
	b.Min, b.Max = min(b.Min, o.Min), max(b.Max, o.Max)
	b.Sum = bounded(b.Sum + o.Sum)
	b.Rise = bounded(b.Rise + o.Rise)
	b.Falls += o.Falls
	if step := o.First.Float() - b.Last.Float(); step > 0 {
		b.Rise = bounded(b.Rise + step)
	} else if step < 0 {
		b.Falls++
	}
}

// bounded keeps a sum that ran over storable.
func bounded(f float64) float64 { return max(-math.MaxFloat64, min(f, math.MaxFloat64)) }

// whole takes Uint for Int where both can hold the number, because not every database tells the two apart.
func whole(v record.Value) record.Value {
	if v.Kind() == record.Uint && v.Uint() <= math.MaxInt64 {
		return record.IntValue(v.Int())
	}
	return v
}
