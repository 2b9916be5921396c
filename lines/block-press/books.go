package blockpress

import (
	"slices"
	"time"

	"github.com/lineproof/lineproof/record"
)

// Totals is what one machine truly did in a stretch of time.
type Totals struct {
	Cycles   int64                   // steps of its counter of cycles or batches
	Produced int64                   // units: blocks of the press, batches of the mixer
	Rejects  int64                   // blocks, part of Produced
	States   [record.NumStates]int64 // milliseconds by state
	EnergyJ  int64                   // steps of the press's meter, 36,000 J each
}

// Good is Produced less Rejects.
func (t Totals) Good() int64 { return t.Produced - t.Rejects }

// Books gives each machine's totals from one moment to another: counts are those by which the registers
// at to differ from the registers at from. Both are in whole milliseconds; what lies before the plant's
// start or after the clock's time is nothing.
func (p *Plant) Books(from, to time.Time) map[string]Totals {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.advance()
	a, b := from.UnixMilli(), min(to.UnixMilli(), p.now)
	return map[string]Totals{Press: p.press.books.between(a, b), Mixer: p.mixer.books.between(a, b)}
}

// entry is one stretch of doing the same, and what was counted at the moment when it began.
type entry struct {
	at      int64 // Unix milliseconds
	energy  int64 // millijoules used before at
	watts   int32 // from at on
	units   int16 // of the cycle that ended at at; 0 when none did
	rejects int16
	state   record.State // from at on
}

// journal is a machine's books: entries in order of time, and the sums over all of them.
type journal struct {
	entries         []entry
	cycles, rejects int64
}

func (j *journal) add(e entry) {
	e.energy = j.energyAt(e.at)
	j.entries = append(j.entries, e)
	if e.units > 0 {
		j.cycles++
		j.rejects += int64(e.rejects)
	}
}

// after is the index of the first entry later than t.
func (j *journal) after(t int64) int {
	i, _ := slices.BinarySearchFunc(j.entries, t, func(e entry, t int64) int {
		if e.at <= t {
			return -1
		}
		return 1
	})
	return i
}

// energyAt is the millijoules used up to t.
func (j *journal) energyAt(t int64) int64 {
	i := j.after(t)
	if i == 0 {
		return 0
	}
	e := j.entries[i-1]
	return e.energy + int64(e.watts)*(t-e.at)
}

// between sums up what was counted after from and not after to, and what was done in between.
func (j *journal) between(from, to int64) Totals {
	var t Totals
	if to <= from {
		return t
	}
	first := j.after(from)
	for i := max(first-1, 0); i < len(j.entries) && j.entries[i].at < to; i++ {
		e, end := j.entries[i], to
		if i+1 < len(j.entries) {
			end = min(end, j.entries[i+1].at)
		}
		t.States[e.state] += end - max(e.at, from)
	}
	for _, e := range j.entries[first:j.after(to)] {
		if e.units > 0 {
			t.Cycles++
			t.Produced += int64(e.units)
			t.Rejects += int64(e.rejects)
		}
	}
	t.EnergyJ = (j.energyAt(to)/milliJoules - j.energyAt(from)/milliJoules) * (milliJoules / 1000)
	return t
}
