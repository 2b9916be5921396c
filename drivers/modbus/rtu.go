package modbus

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"
)

// Modbus RTU: unit 1 byte, function 1 byte, data, CRC 2 bytes with the low one first
// (MODBUS over Serial Line V1.02, 2.5.1).
const (
	requestRTU   = 8 // bytes of a request to read
	overheadRTU  = 5 // unit, function, byte count and CRC of an answer
	exceptionRTU = 5
	maxRTU       = 256
)

// rtuFraming finds the answer in a stream that carries no transaction numbers: by unit, function, exact
// length and CRC, wherever it begins. Before each request the line is read empty until it is silent.
//
// What came too late for one request could be taken for the answer to the next one like it. So after a
// failure the late answer is awaited for one timeout more before the same unit is asked again. A device
// that answers even later than twice the timeout cannot be told apart: the timeout must be set for it.
type rtuFraming struct {
	endpoint endpoint
	conn     conn
	buf      [4 * maxRTU]byte
	owed     []byte    // the last request to go without an answer
	until    time.Time // its answer may come
}

func (f *rtuFraming) attach(c conn) { f.conn = c }

func (f *rtuFraming) exchange(ctx context.Context, request []byte, timeout time.Duration) ([]byte, error) {
	if err := readsOnly(request[1 : len(request)-2]); err != nil {
		return nil, err
	}
	if err := f.settle(ctx, request[0]); err != nil {
		return nil, err
	}
	onWire := time.Duration(len(request)+3+longestAnswer(request[1:])) * f.endpoint.character()
	limit := time.Now().Add(timeout + onWire)
	f.owed, f.until = bytes.Clone(request), limit.Add(timeout)
	if err := allow(ctx, f.conn, limit); err != nil {
		return nil, err
	}
	if _, err := f.conn.Write(request); err != nil {
		return nil, fmt.Errorf("send: %w", err)
	}
	answer, heard, err := f.listen(ctx, request, limit)
	if err != nil {
		return nil, fmt.Errorf("receive: %w", err)
	}
	if answer == nil {
		return nil, silence{timeout, heard}
	}
	f.owed = nil
	return answer, nil
}

// settle waits until no answer to an earlier request can come any more and the line is silent.
func (f *rtuFraming) settle(ctx context.Context, unit byte) error {
	if f.owed != nil && f.owed[0] == unit && time.Now().Before(f.until) {
		if _, _, err := f.listen(ctx, f.owed, f.until); err != nil {
			return fmt.Errorf("receive: %w", err)
		}
	}
	f.owed = nil
	for range 1000 {
		if err := allow(ctx, f.conn, time.Now().Add(f.endpoint.silence())); err != nil {
			return err
		}
		_, err := f.conn.Read(f.buf[:])
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("receive: %w", err)
		}
	}
	return errors.New("the line is never silent; hint: is there another master, or the wrong baud rate?")
}

// listen reads until the answer to request is there, or nil when limit passed; heard tells then of what
// came instead.
func (f *rtuFraming) listen(ctx context.Context, request []byte, limit time.Time) (answer []byte, heard string, err error) {
	got, total := 0, 0
	for {
		if err := allow(ctx, f.conn, limit); err != nil {
			return nil, "", err
		}
		n, err := f.conn.Read(f.buf[got:])
		got, total = got+n, total+n
		if frame := findRTU(request, f.buf[:got]); frame != nil {
			return bytes.Clone(frame), "", nil
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			if total > 0 {
				heard = fmt.Sprintf("%d bytes that are none; hint: are baud, parity and stop those of the device, and is no unit number used twice?", total)
			}
			return nil, heard, ctx.Err()
		}
		if err != nil {
			return nil, "", err
		}
		if got > len(f.buf)-maxRTU {
			// An answer that began in what is dropped here would be longer than any is.
			got = copy(f.buf[:], f.buf[got-maxRTU:got])
		}
	}
}

// findRTU finds the first whole and sound answer to request in what was received: what was asked,
// in exactly its length, or an exception. It is nil when there is none.
func findRTU(request, received []byte) []byte {
	for i := range received {
		rest := received[i:]
		if len(rest) < exceptionRTU || rest[0] != request[0] {
			continue
		}
		length := 1 + answerLength(request[1:], rest[1:]) + 2
		if length >= exceptionRTU && len(rest) >= length && crc16(rest[:length-2]) == binary.LittleEndian.Uint16(rest[length-2:]) {
			return rest[:length]
		}
	}
	return nil
}

// crc16 is the check of RTU frames: polynomial 0xA001, beginning with 0xFFFF.
func crc16(b []byte) uint16 {
	crc := uint16(0xffff)
	for _, c := range b {
		crc ^= uint16(c)
		for range 8 {
			carry := crc & 1
			crc >>= 1
			if carry != 0 {
				crc ^= 0xa001
			}
		}
	}
	return crc
}
