package edge

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/lineproof/lineproof/record"
)

const (
	day  = 24 * 60 // minutes
	week = 7 * day
)

// stretch is one shift of one weekday, in minutes from Sunday 00:00 on; to may lie in the next week.
type stretch struct {
	from, to int
	shift    int
}

// calendar checks that shifts do not overlap, so that each minute belongs to one shift at most.
func (v validator) calendar(c record.Calendar, path []string) {
	var all []stretch
	for i, s := range c.Shifts {
		here := at(path, "shifts", strconv.Itoa(i))
		if s.Name == "" {
			v.mistake("the shift has no `name`", "", here...)
		}
		v.breaks(s, here)
		for d := range 7 {
			if len(s.Days) > 0 && !slices.Contains(s.Days, record.Weekday(d)) {
				continue
			}
			all = append(all, stretch{d*day + int(s.From), d*day + int(s.From) + length(s.From, s.To), i})
		}
	}
	v.overlaps(c.Shifts, all, path)
	for i, e := range c.Extra {
		if !e.To.After(e.From) {
			v.mistake("the extra shift ends before it begins", "", at(path, "extra", strconv.Itoa(i), "to")...)
		}
	}
}

// length is how long a shift or break is, in minutes: one whose end is not after its beginning ends on the next day.
func length(from, to record.ClockTime) int {
	if to > from {
		return int(to - from)
	}
	return int(to-from) + day
}

// overlaps reports each pair of shifts that meet, once.
func (v validator) overlaps(shifts []record.Shift, all []stretch, path []string) {
	seen := map[[2]int]bool{}
	for i, a := range all {
		for _, b := range all[i+1:] {
			pair := [2]int{min(a.shift, b.shift), max(a.shift, b.shift)}
			if seen[pair] || !meet(a, b) {
				continue
			}
			seen[pair] = true
			v.mistake(fmt.Sprintf("shift `%s` overlaps shift `%s`", shifts[pair[1]].Name, shifts[pair[0]].Name), "",
				at(path, "shifts", strconv.Itoa(pair[1]), "from")...)
		}
	}
}

// meet tells whether two stretches of the repeating week share a minute.
func meet(a, b stretch) bool {
	for _, turn := range []int{-week, 0, week} {
		if a.from < b.to+turn && b.from+turn < a.to {
			return true
		}
	}
	return false
}

// breaks checks that a shift's breaks lie within it and apart from each other.
func (v validator) breaks(s record.Shift, path []string) {
	whole := length(s.From, s.To)
	taken := make([]bool, whole)
	for i, b := range s.Breaks {
		here := at(path, "breaks", strconv.Itoa(i), "from")
		from := (int(b.From-s.From) + day) % day
		to := from + length(b.From, b.To)
		if to > whole {
			v.mistake(fmt.Sprintf("the break is not within shift `%s`", s.Name), "", here...)
			continue
		}
		if slices.Contains(taken[from:to], true) {
			v.mistake("the break overlaps another one", "", here...)
		}
		for m := from; m < to; m++ {
			taken[m] = true
		}
	}
}
