package edge

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/record"
)

func span(from, to int) record.Span {
	return record.Span{From: six.Add(time.Duration(from) * time.Second), To: six.Add(time.Duration(to) * time.Second)}
}

func TestObservedSpans(t *testing.T) {
	const fail, take = -1, -2
	tests := []struct {
		name  string
		polls []int // seconds, or fail, or take
		want  [][]record.Span
	}{
		{"a poll every second", []int{0, 1, 2, 3, take}, [][]record.Span{{span(0, 3)}}},
		{"a single look", []int{5, take, take}, [][]record.Span{{span(5, 5)}, nil}},
		{"over the border of a batch", []int{0, 1, take, 2, 3, take}, [][]record.Span{{span(0, 1)}, {span(1, 3)}}},
		{"one skipped poll is bridged", []int{0, 2, 4, take}, [][]record.Span{{span(0, 4)}}},
		{"two skipped are not", []int{0, 3, 4, take}, [][]record.Span{{span(0, 0), span(3, 4)}}},
		{"a failure ends it", []int{0, 1, fail, 2, 3, take}, [][]record.Span{{span(0, 1), span(2, 3)}}},
		{"a failure at the border", []int{0, 1, take, fail, 2, take}, [][]record.Span{{span(0, 1)}, {span(2, 2)}}},
		{"the clock goes back after a batch", []int{100, 101, take, 50, 51, take}, [][]record.Span{{span(100, 101)}, {span(50, 51)}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in := newIntake([]Device{{Name: "press"}})
			var got [][]record.Span
			for _, p := range test.polls {
				switch p {
				case fail:
					in.add("press", look{at: six, err: errors.New("no answer")})
				case take:
					c := only(in.take(false))
					var spans []record.Span
					for _, o := range c.observed {
						spans = append(spans, o.Spans...)
					}
					got = append(got, spans)
				default:
					l := look{at: span(p, p).From, answered: true, gap: 2500 * time.Millisecond}
					if in.blocked("press", l) {
						t.Fatalf("blocked at %d", p)
					}
					in.add("press", l)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFailuresAreCountedAndWaitForABatch(t *testing.T) {
	in := newIntake([]Device{{Name: "press"}})
	in.add("press", look{at: six, err: errors.New("no answer")})
	in.add("press", look{at: six, err: errors.New("no answer at all")})
	if c := in.take(false); c != nil {
		t.Fatalf("a batch of nothing: %+v", c)
	}
	if c := in.take(true); len(c) != 1 || c[0].observed[0].Failed != 2 {
		t.Fatalf("at the end: %+v", c)
	}
	in.add("press", look{at: six, answered: true})
	in.add("press", look{at: six, answered: true, stale: true})
	c := only(in.take(false))
	want := []record.Observed{{Device: "press", Spans: []record.Span{span(0, 0)}, Polls: 2}}
	if diff := cmp.Diff(want, c.observed); diff != "" {
		t.Error(diff)
	}
}

func TestWhatRunsBackwardsHasToWaitForABatch(t *testing.T) {
	in := newIntake([]Device{{Name: "press"}})
	in.add("press", look{at: span(10, 10).From, answered: true})
	back := look{at: span(5, 5).From, answered: true}
	if !in.blocked("press", back) {
		t.Error("one batch would run backwards")
	}
	in.take(false)
	if in.blocked("press", back) {
		t.Error("blocked by what was sealed already")
	}
}

// only is the first of the contents, or none.
func only(contents []content) (c content) {
	if len(contents) > 0 {
		c = contents[0]
	}
	return c
}
