package chaos

import (
	"testing"
	"time"
)

// pair is a figure of the views beside that of the books.
type pair struct{ view, book int64 }

// row is one machine's totals of one run.
type row struct {
	store, machine, product string
	seed                    uint64
	produced, scrap, joules pair
	late                    int64
}

// outcome is what came of one run.
type outcome struct {
	store    string
	seed     uint64
	total    int
	faults   map[string]int // by kind
	rows     []row
	batches  int           // in the ledger
	lost     int           // numbers that the gateway owned up to
	edges    int           // minutes' ends that were compared
	quiet    int           // of them, without a fault near
	moments  int           // at which the state was compared
	seen     time.Duration // observed, of all machines
	unseen   map[string]time.Duration
	findings []string
	failed   func() bool
}

func (o *outcome) causes() map[string]time.Duration {
	if o.unseen == nil {
		o.unseen = map[string]time.Duration{}
	}
	return o.unseen
}

func report(t *testing.T, all []*outcome) {}
