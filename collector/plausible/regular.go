package plausible

import (
	"math"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/account"
)

// steady is a stretch of counts that are too even.
type steady struct {
	from, to  time.Time
	product   string
	band      float64       // cycles from the least to the most, around a straight line; the widest in the stretch
	unplanned time.Duration // part of it in which nothing was planned
}

// stride is how often counts are looked at.
const stride = 15

// regular takes the next minute into the window, and looks at the window now and then.
func (m *minutes) regular(next minute) {
	if n := len(m.even); n > 0 && (!m.even[n-1].start.Add(account.Minute).Equal(next.start) || m.even[n-1].making != next.making) {
		m.even = m.even[:0]
	}
	if !next.whole() || next.mixed {
		m.even = m.even[:0]
		return
	}
	m.even = append(m.even, next)
	long := int(m.limits.RegularFor / account.Minute)
	if len(m.even) >= long && next.start.Minute()%stride == 0 {
		m.even = slices.Delete(m.even, 0, len(m.even)-long)
		m.look()
	}
}

func (m *minutes) look() {
	band, cycles := wander(m.even)
	if cycles < m.limits.RegularCycles {
		return
	}
	m.judged += stride * account.Minute.Hours()
	if band > m.limits.RegularBand {
		return
	}
	s := steady{from: m.even[0].start, to: m.even[len(m.even)-1].start.Add(account.Minute), product: m.even[0].making.product, band: band}
	since := s.from
	if n := len(m.steady); n > 0 && !m.steady[n-1].to.Before(s.from) {
		last := &m.steady[n-1]
		since, last.to, last.band = last.to, s.to, max(last.band, band)
	} else {
		m.steady = append(m.steady, s)
	}
	last := &m.steady[len(m.steady)-1]
	for _, each := range m.even {
		if !each.planned && !each.start.Before(since) {
			last.unplanned += account.Minute
		}
	}
}

// wander is how far counts move away from the straight line that fits them best, from the least to the most.
func wander(even []minute) (band, cycles float64) {
	n := float64(len(even))
	var count, sum, moment float64
	for k, each := range even {
		count += each.cycles
		sum += count
		moment += count * float64(k)
	}
	middle := (n - 1) / 2
	slope := (moment - middle*sum) / (n * (n*n - 1) / 12)
	least, most := math.Inf(1), math.Inf(-1)
	var so float64
	for k, each := range even {
		so += each.cycles
		away := so - slope*float64(k)
		least, most = min(least, away), max(most, away)
	}
	return most - least, count
}

// tooRegular tells where counts are as even as a signal generator's. Where they are so at times at which nothing was
// planned, it is not one shift that ran well.
func tooRegular(m *machine) (r result) {
	for _, s := range m.minutes.steady {
		f := Finding{Severity: Ask, Product: s.product, From: s.from, To: s.to, Unit: "cycles", Observed: s.band, Limit: m.limits.RegularBand}
		if s.unplanned > 0 {
			f.Severity = Improbable
		}
		r.findings = append(r.findings, f)
	}
	r.hours = m.minutes.judged
	return r
}
