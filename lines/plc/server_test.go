package plc_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"net"
	"strings"
	"testing"

	"github.com/goburrow/modbus"
	"go.uber.org/goleak"

	"github.com/lineproof/lineproof/lines/plc"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// broken is a unit whose memory fails, and one that answers too little.
type broken struct{ err error }

func (b broken) Read(plc.Table, uint16, uint16) ([]uint16, error) { return nil, b.err }

// serve runs a server on a free port for the length of the test.
func serve(t *testing.T, units map[uint8]plc.Unit) (address string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- plc.Serve(ctx, ln, units) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("serve ended with %v", err)
		}
	})
	return ln.Addr().String()
}

// client is goburrow's, a client that this project did not write.
func client(t *testing.T, address string, unit byte) modbus.Client {
	t.Helper()
	h := modbus.NewTCPClientHandler(address)
	h.SlaveId, h.IdleTimeout = unit, 0
	t.Cleanup(func() { h.Close() })
	return modbus.NewClient(h)
}

func sample() *plc.Image {
	var i plc.Image
	for n := range uint16(10) {
		i.PutBit(plc.Coils, n, n%3 == 0)
	}
	i.PutBit(plc.Discrete, 7, true)
	i.PutFloat(plc.Input, 30, 14.5, plc.ABCD)
	i.Put32(plc.Holding, 100, 0x11223344, plc.CDAB)
	i.Put32(plc.Holding, 102, 0x11223344, plc.ABCD)
	i.Put32(plc.Holding, 104, 0x11223344, plc.BADC)
	i.Put32(plc.Holding, 106, 0x11223344, plc.DCBA)
	i.Put(plc.Holding, 65535, 77)
	return &i
}

func TestReadsWhatWasPut(t *testing.T) {
	c := client(t, serve(t, map[uint8]plc.Unit{1: sample()}), 1)
	for _, tt := range []struct {
		name      string
		read      func(at, count uint16) ([]byte, error)
		at, count uint16
		want      []byte
	}{
		{"coils", c.ReadCoils, 0, 10, []byte{0b01001001, 0b10}},
		{"coils from within", c.ReadCoils, 3, 1, []byte{1}},
		{"discrete inputs", c.ReadDiscreteInputs, 7, 1, []byte{1}},
		{"float", c.ReadInputRegisters, 30, 2, binary.BigEndian.AppendUint32(nil, math.Float32bits(14.5))},
		{"word orders", c.ReadHoldingRegisters, 100, 8, []byte{
			0x33, 0x44, 0x11, 0x22, 0x11, 0x22, 0x33, 0x44, 0x22, 0x11, 0x44, 0x33, 0x44, 0x33, 0x22, 0x11}},
		{"last register", c.ReadHoldingRegisters, 65535, 1, []byte{0, 77}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.read(tt.at, tt.count)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, tt.want) {
				t.Errorf("got % x, want % x", got, tt.want)
			}
		})
	}
}

func TestExceptions(t *testing.T) {
	address := serve(t, map[uint8]plc.Unit{1: sample(), 2: broken{errors.New("memory")}, 3: broken{}})
	one := client(t, address, 1)
	for _, tt := range []struct {
		name string
		do   func() ([]byte, error)
		want plc.Exception
	}{
		{"hole in the map", func() ([]byte, error) { return one.ReadHoldingRegisters(107, 2) }, plc.IllegalAddress},
		{"table that is empty", func() ([]byte, error) { return one.ReadInputRegisters(100, 1) }, plc.IllegalAddress},
		{"past the last address", func() ([]byte, error) { return one.ReadHoldingRegisters(65535, 2) }, plc.IllegalAddress},
		{"write register", func() ([]byte, error) { return one.WriteSingleRegister(100, 1) }, plc.IllegalFunction},
		{"write registers", func() ([]byte, error) { return one.WriteMultipleRegisters(100, 1, []byte{0, 1}) }, plc.IllegalFunction},
		{"write coil", func() ([]byte, error) { return one.WriteSingleCoil(0, 0xFF00) }, plc.IllegalFunction},
		{"write coils", func() ([]byte, error) { return one.WriteMultipleCoils(0, 1, []byte{1}) }, plc.IllegalFunction},
		{"unit that fails", func() ([]byte, error) { return client(t, address, 2).ReadCoils(0, 1) }, plc.ServerFailure},
		{"unit that answers too little", func() ([]byte, error) { return client(t, address, 3).ReadCoils(0, 1) }, plc.ServerFailure},
		{"unit that is not there", func() ([]byte, error) { return client(t, address, 9).ReadCoils(0, 1) }, plc.NoAnswerFromTarget},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := tt.do()
			var got *modbus.ModbusError
			if !errors.As(err, &got) || got.ExceptionCode != byte(tt.want) {
				t.Errorf("got %v, want exception %d", err, tt.want)
			}
		})
	}
}

// TestFrames speaks the bytes that a well-meaning client does not.
func TestFrames(t *testing.T) {
	address := serve(t, map[uint8]plc.Unit{1: sample()})
	for _, tt := range []struct {
		name, send, want string // want "" is the end of the connection
	}{
		{"two requests at once", "\x00\x01\x00\x00\x00\x06\x01\x03\xff\xff\x00\x01" + "\x00\x02\x00\x00\x00\x06\x01\x01\x00\x00\x00\x03",
			"\x00\x01\x00\x00\x00\x05\x01\x03\x02\x00\x4d" + "\x00\x02\x00\x00\x00\x04\x01\x01\x01\x01"},
		{"no registers", "\x00\x01\x00\x00\x00\x06\x01\x03\x00\x64\x00\x00", "\x00\x01\x00\x00\x00\x03\x01\x83\x03"},
		{"126 registers", "\x00\x01\x00\x00\x00\x06\x01\x03\x00\x64\x00\x7e", "\x00\x01\x00\x00\x00\x03\x01\x83\x03"},
		{"2001 coils", "\x00\x01\x00\x00\x00\x06\x01\x01\x00\x00\x07\xd1", "\x00\x01\x00\x00\x00\x03\x01\x81\x03"},
		{"request too short", "\x00\x01\x00\x00\x00\x04\x01\x03\x00\x64", "\x00\x01\x00\x00\x00\x03\x01\x83\x03"},
		{"function code 0", "\x00\x01\x00\x00\x00\x02\x01\x00", "\x00\x01\x00\x00\x00\x03\x01\x80\x01"},
		{"another protocol", "\x00\x01\x00\x07\x00\x06\x01\x03\x00\x64\x00\x01", ""},
		{"no function code", "\x00\x01\x00\x00\x00\x01\x01", ""},
		{"length over the limit", "\x00\x01\x00\x00\x00\xff\x01", ""},
		{"text", "GET / HTTP/1.1\r\n\r\n", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, tt.send); err != nil {
				t.Fatal(err)
			}
			if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(conn)
			if err != nil && tt.want != "" {
				t.Fatal(err)
			}
			if string(got) != tt.want {
				t.Errorf("got % x, want % x", got, tt.want)
			}
		})
	}
}

func TestServeEndsWithItsConnections(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- plc.Serve(ctx, ln, map[uint8]plc.Unit{1: sample()}) }()
	c := client(t, ln.Addr().String(), 1)
	if _, err := c.ReadCoils(0, 1); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("got %v, want nil", err)
	}
	if _, err := c.ReadCoils(0, 1); err == nil {
		t.Error("the connection still answers")
	}
}

func TestServeNamesWhatFailed(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	err = plc.Serve(context.Background(), ln, nil)
	want := "accept modbus clients on " + ln.Addr().String() + ": "
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %s...", err, want)
	}
}
