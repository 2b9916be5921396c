package plc

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
)

// The Modbus TCP header: transaction, protocol (0), length of what follows these six bytes, unit.
const (
	headerLen = 7
	maxPDU    = 253
	maxBits   = 2000
	maxWords  = 125
)

// Serve answers for units, by unit id, on all connections that ln accepts until ctx ends; then it closes
// ln and every connection, waits for what it started, and returns nil. Any other end is an error.
func Serve(ctx context.Context, ln net.Listener, units map[uint8]Unit) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { ln.Close() })
	defer stop()
	defer ln.Close()

	var connections sync.WaitGroup
	defer connections.Wait()
	defer cancel() // before the wait, so that the connections end
	for {
		conn, err := ln.Accept()
		if ctx.Err() != nil {
			if err == nil {
				conn.Close()
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("accept modbus clients on %s: %w", ln.Addr(), err)
		}
		connections.Go(func() {
			defer conn.Close()
			stop := context.AfterFunc(ctx, func() { conn.Close() })
			defer stop()
			serveConn(conn, units)
		})
	}
}

// serveConn answers one client until it leaves or sends what is not Modbus TCP.
func serveConn(conn net.Conn, units map[uint8]Unit) {
	in := bufio.NewReader(conn)
	for {
		header, pdu, err := readFrame(in)
		if err != nil {
			return
		}
		if _, err := conn.Write(frame(header, answer(pdu, units[header[6]]))); err != nil {
			return
		}
	}
}

// readFrame takes one request from the stream.
func readFrame(in io.Reader) (header [headerLen]byte, pdu []byte, err error) {
	if _, err = io.ReadFull(in, header[:]); err != nil {
		return header, nil, err
	}
	if protocol := binary.BigEndian.Uint16(header[2:]); protocol != 0 {
		return header, nil, fmt.Errorf("protocol %d instead of 0", protocol)
	}
	length := int(binary.BigEndian.Uint16(header[4:])) - 1 // the unit id is read already
	if length < 1 || length > maxPDU {
		return header, nil, fmt.Errorf("a request of %d bytes", length)
	}
	pdu = make([]byte, length)
	_, err = io.ReadFull(in, pdu)
	return header, pdu, err
}

// frame puts the request's header, with the right length, before an answer.
func frame(header [headerLen]byte, pdu []byte) []byte {
	binary.BigEndian.PutUint16(header[4:], uint16(len(pdu)+1))
	return append(header[:], pdu...)
}

// answer is the reply to one request, which holds at least its function code; unit is nil where none has
// the id that was asked for.
func answer(request []byte, unit Unit) []byte {
	code := request[0]
	data, err := read(request, unit)
	if err == nil {
		return append([]byte{code, byte(len(data))}, data...)
	}
	exception := ServerFailure
	errors.As(err, &exception)
	return []byte{code | 0x80, byte(exception)}
}

func read(request []byte, unit Unit) ([]byte, error) {
	t := Table(request[0])
	switch {
	case unit == nil:
		return nil, NoAnswerFromTarget
	case t < Coils || t > Input:
		return nil, IllegalFunction
	case len(request) != 5:
		return nil, IllegalValue
	}
	at, count := binary.BigEndian.Uint16(request[1:]), binary.BigEndian.Uint16(request[3:])
	limit := uint16(maxWords)
	if t.bits() {
		limit = maxBits
	}
	if count == 0 || count > limit {
		return nil, IllegalValue
	}
	if int(at)+int(count) > 1<<16 {
		return nil, IllegalAddress
	}
	values, err := unit.Read(t, at, count)
	if err != nil {
		return nil, err
	}
	if len(values) != int(count) {
		return nil, ServerFailure
	}
	return pack(t, values), nil
}

// pack lays values out as the protocol does: bits from the lowest of the first byte on, words high byte first.
func pack(t Table, values []uint16) []byte {
	if !t.bits() {
		data := make([]byte, 0, 2*len(values))
		for _, v := range values {
			data = binary.BigEndian.AppendUint16(data, v)
		}
		return data
	}
	data := make([]byte, (len(values)+7)/8)
	for i, v := range values {
		if v != 0 {
			data[i/8] |= 1 << (i % 8)
		}
	}
	return data
}
