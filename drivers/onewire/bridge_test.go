package onewire

import (
	"bytes"
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"periph.io/x/conn/v3/onewire"
	"periph.io/x/conn/v3/physic"

	"github.com/lineproof/lineproof/drivers/drivertest"
	"github.com/lineproof/lineproof/drivers/sensor"
	"github.com/lineproof/lineproof/record"
)

// ds2482 is a DS2482-100 as its data sheet describes it, with one thermometer on its wire.
type ds2482 struct {
	gone    atomic.Bool // the bridge
	off     atomic.Bool // the thermometer
	written []byte      // on the wire since its last reset
	pad     []byte      // that is still to be read
	data    byte        // the read data register
	chosen  byte        // the register that the read pointer is at
}

var errNack = errors.New("remote I/O error")

func (d *ds2482) Tx(address uint16, w, r []byte) error {
	if d.gone.Load() || address != 0x18 {
		return errNack
	}
	status := byte(0x02) // idle, and somebody is there
	if d.off.Load() {
		status = 0
	}
	if len(w) > 0 {
		switch w[0] {
		case 0xf0: // reset
			d.chosen, status = 0xf0, 0x18
		case 0xe1: // set the read pointer
			if w[1] != 0xf0 && w[1] != 0xe1 {
				return errNack // registers that only its relatives have
			}
			if d.chosen == 0xf0 && w[1] == 0xf0 {
				status = 0x18
			}
			d.chosen = w[1]
		case 0xd2: // configuration
			status, d.chosen = w[1]&0xf, 0
		case 0xb4: // reset the wire
			d.written, d.chosen = nil, 0
		case 0xa5: // write
			d.written = append(d.written, w[1])
			if bytes.Equal(d.written, []byte{0x55, 0x28, 0xac, 0x41, 0x0e, 0x07, 0x00, 0x00, 0x74, 0xbe}) {
				d.pad = scratchpad(0x91, 0x01)
			}
		case 0x96: // read
			d.data, d.chosen = d.pad[0], 0
			d.pad = d.pad[1:]
		}
	}
	if len(r) > 0 {
		r[0] = status
		if d.chosen == 0xe1 {
			r[0], d.chosen = d.data, 0
		}
	}
	return nil
}

func (*ds2482) SetSpeed(physic.Frequency) error { return nil }
func (*ds2482) Close() error                    { return nil }
func (*ds2482) String() string                  { return "ds2482" }

func TestConformanceOverABridge(t *testing.T) {
	for _, test := range []struct {
		name string
		cut  func(*ds2482, bool)
	}{
		{"without the bridge", func(d *ds2482, gone bool) { d.gone.Store(gone) }},
		{"without the thermometer", func(d *ds2482, gone bool) { d.off.Store(gone) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			chip := &ds2482{}
			c := configured()
			c.Via = &Bridge{Bus: 1, Address: 0x18}
			c.open = func(b Bridge) (onewire.BusCloser, error) { return over(chip, b.Address) }
			c.pause = func(ctx context.Context, d time.Duration) error { return sensor.Sleep(ctx, d/100) }
			drivertest.Run(t, drivertest.Harness{
				Device: c, Want: map[string]record.Value{"temperature": record.FloatValue(25.0625)},
				Cut: func(testing.TB) { test.cut(chip, true) }, Restore: func(testing.TB) { test.cut(chip, false) },
				Timeout: 2 * time.Second, Recovery: 5 * time.Second,
			})
		})
	}
}
