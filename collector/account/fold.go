// Package account turns a gateway's batches, in order, into intervals: what each machine made, did and
// used in each minute. It is a deterministic fold: the same batches give the same intervals, always, on
// any computer, so that a verifier can make them again from the sealed readings alone.
//
// Three rules decide where things go. A state holds from the poll that saw it until the next one, as far
// as the device was observed. What a counter rose by belongs to the minute of the poll that saw it. What
// a counter rose by while nobody looked is counted, and marked Late, but its minutes stay unobserved.
package account

import (
	"cmp"
	"slices"

	"github.com/lineproof/lineproof/record"
)

// kept is how many minutes stay open behind the newest, for windows that are reported at their end.
const kept = 2

// Fold takes one batch into the state and gives the intervals that it changed, whole, in order of time,
// then line, machine, product and order.
func (s *State) Fold(b record.Batch, cat record.Catalogue) []Interval {
	var changed []Interval
	s.fold(&b, cat, func(m *minutes) { changed = append(changed, m.changed()...) })
	inOrder(changed)
	return changed
}

// Take is Fold for who wants what is Finished alone.
func (s *State) Take(b *record.Batch, cat record.Catalogue) { s.fold(b, cat, func(*minutes) {}) }

func (s *State) fold(b *record.Batch, cat record.Catalogue, booked func(*minutes)) {
	s.hole(b)
	s.finished = nil
	p := s.floorOf(b.CatalogueHash, cat)
	p.hand(b)
	for _, r := range p.machines {
		m := p.open(r, b.Clock)
		if first, ok := r.first(); ok {
			s.finish(m.turn(first))
		}
		p.machine(m, r)
		booked(m)
		s.finish(m.close())
	}
	p.keep()
}

// Finished gives the intervals that can no longer grow since the last Fold, in the order of its own. Each interval is
// among them once. The newest minutes of a machine are not, until it has newer ones.
func (s *State) Finished() []Interval {
	inOrder(s.finished)
	return s.finished
}

func (s *State) finish(final []*Interval) {
	for _, i := range final {
		s.finished = append(s.finished, *i)
	}
}

// Unfinished gives the intervals that may still grow, in the order of Fold.
func (s *State) Unfinished() []Interval {
	var all []Interval
	for _, m := range s.Machines {
		for _, i := range m.Open {
			all = append(all, *i)
		}
	}
	inOrder(all)
	return all
}

func inOrder(all []Interval) {
	slices.SortStableFunc(all, func(a, b Interval) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Machine, b.Machine), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Order, b.Order))
	})
}

// hole forgets what signals said where batches before this one are lost, or contents that never became one: what
// changed in them is not known until the next report. Counters go on from where they stood.
func (s *State) hole(b *record.Batch) {
	lost := b.Seq > s.Seq+1
	for _, g := range b.Gaps {
		lost = lost || g.First == 0
	}
	if lost {
		for _, signal := range s.Signals {
			signal.Missing = true
		}
	}
	s.Seq = b.Seq
}

func (p *floor) machine(m *minutes, r *roles) {
	if r.state != nil {
		p.states(m, r.state)
	} else if r.produced != nil {
		p.infer(m, r)
	}
	if c := r.produced; c != nil {
		p.count(m, c, func(i *Interval, n int64, late bool) {
			i.Produced += n
			if r.good == nil {
				i.Good += n
			}
			if late {
				i.Late += n
			}
		})
	}
	if c := r.good; c != nil {
		p.count(m, c, func(i *Interval, n int64, _ bool) { i.Good += n })
	}
	for k := range r.scrap {
		c := &r.scrap[k]
		p.count(m, c, func(i *Interval, n int64, _ bool) {
			if n == 0 {
				return
			}
			i.Scrap += n
			if i.ScrapBy == nil {
				i.ScrapBy = map[string]int64{}
			}
			i.ScrapBy[c.reason] += n
			if r.good == nil {
				i.Good -= n
			}
		})
	}
	for k := range r.rework {
		p.count(m, &r.rework[k], func(i *Interval, n int64, _ bool) { i.Rework += n })
	}
	if r.materialIn != nil {
		p.weigh(m, r.materialIn, func(i *Interval) *int64 { return &i.MaterialG })
	}
	if r.productOut != nil {
		p.weigh(m, r.productOut, func(i *Interval) *int64 { return &i.OutputG })
	}
	if r.energy != nil {
		p.energy(m, r.energy)
	}
	for k := range r.measures {
		p.measure(m, &r.measures[k])
	}
}

// states books the time of each state between the polls that saw it.
func (p *floor) states(m *minutes, s *signal) {
	for seg := range p.segments(s) {
		var state record.State
		known := !seg.value.IsNone() && seg.value.Kind() != record.Text
		if known {
			state, known = s.States[seg.value.Int()]
		}
		m.enter(seg.Span, state, known)
	}
	// The agent may have stopped looking without a word: what comes after the last span is not known.
}

// segment is a stretch of observed time with the value that a signal had.
type segment struct {
	record.Span
	value record.Value
}

// segments cuts the observed spans of a signal's device where the signal changed. A segment without
// length is a change that the next batch goes on from.
func (p *floor) segments(s *signal) func(yield func(segment) bool) {
	return func(yield func(segment) bool) {
		value, readings := p.kept(s).now(), s.readings
		for _, span := range s.device.spans {
			from := span.From
			for len(readings) > 0 && !readings[0].Time.After(span.To) {
				r := &readings[0]
				readings = readings[1:]
				if r.Time.After(from) {
					if !yield(segment{record.Span{From: from, To: r.Time}, value}) {
						return
					}
					from = r.Time
				}
				value = r.Value
			}
			if !yield(segment{record.Span{From: from, To: span.To}, value}) {
				return
			}
		}
	}
}
