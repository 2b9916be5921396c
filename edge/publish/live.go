package publish

import (
	"maps"
	"sync"
	"time"

	"github.com/lineproof/lineproof/record"
)

// image is what all signals said last, and which of that was not shown yet.
type image struct {
	mu      sync.Mutex
	at      time.Time
	all     map[string]record.Value
	pending map[string]record.Value
	wake    chan struct{} // holds one when something is pending
}

func newImage() *image {
	return &image{
		all:     map[string]record.Value{},
		pending: map[string]record.Value{},
		wake:    make(chan struct{}, 1),
	}
}

func (i *image) show(at time.Time, changed []record.Reading) {
	if len(changed) == 0 {
		return
	}
	i.mu.Lock()
	i.at = at
	for _, r := range changed {
		i.all[r.Signal] = r.Value
		i.pending[r.Signal] = r.Value
	}
	i.mu.Unlock()
	select {
	case i.wake <- struct{}{}:
	default:
	}
}

// take gives what was not shown yet, or everything; ok is false where there is nothing.
func (i *image) take(everything bool) (l record.Live, ok bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	values := i.pending
	if everything {
		values = i.all
	}
	if len(values) == 0 {
		return l, false
	}
	l = record.Live{Time: i.at, Values: make(map[string]any, len(values))}
	for name, v := range maps.All(values) {
		l.Values[name] = v.Any()
	}
	clear(i.pending)
	return l, true
}
