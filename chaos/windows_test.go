package chaos

import (
	"slices"
	"sync"
	"time"

	"github.com/lineproof/lineproof/record"
)

// window is a stretch of time in which a known fault explains that nobody looked, or that what was seen
// is lost.
type window struct {
	record.Span
	cause string
}

// windows are those of a run. Faults of the agent or the plant that are not over yet stay open until it
// works again.
type windows struct {
	mu   sync.Mutex
	all  []*window
	open map[string][]*window // by what has to work again
}

// begin opens a window until what it waits for works.
func (w *windows) begin(until, cause string, from time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	one := &window{record.Span{From: from}, cause}
	w.all = append(w.all, one)
	if w.open == nil {
		w.open = map[string][]*window{}
	}
	w.open[until] = append(w.open[until], one)
}

// end closes all that wait for something.
func (w *windows) end(until string, to time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, one := range w.open[until] {
		one.To = to
	}
	delete(w.open, until)
}

func (w *windows) add(cause string, from, to time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, &window{record.Span{From: from, To: to}, cause})
}

// sorted gives all windows in order, wider by a margin on both sides.
func (w *windows) sorted(margin time.Duration) []window {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []window
	for _, one := range w.all {
		wide := *one
		if wide.To.IsZero() {
			wide.To = time.Now()
		}
		wide.From, wide.To = wide.From.Add(-margin), wide.To.Add(margin)
		all = append(all, wide)
	}
	slices.SortStableFunc(all, func(a, b window) int { return a.From.Compare(b.From) })
	return all
}

// explain takes from a span what windows cover, by cause, and gives what is left.
func explain(s record.Span, all []window, by map[string]time.Duration) (left []record.Span) {
	at := s.From
	for _, w := range all {
		if !w.To.After(at) {
			continue
		}
		if !w.From.Before(s.To) {
			break
		}
		if w.From.After(at) {
			left = append(left, record.Span{From: at, To: w.From})
			at = w.From
		}
		to := w.To
		if to.After(s.To) {
			to = s.To
		}
		by[w.cause] += to.Sub(at)
		if at = to; !at.Before(s.To) {
			return left
		}
	}
	return append(left, record.Span{From: at, To: s.To})
}
