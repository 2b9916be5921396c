package record

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/lineproof/lineproof/record/recordpb"
)

func toWire(b Batch) *recordpb.Batch {
	w := &recordpb.Batch{
		Gateway: b.Gateway,
		Seq:     b.Seq,
		Boot:    b.Boot[:],
		Clock: &recordpb.Clock{
			State:        recordpb.Clock_State(b.Clock.State),
			ErrorBoundUs: b.Clock.ErrorBound.Microseconds(),
			MonotonicMs:  b.Clock.Monotonic.Milliseconds(),
		},
		SealedAt:      b.SealedAt.UnixMilli(),
		CatalogueHash: hashBytes(b.CatalogueHash),
		Prev:          hashBytes(b.Prev),
		Catalogue:     b.Catalogue,
		Columns:       toColumns(b.Readings),
		Dated:         toDated(b.Dated),
		Successor:     toSuccessor(b.Successor),
	}
	for _, o := range b.Observed {
		w.Observed = append(w.Observed, toObserved(o))
	}
	for _, s := range b.Statements {
		w.Statements = append(w.Statements, toStatement(s))
	}
	for _, g := range b.Gaps {
		w.Gaps = append(w.Gaps, &recordpb.Gap{
			First: g.First, Last: g.Last, From: g.Span.From.UnixMilli(), To: g.Span.To.UnixMilli(), Why: g.Why,
		})
	}
	return w
}

// fromWire takes room for what the batch holds from a memory.
func fromWire(w *recordpb.Batch, m *Memory) (Batch, error) {
	b := Batch{
		Gateway:   w.Gateway,
		Seq:       w.Seq,
		SealedAt:  fromMillis(w.SealedAt),
		Catalogue: w.Catalogue,
		Clock: Clock{
			State:      ClockState(min(max(w.GetClock().GetState(), 0), math.MaxUint8)),
			ErrorBound: time.Duration(w.GetClock().GetErrorBoundUs()) * time.Microsecond,
			Monotonic:  time.Duration(w.GetClock().GetMonotonicMs()) * time.Millisecond,
		},
	}
	if err := CheckName(b.Gateway); err != nil {
		return Batch{}, fmt.Errorf("gateway: %w", err)
	}
	if b.Seq == 0 {
		return Batch{}, errors.New("sequence number 0")
	}
	if err := setHash(&b.Prev, w.Prev); err != nil {
		return Batch{}, fmt.Errorf("previous batch: %w", err)
	}
	if b.Prev.IsZero() != (b.Seq == 1) {
		return Batch{}, fmt.Errorf("batch %d: only the first batch has none before it", b.Seq)
	}
	if err := setHash(&b.CatalogueHash, w.CatalogueHash); err != nil {
		return Batch{}, fmt.Errorf("catalogue: %w", err)
	}
	if len(b.Catalogue) > 0 && HashOf(b.Catalogue) != b.CatalogueHash {
		return Batch{}, errors.New("catalogue: not the one whose hash is given")
	}
	if b.Clock.ErrorBound.Microseconds() != w.GetClock().GetErrorBoundUs() || b.Clock.Monotonic.Milliseconds() != w.GetClock().GetMonotonicMs() {
		return Batch{}, errors.New("clock: a time beyond 292 years")
	}
	if copy(b.Boot[:], w.Boot) != len(w.Boot) {
		return Batch{}, errors.New("boot id: too long")
	}
	var err error
	if b.Dated, err = fromDated(w.Dated); err != nil {
		return Batch{}, fmt.Errorf("dated: %w", err)
	}
	if b.Successor, err = fromSuccessor(b.Gateway, w.Successor); err != nil {
		return Batch{}, err
	}
	if len(w.Observed) > 0 {
		b.Observed = m.observed.take(len(w.Observed))
	}
	for _, o := range w.Observed {
		observed, err := fromObserved(o, m)
		if err != nil {
			return Batch{}, fmt.Errorf("device %q: %w", o.Device, err)
		}
		b.Observed = append(b.Observed, observed)
	}
	if n := countReadings(w.Columns); n > 0 {
		b.Readings = m.readings.take(n)
	}
	for _, c := range w.Columns {
		if b.Readings, err = appendColumn(b.Readings, c, m); err != nil {
			return Batch{}, fmt.Errorf("signal %q: %w", c.Signal, err)
		}
	}
	if !ordered(w.Columns, b.Readings) {
		b.Readings = inOrder(b.Readings)
	}
	for _, s := range w.Statements {
		statement, err := fromStatement(s)
		if err != nil {
			return Batch{}, fmt.Errorf("statement %q: %w", s.Id, err)
		}
		b.Statements = append(b.Statements, statement)
	}
	for _, g := range w.Gaps {
		b.Gaps = append(b.Gaps, Gap{
			First: g.First, Last: g.Last, Why: g.Why,
			Span: Span{From: fromMillis(g.From), To: fromMillis(g.To)},
		})
	}
	return b, nil
}

