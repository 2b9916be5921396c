package edge

import (
	"cmp"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/lineproof/lineproof/edge/spool"
	"github.com/lineproof/lineproof/internal/clock"
	"github.com/lineproof/lineproof/record"
)

// mostWaiting bounds the readings that wait in memory while the disk takes nothing.
const mostWaiting = 4 * full

// sealer makes batches and puts them into the spool, one after the other.
type sealer struct {
	gateway   string
	key       ed25519.PrivateKey
	spool     *spool.Spool
	clock     clock.Clock
	source    func() record.Clock
	boot      record.Boot
	catalogue []byte
	log       *slog.Logger

	mu        sync.Mutex
	announced bool         // the catalogue was sealed since the start
	waiting   []content    // not stored yet, oldest first
	gaps      []record.Gap // not told yet
	lost      []record.Gap // batches that are in the spool no more and were not received

	// notice is told of a batch that says what was lost; it has to come before what is left. nil: nobody sends.
	notice func(seq uint64)
}

// seal stores c, and what could not be stored before. What cannot be stored now waits.
func (s *sealer) seal(c content) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !c.empty() || len(s.gaps) > 0 && len(s.waiting) == 0 {
		s.waiting = append(s.waiting, c)
	}
	for len(s.waiting) > 0 {
		err := s.store(s.waiting[0])
		switch {
		case err == nil:
			s.waiting = s.waiting[1:]
		case errors.Is(err, record.ErrTooLarge):
			s.part()
		default:
			s.bound()
			return err
		}
	}
	return nil
}

// store makes one batch.
func (s *sealer) store(c content) error {
	seq, prev := s.spool.Head()
	now := s.clock.Now().UTC().Truncate(time.Millisecond)
	b := record.Batch{
		Gateway: s.gateway, Seq: seq + 1, Prev: prev, Boot: s.boot, Clock: s.source(), SealedAt: now,
		CatalogueHash: record.HashOf(s.catalogue), Observed: c.observed, Readings: c.readings, Gaps: s.gaps,
	}
	if !s.announced || len(s.gaps) > 0 {
		b.Catalogue = s.catalogue // of batches, too, whose own announcement may be lost
	}
	sealed, err := record.Seal(b, s.key)
	if err != nil {
		return err
	}
	dropped, err := s.spool.Append(b.Seq, now, sealed)
	if len(dropped) > 0 {
		s.lose(dropped)
		s.gaps = slices.DeleteFunc(s.gaps, func(g record.Gap) bool { return g.First != 0 }) // lost has them all
		s.gaps = append(s.gaps, s.lost...)
	}
	if err != nil {
		return err
	}
	s.announced = true
	if len(b.Gaps) > 0 && s.notice != nil {
		s.notice(b.Seq)
	}
	if len(dropped) == 0 {
		s.gaps = nil
	}
	return nil
}

// lose adds batches to those that are lost, joins what touches, and forgets what the collector has passed.
func (s *sealer) lose(dropped []record.Gap) {
	all := slices.Concat(s.lost, dropped)
	s.lost = nil
	slices.SortFunc(all, func(a, b record.Gap) int { return cmp.Compare(a.First, b.First) })
	for _, g := range all {
		n := len(s.lost)
		switch {
		case g.Last <= s.spool.Received():
		case n > 0 && g.First <= s.lost[n-1].Last+1:
			s.lost[n-1].Last, s.lost[n-1].Span.To = max(g.Last, s.lost[n-1].Last), g.Span.To
		default:
			s.lost = append(s.lost, g)
		}
	}
}

// part replaces the first waiting content by two smaller ones.
func (s *sealer) part() {
	first, second, ok := s.waiting[0].split()
	if !ok {
		s.log.Error("a reading is too large to be sealed; it is reported as missing")
		s.waiting[0] = s.waiting[0].strip()
		return
	}
	s.waiting = append([]content{first, second}, s.waiting[1:]...)
}

// bound lets go of the oldest content when memory runs full, and leaves a gap for it.
func (s *sealer) bound() {
	n := 0
	for _, c := range s.waiting {
		n += len(c.readings)
	}
	for n > mostWaiting && len(s.waiting) > 1 {
		lost := s.waiting[0].readings
		s.waiting = s.waiting[1:]
		n -= len(lost)
		if len(lost) == 0 {
			continue
		}
		gap := record.Gap{
			Span: record.Span{From: lost[0].Time, To: lost[len(lost)-1].Time},
			Why:  fmt.Sprintf("%d readings were never sealed: the disk took nothing", len(lost)),
		}
		s.log.Error("readings are lost", "why", gap.Why)
		s.gaps = append(s.gaps, gap)
	}
}

// probe tells whether the catalogue leaves room in a batch for readings.
func (s *sealer) probe() error {
	const room = 8 << 10
	sealed, err := record.Seal(record.Batch{Gateway: s.gateway, Seq: 1, CatalogueHash: record.HashOf(s.catalogue), Catalogue: s.catalogue}, s.key)
	if err == nil && len(sealed) > record.MaxSealed-room {
		err = record.ErrTooLarge
	}
	if err != nil {
		return fmt.Errorf("the catalogue of signals and lines is too large for one gateway; use two: %w", err)
	}
	return nil
}
