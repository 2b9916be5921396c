package scan

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lineproof/lineproof/lines/plc"
)

func sweep(t *testing.T, o Options) Result {
	t.Helper()
	s, err := NewSweep(o)
	if err != nil {
		t.Fatal(err)
	}
	result, err := s.Run(t.Context(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func units(found []Found) (list []byte) {
	for _, f := range found {
		list = append(list, f.Unit)
	}
	return list
}

func TestSweepFindsUnitsBehindAGateway(t *testing.T) {
	meter := &plc.Image{}
	meter.Put(plc.Holding, 0, 1)
	empty := &plc.Image{} // refuses everything, which is an answer too
	result := sweep(t, Options{URL: serve(t, map[uint8]plc.Unit{2: meter, 17: empty, 247: meter})})
	if got, want := units(result.Found), []byte{2, 17, 247}; !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
	if f := result.Found[1]; f.Refusal != byte(plc.IllegalAddress) || !strings.HasPrefix(f.URL, "tcp://127.0.0.1:") || f.Setting != "" {
		t.Errorf("found %+v", f)
	}
	if result.Alike {
		t.Error("three units are taken for one device")
	}
}

func TestSweepNoticesADeviceWithoutUnitNumbers(t *testing.T) {
	everywhere := map[uint8]plc.Unit{}
	one := &plc.Image{}
	one.Put(plc.Holding, 0, 1)
	for n := range 256 {
		everywhere[uint8(n)] = one
	}
	result := sweep(t, Options{URL: serve(t, everywhere)})
	if got, want := units(result.Found), []byte{1}; !slices.Equal(got, want) || !result.Alike {
		t.Errorf("found %v, alike %t; want %v, true", got, result.Alike, want)
	}
}

func TestSweepKeepsWhatItFoundWhenItIsInterrupted(t *testing.T) {
	one := &plc.Image{}
	s, err := NewSweep(Options{URL: serve(t, map[uint8]plc.Unit{3: one, 9: one})})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	result, err := s.Run(ctx, nil, func(p Progress) {
		if p.Found != nil {
			cancel()
		}
	})
	if err != nil || !slices.Equal(units(result.Found), []byte{3}) {
		t.Errorf("found %v, %v; want unit 3", units(result.Found), err)
	}
}

func TestSweepOfNoPortIsAnError(t *testing.T) {
	for _, c := range []struct {
		name, url string
		bauds     []int
		want      string
	}{
		{"nobody listens", "tcp://127.0.0.1:1", nil, "connection refused"},
		{"no such port", "rtu:///dev/ttyNONE", nil, "open /dev/ttyNONE: no such file or directory; hint: is the adapter plugged in? ls /dev/serial/by-id shows those that are"},
		{"no url", "192.168.1.10", nil, `url "192.168.1.10" has no scheme; hint: did you mean tcp://192.168.1.10?`},
		{"no such rate", "rtu:///dev/ttyNONE", []int{9601}, "baud 9601 is not a rate of serial ports"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := NewSweep(Options{URL: c.url, Bauds: c.bauds})
			if err == nil {
				_, err = s.Run(t.Context(), nil, nil)
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v\nwant %s", err, c.want)
			}
		})
	}
}

// TestSweepSaysHowLongItTakes: the likely settings come first, near units before far ones.
func TestSweepSaysHowLongItTakes(t *testing.T) {
	s, err := NewSweep(Options{URL: "rtu:///dev/ttyUSB0"})
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, step := range s.steps[:4] {
		order = append(order, step.setting.String())
	}
	if diff := cmp.Diff([]string{"9600 8N1", "9600 8E1", "19200 8E1", "19200 8N1"}, order); diff != "" {
		t.Error(diff)
	}
	if s.Requests() != 10*247 || len(s.steps[0].units) != 32 {
		t.Errorf("%d requests, %d units first", s.Requests(), len(s.steps[0].units))
	}
	if limit := s.Limit(); limit < 4*time.Minute || limit > 6*time.Minute {
		t.Errorf("limit %s", limit)
	}
}
