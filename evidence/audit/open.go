package audit

import (
	"crypto/sha256"
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
	leaf record.Hash // of the batch in the tree
	verify.Opening
}

// chunk is how many batches one worker takes at once. Of each stretch of a chain within it one signature is checked.
const chunk = 256

// job is a chunk in work.
type job struct {
	steps []step
	err   error // of what comes after the steps
	done  chan struct{}
}

func newJob() *job { return &job{steps: make([]step, 0, chunk), done: make(chan struct{})} }

// opened opens a bundle's batches on all processors, and gives them in their order.
func opened(b *bundle.Bundle, keys record.Keyring, each bool) iter.Seq2[*step, error] {
	return func(yield func(*step, error) bool) {
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
					j.open(keys, each)
				}
			})
		}
		for j := range inOrder {
			<-j.done
			for i := range j.steps {
				if !yield(&j.steps[i], nil) {
					return
				}
			}
			if j.err != nil {
				yield(nil, j.err)
				return
			}
		}
	}
}

// cut cuts the bundle's entries into jobs.
func cut(b *bundle.Bundle, hand func(*job) bool) {
	next := newJob()
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
		next = newJob()
	}
	hand(next)
}

func (j *job) open(keys record.Keyring, each bool) {
	defer close(j.done)
	sealed := make([][]byte, 0, len(j.steps))
	for _, s := range j.steps {
		if s.Sealed != nil { // the end alone has none
			sealed = append(sealed, s.Sealed)
		}
	}
	leaves := sha256.New()
	for i, o := range verify.OpenAll(sealed, keys, each) {
		j.steps[i].Opening = o
		leaves.Reset()
		leaves.Write([]byte{rfc6962.RFC6962LeafHashPrefix})
		leaves.Write(sealed[i])
		leaves.Sum(j.steps[i].leaf[:0])
	}
}
