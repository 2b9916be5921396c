package spc

import "math"

// Rule is one of the four by which Western Electric tells that a process is out of control.
type Rule string

// The rules, each on one side of the centre.
const (
	Beyond3Sigma Rule = "beyond_3_sigma" // a point beyond three standard deviations
	TwoOfThree   Rule = "two_of_three"   // two of three points in a row beyond two
	FourOfFive   Rule = "four_of_five"   // four of five points in a row beyond one
	EightInARow  Rule = "eight_in_a_row" // eight points in a row, however near
)

var patterns = []struct {
	rule     Rule
	of, many int     // at least so many of the last so many points
	beyond   float64 // standard deviations
}{
	{Beyond3Sigma, 1, 1, 3},
	{TwoOfThree, 3, 2, 2},
	{FourOfFive, 5, 4, 1},
	{EightInARow, 8, 8, 0},
}

// Broken says for each point which rules it breaks: it lies beyond the rule's line and completes the rule's
// pattern with the points before it (WE; NIST 6.3.2). Points are given as Limits.Z of each.
func Broken(z []float64) [][]Rule {
	broken := make([][]Rule, len(z))
	for i := range z {
		for _, p := range patterns {
			side := math.Copysign(1, z[i])
			beyond := func(n int) bool { return z[n]*side > p.beyond }
			if !beyond(i) {
				continue
			}
			var many int
			for n := max(0, i-p.of+1); n <= i; n++ {
				if beyond(n) {
					many++
				}
			}
			if many >= p.many {
				broken[i] = append(broken[i], p.rule)
			}
		}
	}
	return broken
}
