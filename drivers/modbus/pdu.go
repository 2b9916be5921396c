package modbus

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/goburrow/modbus"
)

// What is asked beside the four reads: the device's own names (MODBUS Application Protocol V1.1b3, 6.21).
const (
	identify    = 43   // encapsulated interface transport
	identifyMEI = 0x0e // read device identification, of all that function 43 carries
	maxPDU      = 253  // bytes of the longest answer, without unit and checksum
)

// readsOnly refuses every request that is no read of the four tables nor of the device's identification.
// It stands before each byte that leaves: see exchange of both framings.
func readsOnly(pdu []byte) error {
	switch function := pdu[0]; {
	case function >= 1 && function <= 4:
		return nil
	case function == identify && len(pdu) > 1 && pdu[1] == identifyMEI:
		return nil
	default:
		return fmt.Errorf("function %d is not sent: this driver only reads", function)
	}
}

// byteCount is how many bytes of values answer a read, given its function, address and quantity.
func byteCount(pdu []byte) int {
	quantity := int(pdu[3])<<8 | int(pdu[4])
	if pdu[0] <= 2 {
		return (quantity + 7) / 8
	}
	return 2 * quantity
}

// longestAnswer is how many bytes the PDU that answers a request can have at the most.
func longestAnswer(asked []byte) int {
	if asked[0] == identify {
		return maxPDU
	}
	return 2 + byteCount(asked)
}

// answerLength is how long the PDU at the beginning of got is if it answers asked: an exception, exactly
// the values that were asked for, or an identification with all its objects. It is 0 where got answers
// something else, or is not there yet as far as its length can be told.
func answerLength(asked, got []byte) int {
	switch {
	case len(got) < 2:
		return 0
	case got[0] == asked[0]|0x80:
		return 2
	case got[0] != asked[0]:
		return 0
	case got[0] == identify:
		return identificationLength(got)
	case int(got[1]) == byteCount(asked):
		return 2 + byteCount(asked)
	}
	return 0
}

// identificationLength walks function, MEI type, code, conformity, more follows, next object and number of
// objects, then each object's id, length and text.
func identificationLength(got []byte) int {
	const header = 7
	if len(got) < header || got[1] != identifyMEI {
		return 0
	}
	n := header
	for range int(got[6]) {
		if len(got) < n+2 {
			return 0
		}
		n += 2 + int(got[n+1])
	}
	if n > maxPDU {
		return 0
	}
	return n
}

// unit is one device on a link, and how it wants to be asked.
type unit struct {
	link       *link
	packager   modbus.Packager
	timeout    time.Duration
	turnaround time.Duration
}

func newPackager(scheme string, number byte) modbus.Packager {
	if scheme == schemeTCP {
		h := modbus.NewTCPClientHandler("")
		h.SlaveId = number
		return h
	}
	h := modbus.NewRTUClientHandler("")
	h.SlaveId = number
	return h
}

// ask sends one request and gives the data of its answer; the device's exception is a *modbus.ModbusError.
// goburrow's client could do this, but brings with it functions that write, which the agent must not have.
func (u unit) ask(ctx context.Context, pdu modbus.ProtocolDataUnit) ([]byte, error) {
	request, err := u.packager.Encode(&pdu)
	if err != nil {
		return nil, fmt.Errorf("encode request: %w", err)
	}
	answer, err := u.link.exchange(ctx, request, u.timeout, u.turnaround)
	if err != nil {
		return nil, err
	}
	got, err := u.packager.Decode(answer)
	if err != nil {
		return nil, fmt.Errorf("decode answer: %w", err)
	}
	if got.FunctionCode != pdu.FunctionCode {
		return nil, &modbus.ModbusError{FunctionCode: got.FunctionCode, ExceptionCode: got.Data[0]}
	}
	return got.Data, nil
}

// read asks for a span and gives its bytes.
func (u unit) read(ctx context.Context, s span) ([]byte, error) {
	data, err := u.ask(ctx, s.request())
	if err != nil {
		return nil, err
	}
	return data[1:], nil // after the number of bytes, which exchange has checked
}

// request is the read of a span.
func (s span) request() modbus.ProtocolDataUnit {
	function := map[table]byte{
		coil: modbus.FuncCodeReadCoils, discrete: modbus.FuncCodeReadDiscreteInputs,
		input: modbus.FuncCodeReadInputRegisters, holding: modbus.FuncCodeReadHoldingRegisters,
	}[s.table]
	data := binary.BigEndian.AppendUint16(nil, uint16(s.first))
	return modbus.ProtocolDataUnit{FunctionCode: function, Data: binary.BigEndian.AppendUint16(data, uint16(s.count))}
}
