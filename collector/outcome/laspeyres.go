package outcome

import (
	"fmt"
)

// Product is what was made of one product in two periods, with its price or value added in the first.
type Product struct {
	Name      string
	Weight    float64 // of a unit in the base period
	Base, Now float64 // units
}

// Laspeyres is the index of production Σ w₀q₁ / Σ w₀q₀: 1 is as much as in the base period. A product that was not made
// then cannot raise it, which is the index's known weakness. An error names the product whose figures cannot be.
func Laspeyres(products []Product) (float64, error) {
	var now, base float64
	for _, p := range products {
		if !(p.Weight >= 0) || !(p.Base >= 0) || !(p.Now >= 0) {
			return 0, fmt.Errorf("product %q: weight %v, %v units before and %v now: none may be under 0", p.Name, p.Weight, p.Base, p.Now)
		}
		now += p.Weight * p.Now
		base += p.Weight * p.Base
	}
	if base == 0 {
		return 0, fmt.Errorf("nothing was made in the base period of %d products, so that there is nothing to compare with", len(products))
	}
	return now / base, nil
}
