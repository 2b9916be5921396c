package i2c

import (
	"testing"
	"time"

	"github.com/lineproof/lineproof/drivers/sensor"
)

// conversion is how an ADS1115 is asked for one value: the settings, whether it is done, and the code.
func conversion(high, low byte, code ...byte) []poll {
	return []poll{{w: []byte{1, high, low}}, {w: []byte{1}, r: []byte{high, low}}, {w: []byte{0}, r: code}}
}

func TestADS1115(t *testing.T) {
	loop := map[string]sensor.Signal{"oil": {At: "channel 0", Input: "4-20mA", Shunt: 150, From: []float64{4, 20}, To: []float64{0, 16}, Unit: "bar"}}
	tank := map[string]sensor.Signal{"tank": {At: "channel 1", Input: "0-10V", Divider: 3, From: []float64{0, 10}, To: []float64{0, 2000}, Unit: "mm"}}
	plain := map[string]sensor.Signal{"raw": {At: "channel 0"}, "bridge": {At: "channel 0-1"}}
	for _, o := range []outcome{
		// Codes as in SBAS444, table 8-3, at ±4.096 V: one step is 125 µV. 12 mA over 150 Ω are 1.8 V.
		{"a loop at its middle", configured("ads1115", loop), conversion(0xc3, 0x83, 0x38, 0x40), []string{"oil=8 good"}, ""},
		{"a loop at its end", configured("ads1115", loop), conversion(0xc3, 0x83, 0x5d, 0xc0), []string{"oil=16 good"}, ""},
		{"a wire that is broken", configured("ads1115", loop), conversion(0xc3, 0x83, 0x00, 0x02), []string{"oil=- missing"},
			"oil: 0.00 mA is below 3.6 mA: the wire is broken or the sensor has no supply"},
		{"a sensor that reports a fault", configured("ads1115", loop), conversion(0xc3, 0x83, 0x64, 0x00), []string{"oil=- missing"},
			"oil: 21.33 mA is above 21 mA: the sensor reports a fault or its wires touch"},
		{"a pin beyond its range", configured("ads1115", loop), conversion(0xc3, 0x83, 0x7f, 0xff), []string{"oil=- missing"},
			"oil: the pin is at or beyond 4.096 V: check the wiring, divider or shunt"},
		{"5.25 V over a divider", configured("ads1115", tank), conversion(0xd3, 0x83, 0x36, 0xb0), []string{"tank=1050 good"}, ""},
		{"more than 0-10 V", configured("ads1115", tank), conversion(0xd3, 0x83, 0x6d, 0x60), []string{"tank=- missing"},
			"tank: 10.50 V is outside of 0-10 V: check the wiring and the divider"},
		{"a difference and a channel", configured("ads1115", plain),
			append(conversion(0x83, 0x83, 0xff, 0xff), conversion(0xc3, 0x83, 0x00, 0x01)...), []string{"bridge=-0.000125 good", "raw=0.000125 good"}, ""},
		{"nobody at the address", configured("ads1115", loop), []poll{{err: errNack}}, []string{"oil=- missing"},
			"/dev/i2c-1 address 0x48 ads1115: no answer: remote I/O error"},
		{"gone in the middle of a measurement", configured("ads1115", loop), []poll{{w: []byte{1, 0xc3, 0x83}}, {w: []byte{1}, r: []byte{0xc3, 0x83}}, {err: errNack}}, []string{"oil=- missing"},
			"/dev/i2c-1 address 0x48 ads1115: no answer: remote I/O error"},
		{"another chip at the address", configured("ads1115", loop), []poll{{w: []byte{1, 0xc3, 0x83}}, {w: []byte{1}, r: []byte{0x60, 0xa0}}}, []string{"oil=- missing"},
			"/dev/i2c-1 address 0x48 ads1115: not an ads1115: it took the settings c383 and shows 60a0"},
	} {
		o.run(t)
	}
}

func TestADS1115WaitsForItsConversion(t *testing.T) {
	c := configured("ads1115", map[string]sensor.Signal{"v": {At: "channel 3"}})
	busy := poll{w: []byte{1}, r: []byte{0x73, 0x83}}
	_, waited, err := replay(t, c, poll{w: []byte{1, 0xf3, 0x83}}, busy, poll{w: []byte{1}, r: []byte{0xf3, 0x83}}, poll{w: []byte{0}, r: []byte{0, 0}})
	if err != nil || waited != 18*time.Millisecond {
		t.Errorf("waited %s, error %v; want 18ms", waited, err)
	}
	_, _, err = replay(t, c, poll{w: []byte{1, 0xf3, 0x83}}, busy, busy, busy, busy, busy)
	if want := "/dev/i2c-1 address 0x48 ads1115: a conversion did not end within 45ms"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestADS1115TakesTheFinestRange(t *testing.T) {
	for _, test := range []struct {
		name string
		top  float64
		want int
	}{
		{"nothing known", 0, 1}, {"10.5 V over 2", 5.25, 0}, {"22 mA over 150 Ω", 3.3, 1}, {"22 mA over 50 Ω", 1.1, 2}, {"22 mA over 10 Ω", 0.22, 5},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := adsGain(test.top); got != test.want {
				t.Errorf("±%v V, want ±%v V", adsGains[got], adsGains[test.want])
			}
		})
	}
}
