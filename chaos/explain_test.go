package chaos

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/record"
)

func TestExplain(t *testing.T) {
	day := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	span := func(from, to int) record.Span {
		return record.Span{From: day.Add(time.Duration(from) * time.Second), To: day.Add(time.Duration(to) * time.Second)}
	}
	for _, tt := range []struct {
		name   string
		faults []window
		left   []record.Span
		by     map[string]time.Duration
	}{
		{"nothing", nil, []record.Span{span(10, 20)}, nil},
		{"all", []window{{span(5, 30), "a"}}, nil, map[string]time.Duration{"a": 10 * time.Second}},
		{"the middle", []window{{span(12, 15), "a"}}, []record.Span{span(10, 12), span(15, 20)}, map[string]time.Duration{"a": 3 * time.Second}},
		{"two that overlap", []window{{span(5, 13), "a"}, {span(11, 18), "b"}}, []record.Span{span(18, 20)}, map[string]time.Duration{"a": 3 * time.Second, "b": 5 * time.Second}},
		{"before and after", []window{{span(1, 10), "a"}, {span(20, 30), "b"}}, []record.Span{span(10, 20)}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			by := map[string]time.Duration{}
			if diff := cmp.Diff(tt.left, explain(span(10, 20), tt.faults, by)); diff != "" {
				t.Errorf("left (-want +got)\n%s", diff)
			}
			if !maps.Equal(tt.by, by) {
				t.Errorf("by cause: got %v, want %v", by, tt.by)
			}
		})
	}
}

// TestDraw holds that a seed draws the same faults again, and that every kind can be drawn.
func TestDraw(t *testing.T) {
	r := &rig{seed: 4, mount: &mount{}, influx: &process{}, collectorDir: "collector"}
	names := func(all []fault) (list []string) {
		for _, f := range all {
			list = append(list, f.kind.name+" for "+f.lasts.String())
		}
		return list
	}
	once := r.draw(1000)
	if !slices.Equal(names(once), names(r.draw(1000))) {
		t.Error("the same seed draws other faults")
	}
	drawn := map[string]bool{}
	for _, f := range once {
		drawn[f.kind.name] = true
	}
	for _, k := range kinds {
		if drawn[k.name] != (k.weight > 0) {
			t.Errorf("%s: drawn %v", k.name, drawn[k.name])
		}
	}
}
