package audit

import (
	"cmp"
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/account"
	"github.com/lineproof/lineproof/record"
)

// days keeps the minutes that were computed until all are: figures want them in order of time, and the calendar that is
// in force at the end. A minute takes about 40 bytes.
type days struct {
	packed map[int64]*day // since 1970
	words  []string
	index  map[string]uint64
}

// day is one day's minutes.
type day struct {
	minutes int
	packed  []byte
}

func newDays() *days { return &days{packed: map[int64]*day{}, index: map[string]uint64{}} }

// numbers are an interval's whole numbers.
func numbers(i *account.Interval) (all [23 + record.NumStates]*int64) {
	copy(all[:], []*int64{
		(*int64)(&i.PlannedCycle), &i.UnitsPerCycle, &i.Produced, &i.Good, &i.Scrap, &i.Rework, &i.Late, &i.Suspect, &i.Resets,
		&i.UncertainMs, &i.TimeErrorMs, &i.Failures, &i.Stops, &i.MicroStops, &i.MicroStopMs, &i.MaterialG, &i.OutputG, &i.EnergyJ, &i.LateEnergyJ,
	})
	for n := range i.States {
		all[23+n] = &i.States[n]
	}
	return all
}

const weighed, metered = 1, 2

func dayOf(t time.Time) int64 { return t.UnixMilli() / (24 * time.Hour).Milliseconds() }

// add keeps a minute.
func (d *days) add(i *account.Interval) {
	of := d.packed[dayOf(i.Start)]
	if of == nil {
		of = &day{}
		d.packed[dayOf(i.Start)] = of
	}
	b := binary.AppendUvarint(of.packed, uint64(i.Start.UnixMilli()/account.Minute.Milliseconds()))
	for _, w := range [...]string{i.Site, i.Line, i.Machine, i.Product, i.Order} {
		b = d.word(b, w)
	}
	flags := uint64(0)
	if i.Weighed {
		flags |= weighed
	}
	if i.Metered {
		flags |= metered
	}
	b = binary.AppendUvarint(b, flags)
	all, mask := numbers(i), uint64(0)
	for n, v := range all {
		if v != nil && *v != 0 {
			mask |= 1 << n
		}
	}
	b = binary.AppendUvarint(b, mask)
	for n, v := range all {
		if mask&(1<<n) != 0 {
			b = binary.AppendVarint(b, *v)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(i.ScrapBy)))
	for reason, n := range i.ScrapBy {
		b = binary.AppendVarint(d.word(b, reason), n)
	}
	b = binary.AppendUvarint(b, uint64(len(i.Measures)))
	for name, m := range i.Measures {
		b = binary.AppendVarint(binary.AppendVarint(d.word(b, name), m.Count), m.Weight)
		for _, f := range [...]float64{m.Min, m.Max, m.Sum} {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(f))
		}
	}
	of.minutes++
	of.packed = b
}

// word appends a text that is there again and again.
func (d *days) word(b []byte, w string) []byte {
	n, ok := d.index[w]
	if !ok {
		n = uint64(len(d.words))
		d.index[w], d.words = n, append(d.words, w)
	}
	return binary.AppendUvarint(b, n)
}

// inOrder gives the minutes day by day, in order of time. Their timelines and counters are left out.
func (d *days) inOrder(yield func([]account.Interval) bool) {
	for _, n := range slices.Sorted(maps.Keys(d.packed)) {
		of := d.packed[n]
		u, all := unpacker{of.packed, d.words}, make([]account.Interval, 0, of.minutes)
		for len(u.rest) > 0 {
			all = append(all, u.interval())
		}
		slices.SortStableFunc(all, func(a, b account.Interval) int {
			return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Machine, b.Machine), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Order, b.Order))
		})
		if !yield(all) {
			return
		}
	}
}

// unpacker reads what days.add wrote.
type unpacker struct {
	rest  []byte
	words []string
}

func (u *unpacker) uvarint() uint64 {
	v, n := binary.Uvarint(u.rest)
	u.rest = u.rest[n:]
	return v
}

func (u *unpacker) varint() int64 {
	v, n := binary.Varint(u.rest)
	u.rest = u.rest[n:]
	return v
}

func (u *unpacker) float() float64 {
	f := math.Float64frombits(binary.LittleEndian.Uint64(u.rest))
	u.rest = u.rest[8:]
	return f
}

func (u *unpacker) word() string { return u.words[u.uvarint()] }

func (u *unpacker) interval() (i account.Interval) {
	i.Start = time.UnixMilli(int64(u.uvarint()) * account.Minute.Milliseconds()).UTC()
	for _, w := range [...]*string{&i.Site, &i.Line, &i.Machine, &i.Product, &i.Order} {
		*w = u.word()
	}
	flags := u.uvarint()
	i.Weighed, i.Metered = flags&weighed != 0, flags&metered != 0
	mask := u.uvarint()
	for n, v := range numbers(&i) {
		if mask&(1<<n) != 0 {
			*v = u.varint()
		}
	}
	for range u.uvarint() {
		if i.ScrapBy == nil {
			i.ScrapBy = map[string]int64{}
		}
		reason := u.word()
		i.ScrapBy[reason] = u.varint()
	}
	for range u.uvarint() {
		if i.Measures == nil {
			i.Measures = map[string]account.Measure{}
		}
		name, m := u.word(), account.Measure{}
		m.Count, m.Weight = u.varint(), u.varint()
		m.Min, m.Max, m.Sum = u.float(), u.float(), u.float()
		i.Measures[name] = m
	}
	return i
}
