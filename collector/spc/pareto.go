package spc

import (
	"cmp"
	"slices"
)

// Cause is one reason for scrap with its part of all scrap.
type Cause struct {
	Reason     string  `json:"reason" doc:"as the line model names it; empty where the machine gives none"`
	Units      int64   `json:"units"`
	Share      float64 `json:"share" doc:"of all scrap; 0..1"`
	Cumulative float64 `json:"cumulative_share" doc:"of this reason and all before it; 0..1"`
}

// Pareto orders reasons by their units, most first, by name where they are equal (Montgomery 5.4.2). Reasons
// without units are left out, so that shares are of something.
func Pareto(units map[string]int64) []Cause {
	var causes []Cause
	var total, sum int64
	for reason, n := range units {
		if n > 0 {
			causes = append(causes, Cause{Reason: reason, Units: n})
			total += n
		}
	}
	slices.SortFunc(causes, func(a, b Cause) int {
		return cmp.Or(cmp.Compare(b.Units, a.Units), cmp.Compare(a.Reason, b.Reason))
	})
	for i := range causes {
		c := &causes[i]
		sum += c.Units
		c.Share, c.Cumulative = float64(c.Units)/float64(total), float64(sum)/float64(total)
	}
	return causes
}
