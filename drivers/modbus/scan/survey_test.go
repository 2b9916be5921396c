package scan

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/lineproof/lineproof/drivers/modbus"
	"github.com/lineproof/lineproof/lines/plc"
)

// stingy gives at most so many registers at a time, and refuses more with exception 3.
type stingy struct {
	*plc.Image
	most uint16
}

func (s *stingy) Read(t plc.Table, at, count uint16) ([]uint16, error) {
	if count > s.most {
		return nil, plc.IllegalValue
	}
	return s.Image.Read(t, at, count)
}

// paired gives whole floats only: it refuses odd addresses and odd numbers of registers, as Eastron's meters do.
type paired struct{ *plc.Image }

func (p paired) Read(t plc.Table, at, count uint16) ([]uint16, error) {
	if at%2 != 0 || count%2 != 0 {
		return nil, plc.IllegalAddress
	}
	return p.Image.Read(t, at, count)
}

func TestReadsWholeMapsWithFewRequests(t *testing.T) {
	full := &plc.Image{}
	for a := range 4000 {
		full.Put(plc.Holding, uint16(a), uint16(a))
	}
	holes := &plc.Image{}
	for a := range 1000 {
		if a%100 != 99 {
			holes.Put(plc.Holding, uint16(3000+a), uint16(a))
		}
	}
	remote := &plc.Image{} // begins at an odd address, far away
	for a := range 30 {
		remote.Put(plc.Input, uint16(0x8003+a), 7)
	}
	for _, c := range []struct {
		name string
		unit plc.Unit
		in   Range
		most int // requests
		want int // registers
	}{
		{"a full block", full, Range{0, 3999}, 45, 4000},
		{"a hole in each hundred", holes, Range{3000, 3999}, 200, 990},
		{"far away", remote, Range{}, 10_500, 30},
		{"few at a time", &stingy{full, 16}, Range{0, 3999}, 270, 4000},
		{"whole floats only", paired{full}, Range{0, 3999}, 50, 4000},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := probe(t, serve(t, map[uint8]plc.Unit{1: c.unit}))
			var last SurveyProgress
			tables := []modbus.Table{modbus.Holding}
			if c.name == "far away" {
				tables = []modbus.Table{modbus.Input}
			}
			s := Survey{Probe: p, Unit: 1, Tables: tables, Range: c.in, Progress: func(p SurveyProgress) { last = p }}
			m, err := s.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(m) != c.want || last.Read != c.want {
				t.Errorf("%d registers, %d by the progress, want %d", len(m), last.Read, c.want)
			}
			if last.Requests > c.most {
				t.Errorf("%d requests, want at most %d", last.Requests, c.most)
			}
			t.Logf("%d registers in %d requests", len(m), last.Requests)
		})
	}
}

func TestAThoroughSurveyMissesNothing(t *testing.T) {
	image := &plc.Image{}
	r := rand.New(rand.NewPCG(3, 3))
	for range 20 {
		image.PutFloat(plc.Holding, uint16(r.IntN(4000)), 1.5, plc.ABCD)
	}
	p := probe(t, serve(t, map[uint8]plc.Unit{1: image}))
	s := Survey{Probe: p, Unit: 1, Range: Range{0, 4100}, Thorough: true}
	m, err := s.Read(t.Context())
	if err != nil || len(m) != len(content(t, image)) {
		t.Errorf("%d registers, %v; want %d", len(m), err, len(content(t, image)))
	}
}

func TestASurveyKeepsWhatItReadWhenItIsInterrupted(t *testing.T) {
	image := &plc.Image{}
	for a := range 500 {
		image.Put(plc.Holding, uint16(a), 1)
	}
	p := probe(t, serve(t, map[uint8]plc.Unit{1: image}))
	ctx, cancel := context.WithCancel(t.Context())
	s := Survey{Probe: p, Unit: 1, Progress: func(now SurveyProgress) {
		if now.Read > 100 {
			cancel()
		}
	}}
	m, err := s.Read(ctx)
	if err != nil || len(m) < 100 || len(m) >= 500 {
		t.Errorf("%d registers, %v; want some of 500", len(m), err)
	}
}

func TestASurveyOfNobodyIsAnError(t *testing.T) {
	p := probe(t, serve(t, map[uint8]plc.Unit{1: &plc.Image{}}))
	_, err := Survey{Probe: p, Unit: 9}.Read(t.Context())
	want := "read holding 0: exception 11, gateway target did not respond; hint: the gateway heard nothing from this unit: is it powered, wired, and is its number right?"
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}
