package modbus

import (
	"errors"
	"fmt"

	"github.com/goburrow/modbus"
)

// exceptions says what each code means (MODBUS Application Protocol V1.1b3, 7) and what to do about it.
func exceptions(code byte) (name, hint string) {
	switch code {
	case modbus.ExceptionCodeIllegalFunction:
		return "illegal function", "the device has no such table: is it holding where it should be input, or the other way round?"
	case modbus.ExceptionCodeIllegalDataAddress:
		return "illegal data address", "the device has no such address: does its manual count from 1, or mean another table?"
	case modbus.ExceptionCodeIllegalDataValue:
		return "illegal data value", "the device gives fewer registers at a time: set max_registers"
	case modbus.ExceptionCodeServerDeviceFailure:
		return "device failure", "look at the device's own display or diagnostics"
	case modbus.ExceptionCodeAcknowledge:
		return "acknowledge", "the device needs longer: poll it less often"
	case modbus.ExceptionCodeServerDeviceBusy:
		return "device busy", "poll it less often"
	case modbus.ExceptionCodeMemoryParityError:
		return "memory parity error", "the device's memory is damaged"
	case modbus.ExceptionCodeGatewayPathUnavailable:
		return "gateway path unavailable", "the gateway does not know this unit: look at its settings"
	case modbus.ExceptionCodeGatewayTargetDeviceFailedToRespond:
		return "gateway target did not respond", "the gateway heard nothing from this unit: is it powered, wired, and is its number right?"
	}
	return "unknown", "the device's manual may explain it"
}

// refusal is an exception, which is a device's way to say no.
type refusal struct {
	code byte
	span span
}

func (r refusal) Error() string {
	name, hint := exceptions(r.code)
	return fmt.Sprintf("exception %d, %s: %s; hint: %s", r.code, name, r.span, hint)
}

// asRefusal gives the device's exception in err, if that is what it is.
func asRefusal(err error, s span) (refusal, bool) {
	var exception *modbus.ModbusError
	if !errors.As(err, &exception) {
		return refusal{}, false
	}
	return refusal{exception.ExceptionCode, s}, true
}

// mayBePartial tells whether a part of what was asked might not be refused: there is a hole in the
// device's map, or it gives fewer registers at a time.
func (r refusal) mayBePartial() bool {
	return r.code == modbus.ExceptionCodeIllegalDataAddress || r.code == modbus.ExceptionCodeIllegalDataValue
}

// unreachable tells whether it is a gateway that speaks, for a unit that does not.
func (r refusal) unreachable() bool {
	return r.code == modbus.ExceptionCodeGatewayPathUnavailable ||
		r.code == modbus.ExceptionCodeGatewayTargetDeviceFailedToRespond
}
