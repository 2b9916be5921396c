package spool

import "github.com/lineproof/lineproof/record"

// Adopt goes on from a batch that the collector has and that is not here: a power cut took it from a disk that had
// promised to keep it, after it had been sent. What was sealed since under the numbers up to seq is superseded by
// what the collector has; gaps says so. A batch that was received already changes nothing.
func (s *Spool) Adopt(seq uint64, hash record.Hash) (gaps []record.Gap) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if seq <= s.received.Seq {
		return nil
	}
	if first, last := s.received.Seq+1, min(seq, s.head.Seq); first <= last {
		gaps = []record.Gap{{First: first, Last: last, Why: "sealed twice: the first time was lost here in a power cut, and is with the collector"}}
	}
	s.received = position{Seq: seq, Hash: hash}
	if seq >= s.head.Seq {
		s.head = s.received
	}
	s.retain()
	s.warn("write", positionFile, s.keepPosition())
	s.broadcast()
	return gaps
}
