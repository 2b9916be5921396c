package scan

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lineproof/lineproof/drivers/modbus"
)

const addresses = 65536

// Range is the addresses that are looked at, both ends included.
type Range struct{ From, To int }

// Survey reads everything that a unit lets be read.
type Survey struct {
	Probe    *modbus.Probe
	Unit     byte
	Tables   []modbus.Table // holding and input
	Range    Range          // 0 to 65535 when To is 0
	Thorough bool           // looks at every second address, also far from any that answers
	Progress func(SurveyProgress)
}

// SurveyProgress tells how far a survey has come.
type SurveyProgress struct {
	Table    modbus.Table
	At       int // the next address
	Range    Range
	Requests int // so far, in all tables
	Read     int // registers so far, in all tables
}

// Place is one register.
type Place struct {
	Table   modbus.Table
	Address int // zero-based
}

func (p Place) String() string { return fmt.Sprintf("%s %d", p.Table, p.Address) }

// Map is what was read, by place.
type Map map[Place]uint16

const (
	grown   = 64 // holes in a row after which only likely addresses are tried
	patient = 5  // silences in a row after which a device is taken to be gone
)

// Requests is about how many a survey makes: as many as where nothing answers. A full map takes fewer, one
// with many small holes more.
func (s Survey) Requests() int {
	first, last := s.bounds()
	n := grown / 2 // pairs are tried at first
	for a := first; a <= last; a = s.next(a, a-first) {
		n++
	}
	return n * len(s.tables())
}

// About is how long a survey takes where nothing answers and each refusal takes so long.
func (s Survey) About(answer time.Duration) time.Duration {
	return time.Duration(s.Requests()) * answer
}

func (s Survey) bounds() (first, last int) {
	if s.Range.To == 0 {
		return s.Range.From, addresses - 1
	}
	return s.Range.From, min(s.Range.To, addresses-1)
}

func (s Survey) tables() []modbus.Table {
	if len(s.Tables) == 0 {
		return []modbus.Table{modbus.Holding, modbus.Input}
	}
	return s.Tables
}

// next is the address to be tried after a hole at a, the last of so many. Far from everything that answers
// it leads only to where maps begin: every second address in a thorough survey, else those that are round
// in decimal or hexadecimal.
func (s Survey) next(a, holes int) int {
	a++
	if holes < grown {
		return a
	}
	if s.Thorough {
		return a + a%2
	}
	for a < addresses && a%10 != 0 && a%16 != 0 {
		a++
	}
	return a
}

// Read reads both tables. When ctx ends it gives what was read until then, without an error.
func (s Survey) Read(ctx context.Context) (Map, error) {
	r := reader{Survey: s, found: Map{}, most: modbus.MaxRegisters, grain: 1}
	for _, t := range s.tables() {
		if err := r.table(ctx, t); err != nil {
			if ctx.Err() != nil {
				return r.found, nil
			}
			return r.found, err
		}
	}
	return r.found, nil
}

// reader is a survey under way.
type reader struct {
	Survey
	found    Map
	most     int // registers that the device gives at once
	grain    int // registers that it gives at least: some meters refuse half a float
	requests int
	silences int // in a row
}

var errNoTable = errors.New("the device has no such table")

// table reads one. It asks for twice as much after each success and half as much after each refusal, so
// that a hole costs few requests and whole blocks one each.
func (r *reader) table(ctx context.Context, t modbus.Table) error {
	first, last := r.bounds()
	size, holes := 1, 0
	var refused Range // the last that was refused although it may have no hole; To is 0 where there is none
	for a := first; a <= last; {
		size = max(r.grain, min(size, r.most, last-a+1))
		ok, err := r.take(ctx, Place{t, a}, size)
		if !ok && err == nil && size == 1 && a%2 == 0 && len(r.found) == 0 && (holes < grown || r.Thorough) {
			if ok, err = r.take(ctx, Place{t, a}, 2); ok {
				r.grain, r.most, size = 2, modbus.MaxRegisters-1, 2
			}
		}
		if errors.Is(err, errNoTable) {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case ok:
			if size == r.grain && holes >= grown {
				if err := r.back(ctx, Place{t, a}, first); err != nil {
					return err
				}
			}
			a, holes = a+size, 0
			switch {
			case refused.To == 0:
				size *= 2
			case a > refused.To: // all of it was there, only not at once
				r.most, refused = max(size, (refused.To-refused.From+1)/2), Range{}
			}
		case size > r.grain:
			if refused.To == 0 {
				refused = Range{a, a + size - 1}
			}
			size = max(r.grain, size/2/r.grain*r.grain)
		default:
			holes, refused = holes+1, Range{}
			a = r.next(a, holes)
			a += a % r.grain
		}
		if r.Progress != nil {
			r.Progress(SurveyProgress{t, a, Range{first, last}, r.requests, len(r.found)})
		}
	}
	return nil
}

// back reads what was skipped just before a place that answers.
func (r *reader) back(ctx context.Context, p Place, first int) error {
	for p.Address -= r.grain; p.Address >= first; p.Address -= r.grain {
		if _, known := r.found[p]; known {
			return nil
		}
		if ok, err := r.take(ctx, p, r.grain); err != nil || !ok {
			return err
		}
	}
	return nil
}

// take reads so many registers, all or none. A device may not answer at all for an address that it does
// not have; one that stays silent is gone.
func (r *reader) take(ctx context.Context, p Place, count int) (ok bool, err error) {
	r.requests++
	values, err := r.Probe.Registers(ctx, r.Unit, p.Table, p.Address, count)
	var refusal modbus.Refusal
	switch silent, _ := modbus.Silent(err); {
	case err == nil:
		r.silences = 0
		for i, v := range values {
			r.found[Place{p.Table, p.Address + i}] = v
		}
		return true, nil
	case ctx.Err() != nil:
		return false, ctx.Err()
	case errors.As(err, &refusal):
		r.silences = 0
		if refusal.Absent() {
			return false, fmt.Errorf("read %s: %w", p, err)
		}
		if refusal.Code == illegalFunction {
			return false, errNoTable
		}
		return false, nil
	case silent:
		if r.silences++; r.silences < patient {
			return false, nil
		}
	}
	return false, fmt.Errorf("read %s: %w", p, err)
}

// illegalFunction is the exception of a device that does not have a table (MODBUS Application Protocol V1.1b3, 7).
const illegalFunction = 1
