package account

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/record"
)

// State is what the fold of one gateway's batches remembers between two batches. With it and the
// batches that follow, anyone gets the same intervals. It is stored together with the position.
type State struct {
	Seq      uint64              `json:"seq"`      // of the last batch
	Machines map[string]*Machine `json:"machines"` // by line/machine
	Signals  map[string]*Signal  `json:"signals"`
	Looked   map[string]*span    `json:"looked"` // by device, the last span: a poll at its end may come with the next batch

	finished []Interval // that the last batch made final
	floor    *floor     // by the last batch's catalogue; nil: not read yet
}

// Machine is what the fold knows of one machine.
type Machine struct {
	Line       string       `json:"line"`
	Machine    string       `json:"machine"`
	State      record.State `json:"state"`
	Known      bool         `json:"known"`          // false: nobody looks, or what is seen has no meaning
	Since      time.Time    `json:"since"`          // of State, or of not being known
	ObservedTo time.Time    `json:"observed_to"`    // end of the last span in which State was known
	Open       []*Interval  `json:"open"`           // the last minutes, which may still grow, in order of time
	Closed     time.Time    `json:"closed"`         // minutes before this one are final
	Begun      time.Time    `json:"begun,omitzero"` // first minute of the era that Open and Closed are of
	Eras       []span       `json:"eras,omitempty"` // stretches that were booked before, when the clock stood elsewhere
	Stop       *halt        `json:"stop,omitempty"` // that goes on; nil: it runs, or nobody knows
	Cycle      time.Time    `json:"cycle,omitzero"` // when a machine that says no state was last seen to have made something
}

// Signal is the last value of a signal. The zero Value is known of none.
type Signal struct {
	Value   record.Value `json:"value"`
	Time    time.Time    `json:"time"`
	Missing bool         `json:"missing,omitempty"` // nothing was read since: Value serves counters only
}

// now is the value that holds until the next reading.
func (s Signal) now() record.Value {
	if s.Missing {
		return record.Value{}
	}
	return s.Value
}

// span is a record.Span as it is stored.
type span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// NewState is that of a gateway that sent nothing yet.
func NewState() *State {
	return &State{Machines: map[string]*Machine{}, Signals: map[string]*Signal{}, Looked: map[string]*span{}}
}

// Encode is the state as it is stored.
func (s *State) Encode() ([]byte, error) { return json.Marshal(s) }

// DecodeState reads what Encode wrote.
func DecodeState(b []byte) (*State, error) {
	s := NewState()
	if err := json.Unmarshal(b, s); err != nil {
		return nil, fmt.Errorf("account state: %w", err)
	}
	return s, nil
}

func (s *State) machine(r *roles) *Machine {
	m := s.Machines[r.key]
	if m == nil {
		m = &Machine{Line: r.lineID, Machine: r.id}
		s.Machines[r.key] = m
	}
	return m
}

func (s *State) signal(name string) *Signal {
	if s.Signals[name] == nil {
		s.Signals[name] = &Signal{}
	}
	return s.Signals[name]
}

// Clone is a copy that shares nothing with s; that of nil is a new state.
func (s *State) Clone() (*State, error) {
	if s == nil {
		return NewState(), nil
	}
	b, err := s.Encode()
	if err != nil {
		return nil, err
	}
	return DecodeState(b)
}
