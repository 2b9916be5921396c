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
	seq       uint64
}

const frameHeader = 24

// frames lists those of a segment; it ends at the first that is not whole.
func frames(segment *inode) (all []frame) {
	for at := 0; at+frameHeader <= len(segment.data); {
		end := at + frameHeader + int(binary.BigEndian.Uint32(segment.data[at:]))
		if end > len(segment.data) {
			break
		}
		all = append(all, frame{segment, at, end, binary.BigEndian.Uint64(segment.data[at+8:])})
		at = end
	}
	return all
}

// flip turns a bit in one of the batches in the spool, but for the last: without that one the agent would
// seal another of its number, and the collector may have it already.
func (r *rig) flip(rng *rand.Rand) {
	dir := r.mount.disk.file("agent", "spool")
	if dir == nil {
		return
	}
	var all []frame
	for _, name := range slices.Sorted(maps.Keys(dir.names)) {
		if strings.HasSuffix(name, ".seg") {
			all = append(all, frames(dir.names[name])...)
		}
	}
	if len(all) < 2 {
		return
	}
	f := all[rng.IntN(len(all)-1)]
	sealed := slices.Clone(f.segment.data[f.from+frameHeader : f.end])
	at, bit := f.from+rng.IntN(f.end-f.from), byte(1)<<rng.IntN(8)
	f.segment.data[at] ^= bit
	f.segment.safe[at] ^= bit
	r.harmed = append(r.harmed, fmt.Sprintf("batch %d damaged", f.seq))
	b, err := record.Open(sealed, r.keys)
	if err != nil {
		r.log("a bit is flipped in batch %d, which had been damaged before", f.seq)
		return
	}
	from, to := b.SealedAt, b.SealedAt
	for _, o := range b.Observed {
		for _, s := range o.Spans {
			if s.From.Before(from) {
				from = s.From
			}
		}
	}
	r.log("a bit is flipped in batch %d of %s to %s", f.seq, from.Local().Format(stamp), to.Local().Format(stamp))
	r.windows.add("batch damaged", from, to.Add(time.Millisecond))
}