func countReadings(columns []*recordpb.Column) (n int) {
	for _, c := range columns {
		n += len(c.Times)
	}
	return n
}

// ordered tells whether each signal has one column, in order of time, as nearly all have.
func ordered(columns []*recordpb.Column, readings []Reading) bool {
	for i, c := range columns {
		for _, before := range columns[:i] {
			if before.Signal == c.Signal {
				return false
			}
		}
	}
	for i := 1; i < len(readings); i++ {
		if readings[i].Signal == readings[i-1].Signal && readings[i].Time.Before(readings[i-1].Time) {
			return false
		}
	}
	return true
}

// inOrder brings the readings of a signal that needed several columns back into order of time.
func inOrder(readings []Reading) []Reading {
	rank := map[string]int{}
	for _, r := range readings {
		if _, seen := rank[r.Signal]; !seen {
			rank[r.Signal] = len(rank)
		}
	}
	slices.SortStableFunc(readings, func(a, b Reading) int {
		return cmp.Or(cmp.Compare(rank[a.Signal], rank[b.Signal]), a.Time.Compare(b.Time))
	})
	return readings
}

func toDated(d *Dated) *recordpb.Dated {
	if d == nil {
		return nil
	}
	return &recordpb.Dated{Boot: d.Boot[:], MonotonicMs: d.Monotonic.Milliseconds(), After: millis(d.After), Before: millis(d.Before)}
}

func fromDated(w *recordpb.Dated) (*Dated, error) {
	if w == nil {
		return nil, nil
	}
	d := &Dated{Monotonic: time.Duration(w.MonotonicMs) * time.Millisecond, After: fromMillisOrNone(w.After), Before: fromMillisOrNone(w.Before)}
	if copy(d.Boot[:], w.Boot) != len(w.Boot) {
		return nil, errors.New("boot id: too long")
	}
	if d.Monotonic.Milliseconds() != w.MonotonicMs {
		return nil, errors.New("a time beyond 292 years")
	}
	return d, nil
}

// millis is a time in Unix milliseconds, 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillisOrNone(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return fromMillis(ms)
}

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

func hashBytes(h Hash) []byte {
	if h.IsZero() {
		return nil
	}
	return h[:]
}

func setHash(h *Hash, b []byte) error {
	if len(b) != 0 && len(b) != len(h) {
		return fmt.Errorf("a hash of %d bytes", len(b))
	}
	copy(h[:], b)
	return nil
}

func toObserved(o Observed) *recordpb.Observed {
	w := &recordpb.Observed{Device: o.Device, Polls: o.Polls, Failed: o.Failed, LastError: strings.ToValidUTF8(o.LastError, "?")}
	if len(o.Spans) == 0 {
		return w
	}
	w.Base = o.Spans[0].From.UnixMilli()
	last := w.Base
	for _, s := range o.Spans {
		for _, edge := range []int64{s.From.UnixMilli(), s.To.UnixMilli()} {
			w.Edges = append(w.Edges, edge-last)
			last = edge
		}
	}
	return w
}

func fromObserved(w *recordpb.Observed, m *Memory) (Observed, error) {
	o := Observed{Device: w.Device, Polls: w.Polls, Failed: w.Failed, LastError: w.LastError}
	if len(w.Edges)%2 != 0 {
		return Observed{}, errors.New("a window without an end")
	}
	if len(w.Edges) > 0 {
		o.Spans = m.spans.take(len(w.Edges) / 2)
	}
	at := w.Base
	for i := 0; i < len(w.Edges); i += 2 {
		if w.Edges[i] < 0 || w.Edges[i+1] < 0 {
			return Observed{}, errors.New("windows that run backwards")
		}
		from := at + w.Edges[i]
		to := from + w.Edges[i+1]
		if from < at || to < from {
			return Observed{}, errors.New("windows that run over the end of time")
		}
		o.Spans = append(o.Spans, Span{From: fromMillis(from), To: fromMillis(to)})
		at = to
	}
	return o, nil
}

// toColumns groups readings by signal, kind and whether they are windows, in order of first appearance.
func toColumns(readings []Reading) []*recordpb.Column {
	type key struct {
		signal string
		kind   Kind
		window bool
	}
	kinds := map[string]Kind{} // of each signal's first value: missing readings go along with it
	for _, r := range readings {
		if kinds[r.Signal] == None {
			kinds[r.Signal] = r.Value.Kind()
		}
	}
	index := map[key]*columnWriter{}
	var columns []*recordpb.Column
	for _, r := range readings {
		k := key{r.Signal, r.Value.Kind(), r.Window != nil}
		if k.kind == None {
			k.kind = kinds[r.Signal]
		}
		c := index[k]
		if c == nil {
			c = &columnWriter{Column: &recordpb.Column{Signal: r.Signal, Kind: recordpb.Column_Kind(k.kind)}}
			index[k] = c
			columns = append(columns, c.Column)
		}
		c.add(r)
	}
	return columns
}

