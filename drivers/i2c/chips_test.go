package i2c

import (
	"testing"
	"time"

	"github.com/lineproof/lineproof/drivers/sensor"
)

func TestINA219(t *testing.T) {
	set := []poll{{w: []byte{0, 0x39, 0x9f}}, {w: []byte{0}, r: []byte{0x39, 0x9f}}}
	after := func(more ...poll) []poll { return append(append([]poll{}, set...), more...) }
	for _, o := range []outcome{
		// SBOS448, table 8: 10 A through 2 mΩ at 12 V show 07D0h and 5D98h; the power there, 119.82 W, is
		// that of the chip's own rounding.
		{"the data sheet's example", configured("ina219", nil), after(poll{w: []byte{1}, r: []byte{0x07, 0xd0}}, poll{w: []byte{2}, r: []byte{0x5d, 0x98}}),
			[]string{"current=10 good", "power=119.80000000000001 good", "voltage=11.98 good"}, ""},
		{"a current backwards", configured("ina219", map[string]sensor.Signal{"current": {}}), after(poll{w: []byte{1}, r: []byte{0xf8, 0x30}}, poll{w: []byte{2}, r: []byte{0x5d, 0x98}}),
			[]string{"current=-10 good"}, ""},
		{"more current than it can measure", configured("ina219", map[string]sensor.Signal{"current": {}, "voltage": {}}), after(poll{w: []byte{1}, r: []byte{0x7d, 0x00}}, poll{w: []byte{2}, r: []byte{0x5d, 0x98}}),
			[]string{"current=- missing", "voltage=11.98 good"}, "current: the current is at or beyond ±160 A: use a smaller shunt"},
		{"another chip at the address", configured("ina219", map[string]sensor.Signal{"current": {}}), []poll{set[0], {w: []byte{0}, r: []byte{0xff, 0xff}}},
			[]string{"current=- missing"}, "/dev/i2c-1 address 0x40 ina219: not an ina219: it took the settings 399f and shows ffff"},
		{"gone between both voltages", configured("ina219", map[string]sensor.Signal{"power": {}}), after(poll{w: []byte{1}, r: []byte{0x07, 0xd0}}, poll{err: errNack}),
			[]string{"power=- missing"}, "/dev/i2c-1 address 0x40 ina219: no answer: remote I/O error"},
	} {
		o.run(t)
	}
}

func TestAHT20(t *testing.T) {
	ready, measure := poll{w: []byte{0x71}, r: []byte{0x18}}, poll{w: []byte{0xac, 0x33, 0x00}}
	// 80000h of 100000h are 50 %, and 60000h of 100000h are 25 °C, by the formulas of the product manual.
	data := []byte{0x18, 0x80, 0x00, 0x06, 0x00, 0x00}
	sound := append(data[:6:6], 0x23)
	for _, o := range []outcome{
		{"half and a quarter", configured("aht20", nil), []poll{ready, measure, {r: sound}}, []string{"humidity=50 good", "temperature=25 good"}, ""},
		{"still measuring at first", configured("aht20", nil), []poll{ready, measure, {r: []byte{0x98, 0, 0, 0, 0, 0, 0}}, {r: sound}}, []string{"humidity=50 good", "temperature=25 good"}, ""},
		{"just switched on", configured("aht20", nil), []poll{{w: []byte{0x71}, r: []byte{0x10}}, {w: []byte{0xbe, 0x08, 0x00}}, measure, {r: sound}}, []string{"humidity=50 good", "temperature=25 good"}, ""},
		{"one bit wrong on the wire", configured("aht20", map[string]sensor.Signal{"humidity": {}}), []poll{ready, measure, {r: append([]byte{0x18, 0x82}, sound[2:]...)}}, []string{"humidity=- missing"},
			"/dev/i2c-1 address 0x38 aht20: checksum 0x23 of 18 82 00 06 00 00, want 0xb4"},
		{"nobody at the address", configured("aht20", map[string]sensor.Signal{"humidity": {}}), []poll{{err: errNack}}, []string{"humidity=- missing"},
			"/dev/i2c-1 address 0x38 aht20: no answer: remote I/O error"},
		{"never done", configured("aht20", map[string]sensor.Signal{"humidity": {}}), []poll{ready, measure, {r: make7(0x98)}, {r: make7(0x98)}, {r: make7(0x98)}}, []string{"humidity=- missing"},
			"/dev/i2c-1 address 0x38 aht20: a measurement did not end within 240ms"},
	} {
		o.run(t)
	}
}

