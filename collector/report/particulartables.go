package report

import "strings"

// machines are what was bought; without any, rows to fill in.
func (f *filler) machines() Table {
	t := Table{Widths: []float64{1, 5, 3, 3, 1.5, 3}, Rows: [][]Cell{heads(f.Say("report.no"), f.Say("report.machine"), f.Say("report.model"), f.Say("report.origin"), f.Say("report.quantity"), f.Say("report.price"))}}
	for i, m := range f.Machines {
		made := strings.TrimSuffix(m.Origin+", "+m.Year, ", ")
		n := float64(i + 1)
		t.Rows = append(t.Rows, []Cell{f.whole(&n), text(m.Name), text(m.Model), text(strings.TrimPrefix(made, ", ")), f.whole(m.Quantity), f.whole(m.Price)})
	}
	if len(f.Machines) == 0 {
		t.Rows = append(t.Rows, make([]Cell, 6), make([]Cell, 6))
	}
	return t
}

// money adds up only what is given for every source: a sum over the others would take it for 0.
func (f *filler) money() Table {
	t := Table{Widths: []float64{7, 4, 4}, Rows: [][]Cell{heads(f.Say("report.source"), f.Say("report.planned"), f.Say("report.spent"))}}
	var planned, spent total
	for _, m := range f.Money {
		planned.add(m.Planned)
		spent.add(m.Spent)
		t.Rows = append(t.Rows, []Cell{text(m.Source), f.whole(m.Planned), f.whole(m.Spent)})
	}
	if len(f.Money) == 0 {
		t.Rows = append(t.Rows, make([]Cell, 3), make([]Cell, 3))
	}
	sum := []Cell{text(f.Say("report.total")), f.whole(planned.sum()), f.whole(spent.sum())}
	for i := range sum {
		sum[i].Bold = true
	}
	t.Rows = append(t.Rows, sum)
	return t
}

// total is a sum that is not known as soon as one of its parts is not.
type total struct {
	of      float64
	n       int
	missing bool
}

func (t *total) add(v *float64) {
	t.n++
	if t.missing = t.missing || v == nil; !t.missing {
		t.of += *v
	}
}

func (t *total) sum() *float64 {
	if t.missing || t.n == 0 {
		return nil
	}
	return &t.of
}

// indicators are those of the sealed protocol and those that the office adds.
func (f *filler) indicators() (all []Indicator) {
	for _, d := range f.Asked.Declared {
		all = append(all, Indicator{Name: d.Name, Unit: d.Unit, Before: d.Before, After: d.After})
	}
	return append(all, f.Declared...)
}

// declared are figures that nobody measured, and say so.
func (f *filler) declared() Table {
	t := Table{Widths: []float64{6, 3, 3, 3}, Rows: [][]Cell{heads(f.Say("report.indicator"), f.Say("report.unit"), f.Say("report.before"), f.Say("report.after"))}}
	for _, d := range f.indicators() {
		t.Rows = append(t.Rows, []Cell{text(d.Name), text(d.Unit), f.whole(d.Before), f.whole(d.After)})
	}
	if len(t.Rows) == 1 {
		t.Rows = append(t.Rows, make([]Cell, 4), make([]Cell, 4))
	}
	return t
}
