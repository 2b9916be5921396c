package series

import (
	"fmt"
	"time"

	"github.com/lineproof/lineproof/record"
)

// BucketRow is a bucket as stores keep it, without its Start.
type BucketRow struct {
	Whole   [8]int64   // in the order of BucketWhole
	Numbers [4]float64 // in the order of BucketNumbers
	Texts   [2]string  // in the order of BucketTexts
}

// BucketWhole names the columns of whole numbers.
func BucketWhole() []string {
	return []string{"n", "bad", "numbers", "falls", "mixed", "first_ms", "last_ms", "gap_ms"}
}

// BucketNumbers names those of numbers.
func BucketNumbers() []string { return []string{"low", "high", "total", "rise"} }

// BucketTexts names those of values, written as record.Value.MarshalText does.
func BucketTexts() []string { return []string{"first_value", "last_value"} }

// Row is the bucket as it is kept.
func (b Bucket) Row() (row BucketRow) {
	row.Whole = [8]int64{b.Count, b.Bad, b.Numbers, b.Falls, 0, 0, 0, b.Gap.Milliseconds()}
	if b.Mixed {
		row.Whole[4] = 1
	}
	if !b.First.IsNone() {
		row.Whole[5], row.Whole[6] = b.FirstAt.UnixMilli(), b.LastAt.UnixMilli()
	}
	row.Numbers = [4]float64{b.Min, b.Max, b.Sum, b.Rise}
	for n, v := range []record.Value{b.First, b.Last} {
		text, _ := v.MarshalText() // always can
		row.Texts[n] = string(text)
	}
	return row
}

// Bucket is what Row was made of, so long and beginning at a time in Unix milliseconds.
func (row BucketRow) Bucket(startMs int64, span time.Duration) (Bucket, error) {
	start := time.UnixMilli(startMs).UTC()
	b := Bucket{
		Start: start, End: start.Add(span),
		Count: row.Whole[0], Bad: row.Whole[1], Numbers: row.Whole[2], Falls: row.Whole[3], Mixed: row.Whole[4] != 0,
		Gap: time.Duration(row.Whole[7]) * time.Millisecond,
		Min: row.Numbers[0], Max: row.Numbers[1], Sum: row.Numbers[2], Rise: row.Numbers[3],
	}
	for n, v := range []*record.Value{&b.First, &b.Last} {
		if err := v.UnmarshalText([]byte(row.Texts[n])); err != nil {
			return b, fmt.Errorf("%s of the bucket at %s: %w", BucketTexts()[n], start.Format(time.RFC3339), err)
		}
	}
	if !b.First.IsNone() {
		b.FirstAt, b.LastAt = time.UnixMilli(row.Whole[5]).UTC(), time.UnixMilli(row.Whole[6]).UTC()
	}
	return b, nil
}
