package edge

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/record"
)

var six = time.Date(2027, 2, 1, 6, 0, 0, 0, time.UTC)

func sample(seconds int, v record.Value) record.Reading {
	r := record.Reading{Signal: "press.x", Time: six.Add(time.Duration(seconds) * time.Second), Value: v, Quality: record.Good}
	if v.IsNone() {
		r.Quality = record.Missing
	}
	return r
}

func TestWhatIsReported(t *testing.T) {
	none, f, u := record.Value{}, record.FloatValue, record.UintValue
	tests := []struct {
		name     string
		deadband float64
		samples  []record.Reading
		want     []int // which of the samples
	}{
		{"the first and each change", 0, []record.Reading{sample(0, u(1)), sample(1, u(1)), sample(2, u(2)), sample(3, u(2)), sample(4, u(1))}, []int{0, 2, 4}},
		{"at the latest after a minute", 0, []record.Reading{sample(0, u(1)), sample(59, u(1)), sample(60, u(1)), sample(119, u(1)), sample(121, u(1))}, []int{0, 2, 4}},
		{"changes past the deadband, from what was reported", 0.5, []record.Reading{sample(0, f(1)), sample(1, f(1.5)), sample(2, f(1.4)), sample(3, f(1.6)), sample(4, f(1.2))}, []int{0, 3}},
		{"a change of quality, missing only once", 0, []record.Reading{sample(0, u(1)), sample(1, none), sample(2, none), sample(70, none), sample(71, u(1))}, []int{0, 1, 4}},
		{"missing from the start", 0, []record.Reading{sample(0, none), sample(1, none)}, []int{0}},
		{"a clock that was set back", 0, []record.Reading{sample(100, u(1)), sample(10, u(1)), sample(11, u(1))}, []int{0, 1}},
		{"large counters that a float cannot tell apart", 0, []record.Reading{sample(0, u(1<<60)), sample(1, u(1<<60+1))}, []int{0, 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := newPolicy("press.x", record.Signal{Deadband: test.deadband}, time.Minute)
			var got []int
			for i, s := range test.samples {
				if r, ok := p.offer(s); ok {
					got = append(got, i)
					if r != s {
						t.Errorf("sample %d was reported as %v", i, r)
					}
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWindowsEndOnTheWallClock(t *testing.T) {
	p := newPolicy("press.x", record.Signal{Window: record.Duration(time.Minute)}, time.Minute)
	var got []record.Reading
	offer := func(r record.Reading) {
		if report, ok := p.offer(r); ok {
			got = append(got, report)
		}
	}
	for s := 30; s <= 60; s += 10 { // the first window is half one; 60 belongs to the next
		offer(sample(s, record.FloatValue(float64(s))))
	}
	offer(sample(70, record.Value{}))
	offer(sample(125, record.Value{})) // late; the window from 60 on had one value
	offer(sample(185, record.Value{})) // the one from 120 on had none
	offer(sample(245, record.Value{}))
	offer(sample(250, record.IntValue(7)))
	if report, ok := p.flush(); ok {
		got = append(got, report)
	}
	window := func(end int, count uint32, low, mean, high float64, span time.Duration) record.Reading {
		r := sample(end, record.FloatValue(mean))
		r.Window = &record.Window{Count: count, Min: low, Max: high, Span: span}
		return r
	}
	last := window(250, 1, 7, 7, 7, 10*time.Second+time.Millisecond)
	last.Time = last.Time.Add(time.Millisecond)
	want := []record.Reading{
		window(60, 3, 30, 40, 50, time.Minute),
		window(120, 1, 60, 60, 60, time.Minute),
		sample(180, record.Value{}),
		last,
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b record.Value) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}
