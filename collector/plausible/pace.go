package plausible

import (
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/record"
)

// cycleTooShort looks for hours whose mean cycle is shorter than the machine can: far under the planned cycle, or far under
// its own usual one, as when a contact bounces and counts twice.
func cycleTooShort(m *machine) (r result) {
	paced := where(m.hours, func(h hour) bool { return h.run > 0 && h.Late == 0 && h.cycles() >= m.limits.FewCycles })
	usual := map[making]float64{}
	for made, hours := range grouped(paced) {
		if len(hours) >= m.limits.ManyHours {
			usual[made] = quantile(hours, 0.5, meanCycle)
		}
	}
	least := func(h hour) float64 { return m.limits.ShortCycle * max(h.planned.Seconds(), usual[h.making]) }
	ask := func(h hour) answer {
		if meanCycle(h) < least(h) {
			return wrong
		}
		return fine
	}
	for run := range runs(paced, ask) {
		f := over(run, Impossible)
		f.Unit, f.Observed, f.Limit = "s", meanOf(run), least(run[0])
		f.Expected = known(f.Limit / m.limits.ShortCycle)
		r.findings = append(r.findings, f)
	}
	r.hours = sum(where(paced, func(h hour) bool { return least(h) > 0 }), observed)
	return r
}

// meanCycle is an hour's, in seconds; a cycle is given away, which may have begun before the hour.
func meanCycle(h hour) float64 { return h.run * 3600 / (h.cycles() - 1) }

func meanOf(run []hour) float64 {
	return sum(run, func(h hour) float64 { return h.run * 3600 }) / sum(run, hour.cycles)
}

// grouped puts hours together that made the same.
func grouped(hours []hour) map[making][]hour {
	groups := map[making][]hour{}
	for _, h := range hours {
		groups[h.making] = append(groups[h.making], h)
	}
	return groups
}

// minutes follows a machine minute by minute, for what hours are too coarse to show.
type minutes struct {
	limits Limits
	open   minute
	before minute // the one before it
	even   []minute
	steady []steady
	judged float64 // hours
}

// minute is what was counted in one, of whatever product.
type minute struct {
	start    time.Time
	making   making
	cycles   float64
	observed time.Duration
	ran      bool
	late     bool
	planned  bool
	mixed    bool // more than one product
}

// add takes the next interval, and gives the cycles that it counted while the machine stood in this minute and the last.
func (m *minutes) add(i *account.Interval, planned bool) (atRest float64) {
	if !i.Start.Equal(m.open.start) {
		m.close()
		m.open = minute{start: i.Start, making: makingOf(i), planned: planned}
	}
	o := &m.open
	o.cycles += cyclesOf(i)
	o.observed += i.Observed()
	o.ran = o.ran || i.States[record.Execute] > 0
	o.late = o.late || i.Late != 0
	o.mixed = o.mixed || o.making != makingOf(i)
	follows := m.before.start.Add(account.Minute).Equal(i.Start)
	if o.whole() && m.before.whole() && follows && !o.ran && !m.before.ran {
		return cyclesOf(i)
	}
	return 0
}

// whole tells whether somebody looked all the time.
func (m minute) whole() bool { return m.observed >= account.Minute-time.Second && !m.late }

func (m *minutes) close() {
	if m.open.start.IsZero() {
		return
	}
	m.regular(m.open)
	m.before = m.open
}
