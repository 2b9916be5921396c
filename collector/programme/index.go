package programme

import (
	"fmt"
	"maps"
	"slices"

	"github.com/lineproof/lineproof/collector/outcome"
	"github.com/lineproof/lineproof/record"
)

// Prices are what units are weighed with in the index of production.
type Prices struct {
	Source string                        `yaml:"source" json:"source"`
	Lines  map[string]map[string]float64 `yaml:"lines" json:"lines"` // VND of a unit, by line and product; product "" for the line's others
}

func (r *Rules) readPrices(f File) error {
	p := &Prices{}
	err := decode(f, p, func(mistake func([]string, string, string)) {
		if p.Source == "" {
			mistake(nil, "`source` is missing", "say where the prices are from and of which year they are")
		}
		for _, line := range slices.Sorted(maps.Keys(p.Lines)) {
			if err := record.CheckName(line); err != nil {
				mistake([]string{"lines", line}, err.Error(), "")
			}
			for product, price := range p.Lines[line] {
				if !(price > 0) {
					mistake([]string{"lines", line, product}, fmt.Sprintf("a price of %v", price), "write VND of one unit, or leave it out")
				}
			}
		}
	})
	r.Prices = p
	return err
}

// of is the weight of a product of a line.
func (p *Prices) of(line, product string) (float64, bool) {
	if p == nil {
		return 0, false
	}
	price, ok := p.Lines[line][product]
	if !ok {
		price, ok = p.Lines[line][""]
	}
	return price, ok
}

// Made is what a line made of a product in a month.
type Made struct {
	Line, Product string
	Month         string // 2026-03
	Good          float64
}

// IndexMonth is the index of one month.
type IndexMonth struct {
	Month string   `json:"month"`
	Value *float64 `json:"value" doc:"1: as in the base; null where no line is known in both"`
	Lines int      `json:"lines" doc:"that are known in this month and in the base"`
	Left  []string `json:"left,omitempty" nullable:"false" doc:"lines that are left out: they are not known in the base or in this month"`
}

// Index is the index of production by month.
type Index struct {
	Base     string       `json:"base" doc:"the month that is 1"`
	Months   []IndexMonth `json:"months" nullable:"false"`
	Unpriced []string     `json:"unpriced" nullable:"false" doc:"lines without prices; where there is one, units weigh the same and only one line can be looked at"`
	Source   string       `json:"source,omitempty" doc:"of the prices"`
}

// IndexOf is Laspeyres' index of what lines made, month by month, with the quantities of the base month. A line that is
// not known in the base or in a month is left out of that month on both sides, for not known is not 0. Where some line has
// no prices, units are weighed the same, which can be meant for one line alone: of several there is no value.
func (r Rules) IndexOf(made []Made, base string) Index {
	x := Index{Base: base, Months: []IndexMonth{}, Unpriced: []string{}}
	if r.Prices != nil {
		x.Source = r.Prices.Source
	}
	months, lines := map[string]map[string][]Made{}, map[string]bool{}
	unpriced := map[string]bool{}
	for _, m := range made {
		if months[m.Month] == nil {
			months[m.Month] = map[string][]Made{}
		}
		months[m.Month][m.Line] = append(months[m.Month][m.Line], m)
		lines[m.Line] = true
		if _, ok := r.Prices.of(m.Line, m.Product); !ok {
			unpriced[m.Line] = true
		}
	}
	x.Unpriced = append(x.Unpriced, slices.Sorted(maps.Keys(unpriced))...)
	alike := len(unpriced) > 0
	for _, month := range slices.Sorted(maps.Keys(months)) {
		one, products := r.compare(months[base], months[month], slices.Sorted(maps.Keys(lines)), alike)
		one.Month = month
		if v, err := outcome.Laspeyres(products); err == nil && (!alike || len(lines) == 1) {
			one.Value = &v
		}
		x.Months = append(x.Months, one)
	}
	return x
}

// compare pairs what lines made in two months, and names those that are not known in both.
func (r Rules) compare(before, now map[string][]Made, lines []string, alike bool) (one IndexMonth, products []outcome.Product) {
	for _, line := range lines {
		if before[line] == nil || now[line] == nil {
			one.Left = append(one.Left, line)
			continue
		}
		one.Lines++
		products = append(products, r.products(line, before[line], now[line], alike)...)
	}
	return one, products
}

// products pairs what a line made in two months.
func (r Rules) products(line string, before, now []Made, alike bool) (list []outcome.Product) {
	at := map[string]int{}
	add := func(m Made, into func(*outcome.Product)) {
		n, there := at[m.Product]
		if !there {
			weight := 1.
			if !alike {
				weight, _ = r.Prices.of(line, m.Product)
			}
			n = len(list)
			at[m.Product], list = n, append(list, outcome.Product{Name: line + " " + m.Product, Weight: weight})
		}
		into(&list[n])
	}
	for _, m := range before {
		add(m, func(p *outcome.Product) { p.Base += m.Good })
	}
	for _, m := range now {
		add(m, func(p *outcome.Product) { p.Now += m.Good })
	}
	return list
}
