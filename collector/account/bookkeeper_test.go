package account

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/lineproof/lineproof/record"
)

// bookkeeper works out from the plant's truth what the fold must find. It shares no code with it: it
// knows every poll and every cycle, not batches, spans and counters' arithmetic.
type bookkeeper struct {
	pages  map[Key]*page
	last   map[string]look // the last answered look of each device
	seen   map[string]look // the last look that had a signal's value
	open   map[string]bool // the device's last look was answered
	change int64           // when product B begins, in milliseconds after 06:00
}

// page is what one minute of one product must come to.
type page struct {
	produced, good, scrap, late, suspect, resets, joules, lateJoules int64
	states                                                           [record.NumStates]int64
	pressureMs                                                       int64
	pressureSum                                                      float64
}

func keepBooks(looks []look, change int64) map[Key]*page {
	b := bookkeeper{pages: map[Key]*page{}, last: map[string]look{}, seen: map[string]look{}, open: map[string]bool{}, change: change}
	for _, l := range looks {
		b.look(l)
	}
	return b.pages
}

// page of what ended at ms.
func (b *bookkeeper) page(ms int64) *page {
	k := Key{Site: "tan-thinh-phat", Line: "block-line", Machine: "press", Product: "A", Start: day.UnixMilli() + (ms-1)/60000*60000}
	if ms > b.change {
		k.Product = "B"
	}
	if b.pages[k] == nil {
		b.pages[k] = &page{}
	}
	return b.pages[k]
}

func (b *bookkeeper) units(ms int64) int64 {
	if ms > b.change {
		return 13
	}
	return 26
}

func (b *bookkeeper) look(l look) {
	if !l.ok {
		b.open[l.device] = false
		return
	}
	before, watched := b.last[l.device], b.open[l.device]
	if watched && l.device == "press" {
		b.held(before, l.ms)
	}
	for signal, v := range l.values {
		if v.IsNone() {
			continue
		}
		if first, ok := b.seen[signal]; ok && l.ms > 0 {
			b.rose(signal, first, l, watched)
		}
		b.seen[signal] = l
	}
	b.last[l.device], b.open[l.device] = l, true
}

// held books what the look before saw up to now, second by second.
func (b *bookkeeper) held(before look, now int64) {
	for ms := before.ms; ms < now; ms += 1000 {
		p := b.page(ms + 1000)
		state, known := stateSignal.States[before.truth.state]
		if known && !before.values["press.state"].IsNone() {
			p.states[state] += 1000
		}
		if !before.values["press.pressure"].IsNone() {
			p.pressureMs += 1000
			p.pressureSum += before.truth.pressure * 1000
		}
	}
}

func (b *bookkeeper) rose(signal string, from, to look, watched bool) {
	p := b.page(to.ms)
	switch signal {
	case "press.cycles":
		n := (to.truth.made - from.truth.made) * b.units(to.ms)
		reset := to.truth.resets > from.truth.resets
		if reset {
			n = to.truth.sinceReset * b.units(to.ms)
			p.resets++
		}
		if jumps := to.truth.jumps - from.truth.jumps; jumps > 0 && !reset {
			p.suspect += n + jumps*5000*b.units(to.ms)
			return
		}
		p.produced += n
		p.good += n
		if !watched {
			p.late += n
		}
	case "press.rejects":
		n := to.truth.rejected - from.truth.rejected
		if to.truth.resets > from.truth.resets {
			n = to.values[signal].Int()
			p.resets++
		}
		p.scrap += n
		p.good -= n
	case "meter.energy":
		n := to.truth.joules - from.truth.joules
		p.joules += n
		if !watched {
			p.lateJoules += n
		}
	}
}

// check holds intervals against the books.
func checkBooks(t *testing.T, got map[Key]Interval, want map[Key]*page) {
	t.Helper()
	for k, i := range got {
		p := want[k]
		if p == nil {
			p = &page{}
		}
		m := i.Measures["pressure"]
		g := page{i.Produced, i.Good, i.Scrap, i.Late, i.Suspect, i.Resets, i.EnergyJ, i.LateEnergyJ, i.States, m.Weight, m.Sum}
		if math.Abs(g.pressureSum-p.pressureSum) < 1e-6*math.Abs(p.pressureSum) {
			g.pressureSum = p.pressureSum
		}
		if g != *p {
			t.Errorf("%s %s\n got %+v\nwant %+v", i.Start.Format("15:04"), k.Product, g, *p)
		}
		if i.ScrapBy["edge"] != i.Scrap {
			t.Errorf("%s: scrap by reason %v, in all %d", i.Start, i.ScrapBy, i.Scrap)
		}
		checkTimeline(t, i)
	}
	for k, p := range want {
		if _, ok := got[k]; !ok && *p != (page{}) {
			t.Errorf("%s: no interval for %s", fmt.Sprint(time.UnixMilli(k.Start).UTC()), fmt.Sprintf("%+v", *p))
		}
	}
}
