package record

import (
	"encoding/hex"
	"fmt"
	"time"
)

// ClockState says whether the gateway's clock was set by a better one.
type ClockState uint8

const (
	ClockUnknown      ClockState = iota // the system would not say
	ClockSynchronised                   // the kernel says that a time server disciplines it
	ClockFreeRunning                    // nobody does now; it runs on since it was last set, if it ever was
	ClockSimulated                      // times are made up, by a demonstration or a replay
	ClockCollector                      // set by the collector's time, because no time server can be reached
	ClockBetween                        // of Dated content: nobody knew the time, it lies between two that were known
)

var clockNames = [...]string{"unknown", "synchronised", "free-running", "simulated", "collector", "between"}

func (c ClockState) String() string {
	if int(c) < len(clockNames) {
		return clockNames[c]
	}
	return fmt.Sprintf("clock(%d)", uint8(c))
}

// MarshalText writes the state's name.
func (c ClockState) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads the state's name; one that this program does not know is ClockUnknown.
func (c *ClockState) UnmarshalText(text []byte) error {
	*c = ClockUnknown
	for i, name := range clockNames {
		if name == string(text) {
			*c = ClockState(i)
		}
	}
	return nil
}

// Clock is what the gateway knew of its own clock when it sealed a batch.
type Clock struct {
	State      ClockState
	ErrorBound time.Duration // largest error of the batch's times, whole microseconds; 0 when unknown
	Monotonic  time.Duration // whole milliseconds since boot, at SealedAt
}

// Dated says how a batch got its times whose content was read while the gateway did not know the time. It was
// put aside with the time since boot, and dated when the time was known. In between the gateway may have been
// without power: then only the two known times around it are certain, and the clock's state is ClockBetween.
type Dated struct {
	Boot      Boot          // under which it was read
	Monotonic time.Duration // since that boot, whole milliseconds, when it was put aside
	After     time.Time     // the last time known before; the zero time when there was none
	Before    time.Time     // the first known after; the zero time unless ClockBetween
}

// Boot is the operating system's boot id: it changes when the gateway restarts.
type Boot [16]byte

func (b Boot) String() string { return hex.EncodeToString(b[:]) }

// MarshalText writes the id in hexadecimal.
func (b Boot) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText reads 32 hexadecimal digits.
func (b *Boot) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(b)) {
		return fmt.Errorf("boot id: %d characters instead of %d", len(text), hex.EncodedLen(len(b)))
	}
	if _, err := hex.Decode(b[:], text); err != nil {
		return fmt.Errorf("boot id: %w", err)
	}
	return nil
}

// IsZero tells whether the system has no boot id.
func (b Boot) IsZero() bool { return b == Boot{} }

// Span is a stretch of time, From included and To not, in whole milliseconds.
type Span struct{ From, To time.Time }

// Duration is To - From.
func (s Span) Duration() time.Duration { return s.To.Sub(s.From) }

// Holds tells whether a time is in the span, its end not included.
func (s Span) Holds(t time.Time) bool { return !t.Before(s.From) && t.Before(s.To) }

// Overlap is how long both last at the same time, never less than 0.
func (s Span) Overlap(o Span) time.Duration {
	if o.From.After(s.From) {
		s.From = o.From
	}
	if o.To.Before(s.To) {
		s.To = o.To
	}
	return max(s.Duration(), 0)
}

// Observed says when one device was watched. A signal that has no reading inside a span was seen
// not to change; outside all spans nobody looked.
type Observed struct {
	Device    string
	Spans     []Span // in order, not overlapping; a first span may begin where the last batch's ended
	Polls     uint32 // answered
	Failed    uint32 // not answered, or not to be used
	LastError string // of the last failed poll, for a person
}

// Gap is what a gateway had to let go before it was received: batches First to Last.
type Gap struct {
	First, Last uint64
	Span        Span
	Why         string
}

// Batch is what a gateway read since its last batch. Readings are in order of time within a signal.
type Batch struct {
	Gateway       string
	Seq           uint64 // 1, 2, 3, ...
	Prev          Hash   // of the sealed batch before; zero if and only if Seq is 1
	Boot          Boot
	Clock         Clock
	SealedAt      time.Time // whole milliseconds
	CatalogueHash Hash      // the catalogue in force
	Catalogue     []byte    // that catalogue's JSON, at every start of the agent and when it changed; else nil
	Observed      []Observed
	Readings      []Reading
	Gaps          []Gap
	Dated         *Dated      // nil: the time was known when the content was read
	SealedBy      KeyID       // the key that sealed it, as Open found; Seal does not look at it
	Successor     *Successor  // the key that will seal from some later batch on; nil: none is announced
	Statements    []Statement // what people said; only Office seals any
}
