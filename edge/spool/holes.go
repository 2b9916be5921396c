package spool

import (
	"time"

	"github.com/lineproof/lineproof/record"
)

const whyMissing = "not in the spool any more: damaged, or dropped when it was full"

// holes finds the numbers without a batch in a row of entries that is passed piece by piece.
type holes struct {
	seq  uint64 // every number up to here is accounted for
	at   int64  // when that was sealed, or one before it; 0: not known
	gaps []record.Gap
}

func (h *holes) pass(found []entry) {
	for _, e := range found {
		if e.seq > h.seq {
			h.end(e.seq-1, e.at)
			h.seq = e.seq
		}
		h.at = e.at
	}
}

// end says that numbers go up to last, and that the next was sealed at the given time, or that it is now.
func (h *holes) end(last uint64, at int64) {
	if last <= h.seq {
		return
	}
	from := h.at
	if from == 0 || from > at {
		from = at
	}
	h.gaps = append(h.gaps, record.Gap{
		First: h.seq + 1, Last: last, Why: whyMissing,
		Span: record.Span{From: time.UnixMilli(from).UTC(), To: time.UnixMilli(at).UTC()},
	})
	h.seq = last
}
