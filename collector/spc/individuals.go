package spc

// Individuals is a chart for single values and their moving ranges.
type Individuals struct {
	Mean      float64
	MeanRange float64 // of the moving ranges of two
}

// FitIndividuals estimates centre and spread from baseline values in order of time. It is not ok with fewer
// than two values, or where their sums are beyond all numbers.
func FitIndividuals(baseline []float64) (i Individuals, ok bool) {
	if len(baseline) < 2 {
		return Individuals{}, false
	}
	i = Individuals{Mean: mean(baseline), MeanRange: mean(MovingRanges(baseline))}
	return i, finite(i.Mean, i.MeanRange)
}

// Sigma is the standard deviation within the process, MR-bar / 1.128 (NIST 6.3.2.2).
func (i Individuals) Sigma() float64 { return i.MeanRange / d2 }

// Limits gives those of the values, mean ± 3 MR-bar/1.128 (NIST 6.3.2.2). It is not ok where no value
// differed from the one before.
func (i Individuals) Limits() (Limits, bool) { return threeSigma(i.Mean, i.Sigma()) }

// UpperRange is the upper limit of the moving ranges, 3.267 MR-bar; the lower one is 0 (Montgomery 6.4). It is
// not ok where no value differed from the one before.
func (i Individuals) UpperRange() (upper float64, ok bool) {
	upper = d4 * i.MeanRange
	return upper, upper > 0 && finite(upper)
}
