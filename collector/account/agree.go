package account

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"
)

// Agrees tells whether two states of one gateway fold whatever follows into the same intervals of a line from a time
// on: one that began with the gateway's first batch, and one that began later. signals are those that the line's
// machines have roles for.
func (s *State) Agrees(o *State, line string, signals []string, from time.Time) bool {
	a, okA := s.of(line, signals, from)
	b, okB := o.of(line, signals, from)
	return okA && okB && bytes.Equal(a, b)
}

// of is what of a state matters for a line; ok is false where stretches that were booked before lie in what follows.
func (s *State) of(line string, signals []string, from time.Time) (text []byte, ok bool) {
	part := NewState()
	for key, m := range s.Machines {
		if !strings.HasPrefix(key, line+"/") {
			continue
		}
		for _, era := range m.Eras {
			if era.To.After(from) {
				return nil, false
			}
		}
		own := *m
		// Nothing follows from these.
		own.Since, own.Begun, own.Eras = time.Time{}, time.Time{}, nil
		own.Open = nil
		for _, i := range m.Open {
			if !i.Start.Before(from) {
				own.Open = append(own.Open, i)
			}
		}
		part.Machines[key] = &own
	}
	for _, name := range signals {
		part.Signals[name] = s.Signals[name]
	}
	part.Looked = s.Looked
	text, err := json.Marshal(part)
	return text, err == nil
}