func make7(first byte) []byte { return []byte{first, 0, 0, 0, 0, 0, 0} }

func TestMCP9808(t *testing.T) {
	begin := []poll{{w: []byte{6}, r: []byte{0x00, 0x54}}, {w: []byte{7}, r: []byte{0x04, 0x00}}, {w: []byte{1, 0, 0}}}
	for _, test := range []struct {
		name string
		raw  []byte
		want string
	}{
		{"25.25 °C", []byte{0x01, 0x94}, "temperature=25.25 good"},
		{"with every alarm", []byte{0xe1, 0x94}, "temperature=25.25 good"},
		{"the smallest step below 0", []byte{0x1f, 0xff}, "temperature=-0.0625 good"},
		{"the coldest", []byte{0x1d, 0x80}, "temperature=-40 good"},
		{"the hottest", []byte{0x07, 0xd0}, "temperature=125 good"},
	} {
		outcome{test.name, configured("mcp9808", nil), append(begin[:3:3], poll{w: []byte{5}, r: test.raw}), []string{test.want}, ""}.run(t)
	}
	for _, o := range []outcome{
		{"another chip at the address", configured("mcp9808", nil), []poll{{w: []byte{6}, r: []byte{0xff, 0xff}}, {w: []byte{7}, r: []byte{0xff, 0xff}}},
			[]string{"temperature=- missing"}, "/dev/i2c-1 address 0x18 mcp9808: not an mcp9808: its maker is ffff and its identity ff, want 0054 and 04"},
		{"hotter than it can measure", configured("mcp9808", nil), append(begin[:3:3], poll{w: []byte{5}, r: []byte{0x0f, 0xff}}),
			[]string{"temperature=- missing"}, "temperature: 255.938 °C is outside of what it can measure, -40 to 125: a bad contact or a broken chip"},
	} {
		o.run(t)
	}
}

func TestTMP102(t *testing.T) {
	begin := []poll{{w: []byte{1, 0x60, 0xa0}}, {w: []byte{1}, r: []byte{0x60, 0xa0}}}
	for _, test := range []struct { // SBOS397, table 7-2
		name string
		raw  uint16 // 12 bits
		want string
	}{
		{"7FFh", 0x7ff, "temperature=127.9375 good"}, {"640h", 0x640, "temperature=100 good"}, {"500h", 0x500, "temperature=80 good"},
		{"4B0h", 0x4b0, "temperature=75 good"}, {"320h", 0x320, "temperature=50 good"}, {"190h", 0x190, "temperature=25 good"},
		{"004h", 0x004, "temperature=0.25 good"}, {"000h", 0x000, "temperature=0 good"}, {"FFCh", 0xffc, "temperature=-0.25 good"},
		{"E70h", 0xe70, "temperature=-25 good"}, {"C90h", 0xc90, "temperature=-55 good"},
	} {
		raw := []byte{byte(test.raw >> 4), byte(test.raw << 4)}
		outcome{test.name, configured("tmp102", nil), append(begin[:2:2], poll{w: []byte{0}, r: raw}), []string{test.want}, ""}.run(t)
	}
	for _, o := range []outcome{
		{"an ADS1115 at the address", configured("tmp102", nil), []poll{begin[0], {w: []byte{1}, r: []byte{0x85, 0x83}}},
			[]string{"temperature=- missing"}, "/dev/i2c-1 address 0x48 tmp102: not a tmp102: it took the settings 60a0 and shows 8583"},
		{"a line that is held high", configured("tmp102", nil), append(begin[:2:2], poll{w: []byte{0}, r: []byte{0xff, 0xff}}),
			[]string{"temperature=- missing"}, "temperature: ffff is no temperature of 12 bits: it has lost its settings, or it is no tmp102"},
	} {
		o.run(t)
	}
}

