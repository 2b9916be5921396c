package modbus

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// Modbus TCP: transaction 2 bytes, protocol 2 bytes (0), length 2 bytes (of what follows), unit 1 byte,
// then function and data (MODBUS Messaging on TCP/IP V1.0b, 3.1.3).
const (
	headerTCP    = 7
	maxLengthTCP = 254
)

// tcpFraming takes only the answer with the request's own transaction number. Numbers run on over all
// units and connections of a link, so that a late answer is known for what it is and passed over; the
// connection need not be closed for it.
type tcpFraming struct {
	transaction uint16
	conn        conn
	r           *bufio.Reader
}

func (f *tcpFraming) attach(c conn) { f.conn, f.r = c, bufio.NewReader(c) }

func (f *tcpFraming) exchange(ctx context.Context, request []byte, timeout time.Duration) ([]byte, error) {
	if err := readsOnly(request[headerTCP:]); err != nil {
		return nil, err
	}
	f.transaction++
	binary.BigEndian.PutUint16(request, f.transaction)
	if err := allow(ctx, f.conn, time.Now().Add(timeout)); err != nil {
		return nil, err
	}
	if _, err := f.conn.Write(request); err != nil {
		return nil, fmt.Errorf("send: %w", err)
	}
	heard := ""
	for {
		frame, err := readTCP(f.r)
		if errors.Is(err, errNothing) {
			return nil, silence{timeout, heard}
		}
		if err != nil {
			return nil, fmt.Errorf("receive: %w", err)
		}
		foreign, err := checkTCP(request, frame)
		if err != nil {
			return nil, fmt.Errorf("receive: %w", err)
		}
		if foreign == "" {
			return frame, nil
		}
		heard = foreign
	}
}

var errNothing = errors.New("nothing came")

// readTCP takes one frame; errNothing when r's time ran out before it began. After any other error the
// beginning of the next frame cannot be found.
func readTCP(r io.Reader) ([]byte, error) {
	frame := make([]byte, headerTCP, headerTCP-1+maxLengthTCP)
	n, err := io.ReadFull(r, frame)
	if n == 0 && errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, errNothing
	}
	if err != nil {
		return nil, torn(n, err)
	}
	length := int(binary.BigEndian.Uint16(frame[4:]))
	if protocol := binary.BigEndian.Uint16(frame[2:]); protocol != 0 || length < 3 || length > maxLengthTCP {
		return nil, fmt.Errorf("% x is not the beginning of a Modbus TCP answer", frame)
	}
	frame = frame[:headerTCP-1+length]
	if n, err = io.ReadFull(r, frame[headerTCP:]); err != nil {
		return nil, torn(headerTCP+n, err)
	}
	return frame, nil
}

// torn is the error of a frame that ends after n bytes.
func torn(n int, err error) error {
	if n > 0 {
		return fmt.Errorf("answer ends after %d bytes: %w", n, err)
	}
	return err
}

// checkTCP says in foreign whose answer a frame is when it is not that to request. It fails on an answer
// to request that does not have its form.
func checkTCP(request, frame []byte) (foreign string, err error) {
	if got := binary.BigEndian.Uint16(frame); got != binary.BigEndian.Uint16(request) {
		return "late or foreign answers did", nil
	}
	if frame[6] != request[6] {
		return fmt.Sprintf("unit %d answered instead of unit %d", frame[6], request[6]), nil
	}
	pdu, asked := frame[headerTCP:], request[headerTCP:]
	switch {
	case pdu[0] == asked[0]|0x80 && len(pdu) == 2:
		return "", nil
	case pdu[0] == asked[0]|0x80:
		return "", fmt.Errorf("an exception of %d bytes where it has 1", len(pdu)-1)
	case pdu[0] != asked[0]:
		return "", fmt.Errorf("an answer to function %d where %d was asked", pdu[0], asked[0])
	case answerLength(asked, pdu) == len(pdu):
		return "", nil
	case pdu[0] == identify:
		return "", fmt.Errorf("%d bytes that are no device identification", len(pdu))
	}
	return "", fmt.Errorf("%d bytes of values, said to be %d, where %d were asked", len(pdu)-2, pdu[1], byteCount(asked))
}
