package spool

import (
	"fmt"

	"github.com/lineproof/lineproof/record"
)

// Rewind goes back: the collector was restored from a backup and has everything up to seq only. The
// batches after it that are still kept are given by Next again; gaps says which are not. A seq that is not
// lower than what was received changes nothing.
func (s *Spool) Rewind(seq uint64) (gaps []record.Gap) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stored = min(s.stored, seq)
	if seq >= s.places().done.Seq {
		return nil
	}
	for i := len(s.segments) - 1; i >= 0 && s.segments[i].last.seq > seq; i-- {
		if s.segments[i].unread {
			s.look(i)
		}
	}
	hash, ok := s.hash(seq)
	if !ok {
		hash = record.Hash{}
	}
	if seq < s.received.Seq {
		s.received = position{Seq: seq, Hash: hash}
	}
	s.spared = position{}
	h := holes{seq: seq}
	for _, g := range s.segments[s.segmentAfter(seq):] {
		h.pass(s.index(g))
	}
	h.end(s.head.Seq, max(h.at, s.opts.Now().UnixMilli()))
	for i := range h.gaps {
		h.gaps[i].Why = fmt.Sprintf("the collector went back to batch %d, and the spool does not keep it any more", seq)
	}
	s.warn("write", positionFile, s.keepPosition())
	s.tidy()
	s.broadcast()
	return h.gaps
}
