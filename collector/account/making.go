package account

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lineproof/lineproof/record"
)

// making is what a machine makes from a moment on.
type making struct {
	from    time.Time // zero: since before the batch
	product record.Product
	order   string
}

// makings lists what a machine makes in the course of a batch, in order. Product and order hold until others are
// read, also while nobody looked.
func (f *fold) makings(line record.Line, m record.Machine) []making {
	product, order := f.last(m.ProductFrom), f.last(m.OrderFrom)
	all := []making{{product: productOf(product, line, m), order: orderOf(order)}}
	if len(f.readings[m.ProductFrom]) == 0 && len(f.readings[m.OrderFrom]) == 0 {
		return all
	}
	changes := slices.Concat(f.readings[m.ProductFrom], f.readings[m.OrderFrom])
	slices.SortStableFunc(changes, func(a, b record.Reading) int { return a.Time.Compare(b.Time) })
	for _, r := range changes {
		if r.Quality == record.Missing {
			continue
		}
		if r.Signal == m.ProductFrom {
			product = r.Value
		}
		if r.Signal == m.OrderFrom {
			order = r.Value
		}
		next := making{r.Time, productOf(product, line, m), orderOf(order)}
		last := &all[len(all)-1]
		switch {
		case next.product.Code == last.product.Code && next.order == last.order:
		case next.from.Equal(last.from): // both changed at once
			last.product, last.order = next.product, next.order
		default:
			all = append(all, next)
		}
	}
	return all
}

// last is what a signal said before the batch; that of no signal is none.
func (f *fold) last(signal string) record.Value {
	if s := f.state.Signals[signal]; s != nil {
		return s.Value
	}
	return record.Value{}
}

// productOf is the product that a signal names. One that the line does not list is known by what the signal says.
func productOf(v record.Value, line record.Line, m record.Machine) (p record.Product) {
	if v.IsNone() {
		if m.Product != nil {
			p = *m.Product
		}
		return p
	}
	if p, ok := line.Products[word(v)]; ok {
		return p
	}
	return record.Product{Code: word(v)}
}

// orderOf is the order that a signal names; 0 and an empty text are none.
func orderOf(v record.Value) string {
	if w := word(v); w != "0" {
		return w
	}
	return ""
}

// word is a value as a person would write it.
func word(v record.Value) string {
	switch v.Kind() {
	case record.None:
		return ""
	case record.Text:
		return strings.TrimSpace(v.Text())
	case record.Float:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	case record.Uint:
		return strconv.FormatUint(v.Uint(), 10)
	}
	return strconv.FormatInt(v.Int(), 10)
}

// before turns to what was made just before t: what is seen at t happened before.
func (m *minutes) before(t time.Time) making {
	n := len(m.makings) - 1
	for n > 0 && !m.makings[n].from.Before(t) {
		n--
	}
	m.now = m.makings[n]
	return m.now
}

// runs cuts a span where the machine turns to something else.
func (m *minutes) runs(span record.Span) func(yield func(record.Span) bool) {
	return func(yield func(record.Span) bool) {
		from := span.From
		for _, next := range m.makings[1:] {
			if !next.from.After(from) {
				continue
			}
			if !next.from.Before(span.To) {
				break
			}
			if !yield(record.Span{From: from, To: next.from}) {
				return
			}
			from = next.from
		}
		if from.Before(span.To) {
			yield(record.Span{From: from, To: span.To})
		}
	}
}
