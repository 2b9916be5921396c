// Package spool keeps sealed batches on disk from the moment they are sealed until the collector's
// receipt for them has come.
//
// What it guarantees: when Append returns, the batch survives a power cut. Open always gives a working
// spool, whatever the last power cut left: a torn tail is cut off, a damaged segment is set aside with
// its readable batches saved, and every number that is missing is reported as a gap. The last batch is
// kept even when it was received, so that the chain goes on from it. A full spool lets go of its oldest
// segment and reports that as a gap too, but for batches that the collector's ledger has.
//
// What was received stays for a while, for a collector that is restored from a backup: see Rewind. What is
// in memory does not grow with what is on disk, but for some 200 bytes a segment.
//
// It does not look into batches: signatures are the business of package record.
//
// # Files
//
// A segment is named by the sequence number of its first batch, 00000000000000000001.seg, and is a row
// of frames in big-endian order:
//
//	length   4 bytes, of the sealed batch
//	crc      4 bytes, CRC-32C of what follows
//	seq      8 bytes
//	at       8 bytes, Unix milliseconds of sealing
//	sealed   length bytes
//
// Zeros may follow the last frame: room that was prepared. A frame is never of length 0.
//
// The file received holds two lines, each a number, a hash and the CRC-32C of both: up to which batch
// nothing needs to be sent, and the last batch sealed when the file was written. It is written before a
// segment is deleted, at Close, and else as PositionEvery says: an SD card wears out by what is written.
package spool

import (
	"errors"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/lineproof/lineproof/record"
)

// What Receive may answer.
var (
	ErrHash   = errors.New("the collector has another batch of this number")
	ErrUnsent = errors.New("the collector has a batch that was not sealed here")
)

// Defaults of Options.
const (
	DefaultSegmentBytes = 1 << 20
	DefaultMaxBytes     = 512 << 20
	DefaultKeepReceived = 32 << 20
)

// Options sets the sizes of a spool; zero values take the defaults.
type Options struct {
	SegmentBytes int64 // a new segment is begun past this size
	MaxBytes     int64 // the oldest segment is dropped past this size of all; at least two segments
	KeepReceived int64 // segments that were received are deleted past this size of theirs; negative: at once
	Now          func() time.Time
	Logger       *slog.Logger
}

// Record is one sealed batch as it is kept.
type Record struct {
	Seq    uint64
	At     time.Time // when it was sealed
	Sealed []byte
}

// Spool is a queue of sealed batches on disk. Its methods may be called from several goroutines.
type Spool struct {
	dir  string
	opts Options

	sync func(*os.File) error

	mu       sync.Mutex
	segments []*segment   // oldest first; the last is the one appended to
	file     *os.File     // of the last segment; nil before the first Append
	reading  *segment     // the one that was read last; its entries are in memory
	met      []record.Gap // batches found damaged since the last Append
	head     position     // the last batch sealed
	received position     // the last batch with a receipt
	stored   uint64       // the ledger has everything up to here; may be lower than received
	spared   position     // the last batch dropped that the ledger had, and that has no receipt
	changed  chan struct{}

	written   places // what the file with the position says
	writtenAt time.Time
}

// Head is the last batch sealed, received or not; 0 and no hash before the first.
func (s *Spool) Head() (seq uint64, hash record.Hash) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.head.Seq, s.head.Hash
}

// Received is the number of the last batch that the collector confirmed; 0 before the first.
func (s *Spool) Received() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.received.Seq
}

// Bytes is what all segments take on disk, prepared room included.
func (s *Spool) Bytes() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bytes()
}

// Len is how many batches wait for a receipt, those included that were dropped meanwhile.
func (s *Spool) Len() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.head.Seq - s.received.Seq
}

// Changed is closed at the next Append, Receive, Stored or Rewind.
func (s *Spool) Changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// Close writes the position and lets go of the files. The spool must not be used after.
func (s *Spool) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	if p := s.places(); p != s.written {
		err = s.writePosition(p)
	}
	if s.file != nil {
		err = errors.Join(err, s.file.Close())
		s.file = nil
	}
	return err
}

func (s *Spool) active() *segment {
	if len(s.segments) == 0 {
		return nil
	}
	return s.segments[len(s.segments)-1]
}

func (s *Spool) bytes() (n int64) {
	for _, g := range s.segments {
		n += g.held
	}
	return n
}

func (s *Spool) broadcast() {
	close(s.changed)
	s.changed = make(chan struct{})
}
