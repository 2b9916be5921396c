package record

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
)

// Receipt is the collector's answer to sealed batches: everything up to Seq is in the ledger and in the
// views, and the gateway's spool may let go of it. It also answers a Status that asks for the time.
type Receipt struct {
	Gateway string    `json:"gateway"`
	Seq     uint64    `json:"seq"`              // 0: nothing yet
	Stored  uint64    `json:"stored,omitempty"` // the ledger has everything up to this batch, the views not yet; 0: as Seq
	Hash    Hash      `json:"hash"`             // of the sealed batch Seq; a gateway that sealed another Seq must not let go
	Boot    Boot      `json:"boot,omitzero"`    // under which that batch was sealed
	Index   uint64    `json:"index"`            // of that batch in the ledger
	Time    time.Time `json:"time"`             // by the collector's clock
	Error   string    `json:"error,omitempty"`  // why later batches were refused, if they were
	Asked   uint64    `json:"asked,omitempty"`  // of the Status that this answers: Time is then when it was answered

	Ledger *LedgerProof `json:"ledger,omitempty"` // in the answer to a Status that names a ledger
}

// LedgerProof shows a gateway that the ledger goes on from what it was.
type LedgerProof struct {
	Key         string  `json:"key"`                   // the ledger's, in the form of C2SP signed notes
	Checkpoint  string  `json:"checkpoint"`            // its signed head: C2SP tlog-checkpoint
	From        uint64  `json:"from"`                  // the size that the gateway named
	Consistency []Proof `json:"consistency,omitempty"` // from there to the checkpoint, as in RFC 6962
	Index       *uint64 `json:"index,omitempty"`       // that the gateway named
	Inclusion   []Proof `json:"inclusion,omitempty"`   // of the batch at Index; nothing where the checkpoint does not reach it
}

// Proof is a node of the ledger's tree. It is written in base64, as C2SP does.
type Proof [32]byte

// MarshalText writes base64.
func (p Proof) MarshalText() ([]byte, error) { return base64.StdEncoding.AppendEncode(nil, p[:]), nil }

// UnmarshalText reads base64.
func (p *Proof) UnmarshalText(text []byte) error {
	b, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil || len(b) != len(p) {
		return fmt.Errorf("%q is not a hash in base64", text)
	}
	*p = Proof(b)
	return nil
}

// Encode is the receipt as it is published.
func (r Receipt) Encode() ([]byte, error) { return json.Marshal(r) }

// DecodeReceipt reads what Encode wrote.
func DecodeReceipt(b []byte) (Receipt, error) {
	var r Receipt
	if err := json.Unmarshal(b, &r); err != nil {
		return Receipt{}, fmt.Errorf("receipt: %w", err)
	}
	if err := CheckName(r.Gateway); err != nil {
		return Receipt{}, fmt.Errorf("receipt: %w", err)
	}
	return r, nil
}

// Live is what a gateway read just now, unsealed: for eyes, never for the books.
type Live struct {
	Time   time.Time      `json:"time"`   // the zero time where the gateway does not know it
	Values map[string]any `json:"values"` // by signal; null where the last poll failed
}

// Encode is the message as it is published.
func (l Live) Encode() ([]byte, error) { return json.Marshal(l) }

// DecodeLive reads what Encode wrote.
func DecodeLive(b []byte) (Live, error) {
	var l Live
	if err := json.Unmarshal(b, &l); err != nil {
		return Live{}, fmt.Errorf("live: %w", err)
	}
	return l, nil
}

// Status is how a gateway says it is; retained, with Online false as its last will.
type Status struct {
	Online     bool                    `json:"online"`
	Time       time.Time               `json:"time"` // the zero time where the gateway does not know it
	Version    string                  `json:"version,omitempty"`
	Started    time.Time               `json:"started,omitzero"`
	Seq        uint64                  `json:"seq,omitempty"`      // last sealed
	Received   uint64                  `json:"received,omitempty"` // last with a receipt
	SpoolBytes int64                   `json:"spool_bytes,omitempty"`
	Undated    uint64                  `json:"undated,omitempty"` // batches that wait for the time to be known
	Clock      ClockState              `json:"clock"`
	ErrorS     float64                 `json:"error_s,omitempty"` // largest error of Time, seconds; 0 when unknown
	Asked      uint64                  `json:"asked,omitempty"`   // asks the collector for the time: its receipt repeats the number
	Devices    map[string]DeviceStatus `json:"devices,omitempty"`
	Ports      map[string]PortStatus   `json:"ports,omitempty"` // by what devices share, such as "rtu:///dev/ttyUSB0"
	Ledger     *LedgerSeen             `json:"ledger,omitempty"`
}

// LedgerSeen is what a gateway remembers of the collector's ledger, and asks it to prove.
type LedgerSeen struct {
	Size    uint64  `json:"size"`              // of the last checkpoint that it took; 0: none yet
	Index   *uint64 `json:"index,omitempty"`   // where its batch is to be, by a receipt
	Refused string  `json:"refused,omitempty"` // why it does not take the ledger that it is shown
	Shrunk  *uint64 `json:"shrunk,omitempty"`  // size of the ledger that it is shown, where that is less than Size
}

// PortStatus is how full a port is, whose devices are polled one after the other. Shares are of time: 1 is
// a port that is never free.
type PortStatus struct {
	Planned float64 `json:"planned,omitempty"` // share that the poll plan needs on the wire at the least; 0 where only measuring tells
	Busy    float64 `json:"busy"`              // share of the last minute or two in which a poll was under way
	Skipped uint64  `json:"skipped,omitempty"` // polls since the start that found no time
}

// DeviceStatus is how the agent gets on with one device.
type DeviceStatus struct {
	OK     bool      `json:"ok"`
	Since  time.Time `json:"since"` // of the first poll that went as the last one did
	Polls  uint64    `json:"polls"`
	Failed uint64    `json:"failed"`
	Error  string    `json:"error,omitempty"`
}

// Encode is the message as it is published.
func (s Status) Encode() ([]byte, error) { return json.Marshal(s) }

// DecodeStatus reads what Encode wrote.
func DecodeStatus(b []byte) (Status, error) {
	var s Status
	if err := json.Unmarshal(b, &s); err != nil {
		return Status{}, fmt.Errorf("status: %w", err)
	}
	return s, nil
}
