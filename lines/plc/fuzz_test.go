package plc

import "testing"

// FuzzAnswer holds every answer to its form: the request's function code and as many bytes as it says, or
// an exception of two bytes.
func FuzzAnswer(f *testing.F) {
	var unit Image
	unit.PutFloat(Input, 30, 14.5, ABCD)
	unit.PutBit(Coils, 7, true)
	f.Add([]byte{4, 0, 30, 0, 2})
	f.Add([]byte{1, 0, 7, 0, 1})
	f.Add([]byte{3, 0xff, 0xff, 0, 125})
	f.Add([]byte{6, 0, 1, 0, 1})
	f.Fuzz(func(t *testing.T, request []byte) {
		if len(request) == 0 {
			t.Skip("readFrame lets no empty request through")
		}
		got := answer(request, &unit)
		switch {
		case len(got) < 2 || len(got) > maxPDU:
			t.Fatalf("answer of %d bytes", len(got))
		case got[0] == request[0] && got[0]&0x80 == 0:
			if int(got[1]) != len(got)-2 {
				t.Fatalf("answer % x says %d bytes", got, got[1])
			}
		case got[0] != request[0]|0x80 || len(got) != 2:
			t.Fatalf("answer % x to % x is neither data nor exception", got, request)
		}
	})
}
