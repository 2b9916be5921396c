package collector

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"
	"time"

	"github.com/lineproof/lineproof/collector/account"
)

// marks are fingerprints of the minutes of a series store, 16 bytes each, to tell which of them somebody changed.
type marks map[account.Key][]mark // by what an interval is of; Start is 0

// mark is one minute.
type mark struct {
	start int64 // Unix milliseconds
	sum   uint64
}

// note takes a minute with its text.
func (m marks) note(i *account.Interval, text []byte) {
	of := i.Key()
	at := of.Start
	of.Start = 0
	sum := sha256.Sum256(text)
	m[of] = append(m[of], mark{at, binary.LittleEndian.Uint64(sum[:])})
}

// ChangedMinute is a minute that a view had other than the ledger says.
type ChangedMinute struct {
	Line, Machine, Product, Order string
	Start                         time.Time
	How                           How
}

// How a minute differed.
type How string

// What a view can have had.
const (
	OtherFigures How = "other figures"
	NotThere     How = "missing"
	TooMuch      How = "not in the ledger"
)

// mostChanged is how many changed minutes a rebuild names.
const mostChanged = 20

// changed compares what was with what is right, and names the first of what differed, in order of time; count is of all.
func (m marks) changed(right marks) (first []ChangedMinute, count int) {
	both := maps.Clone(m)
	maps.Copy(both, right)
	for of := range both {
		had, has := starts(m[of]), starts(right[of])
		for at := range union(had, has) {
			a, was := had[at]
			b, is := has[at]
			if was == is && a == b {
				continue
			}
			c := ChangedMinute{of.Line, of.Machine, of.Product, of.Order, time.UnixMilli(at).UTC(), OtherFigures}
			if !was {
				c.How = NotThere
			} else if !is {
				c.How = TooMuch
			}
			first = append(first, c)
		}
	}
	slices.SortFunc(first, func(a, b ChangedMinute) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Machine, b.Machine), cmp.Compare(a.Product, b.Product), cmp.Compare(a.Order, b.Order))
	})
	count = len(first)
	return first[:min(count, mostChanged)], count
}

func starts(all []mark) map[int64]uint64 {
	at := make(map[int64]uint64, len(all))
	for _, m := range all {
		at[m.start] = m.sum
	}
	return at
}

func union(a, b map[int64]uint64) map[int64]uint64 {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}
