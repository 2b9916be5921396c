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
	"github.com/lineproof/lineproof/record"
)

const (
	// mostWaiting bounds the readings that wait in memory while the disk takes nothing.
	mostWaiting = 4 * full
	// mostAtOnce bounds the batches that are sealed together, with one write to the disk.
	mostAtOnce = 256
	// mostDated bounds the contents that are dated before what was read since has its turn.
	mostDated = 16 * mostAtOnce
)

// sealer makes batches and puts them into the spool, one after the other. What is read while the time is not
// known it puts aside, and seals it when it has its date.
type sealer struct {
	gateway   string
	keys      *keys
	spool     *spool.Spool
	time      *timekeeper
	aside     *undated
	catalogue []byte
	log       *slog.Logger

	mu        sync.Mutex
	announced bool         // the catalogue was sealed since the start
	waiting   []content    // not stored yet, oldest first
	gaps      []record.Gap // not told yet
	lost      []record.Gap // batches that were dropped and not received
	owing     bool         // the next batch tells all that are lost

	// notice is told of a batch that says what was lost; it has to come before what is left. nil: nobody sends.
	notice func(seq uint64)
}

// seal stores contents, and what could not be stored before. What cannot be stored now waits.
func (s *sealer) seal(contents ...content) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range contents {
		if !c.empty() {
			s.waiting = append(s.waiting, c)
		}
	}
	m := s.time.look()
	err := s.store(m)
	if err != nil {
		s.bound(m)
	}
	return err
}

func (s *sealer) store(m moment) error {
	if !m.known() {
		if err := s.putAside(m); err != nil {
			return err
		}
		return s.sealAll(m) // of what is left, the devices themselves said the time
	}
	if err := s.sealDated(m); err != nil {
		return err
	}
	if s.aside.len() > 0 { // it goes on at the next time, and before what was read since
		return s.putAside(m)
	}
	return s.sealAll(m)
}

// putAside leaves in waiting what needs no date from the agent's clock.
func (s *sealer) putAside(m moment) error {
	var own []content
	for len(s.waiting) > 0 {
		c := s.waiting[0]
		if c.own {
			own, s.waiting = append(own, c), s.waiting[1:]
			continue
		}
		gaps, err := s.aside.add(c, m, s.lastKnown())
		s.gaps = append(s.gaps, gaps...)
		switch {
		case err == nil:
			s.waiting = s.waiting[1:]
		case errors.Is(err, errTooLarge):
			s.part()
		default:
			s.waiting = append(own, s.waiting...)
			return err
		}
	}
	s.waiting = own
	return nil
}

// lastKnown is the last time that was known before now: that of the last batch. The zero time before the first.
func (s *sealer) lastKnown() time.Time {
	seq, _ := s.spool.Head()
	if seq == 0 {
		return time.Time{}
	}
	r, ok := s.spool.Next(seq - 1)
	if !ok || !plausible(r.At) {
		return time.Time{}
	}
	return r.At
}

// sealDated seals what was put aside, now that the time is known.
func (s *sealer) sealDated(m moment) error {
	for n := 0; s.aside.len() > 0 && n < mostDated; {
		if err := s.announce(m); err != nil {
			return err
		}
		head, _ := s.spool.Head()
		all, gaps, err := s.aside.take(m, mostAtOnce, head+1)
		s.gaps = append(s.gaps, gaps...)
		if err != nil || len(all) == 0 {
			return err
		}
		stored, err := s.append(m, all)
		if stored > 0 {
			err = errors.Join(err, s.aside.sealed(stored))
		}
		if err != nil {
			return err
		}
		n += stored
	}
	return nil
}

// announce seals what would not fit into one batch with a content: the catalogue and what was lost.
func (s *sealer) announce(m moment) error {
	if s.announced && len(s.untold()) == 0 {
		return nil
	}
	_, err := s.append(m, []dated{{clock: m.clock()}})
	return err
}

