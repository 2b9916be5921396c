// Package plc is a small read-only Modbus TCP server for plants that do not exist: the simulated lines
// and the recorded machines of this project answer through it as a PLC would.
//
// # What it guarantees
//
// Function codes 1 to 4 are answered from a Unit, addressed by its unit id, with the protocol's own limits
// (2,000 bits or 125 registers) and its own exceptions: 1 for every other function code, so for each write;
// 2 for an address that the unit does not have; 3 for a request that makes no sense; 11 for a unit id that
// nobody answers to. Several requests may be on their way on one connection: answers come in their order,
// each with its request's transaction id. Bytes that are not Modbus TCP end the connection.
//
// # Why not a library
//
// The Modbus servers for Go open their own listener from an address, so that port 0 cannot be asked which
// port it became, and they return from stopping before their connections have ended. The part of the
// protocol that a reading client sees is small enough to be had exactly.
package plc

import "fmt"

// Table is one of the four tables of a Modbus device, by the function code that reads it.
type Table uint8

// The tables, in order of their function codes.
const (
	Coils    Table = 1 + iota // bits, function code 1
	Discrete                  // bits that are inputs, function code 2
	Holding                   // 16-bit registers, function code 3
	Input                     // 16-bit registers that are inputs, function code 4
)

// bits tells whether the table holds single bits.
func (t Table) bits() bool { return t == Coils || t == Discrete }

func (t Table) String() string {
	switch t {
	case Coils:
		return "coil"
	case Discrete:
		return "discrete"
	case Holding:
		return "holding"
	case Input:
		return "input"
	}
	return fmt.Sprintf("table(%d)", uint8(t))
}

// Unit is one device behind the server. Its methods may be called by several connections at once.
type Unit interface {
	// Read gives the present content of count places from the zero-based address at on; the caller has
	// checked that they lie within 0..65535. A bit is 0 or 1. The error is an Exception, or anything else
	// for ServerFailure.
	Read(t Table, at, count uint16) ([]uint16, error)
}

// Exception is a Modbus exception code, as an error.
type Exception uint8

// The exceptions that this server answers with.
const (
	IllegalFunction    Exception = 1
	IllegalAddress     Exception = 2
	IllegalValue       Exception = 3
	ServerFailure      Exception = 4
	NoAnswerFromTarget Exception = 11
)

func (e Exception) Error() string { return fmt.Sprintf("modbus exception %d", uint8(e)) }