type columnWriter struct {
	*recordpb.Column
	at, step int64 // Unix milliseconds of the last reading, and how far it was from the one before
	value    int64
}

// add appends a reading. One that is Missing has no value, and one without a value is Missing, whatever
// its driver says: else nobody could open the batch.
func (c *columnWriter) add(r Reading) {
	if r.Quality == Missing || r.Value.IsNone() {
		r.Quality, r.Value = Missing, Value{}
	}
	at := r.Time.UnixMilli()
	if len(c.Times) == 0 {
		c.Base, c.at = at, at
	}
	c.Times = append(c.Times, at-c.at-c.step)
	c.step, c.at = at-c.at, at
	if c.Qualities != nil || r.Quality != Good {
		for len(c.Qualities) < len(c.Times)-1 {
			c.Qualities = append(c.Qualities, byte(Good))
		}
		c.Qualities = append(c.Qualities, byte(r.Quality))
	}
	if w := r.Window; w != nil {
		c.Mins, c.Maxs = append(c.Mins, w.Min), append(c.Maxs, w.Max)
		c.Counts, c.SpansMs = append(c.Counts, w.Count), append(c.SpansMs, uint32(w.Span.Milliseconds()))
	}
	switch r.Value.Kind() {
	case Int, Uint, Bool:
		c.Ints = append(c.Ints, r.Value.Int()-c.value)
		c.value = r.Value.Int()
	case Float:
		c.Floats = append(c.Floats, r.Value.Float())
	case Text:
		c.Texts = append(c.Texts, strings.ToValidUTF8(r.Value.Text(), "?"))
	}
}

// appendColumn appends a column's readings.
func appendColumn(readings []Reading, w *recordpb.Column, m *Memory) ([]Reading, error) {
	n := len(w.Times)
	windows := len(w.Counts) > 0
	if len(w.Qualities) != 0 && len(w.Qualities) != n {
		return nil, errors.New("not one quality for each time")
	}
	if windows && slices.ContainsFunc([]int{len(w.Mins), len(w.Maxs), len(w.Counts), len(w.SpansMs)}, func(l int) bool { return l != n }) {
		return nil, errors.New("not one window for each time")
	}
	if slices.ContainsFunc(w.Mins, notFinite) || slices.ContainsFunc(w.Maxs, notFinite) {
		return nil, errors.New("a window whose ends are not numbers")
	}
	values := columnReader{Column: w}
	var ends []Window
	if windows {
		ends = m.windows.take(n)
	}
	at, step := w.Base, int64(0)
	for i, more := range w.Times {
		step += more
		at += step
		r := Reading{Signal: w.Signal, Time: fromMillis(at), Quality: Good}
		if len(w.Qualities) != 0 {
			r.Quality = Quality(w.Qualities[i])
		}
		if r.Quality > Uncertain {
			return nil, fmt.Errorf("unknown quality %d", r.Quality)
		}
		if r.Quality != Missing {
			var ok bool
			if r.Value, ok = values.next(); !ok {
				return nil, errors.New("fewer values than times")
			}
		}
		if windows {
			ends = append(ends, Window{Count: w.Counts[i], Min: w.Mins[i], Max: w.Maxs[i], Span: time.Duration(w.SpansMs[i]) * time.Millisecond})
			r.Window = &ends[i]
		}
		readings = append(readings, r)
	}
	if !values.done() {
		return nil, errors.New("more values than times")
	}
	return readings, nil
}

func notFinite(f float64) bool { return math.IsNaN(f) || math.IsInf(f, 0) }

type columnReader struct {
	*recordpb.Column
	i     int
	value int64
}

func (c *columnReader) next() (v Value, ok bool) {
	i := c.i
	c.i++
	switch Kind(c.Kind) {
	case Int, Uint, Bool:
		if i >= len(c.Ints) {
			return v, false
		}
		c.value += c.Ints[i]
		switch Kind(c.Kind) {
		case Int:
			return IntValue(c.value), true
		case Uint:
			return UintValue(uint64(c.value)), true
		}
		return BoolValue(c.value != 0), c.value == 0 || c.value == 1
	case Float:
		if i >= len(c.Floats) {
			return v, false
		}
		v = FloatValue(c.Floats[i])
		return v, !v.IsNone()
	case Text:
		if i >= len(c.Texts) {
			return v, false
		}
		return TextValue(c.Texts[i]), true
	}
	return v, false
}

func (c *columnReader) done() bool { return c.i == len(c.Ints)+len(c.Floats)+len(c.Texts) }
