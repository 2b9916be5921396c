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

// makings lists what a machine makes in the course of a batch, in order, behind all. Product and order hold until others
// are read, also while nobody looked.
func (p *floor) makings(all []making, r *roles) []making {
	product, order := p.last(r.product), p.last(r.order)
	all = append(all, making{product: productOf(product, r), order: orderOf(order)})
	var changes []record.Reading
	for _, s := range [...]*signal{r.product, r.order} {
		if s != nil {
			changes = append(changes, s.readings...)
		}
	}
	slices.SortStableFunc(changes, func(a, b record.Reading) int { return a.Time.Compare(b.Time) })
	for _, c := range changes {
		if c.Quality == record.Missing {
			continue
		}
		if c.Signal == r.ProductFrom {
			product = c.Value
		}
		if c.Signal == r.OrderFrom {
			order = c.Value
		}
		next := making{c.Time, productOf(product, r), orderOf(order)}
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
func (p *floor) last(s *signal) record.Value {
	if s == nil {
		return record.Value{}
	}
	if s.kept == nil {
		s.kept = p.state.Signals[s.name]
	}
	if s.kept == nil {
		return record.Value{}
	}
	return s.kept.Value
}

// productOf is the product that a signal names. One that the line does not list is known by what the signal says.
func productOf(v record.Value, r *roles) (p record.Product) {
	if v.IsNone() {
		if r.Product != nil {
			p = *r.Product
		}
		return p
	}
	if p, ok := r.line.Products[word(v)]; ok {
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
func (m *minutes) before(t time.Time) *making {
	n := len(m.makings) - 1
	for n > 0 && !m.makings[n].from.Before(t) {
		n--
	}
	m.now = &m.makings[n]
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
