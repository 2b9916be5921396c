package modbus

import (
	"errors"
	"testing"
)

func TestParseAddress(t *testing.T) {
	for _, c := range []struct {
		name, text string
		oneBased   bool
		want       address
	}{
		{"zero-based", "holding 100", false, address{holding, 100}},
		{"one-based", "holding 100", true, address{holding, 99}},
		{"first, one-based", "input 1", true, address{input, 0}},
		{"last, one-based", "input 65536", true, address{input, 65535}},
		{"hexadecimal", "holding 0x1F", false, address{holding, 31}},
		{"spaces", "  coil   7 ", false, address{coil, 7}},
		{"leading zero is decimal", "discrete 010", false, address{discrete, 10}},
		{"five digits", "40001", false, address{holding, 0}},
		{"five digits count from one anyway", "40001", true, address{holding, 0}},
		{"six digits", "465536", false, address{holding, 65535}},
		{"five digits, input", "30030", false, address{input, 29}},
		{"five digits, discrete", "10001", false, address{discrete, 0}},
		{"five digits, coil", "00008", false, address{coil, 7}},
		{"six digits, coil", "065536", false, address{coil, 65535}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := parseAddress(c.text, c.oneBased)
			if err != nil || got != c.want {
				t.Errorf("got %s, %v, want %s", got, err, c.want)
			}
		})
	}
}

func TestParseAddressMistakes(t *testing.T) {
	const usage = addressHint
	for _, c := range []struct {
		name, text    string
		oneBased      bool
		message, hint string
	}{
		{"nothing", "", false, `address "" is not a table and a number`, usage},
		{"no table", "100", false, `address "100" is not a table and a number`, usage},
		{"three words", "holding register 5", false, `address "holding register 5" is not a table and a number`, usage},
		{"near miss", "holdings 5", false, `unknown table "holdings"`, "did you mean holding?"},
		{"other word", "register 5", false, `unknown table "register"`, "use one of coil, discrete, input, holding"},
		{"not a number", "holding five", false, `address "five" is not a number`, usage},
		{"negative", "holding -1", false, `address "-1" is not a number`, usage},
		{"too high", "holding 65536", false, "address 65536 is over 65535", ""},
		{"zero, one-based", "holding 0", true, "address 0 does not exist", "with one_based the first address is 1"},
		{"no such table", "20001", false, `address "20001" is in no table`,
			"the first digit is 0 for coils, 1 for discrete inputs, 3 for input and 4 for holding registers"},
		{"before the first", "40000", false, "address 40000 does not exist", "numbers of this kind count from 1"},
		{"six digits, too high", "465537", false, "address 465537 is over 465536", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := parseAddress(c.text, c.oneBased)
			var m mistake
			if !errors.As(err, &m) || m.message != c.message || m.hint != c.hint {
				t.Errorf("got %q, hint %q\nwant %q, hint %q", m.message, m.hint, c.message, c.hint)
			}
		})
	}
}

func FuzzParseAddress(f *testing.F) {
	for _, s := range []string{"holding 100", "coil 0x7", "40001", "465536", "000001", "input 65536", " ", "9"} {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, oneBased bool) {
		a, err := parseAddress(s, oneBased)
		if err != nil {
			return
		}
		if a.number < 0 || a.number > maxAddress {
			t.Errorf("%q is address %d", s, a.number)
		}
		if again, err := parseAddress(a.String(), false); err != nil || again != a {
			t.Errorf("%q: %s is read again as %s, %v", s, a, again, err)
		}
	})
}
