package sqlite

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/series/seriestest"
	"github.com/lineproof/lineproof/record"
)

// TestReadingsFromBeforeThereWereBuckets are summed up with the first write.
func TestReadingsFromBeforeThereWereBuckets(t *testing.T) {
	s := openInternal(t)
	g := seriestest.NewGateway(seriestest.BlockLine())
	day := time.Date(2026, 1, 14, 6, 0, 0, 0, time.UTC)
	write := func(from, to int) {
		t.Helper()
		var readings []record.Reading
		for n := from; n < to; n++ {
			readings = append(readings, record.Reading{
				Signal: "press.a", Time: day.Add(time.Duration(n) * 20 * time.Minute), Value: record.IntValue(int64(n)), Quality: record.Good,
			})
		}
		if err := s.Write(t.Context(), g.Batch(t, readings...), nil); err != nil {
			t.Fatal(err)
		}
	}
	buckets := func() (all []series.Bucket) {
		t.Helper()
		for b, err := range s.Buckets(t.Context(), series.Query{}) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, b)
		}
		return all
	}
	write(0, 1200)
	want := buckets()
	if _, err := s.writer.ExecContext(t.Context(), "DELETE FROM bucket"); err != nil {
		t.Fatal(err)
	}
	s.roller.Forget()
	write(1199, 1200)
	if diff := cmp.Diff(want, buckets(), cmp.Comparer(func(a, b record.Value) bool { return a == b })); diff != "" || len(want) != 1199 {
		t.Errorf("%d buckets before (-before +after):\n%s", len(want), diff)
	}
}
