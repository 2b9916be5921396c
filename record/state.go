package record

import (
	"fmt"
	"strings"
)

// State is what a machine does, by its PackML name (ISA-TR88.00.02). The zero State is Undefined. A number
// of which a catalogue says nothing is not Undefined but unknown: that time counts as unobserved.
type State uint8

const (
	Undefined State = iota
	Clearing
	Stopped
	Starting
	Idle
	Suspended
	Execute
	Stopping
	Aborting
	Aborted
	Holding
	Held
	Unholding
	Suspending
	Unsuspending
	Resetting
	Completing
	Complete
	NumStates int = iota
)

var stateNames = [NumStates]string{
	"undefined", "clearing", "stopped", "starting", "idle", "suspended", "execute", "stopping", "aborting",
	"aborted", "holding", "held", "unholding", "suspending", "unsuspending", "resetting", "completing", "complete",
}

func (s State) String() string {
	if int(s) < NumStates {
		return stateNames[s]
	}
	return fmt.Sprintf("state(%d)", uint8(s))
}

// ParseState finds a state by its PackML name.
func ParseState(name string) (State, error) {
	for s, n := range stateNames {
		if n == name {
			return State(s), nil
		}
	}
	return Undefined, fmt.Errorf("state %q: is none of %s", name, strings.Join(stateNames[:], ", "))
}

// StateNames lists the PackML names, in the order of their numbers.
func StateNames() []string { return stateNames[:] }

// MarshalText writes the PackML name.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a PackML name.
func (s *State) UnmarshalText(text []byte) (err error) {
	*s, err = ParseState(string(text))
	return err
}
