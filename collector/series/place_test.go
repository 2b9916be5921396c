package series_test

import (
	"testing"

	"github.com/lineproof/lineproof/collector/series"
	"github.com/lineproof/lineproof/collector/series/seriestest"
	"github.com/lineproof/lineproof/record"
)

func TestPlaces(t *testing.T) {
	places := series.PlacesOf(record.Catalogue{Site: "s", Lines: map[string]record.Line{
		"line-2": {Machines: map[string]record.Machine{
			"a": {Produced: &record.Count{From: "plc.produced"}, Energy: "meter.energy", State: "plc.state-2"},
		}},
		"line-1": {Machines: map[string]record.Machine{
			"c": {
				Good: &record.Count{From: "plc.good"}, Scrap: []record.Count{{From: "plc.scrap"}, {From: "plc.burst"}},
				Rework: []record.Count{{From: "plc.rework"}}, State: "plc.state", Energy: "meter.energy",
			},
			"b": {Measures: map[string]record.Measure{"t": {From: "oven.temperature"}}, State: "plc.state", Energy: "power"},
		}},
	}})
	for _, c := range []struct {
		name, signal string
		want         series.Place
	}{
		{"produced", "plc.produced", series.Place{Site: "s", Line: "line-2", Machine: "a", Device: "plc"}},
		{"good", "plc.good", series.Place{Site: "s", Line: "line-1", Machine: "c", Device: "plc"}},
		{"scrap, not the first", "plc.burst", series.Place{Site: "s", Line: "line-1", Machine: "c", Device: "plc"}},
		{"rework", "plc.rework", series.Place{Site: "s", Line: "line-1", Machine: "c", Device: "plc"}},
		{"measure", "oven.temperature", series.Place{Site: "s", Line: "line-1", Machine: "b", Device: "oven"}},
		{"state of two machines", "plc.state", series.Place{Site: "s", Line: "line-1", Machine: "b", Device: "plc"}},
		{"energy of two lines", "meter.energy", series.Place{Site: "s", Line: "line-1", Machine: "c", Device: "meter"}},
		{"unused signal of a used device", "oven.door", series.Place{Site: "s", Line: "line-1", Machine: "b", Device: "oven"}},
		{"unused signal of a device of several", "plc.alarm", series.Place{Site: "s", Line: "line-1", Machine: "b", Device: "plc"}},
		{"unused device", "weather.rain", series.Place{Site: "s", Line: "", Machine: "", Device: "weather"}},
		{"used, without a device", "power", series.Place{Site: "s", Line: "line-1", Machine: "b", Device: ""}},
		{"unused, without a device", "power_factor", series.Place{Site: "s", Line: "", Machine: "", Device: ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := places.Of(c.signal); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestSplitSignal(t *testing.T) {
	for _, c := range []struct{ signal, device, name string }{
		{"press.cycles", "press", "cycles"},
		{"press.a.b", "press", "a.b"},
		{"power", "", "power"},
		{".power", "", ".power"},
		{"power.", "", "power."},
		{"", "", ""},
	} {
		t.Run(c.signal, func(t *testing.T) {
			device, name := series.SplitSignal(c.signal)
			if device != c.device || name != c.name {
				t.Errorf("got %q and %q, want %q and %q", device, name, c.device, c.name)
			}
			if got := series.JoinSignal(device, name); got != c.signal {
				t.Errorf("joined again: %q", got)
			}
		})
	}
}

func TestPlaceCacheFollowsTheCatalogue(t *testing.T) {
	var cache series.PlaceCache
	block, oil := seriestest.NewGateway(seriestest.BlockLine()), seriestest.NewGateway(seriestest.OilLine())
	first := cache.Of(block.Batch(t))
	if cache.Of(oil.Batch(t)) == first || cache.Of(block.Batch(t)) != first {
		t.Error("the same catalogue was not found again, or another one's")
	}
	block.Catalogue.Site = "moved"
	if got := cache.Of(block.Batch(t)).Of("press.cycles").Site; got != "moved" {
		t.Errorf("site %q after the catalogue changed", got)
	}
}
