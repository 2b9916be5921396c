package modbus

import (
	"fmt"
	"strings"
)

// mistake is an error in the configuration and what to do about it.
type mistake struct{ message, hint string }

func (m mistake) Error() string { return m.message }

func mistakef(hint, format string, args ...any) error {
	return mistake{fmt.Sprintf(format, args...), hint}
}

// suggest names the candidate that was probably meant by word, or else all of them. Of two as near, the
// one of the same length is meant: letters change places more often than they are forgotten.
func suggest(word string, candidates []string) string {
	best, least := "", 2*(1+len(word)/3)+1
	for _, c := range candidates {
		d := 2 * distance(strings.ToLower(word), strings.ToLower(c))
		if len(c) != len(word) {
			d++
		}
		if d < least {
			best, least = c, d
		}
	}
	if best != "" {
		return "did you mean " + best + "?"
	}
	return "use one of " + strings.Join(candidates, ", ")
}

// distance is the number of letters to insert, remove, change or swap with the next between a and b
// (optimal string alignment).
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		for j := range rows[i] {
			if i == 0 || j == 0 {
				rows[i][j] = i + j
				continue
			}
			change := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			rows[i][j] = min(change, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
