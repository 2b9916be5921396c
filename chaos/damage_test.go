package chaos

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/lineproof/lineproof/record"
)

// frame is one batch in a segment of the spool, as package spool describes it.
type frame struct {
	segment   *inode
	from, end int
}

const frameHeader = 24

// frames lists those of a segment; it ends at the first that is not whole.
func frames(segment *inode) (all []frame) {
	for at := 0; at+frameHeader <= len(segment.data); {
		end := at + frameHeader + int(binary.BigEndian.Uint32(segment.data[at:]))
		if end > len(segment.data) {
			break
		}
		all = append(all, frame{segment, at, end})
		at = end
	}
	return all
}

// batches lists what is in the spool, in order.
func (r *rig) batches() (all []frame) {
	dir := r.mount.disk.file("agent", "spool")
	if dir == nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(dir.names)) {
		if strings.HasSuffix(name, ".seg") {
			all = append(all, frames(dir.names[name])...)
		}
	}
	return all
}

// flip turns a bit in one of the batches in the spool, but for the last: without that one the agent would
// seal another of its number, and the collector may have it already.
func (r *rig) flip(rng *rand.Rand) {
	all := r.batches()
	if len(all) < 2 {
		return
	}
	f := all[rng.IntN(len(all)-1)]
	r.lose("a bit is flipped in", f, time.Time{})
	at, bit := f.from+rng.IntN(f.end-f.from), byte(1)<<rng.IntN(8)
	f.segment.data[at] ^= bit
	f.segment.safe[at] ^= bit
}

// tear cuts the last batch short if it was sealed after a time.
func (r *rig) tear(rng *rand.Rand, after time.Time) {
	all := r.batches()
	if len(all) == 0 {
		return
	}
	f := all[len(all)-1]
	if !r.lose("torn is", f, after) {
		return
	}
	size := f.from + rng.IntN(f.end-f.from)
	f.segment.data, f.segment.safe = f.segment.data[:size], f.segment.safe[:size]
}

// lose notes what is lost with a batch; false where it was sealed before after.
func (r *rig) lose(how string, f frame, after time.Time) bool {
	b, err := record.Open(f.segment.data[f.from+frameHeader:f.end], r.keys)
	if err != nil { // it had been damaged before
		return after.IsZero()
	}
	if !b.SealedAt.After(after) {
		return false
	}
	from := b.SealedAt
	for _, o := range b.Observed {
		for _, s := range o.Spans {
			if s.From.Before(from) {
				from = s.From
			}
		}
	}
	r.harmed[b.Seq] = true
	r.log("%s batch %d of %s to %s", how, b.Seq, from.Local().Format(stamp), b.SealedAt.Local().Format(stamp))
	r.windows.add("batch damaged", from, b.SealedAt.Add(time.Millisecond))
	return true
}

// leftovers finds files that a write which was cut off has left, and that nobody will take away.
func (r *rig) leftovers() {
	if r.mount == nil {
		return
	}
	n := 0
	for _, path := range [][]string{{"agent"}, {"agent", "spool"}} {
		if dir := r.mount.disk.file(path...); dir != nil {
			for name := range dir.names {
				if strings.HasPrefix(name, ".") {
					n++
				}
			}
		}
	}
	if n > 0 {
		r.find(fmt.Sprintf("%d files of writes that were cut off stay in the agent's folder", n))
	}
}
