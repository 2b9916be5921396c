package series_test

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

func sameValue(a, b record.Value) bool { return a == b }

func TestBucketRowsComeBack(t *testing.T) {
	start := time.Date(2026, 1, 14, 6, 15, 0, 0, time.UTC)
	for _, c := range []struct {
		name     string
		readings []record.Reading
	}{
		{"nothing", nil},
		{"missing", []record.Reading{{Time: start}}},
		{"texts", []record.Reading{
			{Time: start, Value: record.TextValue("a b 7"), Quality: record.Good}, {Time: start.Add(1e9), Value: record.TextValue("đỏ\n"), Quality: record.Good},
		}},
		{"extremes", []record.Reading{
			{Time: start, Value: record.UintValue(math.MaxUint64), Quality: record.Good},
			{Time: start.Add(1e6), Value: record.FloatValue(-math.MaxFloat64), Quality: record.Uncertain},
			{Time: start.Add(2e6), Value: record.FloatValue(math.MaxFloat64), Quality: record.Good},
			{Time: start.Add(3e6), Value: record.FloatValue(math.MaxFloat64), Quality: record.Good},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			want, err := series.SumUp(start, func(yield func(record.Reading, error) bool) {
				for _, r := range c.readings {
					if !yield(r, nil) {
						return
					}
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			row, err := series.UnpackBucketRow(want.Row().Pack())
			if err != nil {
				t.Fatal(err)
			}
			got, err := row.Bucket(start.UnixMilli(), series.BucketSpan)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, cmp.Comparer(sameValue)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func FuzzUnpackBucketRow(f *testing.F) {
	f.Add(series.BucketRow{Whole: [8]int64{1, -2, math.MaxInt64}, Numbers: [4]float64{0.1, math.Inf(1)}, Texts: [2]string{"i1", "t a"}}.Pack())
	f.Add("1 2 3")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		row, err := series.UnpackBucketRow(text)
		if err != nil {
			return
		}
		again, err := series.UnpackBucketRow(row.Pack())
		if err != nil || row.Pack() != again.Pack() {
			t.Errorf("%q comes back as %+v, %v, want %+v", row.Pack(), again, err, row)
		}
	})
}
