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

// step is an entry of the bundle that was opened. It is good until the next one, unless its job is held.
type step struct {
	bundle.Entry
	leaf record.Hash // of the batch in the tree
	verify.Opening
	job *job
}

// chunk is how many batches one worker takes at once. Of each stretch of a chain within it one signature is checked.
const chunk = 256

// mostKept is how large the batches of a chunk may be for its memory to be kept, in bytes.
const mostKept = 4 << 20

// job is a chunk in work. Its memory is used again.
type job struct {
	steps  []step
	bytes  []byte   // of the batches
	sealed [][]byte // the batches, parts of bytes
	opener verify.Opener
	err    error         // of what comes after the steps
	done   chan struct{} // gives once it is open
	held   bool          // somebody keeps one of the steps
}

func newJob() *job { return &job{steps: make([]step, 0, chunk), done: make(chan struct{}, 1)} }

// opened opens a bundle's batches on all processors, and gives them in their order.
func opened(b *bundle.Bundle, keys record.Keyring, each bool) iter.Seq2[*step, error] {
	return func(yield func(*step, error) bool) {
		var all sync.WaitGroup
		defer all.Wait()
		stop := make(chan struct{})
		defer close(stop)
		n := runtime.GOMAXPROCS(0)
		work, inOrder, spare := make(chan *job, n), make(chan *job, n), make(chan *job, 4*n)
		all.Go(func() {
			defer close(inOrder)
			defer close(work)
			cut(b, spare, func(j *job) bool {
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
			if !j.held && cap(j.bytes) <= mostKept {
				spare <- j // there are never so many that it would wait
			}
		}
	}
}

// cut cuts the bundle's entries into jobs, of which it takes those that are spare.
func cut(b *bundle.Bundle, spare <-chan *job, hand func(*job) bool) {
	next := newJob()
	for e, err := range b.Entries() {
		if next.err = err; err == nil {
			next.add(e)
		}
		if len(next.steps) < chunk && err == nil {
			continue
		}
		if !hand(next) || err != nil {
			return
		}
		select {
		case next = <-spare:
			next.empty()
		default:
			next = newJob()
		}
	}
	hand(next)
}

// empty lets a job begin again.
func (j *job) empty() { j.steps, j.bytes, j.sealed = j.steps[:0], j.bytes[:0], j.sealed[:0] }

// add takes an entry, and a copy of its batch.
func (j *job) add(e bundle.Entry) {
	if e.Sealed != nil { // the end alone has none
		from := len(j.bytes)
		j.bytes = append(j.bytes, e.Sealed...)
		e.Sealed = j.bytes[from:len(j.bytes):len(j.bytes)]
		j.sealed = append(j.sealed, e.Sealed)
	}
	j.steps = append(j.steps, step{Entry: e, job: j})
}

func (j *job) open(keys record.Keyring, each bool) {
	defer func() { j.done <- struct{}{} }()
	leaves := sha256.New()
	for i, o := range j.opener.All(j.sealed, keys, each) {
		s := &j.steps[i]
		s.Opening = o
		leaves.Reset()
		leaves.Write([]byte{rfc6962.RFC6962LeafHashPrefix})
		leaves.Write(s.Sealed)
		leaves.Sum(s.leaf[:0])
	}
}
