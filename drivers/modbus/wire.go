package modbus

import (
	"time"

	"github.com/lineproof/lineproof/drivers"
)

// character is the time that one byte takes on the wire, 0 where there is no serial line to be seen:
// start bit, 8 data bits, parity where there is one, and stop bits.
func (e endpoint) character() time.Duration {
	if e.serial.baud == 0 {
		return 0
	}
	bits := 9 + e.serial.stop
	if e.serial.parity != "N" {
		bits++
	}
	return time.Duration(bits) * time.Second / time.Duration(e.serial.baud)
}

// silence is the time without a character that separates two RTU frames: 3.5 of them, of 11 bits whatever
// the parity, and a fixed 1.75 ms above 19200 baud (MODBUS over Serial Line V1.02, 2.5.1.1).
func (e endpoint) silence() time.Duration {
	if e.serial.baud == 0 {
		return 1750 * time.Microsecond
	}
	return max(11*time.Second/time.Duration(e.serial.baud)*7/2, 1750*time.Microsecond)
}

// wireTime is how long one request keeps the line busy at the least: its characters, those of the answer,
// the silence after each, and the device's turnaround. How long the device thinks is not known. Of a
// connection over TCP only the turnaround is.
func (e endpoint) wireTime(s span, turnaround time.Duration) time.Duration {
	if e.character() == 0 {
		return turnaround
	}
	pdu := s.request()
	answer := byteCount(append([]byte{pdu.FunctionCode}, pdu.Data...))
	return time.Duration(requestRTU+overheadRTU+answer)*e.character() + 2*e.silence() + turnaround
}

func (e endpoint) planned(plan []span, turnaround time.Duration) drivers.Plan {
	p := drivers.Plan{Requests: len(plan)}
	for _, s := range plan {
		p.WireTime += e.wireTime(s, turnaround)
	}
	return p
}

// Plan is what one poll needs: on a serial line its time on the wire, over TCP no more than the pauses that
// the device wants.
func (c *Config) Plan() drivers.Plan {
	compiled, _ := c.compile()
	return compiled.endpoint.planned(compiled.plan, c.Turnaround.D())
}
