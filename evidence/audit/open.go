package audit

import (
	"iter"
	"runtime"
	"sync"

	"github.com/transparency-dev/merkle/rfc6962"

	"github.com/lineproof/lineproof/collector/verify"
	"github.com/lineproof/lineproof/evidence/bundle"
	"github.com/lineproof/lineproof/record"
)

// step is an entry of the bundle that was opened.
type step struct {
	bundle.Entry
	leaf []byte // of the batch in the tree; nil at the end
	verify.Opened
	err error // of Opened
}

// chunk is how many batches one worker takes at once.
const chunk = 64

// job is a chunk in work.
type job struct {
	steps []step
	err   error // of what comes after the steps
	done  chan struct{}
}

// opened opens a bundle's batches on all processors, and gives them in their order.
func opened(b *bundle.Bundle, keys record.Keyring) iter.Seq2[step, error] {
	return func(yield func(step, error) bool) {
		var all sync.WaitGroup
		defer all.Wait()
		stop := make(chan struct{})
		defer close(stop)
		n := runtime.GOMAXPROCS(0)
		work, inOrder := make(chan *job, n), make(chan *job, 4*n)
		all.Go(func() {
			defer close(inOrder)
			defer close(work)
			cut(b, func(j *job) bool {
				for _, to := range []chan *job{inOrder, work} {
					select {
					case to <- j:
					case <-stop:
						return false
					}
				}
				return true
			})
		})
		for range n {
			all.Go(func() {
				for j := range work {
					j.open(keys)
				}
			})
		}
		for j := range inOrder {
			<-j.done
			for _, s := range j.steps {
				if !yield(s, nil) {
					return
				}
			}
			if j.err != nil {
				yield(step{}, j.err)
				return
			}
		}
	}
}

// cut cuts the bundle's entries into jobs.
func cut(b *bundle.Bundle, hand func(*job) bool) {
	next := &job{done: make(chan struct{})}
	for e, err := range b.Entries() {
		if next.err = err; err == nil {
			next.steps = append(next.steps, step{Entry: e})
		}
		if len(next.steps) < chunk && err == nil {
			continue
		}
		if !hand(next) || err != nil {
			return
		}
		next = &job{done: make(chan struct{})}
	}
	hand(next)
}

func (j *job) open(keys record.Keyring) {
	defer close(j.done)
	for i := range j.steps {
		if s := &j.steps[i]; s.Sealed != nil {
			s.leaf = rfc6962.DefaultHasher.HashLeaf(s.Sealed)
			s.Opened, s.err = verify.Open(s.Sealed, keys)
		}
	}
}
