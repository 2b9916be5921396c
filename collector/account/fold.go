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
	"sync"
	"time"

	"github.com/lineproof/lineproof/record"
)

// kept is how many minutes stay open behind the newest, for windows that are reported at their end.
const kept = 2

// Fold takes one batch into the state and gives the intervals that it changed, whole, in order of time,
// then line, machine, product and order.
func (s *State) Fold(b record.Batch, cat record.Catalogue) []Interval {
	var changed []Interval
	s.fold(&b, PlantOf(cat), func(m *minutes) { changed = append(changed, m.changed()...) })
	inOrder(changed)
	return changed
}

// Take is Fold for who wants what is Finished alone.
func (s *State) Take(b *record.Batch, p *Plant) { s.fold(b, p, func(*minutes) {}) }

func (s *State) fold(b *record.Batch, p *Plant, booked func(*minutes)) {
	s.hole(b)
	for _, m := range s.Machines {
		m.finished = nil
	}
	w := works.Get().(*work)
	defer works.Put(w)
	f := fold{state: s, Plant: p, readings: w.readings, spans: w.spans}
	f.sort(b)
	for i := range p.machines {
		r := &p.machines[i]
		m := &minutes{Machine: s.machine(r), site: p.site, clock: b.Clock, makings: f.makings(r.line, r.Machine), microStop: r.microStop}
		m.before(time.Time{})
		if first, ok := f.first(r); ok {
			m.turn(first)
		}
		m.touched = append(w.touched[:0], make([]bool, len(m.Open))...)
		f.machine(m, r)
		booked(m)
		w.touched = m.touched
		m.close()
	}
	for name, readings := range f.readings {
		s.signal(name).remember(readings)
	}
	for device, spans := range f.spans {
		if n := len(spans); n > 0 {
			s.Looked[device] = span(spans[n-1])
		}
	}
}

// work is memory that one Fold leaves to the next.
type work struct {
	readings map[string][]record.Reading
	spans    map[string][]record.Span
	touched  []bool
}

var works = sync.Pool{New: func() any {
	return &work{readings: map[string][]record.Reading{}, spans: map[string][]record.Span{}}
}}

// sort lists a batch's readings by signal, and what was observed by device.
func (f *fold) sort(b *record.Batch) {
	clear(f.readings)
	clear(f.spans)
	for from := 0; from < len(b.Readings); {
		to, signal := from+1, b.Readings[from].Signal
		for to < len(b.Readings) && b.Readings[to].Signal == signal {
			to++
		}
		f.readings[signal] = joined(f.readings[signal], b.Readings[from:to])
		from = to
	}
	for _, o := range b.Observed {
		f.spans[o.Device] = joined(f.spans[o.Device], o.Spans)
	}
}

// joined is more behind what there is; alone, it is not copied.
func joined[T any](all, more []T) []T {
	if len(all) == 0 {
		return slices.Clip(more)
	}
	return append(all, more...)
}

// Finished gives the intervals that can no longer grow since the last Fold, in the order of its own. Each interval is
// among them once. The newest minutes of a machine are not, until it has newer ones.
func (s *State) Finished() []Interval {
	var finished []Interval
	for _, m := range s.Machines {
		finished = append(finished, m.finished...)
	}
	inOrder(finished)
	return finished
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

// fold is the work on one batch.
type fold struct {
	state *State
	*Plant
	readings map[string][]record.Reading // by signal
	spans    map[string][]record.Span    // by device
}

func (f *fold) machine(m *minutes, r *roles) {
	model := &r.Machine
	if model.State != "" {
		f.states(m, model.State)
	} else if model.Produced != nil {
		f.infer(m, *model)
	}
	if c := model.Produced; c != nil {
		f.count(m, *c, func(i *Interval, n int64, late bool) {
			i.Produced += n
			if model.Good == nil {
				i.Good += n
			}
			if late {
				i.Late += n
			}
		})
	}
	if c := model.Good; c != nil {
		f.count(m, *c, func(i *Interval, n int64, _ bool) { i.Good += n })
	}
	for _, c := range model.Scrap {
		f.count(m, c, func(i *Interval, n int64, _ bool) {
			if n == 0 {
				return
			}
			i.Scrap += n
			if i.ScrapBy == nil {
				i.ScrapBy = map[string]int64{}
			}
			i.ScrapBy[c.Reason] += n
			if model.Good == nil {
				i.Good -= n
			}
		})
	}
	for _, c := range model.Rework {
		f.count(m, c, func(i *Interval, n int64, _ bool) { i.Rework += n })
	}
	if model.MaterialIn != "" {
		f.weigh(m, model.MaterialIn, func(i *Interval) *int64 { return &i.MaterialG })
	}
	if model.ProductOut != "" {
		f.weigh(m, model.ProductOut, func(i *Interval) *int64 { return &i.OutputG })
	}
	if model.Energy != "" {
		f.energy(m, model.Energy)
	}
	for _, name := range r.measures {
		f.measure(m, name, model.Measures[name].From)
	}
}

// states books the time of each state between the polls that saw it.
func (f *fold) states(m *minutes, signal string) {
	meaning := f.signal(signal).States
	for seg := range f.segments(signal) {
		var state record.State
		known := !seg.value.IsNone() && seg.value.Kind() != record.Text
		if known {
			state, known = meaning[seg.value.Int()]
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
func (f *fold) segments(signal string) func(yield func(segment) bool) {
	return func(yield func(segment) bool) {
		value := f.state.signal(signal).now()
		readings := f.readings[signal]
		for _, span := range f.spans[f.signal(signal).Device] {
			from := span.From
			for len(readings) > 0 && !readings[0].Time.After(span.To) {
				r := readings[0]
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

// looked tells whether the device was observed up to t from before t: what changed at t changed since the
// poll before, and not at some time when nobody looked.
func (f *fold) looked(device string, t time.Time) bool {
	in := func(s record.Span) bool { return s.From.Before(t) && !t.After(s.To) }
	return in(record.Span(f.state.Looked[device])) || slices.ContainsFunc(f.spans[device], in)
}

func (s *Signal) remember(readings []record.Reading) {
	for _, r := range readings {
		s.Missing = r.Quality == record.Missing
		if !s.Missing {
			s.Value, s.Time = r.Value, r.Time
		}
	}
}
