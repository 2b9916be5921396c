package board

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/record"
)

// Readings is what one signal said over a window: the readings themselves where they are few, else buckets of them.
type Readings struct {
	Signal Signal    `json:"signal"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to" doc:"not later than what is known: the future is no hole"`

	As       string          `json:"as" enum:"readings,buckets" doc:"which of the two the answer is in"`
	WidthS   float64         `json:"width_s" doc:"of the buckets; 0 for readings"`
	Readings []Reading       `json:"readings" nullable:"false"`
	Buckets  []ReadingBucket `json:"buckets" nullable:"false" doc:"those with a reading, in order"`
	Holes    []Hole          `json:"holes" nullable:"false" doc:"stretches without a value for longer than the heartbeat, or after a reading that failed: nobody looked. Of buckets, those much shorter than one are left out"`

	Count int64    `json:"count" doc:"readings in the window"`
	Bad   int64    `json:"bad" doc:"of these, with another quality than good"`
	First any      `json:"first" doc:"value in the window; null where there is none"`
	Last  any      `json:"last"`
	Rise  *float64 `json:"rise" doc:"of a counter: by how much it rose over the window, also past its end; null for others"`
	Falls int64    `json:"falls" doc:"of a counter: how often it began anew, past its end or set back"`
}

// Hole is a stretch of time in which nobody looked.
type Hole struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Reading is what a signal said at one time.
type Reading struct {
	Time    time.Time     `json:"time"`
	Value   any           `json:"value" doc:"number, switch or text; null when it is missing"`
	State   *record.State `json:"state,omitempty" enum:"undefined,clearing,stopped,starting,idle,suspended,execute,stopping,aborting,aborted,holding,held,unholding,suspending,unsuspending,resetting,completing,complete" doc:"PackML, what the number means; absent where it means none"`
	Quality string        `json:"quality" enum:"missing,good,uncertain"`
	Samples *ReadingSpan  `json:"samples,omitempty" doc:"what a mean is of"`
}

// ReadingSpan is the samples that a reading is the mean of.
type ReadingSpan struct {
	Count uint32  `json:"count"`
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
	SpanS float64 `json:"span_s" doc:"up to the reading's time"`
}

// ReadingBucket sums up the readings of a part of the window.
type ReadingBucket struct {
	From       time.Time     `json:"from"`
	To         time.Time     `json:"to"`
	First      any           `json:"first" doc:"value; null where all readings are missing"`
	Min        *float64      `json:"min" doc:"also of the samples that readings are means of; null for texts and states"`
	Mean       *float64      `json:"mean" doc:"of the readings, each of the same weight; of a switch, the part that is on"`
	Max        *float64      `json:"max"`
	Last       any           `json:"last"`
	FirstState *record.State `json:"first_state,omitempty" enum:"undefined,clearing,stopped,starting,idle,suspended,execute,stopping,aborting,aborted,holding,held,unholding,suspending,unsuspending,resetting,completing,complete"`
	LastState  *record.State `json:"last_state,omitempty" enum:"undefined,clearing,stopped,starting,idle,suspended,execute,stopping,aborting,aborted,holding,held,unholding,suspending,unsuspending,resetting,completing,complete"`
	Mixed      bool          `json:"mixed" doc:"whether the values are not all the same"`
	Count      int64         `json:"count"`
	Bad        int64         `json:"bad" doc:"readings with another quality than good"`
	GapS       float64       `json:"longest_gap_s" doc:"longest time between two values"`
}

// ReadingsQuery asks for one signal.
type ReadingsQuery struct {
	Signal   string
	From, To time.Time
	Points   int
}

// Readings looks at one signal of a line.
func (b *Board) Readings(ctx context.Context, line string, q ReadingsQuery) (Readings, error) {
	p, err := b.find(line)
	if err != nil {
		return Readings{}, err
	}
	signal, err := b.findSignal(ctx, line, q.Signal)
	if err != nil {
		return Readings{}, err
	}
	b.mu.RLock()
	at := series.PlacesOf(p.gateway.Head.Catalogue).Of(q.Signal)
	b.mu.RUnlock()
	from, to := q.From.UTC().Truncate(time.Millisecond), q.To.UTC().Truncate(time.Millisecond)
	if until := p.until(b.clock.Now()); to.After(until) {
		to = until
	}
	a := Readings{Signal: signal, From: from, To: to, As: "readings", Readings: []Reading{}, Buckets: []ReadingBucket{}, Holes: []Hole{}}
	if !from.Before(to) {
		a.To = from
		return a, nil
	}
	view, err := series.Look(ctx, b.store, series.Query{Site: p.site, Line: at.Line, Signals: []string{q.Signal}, From: from, To: to},
		series.Sight{Points: q.Points, Hole: heartbeat(p.signals[q.Signal])})
	if err != nil {
		return a, fmt.Errorf("readings of %s: %w", q.Signal, err)
	}
	a.fill(view, p.signals[q.Signal])
	return a, nil
}

func (a *Readings) fill(view series.View, s record.Signal) {
	if a.WidthS = view.Width.Seconds(); view.Width > 0 {
		a.As = "buckets"
	}
	for _, r := range view.Readings {
		one := Reading{Time: r.Time, Value: r.Value.Any(), State: meaning(s, r.Value), Quality: r.Quality.String()}
		if w := r.Window; w != nil {
			one.Samples = &ReadingSpan{w.Count, w.Min, w.Max, w.Span.Seconds()}
		}
		a.Readings = append(a.Readings, one)
	}
	for _, b := range view.Buckets {
		a.Buckets = append(a.Buckets, bucketOf(b, s))
	}
	for _, h := range view.Holes {
		a.Holes = append(a.Holes, Hole(h))
	}
	a.Count, a.Bad, a.First, a.Last = view.Sum.Count, view.Sum.Bad, view.Sum.First.Any(), view.Sum.Last.Any()
	if s.Counter && view.Sum.Numbers > 0 {
		rise := riseOf(view.Sum, s)
		a.Rise, a.Falls = &rise, view.Sum.Falls
	}
}

func bucketOf(b series.Bucket, s record.Signal) ReadingBucket {
	one := ReadingBucket{
		From: b.Start, To: b.End, First: b.First.Any(), Last: b.Last.Any(), FirstState: meaning(s, b.First), LastState: meaning(s, b.Last),
		Mixed: b.Mixed, Count: b.Count, Bad: b.Bad, GapS: b.Gap.Seconds(),
	}
	if mean, ok := b.Mean(); ok && len(s.States) == 0 {
		one.Min, one.Mean, one.Max = &b.Min, &mean, &b.Max
	}
	return one
}

// meaning is the state that a signal's number stands for; nil where it stands for none.
func meaning(s record.Signal, v record.Value) *record.State {
	if v.IsNone() || v.Kind() == record.Text {
		return nil
	}
	if state, ok := s.States[v.Int()]; ok {
		return &state
	}
	return nil
}

// riseOf is what a counter counted: from the first to the last value, and all of its width again each time that it
// went past its end. Steps back that are too short for that are taken for a new beginning, from 0 up to an unknown
// number; what it counted in that step is left out.
func riseOf(b series.Bucket, s record.Signal) float64 {
	if b.Falls == 0 || s.Width == 0 {
		return b.Rise
	}
	scale := s.Scale
	if scale == 0 {
		scale = 1
	}
	around := math.Ldexp(scale, s.Width)
	fell := b.Rise - (b.Last.Float() - b.First.Float())
	if fell < float64(b.Falls)*around*3/4 { // as the account takes a step for a rollover
		return b.Rise
	}
	return b.Rise + float64(b.Falls)*around - fell
}
