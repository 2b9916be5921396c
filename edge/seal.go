package edge

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
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
	if !s.announced {
		b.Catalogue = s.catalogue
	}
	sealed, err := record.Seal(b, s.key)
	if err != nil {
		return err
	}
	dropped, err := s.spool.Append(b.Seq, now, sealed)
	if err != nil {
		s.gaps = append(s.gaps, dropped...)
		return err
	}
	s.announced = true
	s.gaps = dropped
	return nil
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
