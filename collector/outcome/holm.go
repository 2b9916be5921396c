package outcome

import (
	"cmp"
	"slices"
)

// Holm corrects the p-values of secondary metrics for their number (Holm 1979): in rising order, p(i)·(m-i), never less
// than the one before and at most 1. The result is in the order of p.
func Holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted, least := make([]float64, len(p)), 0.
	for rank, i := range order {
		least = max(least, min(1, p[i]*float64(len(p)-rank)))
		adjusted[i] = least
	}
	return adjusted
}