func TestBH1750(t *testing.T) {
	ask := []poll{{w: []byte{0x01}}, {w: []byte{0x20}}}
	for _, o := range []outcome{
		// 11046EDT01, page 7: 1000 0011 1001 0000 are 28067 lx.
		{"the data sheet's example", configured("bh1750", nil), append(ask[:2:2], poll{r: []byte{0x83, 0x90}}), []string{"illuminance=28066.666666666668 good"}, ""},
		{"dazzled", configured("bh1750", nil), append(ask[:2:2], poll{r: []byte{0xff, 0xff}}), []string{"illuminance=- missing"}, "illuminance: more light than it can measure"},
		{"gone while it measures", configured("bh1750", nil), append(ask[:2:2], poll{err: errNack}), []string{"illuminance=- missing"}, "/dev/i2c-1 address 0x23 bh1750: no answer: remote I/O error"},
	} {
		o.run(t)
	}
}

func TestSCD4x(t *testing.T) {
	begin := []poll{
		{w: []byte{0x3f, 0x86}},                                                                    // stop
		{w: []byte{0x36, 0x82}}, {r: []byte{0xf8, 0x96, 0x31, 0x9f, 0x07, 0xc2, 0x3b, 0xbe, 0x89}}, // serial number, section 3.9.2
		{w: []byte{0x21, 0xb1}}, // start
	}
	after := func(more ...poll) []poll { return append(append([]poll{}, begin...), more...) }
	ready := []poll{{w: []byte{0xe4, 0xb8}}, {r: []byte{0x80, 0x06, 0x04}}}
	example := []byte{0x01, 0xf4, 0x33, 0x66, 0x67, 0xa2, 0x5e, 0xb9, 0x3c} // section 3.5.2: 500 ppm, 25 °C, 37 %
	for _, o := range []outcome{
		{"the data sheet's example", configured("scd4x", nil), after(ready[0], ready[1], poll{w: []byte{0xec, 0x05}}, poll{r: example}),
			[]string{"co2=500 good", "humidity=37.00160219729916 good", "temperature=25.002670328831925 good"}, ""},
		{"nothing measured yet", configured("scd4x", map[string]sensor.Signal{"co2": {}}), after(ready[0], poll{r: []byte{0x80, 0x00, 0xa2}}),
			[]string{"co2=- missing"}, "co2: no new measurement yet: the first one takes 5 s"},
		{"one bit wrong on the wire", configured("scd4x", map[string]sensor.Signal{"co2": {}}),
			after(ready[0], ready[1], poll{w: []byte{0xec, 0x05}}, poll{r: append([]byte{0x01, 0xf5}, example[2:]...)}),
			[]string{"co2=- missing"}, "/dev/i2c-1 address 0x62 scd4x: checksum 0x33 of 01 f5, want 0x02"},
		{"another chip at the address", configured("scd4x", map[string]sensor.Signal{"co2": {}}), []poll{begin[0], begin[1], {r: []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}}},
			[]string{"co2=- missing"}, "/dev/i2c-1 address 0x62 scd4x: not an scd4x: its serial number: checksum 0xff of ff ff, want 0xac"},
	} {
		o.run(t)
	}
	if _, waited, _ := replay(t, configured("scd4x", nil), after(ready[0], ready[1], poll{w: []byte{0xec, 0x05}}, poll{r: example})...); waited != 503*time.Millisecond {
		t.Errorf("waited %s, want 500 ms for its stop and 1 ms for each answer", waited)
	}
}

func TestChecksum(t *testing.T) {
	if got := crc8([]byte{0xbe, 0xef}); got != 0x92 { // Sensirion's example, SCD4x data sheet, section 3.12
		t.Errorf("got 0x%02x, want 0x92", got)
	}
}
