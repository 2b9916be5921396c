package modbus

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/goburrow/modbus"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const requestOfTwo = "0007 0000 0006 01 03 0064 0002" // transaction 7, unit 1, holding 100..101

func TestTCPAnswers(t *testing.T) {
	for _, c := range []struct{ name, frame, foreign, err string }{
		{"the answer", "0007 0000 0007 01 03 04 0001 0002", "", ""},
		{"an exception", "0007 0000 0003 01 83 02", "", ""},
		{"another transaction", "0006 0000 0007 01 03 04 0001 0002", "late or foreign answers did", ""},
		{"another unit", "0007 0000 0007 02 03 04 0001 0002", "unit 2 answered instead of unit 1", ""},
		{"another function", "0007 0000 0007 01 04 04 0001 0002", "", "an answer to function 4 where 3 was asked"},
		{"another function's exception", "0007 0000 0003 01 84 02", "", "an answer to function 132 where 3 was asked"},
		{"too few", "0007 0000 0005 01 03 02 0001", "", "2 bytes of values, said to be 2, where 4 were asked"},
		{"too many", "0007 0000 0009 01 03 06 0001 0002 0003", "", "6 bytes of values, said to be 6, where 4 were asked"},
		{"a byte count that lies", "0007 0000 0007 01 03 02 0001 0002", "", "4 bytes of values, said to be 2, where 4 were asked"},
		{"an exception that is too long", "0007 0000 0004 01 83 02 00", "", "an exception of 2 bytes where it has 1"},
		{"no answer at all", "0007 0001 0007 01 03 04 0001 0002", "", "00 07 00 01 00 07 01 is not the beginning of a Modbus TCP answer"},
		{"no length", "0007 0000 0002 01 03", "", "00 07 00 00 00 02 01 is not the beginning of a Modbus TCP answer"},
		{"too long", "0007 0000 00ff 01 03", "", "00 07 00 00 00 ff 01 is not the beginning of a Modbus TCP answer"},
		{"cut in its header", "0007 0000", "", "answer ends after 4 bytes: unexpected EOF"},
		{"cut", "0007 0000 0007 01 03 04", "", "answer ends after 9 bytes: unexpected EOF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var foreign string
			frame, err := readTCP(bytes.NewReader(unhex(t, c.frame)))
			if err == nil {
				foreign, err = checkTCP(unhex(t, requestOfTwo), frame)
			}
			text := ""
			if err != nil {
				text = err.Error()
			}
			if foreign != c.foreign || text != c.err {
				t.Errorf("got %q, %q\nwant %q, %q", foreign, text, c.foreign, c.err)
			}
		})
	}
}

// FuzzTCPAnswer: what is taken for an answer is one by goburrow's own reckoning, with as many bytes as were asked.
func FuzzTCPAnswer(f *testing.F) {
	for _, s := range []string{"0007 0000 0007 01 03 04 0001 0002", "0007 0000 0003 01 83 02", "0007 0000 0002 01 03", "00"} {
		f.Add(unhex(f, s))
	}
	request := unhex(f, requestOfTwo)
	packager := newPackager(schemeTCP, 1)
	f.Fuzz(func(t *testing.T, b []byte) {
		frame, err := readTCP(bytes.NewReader(b))
		if err != nil {
			return
		}
		if foreign, err := checkTCP(request, frame); foreign != "" || err != nil {
			return
		}
		if !bytes.HasPrefix(b, frame) {
			t.Errorf("% x is not the beginning of % x", frame, b)
		}
		sound(t, packager, request, frame)
	})
}

func sound(t *testing.T, p modbus.Packager, request, answer []byte) {
	t.Helper()
	if err := p.Verify(request, answer); err != nil {
		t.Error(err)
	}
	pdu, err := p.Decode(answer)
	switch {
	case err != nil:
		t.Error(err)
	case pdu.FunctionCode == 0x83 && len(pdu.Data) == 1:
	case pdu.FunctionCode == 3 && len(pdu.Data) == 5 && pdu.Data[0] == 4:
	default:
		t.Errorf("took % x", answer)
	}
}

// rtu adds the checksum.
func rtu(t testing.TB, s string) []byte {
	b := unhex(t, s)
	return binary.LittleEndian.AppendUint16(b, crc16(b))
}

