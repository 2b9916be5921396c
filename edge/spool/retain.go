package spool

import (
	"os"
	"slices"

	"github.com/lineproof/lineproof/record"
)

// Stored says that the collector's ledger has every batch up to seq, although there is no receipt yet: when
// the spool is full these are let go of without a gap. It is not kept over a restart.
func (s *Spool) Stored(seq uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	seq = min(seq, s.head.Seq)
	if seq <= s.spare() {
		return
	}
	s.stored = seq
	s.broadcast()
}

// StoredSeq is the last batch that is known to be in the collector's ledger; at least the last received.
func (s *Spool) StoredSeq() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.spare()
}

// spare is the number up to which no batch is missed when it goes.
func (s *Spool) spare() uint64 { return max(s.stored, s.received.Seq) }

// droppable is how many segments may go: not the one that the last batch is in, nor an empty one after it.
func (s *Spool) droppable() int {
	n := len(s.segments)
	if n > 0 && s.segments[n-1].size == 0 {
		n--
	}
	return max(n-1, 0)
}

// retain deletes the oldest of the segments that were received, as far as they are more than is kept of
// them.
func (s *Spool) retain() {
	n := min(s.segmentAfter(s.received.Seq), s.droppable())
	for kept := int64(0); n > 0; n-- {
		if kept += s.segments[n-1].held; kept > s.opts.KeepReceived {
			break
		}
	}
	if n == 0 {
		return
	}
	if err := s.keepPosition(); err != nil { // without it the next Open would find a gap
		s.warn("write", positionFile, err)
		return
	}
	for range n {
		s.remove()
	}
}

// dropOldest gives up the oldest segment and says what was lost by it.
func (s *Spool) dropOldest(why string) (lost []record.Gap) {
	g, spare := s.segments[0], s.spare()
	if g.last.seq > spare {
		lost = []record.Gap{s.loss(g, spare, why)}
		s.opts.Logger.Error("batches were dropped before they were received", "first", lost[0].First, "last", lost[0].Last, "why", why)
	}
	if seq := min(g.last.seq, spare); seq > s.received.Seq {
		h, _ := s.hash(seq)
		s.spared = position{Seq: seq, Hash: h}
	}
	if s.keepPosition() == nil {
		s.remove()
		return lost
	}
	s.remove() // the disk may have been too full for the position
	s.warn("write", positionFile, s.keepPosition())
	return lost
}

// loss is what goes with a segment of which the numbers up to spare are not missed.
func (s *Spool) loss(g *segment, spare uint64, why string) record.Gap {
	lost := holes{seq: max(g.first.seq-1, spare), at: g.first.at}
	if spare >= g.first.seq {
		entries := s.index(g)
		if i, _ := slices.BinarySearchFunc(entries, spare+1, compareSeq); i < len(entries) {
			lost.at = entries[i].at
		}
	}
	lost.end(g.last.seq, g.last.at)
	lost.gaps[0].Why = why
	return lost.gaps[0]
}

// remove deletes the oldest segment. One that cannot be deleted comes back at the next Open, no harm done.
func (s *Spool) remove() {
	s.warn("delete", s.segments[0].path, os.Remove(s.segments[0].path))
	s.segments = slices.Delete(s.segments, 0, 1)
}
