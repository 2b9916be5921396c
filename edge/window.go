package edge

import (
	"time"

	"github.com/lineproof/lineproof/record"
)

// window sums up the samples of one stretch of time. Windows are aligned to the wall clock: those of a
// minute begin with each minute.
type window struct {
	length time.Duration

	signal    string
	start     time.Time // zero: none is open
	latest    time.Time // of the samples
	count     uint32
	sum       float64
	min, max  float64
	uncertain bool
}

// add takes a sample. The first at or after the end of a window ends it and begins its own; the summary
// of the ended one is dated at its end, and Missing where it had no value.
func (w *window) add(r record.Reading) (summary record.Reading, ended bool) {
	w.signal = r.Signal
	switch {
	case w.start.IsZero():
		w.begin(r.Time)
	case r.Time.Before(w.start): // the clock was set back: what was collected ends where it was
		summary, ended = w.summary(w.latest.Add(time.Millisecond)), w.count > 0
		w.begin(r.Time)
	case !r.Time.Before(w.start.Add(w.length)):
		summary, ended = w.summary(w.start.Add(w.length)), true
		w.begin(r.Time)
	}
	w.latest = r.Time
	if r.Quality == record.Missing || r.Value.Kind() == record.Text {
		return summary, ended
	}
	v := r.Value.Float()
	if w.count == 0 {
		w.min, w.max = v, v
	}
	w.count++
	w.sum += v
	w.min, w.max = min(w.min, v), max(w.max, v)
	w.uncertain = w.uncertain || r.Quality == record.Uncertain
	return summary, ended
}

func (w *window) begin(t time.Time) {
	*w = window{length: w.length, signal: w.signal, start: t.Truncate(w.length)}
}

// summary is the window as it is, ending at end.
func (w *window) summary(end time.Time) record.Reading {
	r := record.Reading{Signal: w.signal, Time: end}
	if w.count == 0 {
		return r
	}
	r.Value, r.Quality = record.FloatValue(w.sum/float64(w.count)), record.Good
	if r.Value.IsNone() { // the sum ran over
		return record.Reading{Signal: w.signal, Time: end}
	}
	if w.uncertain {
		r.Quality = record.Uncertain
	}
	r.Window = &record.Window{Count: w.count, Min: w.min, Max: w.max, Span: end.Sub(w.start)}
	return r
}
