package spool

import (
	"fmt"
	"slices"
	"sort"

	"github.com/lineproof/lineproof/record"
)

// Next is the first stored batch with a number over after; ok is false where there is none. A batch that
// cannot be read any more is passed over: the next Append reports it as a gap.
func (s *Spool) Next(after uint64) (r Record, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.segments[s.segmentAfter(after):] {
		entries := s.index(g)
		i, _ := slices.BinarySearchFunc(entries, after+1, compareSeq)
		for i < len(g.entries) {
			r, err := g.read(g.entries[i])
			if err == nil {
				return r, true
			}
			s.opts.Logger.Error("a batch of the spool cannot be read", "error", err)
			g.entries = slices.Delete(g.entries, i, i+1)
			s.meet(g)
		}
	}
	return Record{}, false
}

// segmentAfter is the index of the first segment that may hold a number over after.
func (s *Spool) segmentAfter(after uint64) int {
	return sort.Search(len(s.segments), func(i int) bool {
		g := s.segments[i]
		return g.last.seq > after || g.size == 0 && !g.unread // the last one, with nothing in it yet
	})
}

// Receive takes a receipt: every batch up to seq is with the collector, and hash is that of batch seq. A
// receipt that is older than the last changes nothing.
//
// The disk is told later, see PositionEvery.
func (s *Spool) Receive(seq uint64, hash record.Hash) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if seq <= s.received.Seq {
		return nil
	}
	if seq > s.head.Seq {
		return fmt.Errorf("receipt for batch %d, but the last is %d: %w", seq, s.head.Seq, ErrUnsent)
	}
	own, known := s.hash(seq)
	if !known {
		return nil // it was let go of; a later receipt will tell as much
	}
	if own != hash {
		return fmt.Errorf("receipt for batch %d: %w", seq, ErrHash)
	}
	s.received = position{Seq: seq, Hash: hash}
	s.broadcast()
	s.retain()
	if s.positionDue() {
		s.warn("write", positionFile, s.keepPosition())
	}
	return nil
}

func (s *Spool) hash(seq uint64) (h record.Hash, known bool) {
	if seq == s.head.Seq {
		return s.head.Hash, true
	}
	r, ok := s.lookup(seq)
	return record.HashOf(r.Sealed), ok
}
