package spool

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/lineproof/lineproof/internal/durable"
	"github.com/lineproof/lineproof/record"
)

// Append stores batches, whose numbers must rise, and returns when they are safe on disk: all that go into
// one segment with one write. stored says how many are safe; after an error the others were not stored,
// and the same may be tried again. dropped says what had to be let go to make room, and what was found
// to be damaged since the last Append.
func (s *Spool) Append(records ...Record) (stored int, dropped []record.Gap, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for stored < len(records) {
		n, frames, err := s.group(records[stored:])
		if err == nil {
			dropped, err = s.writeWithRoom(records[stored].Seq, frames, dropped)
		}
		if err != nil {
			err = fmt.Errorf("append batch %d to spool %q: %w", records[stored].Seq, s.dir, err)
			return stored, s.takeMet(dropped), err
		}
		s.take(records[stored : stored+n])
		stored += n
		for s.bytes() > s.opts.MaxBytes && s.droppable() > 0 {
			dropped = append(dropped, s.dropOldest("the spool was full")...)
		}
	}
	return stored, s.takeMet(dropped), nil
}

// group encodes as many of the first records as go with one write: they fit into the last segment, or into
// a new one.
func (s *Spool) group(records []Record) (n int, frames []byte, err error) {
	room, before := s.opts.SegmentBytes, s.head.Seq
	if a := s.active(); a != nil && a.size+frameSize(records[0]) <= room {
		room -= a.size
	}
	for _, r := range records {
		if err = check(r, before); err != nil || n > 0 && int64(len(frames))+frameSize(r) > room {
			break
		}
		frames, before = appendFrame(frames, r), r.Seq
		n++
	}
	if n > 0 {
		err = nil // told when its turn comes
	}
	return n, frames, err
}

// check tells why a record cannot follow the batch with the number before.
func check(r Record, before uint64) error {
	if r.Seq <= before {
		return fmt.Errorf("the last one is %d", before)
	}
	if len(r.Sealed) == 0 || len(r.Sealed) > record.MaxSealed {
		return fmt.Errorf("it has %d bytes, not 1 to %d", len(r.Sealed), record.MaxSealed)
	}
	return nil
}

// writeWithRoom drops segments as long as the disk is full. What it dropped is added to dropped.
func (s *Spool) writeWithRoom(seq uint64, frames []byte, dropped []record.Gap) ([]record.Gap, error) {
	err := s.write(seq, frames)
	for errors.Is(err, syscall.ENOSPC) && s.droppable() > 0 {
		dropped = append(dropped, s.dropOldest("the disk was full")...)
		err = s.write(seq, frames)
	}
	return dropped, err
}

// write puts frames at the end of the last segment, or of a new one where they do not fit.
func (s *Spool) write(seq uint64, frames []byte) error {
	if err := s.cut(); err != nil {
		return err
	}
	if a := s.active(); a == nil || a.size > 0 && a.size+int64(len(frames)) > s.opts.SegmentBytes {
		if err := s.begin(seq); err != nil {
			return err
		}
	}
	if err := s.openActive(); err != nil {
		return err
	}
	a := s.active()
	a.torn = true
	if _, err := s.file.WriteAt(frames, a.size); err != nil {
		return err
	}
	if err := s.sync(s.file); err != nil {
		return err
	}
	a.torn = false
	return nil
}

// cut takes away what an earlier attempt, or a power cut, left behind the last frame: whole frames there
// could be taken for batches, in the place of those that are stored next.
func (s *Spool) cut() error {
	a := s.active()
	if a == nil || !a.torn {
		return nil
	}
	if err := s.openActive(); err != nil {
		return err
	}
	if err := s.file.Truncate(a.size); err != nil {
		return err
	}
	if err := s.sync(s.file); err != nil {
		return err
	}
	a.held, a.torn = a.size, false
	return nil
}

// openActive opens the last segment's file where that is not done.
func (s *Spool) openActive() error {
	if s.file != nil {
		return nil
	}
	file, err := os.OpenFile(s.active().path, os.O_RDWR, 0)
	s.file = file
	return err
}

// syncData puts a file's content on disk, and its size where that changed.
func syncData(file *os.File) error {
	return os.NewSyscallError("fdatasync", unix.Fdatasync(int(file.Fd())))
}

// take notes what was written.
func (s *Spool) take(records []Record) {
	a := s.active()
	for _, r := range records {
		a.add(entry{seq: r.Seq, at: r.At.UnixMilli(), offset: a.size, length: len(r.Sealed)})
	}
	last := records[len(records)-1]
	s.head = position{Seq: last.Seq, Hash: record.HashOf(last.Sealed)}
	s.broadcast()
}

func (s *Spool) takeMet(dropped []record.Gap) []record.Gap {
	dropped = append(dropped, s.met...)
	s.met = nil
	return dropped
}

// begin makes a new last segment and sees to it that its name is on disk.
func (s *Spool) begin(seq uint64) error {
	path := filepath.Join(s.dir, segmentName(seq))
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	held := prepare(file, s.opts.SegmentBytes)
	if err := errors.Join(file.Sync(), durable.SyncDir(s.dir)); err != nil {
		return errors.Join(err, file.Close())
	}
	if s.file != nil {
		if err := s.file.Close(); err != nil {
			s.opts.Logger.Warn("close a full segment", "segment", s.active().path, "error", err)
		}
	}
	if a := s.active(); a != nil {
		a.entries = nil // found again by reading the file
	}
	s.file = file
	s.segments = append(s.segments, &segment{path: path, held: held})
	return nil
}

// prepare writes zeros where the frames will come: what is written over them needs no new block and no new
// size, which would cost the card more than the frames. Where there is no room for it the file just grows.
func prepare(file *os.File, size int64) (held int64) {
	zeros := make([]byte, min(size, 64<<10))
	for held < size {
		n, err := file.WriteAt(zeros[:min(size-held, int64(len(zeros)))], held)
		held += int64(n)
		if err != nil {
			_ = file.Truncate(0)
			return 0
		}
	}
	return held
}