func TestRTUAnswers(t *testing.T) {
	request := rtu(t, "01 03 0064 0002")
	answer := rtu(t, "01 03 04 0001 0002")
	for _, c := range []struct {
		name     string
		received []byte
		want     []byte
	}{
		{"the answer", answer, answer},
		{"an exception", rtu(t, "01 83 02"), rtu(t, "01 83 02")},
		{"after garbage", append([]byte{0, 0xff, 1, 3}, answer...), answer},
		{"after what looks like its beginning", append([]byte{1, 3, 4, 9}, answer...), answer},
		{"after an echo of the request", append(bytes.Clone(request), answer...), answer},
		{"after another unit's", append(rtu(t, "02 03 04 0005 0006"), answer...), answer},
		{"twice", append(bytes.Clone(answer), answer...), answer},
		{"not whole", answer[:len(answer)-1], nil},
		{"wrong checksum", append(bytes.Clone(answer[:len(answer)-1]), answer[len(answer)-1]^1), nil},
		{"another function", rtu(t, "01 04 04 0001 0002"), nil},
		{"too few", rtu(t, "01 03 02 0001"), nil},
		{"too many", rtu(t, "01 03 06 0001 0002 0003"), nil},
		{"nothing", nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := findRTU(request, c.received); !bytes.Equal(got, c.want) {
				t.Errorf("got % x, want % x", got, c.want)
			}
		})
	}
}

// TestChecksum is the specification's own example (MODBUS over Serial Line V1.02, appendix B).
func TestChecksum(t *testing.T) {
	if got := crc16([]byte{0x02, 0x07}); got != 0x1241 {
		t.Errorf("got %04x, want 1241", got)
	}
}

func FuzzRTUAnswer(f *testing.F) {
	f.Add(rtu(f, "01 03 04 0001 0002"))
	f.Add(rtu(f, "01 83 02"))
	f.Add(append([]byte{1, 3, 4, 1, 0x83}, rtu(f, "01 03 04 0001 0002")...))
	request := rtu(f, "01 03 0064 0002")
	packager := newPackager(schemeRTU, 1)
	f.Fuzz(func(t *testing.T, b []byte) {
		if frame := findRTU(request, b); frame != nil {
			if !bytes.Contains(b, frame) {
				t.Errorf("% x is not in % x", frame, b)
			}
			sound(t, packager, request, frame)
		}
	})
}

// TestIdentificationAnswers: the answer to function 43/14 has no length of its own; its objects tell it.
func TestIdentificationAnswers(t *testing.T) {
	const (
		two  = "2b 0e 01 81 00 00 02 00 03 414243 01 02 5831"
		none = "2b 0e 01 81 00 00 00"
	)
	for _, c := range []struct {
		name, pdu string
		length    int
	}{
		{"two objects", two, 16},
		{"two objects and more", two + "00 00", 16},
		{"no object", none, 7},
		{"an exception", "ab 01", 2},
		{"another MEI type", "2b 0d 01 81 00 00 00", 0},
		{"another function", "03 02 0001", 0},
		{"not whole", "2b 0e 01 81 00 00 02 00 03 414243 01", 0},
		{"not even a header", "2b 0e 01 81 00 00", 0},
		{"longer than any answer", "2b 0e 01 81 00 00 01 00 ff " + strings.Repeat("41", 255), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			asked := unhex(t, "2b 0e 01 00")
			if got := answerLength(asked, unhex(t, c.pdu)); got != c.length {
				t.Errorf("got %d, want %d", got, c.length)
			}
			frame := rtu(t, "07"+c.pdu)
			whole := c.length == len(unhex(t, c.pdu))
			if got := findRTU(rtu(t, "07 2b 0e 01 00"), append([]byte{0xff, 7}, frame...)); bytes.Equal(got, frame) != whole {
				t.Errorf("over RTU: got % x of % x", got, frame)
			}
			over := slices.Concat(unhex(t, "0007 0000 0000 07"), unhex(t, c.pdu))
			_, err := checkTCP(unhex(t, "0007 0000 0005 07 2b 0e 01 00"), over)
			if (err == nil) != whole {
				t.Errorf("over TCP: %v", err)
			}
		})
	}
}
