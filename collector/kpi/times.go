package kpi

import "github.com/lineproof/lineproof/record"

// part is what ISO 22400-2 takes the time of a PackML state for.
type part int

const (
	unallocated part = iota // the machine waits for work: in PBT, not in AUBT
	production              // APT
	setup                   // AUST: it gets ready, or finishes
	delay                   // ADET: it has work and does not do it
)

// partOf maps the states of ISA-TR88.00.02 to the times of ISO 22400-2, 5.
func partOf(s record.State) part {
	switch s {
	case record.Execute:
		return production
	case record.Starting, record.Resetting, record.Unholding, record.Unsuspending, record.Completing:
		return setup
	case record.Idle, record.Complete:
		return unallocated
	}
	return delay
}

// repair tells whether a state is part of a failure and its repair.
func repair(s record.State) bool {
	return s == record.Aborting || s == record.Aborted || s == record.Clearing
}
