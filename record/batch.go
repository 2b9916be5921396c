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
	ClockFreeRunning                    // nobody does
	ClockSimulated                      // times are made up, by a demonstration or a replay
)

var clockNames = [...]string{"unknown", "synchronised", "free-running", "simulated"}

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
	ErrorBound time.Duration // whole microseconds; 0 when unknown
	Monotonic  time.Duration // whole milliseconds since boot
}

// Boot is the operating system's boot id: it changes when the gateway restarts.
type Boot [16]byte

func (b Boot) String() string { return hex.EncodeToString(b[:]) }

// Span is a stretch of time, From included and To not, in whole milliseconds.
type Span struct{ From, To time.Time }

// Duration is To - From.
func (s Span) Duration() time.Duration { return s.To.Sub(s.From) }

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
}