// sealAll seals what waits.
func (s *sealer) sealAll(m moment) error {
	if len(s.waiting) == 0 && len(s.untold()) > 0 && m.known() {
		s.waiting = append(s.waiting, content{})
	}
	for len(s.waiting) > 0 {
		var all []dated
		for _, c := range s.waiting[:min(len(s.waiting), mostAtOnce)] {
			d := dated{content: c, clock: m.clock()}
			if !c.own && m.known() {
				d.content = c.shift(m.date)
			}
			all = append(all, d)
		}
		stored, err := s.append(m, all)
		s.waiting = s.waiting[stored:]
		switch {
		case errors.Is(err, record.ErrTooLarge) && len(s.waiting) > 0:
			s.part()
		case err != nil:
			return err
		}
	}
	return nil
}

// append seals contents as the next batches and stores them together. It says how many are safe; the one behind
// those is the one at fault, where the error is ErrTooLarge.
func (s *sealer) append(m moment, all []dated) (stored int, err error) {
	seq, prev := s.spool.Head()
	at := m.date(m.steady)
	if !m.known() {
		at = m.Wall.UTC().Truncate(time.Millisecond)
	}
	var records []spool.Record
	var tooLarge error
	told, announced, successor := s.untold(), s.announced, s.keys.successor(s.gateway)
	for _, d := range all {
		b := record.Batch{
			Gateway: s.gateway, Seq: seq + 1, Prev: prev, Boot: m.Boot, Clock: d.clock, SealedAt: at, Dated: d.dated,
			CatalogueHash: record.HashOf(s.catalogue), Observed: d.observed, Readings: d.readings, Gaps: told, Successor: successor,
		}
		if !announced || len(told) > 0 {
			b.Catalogue = s.catalogue // of batches, too, whose own announcement may be lost
		}
		sealed, err := record.Seal(b, s.keys.current())
		if err != nil {
			tooLarge = err
			break
		}
		records = append(records, spool.Record{Seq: b.Seq, At: at, Sealed: sealed})
		seq, prev, told, announced = b.Seq, record.HashOf(sealed), nil, true
	}
	if len(records) == 0 {
		return 0, tooLarge
	}
	stored, dropped, err := s.spool.Append(records...)
	if stored > 0 {
		s.stored(records[0].Seq)
	}
	if len(dropped) > 0 {
		s.tellLost(dropped)
	}
	return stored, cmp.Or(err, tooLarge)
}

// stored notes that the batch which announces and tells is safe.
func (s *sealer) stored(first uint64) {
	s.announced = true
	if len(s.untold()) > 0 && s.notice != nil {
		s.notice(first)
	}
	s.gaps, s.owing = nil, false
	s.keys.sealed(first)
}

// untold is what the next batch has to tell.
func (s *sealer) untold() []record.Gap {
	if !s.owing {
		return s.gaps
	}
	return slices.Concat(s.gaps, s.lost)
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

// owe adds batches that are lost to what the next batch tells.
func (s *sealer) owe(gaps []record.Gap) {
	if len(gaps) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tellLost(gaps)
}

// tellLost adds batches to those that are lost, all of which the next batch tells: an earlier one that told some
// of them may be lost itself.
func (s *sealer) tellLost(gaps []record.Gap) {
	s.lose(gaps)
	s.owing = true
}

// confess adds batches that were sealed twice to what the next batch tells.
func (s *sealer) confess(gaps []record.Gap) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gaps = append(s.gaps, gaps...)
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
func (s *sealer) bound(m moment) {
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
			Span: record.Span{From: m.date(lost[0].Time), To: m.date(lost[len(lost)-1].Time)},
			Why:  fmt.Sprintf("%d readings were never sealed: the disk took nothing", len(lost)),
		}
		s.log.Error("readings are lost", "why", gap.Why)
		s.gaps = append(s.gaps, gap)
	}
}

// probe tells whether the catalogue leaves room in a batch for readings.
func probe(gateway string, catalogue []byte, key ed25519.PrivateKey) error {
	const room = 8 << 10
	sealed, err := record.Seal(record.Batch{Gateway: gateway, Seq: 1, CatalogueHash: record.HashOf(catalogue), Catalogue: catalogue}, key)
	if err == nil && len(sealed) > record.MaxSealed-room {
		err = record.ErrTooLarge
	}
	if err != nil {
		return fmt.Errorf("the catalogue of signals and lines is too large for one gateway; use two: %w", err)
	}
	return nil
}
