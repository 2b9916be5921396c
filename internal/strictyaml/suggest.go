package strictyaml

import (
	"slices"
	"strings"
)

// Suggest is the hint for a name that is not among the known ones: the nearest of them where one is
// near, or all of them where they are few, or "".
func Suggest(name string, known []string) string {
	known = slices.Sorted(slices.Values(known))
	best, least := "", max(1, len([]rune(name))/3)
	for _, k := range known {
		if d := distance(name, k); d < least || d == least && best == "" {
			best, least = k, d
		}
	}
	switch {
	case best != "":
		return "did you mean `" + best + "`?"
	case len(known) > 0 && len(known) <= 12:
		return "known here: " + strings.Join(known, ", ")
	}
	return ""
}

// distance counts the letters to insert, delete, replace or swap with their neighbour to get from a to b.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			replace := 1
			if x[i-1] == y[j-1] {
				replace = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+replace)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(x)][len(y)]
}
