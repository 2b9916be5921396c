package modbus

import (
	"fmt"
	"slices"
	"testing"
)

func TestPlan(t *testing.T) {
	for _, c := range []struct {
		name           string
		at             []string // address, and type where it is not the default
		registers, gap int
		want           []string
	}{
		{"neighbours", []string{"holding 3", "holding 1", "holding 2"}, 125, 0, []string{"holding 1..3"}},
		{"a hole", []string{"holding 1", "holding 3"}, 125, 0, []string{"holding 1", "holding 3"}},
		{"a hole within the gap", []string{"holding 1", "holding 3"}, 125, 1, []string{"holding 1..3"}},
		{"a hole past the gap", []string{"holding 1", "holding 4"}, 125, 1, []string{"holding 1", "holding 4"}},
		{"the same twice", []string{"holding 1", "holding 1"}, 125, 0, []string{"holding 1"}},
		{"overlaps", []string{"holding 1 uint64", "holding 2 uint16", "holding 4 uint32"}, 125, 0, []string{"holding 1..5"}},
		{"tables apart", []string{"holding 1", "input 1", "coil 1", "discrete 1"}, 125, 100,
			[]string{"coil 1", "discrete 1", "input 1", "holding 1"}},
		{"as many as one answer holds", []string{"holding 0", "holding 124"}, 125, 124, []string{"holding 0..124"}},
		{"one too many", []string{"holding 0", "holding 125"}, 125, 124, []string{"holding 0", "holding 125"}},
		{"a value is not split", []string{"holding 0 uint32", "holding 2 uint32"}, 3, 0, []string{"holding 0..1", "holding 2..3"}},
		{"a device of few registers", []string{"holding 0", "holding 1", "holding 2"}, 2, 0, []string{"holding 0..1", "holding 2"}},
		{"bits are many", []string{"coil 0", "coil 100", "coil 1999"}, 1, 1900, []string{"coil 0..1999"}},
		{"bits past the limit", []string{"coil 0", "coil 2000"}, 1, 2000, []string{"coil 0", "coil 2000"}},
		{"the last register", []string{"holding 65534", "holding 65535"}, 125, 0, []string{"holding 65534..65535"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			points := pointsAt(t, c.at)
			plan := makePlan(points, c.registers, c.gap)
			var got []string
			seen := make([]int, len(points))
			for _, s := range plan {
				got = append(got, s.String())
				covers(t, s, points, seen)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if slices.ContainsFunc(seen, func(n int) bool { return n != 1 }) {
				t.Errorf("points are read %v times", seen)
			}
		})
	}
}

func TestSplit(t *testing.T) {
	points := pointsAt(t, []string{"holding 1 uint64", "holding 2", "holding 9", "holding 10 uint32"})
	left, right := makePlan(points, 125, 10)[0].split(points)
	if got := fmt.Sprint(left, right); got != "holding 1..4 holding 9..11" {
		t.Errorf("got %s", got)
	}
}

func pointsAt(t *testing.T, at []string) []point {
	var points []point
	for i, a := range at {
		var table, typ string
		var n int
		if fields, _ := fmt.Sscan(a, &table, &n, &typ); fields < 2 {
			t.Fatalf("address %q", a)
		}
		p := pointOf(t, fmt.Sprintf("%s %d", table, n), typ, "")
		p.name = fmt.Sprint(i)
		points = append(points, p)
	}
	sortPoints(points)
	return points
}

// covers demands that a span's points lie within it, and counts them.
func covers(t *testing.T, s span, points []point, seen []int) {
	t.Helper()
	for _, i := range s.points {
		seen[i]++
		if p := points[i]; p.at.table != s.table || p.at.number < s.first || p.end() > s.first+s.count {
			t.Errorf("%s is not within %s", p.at, s)
		}
	}
}
